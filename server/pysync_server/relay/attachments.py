"""The attachments of a space, in the file of its log, so that what copies the log has them.

Records name them by their digests (`pysync.model.attached`), and what nothing names goes.

KEEP-1 what no record has named for `ORPHAN_MS` is deleted; what may still come to be named (it
arrived before its record, or lost a conflict) is not. KEEP-2 with somebody who is erased goes what
only their data named, in the same transaction. KEEP-3 a space takes `MOST_STORED` bytes in all.
Everything here blocks: it runs where the log does. Floor: `tables`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterable
from typing import Final

from pysync_server.sqlite import transaction

ORPHAN_MS: Final = 7 * 86_400_000
MOST_STORED: Final = 4_000_000_000
_DIGEST: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class Attachments:
    """Those of the log in this database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, digest: str, body: bytes, now: float, most: int = MOST_STORED) -> bool | None:
        """Keep these bytes; False if they were there already, None if there is no room for them
        (KEEP-3). As far as is known nobody names them (any more), at `now` (ms since 1970)."""
        with transaction(self._db):
            again = "UPDATE attachments SET unnamed_since = ? WHERE digest = ?"
            if self._db.execute(again, (now, digest)).rowcount:
                return False
            size = self._db.execute("SELECT total(size) FROM attachments").fetchone()[0]
            if size + len(body) > most:
                return None
            row = (digest, len(body), now, body)
            self._db.execute("INSERT INTO attachments VALUES (?, ?, ?, ?)", row)
        return True

    def get(self, digest: str) -> bytes | None:
        """The bytes, None if they are not here."""
        found = "SELECT body FROM attachments WHERE digest = ?"
        row = self._db.execute(found, (digest,)).fetchone()
        return bytes(row[0]) if row is not None else None

    def digests(self) -> list[str]:
        """All that are kept."""
        return [row[0] for row in self._db.execute("SELECT digest FROM attachments")]

    def tidy(self, unnamed: Collection[str], now: float) -> int:
        """Delete those of `unnamed` that nothing has named for long (KEEP-1), and note since when
        the others are not; answers how many went."""
        kept = self._db.execute("SELECT digest, unnamed_since FROM attachments").fetchall()
        named = [(each,) for each, since in kept if since is not None and each not in unnamed]
        begun = [(now, each) for each, since in kept if since is None and each in unnamed]
        gone = [
            (each,)
            for each, since in kept
            if since is not None and each in unnamed and now - since >= ORPHAN_MS
        ]
        if named or begun or gone:
            with transaction(self._db):
                set_to = "UPDATE attachments SET unnamed_since"
                self._db.executemany(f"{set_to} = NULL WHERE digest = ?", named)
                self._db.executemany(f"{set_to} = ? WHERE digest = ?", begun)
                self._db.executemany("DELETE FROM attachments WHERE digest = ?", gone)
        return len(gone)

    def drop_erased(self, texts: Iterable[str]) -> None:
        """These texts were taken out of the log, within this transaction: what they named and no
        text of it names any more goes (KEEP-2)."""
        for digest in {found for text in texts for found in _DIGEST.findall(text)}:
            still = self._db.execute(
                "SELECT 1 FROM snapshot WHERE instr(body, ?) UNION ALL"
                " SELECT 1 FROM entries WHERE instr(body, ?) OR instr(special, ?) LIMIT 1",
                (digest, digest, digest),
            ).fetchone()
            if still is None:
                self._db.execute("DELETE FROM attachments WHERE digest = ?", (digest,))
