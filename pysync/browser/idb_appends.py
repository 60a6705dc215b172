"""Appending to the log in IndexedDB: one blind transaction for a batch, however often offered.

The transaction is opened inside the call, put to and committed: a tab killed right after has
written. Whoever offers the same batch meanwhile waits for that transaction, and so does whoever
offers it again after `blocked`. Floor: `idb_link`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import js

from pysync.browser.idb_link import Finish, Link
from pysync.ports import StoreFault

Done = Callable[[int | StoreFault], None]


class Appends:
    """The batches of one store that are under way."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._new_row = js.Object.new
        self._under_way: dict[str, tuple[int, list[Done]]] = {}
        """Batch -> the transaction that may still write it, and who else waits for it."""

    def append(self, batch: str, body: str, done: Done) -> None:
        """Answer the key once it is durable; everyone but the first is answered `duplicate`."""
        number, joined = self._under_way.get(batch, (0, []))
        if self._link.rejoin(number, lambda result: self._ended(batch, done, result)):
            return
        if self._link.is_under_way(number):
            joined.append(done)
            return

        def start(_: Link, tx: Any, __: int) -> Finish:
            row = self._new_row()
            row.id = batch
            row.body = body
            request = tx.objectStore("log").add(row)
            return lambda: request.result

        number = self._link.run(
            "log",
            "readwrite",
            start,
            lambda result: self._ended(batch, done, result),
            blind=True,
        )
        if self._link.is_under_way(number):
            self._under_way[batch] = (number, [])

    def _ended(self, batch: str, done: Done, result: int | StoreFault) -> None:
        _, joined = self._under_way.get(batch, (0, []))
        others = joined[:]
        joined.clear()
        if not (isinstance(result, StoreFault) and result.reason == "blocked"):
            self._under_way.pop(batch, None)
        done(result)
        for other in others:
            other(StoreFault("duplicate", batch) if isinstance(result, int) else result)
