"""Virtual time: a queue of things to do at a moment, done in order, with nothing in between.

Equal moments keep the order in which they were asked for, so a run depends on its seed alone.
Floor: the standard library.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable


class Planned:
    """Something that will be done, unless it is cancelled before."""

    __slots__ = ("action", "cancelled")

    def __init__(self, action: Callable[[], None]) -> None:
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        """Forget it. No error if it was done already."""
        self.cancelled = True


class Timeline:
    """The clock of a simulated world. `now` is ms since it began."""

    def __init__(self) -> None:
        self.now = 0.0
        self._heap: list[tuple[float, int, Planned]] = []
        self._count = 0

    def after(self, ms: float, action: Callable[[], None]) -> Planned:
        """Do it `ms` from now (a moment that is past counts as now)."""
        planned = Planned(action)
        self._count += 1
        heapq.heappush(self._heap, (self.now + max(ms, 0.0), self._count, planned))
        return planned

    def step(self) -> bool:
        """Do the next thing; False if there is none."""
        while self._heap:
            when, _, planned = heapq.heappop(self._heap)
            if not planned.cancelled:
                self.now = max(self.now, when)
                planned.action()
                return True
        return False

    def run(self, ms: float, *, watch: Callable[[], None] | None = None) -> None:
        """Let `ms` pass, doing all that falls due; `watch` is called after every single thing."""
        end = self.now + ms
        while self._heap and self._heap[0][0] <= end:
            if self.step() and watch is not None:
                watch()
        self.now = max(self.now, end)

    def run_until(self, wanted: Callable[[], bool], *, limit_ms: float) -> bool:
        """Go on until `wanted()`; False if that does not happen within `limit_ms`."""
        end = self.now + limit_ms
        while not wanted():
            if not self._heap or self._heap[0][0] > end:
                self.now = end
                return wanted()
            self.step()
        return True
