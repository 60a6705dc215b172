"""Ways: by WebSocket or by HTTP, which of them a device dials first, and when it looks whether a
network still blocks sockets.

A way is judged by frames, not by connections: some proxies accept a socket and swallow what is said
on it, and a captive portal answers every request. A dial tries one way and then the other, so no
network that lets one of them through is taken for none.

WAYS-1 a dial begins with the socket unless that failed shortly before. WAYS-2 where neither carries
anything nothing is learned: nobody is there. WAYS-3 while HTTP carries, the socket is looked at
again after FIRST_MS, then after times that double to LATEST_MS.
Floor: nothing.
"""

from __future__ import annotations

from typing import Final, Literal

Way = Literal["socket", "http"]

DIAL_MS: Final = 10_000.0
"""How long the first way may take to be open before the other one is tried."""
FIRST_MS: Final = 60_000.0
LATEST_MS: Final = 1_800_000.0


class Ways:
    """What is known of the network. Times are monotonic ms."""

    def __init__(self) -> None:
        self.again_at = 0.0
        """When to look at the socket again; 0 while nothing speaks against it."""
        self._pause = FIRST_MS

    def order(self, now: float) -> tuple[Way, Way]:
        """The ways, the one to be tried first before the other."""
        return ("http", "socket") if now < self.again_at else ("socket", "http")

    def carried(self, way: Way, now: float) -> None:
        """The first frame came by it."""
        if way == "socket":
            self.again_at, self._pause = 0.0, FIRST_MS
        elif self.again_at:
            self._look_later(now)

    def failed(self, way: Way, now: float) -> None:
        """It was tried, and no frame came by it."""
        if way == "http":
            self.again_at = 0.0
        elif not self.again_at:
            self.again_at = now + self._pause

    def looked(self, now: float) -> None:
        """The socket was looked at while HTTP carries, and is still blocked."""
        self._look_later(now)

    def _look_later(self, now: float) -> None:
        self.again_at = now + self._pause
        self._pause = min(2 * self._pause, LATEST_MS)
