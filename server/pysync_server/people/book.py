"""The book of people: accounts, their devices and sessions, invitations, and the audit trail.

A SQLite file of its own in the data folder, written by this process alone. What is done is on the
disk when a call returns. Of secrets it holds digests only (`tokens`), of passwords argon2id.
Everything here blocks: it runs on the people's disk thread, never on the event loop.

BOOK-1 the trail is only added to. BOOK-2 an invitation makes one account, and the first owner is
made once. BOOK-3 a disabled account has no session, and a browser at most one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final, TypeVar

from pysync_server.people.records import (
    Account,
    BookUnusable,
    Invitation,
    LoginTaken,
    NameTaken,
    Note,
    Session,
)
from pysync_server.people.roles import ROLES, managed_by
from pysync_server.people.tables import APPLICATION_ID, FORMAT, TABLES
from pysync_server.sqlite import InUse, OwnFile, transaction

PEOPLE: Final = "people.sqlite"
"""The file's name in the data folder."""
FORGOTTEN_AFTER: Final = 400 * 86_400.0
"""Seconds after which a device that was not seen is no longer known."""

R = TypeVar("R")


def own_file(path: Path) -> OwnFile:
    """A file of people, or of programs, for this process alone. Raises BookUnusable."""
    try:
        return OwnFile(path)
    except InUse as error:
        raise BookUnusable(f"{path}: another server uses it: stop that one") from error
    except sqlite3.Error as error:
        raise BookUnusable(f"{path} cannot be used: {error}") from error


class Book:
    """The file. Closed by `close`; used on one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Open it, creating it where there is none.

        Raises:
            BookUnusable: it is something else, of another format, or used by another server.
        """
        # Two servers on one file would each believe in sessions that the other one ended.
        self._file = own_file(path)
        self._db = self._file.db
        try:
            path.chmod(0o600)
            self._file.keep_everything()
            self._db.execute("PRAGMA foreign_keys = ON")
            with self._transaction():
                self._begin(path)
        except (sqlite3.Error, BookUnusable) as error:
            self.close()
            raise BookUnusable(f"{path} cannot be used: {error}") from error

    def _begin(self, path: Path) -> None:
        marker, found = (self._one(f"PRAGMA {p}")[0] for p in ("application_id", "user_version"))
        if marker == APPLICATION_ID and found == FORMAT:
            return
        if marker == APPLICATION_ID:
            raise BookUnusable(f"it has format {found}, this server reads {FORMAT}")
        if self._one("SELECT count(*) FROM sqlite_master")[0]:
            raise BookUnusable("it is another program's database: move it away")
        statement = ""
        for line in TABLES.splitlines():
            statement += line + "\n"
            if sqlite3.complete_statement(statement):
                self._db.execute(statement)
                statement = ""
        self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self._db.execute(f"PRAGMA user_version = {FORMAT}")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _transaction(self) -> AbstractContextManager[None]:
        return transaction(self._db)

    def _one(self, statement: str, *values: Any) -> Any:
        return self._db.execute(statement, values).fetchone()

    # -- accounts ---------------------------------------------------------------------------------

    def accounts(self) -> list[Account]:
        """All of them, by name."""
        rows = self._db.execute(_ACCOUNTS + "ORDER BY name, login")
        return [_read(Account, row) for row in rows]

    def account(self, login: str) -> Account | None:
        """The one with this login."""
        row = self._one(_ACCOUNTS + "WHERE login = ?", login.casefold())
        return _read(Account, row) if row else None

    def add_first(self, owner: Account, note: Note) -> bool:
        """Make the first account; False if there is one already (BOOK-2)."""
        with self._transaction():
            if self._one("SELECT 1 FROM accounts LIMIT 1"):
                return False
            self._add(owner, note)
        return True

    def join(self, secret: bytes, account: Account, note: Note) -> bool:
        """Make the account that an invitation is for, and use the invitation up (BOOK-2); False if
        it is no longer good, or its maker may not invite any more. `role` is the invitation's.

        Raises:
            LoginTaken, NameTaken: there is such an account; the invitation stays.
        """
        with self._transaction():
            if self._one("SELECT 1 FROM accounts WHERE login = ?", account.login):
                raise LoginTaken(account.login)
            names = self._db.execute("SELECT name FROM accounts")
            if any(name.casefold() == account.name.casefold() for (name,) in names):
                raise NameTaken(account.name)
            managers = [role for role in ROLES if account.role in managed_by(role)]
            may = ", ".join("?" * len(managers))
            done = self._db.execute(
                "DELETE FROM invitations WHERE secret = ? AND role = ? AND expires > ? AND made_by"
                f" IN (SELECT id FROM accounts WHERE NOT disabled AND role IN ({may}))",
                (secret, account.role, note.at, *managers),
            )
            if done.rowcount:
                self._add(account, note)
        return bool(done.rowcount)

    def _add(self, account: Account, note: Note) -> None:
        self._db.execute(
            "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, 0, ?)",
            (account.id, account.login, account.name, account.role, account.password, note.at),
        )
        self._note(note)

    def set_password(self, account: str, password: str, keep: str, note: Note) -> None:
        """Change it; all sessions of the account end but the one of the device `keep`."""
        with self._transaction():
            self._db.execute("UPDATE accounts SET password = ? WHERE id = ?", (password, account))
            self._db.execute(
                "UPDATE devices SET session = NULL WHERE account = ? AND id <> ?", (account, keep)
            )
            self._note(note)

    def set_disabled(self, account: str, disabled: bool, by: str, note: Note) -> bool:
        """Disable an account, which ends its sessions, or enable it. False if whoever does it is
        disabled meanwhile: two who disable each other cannot both succeed."""
        with self._transaction():
            if not self._one("SELECT 1 FROM accounts WHERE id = ? AND NOT disabled", by):
                return False
            self._db.execute("UPDATE accounts SET disabled = ? WHERE id = ?", (disabled, account))
            if disabled:
                self._db.execute("UPDATE devices SET session = NULL WHERE account = ?", (account,))
            self._note(note)
        return True

    def set_role(self, account: str, role: str, by: str, note: Note) -> bool:
        """Give an account another role. False if whoever does it is disabled meanwhile."""
        with self._transaction():
            if not self._one("SELECT 1 FROM accounts WHERE id = ? AND NOT disabled", by):
                return False
            self._db.execute("UPDATE accounts SET role = ? WHERE id = ?", (role, account))
            self._note(note)
        return True

    # -- devices and sessions ---------------------------------------------------------------------

    def sessions(self, now: float) -> dict[bytes, Session]:
        """All that are good, by the digest of their secret. Devices long gone are forgotten."""
        with self._transaction():
            gone = "UPDATE devices SET session = NULL WHERE expires <= ?"
            self._db.execute(gone, (now,))
            self._db.execute("DELETE FROM devices WHERE seen <= ?", (now - FORGOTTEN_AFTER,))
        rows = self._db.execute(_SESSIONS + "WHERE session IS NOT NULL")
        return {row[0]: _read(Session, row[1:]) for row in rows}

    def knows(self, browser: bytes, account: str) -> bool:
        """Whether this person has signed in with this browser before."""
        found = "SELECT 1 FROM devices WHERE browser = ? AND account = ?"
        return self._one(found, browser, account) is not None

    def sign_in(
        self,
        account: Account,
        device: str,
        browser: bytes,
        secret: bytes,
        expires: float,
        note: Note,
    ) -> Session | None:
        """Begin a session on this browser, where another one ends. `device` is its id if it is new.
        None if the account was disabled or has another password meanwhile."""
        good = "SELECT 1 FROM accounts WHERE id = ? AND password = ? AND NOT disabled"
        with self._transaction():
            if not self._one(good, account.id, account.password):
                return None
            self._db.execute("UPDATE devices SET session = NULL WHERE browser = ?", (browser,))
            self._db.execute(
                "INSERT INTO devices VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8)"
                " ON CONFLICT (browser, account) DO UPDATE SET name = ?4, address = ?5, since = ?6,"
                " seen = ?6, session = ?7, expires = ?8",
                (device, browser, account.id, note.device, note.address, note.at, secret, expires),
            )
            self._note(note)
        return _read(Session, self._one(_SESSIONS + "WHERE session = ?", secret)[1:])

    def extend(self, device: str, address: str, seen: float, expires: float) -> None:
        """A session was used."""
        self._db.execute(
            "UPDATE devices SET address = ?, seen = ?, expires = ? WHERE id = ?",
            (address, seen, expires, device),
        )

    def sign_out(self, device: str, note: Note) -> None:
        """End the session of a device."""
        with self._transaction():
            self._db.execute("UPDATE devices SET session = NULL WHERE id = ?", (device,))
            self._note(note)

    # -- invitations ------------------------------------------------------------------------------

    def invite(self, invitation: Invitation, secret: bytes, by: str, note: Note) -> None:
        """Keep an invitation; those that are over go."""
        with self._transaction():
            self._db.execute("DELETE FROM invitations WHERE expires <= ?", (note.at,))
            self._db.execute(
                "INSERT INTO invitations VALUES (?, ?, ?, ?, ?, ?)",
                (invitation.id, secret, invitation.name, invitation.role, by, invitation.expires),
            )
            self._note(note)

    def invitations(self, now: float) -> list[Invitation]:
        """Those that are good, the next to end first."""
        rows = self._db.execute(_INVITATIONS + "WHERE expires > ? ORDER BY expires", (now,))
        return [_read(Invitation, row) for row in rows]

    def invitation(self, secret: bytes, now: float) -> Invitation | None:
        """The one that a link is for, if it is good."""
        row = self._one(_INVITATIONS + "WHERE secret = ? AND expires > ?", secret, now)
        return _read(Invitation, row) if row else None

    def withdraw(self, invitation: str, note: Note) -> None:
        """Make an invitation void."""
        with self._transaction():
            self._db.execute("DELETE FROM invitations WHERE id = ?", (invitation,))
            self._note(note)

    # -- the trail --------------------------------------------------------------------------------

    def note(self, note: Note) -> None:
        """Add to the trail."""
        with self._transaction():
            self._note(note)

    def _note(self, note: Note) -> None:
        self._db.execute(
            "INSERT INTO trail (at, what, who, about, address, device) VALUES (?, ?, ?, ?, ?, ?)",
            (note.at, note.what, note.who, note.about, note.address, note.device),
        )

    def trail(self, most: int) -> list[Note]:
        """The newest rows, the newest first."""
        rows = self._db.execute(_TRAIL + "ORDER BY number DESC LIMIT ?", (most,))
        return [_read(Note, row) for row in rows]


_ACCOUNTS: Final = "SELECT id, login, name, role, password, disabled <> 0 FROM accounts "
_SESSIONS: Final = (
    "SELECT session, devices.id, browser, account, login, accounts.name, role, devices.name,"
    " address, since, seen, expires FROM devices JOIN accounts ON accounts.id = account "
)
_INVITATIONS: Final = "SELECT id, name, role, expires FROM invitations "
_TRAIL: Final = "SELECT at, what, who, about, address, device FROM trail "


def _read(kind: Callable[..., R], row: Sequence[Any]) -> R:
    """What a row holds, whose columns are in the order of the fields."""
    return kind(**dict(zip(kind.__annotations__, row, strict=True)))
