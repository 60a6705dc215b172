"""What a tab tells its application, in the order in which it happened. Floor: `model`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pysync.machines.cards import TabChanged, TabJoined, TabLeft
from pysync.machines.leadership import Followed, LeaderChanged, Led
from pysync.machines.news import Steps
from pysync.model.change import Change, Ref
from pysync.model.decision import Decision
from pysync.model.erasing import erases


@dataclass(frozen=True, slots=True)
class Ready:
    """The state is loaded; changes may be made. `fault` says why it is not what was stored."""

    fault: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """These records look different now. `source` is the tab whose change made them so, however it
    was learned of; "" for this one."""

    refs: frozenset[Ref]
    source: str
    steps: Steps = field(default_factory=dict, compare=False, repr=False)
    """What each of them was when this was last told, and what it is."""


@dataclass(frozen=True, slots=True)
class Saved:
    """Own changes first..last survive the death of this tab now."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Settled:
    """An own change was decided, or the leader hears of one whose author is gone that it was
    refused; `decision` is None where it was applied as sent."""

    change: Change
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Dropped:
    """These will never be in the log, whoever on this device wrote them."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Superseded:
    """Own changes of these numbers were handed back, and their functions have run again."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """Entries of the log, whoever wrote them, that were decided just now and can be read there."""

    entries: tuple[tuple[Change, Decision | None], ...]
    own: bool = True
    """Whether a tab of this device wrote them."""

    @property
    def erases(self) -> frozenset[Ref]:
        """The records of people who were erased by these entries."""
        decided = (decision for _, decision in self.entries if decision is not None)
        return frozenset(ref for decision in decided for ref in erases(decision.writes))

    @property
    def refs(self) -> frozenset[Ref]:
        """The records in whose history these entries are."""
        ops = (
            op
            for change, decision in self.entries
            for op in (*change.ops, *(decision.writes if decision is not None else ()))
        )
        return frozenset((op.key, op.rid) for op in ops)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an operator should know. `kind` is stable: `not-saved`, `store-lost`, `foreign`,
    `newer-build`, `dropped-field`, `unreadable`, `function-failed`."""

    kind: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """An application message from another tab."""

    kind: str
    key: str
    value: Any
    tab: str


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Something that the status shows is different."""


TabEvent = (
    Ready
    | Changed
    | Saved
    | Settled
    | Dropped
    | Superseded
    | Decided
    | Problem
    | Message
    | StatusChanged
    | TabJoined
    | TabLeft
    | TabChanged
    | Led
    | Followed
    | LeaderChanged
)
