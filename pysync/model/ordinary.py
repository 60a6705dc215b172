"""The ordinary: how a space settles what nothing else is declared of, as a record of it says.

An application names that record in its schema (`Schema.settings`). It is a record like any other:
whoever may write it changes how the space decides from that entry of the log on, on every device
and at the relay, because the reducer reads it on the very state on which it decides.

ORDINARY-1 what decides a change is what the record says where the change stands in the log; a value
that it cannot hold counts as absent. Floor: `policy`, `state`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from pysync.model.policy import DEFAULT, WINDOW_MS, Rule, Strategy
from pysync.model.state import Reader

WINDOW: Final = "conflict_window"
"""The field that holds the window, in whole seconds."""
STRATEGY: Final = "auto_resolve_strategy"
LEAST_SECONDS: Final = 1
MOST_SECONDS: Final = 3_600
STRATEGIES: Final[tuple[Strategy, ...]] = (
    "last-write-wins",
    "first-write-wins",
    "keep-local",
    "keep-remote",
    "manual",
)
"""Those that a space may choose: to merge needs what was seen to travel, and a resolver code."""


@dataclass(frozen=True, slots=True)
class Ordinary:
    """What a space has in the place of DEFAULT and WINDOW_MS."""

    strategy: Strategy = DEFAULT
    window_ms: int = WINDOW_MS

    def of(self, rule: Rule) -> Rule:
        """The rule with the space's own strategy, unless one is declared, and its window, unless it
        is of a class with another one than the ordinary."""
        strategy = rule.strategy if rule.declared else self.strategy
        ordinary = rule.window_ms == WINDOW_MS
        return replace(
            rule, strategy=strategy, window_ms=self.window_ms if ordinary else rule.window_ms
        )


def ordinary_of(reader: Reader) -> Ordinary:
    """What holds on that state."""
    place = reader.schema.settings
    cell = reader.cell(*place) if place is not None else None
    if cell is None or cell.dead:
        return Ordinary()
    seconds: Any = cell.fields.get(WINDOW)
    strategy: Any = cell.fields.get(STRATEGY)
    fits = type(seconds) is int and LEAST_SECONDS <= seconds <= MOST_SECONDS
    return Ordinary(
        strategy if strategy in STRATEGIES else DEFAULT, seconds * 1000 if fits else WINDOW_MS
    )
