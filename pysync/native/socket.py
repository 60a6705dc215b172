"""A program's connection with a relay: the port `Link` on an asyncio loop, by `websockets`.

What happens is told by callbacks of the loop, in order. Long frames are packed where the relay
packs. Needs the package `websockets` (`pip install pysync[device]`). Floor: `machines.packing`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from pysync.errors import ProtocolError
from pysync.machines.packing import MOST_HEARD, PACKED, PACKED_FROM, to_relay, unpack

DIAL_SECONDS: Final = 20.0
"""How long a connection may take to be made."""
GOODBYE_SECONDS: Final = 5.0
"""How long the other end may take to close."""


class RelaySocket:
    """`Link` to `url` (`ws://host:port/sync/space`)."""

    def __init__(
        self,
        url: str,
        *,
        connected: Callable[[], None],
        heard: Callable[[str], None],
        disconnected: Callable[[], None],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Raises RuntimeError where no asyncio loop runs."""
        self._headers = headers or {}
        self._loop = asyncio.get_running_loop()
        self._url = url
        self._connected = connected
        self._heard = heard
        self._disconnected = disconnected
        self._life: asyncio.Task[None] | None = None
        """The connection there is, or that is being made."""
        self._frames: asyncio.Queue[str] | None = None
        """What waits to be sent on it; None until it stands."""
        self._tasks: set[asyncio.Task[None]] = set()
        """Also those that still say goodbye: the loop alone does not keep them."""
        self._closed = False

    def connect(self) -> None:
        """Dial; a connection there is, or that is being made, is dropped first."""
        self.disconnect()
        if not self._closed:
            self._life = self._loop.create_task(self._live())
            self._tasks.add(self._life)
            self._life.add_done_callback(self._tasks.discard)

    def transmit(self, text: str) -> None:
        """Send a frame; it is lost if there is no connection."""
        if self._frames is not None:
            self._frames.put_nowait(text)

    def disconnect(self) -> None:
        """Close the connection; nothing of it is reported any more."""
        life, self._life, self._frames = self._life, None, None
        if life is not None:
            life.cancel()

    def close(self) -> None:
        """Disconnect for good; later calls do nothing."""
        self.disconnect()
        self._closed = True

    async def _live(self) -> None:
        """One connection, from dialling to its end."""
        me = asyncio.current_task()
        frames: asyncio.Queue[str] = asyncio.Queue()

        def tell(what: Callable[[], None]) -> None:
            # Later, so that what a callback raises goes to the loop, and the connection goes on.
            self._loop.call_soon(lambda: what() if self._life is me else None)

        def stands() -> None:
            self._frames = frames
            self._connected()

        def ended() -> None:
            self._life = self._frames = None
            self._disconnected()

        # However it ends, it ended; ValueError is an address that is none.
        with suppress(OSError, WebSocketException, ValueError):
            ws = await connect(
                f"{self._url}{'&' if '?' in self._url else '?'}{PACKED}=1",
                compression=None,
                additional_headers=self._headers,
                open_timeout=DIAL_SECONDS,
                close_timeout=GOODBYE_SECONDS,
                ping_interval=None,  # Whoever speaks over it looks for signs of life.
                max_size=MOST_HEARD,
            )
            try:
                tell(stands)
                await _carry(ws, frames, lambda text: tell(lambda: self._heard(text)))
            finally:
                try:
                    await ws.close()
                finally:
                    ws.transport.abort()  # Where there is no time for a goodbye.
        tell(ended)


async def _carry(
    ws: ClientConnection, frames: asyncio.Queue[str], heard: Callable[[str], None]
) -> None:
    """Send what is in `frames`, hear what comes, until the connection ends. Bytes that are no frame
    end it, too: whatever was meant is missing now."""
    packs = False

    async def send() -> None:
        with suppress(WebSocketException):
            while True:
                text = await frames.get()
                await ws.send(to_relay(text) if packs and len(text) >= PACKED_FROM else text)

    sending = asyncio.get_running_loop().create_task(send())
    try:
        async for frame in ws:
            packs = packs or not isinstance(frame, str)
            try:
                heard(frame if isinstance(frame, str) else unpack(frame))
            except ProtocolError:
                return
    finally:
        sending.cancel()
