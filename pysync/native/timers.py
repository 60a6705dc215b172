"""A program's clock and timers. Floor: `machines.effects`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from pysync.machines.effects import Moment


class ProcessTimers:
    """Timers that fire on `poll`, and by themselves on a running asyncio loop."""

    def __init__(self, clock: Callable[[], Moment]) -> None:
        self._clock = clock
        self._due: dict[str, tuple[float, Callable[[], None]]] = {}
        self._handles: dict[str, asyncio.TimerHandle] = {}

    def set(self, name: str, due: float, call: Callable[[], None]) -> None:
        """Call once at or after `due`."""
        self.clear(name)
        self._due[name] = (due, call)
        loop = running_loop()
        if loop is not None:
            pause = max(0.0, due - self._clock().mono) / 1000
            self._handles[name] = loop.call_later(pause, self._fire, name)

    def clear(self, name: str) -> None:
        """Forget it."""
        self._due.pop(name, None)
        handle = self._handles.pop(name, None)
        if handle is not None:
            handle.cancel()

    def poll(self) -> None:
        """Fire what is due."""
        now = self._clock().mono
        for name in [name for name, (due, _) in self._due.items() if due <= now]:
            self._fire(name)

    def close(self) -> None:
        """Forget all."""
        for name in list(self._due):
            self.clear(name)

    def _fire(self, name: str) -> None:
        found = self._due.pop(name, None)
        self._handles.pop(name, None)
        if found is not None:
            found[1]()


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that this is called on, if any."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def clock() -> Moment:
    """Now."""
    return Moment(time.time() * 1000, time.monotonic() * 1000)
