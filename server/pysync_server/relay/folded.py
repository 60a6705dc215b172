"""Entries that are folded away: taken out of a log's file, with what is kept of them beside it.

What `pysync.relay.folding` asks for, on the disk. Floor: `tables`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import astuple
from typing import Final

from pysync.machines.relay_frames import EntryRow
from pysync.relay.folding import Folded, fold, wordless
from pysync_server.relay.tables import PROGRAMS
from pysync_server.sqlite import transaction

FORMAT: Final = 2
"""Of a log of which something was folded away: older relays would call those batches others."""
LOT: Final = 200
"""Entries folded away in one transaction, so that commits need not wait long for it."""
FREED: Final = 200
"""Pages that the file gives back after each of these at most, likewise."""
_KEPT: Final = "batch, seq, count, origin, digest, special"


class FoldedEntries:
    """Those of the log in this database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def ends_at(self, seq: int) -> str:
        """The batch of the newest of them, if that is where it ends; else ""."""
        floor, batch = self._db.execute("SELECT floor, before_floor FROM meta").fetchone()
        return str(batch) if floor - 1 == seq else ""

    def entry(self, batch: str, text: str) -> EntryRow | None:
        """What is kept of the entry of that batch, with `text` if that is the batch."""
        row = self._db.execute(f"SELECT {_KEPT} FROM folded WHERE batch = ?", (batch,)).fetchone()
        return Folded(*row).entry(text) if row is not None else None

    def of_origin(self, least: str, most: str) -> EntryRow | None:
        """The first of an origin of a program between these."""
        row = self._db.execute(
            f"SELECT {_KEPT} FROM folded WHERE {PROGRAMS} AND origin >= ? AND origin < ?"
            " ORDER BY origin LIMIT 1",
            (least, most),
        ).fetchone()
        return Folded(*row).entry("") if row is not None else None

    def fold(self, before: float, up_to: int) -> tuple[int, bool]:
        """Fold away a lot of the oldest entries: those that arrived before that moment (ms since
        1970), as long as they end at `up_to` at most. Answers the first seq that can be read now,
        and whether there may be more to fold away.

        Raises:
            sqlite3.Error: nothing of them was folded away.
        """
        rows = self._db.execute(
            "SELECT seq, count, batch, origin, body, special, arrived FROM entries"
            f" ORDER BY seq LIMIT {LOT}"
        ).fetchall()
        old: list[EntryRow] = []
        for *columns, arrived in rows:
            row = EntryRow(*columns)
            if arrived >= before or row.last > up_to:
                break
            old.append(row)
        if old:
            self._take_out(old)
            # As a script: `execute` would stop after the first page.
            self._db.executescript(f"PRAGMA incremental_vacuum({FREED})")
        floor: int = self._db.execute("SELECT floor FROM meta").fetchone()[0]
        return floor, len(old) == LOT

    def forget_words(self) -> None:
        """Somebody was erased, within a transaction: of whom a rule spoke, and what a check sum is
        of, is not known here, so what rules said and all check sums go. Of what was decided nothing
        does, and by its name alone a batch is known."""
        rows = self._db.execute("SELECT batch, special FROM folded WHERE special != ''").fetchall()
        left = [(wordless(special), batch) for batch, special in rows]
        self._db.executemany("UPDATE folded SET special = ? WHERE batch = ?", left)
        self._db.execute("UPDATE folded SET digest = x''")

    def _take_out(self, old: list[EntryRow]) -> None:
        newest = old[-1]
        kept = [astuple(fold(row)) for row in old]
        with transaction(self._db):
            self._db.executemany("INSERT INTO folded VALUES (?, ?, ?, ?, ?, ?)", kept)
            self._db.execute("DELETE FROM entries WHERE seq <= ?", (newest.seq,))
            self._db.execute(
                "UPDATE meta SET format = ?, floor = ?, before_floor = ?",
                (FORMAT, newest.last + 1, newest.batch),
            )
