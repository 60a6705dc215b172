"""A program's requests to its relay: `Requests` of `http_link` on an asyncio loop.

Each has a connection of its own, so one that waits for news can be given up at any moment. Proxies
that a program would have to be told of (`HTTP_PROXY`) are not asked. Floor: the core.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from typing import Final
from urllib.parse import urlsplit

from pysync.http_link import Cancel, Method
from pysync.machines.http_frames import MEDIA, MOST_BYTES, Answer

PATIENCE_S: Final = 60.0
"""How long an answer may take; the relay keeps one open for half of that."""


class _Received:
    """Looks like a socket to `http.client`."""

    def __init__(self, data: bytearray) -> None:
        self._data = data

    def makefile(self, _mode: str) -> BytesIO:
        return BytesIO(self._data)


class ProcessRequests:
    """Sends them, each in a task."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        """Raises RuntimeError where no asyncio loop runs."""
        self._headers = headers or {}
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(
        self, method: Method, url: str, body: str, done: Callable[[Answer | None], None]
    ) -> Cancel:
        """Send one; later `done` once with the answer, or None."""

        async def life() -> None:
            answer = None
            with suppress(OSError, ValueError, HTTPException, asyncio.IncompleteReadError):
                async with asyncio.timeout(PATIENCE_S):
                    answer = await _exchange(method, url, body, self._headers)
            # Later, so that what a callback raises goes to the loop.
            self._loop.call_soon(lambda: None if cancelled else done(answer))

        task = self._loop.create_task(life())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        cancelled = False

        def cancel() -> None:
            nonlocal cancelled
            cancelled = True
            task.cancel()

        return cancel

    def tell(self, url: str) -> None:
        """Send an empty POST and forget about it."""
        self.ask("POST", url, "", lambda _: None)

    def close(self) -> None:
        """What was told is still sent."""


async def _exchange(method: Method, url: str, body: str, headers: Mapping[str, str]) -> Answer:
    """One request on a connection of its own. Raises OSError, ValueError or HTTPException."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise ValueError(f"no address: {url!r}")
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure or None)
    try:
        content = body.encode()
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        shown = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        head = (
            f"{method} {target} HTTP/1.1\r\nhost: {parts.netloc.rpartition('@')[2]}\r\n"
            f"content-type: {MEDIA}\r\ncontent-length: {len(content)}\r\nconnection: close\r\n"
            f"{shown}\r\n"
        )
        writer.write(head.encode("ascii") + content)
        await writer.drain()
        received = bytearray()
        while part := await reader.read(65_536):
            received += part
            if len(received) > 2 * MOST_BYTES:
                raise ValueError("the answer is too long")
    finally:
        writer.transport.abort()
    response = HTTPResponse(_Received(received), method=method)  # type: ignore[arg-type]
    response.begin()
    media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Answer(response.status, media, response.read().decode())
