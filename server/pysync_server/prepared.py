"""Frames made once for many WebSockets: uvicorn's protocol with one more way to send.

What a hundred readers get is encoded once and written to each transport as it is: a message through
ASGI costs several times as much. It is offered as an extension of the scope, `EXTENSION`; whoever
finds none sends as ever. It goes past what a middleware puts around `send`, so one that ends
connections wraps it, too (`people.gate`). Stands on names of uvicorn's `WebSocketsSansIOProtocol`
that are public but in no manual: the pinned version has them, and a test sees to it that they
still are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

EXTENSION: Final = "pysync.prepared"

Write = Callable[[bytes], bool]
"""Writes a frame of `prepare`; False if the connection takes none now, or is closed: nothing was
written."""


def prepare(message: str | bytes) -> bytes:
    """The frame of a message from a server: of text, or of bytes."""
    if isinstance(message, bytes):
        return Frame(Opcode.BINARY, message).serialize(mask=False)
    return Frame(Opcode.TEXT, message.encode()).serialize(mask=False)


class Protocol(WebSocketsSansIOProtocol):
    """One connection."""

    def handle_connect(self, event: Request) -> None:
        """Offer it to the application, which has not begun yet."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            write: Write = self.write_prepared
            self.scope["extensions"][EXTENSION] = {"write": write}

    def write_prepared(self, frame: bytes) -> bool:
        """Write it, unless what was written before is not gone yet."""
        if self.conn.state is not State.OPEN or not self.handshake_complete or self.disconnected:
            return False
        if not self.writable.is_set():
            return False
        self.transport.write(frame)
        return True
