"""A page's requests to its relay: `Requests` of `http_link` by `fetch`. Floor: `owned`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import js
from pyodide.ffi import JsException

from pysync.browser.owned import ended, opened
from pysync.http_link import Cancel, Method
from pysync.machines.http_frames import Answer


class PageRequests:
    """Sends them, each in a task."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(
        self, method: Method, url: str, body: str, done: Callable[[Answer | None], None]
    ) -> Cancel:
        """Send one; later `done` once with the answer, or None."""
        control = js.AbortController.new()
        live = [True]

        async def life() -> None:
            answer = await _fetch(method, url, body, control.signal)
            if live:
                live.clear()
                ended("request")
                done(answer)

        def cancel() -> None:
            if live:
                live.clear()
                ended("request")
                control.abort()

        opened("request")
        task = asyncio.get_running_loop().create_task(life())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return cancel

    def tell(self, url: str) -> None:
        """Send an empty POST and forget about it, also while the page goes away."""
        js.navigator.sendBeacon(url)

    def close(self) -> None:
        """What is under way was cancelled by whoever asked."""


async def _fetch(method: Method, url: str, body: str, signal: object) -> Answer | None:
    try:
        content = {"body": body} if method == "POST" else {}
        response = await js.fetch(
            url,
            method=method,
            signal=signal,
            redirect="error",
            cache="no-store",
            credentials="include",  # the session of a relay that has another origin
            **content,
        )
        media = str(response.headers.get("content-type") or "")
        text = str(await response.text())
    except JsException:
        return None
    return Answer(response.status, media.partition(";")[0].strip().lower(), text)
