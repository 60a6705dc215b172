"""The log of one space at the relay: a SQLite file, written by this process alone.

An entry is on the disk when `commit` returns (write-ahead log, full synchronisation). Everything
here blocks: it runs on the relay's disk thread, never on the event loop.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from pysync.machines.redaction import Redaction
from pysync.machines.relay_frames import EntryRow
from pysync.ports import Beginning
from pysync.relay.guests import in_lots
from pysync.relay.stored import StoredSpace
from pysync_server.relay import folded, tables
from pysync_server.relay.attachments import Attachments
from pysync_server.relay.erasing import Erased, Erasures
from pysync_server.sqlite import InUse, OwnFile, transaction

FORMAT: Final = 1
RELAY: Final = "relay"
"""The folder of the logs."""
APPLICATION_ID: Final = 0x7079726C
"""Marks the file as a relay's ("pyrl")."""
LOT: Final = 500
"""Entries of one read at most, so that commits need not wait long for it."""

_COLUMNS: Final = "seq, count, batch, origin, body, special"


def new_epoch() -> str:
    """The name of a new generation of a log."""
    return secrets.token_hex(8)


class LogUnusable(Exception):
    """The file cannot be used; it was left as it is. The message says why and what to do."""


class RelayLog:
    """One space's file. Closed by `close`; used on one thread at a time."""

    def __init__(self, path: Path, first_state: Callable[[], Mapping[str, str]] = dict) -> None:
        """Open the file, creating it with a new epoch if there is none. A new log begins with the
        rows that `first_state` answers as its snapshot at seq 0; it is asked for no other.

        Raises:
            LogUnusable: it is not a relay's, of another format, or used by another relay.
            Whatever `first_state` raises: then nothing was created.
        """
        begin = cache(first_state)
        if not path.exists():
            begin()
        self.path = path
        try:
            # Two relays on one file would each decide on a state that the other one changes.
            self._file = OwnFile(path)
        except InUse as error:
            raise LogUnusable(f"{path}: another relay uses it: stop that one") from error
        except sqlite3.Error as error:
            raise LogUnusable(f"{path} cannot be used: {error}") from error
        self._db = self._file.db
        self.folded = folded.FoldedEntries(self._db)
        self.attachments = Attachments(self._db)
        try:
            self._check()
            # A new file is to shrink when something is deleted.
            self._db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self._file.keep_everything()
            with transaction(self._db):
                if self._number("application_id") != APPLICATION_ID:
                    tables.create(self._db)
                    self._begin(begin())
                tables.complete(self._db)
            self.erasures = Erasures(self._db, self.attachments)
        except sqlite3.Error as error:
            self.close()
            raise LogUnusable(f"{path} cannot be used: {error}") from error
        except BaseException:
            self.close()
            raise

    def _check(self) -> None:
        marker = self._number("application_id")
        if marker != APPLICATION_ID:
            if self._db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                raise LogUnusable(f"{self.path} is another program's database: move it away")
            return
        found = self._db.execute("SELECT format FROM meta").fetchone()[0]
        if found not in (FORMAT, folded.FORMAT):
            raise LogUnusable(f"{self.path} has format {found}, this relay reads {folded.FORMAT}")

    def _number(self, pragma: str) -> int:
        number: int = self._db.execute(f"PRAGMA {pragma}").fetchone()[0]
        return number

    def _begin(self, rows: Mapping[str, str]) -> None:
        self._db.executemany("INSERT INTO snapshot VALUES (?, ?)", rows.items())
        self._db.execute(
            "INSERT INTO meta (one, format, epoch, snapshot_seq) VALUES (1, ?, ?, 0)",
            (FORMAT, new_epoch()),
        )
        self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    def load(self) -> StoredSpace:
        """Everything a space needs to go on."""
        epoch, seq, ancestors, floor = self._db.execute(
            "SELECT epoch, snapshot_seq, ancestors, floor FROM meta"
        ).fetchone()
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM entries WHERE seq > ? ORDER BY seq", (seq,)
        )
        return StoredSpace(
            epoch=epoch,
            snapshot_seq=seq,
            snapshot=dict(self._db.execute("SELECT name, body FROM snapshot")),
            entries=[EntryRow(*row) for row in rows],
            authors=dict(self._db.execute("SELECT tab, device FROM authors")),
            ancestors=json.loads(ancestors),
            floor=floor,
            erased=self.erasures.people(),
        )

    def commit(self, rows: Sequence[EntryRow], redaction: Redaction | None = None) -> None:
        """Append these entries in one transaction; on the disk when it returns, and then what the
        redaction is for is in no entry, and no byte of the file.

        Raises:
            sqlite3.Error: nothing of them was written.
        """
        now = time.time() * 1000
        entries = [
            (row.seq, row.count, row.batch, row.origin, row.text, row.special, now) for row in rows
        ]
        authors = {row.batch.rpartition(".")[0]: row.origin.partition("/")[0] for row in rows}
        with transaction(self._db):
            self._db.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", entries)
            self._db.executemany("INSERT OR IGNORE INTO authors VALUES (?, ?)", authors.items())
            if redaction is not None:
                self.erasures.erase(redaction, now)
                self.folded.forget_words()
        if redaction is not None:
            self.erasures.wipe_beside(redaction)
            self.erasures.forget()

    def read(self, after: int, last: str = "") -> tuple[list[EntryRow], bool]:
        """The next entries behind `after`: LOT at most, and no more than one frame may hold; and
        whether the entry that ends at `after` is of the batch `last` ("": any)."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM entries WHERE seq > ? ORDER BY seq LIMIT {LOT}", (after,)
        )
        found = next(in_lots(EntryRow(*row) for row in rows), [])
        return found, not last or self._ends_at(after) == last

    def _ends_at(self, seq: int) -> str:
        """The batch of the newest entry up to `seq`, if that is where it ends; else ""."""
        row = self._db.execute(
            "SELECT seq + count - 1, batch FROM entries WHERE seq <= ? ORDER BY seq DESC LIMIT 1",
            (seq,),
        ).fetchone()
        if row is None:
            return self.folded.ends_at(seq)
        return str(row[1]) if row[0] == seq else ""

    def naming(self, ids: Sequence[str]) -> list[EntryRow]:
        """Entries that may say something of records of these ids, in order."""
        found = self.erasures.naming([json.dumps(each, ensure_ascii=False)[1:-1] for each in ids])
        every = (
            self._db.execute(f"SELECT {_COLUMNS} FROM entries WHERE seq = ?", (seq,)).fetchone()
            for seq in sorted(row[0] for row in found)
        )
        return [EntryRow(*row) for row in every]

    def entry(self, batch: str, text: str) -> EntryRow | None:
        """The entry of the batch of that name. Of one that was folded away what is kept, with
        `text` if that is the batch."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM entries WHERE batch = ?", (batch,)
        ).fetchone()
        return EntryRow(*row) if row is not None else self.folded.entry(batch, text)

    def of_origin(self, beginning: str) -> EntryRow | None:
        """The first entry of an origin that begins so; for those of programs (`api-…`)."""
        between = (beginning, beginning + "\uffff")
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM entries WHERE {tables.PROGRAMS}"
            " AND origin >= ? AND origin < ? ORDER BY origin LIMIT 1",
            between,
        ).fetchone()
        return EntryRow(*row) if row is not None else self.folded.of_origin(*between)

    def write_snapshot(self, seq: int, rows: Mapping[str, str]) -> None:
        """Replace these rows; the snapshot stands for all entries up to `seq` then.

        Raises:
            sqlite3.Error: nothing of it was written.
        """
        with transaction(self._db):
            self._db.executemany("INSERT OR REPLACE INTO snapshot VALUES (?, ?)", rows.items())
            self._db.execute("UPDATE meta SET snapshot_seq = ?", (seq,))
        if self.erasures.count:
            self.erasures.forget()

    def state(self) -> Beginning:
        """What a new device begins with, and one that begins anew: the snapshot."""
        epoch, seq = self._db.execute("SELECT epoch, snapshot_seq FROM meta").fetchone()
        rows = dict(self._db.execute("SELECT name, body FROM snapshot"))
        return Beginning(rows, epoch, seq, self._ends_at(seq))

    def descend_from(self, ancestors: Sequence[str]) -> None:
        """Make this log a new generation, of which these epochs are the ancestors. For a log that
        nobody has loaded. Raises sqlite3.Error."""
        facts = (new_epoch(), json.dumps(ancestors))
        with transaction(self._db):
            self._db.execute("UPDATE meta SET epoch = ?, ancestors = ?", facts)

    def close(self) -> None:
        """Close the file; it is whole at any moment, also without this."""
        self._file.close()


def lineage(path: Path) -> list[str]:
    """The epoch of the log in that file, and those of which it is a restored copy; nothing where
    there is none. Raises sqlite3.Error."""
    if not path.exists():
        return []
    db = sqlite3.connect(path)
    try:
        columns = [row[1] for row in db.execute("PRAGMA table_info(meta)")]
        ancestors = "ancestors" if "ancestors" in columns else "'[]'"
        epoch, older = db.execute(f"SELECT epoch, {ancestors} FROM meta").fetchone()
        return [epoch, *json.loads(older)]
    finally:
        db.close()


def begin_new_epoch(path: Path, others: Sequence[str], erased: Iterable[Erased] = ()) -> None:
    """Make the log in that file a new generation, of which its own epochs and `others` are known
    as ancestors, and in which these people are erased before anybody is sent anything of it. Raises
    sqlite3.Error or LogUnusable."""
    ancestors = list(dict.fromkeys([*lineage(path), *others]))
    log = RelayLog(path)
    try:
        log.descend_from(ancestors)
        log.erasures.note(erased)
    finally:
        log.close()
