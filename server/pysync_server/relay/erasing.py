"""Erasing people at the relay: their data leave the log's file, and the register that remembers it.

A log that is put back from an older copy holds them again, so who was erased is kept: which record
of whose, and when, and nothing else.

WIPE-1 when the entry that erases somebody is on the disk, no byte of the log's file, or of the one
beside it, holds their data. WIPE-2 the register holds whoever was ever erased, also through a
restore. Everything here blocks: it runs where the log does.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from pysync.errors import ProtocolError
from pysync.machines.redaction import Redaction
from pysync.model.change import Ref
from pysync.model.erasing import records_of
from pysync.model.state import State
from pysync_server.relay.attachments import Attachments

logger = logging.getLogger(__name__)

Erased = tuple[Ref, int]
"""A record of a person, and when they were erased (ms since 1970)."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS erasures (
    key TEXT NOT NULL, rid TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (key, rid)) WITHOUT ROWID
"""
IDS = 100
"""Ids looked for in one pass over the log."""


class Erasures:
    """The erasures of one log, in its file."""

    def __init__(self, db: sqlite3.Connection, attachments: Attachments) -> None:
        """Raises sqlite3.Error."""
        self._db = db
        self._attachments = attachments
        self.beside: Callable[[Redaction], None] = lambda _: None
        """Takes people out of what else is stored of the space; may raise OSError."""
        db.execute(_SCHEMA)
        self.count: int = db.execute("SELECT count(*) FROM erasures").fetchone()[0]
        """How many there were."""
        if self.count:
            self.forget()  # The former process may have died before it could.

    def wipe_beside(self, redaction: Redaction) -> None:
        """Take people out of what else is stored. Where that cannot be done now, it is done when
        the log is opened next."""
        try:
            self.beside(redaction)
        except OSError:
            logger.exception("erased people are still in the first state: it is tried again")

    def wipe_again(self, state: State) -> None:
        """What could not be done before this log was opened; `state` is where it stands."""
        if self.count:
            people = [ref for ref, _ in self.people()]
            about = {ref for each in people for ref in records_of(state, *each)}
            self.wipe_beside(Redaction(state.schema, about))

    def people(self) -> list[Erased]:
        """The register, the oldest first."""
        rows = self._db.execute("SELECT key, rid, at FROM erasures ORDER BY at, key, rid")
        return [((key, rid), at) for key, rid, at in rows]

    def note(self, erased: Iterable[Erased]) -> None:
        """Enter these, of another copy of the log, too."""
        rows = [(key, rid, at) for (key, rid), at in erased]
        self._db.executemany("INSERT OR IGNORE INTO erasures VALUES (?, ?, ?)", rows)
        self.count = self._db.execute("SELECT count(*) FROM erasures").fetchone()[0]

    def erase(self, redaction: Redaction, now: float) -> None:
        """Rewrite all entries and the snapshot, within a transaction; `now`: ms since 1970. An
        entry that cannot be read is emptied. Raises StoreCorrupt for a snapshot."""
        self.note((ref, int(now)) for ref in redaction.people)
        gone: list[str] = []
        for seq, body, special in self.naming(sorted(redaction.ids)):
            try:
                left = redaction.entry(body, special)
            except (ProtocolError, ValueError):
                left = ("", "")  # Nobody can read it, so nobody can tell what it says.
            if left != (body, special):
                gone += (body, special)
                self._db.execute(
                    "UPDATE entries SET body = ?, special = ? WHERE seq = ?", (*left, seq)
                )
        for name, body in self._db.execute("SELECT name, body FROM snapshot").fetchall():
            if redaction.names(body):
                text = redaction.row(name, body)
                gone.append(body)
                self._db.execute("UPDATE snapshot SET body = ? WHERE name = ?", (text, name))
        self._attachments.drop_erased(gone)

    def naming(self, ids: list[str]) -> Iterable[tuple[int, str, str]]:
        """Entries that may say something of these records."""
        found: dict[int, tuple[int, str, str]] = {}
        for at in range(0, len(ids), IDS):
            some = ids[at : at + IDS]
            # An id is found as JSON writes it, which for what is no ASCII is the letter itself.
            where = " OR ".join(["instr(body, ?) OR instr(special, ?)"] * len(some))
            twice = [each for each in some for _ in range(2)]
            rows = self._db.execute(f"SELECT seq, body, special FROM entries WHERE {where}", twice)
            found.update((row[0], row) for row in rows)
        return found.values()

    def forget(self) -> None:
        """Let go of former versions of what was rewritten, which wait in the file beside this one.
        While somebody copies the file that is left to the next time."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def erased_in(path: Path) -> list[Erased]:
    """The register of the log in that file; nothing where there is none. Raises sqlite3.Error."""
    if not path.exists():
        return []
    db = sqlite3.connect(path)
    try:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'erasures'").fetchone():
            return []
        rows = db.execute("SELECT key, rid, at FROM erasures ORDER BY at, key, rid")
        return [((key, rid), at) for key, rid, at in rows]
    finally:
        db.close()
