"""An election with its presence; the test is the channel, the locks, the store and the clock."""

from __future__ import annotations

from typing import Any

from pysync.machines import messages
from pysync.machines.effects import Effect, Moment, Post, RequestLock
from pysync.machines.election import Election
from pysync.machines.leadership import Rung
from pysync.machines.messages import Frame
from pysync.machines.presence import Presence

WALL = 1_700_000_000_000
LOCK = "pysync:s:leader"
STEAL = RequestLock(LOCK, steal=True)


class Bench:
    """`out` and `told` hold what it did and said; `mono` is moved by hand or by `tick`."""

    def __init__(
        self, rung: Rung = "locks", *, build: int = 3, start: bool = True, shared: bool = True
    ) -> None:
        self.out: list[Effect] = []
        self.told: list[object] = []
        self.mono = 0.0
        self.presence = Presence(
            space="s",
            tab="me",
            born=WALL,
            build=build,
            locks=rung == "locks",
            out=self.out,
            tell=lambda _: None,
        )
        self.it = Election(
            space="s",
            tab="me",
            rung=rung,
            shared=shared,
            presence=self.presence,
            out=self.out,
            tell=self.told.append,
        )
        if start:
            self.presence.start(self.now)
            self.it.start(self.now)

    @property
    def now(self) -> Moment:
        return Moment(WALL + self.mono, self.mono)

    def hear(self, tab: str, type_: str, payload: Any) -> None:
        frame = Frame(type_, tab, WALL, payload)
        self.presence.heard(frame, self.now)
        self.it.heard(frame, self.now)

    def card(
        self, tab: str, leader: int | None = None, type_: str = "heartbeat", **more: Any
    ) -> None:
        card = {"born": WALL, "since": WALL + 9, "hidden": False, "build": 3, "beats": 0}
        self.hear(tab, type_, {**card, "leader": leader, **more})

    def announce(self, tab: str, term: int) -> None:
        self.hear(tab, messages.LEADER_ANNOUNCE, {"term": term, "since": WALL})

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            self.mono += self.presence.pace.tick_ms
            self.presence.beat(self.now)
            self.it.beat(self.now)

    def seated(self) -> None:
        self.it.lock_granted(LOCK, self.now)

    def lead(self, term: int = 5) -> None:
        self.seated()
        self.it.term_claimed(term, self.now)
        self.taken()

    def bound(self) -> None:
        self.it.woke("election.bound", self.now)

    def taken(self) -> list[Effect]:
        """The effects since the last look, without frames about presence and timers."""
        out, self.out[:] = self.out[:], []
        return [e for e in out if not isinstance(e, Post) or "leader-" in e.text]

    def frames(self) -> list[tuple[str, Any]]:
        decoded = [messages.decode(e.text) for e in self.taken() if isinstance(e, Post)]
        return [(frame.type, frame.payload) for frame in decoded]
