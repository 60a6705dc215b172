"""Adding verdicts in IndexedDB; and editing: what takes the place of stored text that must not be
kept any more.

Verdict rows may lie many in one object, which is read and written as a whole; one after the other,
because two edits may be of one object. Floor: `idb_link`, `idb_rows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import js

from pysync.browser.idb_fence import Chained, Put
from pysync.browser.idb_link import Link
from pysync.browser.idb_rows import as_bytes, decided_rows, js_object, js_rows, plain
from pysync.browser.objects import options
from pysync.ports import DecidedRow, Edited, StoreMeta


def adding(rows: Sequence[DecidedRow]) -> Put:
    """Adds verdict rows."""

    def put(tx: Any, at: StoreMeta, seq: int) -> StoreMeta:
        store = tx.objectStore("decided")
        for row in js_rows(rows):
            store.add(row)
        return replace(at, seq=seq)

    return put


def editing(edited: Edited | None) -> tuple[tuple[str, ...], Chained | None]:
    """The object stores that are written with verdict rows, and what is done besides adding
    them."""
    if edited is None:
        return ("decided",), None

    def start(link: Link, tx: Any, number: int) -> None:
        for where, rows in (("seed", edited.seed), ("snapshot", edited.snapshot)):
            for name, text in rows.items():
                tx.objectStore(where).put(as_bytes(text), name)
        for batch, text in edited.log.items():
            _edit_log(link, tx, number, batch, text)
        _edit(link, tx, number, {row.seq: row for row in edited.decided})

    return ("decided", "log", "seed", "snapshot"), start


def _edit_log(link: Link, tx: Any, number: int, batch: str, text: str) -> None:
    log = tx.objectStore("log")

    def put(key: Any) -> None:
        if isinstance(key, int):
            log.put(options(key=key, id=batch, body=text))

    link.then(number, log.index("id").getKey(batch), put)


def _edit(link: Link, tx: Any, number: int, left: dict[int, DecidedRow]) -> None:
    """Edit the object that holds the first of these rows, then the next one."""
    if not left:
        return
    decided = tx.objectStore("decided")

    def put(found: Any) -> None:
        there = decided_rows(found)
        if there:
            several = "rows" in plain(found)[0]
            decided.put(js_object([left.get(row.seq, row) for row in there], several=several))
        seqs = {first, *(row.seq for row in there)}
        _edit(link, tx, number, {seq: row for seq, row in left.items() if seq not in seqs})

    first = min(left)
    # An object of several rows lies under the seq at which the last of them ends.
    link.then(number, decided.getAll(js.IDBKeyRange.lowerBound(first), 1), put)
