"""Bodies of requests, read within bounds. Floor: Starlette."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

DRAINED: Final = 4
"""How many times what is allowed is read on, so that whoever sends too much can hear the answer."""


async def read_body(request: Request, most: int) -> bytes | None:
    """The body; None if it has more than `most` bytes.

    Raises:
        ClientDisconnect: it did not arrive whole.
    """
    received = bytearray()
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= most:
            received += part
        elif size > DRAINED * most:
            break
    return bytes(received) if size <= most else None
