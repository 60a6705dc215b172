"""One WebSocket of a space: what it hears goes to the space, what the space says is written to it.

A frame is written at once, in the bytes that all connections which get the same text share. Only
where a connection does not take it is it queued, for a task that lives until the queue is empty;
entries that wait there become one frame. Floor: `prepared`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

from pysync.machines.relay_frames import ENTRIES, encode_frame
from pysync_server.prepared import EXTENSION, Write, prepare

HIGH: Final = 1_000_000
"""Characters that wait on one connection before it counts as congested."""
LOW: Final = 100_000
_ENTRIES: Final = encode_frame(ENTRIES) + "\n"

_prepared = lru_cache(maxsize=2)(prepare)
"""The same text goes to all connections one after the other."""


class Space(Protocol):
    """Whom a connection belongs to."""

    async def heard(self, peer: Any, text: str | bytes) -> None:
        """A frame arrived; returns when the next one may be read."""

    def congested(self, peer: Any) -> None:
        """What was queued piles up."""

    def drained(self, peer: Any) -> None:
        """What was queued was sent."""


class Connection:
    """One device's connection, for as long as `run` runs."""

    def __init__(self, id_: str, ws: WebSocket, space: Space) -> None:
        self.id = id_
        self._ws = ws
        self._space = space
        extension = ws.scope.get("extensions", {}).get(EXTENSION, {})
        self._write: Write = extension.get("write", lambda _: False)
        self._queue: deque[str] = deque()
        self._size = 0
        self._congested = False
        self._end: tuple[int, str] | None = None
        self._sender: asyncio.Task[None] | None = None
        """Sends what is queued; None while nothing is."""

    async def run(self) -> None:
        """Read until either end closes."""
        try:
            while True:
                message = await self._ws.receive()
                if message["type"] != "websocket.receive":
                    break
                text = message.get("text")
                await self._space.heard(self, message["bytes"] if text is None else text)
        finally:
            if (sender := self._sender) is not None:
                sender.cancel()
                with suppress(asyncio.CancelledError):
                    await sender

    def send(self, text: str) -> None:
        """Write a frame, or queue it behind those that wait."""
        if self._sender is None and self._write(_prepared(text)):
            return
        self._queue.append(text)
        self._size += len(text)
        self._start()
        if self._size > HIGH and not self._congested:
            self._congested = True
            self._space.congested(self)

    def close(self, code: int, reason: str) -> None:
        """Close after what is queued."""
        self._end = (code, reason)
        self._start()

    def _start(self) -> None:
        if self._sender is None:
            self._sender = asyncio.get_running_loop().create_task(self._send_queued())

    async def _send_queued(self) -> None:
        with suppress(WebSocketDisconnect, RuntimeError, OSError):
            while self._queue:
                await self._ws.send_text(self._next())
                if self._congested and self._size < LOW:
                    self._congested = False
                    self._space.drained(self)
            if self._end is None:
                self._sender = None
            else:
                await self._ws.close(*self._end)

    def _next(self) -> str:
        """The next frame: entries that wait one behind the other become one."""
        text = self._queue.popleft()
        parts = [text]
        length = len(text)
        if text.startswith(_ENTRIES):
            while self._queue and self._queue[0].startswith(_ENTRIES):
                length += len(self._queue[0])
                if length > HIGH:
                    break  # A frame has a bound, too.
                parts.append(self._queue.popleft()[len(_ENTRIES) :])
        self._size -= sum(map(len, parts)) + len(_ENTRIES) * (len(parts) - 1)
        return "\n".join(parts)
