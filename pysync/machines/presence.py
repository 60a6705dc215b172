"""Which tabs of the space are open and awake, judged by progress and never by an answer.

A frozen tab still answers the channel, so a pong proves nothing. What proves life is that a tab's
page handled the ticks of its own worker: every tab counts them (`beats`) and a peer is awake while
its count moves. A crashed tab is seen sooner: each tab holds an exclusive Web Lock of its own
name, and at every tick the list of held locks is read. (Reading the list costs one call a second;
queueing for the locks of all peers would cost n² requests, keep pages out of the back-forward
cache, and hand the lock of a dead tab to a frozen one.)

PRES-1  A tab that said bye is gone at once, and stays gone until it speaks again.
PRES-2  A peer whose beats made no progress for the limit is not counted, whatever else it sends.
PRES-3  Silence counts only while ticks of our own come in time: the rest may have been ours. It is
        not forgotten by that either, else a page on a busy machine would never condemn anybody.
PRES-4  With locks, a peer whose lock is not held is gone, unless it was first heard just now.
PRES-5  A frame under our own id is counted and changes nothing.
PRES-6  `tabs` always holds this tab, also while it is paused, and every id once.

Floor: `cards`, `effects`, `messages`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final

from pysync.machines import messages
from pysync.machines.cards import (
    BARE,
    LOCKED,
    Card,
    Peer,
    PresenceEvent,
    TabChanged,
    TabInfo,
    TabJoined,
    TabLeft,
    WhyLeft,
)
from pysync.machines.effects import Effect, Moment, Post, QueryLocks, ReleaseLock, RequestLock
from pysync.machines.messages import Frame
from pysync.machines.present import Looks

MAX_PEERS: Final = 256
"""Peers remembered; frames of further ones are dropped."""
GRACE_MS: Final = 1_000
"""How long a newly heard tab may be without its lock: granting takes the browser a moment."""


class Presence:
    """The machine. The host calls `beat` for every tick of the worker that the page handled, every
    `pace.tick_ms`, and forwards every frame of the channel to `heard`."""

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
    ) -> None:
        self.tab = tab
        self.pace = LOCKED if locks else BARE
        self.duplicates = 0
        """Frames heard under our own id: somebody else uses it."""
        self.seq = self.made = self.known_term = 0
        """What the tab tells of its progress: up to where it confirmed, how many changes it made,
        the highest term it knows."""
        self.leader: str | None = None
        self._term: int | None = None
        self._space = space
        self._locks = locks
        self._out = out
        self._tell = tell
        self._card = Card(int(born), int(born), False, build, 0)
        self._peers: dict[str, Peer] = {}
        self._running = False
        self._beat_at = 0.0
        self._told_at = 0.0
        self._away = 0.0
        """How much of the time passed between ticks of ours that came late."""

    # -- life ------------------------------------------------------------------------------------

    def start(self, now: Moment, *, hidden: bool = False) -> None:
        """Take the tab's own lock and ask who is there."""
        self._card = replace(self._card, hidden=hidden)
        self.resume(now)

    def stop(self, now: Moment) -> None:
        """Say bye and give everything back. Only `start` brings it to life again."""
        self._leave(now, frozen=False)

    def pause(self, now: Moment, *, frozen: bool) -> None:
        """The page freezes, or is put away (pagehide): say bye, hold nothing, forget the others."""
        self._leave(now, frozen=frozen)

    def resume(self, now: Moment) -> None:
        """The page is back: ask again who is there. Seniority begins anew."""
        if self._running:
            return
        self._running = True
        self._beat_at = now.mono
        self._wake_up(now)

    def _wake_up(self, now: Moment) -> None:
        self._card = replace(self._card, since=max(int(now.wall), self._card.since + 1))
        if self._locks:
            self._out.append(RequestLock(self._lock(self.tab)))
        self._say(messages.TAB_PING, now)

    def _leave(self, now: Moment, *, frozen: bool) -> None:
        if not self._running:
            return
        self._running = False
        payload = {"frozen": True} if frozen else {}
        self._out.append(Post(messages.encode(messages.TAB_BYE, self.tab, now.wall, payload)))
        if self._locks:
            self._out.append(ReleaseLock(self._lock(self.tab)))
        for tab in list(self._peers):
            self._forget(tab, "paused")

    # -- what happens ----------------------------------------------------------------------------

    def beat(self, now: Moment) -> None:
        """The page handled a tick of its worker: say so in time, and judge the others."""
        if not self._running:
            return
        gap = now.mono - self._beat_at
        self._beat_at = now.mono
        self._card = replace(self._card, beats=self._card.beats + 1)
        if gap > 2 * self.pace.tick_ms:  # PRES-3
            self._away += gap
        if gap > self.pace.limit_ms:  # we were frozen and nobody told us; the others know it
            for peer in self._peers.values():
                peer.progress = self._silence_clock(now)
            self._wake_up(now)
        elif now.mono - self._told_at >= self.pace.beat_ms - self.pace.tick_ms / 2:
            self._say(messages.HEARTBEAT, now)
        if self._locks:
            self._out.append(QueryLocks())
        for tab, peer in self._peers.items():
            silence = self._silence_clock(now) - peer.progress
            if peer.counted and silence > self.pace.limit_ms:  # PRES-2
                peer.counted = False
                self._tell(TabLeft(tab, "silent"))

    def heard(self, frame: Frame, now: Moment) -> None:
        """Any frame of the channel; those that are not about presence only prove that the sender
        exists. Raises ProtocolError on a payload that breaks the table."""
        if frame.tab == self.tab:  # PRES-5
            self.duplicates += 1
            return
        if not self._running:
            return
        if frame.type == messages.TAB_BYE:
            frozen = isinstance(frame.payload, dict) and frame.payload.get("frozen") is True
            self._forget(frame.tab, "paused" if frozen else "bye")
        elif frame.type in (messages.TAB_PING, messages.TAB_PONG, messages.HEARTBEAT):
            self._met(frame.tab, Card.read(frame), now)
            if frame.type == messages.TAB_PING:
                self._say(messages.TAB_PONG, now)
        elif frame.tab not in self._peers:
            self._met(frame.tab, Card.guess(frame), now)

    def hid(self, hidden: bool, now: Moment) -> None:
        """The page was hidden or shown."""
        self._be(replace(self._card, hidden=hidden), now)

    def look(self, looks: Looks, now: Moment) -> None:
        """The page shows that record; () for none in particular."""
        self._be(replace(self._card, looks=looks), now)

    def _be(self, card: Card, now: Moment) -> None:
        before, self._card = self._card, card
        if self._running and card != before:
            self._say(messages.HEARTBEAT, now)
            self._tell(TabChanged(self.tab))

    def lock_lost(self, name: str) -> None:
        """A lock was stolen from us. Any but this tab's own is ignored, that one is taken again."""
        if self._running and name == self._lock(self.tab):
            self._out.append(RequestLock(name))

    def locks_seen(self, held: Collection[str], now: Moment) -> None:
        """The answer to `QueryLocks`: the names of all locks held in this browser."""
        if not self._running:
            return
        for tab, peer in list(self._peers.items()):
            if self._lock(tab) in held:
                peer.locked = True
            elif peer.locked or now.mono - peer.met > GRACE_MS:  # PRES-4
                self._forget(tab, "crashed")

    def leads(self, tab: str | None, term: int) -> None:
        """Told by the election who leads, as far as this tab knows, and under which term."""
        before, self.leader = self.leader, tab
        self._term = term if tab == self.tab else None
        if before != tab:
            for changed in (before, tab):
                if changed is not None and self.is_awake(changed):
                    self._tell(TabChanged(changed))

    # -- what is known ---------------------------------------------------------------------------

    def tabs(self) -> tuple[TabInfo, ...]:
        """The open tabs that are awake, this one included, by seniority."""
        cards = {tab: peer.card for tab, peer in self._peers.items() if peer.counted}
        cards[self.tab] = self._card
        infos = (self._info(tab, card) for tab, card in cards.items())
        return tuple(sorted(infos, key=lambda info: (info.since, info.id)))

    @property
    def build(self) -> int:
        """This tab's build number."""
        return self._card.build

    @property
    def since(self) -> int:
        """When this tab last woke (wall ms)."""
        return self._card.since

    def is_awake(self, tab: str) -> bool:
        """Whether that tab is counted now."""
        peer = self._peers.get(tab)
        return tab == self.tab or (peer is not None and peer.counted)

    def knows(self, tab: str) -> bool:
        """Whether another tab of that id is counted now."""
        return tab != self.tab and self.is_awake(tab)

    def is_silent(self, tab: str) -> bool:
        """Whether that tab is open but its beats stopped: frozen, and perhaps holding a lock."""
        peer = self._peers.get(tab)
        return peer is not None and not peer.counted

    def build_of(self, tab: str) -> int | None:
        """The build number of a counted peer, as soon as it is known."""
        peer = self._peers.get(tab)
        return (
            peer.card.build if peer is not None and peer.counted and peer.card.beats >= 0 else None
        )

    def rank(self) -> int:
        """How many awake tabs that do not lead should lead before this one: those of a newer build,
        then the more senior ones."""
        line = [info for info in self.tabs() if not info.leader]
        line.sort(key=lambda info: (-info.build, info.since, info.id))
        return next((i for i, info in enumerate(line) if info.own), 0)

    # -- parts -----------------------------------------------------------------------------------

    def _met(self, tab: str, card: Card, now: Moment) -> None:
        peer = self._peers.get(tab)
        if peer is None:
            if len(self._peers) < MAX_PEERS:
                self._peers[tab] = Peer(card, now.mono, self._silence_clock(now))
                self._tell(TabJoined(tab))
            return
        before = peer.card
        if card.since < before.since and before.beats >= 0:
            return  # overtaken by a newer frame
        peer.card, counted = card, peer.counted
        if card.since != before.since:  # it woke: its lock is being granted again
            peer.met, peer.locked = now.mono, False
        if card.since != before.since or card.beats > before.beats:
            peer.progress, peer.counted = self._silence_clock(now), True
        else:
            peer.card = replace(card, beats=before.beats)
        if peer.counted and not counted:
            self._tell(TabJoined(tab))
        elif peer.counted and not card.looks_like(before):
            self._tell(TabChanged(tab))

    def _silence_clock(self, now: Moment) -> float:
        """The monotonic clock, stopped while our own ticks came late."""
        return now.mono - self._away

    def _forget(self, tab: str, why: WhyLeft) -> None:
        peer = self._peers.pop(tab, None)
        if peer is not None and peer.counted:
            self._tell(TabLeft(tab, why))

    def _say(self, type_: str, now: Moment) -> None:
        if type_ != messages.TAB_PONG:
            self._told_at = now.mono
        progress = replace(self._card, seq=self.seq, made=self.made, term=self.known_term)
        payload = progress.payload(self._term)
        self._out.append(Post(messages.encode(type_, self.tab, now.wall, payload)))

    def _info(self, tab: str, card: Card) -> TabInfo:
        leader, own = tab == self.leader, tab == self.tab
        return TabInfo(tab, card.born, card.since, card.hidden, leader, card.build, own, card.looks)

    def _lock(self, tab: str) -> str:
        return f"pysync:{self._space}:tab:{tab}"
