"""Policies: what becomes of two writes of one register neither of whose authors had seen the other.

The loser is always kept; the policy says which value is shown, and whether a person is asked. Two
writes are *near* if their stamps lie within the window: then nobody can tell which was meant to be
the last, and the strategy decides. Of writes further apart the newer one is shown.

| strategy         | near: shown                        | further apart | settled |
|------------------|------------------------------------|---------------|---------|
| last-write-wins  | the newer                          | the newer     | auto    |
| first-write-wins | the older                          | the older     | auto    |
| merge            | both, merged; of a clash the newer | the same      | auto    |
| keep-local       | the incoming, of whoever sends     | the newer     | auto    |
| keep-remote      | what was there                     | the newer     | auto    |
| manual           | the newer, until somebody resolves | the newer     | open    |
| custom           | the newer, until a function does   | the same      | open    |

Manual is open only where the writes are near. What a field declares comes before what its
collection does, that before their priority class, that before staleness: a sender that had been out
of touch with the relay for more than STALE_MS keeps what was there. Last comes DEFAULT, or what the
space has in its place (`ordinary`).

POLICY-1 the same two writes and rule give the same answer in every runtime. Floor: `cell`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from pysync.model.cell import Mark
from pysync.values.clock import wall_of

Strategy = Literal[
    "last-write-wins",
    "first-write-wins",
    "merge",
    "custom",
    "keep-local",
    "keep-remote",
    "manual",
]
DEFAULT: Final[Strategy] = "last-write-wins"
WINDOW_MS: Final = 30_000
"""How far apart two writes may be stamped to count as made in one moment."""
STALE_MS: Final = 300_000
"""How long a sender may have been out of touch before what others wrote is preferred."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A priority class: what fields and collections that belong to it do, unless they declare a
    strategy of their own."""

    strategy: Strategy
    window_ms: int = WINDOW_MS


HIGH: Final = Policy("manual", 10_000)
"""What must be right at once: reservations, check-ins, the state of rooms, payments, stock."""
MEDIUM: Final = Policy("merge", 30_000)
"""Guests, invoices, schedules, reports."""
LOW: Final = Policy("keep-remote", 60_000)
"""Settings, logs, history."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds of one field."""

    strategy: Strategy
    window_ms: int
    declared: bool
    """Whether anything was said of the field, its collection or their class."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the incoming write is shown, whether that waits for somebody, and by what rule."""

    wins: bool
    status: Literal["auto", "open"]
    strategy: Strategy


def judge(rule: Rule, incoming: Mark, there: Mark, *, stale: bool) -> Judgement:
    """Choose between two concurrent, different values; `stale`: the sender was out of touch."""
    newer = incoming.after(there)
    near = abs(wall_of(incoming.stamp) - wall_of(there.stamp)) <= rule.window_ms
    strategy = "keep-remote" if stale and near and not rule.declared else rule.strategy
    if strategy == "first-write-wins":
        return Judgement(not newer, "auto", strategy)
    if strategy == "custom" or (strategy == "manual" and near):
        return Judgement(newer, "open", strategy)
    if strategy in ("keep-local", "keep-remote") and near:
        return Judgement(strategy == "keep-local", "auto", strategy)
    return Judgement(newer, "auto", strategy if strategy == "merge" else DEFAULT)
