"""What is read from IndexedDB, each in one short transaction: a `start` for `Link.run`.

Requests that do not depend on each other go out together; only a range that comes out of an earlier
row is chained. Floor: `idb_rows`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import js

from pysync.browser.idb_link import Finish, Link
from pysync.browser.idb_rows import (
    check_meta,
    decided_rows,
    log_rows,
    pairs,
    with_frames,
)
from pysync.ports import DecidedRow, Loaded, LogRow, StoreMeta

DecidedRows = Sequence[tuple[DecidedRow, str]]


class _All:
    """`getAllKeys` and `getAll` of one store."""

    def __init__(self, store: Any) -> None:
        self._keys = store.getAllKeys()
        self._values = store.getAll()

    def read(self) -> dict[str, Any]:
        return pairs(self._keys.result, self._values.result)


def read_meta(_: Link, tx: Any, __: int) -> Finish:
    """The fixed facts alone; a format that is not ours is a fault."""
    meta = _All(tx.objectStore("meta"))

    def finish() -> dict[str, Any]:
        facts = meta.read()
        check_meta(facts)
        return facts

    return finish


def read_position(link: Link, tx: Any, number: int, then: Callable[[StoreMeta], None]) -> None:
    """Where the space stands, handed to `then` inside the transaction."""
    term = tx.objectStore("term").get("term")
    meta = _All(tx.objectStore("meta"))
    last = tx.objectStore("decided").openCursor(None, "prev")

    def decide(cursor: Any) -> None:
        facts = meta.read()
        check_meta(facts)
        seq = cursor.value.seq + cursor.value.count - 1 if cursor else 0
        then(
            StoreMeta(
                facts["format"], facts["incarnation"], term.result, seq, 0, facts["snapshot_seq"]
            )
        )

    link.then(number, last, decide)


def load(link: Link, tx: Any, number: int) -> Finish:
    """Everything a replica needs to start."""
    meta, seed, snapshot = (_All(tx.objectStore(name)) for name in ("meta", "seed", "snapshot"))
    term = tx.objectStore("term").get("term")
    decided_store = tx.objectStore("decided")
    last_key = decided_store.index("log_key").openKeyCursor(None, "prev")
    last = decided_store.openCursor(None, "prev")
    found: dict[str, Any] = {"log_key": 0, "seq": 0}
    ranged: dict[str, Any] = {}

    def from_snapshot(cursor: Any) -> None:
        facts = meta.read()
        check_meta(facts)
        found.update(facts)
        if cursor:
            found["log_key"] = last_key.result.key
            found["seq"] = cursor.value.seq + cursor.value.count - 1
        rows = decided_store.getAll(_behind(facts["snapshot_seq"]))
        link.then(number, rows, logs_of)

    def logs_of(rows: Any) -> None:
        found["decided"] = decided_rows(rows)
        keys = [row.log_key for row in found["decided"]]
        first = min([found["log_key"], *(key - 1 for key in keys)])
        ranged["log"] = tx.objectStore("log").getAll(_behind(first))

    link.then(number, last, from_snapshot)

    def finish() -> Loaded:
        log = log_rows(ranged["log"].result)
        decided: list[DecidedRow] = found["decided"]
        return Loaded(
            meta=StoreMeta(
                format=found["format"],
                incarnation=found["incarnation"],
                term=term.result,
                seq=found["seq"],
                log_key=found["log_key"],
                snapshot_seq=found["snapshot_seq"],
            ),
            seed=seed.read(),
            snapshot=snapshot.read(),
            decided=with_frames(decided, log),
            tail=[row for row in log if row.key > found["log_key"]],
        )

    return finish


def read_log(tx: Any, after: int, known: Callable[[str], bool]) -> Finish:
    """Batches behind `after`. A body that is known never crosses into Python."""
    request = tx.objectStore("log").getAll(_behind(after))

    def finish() -> list[LogRow]:
        rows: list[LogRow] = []
        for row in request.result:
            batch = row.id
            rows.append(LogRow(row.key, batch, None if known(batch) else row.body))
        return rows

    return finish


def read_decided(link: Link, tx: Any, number: int, after_seq: int) -> Finish:
    """Verdict rows behind `after_seq`, and the span of the log that holds their frames."""
    return _joined(link, tx, number, tx.objectStore("decided").getAll(_behind(after_seq)))


def read_history(link: Link, tx: Any, number: int, ref: str) -> Finish:
    """Verdict rows that name `ref`; their frames one by one, for they lie far apart."""
    request = tx.objectStore("decided").index("refs").getAll(ref)
    found: dict[str, Any] = {}

    def frames(rows: Any) -> None:
        found["decided"] = decided_rows(rows)
        log = tx.objectStore("log")
        found["log"] = [log.get(row.log_key) for row in found["decided"]]

    link.then(number, request, frames)

    def finish() -> DecidedRows:
        rows = [request.result for request in found["log"]]
        log = [LogRow(row.key, row.id, row.body) for row in rows if row is not None]
        return sorted(with_frames(found["decided"], log), key=lambda pair: pair[0].seq)

    return finish


def _joined(link: Link, tx: Any, number: int, request: Any) -> Finish:
    found: dict[str, Any] = {"decided": [], "log": None}

    def frames(rows: Any) -> None:
        found["decided"] = decided = decided_rows(rows)
        if decided:
            keys = [row.log_key for row in decided]
            span = js.IDBKeyRange.bound(min(keys), max(keys))
            found["log"] = tx.objectStore("log").getAll(span)

    link.then(number, request, frames)

    def finish() -> DecidedRows:
        log = log_rows(found["log"].result) if found["log"] is not None else []
        return with_frames(found["decided"], log)

    return finish


def _behind(number: int) -> Any:
    return js.IDBKeyRange.lowerBound(number, True)
