"""Who leads. See the transition table in `election_table`; this runs it.

Floor: `presence`, `effects`, `messages`, the `StoreFault` of `ports`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pysync.machines.effects import Effect, Moment
from pysync.machines.messages import Frame
from pysync.machines.presence import Presence
from pysync.ports import Lease, StoreFault

Rung = Literal["locks", "lease", "none"]
"""What the election stands on: Web Locks, a lease in the store, or nothing (nobody leads)."""

WhyLost = Literal["stopped", "paused", "stolen", "outranked", "fenced", "forced", "expired"]


@dataclass(frozen=True, slots=True)
class Led:
    """This tab leads from now on: start leader tasks. `term` 0 means that the store has not
    confirmed a term yet: lead, but write and decide nothing. A second `Led` brings the term."""

    term: int


@dataclass(frozen=True, slots=True)
class Followed:
    """This tab leads no more: stop leader tasks, drop what was being decided."""

    why: WhyLost


@dataclass(frozen=True, slots=True)
class LeaderChanged:
    """Another tab (or, with None, nobody known) leads now."""

    leader: str | None
    term: int


ElectionEvent = Led | Followed | LeaderChanged


class Election:
    """The machine. Give it `beat`, `heard`, `pause`, `resume` after `presence` had its turn."""

    def __init__(
        self,
        *,
        space: str,
        tab: str,
        rung: Rung,
        presence: Presence,
        out: list[Effect],
        tell: Callable[[ElectionEvent], None],
    ) -> None: ...

    @property
    def is_leader(self) -> bool:
        """Whether this tab leads, with or without a confirmed term."""
        return False

    @property
    def term(self) -> int:
        """The term to write and decide under; 0 while this tab may do neither."""
        return 0

    @property
    def leader(self) -> str | None:
        """Who leads as far as this tab knows, itself included."""
        return None

    @property
    def known_term(self) -> int:
        """The highest term seen anywhere."""
        return 0

    def start(self, now: Moment) -> None:
        """Stand for election. Without rivals this tab leads as soon as lock and term are granted."""

    def stop(self, now: Moment) -> None:
        """Give everything back; only `start` begins again."""

    def pause(self, now: Moment) -> None:
        """The page freezes or enters the back-forward cache: let go of the seat and the queue."""

    def resume(self, now: Moment) -> None:
        """The page is back: queue again, at the end."""

    def heard(self, frame: Frame, now: Moment) -> None:
        """A frame of the channel. Raises ProtocolError on a payload that breaks the table."""

    def beat(self, now: Moment) -> None:
        """The page handled a tick of its worker: judge the leader."""

    def woke(self, name: str, now: Moment) -> None:
        """A timer is due; names that do not begin with `election.` are ignored."""

    def lock_granted(self, name: str, now: Moment) -> None:
        """A lock is ours; any but the leader's is ignored."""

    def lock_lost(self, name: str, now: Moment) -> None:
        """A lock was stolen from us; any but the leader's is ignored."""

    def term_claimed(self, answer: int | StoreFault, now: Moment) -> None:
        """The answer to `ClaimTerm`."""

    def lease_answered(self, answer: Lease | StoreFault, now: Moment) -> None:
        """The answer to `TakeLease`."""

    def fenced(self, now: Moment) -> None:
        """The store refused a write under our term: somebody newer leads."""

    def force(self, now: Moment) -> None:
        """Make this tab the leader: ask the current one to yield, and do not wait long."""
