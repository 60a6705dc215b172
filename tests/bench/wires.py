"""Many WebSocket clients in one process, as cheap as they can be: what is measured is the server.

Every client sends batches, and counts the changes that come. What the frames mean is told by a
`Tongue`: the relay's, or that of the bare broadcast. Floor: `pysync`.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import urlsplit

from pysync.machines.batches import encode_batch
from pysync.machines.relay_frames import PUSH, Hello, encode_frame
from pysync.model.cell import Mark
from pysync.model.change import Change, Op
from pysync.values.clock import stamp_at

SMALL = 126
LARGE = 127
MEDIUM_MAX = 1 << 16


def batch_text(tab: str, n: int, record: str) -> str:
    """Change n of a tab, which sets one field of a record nobody else writes."""
    now = time.time() * 1000
    kind, seen = ("=", f"{tab}.{n - 1}") if n > 1 else ("*", "")
    op = Op(kind, "bench", record, {"n": n}, seen)
    return encode_batch(tab, [Change(Mark(tab, n, stamp_at(now), ""), (op,))], now).text


class Tongue(Protocol):
    """How one kind of server is spoken to."""

    def greeting(self, name: str) -> str:
        """What a client says first; "" for nothing."""

    def push(self, text: str) -> str:
        """A frame that carries a batch."""

    def count(self, name: str, payload: bytes) -> tuple[int, int]:
        """How many changes a frame brings, and how many of them are the client's own."""


class Relay:
    """Ours: entries of others carry their batch, own ones name it."""

    def greeting(self, name: str) -> str:
        return Hello(device=name, life="l").encode()

    def push(self, text: str) -> str:
        return encode_frame(PUSH, 0, lines=[text])

    def count(self, name: str, payload: bytes) -> tuple[int, int]:
        own = payload.count(b'"%s.' % name.encode())
        return payload.count(b'"state-update"') + own, own


class Broadcast:
    """The yardstick: a frame is a change."""

    def greeting(self, name: str) -> str:
        del name
        return ""

    def push(self, text: str) -> str:
        return text

    def count(self, name: str, payload: bytes) -> tuple[int, int]:
        return 1, int(payload.startswith(b'[1,"state-update","%s",' % name.encode()))


class Wire(asyncio.Protocol):
    """One client. `heard` is called with every frame's changes: (all, own, time)."""

    def __init__(self, name: str, tongue: Tongue, host: str, path: str) -> None:
        self.name = name
        self.seen = 0
        self.own = 0
        self.heard: Callable[[int, int], None] = lambda _all, _own: None
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tongue = tongue
        self._head = (
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
            f"{base64.b64encode(os.urandom(16)).decode()}\r\n\r\n"
        )
        self._buffer = b""
        self._open = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._head.encode())

    def data_received(self, data: bytes) -> None:
        """Take whole frames out of what came."""
        self._buffer += data
        if not self._open:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            assert b" 101 " in head, head
            self._open = True
            self._buffer = rest
            if greeting := self._tongue.greeting(self.name):
                self.send(greeting)
            else:
                self.ready.set_result(None)
        while (frame := self._next()) is not None:
            self._take(frame)

    def _next(self) -> bytes | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, at = buffer[1] & 127, 2
        if size == SMALL:
            if len(buffer) < 4:
                return None
            size, at = struct.unpack_from(">H", buffer, 2)[0], 4
        elif size == LARGE:
            if len(buffer) < 10:
                return None
            size, at = struct.unpack_from(">Q", buffer, 2)[0], 10
        if len(buffer) < at + size:
            return None
        self._buffer = buffer[at + size :]
        return buffer[at : at + size] if buffer[0] & 15 == 1 else b""

    def _take(self, payload: bytes) -> None:
        if payload.startswith(b'["welcome"'):
            self.ready.set_result(None)
            return
        if not payload:
            return
        every, own = self._tongue.count(self.name, payload)
        self.seen += every
        self.own += own
        self.heard(every, own)

    def send(self, text: str) -> None:
        """One text frame, with a mask that changes nothing."""
        data = text.encode()
        size = len(data)
        head = (
            struct.pack(">BB4x", 0x81, 0x80 | size)
            if size < SMALL
            else struct.pack(">BBH4x", 0x81, 0x80 | SMALL, size)
            if size < MEDIUM_MAX
            else struct.pack(">BBQ4x", 0x81, 0x80 | LARGE, size)
        )
        self._transport.write(head + data)

    def push(self, text: str) -> None:
        """Send a batch."""
        self.send(self._tongue.push(text))

    def close(self) -> None:
        """Hang up."""
        self._transport.abort()


@asynccontextmanager
async def wires(
    url: str, names: Sequence[str], tongue: Tongue, space: str
) -> AsyncIterator[list[Wire]]:
    """Clients of these names, each greeted; all are closed at the end."""
    where = urlsplit(url)
    assert where.hostname, url
    assert where.port, url
    loop = asyncio.get_running_loop()
    made: list[Wire] = []
    try:
        for name in names:
            _, wire = await loop.create_connection(
                lambda name=name: Wire(name, tongue, where.netloc, f"/sync/{space}"),  # type: ignore[misc]
                where.hostname,
                where.port,
            )
            made.append(wire)
        await asyncio.gather(*(wire.ready for wire in made))
        yield made
    finally:
        for wire in made:
            wire.close()
