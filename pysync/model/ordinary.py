"""The ordinary: how a space settles what nothing else is declared of, how its devices stand with
the relay (how often they make sure that they hear it, how much may wait for it, how they try
again), and for how long that keeps versions, as a record of it says.

An application names that record in its schema (`Schema.settings`). It is a record like any other:
whoever may write it changes how the space decides from that entry of the log on, on every device
and at the relay, because the reducer reads it on the very state on which it decides.

ORDINARY-1 what decides a change is what the record says where the change stands in the log; a value
that it cannot hold counts as absent. Floor: `policy`, `key_policy`, `state`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeGuard, get_args

from pysync.model.key_policy import POLICIES, KeyPolicy, key_policy_of
from pysync.model.policy import DEFAULT, WINDOW_MS, Rule, Strategy
from pysync.model.schema import Field, Schema
from pysync.model.state import Reader

WINDOW: Final = "conflict_window"
"""The field that holds the window, in whole seconds."""
STRATEGY: Final = "auto_resolve_strategy"
INTERVAL: Final = "sync_interval"
"""The field that holds the interval, in whole seconds."""
INTERVAL_MS: Final = 30_000
WINDOWS: Final = (1, 3_600)
"""Seconds that the window may be, from and to."""
INTERVALS: Final = (5, 120)
HISTORY: Final = "history_days"
"""The field that holds for how many days the relay keeps old versions at least; 0: for ever."""
DAYS: Final = (0, 36_500)
QUEUE: Final = "max_queue_size"
"""The field that holds how many changes of one device may wait for the relay (`machines.queue`)."""
QUEUE_SIZE: Final = 1_000
QUEUE_SIZES: Final = (100, 100_000)
RETRIES: Final = "max_retries"
"""The field that holds how often a device sends again what the relay failed on."""
MAX_RETRIES: Final = 5
MOST_RETRIES: Final = (0, 100)
BACKOFF: Final = "retry_backoff"
Backoff = Literal["exponential", "linear"]
"""How the pauses between tries grow: each twice as long, or each longer by the first."""
BACKOFFS: Final[tuple[Backoff, ...]] = get_args(Backoff)
STRATEGIES: Final[tuple[Strategy, ...]] = (
    "last-write-wins",
    "first-write-wins",
    "keep-local",
    "keep-remote",
    "manual",
)
"""Those that a space may choose: to merge needs what was seen to travel, and a resolver code."""
FIELDS: Final[Mapping[str, Field]] = {
    WINDOW: Field(types=(int,), minimum=WINDOWS[0], maximum=WINDOWS[1]),
    STRATEGY: Field(types=(str,), choices=frozenset(STRATEGIES)),
    INTERVAL: Field(types=(int,), minimum=INTERVALS[0], maximum=INTERVALS[1]),
    HISTORY: Field(types=(int,), minimum=DAYS[0], maximum=DAYS[1]),
    QUEUE: Field(types=(int,), minimum=QUEUE_SIZES[0], maximum=QUEUE_SIZES[1]),
    RETRIES: Field(types=(int,), minimum=MOST_RETRIES[0], maximum=MOST_RETRIES[1]),
    BACKOFF: Field(types=(str,), choices=frozenset(BACKOFFS)),
}
"""To be declared in the collection of that record."""


@dataclass(frozen=True, slots=True)
class Ordinary:
    """What a space has in the place of DEFAULT and WINDOW_MS."""

    strategy: Strategy = DEFAULT
    window_ms: int = WINDOW_MS
    interval_ms: int = INTERVAL_MS
    """After how much silence a device asks the relay for a sign of life."""
    history_days: int = 0
    """For how many days the relay keeps every version, 0: for ever. What is cleaned up cannot be
    brought back, so nothing is until somebody who may has said so."""
    queue_size: int = QUEUE_SIZE
    """How many changes of one device may wait for the relay."""
    max_retries: int = MAX_RETRIES
    """How often a device sends again what the relay failed on, before it gives up."""
    backoff: Backoff = "exponential"

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
    said = cell.fields.get
    strategy: Any = said(STRATEGY)
    backoff: Any = said(BACKOFF)
    return Ordinary(
        strategy if strategy in STRATEGIES else DEFAULT,
        _number(said(WINDOW), WINDOWS, WINDOW_MS // 1000) * 1000,
        _number(said(INTERVAL), INTERVALS, INTERVAL_MS // 1000) * 1000,
        _number(said(HISTORY), DAYS, 0),
        _number(said(QUEUE), QUEUE_SIZES, QUEUE_SIZE),
        _number(said(RETRIES), MOST_RETRIES, MAX_RETRIES),
        backoff if backoff in BACKOFFS else BACKOFFS[0],
    )


def rule_of(reader: Reader, key: str, name: str) -> Rule:
    """What holds on that state of a field of the records under that key."""
    rule = ordinary_of(reader).of(reader.schema.collection(key).rule_of(name))
    said = key_policy(reader, key)
    return rule if said is None or is_settled(reader.schema, key, name) else said.over(rule)


def key_policy(reader: Reader, key: str) -> KeyPolicy | None:
    """What is declared of the key on that state (`model.key_policy`)."""
    cell = reader.cell(POLICIES, key)
    return None if cell is None or cell.dead else key_policy_of(cell.fields)


def is_settled(schema: Schema, key: str, name: str) -> bool:
    """Whether the schema itself says how this field is settled, or what is under its key; how
    declarations are settled none of them says."""
    if key == POLICIES:
        return True
    declared = schema.collections.get(key)
    if declared is None:
        return key in schema.strategies
    field = declared.field(name)
    return any(said is not None for said in (field.strategy, field.policy, declared.strategy))


def seen_by_policy(reader: Reader, key: str, path: str) -> bool:
    """Whether the value seen travels with a change because of what is declared of the key: both
    sides merge from it, or a person will be shown it."""
    said = key_policy(reader, key)
    if said is None or is_settled(reader.schema, key, path.partition("/")[0]):
        return False
    return said.over(Rule(DEFAULT, WINDOW_MS, False)).strategy in ("merge", "manual")


def _number(value: Any, bounds: tuple[int, int], otherwise: int) -> int:
    return value if _within(value, bounds) else otherwise


def _within(value: Any, bounds: tuple[int, int]) -> TypeGuard[int]:
    return type(value) is int and bounds[0] <= value <= bounds[1]
