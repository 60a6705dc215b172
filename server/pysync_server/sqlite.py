"""What the server's SQLite files have in common: one writer, transactions, copies."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class InUse(Exception):
    """Another process has the right to write the file."""


class Claim:
    """The right to write one file, held by one process at a time; let go of when it dies.

    It is a lock on a file of its own beside it: others may read and copy the file meanwhile.
    """

    def __init__(self, path: Path) -> None:
        """Raises InUse while another process holds it, sqlite3.Error if it cannot be had at all."""
        self._lock = sqlite3.connect(
            path.with_name(f"{path.name}.lock"),
            timeout=0.5,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._lock.close()
            if "locked" in str(error):
                raise InUse(str(path)) from error
            raise

    def close(self) -> None:
        """Let go."""
        self._lock.close()


class OwnFile:
    """A file that this process alone writes, from whichever of its threads."""

    def __init__(self, path: Path) -> None:
        """Connect; nothing is written yet. Raises InUse, or sqlite3.Error if it cannot be had."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._claim = Claim(path)
        try:
            self.db = sqlite3.connect(
                path, timeout=0.5, isolation_level=None, check_same_thread=False
            )
        except BaseException:
            self._claim.close()
            raise

    def keep_everything(self) -> None:
        """From now on what was committed is on the disk, and others can read meanwhile."""
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute("PRAGMA secure_delete = ON")  # What is replaced or deleted is to be gone.

    def close(self) -> None:
        """Let go of it; it is whole at any moment, also without this."""
        self.db.close()
        self._claim.close()


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Write in one transaction, which is undone if anything is raised in it."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def copy(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, also while it is written; the copy is whole.

    Raises:
        sqlite3.Error: it cannot be read, or its copy is damaged.
        OSError: the target cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    reader = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)
    writer = sqlite3.connect(target)
    try:
        reader.backup(writer)
        found = writer.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(f"the copy of {source} is damaged: {found}")
    finally:
        writer.close()
        reader.close()
