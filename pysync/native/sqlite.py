"""The `Store` port on one SQLite file, for headless clients and scripts.

Several processes may open one file: SQLite serialises their writers, each call is one transaction,
and nothing is answered before it is on the disk (WAL with synchronous=FULL). A file that is not
ours, is damaged or was written by a newer build answers `corrupt` and stays untouched; a file that
was deleted or replaced under us answers `closed`. Every answer comes before the call returns.
Use a store from the thread that made it. Floor: `sqlite_rows`, `sqlite_file`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, TypeVar

from pysync.native import sqlite_rows as sql
from pysync.native.sqlite_file import StopWork, fault_of, open_file, transaction
from pysync.ports import Beginning, DecidedRow, Edited, Lease, Loaded, LogRow, StoreFault, StoreMeta
from pysync.store_rules import (
    LeaseRow,
    OneByOne,
    judge_decisions,
    judge_generation,
    judge_lease,
    judge_snapshot,
    judge_term,
    next_term,
)

T = TypeVar("T")


class SqliteStore(OneByOne):
    """One space in the file at `path`; the file is created by the first call that needs it."""

    durable = True
    shared = True

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path: Final = Path(path)
        self._db: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._generation: int | None = None  # what was loaded
        self._wiped = False
        """Whether somebody was erased here since this store was opened."""
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
                LogRow(key, batch, None if known(batch) else sql.read_body(db, key))
                for key, batch in heads.fetchall()
            ]

        self._answer("DEFERRED", read, done)

    def read_decided(
        self, after_seq: int, done: Callable[[sql.DecidedRows | StoreFault], None]
    ) -> None:
        """Verdict rows behind `after_seq`."""

        def read(db: sqlite3.Connection) -> list[tuple[DecidedRow, str]]:
            self._known(db)
            return list(sql.decided_after(db, after_seq))

        self._answer("DEFERRED", read, done)

    def seed_row(self, name: str, done: Callable[[str | StoreFault | None], None]) -> None:
        """One row of the first state."""

        def read(db: sqlite3.Connection) -> str | None:
            found = db.execute("SELECT body FROM seed WHERE name = ?", (name,)).fetchone()
            return None if found is None else str(found[0])

        self._answer("DEFERRED", read, done)

    def rows(self, beginning: str, done: Callable[[Mapping[str, str] | StoreFault], None]) -> None:
        """The rows whose names begin so."""
        self._answer("DEFERRED", lambda db: sql.rows_beginning(db, beginning), done)

    def history(self, ref: str, done: Callable[[sql.DecidedRows | StoreFault], None]) -> None:
        """Verdict rows that name `ref`."""
        self._answer("DEFERRED", lambda db: list(sql.decided_naming(db, ref)), done)

    def claim_term(self, at_least: int, done: Callable[[int | StoreFault], None]) -> None:
        """Raise the term."""

        def write(db: sqlite3.Connection) -> int:
            term = next_term(sql.read_meta(db).term, at_least)
            db.execute("UPDATE meta SET term = ?", (term,))
            return term

        self._answer("IMMEDIATE", write, done)

    def write_decisions(
        self,
        term: int,
        rows: Sequence[DecidedRow],
        done: Callable[[int | StoreFault], None],
        edited: Edited | None = None,
    ) -> None:
        """Append verdict rows, fenced."""

        def write(db: sqlite3.Connection) -> int:
            meta = self._known(db)
            seq = sql.passed(judge_decisions(meta.term, meta.seq, term, rows))
            log_key = max([meta.log_key, *(row.log_key for row in rows)])
            sql.rewrite(db, edited or Edited((), {}, {}, {}))
            sql.add_decided(db, rows)
            db.execute("UPDATE meta SET seq = ?, log_key = ?", (seq, log_key))
            return seq

        self._answer("IMMEDIATE", write, done)
        self._forget_former(edited)

    def write_snapshot(
        self, term: int, seq: int, rows: Mapping[str, str], done: Callable[[int | StoreFault], None]
    ) -> None:
        """Replace snapshot rows, fenced."""

        def write(db: sqlite3.Connection) -> int:
            stands = sql.passed(judge_snapshot(self._known(db), term, seq))
            db.executemany("INSERT OR REPLACE INTO snapshot VALUES (?, ?)", list(rows.items()))
            db.execute("UPDATE meta SET snapshot_seq = ?", (stands,))
            return stands

        self._answer("IMMEDIATE", write, done)
        self._forget_former()

    def seed(
        self,
        rows: Mapping[str, str],
        done: Callable[[bool | StoreFault], None],
        *,
        epoch: str = "",
        seq: int = 0,
        last: str = "",
    ) -> None:
        """Put the first state into an empty space."""

        def write(db: sqlite3.Connection) -> bool:
            if sql.read_meta(db).epoch:
                return False
            for table in ("seed", "log", "snapshot"):
                if db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                    return False
            db.executemany("INSERT INTO seed VALUES (?, ?)", list(rows.items()))
            if epoch:
                sql.begin_at(db, epoch, seq, last)
                self._generation = sql.read_meta(db).generation
            return True

        self._answer("IMMEDIATE", write, done)

    def take_over(
        self, term: int, state: Beginning, log_key: int, done: Callable[[int | StoreFault], None]
    ) -> None:
        """Replace all that was decided, fenced."""

        def write(db: sqlite3.Connection) -> int:
            fault = judge_term(self._known(db).term, term)
            if fault is not None:
                raise StopWork(fault)
            sql.forget_decided(db)
            sql.edit_log(db, state.log)
            db.executemany("INSERT INTO seed VALUES (?, ?)", list(state.rows.items()))
            db.execute("UPDATE meta SET log_key = ?", (log_key,))
            sql.begin_at(db, state.epoch, state.seq, state.last)
            return sql.read_meta(db).generation

        self._answer("IMMEDIATE", write, done)
        self._forget_former(state.log)

    def take_lease(
        self, holder: str, now: float, ttl: float, done: Callable[[Lease | StoreFault], None]
    ) -> None:
        """Take, prolong or give back the lease."""

        def write(db: sqlite3.Connection) -> Lease:
            stored = db.execute("SELECT lease_holder, lease_term, lease_until FROM meta").fetchone()
            row = None if stored[0] is None else LeaseRow(*stored)
            verdict = judge_lease(row, sql.read_meta(db).term, holder, now, ttl)
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

    def _forget_former(self, edited: object = None) -> None:
        """Whoever was erased here is in no file any more; see `sql.forget_former`."""
        self._wiped = self._wiped or bool(edited)
        if self._wiped and self._db is not None:
            sql.forget_former(self._db)

    # -- transactions ------------------------------------------------------------------------------

    def _load(self, db: sqlite3.Connection) -> Loaded:
        meta = sql.read_meta(db)
        self._generation = meta.generation
        tail = db.execute("SELECT * FROM log WHERE key > ? ORDER BY key", (meta.log_key,))
        return Loaded(
            meta=meta,
            seed=dict(db.execute("SELECT name, body FROM seed").fetchall()),
            snapshot=dict(db.execute("SELECT name, body FROM snapshot").fetchall()),
            decided=list(sql.decided_after(db, meta.snapshot_seq)),
            tail=[LogRow(*row) for row in tail],
        )

    def _known(self, db: sqlite3.Connection) -> StoreMeta:
        """Where the space stands, if that is the state which was loaded."""
        meta = sql.read_meta(db)
        fault = judge_generation(self._generation, meta.generation)
        if fault is not None:
            raise StopWork(fault)
        return meta

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
