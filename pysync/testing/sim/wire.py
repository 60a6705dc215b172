"""A simulated connection of a page with the relay.

Frames of one wire keep their order, as on a WebSocket; a wire may be cut, or go silent without
either end being told. Floor: `relay`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pysync.machines.effects import Renew
from pysync.ports import Store, StoreFault
from pysync.taking_over import take_over
from pysync.testing.sim.relay import SimRelay

if TYPE_CHECKING:
    from pysync.testing.sim.page import Page


class Wire:
    """The connection of one page with the relay, if it has one."""

    def __init__(self, relay: SimRelay, page: Page, device: str) -> None:
        self.device = device
        self.silent = False
        self._relay = relay
        self._page = page
        self._conn = ""
        self._dialed = 0
        self._up_at = self._down_at = 0.0
        """When the newest frame of each direction arrives."""

    def connect(self) -> None:
        """The page dials."""
        self.disconnect()
        self._dialed += 1
        dialed = self._dialed
        self._relay.timeline.after(self._delay(), lambda: self._reached(dialed))

    def _reached(self, dialed: int) -> None:
        if dialed != self._dialed or not self._page.alive:
            return
        relay, relayed = self._relay, self._page.tab.relayed
        if not relay.up or self.device in relay.away:
            self._page.task(relayed.disconnected)
            return
        self._conn = f"{self._page.name}#{dialed}"
        self.silent = False
        self._up_at = self._down_at = relay.timeline.now
        relay.wires[self._conn] = self
        self._page.task(relayed.connected)

    def renew(self, effect: Renew, store: Store, done: Callable[[int | StoreFault], None]) -> None:
        """The page takes the relay's state over anew."""

        def arrived() -> None:
            relay = self._relay
            if not self._page.alive:
                return
            if not relay.up or self.device in relay.away:
                self._page.task(lambda _now: done(StoreFault("unreachable", "nobody answers")))
            else:
                state, schema = relay.state(effect.without), self._page.tab.schema
                self._page.task(
                    lambda _: take_over(store, schema, effect.term, state, effect.undecided, done)
                )

        self._relay.timeline.after(2 * self._delay(), arrived)

    def transmit(self, text: str) -> None:
        """The page sends a frame."""
        conn = self._conn
        if conn:
            self._up_at = self._after(self._up_at, lambda: self._arrived(conn, text))

    def _arrived(self, conn: str, text: str) -> None:
        if not self.silent:
            self._relay.heard(conn, text)

    def deliver(self, text: str) -> None:
        """The relay sends a frame."""
        conn = self._conn
        self._down_at = self._after(self._down_at, lambda: self._came(conn, text))

    def _came(self, conn: str, text: str) -> None:
        if conn == self._conn and not self.silent:
            self._page.task(lambda now: self._page.tab.relayed.heard(text, now))

    def _after(self, last: float, action: Callable[[], None]) -> float:
        due = max(last, self._relay.timeline.now + self._delay())
        self._relay.timeline.after(due - self._relay.timeline.now, action)
        return due

    def _delay(self) -> float:
        return self._relay.random.expovariate(1 / self._relay.latency)

    def hang_up(self) -> None:
        """The relay closes, behind what it sent."""
        conn = self._conn
        self._down_at = self._after(self._down_at, lambda: self._ended(conn))

    def cut(self) -> None:
        """The connection breaks; both ends are told, unless it was silent already."""
        self._ended(self._conn)

    def _ended(self, conn: str) -> None:
        if conn and conn == self._conn:
            self.disconnect()
            if not self.silent:
                self._page.task(self._page.tab.relayed.disconnected)

    def disconnect(self) -> None:
        """The page closes, or is gone."""
        self._dialed += 1
        conn, self._conn = self._conn, ""
        if conn:
            self._relay.left(conn)
