"""One SQLite file as a store's ground: opening it with care, transactions, what its errors mean.

Nothing is written before the file has proved to be ours, or empty. Floor: `store_rules`.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from pysync.ports import FORMAT, FaultReason, StoreFault
from pysync.store_rules import check_format, new_incarnation, next_term

BUSY_SECONDS: Final = 5.0
"""How long a call waits for another process's transaction before it answers `blocked`."""

APPLICATION_ID: Final = 0x70797363
"""Marks the file as ours ("pysc")."""

_SCHEMA: Final = """
CREATE TABLE meta (
    one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL, incarnation TEXT NOT NULL,
    term INTEGER NOT NULL, seq INTEGER NOT NULL, log_key INTEGER NOT NULL,
    snapshot_seq INTEGER NOT NULL,
    lease_holder TEXT, lease_term INTEGER, lease_until REAL,
    epoch TEXT NOT NULL DEFAULT '', last TEXT NOT NULL DEFAULT '',
    generation INTEGER NOT NULL DEFAULT 0);
CREATE TABLE log (key INTEGER PRIMARY KEY, batch TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE decided (
    seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, log_key INTEGER NOT NULL, batch TEXT NOT NULL,
    term INTEGER NOT NULL, body TEXT NOT NULL, refs TEXT NOT NULL,
    frame TEXT NOT NULL DEFAULT '');
CREATE TABLE refs (ref TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (ref, seq)) WITHOUT ROWID;
CREATE TABLE seed (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE snapshot (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""

_TEXT: Final = "TEXT NOT NULL DEFAULT ''"
_LATER: Final = (
    ("meta", "epoch", _TEXT),
    ("decided", "frame", _TEXT),
    ("meta", "last", _TEXT),
    ("meta", "generation", "INTEGER NOT NULL DEFAULT 0"),
)
"""Columns that files of older builds do not have."""


class StopWork(Exception):
    """Ends a transaction with a fault; everything in it is rolled back."""

    def __init__(self, fault: StoreFault) -> None:
        super().__init__(fault.detail)
        self.fault = fault


def open_file(path: Path) -> sqlite3.Connection:
    """Connect; nothing is written before the file has proved to be ours or empty."""
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        with transaction(db, "DEFERRED"):  # one view, though another process may be creating it
            _check_ours(db, path)
        _switch_to_wal(db)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")  # what is rewritten because it must not be kept
        with transaction(db, "IMMEDIATE"):
            if _is_ours(db):
                _add_columns(db)
                _bring_up_to_date(db)
            else:
                _create(db)
    except BaseException:
        db.close()
        raise
    return db


def _switch_to_wal(db: sqlite3.Connection) -> None:
    """Another process that opens the file just now makes this busy, without SQLite's own wait."""
    bound = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if fault_of(error).reason != "blocked" or time.monotonic() > bound:
                raise
        time.sleep(0.01)


def _is_ours(db: sqlite3.Connection) -> bool:
    marker: int = db.execute("PRAGMA application_id").fetchone()[0]
    return marker == APPLICATION_ID


def _check_ours(db: sqlite3.Connection, path: Path) -> None:
    if not _is_ours(db):
        if db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise StopWork(StoreFault("corrupt", f"{path} is another program's database"))
        return
    fault = check_format(db.execute("SELECT format FROM meta").fetchone()[0])
    if fault is not None:
        raise StopWork(fault)


def _create(db: sqlite3.Connection) -> None:
    for statement in _SCHEMA.split(";"):
        db.execute(statement)
    db.execute(
        "INSERT INTO meta VALUES (1, ?, ?, 0, 0, 0, 0, NULL, NULL, NULL, '', '', 0)",
        (FORMAT, new_incarnation()),
    )
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _add_columns(db: sqlite3.Connection) -> None:
    for table, column, kind in _LATER:
        there = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        if column not in there:
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")


def _bring_up_to_date(db: sqlite3.Connection) -> None:
    """Make what an older build stored one of this build's (`store_rules.OLDEST`)."""
    db.execute(
        "UPDATE meta SET format = ?, generation = generation + 1, term = ? WHERE format < ?",
        (FORMAT, next_term(db.execute("SELECT term FROM meta").fetchone()[0], 0), FORMAT),
    )


@contextmanager
def transaction(
    db: sqlite3.Connection, mode: Literal["DEFERRED", "IMMEDIATE"]
) -> Iterator[sqlite3.Connection]:
    db.execute(f"BEGIN {mode}")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def fault_of(error: sqlite3.Error) -> StoreFault:
    """What an SQLite error means to the caller."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    reasons: dict[int, FaultReason] = {
        sqlite3.SQLITE_FULL: "full",
        sqlite3.SQLITE_BUSY: "blocked",
        sqlite3.SQLITE_LOCKED: "blocked",
        sqlite3.SQLITE_CORRUPT: "corrupt",
        sqlite3.SQLITE_NOTADB: "corrupt",
        sqlite3.SQLITE_CANTOPEN: "closed",
        sqlite3.SQLITE_READONLY: "closed",
    }
    return StoreFault(reasons.get(code, "aborted"), str(error))
