"""What is read from IndexedDB. Nothing that is read ever makes an author wait.

A transaction that a tab leaves open keeps every writer of the same stores waiting, and a tab may be
frozen or stopped at any moment. So all requests of a transaction go out together, committed at
once, and what depends on an earlier row is read in a transaction of its own: rows of the log and
verdicts never change, so reading the later thing later is safe. Only `read_position`, a part of a
write, is chained. Floor: `idb_rows`, `idb_link`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import js

from pysync.browser.idb_errors import StopWork
from pysync.browser.idb_link import Finish, Link, Start
from pysync.browser.idb_rows import (
    as_text,
    check_meta,
    decided_rows,
    log_rows,
    pairs,
    with_frames,
)
from pysync.ports import DecidedRow, LogRow, StoreFault, StoreMeta
from pysync.store_rules import judge_generation

DecidedRows = Sequence[tuple[DecidedRow, str]]
VERDICTS = ("decided", "meta")


class All:
    """`getAllKeys` and `getAll` of one store, or of a range of its keys."""

    def __init__(self, store: Any, *span: Any) -> None:
        self._keys = store.getAllKeys(*span)
        self._values = store.getAll(*span)

    def read(self) -> dict[str, Any]:
        return pairs(self._keys.result, self._values.result)

    def texts(self) -> dict[str, str]:
        """Of a store that holds long texts."""
        names = self._keys.result.to_py()
        return dict(zip(names, map(as_text, self._values.result.to_py()), strict=True))


def read_meta(_: Link, tx: Any, __: int) -> Finish:
    """The fixed facts alone; a format that is not ours is a fault."""
    meta = All(tx.objectStore("meta"))

    def finish() -> dict[str, Any]:
        facts = meta.read()
        check_meta(facts)
        return facts

    return finish


def read_position(link: Link, tx: Any, number: int, then: Callable[[StoreMeta], None]) -> None:
    """Where the space stands, handed to `then` inside the transaction."""
    term = tx.objectStore("term").get("term")
    meta = All(tx.objectStore("meta"))
    last = tx.objectStore("decided").openCursor(None, "prev")

    def decide(cursor: Any) -> None:
        facts = meta.read()
        check_meta(facts)
        then(
            StoreMeta(
                format=facts["format"],
                incarnation=facts["incarnation"],
                term=term.result,
                seq=stored_seq(facts, cursor),
                log_key=0,
                snapshot_seq=facts["snapshot_seq"],
                epoch=facts.get("epoch", ""),
                generation=facts.get("generation", 0),
            )
        )

    link.then(number, last, decide)


def stored_seq(facts: dict[str, Any], last: Any) -> int:
    """The seq of the last verdict; without one the space stands where it was seeded."""
    seq: int = last.value.seq + last.value.count - 1 if last else facts["snapshot_seq"]
    return seq


def verdicts_behind(seq: int, generation: int | None) -> Start:
    """Verdict rows behind `seq`, if they are still of that generation."""

    def start(_: Link, tx: Any, __: int) -> Finish:
        request = tx.objectStore("decided").getAll(behind(seq))
        stored = tx.objectStore("meta").get("generation")

        def finish() -> list[DecidedRow]:
            if fault := judge_generation(generation, stored.result or 0):
                raise StopWork(fault)
            # Of rows that were stored together the first may stand before it.
            return [row for row in decided_rows(request.result) if row.seq > seq]

        return finish

    return start


def read_log(after: int, known: Callable[[str], bool]) -> Start:
    """Batches behind `after`. A body that is known never crosses into Python."""

    def start(_: Link, tx: Any, __: int) -> Finish:
        request = tx.objectStore("log").getAll(behind(after))

        def finish() -> list[LogRow]:
            rows: list[LogRow] = []
            for row in request.result:
                batch = row.id
                rows.append(LogRow(row.key, batch, None if known(batch) else row.body))
            return rows

        return finish

    return start


def read_seed_row(name: str) -> Start:
    """One row of the first state, None if there is none of that name."""

    def start(_: Link, tx: Any, __: int) -> Finish:
        request = tx.objectStore("seed").get(name)
        return lambda: None if request.result is None else as_text(request.result.to_py())

    return start


def read_rows_beginning(beginning: str) -> Start:
    """Rows of the first state under those of the snapshot, whose names begin so."""

    def start(_: Link, tx: Any, __: int) -> Finish:
        span = js.IDBKeyRange.bound(beginning, beginning + "\uffff")
        seed, snapshot = (All(tx.objectStore(name), span) for name in ("seed", "snapshot"))
        return lambda: {**seed.texts(), **snapshot.texts()}

    return start


def read_decided(
    link: Link,
    after_seq: int,
    generation: int | None,
    done: Callable[[DecidedRows | StoreFault], None],
) -> None:
    """Verdict rows behind `after_seq`, and the span of the log that holds their frames."""
    _with_frames(link, verdicts_behind(after_seq, generation), _span_of_log, done)


def read_history(link: Link, ref: str, done: Callable[[DecidedRows | StoreFault], None]) -> None:
    """Verdict rows that name `ref`; their frames one by one, for they lie far apart."""

    def start(_: Link, tx: Any, __: int) -> Finish:
        request = tx.objectStore("decided").index("refs").getAll(ref)

        def finish() -> list[DecidedRow]:
            found = [row for row in decided_rows(request.result) if ref in row.refs]
            return sorted(found, key=lambda row: row.seq)

        return finish

    _with_frames(link, start, _single_frames, done)


def _with_frames(
    link: Link,
    verdicts: Start,
    frames: Callable[[list[DecidedRow]], Start],
    done: Callable[[DecidedRows | StoreFault], None],
) -> None:
    """`frames` reads those frames that are in the log, if there are any."""

    def then(rows: list[DecidedRow] | StoreFault) -> None:
        if isinstance(rows, StoreFault):
            done(rows)
        elif logged(rows):
            link.run("log", "readonly", frames(rows), done, blind=True)
        else:
            done(with_frames(rows, ()))

    link.run(VERDICTS, "readonly", verdicts, then, blind=True)


def _span_of_log(rows: list[DecidedRow]) -> Start:
    keys = [row.log_key for row in logged(rows)]

    def start(_: Link, tx: Any, __: int) -> Finish:
        span = js.IDBKeyRange.bound(min(keys), max(keys))
        request = tx.objectStore("log").getAll(span)
        return lambda: with_frames(rows, log_rows(request.result))

    return start


def _single_frames(rows: list[DecidedRow]) -> Start:
    def start(_: Link, tx: Any, __: int) -> Finish:
        log = tx.objectStore("log")
        requests = [log.get(row.log_key) for row in logged(rows)]

        def finish() -> DecidedRows:
            found = [r for r in (request.result for request in requests) if r is not None]
            return with_frames(rows, [LogRow(r.key, r.id, r.body) for r in found])

        return finish

    return start


def logged(rows: list[DecidedRow]) -> list[DecidedRow]:
    """Those whose frames are in the log; the others carry them."""
    return [row for row in rows if not row.frame]


def behind(number: int) -> Any:
    return js.IDBKeyRange.lowerBound(number, True)
