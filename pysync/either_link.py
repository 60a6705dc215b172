"""The port `Link` by whichever way the network lets through: a WebSocket, else HTTP.

What it has learned is in `machines.ways`; here it is done. While HTTP carries, the socket is looked
at now and then on a connection of its own: when a frame comes by it, the link ends, and whoever
carries it dials again.

EITHER-1 whoever carries it sees one connection at a time. Floor: `ports`, `machines.ways`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from pysync.machines.effects import Moment
from pysync.machines.relay_frames import PING, encode_frame
from pysync.machines.ways import DIAL_MS, Way, Ways
from pysync.ports import Link

OVER_HTTP: Final = "WebSocket is blocked on this network: changes travel over HTTP"
"""How the link stands, in words, where HTTP carries it."""
_DIAL: Final = "link.dial"
_LOOK: Final = "link.look"
_LOOKED: Final = "link.looked"


class MakeLink(Protocol):
    """Makes a link of one way."""

    def __call__(
        self,
        *,
        connected: Callable[[], None],
        heard: Callable[[str], None],
        disconnected: Callable[[], None],
    ) -> Link: ...


class Timers(Protocol):
    """Named timers, as an executor has them."""

    def set(self, name: str, due: float, call: Callable[[], None]) -> None:
        """Call once at or after `due`; replaces a timer of that name."""

    def clear(self, name: str) -> None:
        """Forget it."""


class EitherLink:
    """`Link` by the ways of `make`. `connected` is told the way in words, "" for a socket."""

    def __init__(
        self,
        make: Mapping[Way, MakeLink],
        *,
        timers: Timers,
        clock: Callable[[], Moment],
        connected: Callable[[str], None],
        heard: Callable[[str], None],
        disconnected: Callable[[], None],
    ) -> None:
        self._timers = timers
        self._clock = clock
        self._connected = connected
        self._heard = heard
        self._disconnected = disconnected
        self._ways = Ways()
        self._links: dict[Way, Link] = {way: self._made(way, make[way]) for way in make}
        self._scout = make["socket"](
            connected=self._scout_asks, heard=self._scout_heard, disconnected=self._scout_lost
        )
        """Looks whether a socket is let through while HTTP carries."""
        self._at: Way | None = None
        """The way that is dialled, or stands."""
        self._next: Way | None = None
        """The one to try then."""
        self._since = 0.0
        self._told = False
        """Whether it stands, as far as others know."""
        self._carries = False
        """Whether a frame came by it."""
        self._closed = False

    def _made(self, way: Way, make: MakeLink) -> Link:
        return make(
            connected=lambda: self._stands(way),
            heard=lambda text: self._frame(way, text),
            disconnected=lambda: self._lost(way),
        )

    # -- the port ---------------------------------------------------------------------------------

    def connect(self) -> None:
        """Dial; a connection there is, or that is being made, is dropped first."""
        self.disconnect()
        if self._closed:
            return
        first, self._next = self._ways.order(self._clock().mono)
        self._dial(first)

    def transmit(self, text: str) -> None:
        """Send a frame; it is lost if there is no connection."""
        if self._at is not None and self._told:
            self._links[self._at].transmit(text)

    def disconnect(self) -> None:
        """Close the connection; nothing of it is reported any more."""
        way, now = self._at, self._clock().mono
        if way is not None and not self._carries and now - self._since >= DIAL_MS:
            self._ways.failed(way, now)  # It had its time, and nothing came.
        self._drop()

    def close(self) -> None:
        """Disconnect and let go of everything; later calls do nothing."""
        self.disconnect()
        self._closed = True
        for link in (*self._links.values(), self._scout):
            link.close()

    def _drop(self) -> None:
        way, self._at, self._next = self._at, None, None
        self._told = self._carries = False
        for name in (_DIAL, _LOOK, _LOOKED):
            self._timers.clear(name)
        self._scout.disconnect()
        if way is not None:
            self._links[way].disconnect()

    # -- dialling ---------------------------------------------------------------------------------

    def _dial(self, way: Way) -> None:
        self._at, self._since = way, self._clock().mono
        if self._next is not None:
            self._timers.set(_DIAL, self._since + DIAL_MS, lambda: self._lost(way))
        self._links[way].connect()

    def _stands(self, way: Way) -> None:
        if way == self._at:
            self._timers.clear(_DIAL)
            self._told = True
            self._connected(OVER_HTTP if way == "http" else "")

    def _frame(self, way: Way, text: str) -> None:
        if way != self._at:
            return
        if not self._carries:
            self._carries = True
            self._ways.carried(way, self._clock().mono)
            self._look_later()
        self._heard(text)

    def _lost(self, way: Way) -> None:
        """It ended, could not be made, or takes too long."""
        if way != self._at:
            return
        if not self._carries:
            self._ways.failed(way, self._clock().mono)
        following = None if self._told else self._next
        self._drop()
        if following is not None:
            self._dial(following)
        else:
            self._disconnected()

    # -- looking whether sockets are let through again --------------------------------------------

    def _look_later(self) -> None:
        if self._at == "http" and self._ways.again_at:
            self._timers.set(_LOOK, self._ways.again_at, self._look)

    def _look(self) -> None:
        self._timers.set(_LOOKED, self._clock().mono + DIAL_MS, self._scout_lost)
        self._scout.connect()

    def _scout_asks(self) -> None:
        self._scout.transmit(encode_frame(PING, 0))

    def _scout_heard(self, _text: str) -> None:
        self._ways.carried("socket", self._clock().mono)
        self._drop()
        self._disconnected()

    def _scout_lost(self) -> None:
        self._timers.clear(_LOOKED)
        self._scout.disconnect()
        self._ways.looked(self._clock().mono)
        self._look_later()
