"""Appending to the log in IndexedDB: one blind transaction for a batch, however often offered.

The transaction is opened inside the call, put to and committed: a tab killed right after has
written. Whoever offers the same batch meanwhile waits for that transaction, and so does whoever
offers it again after `blocked`. Batches offered together share a transaction; if the log holds one
of them already, each is offered again by itself. Floor: `idb_link`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import js

from pysync.browser.idb_link import Finish, Link
from pysync.ports import StoreFault

Done = Callable[[int | StoreFault], None]


@dataclass(slots=True)
class _Attempt:
    """One transaction: the batches in it, and who waits for each."""

    batches: Mapping[str, str]
    waiting: dict[str, list[Done]]
    number: int = 0


class Appends:
    """The batches of one store that are under way."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._new_row = js.Object.new
        self._under_way: dict[str, _Attempt] = {}
        """Batch -> the transaction that may still write it."""

    def append(self, batch: str, body: str, done: Done) -> None:
        """Answer the key once it is durable; everyone but the first is answered `duplicate`."""
        attempt = self._under_way.get(batch)
        if attempt is not None and (
            self._link.rejoin(attempt.number, partial(self._ended, attempt))
            or self._link.is_under_way(attempt.number)
        ):
            attempt.waiting[batch].append(done)
        else:
            self._begin(_Attempt({batch: body}, {batch: [done]}))

    def append_all(
        self, batches: Mapping[str, str], done: Callable[[str, int | StoreFault], None]
    ) -> None:
        """`append` for each of these, in one transaction."""
        if self._under_way.keys().isdisjoint(batches):
            self._begin(_Attempt(batches, {batch: [partial(done, batch)] for batch in batches}))
        else:
            for batch, body in batches.items():
                self.append(batch, body, partial(done, batch))

    def _begin(self, attempt: _Attempt) -> None:
        def start(_: Link, tx: Any, __: int) -> Finish:
            store = tx.objectStore("log")
            requests = []
            for batch, body in attempt.batches.items():
                row = self._new_row()
                row.id = batch
                row.body = body
                requests.append(store.add(row))
            return lambda: [request.result for request in requests]

        ended = partial(self._ended, attempt)
        attempt.number = self._link.run("log", "readwrite", start, ended, blind=True)
        if self._link.is_under_way(attempt.number):
            self._under_way.update(dict.fromkeys(attempt.batches, attempt))

    def _ended(self, attempt: _Attempt, result: list[int] | StoreFault) -> None:
        waiting, attempt.waiting = attempt.waiting, {batch: [] for batch in attempt.batches}
        fault = result if isinstance(result, StoreFault) else None
        if fault is None or fault.reason != "blocked":
            for batch in waiting:
                self._under_way.pop(batch, None)
        if fault is not None and fault.reason == "duplicate" and len(waiting) > 1:
            for batch, dones in waiting.items():
                for done in dones:
                    self.append(batch, attempt.batches[batch], done)
            return
        for at, (batch, dones) in enumerate(waiting.items()):
            for place, done in enumerate(dones):
                if isinstance(result, StoreFault):
                    done(result)
                else:
                    done(StoreFault("duplicate", batch) if place else result[at])
