"""The tables of a relay's log, and what files made by older relays lack of them."""

from __future__ import annotations

import sqlite3
from typing import Final

_FIRST: Final = (
    """CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL,
    epoch TEXT NOT NULL, snapshot_seq INTEGER NOT NULL)""",
    """CREATE TABLE entries (seq INTEGER PRIMARY KEY, count INTEGER NOT NULL,
    batch TEXT NOT NULL UNIQUE, origin TEXT NOT NULL, body TEXT NOT NULL, special TEXT NOT NULL,
    arrived REAL NOT NULL)""",
    "CREATE TABLE authors (tab TEXT PRIMARY KEY, device TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE snapshot (name TEXT PRIMARY KEY, body TEXT NOT NULL)",
)
PROGRAMS: Final = "origin >= 'api-' AND origin < 'api.'"
"""Of entries that programs sent: by what name one sent a change, it is found again."""
_LATER: Final = (
    f"CREATE INDEX IF NOT EXISTS of_programs ON entries (origin) WHERE {PROGRAMS}",
    """CREATE TABLE IF NOT EXISTS folded (batch TEXT PRIMARY KEY, seq INTEGER NOT NULL,
    count INTEGER NOT NULL, origin TEXT NOT NULL, digest BLOB NOT NULL, special TEXT NOT NULL)
    WITHOUT ROWID""",
    f"CREATE INDEX IF NOT EXISTS folded_of_programs ON folded (origin) WHERE {PROGRAMS}",
    """CREATE TABLE IF NOT EXISTS attachments (digest TEXT PRIMARY KEY, size INTEGER NOT NULL,
    unnamed_since REAL, body BLOB NOT NULL)""",
)
_COLUMNS: Final = {
    "ancestors": "TEXT NOT NULL DEFAULT '[]'",
    "floor": "INTEGER NOT NULL DEFAULT 1",
    "before_floor": "TEXT NOT NULL DEFAULT ''",
}
"""Of `meta`: the epochs of which the log is a restored copy, the first seq that can be read, and
the batch of the entry before that."""


def create(db: sqlite3.Connection) -> None:
    """Make the tables of the first relays."""
    for statement in _FIRST:
        db.execute(statement)


def complete(db: sqlite3.Connection) -> None:
    """Add what came later; older relays keep it without knowing."""
    there = [row[1] for row in db.execute("PRAGMA table_info(meta)")]
    for name, kind in _COLUMNS.items():
        if name not in there:
            db.execute(f"ALTER TABLE meta ADD COLUMN {name} {kind}")
    for statement in _LATER:
        db.execute(statement)
