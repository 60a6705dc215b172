"""Outgoing: what the device's log holds and no entry is known of, in the order to be pushed.

Floor: `books`, `ordering`, `logged`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from pysync.machines.batches import Batch
from pysync.machines.books import Books
from pysync.machines.effects import Moment
from pysync.machines.logged import Places
from pysync.machines.ordering import Ordering
from pysync.machines.replica import Replica
from pysync.model.cell import FOUNDER

MOST_LOGGED: Final = 1_000_000
"""Ops of the log that may be released at one go: they only go into the outbox."""


class Outgoing:
    """The outgoing order. RELAYED-1 first a founder's, and a tab's in their order."""

    def __init__(self, replica: Replica, books: Books) -> None:
        self._replica = replica
        self._books = books
        self._ordering = Ordering()
        self._logged: deque[Batch] = deque()
        """Read from the log, by key: those at the left that are decided are gone."""
        self._waiting: list[Batch] = []
        """Of these the ones that are not in the order yet."""
        self._order: deque[Batch] = deque()
        self._reached: dict[str, int] = {}
        """The highest number of each tab that is in the order."""

    def clear(self) -> None:
        """This tab leads no more."""
        for queue in (self._logged, self._waiting, self._order):
            queue.clear()
        self._reached.clear()

    def logged(self, found: Sequence[Batch], now: Moment) -> bool:
        """The leader read these from the log, behind what it read before. Answers whether there is
        more to push."""
        self._logged.extend(found)
        self._waiting.extend(sorted(found, key=lambda b: not b.tab.startswith(FOUNDER)))
        decided, sent = self._replica.heads, self._reached
        heads = {b.tab: max(decided.get(b.tab, 0), sent.get(b.tab, 0)) for b in self._waiting}
        chosen = self._ordering.choose(self._waiting, heads, MOST_LOGGED, now)
        for batch in chosen:
            self._reached[batch.tab] = max(batch.last, self._reached.get(batch.tab, 0))
        self._order.extend(chosen)
        del self._waiting[: len(chosen)]
        return bool(chosen)

    @property
    def waits(self) -> bool:
        """Whether some of it waits for what its author wrote before."""
        return bool(self._waiting)

    def places(self) -> Places:
        """Where the device's own batches stand in its log (RELAYED-2)."""
        self._prune()
        return Places(self._logged, self._books.open)

    def undecided(self) -> Iterator[Batch]:
        """What is to be pushed, in its order."""
        self._prune()
        open_ = self._books.open
        return (batch for batch in self._order if batch.id in open_)

    def _prune(self) -> None:
        """By what is open: what is heard may not come to be stored."""
        for queue in (self._logged, self._order):
            while queue and queue[0].id not in self._books.open:
                queue.popleft()
