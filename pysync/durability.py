"""Waiting for the store: for its answers, and for own changes to be in it.

DURABLE-1 a pledge is kept only when the store said that it has the change. Floor: `ports`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pysync.errors import NotDurable
from pysync.ports import Host, Pledge, StoreFault


class Durability:
    """Own changes by number."""

    def __init__(self) -> None:
        self._waiting: dict[int, list[Pledge]] = {}
        self._up_to = 0
        self._beyond: set[int] = set()

    def saved(self, first: int, last: int) -> None:
        """The store has these."""
        self._beyond.update(range(first, last + 1))
        while self._up_to + 1 in self._beyond:
            self._up_to += 1
            self._beyond.discard(self._up_to)
        for n in [n for n in self._waiting if self.has(n)]:
            for pledge in self._waiting.pop(n):
                if not pledge.done():
                    pledge.set_result(None)

    def has(self, n: int) -> bool:
        """Whether the store has that change."""
        return n <= self._up_to or n in self._beyond

    def promise(self, n: int, pledge: Pledge, refusal: NotDurable | None) -> Pledge:
        """Settle the pledge now, or when it is known; `refusal` is why the store takes nothing."""
        if self.has(n):
            pledge.set_result(None)
        elif refusal is not None:
            pledge.set_exception(refusal)
        else:
            self._waiting.setdefault(n, []).append(pledge)
        return pledge

    def failed(self, reason: str, message: str = "") -> None:
        """The store takes nothing: whoever waits is told so."""
        waiting, self._waiting = self._waiting, {}
        for pledges in waiting.values():
            for pledge in pledges:
                if not pledge.done():
                    pledge.set_exception(NotDurable(reason, message))


def ask(host: Host, question: Callable[..., None], *args: Any) -> Pledge:
    """Ask the store and wait for its answer."""
    pledge = host.pledge()

    def answered(result: Any) -> None:
        if pledge.done():
            return
        if isinstance(result, StoreFault):
            pledge.set_exception(NotDurable(result.reason, result.detail))
        else:
            pledge.set_result(result)

    question(*args, answered)
    return pledge
