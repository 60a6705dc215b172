"""One WebSocket of a space: what it hears goes to the space, what the space says is written to it.

A frame is written at once, in the bytes that all connections which get the same text share. Only
where a connection does not take it is it queued, for a task that lives until the queue is empty.
To a device that reads packed frames the first one is packed, and every long one. Floor: `prepared`,
`queue`, `machines.packing`.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import lru_cache

from starlette.websockets import WebSocket, WebSocketDisconnect

from pysync.errors import ProtocolError
from pysync.machines.packing import PACKED, PACKED_FROM, most_of, pack, unpack
from pysync.machines.relay_frames import PROBLEM, encode_frame
from pysync_server.prepared import EXTENSION, Write, prepare
from pysync_server.relay.queue import FrameQueue, Space

_prepared = lru_cache(maxsize=8)(prepare)
"""The same text goes to all connections of a role, one after the other."""
_packed = lru_cache(maxsize=8)(pack)


class Connection:
    """One device's connection, for as long as `run` runs."""

    kind = "socket"

    def __init__(self, id_: str, ws: WebSocket, space: Space) -> None:
        self.id = id_
        self._ws = ws
        self._space = space
        extension = ws.scope.get("extensions", {}).get(EXTENSION, {})
        self._write: Write = extension.get("write", lambda _: False)
        self._packs = PACKED in ws.query_params
        """Whether the device reads packed frames."""
        self._packed_from = 0
        """The length of the next frame that is packed."""
        self._queue = FrameQueue(self, space)
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
                try:
                    text = message.get("text")
                    data = message["bytes"] if text is None else b""
                    heard = unpack(data, most_of(data)) if text is None else text
                except ProtocolError as error:
                    self.send(encode_frame(PROBLEM, "malformed", str(error)))
                    continue
                await self._space.heard(self, heard)
        finally:
            if (sender := self._sender) is not None:
                sender.cancel()
                with suppress(asyncio.CancelledError):
                    await sender

    def send(self, text: str) -> None:
        """Write a frame, or queue it behind those that wait."""
        if self._sender is None and self._write(_prepared(self._message(text))):
            self._packed_from = PACKED_FROM
            return
        self._start()
        self._queue.put(text)

    def _message(self, text: str) -> str | bytes:
        """The frame as this device reads it."""
        if not self._packs or len(text) < self._packed_from:
            return text
        return _packed(text)

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
                message = self._message(self._queue.take())
                if isinstance(message, str):
                    await self._ws.send_text(message)
                else:
                    await self._ws.send_bytes(message)
                self._packed_from = PACKED_FROM
                self._queue.eased()
            if self._end is None:
                self._sender = None
            else:
                await self._ws.close(*self._end)
