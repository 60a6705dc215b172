"""What the election tells its tab: who leads, under which term, and why it leads no more.

Floor: nothing below it.
"""

from __future__ import annotations

from binascii import crc32
from dataclasses import dataclass
from typing import Final, Literal

Rung = Literal["locks", "lease", "none"]
"""What the election stands on: Web Locks, a lease in the store, or nothing (nobody leads)."""

WhyLost = Literal["stopped", "paused", "unseated", "outranked", "fenced", "forced"]


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
    """Another tab (or, with None, nobody known) leads now; told again when that tab has its term,
    from when on nobody before it can write. Not told of this tab itself."""

    leader: str | None
    term: int


ElectionEvent = Led | Followed | LeaderChanged

SPREAD: Final = 1_024
"""Terms per millisecond where every tab numbers them in a store of its own."""


def later_term(known: int, wall: float, tab: str) -> int:
    """A term above every known one that no other tab picks, where no common store hands them out.

    Time makes it higher than terms never heard of; the tab's name keeps apart two that pick at
    once.

    >>> later_term(0, 5, "a") > later_term(0, 4, "b")
    True
    """
    step = max(known // SPREAD + 1, int(wall))
    return step * SPREAD + crc32(tab.encode()) % SPREAD
