"""Which tabs of the space are open and awake, judged by progress and never by an answer.

A frozen tab still answers the channel, so a pong proves nothing. What proves life is that a tab's
page handled the ticks of its own worker: every tab counts them (`beats`) and a peer is awake while
its count moves. A crashed tab is seen sooner: each tab holds an exclusive Web Lock of its own name,
and at every tick the list of held locks is read. (Reading the list costs one call a second; queueing
for the locks of all peers would cost n² requests, keep pages out of the back-forward cache, and hand
the lock of a dead tab to a frozen one.)

PRES-1  A tab that said bye is gone at once, and stays gone until it speaks again.
PRES-2  A peer whose beats made no progress for the limit is not counted, whatever else it sends.
PRES-3  Nobody is condemned after ticks of our own came late: the silence may have been ours.
PRES-4  With locks, a peer whose lock is not held is gone, unless it was first heard just now.
PRES-5  A frame under our own id is counted and changes nothing.
PRES-6  `tabs` always holds this tab, also while it is paused, and every id once.

Floor: `effects`, `messages`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, Literal

from pysync.machines.effects import Effect, Moment
from pysync.machines.messages import Frame

LOCKED_TICK_MS: Final = 1_000
"""How often the worker ticks where there are locks."""
BARE_TICK_MS: Final = 500
"""How often it ticks where there are none, and silence is the only sign of a crash."""

WhyLeft = Literal["bye", "paused", "crashed", "silent"]


@dataclass(frozen=True, slots=True)
class TabInfo:
    """One open tab as this tab knows it. `born` and `since` are wall ms; `since` is when it last
    woke (it began, or came back from a freeze or the back-forward cache): seniority counts from
    there."""

    id: str
    born: int
    since: int
    hidden: bool
    leader: bool
    build: int
    own: bool


@dataclass(frozen=True, slots=True)
class TabJoined:
    """A tab is counted from now on (a new one, or one that came back)."""

    tab: str


@dataclass(frozen=True, slots=True)
class TabLeft:
    """A tab is no longer counted: it closed, paused, crashed, or its beats stopped."""

    tab: str
    why: WhyLeft


@dataclass(frozen=True, slots=True)
class TabChanged:
    """A counted tab was hidden or shown, or began or ceased to lead."""

    tab: str


PresenceEvent = TabJoined | TabLeft | TabChanged


class Presence:
    """The machine. The host calls `beat` for every tick of the worker that the page handled, every
    `tick_ms`, and forwards every frame to `heard`."""

    def __init__(
        self,
        *,
        space: str,
        tab: str,
        born: float,
        build: int = 0,
        locks: bool,
        out: list[Effect],
        tell: Callable[[PresenceEvent], None],
    ) -> None: ...

    tick_ms: int
    """How often the host's worker must tick."""
    duplicates: int
    """Frames heard under our own id: somebody else uses it."""

    def start(self, now: Moment, *, hidden: bool = False) -> None:
        """Take the tab's own lock and ask who is there."""

    def stop(self, now: Moment) -> None:
        """Say bye and give everything back. Only `start` brings it to life again."""

    def pause(self, now: Moment, *, frozen: bool) -> None:
        """The page freezes or is hidden for good (pagehide): say bye and hold nothing."""

    def resume(self, now: Moment) -> None:
        """The page is back: ask again who is there. Seniority begins anew."""

    def heard(self, frame: Frame, now: Moment) -> None:
        """Any frame of the channel; those that are not about presence only prove that the sender
        exists. Raises ProtocolError on a payload that breaks the table."""

    def beat(self, now: Moment) -> None:
        """The page handled a tick of its worker: say so in time, and judge the others."""

    def hid(self, hidden: bool, now: Moment) -> None:
        """The page was hidden or shown."""

    def lock_granted(self, name: str, now: Moment) -> None:
        """A lock is ours; any but this tab's own is ignored."""

    def lock_lost(self, name: str, now: Moment) -> None:
        """A lock was stolen from us; any but this tab's own is ignored."""

    def locks_seen(self, held: Collection[str], now: Moment) -> None:
        """The answer to `QueryLocks`: the names of all locks held in this browser."""

    def leads(self, tab: str | None, term: int) -> None:
        """Told by the election who leads now, as far as this tab knows, and under which term."""

    def tabs(self) -> tuple[TabInfo, ...]:
        """The open tabs that are awake, this one included, by seniority."""

    def is_awake(self, tab: str) -> bool:
        """Whether that tab is counted now."""

    def is_next(self) -> bool:
        """Whether this tab is the most senior of the awake ones that do not lead."""
