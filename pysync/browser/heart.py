"""The heart: a tick that goes on while the page is hidden.

It beats in a dedicated worker, because a hidden page's own timers slow down to one a minute; a
frozen page handles no tick, which is what tells it from a living one. The worker's script is the
bundle's `heart.js`; where none is served (a page of someone else, a wheel alone) it is made from a
blob, and where a policy forbids that the page's own timer is the last resort.

Floor: `owned`, `objects`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, Literal

import js
from pyodide.ffi import JsException, to_js

from pysync.browser.objects import options
from pysync.browser.owned import Handler, ended, opened

SCRIPT: Final = "setInterval(() => postMessage(0), Number(self.name));"
"""What `web/boot/heart.js` does, for pages to which nobody serves it."""

Kind = Literal["file", "blob", "timer"]


def served_script() -> str | None:
    """Where this page's bundle serves `heart.js`; None on a page to which nobody serves it."""
    parts = getattr(js, "pysyncParts", None)  # `pysync.js`, or PyScript with our interpreter.
    if parts:
        return f"{parts}heart.js"
    block = js.document.getElementById("pysync-build")
    if not block:
        return None
    folder = json.loads(block.textContent).get("boot")
    return f"{folder}heart.js" if isinstance(folder, str) else None


class Heart:
    """Calls `tick()` every `interval` milliseconds that the page can handle, until `close`."""

    def __init__(self, interval: int, tick: Callable[[], None], *, script: str | None) -> None:
        self.kind: Kind = "timer"
        """What it beats in; it may still fall back to the next one if a policy forbids it."""
        self._interval = interval
        self._script = script
        self._tick = tick
        self._worker: Any = None
        self._timer: Any = None
        self._handlers = [Handler(lambda *_: self._beat()), Handler(lambda _: self._failed())]
        self._closed = False
        self._rungs: list[Kind] = ["file", "blob", "timer"] if script else ["blob", "timer"]
        self._next()

    def close(self) -> None:
        """End the worker or timer; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self._stop()
            for handler in self._handlers:
                handler.close()

    def _next(self) -> None:
        """Stand on the next rung that holds."""
        self.kind = self._rungs.pop(0)
        if self.kind == "timer":
            self._timer = js.setInterval(self._handlers[0].js, self._interval)
            opened("timer")
            return
        try:
            self._start_worker()
        except JsException:
            self._next()

    def _start_worker(self) -> None:
        name = options(name=str(self._interval))
        if self.kind == "file":
            worker = js.Worker.new(self._script, name)
        else:
            blob = js.Blob.new(to_js([SCRIPT]), options(type="text/javascript"))
            url = js.URL.createObjectURL(blob)
            try:
                worker = js.Worker.new(url, name)
            finally:
                js.URL.revokeObjectURL(url)
        worker.onmessage, worker.onerror = (handler.js for handler in self._handlers)
        self._worker = worker
        opened("worker")

    def _beat(self) -> None:
        if not self._closed:
            self._tick()

    def _failed(self) -> None:
        """The policy of the page, or a missing file: the worker never began."""
        if not self._closed and self._rungs:
            self._stop()
            self._next()

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.onmessage = self._worker.onerror = None
            self._worker.terminate()
            self._worker = None
            ended("worker")
        if self._timer is not None:
            js.clearInterval(self._timer)
            self._timer = None
            ended("timer")
