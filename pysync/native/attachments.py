"""Attachments of a space in CPython: a SQLite file beside the store, and requests in threads.

Floor: the core's `attachments`, `native.host`.
"""

from __future__ import annotations

import asyncio
import sqlite3
import urllib.request
from collections.abc import Coroutine
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError

from pysync.attachments import Attachments
from pysync.errors import NotDurable, UsageError
from pysync.machines.carried import Shelved
from pysync.model.attached import MOST_BYTES
from pysync.native.first_state import authorization
from pysync.native.host import NativeHost
from pysync.native.sqlite import SqliteStore
from pysync.shelf import Carrier, MemoryShelf, NoCarrier, Shelf
from pysync.space import Space

BUSY_SECONDS: Final = 5.0
PATIENCE_S: Final = 60.0
_TABLE: Final = """CREATE TABLE IF NOT EXISTS shelf (digest TEXT PRIMARY KEY, size INTEGER NOT NULL,
    sent INTEGER NOT NULL, made REAL NOT NULL, used REAL NOT NULL, body BLOB NOT NULL)"""
_running: Final[set[asyncio.Task[None]]] = set()
"""A task that nobody holds may be collected half-way."""


class FileShelf:
    """A file that the programs of a device share."""

    def __init__(self, path: Path) -> None:
        """Raises NotDurable if it cannot be used."""
        try:
            self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.execute(_TABLE)
        except sqlite3.Error as error:
            raise NotDurable("aborted", f"{path} cannot be used: {error}") from error

    async def rows(self) -> list[Shelved]:
        """Without the bytes."""
        found = self._do("SELECT digest, size, sent, made, used FROM shelf")
        return [Shelved.read(name, size, _sent(sent), *at) for name, size, sent, *at in found]

    async def get(self, digest: str) -> bytes | None:
        """The bytes."""
        found = self._do("SELECT body FROM shelf WHERE digest = ?", digest)
        return bytes(found[0][0]) if found else None

    async def put(self, row: Shelved, data: bytes) -> None:
        """On the disk when it answers."""
        values = (row.digest, row.size, row.sent.encode(), row.made, row.used, data)
        self._do("INSERT OR REPLACE INTO shelf VALUES (?, ?, ?, ?, ?, ?)", *values)

    async def note(self, row: Shelved) -> None:
        """Of one that is there."""
        self._do("UPDATE shelf SET sent = ?, used = ? WHERE digest = ?", row.sent.encode(),
                 row.used, row.digest)  # fmt: skip

    async def drop(self, digest: str) -> None:
        """With its bytes."""
        self._do("DELETE FROM shelf WHERE digest = ?", digest)

    def close(self) -> None:
        """The file stays."""
        self._db.close()

    def _do(self, what: str, *values: Any) -> list[Any]:
        try:
            return self._db.execute(what, values).fetchall()
        except sqlite3.Error as error:  # closed, busy, full or damaged
            raise NotDurable("full", f"pictures are not kept: {error}") from error


class RelayCarrier:
    """Requests to the relay, each in a thread."""

    def __init__(self, address: str, token: str) -> None:
        """`address` is the space's, below which its attachments are."""
        self._address = address
        self._headers = authorization(token)

    async def give(self, digest: str, data: bytes) -> int:
        """PUT."""
        return (await asyncio.to_thread(self._ask, "PUT", digest, data))[0]

    async def take(self, digest: str) -> tuple[int, bytes]:
        """GET."""
        return await asyncio.to_thread(self._ask, "GET", digest, None)

    def _ask(self, method: str, digest: str, data: bytes | None) -> tuple[int, bytes]:
        place = f"{self._address}/attachments/{digest}"
        request = urllib.request.Request(place, data, self._headers, method=method)
        if data is not None:
            request.add_header("content-type", "application/octet-stream")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.status, answer.read(MOST_BYTES + 1)
        except HTTPError as error:
            error.close()
            return error.code, b""
        except (OSError, HTTPException, ValueError):
            return 0, b""


async def open_attachments(space: Space) -> Attachments:
    """The attachments of a space of this process. They are kept beside its store, as
    `<store>.attachments`; in memory where the store is. Close them before the space.

    Raises NotDurable for a file that cannot be used, UsageError for a space of another host.
    """
    host = space.host
    if not isinstance(host, NativeHost):
        raise UsageError("the space is not one of this process")
    shelf: Shelf = MemoryShelf()
    if isinstance(host.store, SqliteStore):
        path = host.store.path
        shelf = FileShelf(path.with_name(f"{path.name}.attachments"))
    carrier: Carrier = NoCarrier()
    if host.relay_address:
        carrier = RelayCarrier(host.relay_address, host.token)
    found = Attachments(space, shelf, carrier, host.timers, _spawn)
    await found.begin()
    return found


def _sent(kept: Any) -> Any:
    """An epoch is kept as bytes: in a column of numbers a text of digits would become one."""
    return kept.decode() if isinstance(kept, bytes) else kept


def _spawn(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
