"""Stragglers: batches that lie open longer than they should, and who sees to them.

A batch is posted before it is stored, so its author may die in between; and the leader may miss
what is stored. Both are found at ticks: what is still so at the second one is put right.

STRAY-1 a batch heard from a tab that died before its commit is appended by whoever holds it.
STRAY-2 what we saved and nobody decided is told again: the leader missed it. Floor: `books`,
`effects`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pysync.machines.batches import Batch, encode_place
from pysync.machines.books import Books
from pysync.machines.effects import Append, Effect, Moment, Post
from pysync.ports import StoreFault

SELDOM: Final = 64
"""Ticks between two reminders of what has been open for long."""


class Stragglers:
    """Looks after the open batches of one tab."""

    def __init__(
        self,
        *,
        tab: str,
        shared: bool,
        books: Books,
        is_present: Callable[[str], bool],
        out: list[Effect],
    ) -> None:
        self._tab = tab
        self._shared = shared
        self._open: Mapping[str, Batch] = books.open
        self._books = books
        self._is_present = is_present
        self._out = out
        self._undecided: dict[str, int] = {}
        """Own saved batches, and for how many ticks they were not decided."""
        self._orphans: set[str] = set()
        """Batches whose author was gone at the last tick."""

    def adopt(self) -> bool:
        """STRAY-1 for a leader that has read the log: append what is not in it and whose author is
        gone. Answers whether something of a living author is on its way."""
        waiting = False
        for batch in self._open.values():
            if batch.key is not None or batch.tab == self._tab:
                continue
            if self._is_present(batch.tab):
                waiting = True
            else:
                self._out.append(Append(batch.id, batch.text))
        return waiting

    def adopted(self, batch_id: str, result: int | StoreFault, now: Moment) -> bool:
        """The store took one for its author, or did not; answers whether it is in the log."""
        batch = self._open.get(batch_id)
        duplicate = isinstance(result, StoreFault) and result.reason == "duplicate"
        if isinstance(result, StoreFault) and not duplicate:
            return False
        if batch is not None and duplicate and self._books.was_decided(batch):
            # What was heard was an echo.
            self._books.forget(batch)
        elif batch is not None:
            batch.key = result if isinstance(result, int) else batch.key
            self.tell_place(batch, now)
        return True

    def beat(self, now: Moment, *, leads: bool) -> bool:
        """A tick. Any tab may be the last that knows a batch which its author did not live to save.
        Answers whether this tab, which `leads`, has to read the log again."""
        gone = {
            batch.id
            for batch in self._open.values()
            if batch.key is None and batch.tab != self._tab
            if not self._is_present(batch.tab)
        }
        for batch_id in sorted(gone & self._orphans):
            text = self._open[batch_id].text
            self._out.append(Append(batch_id, text) if self._shared else Post(text))
        self._orphans = gone - self._orphans
        return self._remind(now, leads=leads)

    def _remind(self, now: Moment, *, leads: bool) -> bool:
        saved = [b.id for b in self._open.values() if b.tab == self._tab and b.key is not None]
        self._undecided = {id_: self._undecided.get(id_, 0) + 1 for id_ in saved}
        overdue = [id_ for id_, ticks in self._undecided.items() if _is_due(ticks)]
        if overdue and not leads:
            self.tell_place(self._open[min(overdue)], now)
        return bool(overdue) and leads

    def tell_place(self, batch: Batch, now: Moment) -> None:
        """The leader may not have heard of it: it lies in the log."""
        self._out.append(Post(encode_place(self._tab, batch.first, batch.key or 0, now.wall)))


def _is_due(ticks: int) -> bool:
    """At the second tick, then less and less often: far from a relay much stays open for long."""
    return ticks > 1 and (ticks & (ticks - 1) == 0 or ticks % SELDOM == 0)
