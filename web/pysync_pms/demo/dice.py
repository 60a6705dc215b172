"""Chance from a seed: the same throws in every run and runtime. Stands on `hashlib`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of numbers from the hash of a seed and a counter.

    >>> Dice("seven").number(1, 6) == Dice("seven").number(1, 6)
    True
    """

    __slots__ = ("_count", "_seed")

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0

    def key(self) -> str:
        """Sixteen hexadecimal digits."""
        self._count += 1
        text = f"{self._seed}/{self._count}".encode()
        return hashlib.blake2b(text, digest_size=8).hexdigest()

    def number(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return low + int(self.key(), 16) % (high - low + 1)

    def chance(self, percent: int) -> bool:
        """True so many times in a hundred."""
        return self.number(0, 99) < percent

    def pick(self, items: Sequence[T]) -> T:
        """One of them."""
        return items[self.number(0, len(items) - 1)]
