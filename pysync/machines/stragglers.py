"""Stragglers: batches that lie open longer than they should, and who sees to them.

A batch is posted before it is stored, so its author may die in between; and the leader may miss
what is stored. Both are found at ticks: what is still so at the second one is put right.

STRAY-1 a batch heard from a tab that died before its commit is appended by whoever holds it.
STRAY-2 what we saved and nobody decided is told again: the leader missed it. Floor: `batches`,
`effects`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pysync.machines.batches import Batch, encode_place
from pysync.machines.effects import Append, Effect, Moment, Post


class Stragglers:
    """Looks after the open batches of one tab: `open` is the ledger's, by id."""

    def __init__(
        self,
        *,
        tab: str,
        shared: bool,
        open_: Mapping[str, Batch],
        is_present: Callable[[str], bool],
        out: list[Effect],
    ) -> None:
        self._tab = tab
        self._shared = shared
        self._open = open_
        self._is_present = is_present
        self._out = out
        self._undecided: set[str] = set()
        """Own saved batches that were not decided at the last tick."""
        self._orphans: set[str] = set()
        """Batches whose author was gone at the last tick."""

    def adopt(self, logged: Iterable[Batch]) -> bool:
        """STRAY-1 for a leader that has read the log: append what is not in it and whose author is
        gone. Answers whether something of a living author is on its way."""
        found = {batch.id for batch in logged}
        waiting = False
        for batch in self._open.values():
            if batch.id in found or batch.tab == self._tab:
                continue
            if self._is_present(batch.tab):
                waiting = True
            else:
                self._out.append(Append(batch.id, batch.text))
        return waiting

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
        saved = {b.id for b in self._open.values() if b.tab == self._tab and b.key is not None}
        overdue = saved & self._undecided
        self._undecided = saved
        if overdue and not leads:
            self.tell_place(self._open[min(overdue)], now)
        return bool(overdue) and leads

    def tell_place(self, batch: Batch, now: Moment) -> None:
        """The leader may not have heard of it: it lies in the log."""
        self._out.append(Post(encode_place(self._tab, batch.first, batch.key or 0, now.wall)))
