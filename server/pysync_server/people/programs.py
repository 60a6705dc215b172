"""Programs: tokens by which other programs use the API, made and revoked by the owner.

A SQLite file of their own beside the book; of a token it holds the SHA-256. Good tokens are in
memory, so that a request learns at once whose it is.

PROGRAMS-1 a token that was revoked, or whose time is over, opens nothing, and what it opened is
closed. PROGRAMS-2 the data folder holds no token. Floor: `tokens`.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from starlette.requests import HTTPConnection

from pysync.model.roles import Person
from pysync_server.passes import End
from pysync_server.people.book import own_file
from pysync_server.people.records import BookUnusable
from pysync_server.people.tokens import digest, new_secret

FORMAT: Final = 1
APPLICATION_ID: Final = 0x70797072
"""Marks the file as one of programs ("pypr")."""
PREFIX: Final = "pysync_"
"""What every token begins with, so that scanners of leaked secrets can know one."""
MOST: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One that may use the API. `expires`: seconds since 1970, 0 for never."""

    id: str
    name: str
    role: str
    by: str
    made: float
    expires: float


class Programs:
    """All of them. What writes blocks for one small transaction: it is rare."""

    def __init__(
        self,
        path: Path,
        now: Callable[[], float],
        noted: Callable[[Program, str, str], None] = lambda _program, _kind, _what: None,
    ) -> None:
        """`noted` is told of what kind and what one did, or tried and may not. Raises
        BookUnusable."""
        self.noted = noted
        self._now = now
        self._live: dict[str, set[Callable[[], None]]] = {}
        self._file = own_file(path)
        self._db = self._file.db
        try:
            path.chmod(0o600)
            self._file.keep_everything()
            self._begin()
            rows = self._db.execute(
                "SELECT secret, id, name, role, by, made, expires FROM programs"
            )
            self._programs = {row[0]: _read(row[1:]) for row in rows}
        except (sqlite3.Error, BookUnusable) as error:
            self._file.close()
            raise BookUnusable(f"{path} cannot be used: {error}") from error

    def _begin(self) -> None:
        marker = self._db.execute("PRAGMA application_id").fetchone()[0]
        found = self._db.execute("PRAGMA user_version").fetchone()[0]
        if (marker, found) == (APPLICATION_ID, FORMAT):
            return
        if marker == APPLICATION_ID:
            raise BookUnusable(f"it has format {found}, this server reads {FORMAT}")
        if self._db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise BookUnusable("it is another program's database: move it away")
        self._db.executescript(
            "BEGIN; CREATE TABLE programs (id TEXT PRIMARY KEY, secret BLOB NOT NULL UNIQUE,"
            " name TEXT NOT NULL, role TEXT NOT NULL, by TEXT NOT NULL, made REAL NOT NULL,"
            f" expires REAL NOT NULL); PRAGMA application_id = {APPLICATION_ID};"
            f" PRAGMA user_version = {FORMAT}; COMMIT;"
        )

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def find(self, secret: str) -> Program | None:
        """Whose token this is, if it is good."""
        found = self._programs.get(digest(secret))
        if found is None or not self._is_good(found):
            return None
        return found

    def _is_good(self, program: Program) -> bool:
        return not program.expires or program.expires > self._now()

    def all(self) -> list[Program]:
        """All of them, the newest first."""
        return sorted(self._programs.values(), key=lambda each: -each.made)

    def make(self, id_: str, name: str, role: str, by: str, expires: float) -> str:
        """Make a token; answers it, and it is nowhere else. "" if there are too many."""
        if len(self._programs) >= MOST:
            return ""
        secret = PREFIX + new_secret()
        program = Program(id=id_, name=name, role=role, by=by, made=self._now(), expires=expires)
        self._db.execute(
            "INSERT INTO programs VALUES (?, ?, ?, ?, ?, ?, ?)",
            (id_, digest(secret), name, role, by, program.made, expires),
        )
        self._programs[digest(secret)] = program
        return secret

    def revoke(self, id_: str) -> Program | None:
        """PROGRAMS-1. Answers which it was, if there was one."""
        found = next(((k, p) for k, p in self._programs.items() if p.id == id_), None)
        if found is None:
            return None
        self._db.execute("DELETE FROM programs WHERE id = ?", (id_,))
        key, program = found
        del self._programs[key]
        self._end(id_)
        return program

    def _end(self, id_: str) -> None:
        for end in list(self._live.get(id_, ())):
            end()

    @contextmanager
    def live(self, program: Program, end: Callable[[], None]) -> Iterator[None]:
        """While this lasts, `end` is called when the token is revoked, or its time is over. Needs
        an asyncio loop."""
        self._live.setdefault(program.id, set()).add(end)
        over = None
        if program.expires:
            over = asyncio.get_running_loop().call_later(program.expires - self._now(), end)
        try:
            yield
        finally:
            if over is not None:
                over.cancel()
            ends = self._live[program.id]
            ends.discard(end)
            if not ends:
                del self._live[program.id]


def _read(row: tuple[str, str, str, str, float, float]) -> Program:
    id_, name, role, by, made, expires = row
    return Program(id=id_, name=name, role=role, by=by, made=made, expires=expires)


class ProgramPass:
    """`passes.Pass` of a program that is a device of the relay itself."""

    device = "program"

    def __init__(self, programs: Programs, program: Program) -> None:
        self.id = f"program {program.id}"
        self.person = Person(program.name, program.role)
        self._programs = programs
        self._program = program

    def live(self, end: End) -> AbstractContextManager[None]:
        """What the token opens ends with it (PROGRAMS-1)."""
        return self._programs.live(self._program, partial(end, signed_out=True))

    def noted(self, kind: str, what: str) -> None:
        """Note it in the trail."""
        self._programs.noted(self._program, kind, what)


def bearer(connection: HTTPConnection) -> str:
    """The token that a request carries; "" without one."""
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""
