"""How a space lies in SQLite: its rows, and their way to Python and back.

Each function is a part of a transaction of `sqlite`. Floor: `sqlite_file`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from pysync.native.sqlite_file import StopWork
from pysync.ports import DecidedRow, Edited, LogRow, StoreFault, StoreMeta
from pysync.values.jsontext import parse_json

_META: Final = """
SELECT format, incarnation, term, seq, log_key, snapshot_seq, epoch,
    coalesce((SELECT batch FROM decided ORDER BY seq DESC LIMIT 1), last), generation
FROM meta
"""
_DECIDED: Final = """
SELECT d.seq, d.count, d.log_key, d.batch, d.term, d.body, d.refs, d.frame, log.body
FROM decided AS d LEFT JOIN log ON log.key = d.log_key
"""

DecidedRows = Sequence[tuple[DecidedRow, str]]


def read_meta(db: sqlite3.Connection) -> StoreMeta:
    """Where the space stands. Raises StopWork if the row is gone."""
    row = db.execute(_META).fetchone()
    if row is None:
        raise StopWork(StoreFault("corrupt", "the meta row is gone"))
    return StoreMeta(*row)


def forget_decided(db: sqlite3.Connection) -> None:
    """Drop all that was decided; the log stays."""
    for table in ("seed", "snapshot", "decided", "refs"):
        db.execute(f"DELETE FROM {table}")


def begin_at(db: sqlite3.Connection, epoch: str, seq: int, last: str) -> None:
    """What is stored is a relay's state from now on."""
    db.execute(
        "UPDATE meta SET epoch = ?, seq = ?, snapshot_seq = ?, last = ?,"
        " generation = generation + 1",
        (epoch, seq, seq, last),
    )


def read_body(db: sqlite3.Connection, key: int) -> str:
    """The frame of a batch that is in the log."""
    text: str = db.execute("SELECT body FROM log WHERE key = ?", (key,)).fetchone()[0]
    return text


def rows_beginning(db: sqlite3.Connection, beginning: str) -> dict[str, str]:
    """Rows of the first state under those of the snapshot, whose names begin so."""
    found: dict[str, str] = {}
    for table in ("seed", "snapshot"):
        sql = f"SELECT name, body FROM {table} WHERE substr(name, 1, ?) = ?"
        found.update(db.execute(sql, (len(beginning), beginning)))
    return found


def add_decided(db: sqlite3.Connection, rows: Sequence[DecidedRow]) -> None:
    """Append verdict rows, and list them under the records they touch."""
    db.executemany("INSERT INTO decided VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_columns, rows))
    db.executemany(
        "INSERT OR IGNORE INTO refs VALUES (?, ?)",
        [(ref, row.seq) for row in rows for ref in row.refs],
    )


def rewrite(db: sqlite3.Connection, edited: Edited) -> None:
    """Put rows in the place of others; which records they touch stays."""
    db.executemany(
        "UPDATE decided SET body = ?, frame = ? WHERE seq = ?",
        [(row.body, row.frame, row.seq) for row in edited.decided],
    )
    named = [(text, batch) for batch, text in edited.log.items()]
    db.executemany("UPDATE log SET body = ? WHERE batch = ?", named)
    db.executemany("INSERT OR REPLACE INTO seed VALUES (?, ?)", list(edited.seed.items()))
    db.executemany("INSERT OR REPLACE INTO snapshot VALUES (?, ?)", list(edited.snapshot.items()))


def edit_log(db: sqlite3.Connection, rows: Sequence[LogRow]) -> None:
    """Put these batches in the place of those in the log."""
    db.executemany("UPDATE log SET body = ? WHERE key = ?", [(row.body, row.key) for row in rows])


def forget_former(db: sqlite3.Connection) -> None:
    """Let go of former versions of what was edited, which wait in the file beside this one; while
    somebody else reads them that is left to the next time."""
    with suppress(sqlite3.Error):
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _columns(r: DecidedRow) -> tuple[Any, ...]:
    return (r.seq, r.count, r.log_key, r.batch, r.term, r.body, json.dumps(r.refs), r.frame)


def decided_after(db: sqlite3.Connection, seq: int) -> Iterator[tuple[DecidedRow, str]]:
    """Verdict rows behind that seq, in order."""
    return _decided(db.execute(_DECIDED + "WHERE d.seq > ? ORDER BY d.seq", (seq,)))


def decided_naming(db: sqlite3.Connection, ref: str) -> Iterator[tuple[DecidedRow, str]]:
    """Verdict rows that name this record, in order."""
    where = "WHERE d.seq IN (SELECT seq FROM refs WHERE ref = ?) ORDER BY d.seq"
    return _decided(db.execute(_DECIDED + where, (ref,)))


def _decided(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[DecidedRow, str]]:
    for seq, count, log_key, batch, term, body, refs, own, logged in rows:
        frame = own or logged
        if frame is None:
            raise StopWork(StoreFault("corrupt", f"no frame for the verdict at seq {seq}"))
        row = DecidedRow(seq, count, log_key, batch, term, body, tuple(parse_json(refs)), own)
        yield row, frame


def passed(verdict: StoreFault | int) -> int:
    """The verdict, if nothing speaks against it; raises StopWork else."""
    if isinstance(verdict, StoreFault):
        raise StopWork(verdict)
    return verdict
