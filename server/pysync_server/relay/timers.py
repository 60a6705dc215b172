"""Named timers of a space on the event loop, by the monotonic clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class Timers:
    """`woke(name)` is called once when a timer is due."""

    def __init__(self, woke: Callable[[str], None]) -> None:
        self._woke = woke
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def set(self, name: str, due: float) -> None:
        """Call at `due` (ms); replaces a timer of that name."""
        self.clear(name)
        seconds = max(0.0, due / 1000 - time.monotonic())
        self._timers[name] = asyncio.get_running_loop().call_later(seconds, self._due, name)

    def clear(self, name: str) -> None:
        """Forget it."""
        if name in self._timers:
            self._timers.pop(name).cancel()

    def close(self) -> None:
        """Forget all."""
        for name in list(self._timers):
            self.clear(name)

    def _due(self, name: str) -> None:
        self._timers.pop(name, None)
        self._woke(name)
