"""Waiting for the relay: for own changes to be in its log, decided.

ACK-1 a pledge is kept only by a decision that stands in the relay's log; one that refuses breaks it
with its reason, and a function that is run again keeps its caller waiting for the change that
supersedes. Floor: `ports`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from pysync.errors import Refused
from pysync.ports import Pledge

REMEMBERED: Final = 1_000
"""Refusals of own changes that are remembered for who asks later."""


class Acknowledgement:
    """Own changes by number. `latest(n)`: the change that superseded it, or itself;
    `is_decided(n)`: whether that one is decided for good."""

    def __init__(self, latest: Callable[[int], int], is_decided: Callable[[int], bool]) -> None:
        self._latest = latest
        self._is_decided = is_decided
        self._waiting: dict[int, list[Pledge]] = {}
        self._refused: dict[int, Refused] = {}

    def promise(self, n: int, pledge: Pledge) -> Pledge:
        """Settle the pledge now, or when it is known."""
        n = self._latest(n)
        if n in self._refused:
            pledge.set_exception(self._refused[n])
        elif self._is_decided(n):
            pledge.set_result(None)
        else:
            self._waiting.setdefault(n, []).append(pledge)
        return pledge

    def settled(self, n: int, refusal: Refused | None) -> None:
        """It is known what became of change `n`."""
        if refusal is not None:
            self._refused[n] = refusal
            while len(self._refused) > REMEMBERED:
                del self._refused[next(iter(self._refused))]
        for pledge in self._waiting.pop(n, ()):
            if pledge.done():
                continue
            if refusal is not None:
                pledge.set_exception(refusal)
            else:
                pledge.set_result(None)

    def superseded(self, numbers: Iterable[int]) -> None:
        """These were handed back, and their functions have run again."""
        for n in numbers:
            for pledge in self._waiting.pop(n, ()):
                self.promise(n, pledge)

    def failed(self, error: Exception) -> None:
        """Nothing will be known any more: whoever waits is told so."""
        waiting, self._waiting = self._waiting, {}
        for pledges in waiting.values():
            for pledge in pledges:
                if not pledge.done():
                    pledge.set_exception(error)
