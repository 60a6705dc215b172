"""The page's connection with a relay: the port `Link` on a WebSocket.

The handlers are made once. A socket that is let go of is told to forget them first, so nothing of
it is heard any more. Long frames are packed where the relay packs. Floor: `owned`,
`machines.packing`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsException, to_js

from pysync.browser.owned import Handler, ended, opened
from pysync.errors import ProtocolError
from pysync.machines.packing import PACKED, PACKED_FROM, to_relay, unpack


class RelaySocket:
    """`Link` to `url`: an address, or a path on the server that the page is from."""

    def __init__(
        self,
        url: str,
        *,
        connected: Callable[[], None],
        heard: Callable[[str], None],
        disconnected: Callable[[], None],
    ) -> None:
        self._url = url
        self._connected = connected
        self._heard = heard
        self._disconnected = disconnected
        self._handlers = [Handler(take) for take in (self._opened, self._message, self._lost)]
        self._socket: Any = None
        self._open = False
        self._packs = False
        """Whether the relay reads packed frames: it has sent one."""
        self._failing: asyncio.Handle | None = None
        """Will say that the connection could not be made."""
        self._closed = False

    def connect(self) -> None:
        """Dial; a connection there is, or that is being made, is dropped first."""
        self.disconnect()
        if self._closed:
            return
        try:
            socket = js.WebSocket.new(_address(self._url))
        except JsException:
            # No address, or one that this page may not have: said later, like any other failure.
            self._failing = asyncio.get_running_loop().call_soon(self._lost)
            return
        opened("socket")
        socket.binaryType = "arraybuffer"
        socket.onopen, socket.onmessage, socket.onclose = (each.js for each in self._handlers)
        # What the content policy forbids ends with an error alone in Chromium, without a close.
        socket.onerror = socket.onclose
        self._socket = socket

    def transmit(self, text: str) -> None:
        """Send a frame; it is lost if there is no connection."""
        if self._open:
            long = self._packs and len(text) >= PACKED_FROM
            self._socket.send(to_js(to_relay(text)) if long else text)

    def disconnect(self) -> None:
        """Close the connection; nothing of it is reported any more."""
        if self._failing is not None:
            self._failing.cancel()
            self._failing = None
        socket, self._socket, self._open, self._packs = self._socket, None, False, False
        if socket is not None:
            socket.onopen = socket.onmessage = socket.onclose = socket.onerror = None
            socket.close()
            ended("socket")

    def close(self) -> None:
        """Disconnect and let go of everything; later calls do nothing."""
        self.disconnect()
        self._closed = True
        for handler in self._handlers:
            handler.close()

    def _opened(self, _event: Any) -> None:
        self._open = True
        self._connected()

    def _message(self, event: Any) -> None:
        data = event.data
        try:
            if not isinstance(data, str):
                data, self._packs = unpack(data.to_bytes()), True
        except ProtocolError:
            # As with a text that is no frame, whatever was meant is missing now, and only a new
            # connection brings it.
            self._lost()
        else:
            self._heard(data)

    def _lost(self, _event: Any = None) -> None:
        """It ended, or could not be made; whatever else the browser says of it is not heard."""
        self.disconnect()
        self._disconnected()


def _address(url: str) -> str:
    """Older browsers take nothing but the whole address, with a scheme of WebSocket's own."""
    made = js.URL.new(url, js.location.href)
    made.searchParams.set(PACKED, "1")
    whole = str(made.href)
    return f"ws{whole.removeprefix('http')}" if whole.startswith("http") else whole
