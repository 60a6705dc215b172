"""One connection of a space over HTTP, where sockets are blocked: what the device sends comes in
POSTs, and what the space says waits until the device asks for it.

POLLED-1 a request that is repeated, by a browser or a proxy, does nothing twice and is answered as
before. POLLED-2 a connection that nobody uses for IDLE_SECONDS ends, and it keeps no more than a
socket's queue and its last answer. Floor: `queue`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from pysync_server.relay.queue import FrameQueue, Space

WAIT_SECONDS: Final = 25.0
"""How long a request is kept open until there is something to say: proxies end longer ones."""
IDLE_SECONDS: Final = 60.0
MOST_ANSWERED: Final = 1_000_000
"""Characters of one answer; a single longer frame goes alone."""


class Polled:
    """A device's connection until `over` is called, once, by whatever ends it."""

    kind = "http"

    def __init__(self, id_: str, owner: str, space: Space, over: Callable[[], None]) -> None:
        """`owner` is the pass that opened it: nobody else uses it."""
        self.id = id_
        self.owner = owner
        self._space = space
        self._over: Callable[[], None] | None = over
        self._queue = FrameQueue(self, space)
        self._ended = False
        """Nothing more will be said."""
        self._received = 0
        self._receiving = False
        self._answers = 0
        self._last: Sequence[str] = ()
        self._asking = 0
        """Counts the requests for news: only the newest is answered."""
        self._news = asyncio.Event()
        self._using = 0
        self._idle: asyncio.TimerHandle | None = None
        self._rest()

    # -- what the space says ----------------------------------------------------------------------

    def send(self, text: str) -> None:
        """Say it when the device asks."""
        if not self._ended:
            self._queue.put(text)
            self._news.set()

    def close(self, _code: int, _reason: str) -> None:
        """End after what waits was said."""
        self._ended = True
        self._news.set()

    def end(self) -> None:
        """It is over at once."""
        self._ended = True
        self._news.set()
        if self._idle is not None:
            self._idle.cancel()
        if (over := self._over) is not None:
            self._over = None
            over()

    # -- what the device asks ---------------------------------------------------------------------

    async def hear(self, number: int, frames: Sequence[str]) -> bool:
        """The device's request of that number carries these. False if the connection cannot go on:
        one is missing, or comes while another is still read."""
        if number != self._received or self._receiving:
            return number < self._received and not self._receiving  # POLLED-1
        self._receiving = True
        self._use()
        try:
            for text in frames:
                await self._space.heard(self, text)
        finally:
            self._receiving = False
            self._rest()
        self._received += 1
        return True

    async def news(self, got: int) -> Sequence[str] | None:
        """What there is to say to a device that got so many answers; waits until there is
        something, or WAIT_SECONDS. None if the connection is over."""
        if got == self._answers - 1:
            return self._last  # POLLED-1
        if got != self._answers:
            return None
        self._asking = asking = self._asking + 1
        self._news.set()  # An older request ends.
        await asyncio.sleep(0)
        self._use()
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                while not self._queue and not self._ended and asking == self._asking:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        finally:
            self._rest()
        if asking != self._asking:
            return None  # Were it answered, and the answer delivered, its count would be off.
        return self._answer()

    def _answer(self) -> Sequence[str] | None:
        if self._ended and not self._queue:
            self.end()
            return None  # Nothing is left to say.
        frames: list[str] = []
        size = 0
        while self._queue and size < MOST_ANSWERED:
            frames.append(self._queue.take())
            size += len(frames[-1])
        self._answers += 1
        self._last = frames
        self._queue.eased()
        if self._ended and not self._queue:
            self.end()
        return frames

    # -- idling -----------------------------------------------------------------------------------

    def _use(self) -> None:
        self._using += 1
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _rest(self) -> None:
        """POLLED-2. Nothing more is under way, so far."""
        self._using = max(0, self._using - 1)
        if not self._using and self._over is not None:
            loop = asyncio.get_running_loop()
            self._idle = loop.call_later(IDLE_SECONDS, self.end)
