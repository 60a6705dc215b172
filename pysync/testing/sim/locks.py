"""Simulated Web Locks: exclusive, queued, stealable; a frozen tab keeps its own and can be granted
one; the lock of a dead tab is handed on within 60 ms.

Floor: `timeline`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from pysync.testing.sim.timeline import Timeline

HANDOVER_MS = (6.0, 60.0)
"""How long the browser needs to notice that a renderer died."""
GRANT_MS = (0.2, 4.0)
"""How long a grant takes to reach the page."""


@dataclass(slots=True, eq=False)
class _Request:
    owner: str
    granted: Callable[[], None]
    lost: Callable[[], None]
    live: bool = True


class Locks:
    """The lock manager of one browser."""

    def __init__(self, timeline: Timeline, random: Random) -> None:
        self._timeline = timeline
        self._random = random
        self._holder: dict[str, _Request] = {}
        self._queue: dict[str, deque[_Request]] = {}

    def request(
        self,
        name: str,
        owner: str,
        *,
        granted: Callable[[], None],
        lost: Callable[[], None],
        steal: bool = False,
    ) -> None:
        """Queue, or with `steal` take it now, also from oneself. Asking again changes nothing."""
        queue = self._queue.setdefault(name, deque())
        holder = self._holder.get(name)
        if holder is not None and holder.owner == owner and not steal:
            return
        request = _Request(owner, granted, lost)
        if steal:
            self._withdraw(name, owner)
            if holder is not None:
                del self._holder[name]
                self._tell(holder, holder.lost)
            self._hold(name, request)
        elif all(waiting.owner != owner for waiting in queue):
            queue.append(request)
            self._grant_next(name)

    def release(self, name: str, owner: str) -> None:
        """Give it back or leave the queue."""
        self._withdraw(name, owner)
        holder = self._holder.get(name)
        if holder is not None and holder.owner == owner:
            holder.live = False
            del self._holder[name]
            self._grant_next(name)

    def died(self, owner: str) -> None:
        """The owner's renderer is gone: the browser notices soon."""
        for name in list(self._queue):
            self._withdraw(name, owner)
            delay = self._random.uniform(*HANDOVER_MS)
            self._timeline.after(delay, lambda name=name: self.release(name, owner))  # type: ignore[misc]

    def held(self) -> frozenset[str]:
        """The names of all locks held now."""
        return frozenset(self._holder)

    def holder(self, name: str) -> str | None:
        """Who holds it."""
        request = self._holder.get(name)
        return request.owner if request is not None else None

    def _withdraw(self, name: str, owner: str) -> None:
        queue = self._queue.setdefault(name, deque())
        for request in [waiting for waiting in queue if waiting.owner == owner]:
            request.live = False
            queue.remove(request)

    def _grant_next(self, name: str) -> None:
        queue = self._queue[name]
        if name not in self._holder and queue:
            self._hold(name, queue.popleft())

    def _hold(self, name: str, request: _Request) -> None:
        self._holder[name] = request
        self._tell(request, request.granted)

    def _tell(self, request: _Request, news: Callable[[], None]) -> None:
        def arrive() -> None:
            if request.live:
                news()

        self._timeline.after(self._random.uniform(*GRANT_MS), arrive)
