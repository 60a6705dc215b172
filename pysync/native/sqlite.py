"""The `Store` port on one SQLite file, for headless clients and scripts.

Several processes may open one file: SQLite serialises their writers, each call is one transaction,
and nothing is answered before it is on the disk (WAL with synchronous=FULL). A file that is not
ours, is damaged or was written by a newer build answers `corrupt` and stays untouched; a file that
was deleted or replaced under us answers `closed`. Every answer comes before the call returns.
Use a store from the thread that made it. Floor: `sqlite_file`.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from pysync.native.sqlite_file import StopWork, fault_of, open_file, transaction
from pysync.ports import DecidedRow, Lease, Loaded, LogRow, StoreFault, StoreMeta
from pysync.store_rules import (
    LeaseRow,
    OneByOne,
    judge_decisions,
    judge_lease,
    judge_snapshot,
    next_term,
)
from pysync.values.jsontext import parse_json

_DECIDED: Final = """
SELECT d.seq, d.count, d.log_key, d.batch, d.term, d.body, d.refs, d.frame, log.body
FROM decided AS d LEFT JOIN log ON log.key = d.log_key
"""

T = TypeVar("T")
_DecidedRows = Sequence[tuple[DecidedRow, str]]


class SqliteStore(OneByOne):
    """One space in the file at `path`; the file is created by the first call that needs it."""

    durable = True
    shared = True

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path: Final = Path(path)
        self._db: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._closed = False

    def load(self, done: Callable[[Loaded | StoreFault], None]) -> None:
        """Open, creating the file if absent, and read everything in one transaction."""
        self._answer("DEFERRED", self._load, done)

    def append(self, batch: str, body: str, done: Callable[[int | StoreFault], None]) -> None:
        """Add a batch; when answered it is on the disk."""

        def write(db: sqlite3.Connection) -> int:
            found = db.execute("SELECT 1 FROM log WHERE batch = ?", (batch,)).fetchone()
            if found:
                raise StopWork(StoreFault("duplicate", batch))
            row = db.execute("INSERT INTO log (batch, body) VALUES (?, ?)", (batch, body))
            assert row.lastrowid is not None
            return row.lastrowid

        self._answer("IMMEDIATE", write, done)

    def read_log(
        self,
        after: int,
        known: Callable[[str], bool],
        done: Callable[[Sequence[LogRow] | StoreFault], None],
    ) -> None:
        """Batches behind `after`."""

        def read(db: sqlite3.Connection) -> list[LogRow]:
            heads = db.execute("SELECT key, batch FROM log WHERE key > ? ORDER BY key", (after,))
            return [
                LogRow(key, batch, None if known(batch) else _body(db, key))
                for key, batch in heads.fetchall()
            ]

        self._answer("DEFERRED", read, done)

    def read_decided(
        self, after_seq: int, done: Callable[[_DecidedRows | StoreFault], None]
    ) -> None:
        """Verdict rows behind `after_seq`."""
        self._answer("DEFERRED", lambda db: list(_decided_after(db, after_seq)), done)

    def seed_row(self, name: str, done: Callable[[str | StoreFault | None], None]) -> None:
        """One row of the first state."""

        def read(db: sqlite3.Connection) -> str | None:
            found = db.execute("SELECT body FROM seed WHERE name = ?", (name,)).fetchone()
            return None if found is None else str(found[0])

        self._answer("DEFERRED", read, done)

    def history(self, ref: str, done: Callable[[_DecidedRows | StoreFault], None]) -> None:
        """Verdict rows that name `ref`."""
        where = "WHERE d.seq IN (SELECT seq FROM refs WHERE ref = ?) ORDER BY d.seq"
        self._answer(
            "DEFERRED", lambda db: list(_decided(db.execute(_DECIDED + where, (ref,)))), done
        )

    def claim_term(self, at_least: int, done: Callable[[int | StoreFault], None]) -> None:
        """Raise the term."""

        def write(db: sqlite3.Connection) -> int:
            term = next_term(_meta(db).term, at_least)
            db.execute("UPDATE meta SET term = ?", (term,))
            return term

        self._answer("IMMEDIATE", write, done)

    def write_decisions(
        self, term: int, rows: Sequence[DecidedRow], done: Callable[[int | StoreFault], None]
    ) -> None:
        """Append verdict rows, fenced."""

        def write(db: sqlite3.Connection) -> int:
            meta = _meta(db)
            seq = _passed(judge_decisions(meta.term, meta.seq, term, rows))
            log_key = max([meta.log_key, *(row.log_key for row in rows)])
            db.executemany(
                "INSERT INTO decided VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_columns, rows)
            )
            db.executemany(
                "INSERT OR IGNORE INTO refs VALUES (?, ?)",
                [(ref, row.seq) for row in rows for ref in row.refs],
            )
            db.execute("UPDATE meta SET seq = ?, log_key = ?", (seq, log_key))
            return seq

        self._answer("IMMEDIATE", write, done)

    def write_snapshot(
        self, term: int, seq: int, rows: Mapping[str, str], done: Callable[[int | StoreFault], None]
    ) -> None:
        """Replace snapshot rows, fenced."""

        def write(db: sqlite3.Connection) -> int:
            stands = _passed(judge_snapshot(_meta(db), term, seq))
            db.executemany("INSERT OR REPLACE INTO snapshot VALUES (?, ?)", list(rows.items()))
            db.execute("UPDATE meta SET snapshot_seq = ?", (stands,))
            return stands

        self._answer("IMMEDIATE", write, done)

    def seed(
        self,
        rows: Mapping[str, str],
        done: Callable[[bool | StoreFault], None],
        *,
        epoch: str = "",
        seq: int = 0,
    ) -> None:
        """Put the first state into an empty space."""

        def write(db: sqlite3.Connection) -> bool:
            if _meta(db).epoch:
                return False
            for table in ("seed", "log", "snapshot"):
                if db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                    return False
            db.executemany("INSERT INTO seed VALUES (?, ?)", list(rows.items()))
            if epoch:
                where = (epoch, seq, seq)
                db.execute("UPDATE meta SET epoch = ?, seq = ?, snapshot_seq = ?", where)
            return True

        self._answer("IMMEDIATE", write, done)

    def take_lease(
        self, holder: str, now: float, ttl: float, done: Callable[[Lease | StoreFault], None]
    ) -> None:
        """Take, prolong or give back the lease."""

        def write(db: sqlite3.Connection) -> Lease:
            stored = db.execute("SELECT lease_holder, lease_term, lease_until FROM meta").fetchone()
            row = None if stored[0] is None else LeaseRow(*stored)
            verdict = judge_lease(row, _meta(db).term, holder, now, ttl)
            kept = verdict.row
            db.execute(
                "UPDATE meta SET term = ?, lease_holder = ?, lease_term = ?, lease_until = ?",
                (verdict.term, kept and kept.holder, kept and kept.term, kept and kept.until),
            )
            return verdict.answer

        self._answer("IMMEDIATE", write, done)

    def close(self) -> None:
        """Close the file; later calls answer `closed`."""
        self._closed = True
        self._drop()

    # -- transactions ------------------------------------------------------------------------------

    def _load(self, db: sqlite3.Connection) -> Loaded:
        meta = _meta(db)
        tail = db.execute("SELECT * FROM log WHERE key > ? ORDER BY key", (meta.log_key,))
        return Loaded(
            meta=meta,
            seed=dict(db.execute("SELECT name, body FROM seed").fetchall()),
            snapshot=dict(db.execute("SELECT name, body FROM snapshot").fetchall()),
            decided=list(_decided_after(db, meta.snapshot_seq)),
            tail=[LogRow(*row) for row in tail],
        )

    def _answer(
        self,
        mode: Literal["DEFERRED", "IMMEDIATE"],
        work: Callable[[sqlite3.Connection], T],
        done: Callable[[T | StoreFault], None],
    ) -> None:
        """Run `work` in one transaction and answer once, outside of it."""
        answer: T | StoreFault
        try:
            with transaction(self._connection(), mode) as db:
                answer = work(db)
        except StopWork as stop:
            answer = stop.fault
        except sqlite3.Error as error:
            answer = fault_of(error)
        except OSError as error:
            answer = StoreFault("closed", f"{self.path}: {error.strerror}")
        done(answer)

    def _connection(self) -> sqlite3.Connection:
        if self._closed:
            raise StopWork(StoreFault("closed", "the store was closed"))
        if self._db is not None:
            if self._identity() != self._file:
                self._drop()
                raise StopWork(StoreFault("closed", f"{self.path} was deleted or replaced"))
            return self._db
        if self._file is not None:
            raise StopWork(StoreFault("closed", f"{self.path} was deleted or replaced"))
        self._db = open_file(self.path)
        self._file = self._identity()
        return self._db

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return (found.st_dev, found.st_ino)

    def _drop(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _meta(db: sqlite3.Connection) -> StoreMeta:
    row = db.execute(
        "SELECT format, incarnation, term, seq, log_key, snapshot_seq, epoch FROM meta"
    ).fetchone()
    if row is None:
        raise StopWork(StoreFault("corrupt", "the meta row is gone"))
    return StoreMeta(*row)


def _body(db: sqlite3.Connection, key: int) -> str:
    body: str = db.execute("SELECT body FROM log WHERE key = ?", (key,)).fetchone()[0]
    return body


def _columns(r: DecidedRow) -> tuple[Any, ...]:
    return (r.seq, r.count, r.log_key, r.batch, r.term, r.body, json.dumps(r.refs), r.frame)


def _decided_after(db: sqlite3.Connection, seq: int) -> Iterator[tuple[DecidedRow, str]]:
    return _decided(db.execute(_DECIDED + "WHERE d.seq > ? ORDER BY d.seq", (seq,)))


def _decided(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[DecidedRow, str]]:
    for seq, count, log_key, batch, term, body, refs, own, logged in rows:
        frame = own or logged
        if frame is None:
            raise StopWork(StoreFault("corrupt", f"no frame for the verdict at seq {seq}"))
        row = DecidedRow(seq, count, log_key, batch, term, body, tuple(parse_json(refs)), own)
        yield row, frame


def _passed(verdict: StoreFault | int) -> int:
    if isinstance(verdict, StoreFault):
        raise StopWork(verdict)
    return verdict
