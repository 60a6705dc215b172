"""The clocks of a page, and named timers on one permanent handler, cleared for real.

`setTimeout` gets the name as an argument, so no proxy is made per timer. A hidden page's timers run
late (once a second, then once a minute): whoever needs progress there stands on `heart`.
Floor: `owned`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import js

from pysync.browser.owned import Handler, ended, opened
from pysync.machines.effects import Moment

LONGEST: Final = 2_147_000_000.0
"""Milliseconds, JavaScript's own bound: a longer wait ends there, too early."""


def clock() -> Moment:
    """Both clocks, now."""
    return Moment(time.time() * 1000, time.monotonic() * 1000)


class Timers:
    """Named timers on the monotonic clock of `clock`."""

    def __init__(self) -> None:
        self._handler = Handler(self._fired)
        self._set: dict[str, tuple[Any, Callable[[], None]]] = {}

    def set(self, name: str, due: float, call: Callable[[], None]) -> None:
        """Call once at or after `due` (ms); replaces a timer of that name."""
        self.clear(name)
        delay = min(max(due - time.monotonic() * 1000, 0.0), LONGEST)
        # JavaScript cuts fractions off: a timer must not fire before it is due.
        self._set[name] = (js.setTimeout(self._handler.js, int(delay) + 1, name), call)
        opened("timer")

    def clear(self, name: str) -> None:
        """Forget the timer; no error if there is none."""
        if (found := self._set.pop(name, None)) is not None:
            js.clearTimeout(found[0])
            ended("timer")

    def is_set(self, name: str) -> bool:
        """Whether a timer of that name is running."""
        return name in self._set

    def close(self) -> None:
        """Clear all of them; a second call does nothing."""
        for name in list(self._set):
            self.clear(name)
        self._handler.close()

    def _fired(self, name: str) -> None:
        if (found := self._set.pop(name, None)) is not None:
            ended("timer")
            found[1]()
