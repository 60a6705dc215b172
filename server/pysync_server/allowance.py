"""How often somebody may ask: a bucket of requests each, which fills again. Floor: none."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST: Final = 10_000
"""Names that are remembered, the last seen."""


class Allowance:
    """`capacity` requests at once from one name, and `rate` a second over time."""

    def __init__(self, capacity: float, rate: float, now: Callable[[], float]) -> None:
        self._capacity = capacity
        self._rate = rate
        self._now = now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> float:
        """Count one request of that name: 0 if it may be made, else the seconds until it may."""
        now = self._now()
        left, then = self._left.pop(name, (self._capacity, now))
        left = min(self._capacity, left + (now - then) * self._rate)
        self._left[name] = (left - 1.0 if left >= 1.0 else left, now)
        while len(self._left) > MOST:
            self._left.popitem(last=False)
        return 0.0 if left >= 1.0 else (1.0 - left) / self._rate
