"""People at the server: who may sign in, and what they may do with accounts.

PEOPLE-1 a password is checked only within the bounds of `attempts`. PEOPLE-2 the data folder holds
no secret that a cookie or a link carries. PEOPLE-3 what is done to accounts and sessions is in the
trail. Floor: `book`, `sessions`, `passwords`, `attempts`, `tokens`.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from pysync_server.people.attempts import Attempts, network_of
from pysync_server.people.book import PEOPLE, Book
from pysync_server.people.passwords import Passwords
from pysync_server.people.records import Account, Invitation, Note, Session, Visitor
from pysync_server.people.roles import OWNER, ROLES, managed_by
from pysync_server.people.sessions import DAY, LIFETIME, Sessions
from pysync_server.people.tokens import digest, new_secret, same

INVITED_FOR: Final = 7 * DAY
WINDOW: Final = 15 * 60.0
"""Seconds in which failed attempts are counted."""
PER_ACCOUNT: Final = 10
PER_ADDRESS: Final = 30
KEYS: Final = 10_000

P = ParamSpec("P")
T = TypeVar("T")


class NotSignedIn(Exception):
    """The login or the password is wrong, or the account is disabled; nobody is told which."""


class TooOften(Exception):
    """Too many attempts; nothing was checked. `seconds`: when to try again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"try again in {seconds:.0f} s")
        self.seconds = seconds


class People:
    """The people of one data folder. Closed by `close`."""

    def __init__(self, data: Path, *, now: Callable[[], float] = time.time) -> None:
        """Raises BookUnusable."""
        self._now = now
        self._book = Book(data / PEOPLE)
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="people-disk")
        self._passwords = Passwords()
        self._by_account = Attempts(most=PER_ACCOUNT, window=WINDOW, keys=KEYS)
        self._by_address = Attempts(most=PER_ADDRESS, window=WINDOW, keys=KEYS)
        self.sessions = Sessions(self._book.sessions(now()), now=now, used=self._used)
        self._tasks: set[asyncio.Task[None]] = set()
        self.setup_secret = "" if self._book.accounts() else new_secret()
        """What the link of the first start carries; "" once there is an owner."""

    async def close(self) -> None:
        """Let go of the file and the threads."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._passwords.close()
        await self._on_disk(self._book.close)
        self._disk.shutdown()

    async def _on_disk(self, job: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._disk, lambda: job(*arguments, **named))

    def _note(self, what: str, who: str, visitor: Visitor, about: str = "") -> Note:
        return Note(
            at=self._now(),
            what=what,
            who=who,
            about=about,
            address=visitor.address[:64],
            device=visitor.device,
        )

    def _used(self, session: Session) -> None:
        self._later(
            self._on_disk(
                self._book.extend, session.id, session.address, session.seen, session.expires
            )
        )

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- signing in and out -----------------------------------------------------------------------

    async def sign_in(self, login: str, password: str, visitor: Visitor) -> str:
        """Begin a session; answers its secret, for a cookie of this browser.

        Raises:
            NotSignedIn: that is nobody, or not their password.
            TooOften: nothing was checked.
        """
        account = await self._on_disk(self._book.account, login)
        good = await self._try(account, login, password, visitor)
        secret, browser = new_secret(), digest(visitor.browser)
        session = None
        if account is not None and good:
            now = self._now()
            session = await self._on_disk(
                self._book.sign_in,
                account,
                secrets.token_hex(8),
                browser,
                digest(secret),
                now + LIFETIME,
                self._note("sign-in", account.login, visitor),
            )
        if session is None:
            # What was typed may be a password in the wrong field: unknown names are not written.
            who = account.login if account is not None else "unknown"
            await self._on_disk(self._book.note, self._note("sign-in failed", who, visitor))
            raise NotSignedIn
        self.sessions.begin(secret, session)
        return secret

    async def _try(
        self, account: Account | None, login: str, password: str, visitor: Visitor
    ) -> bool:
        """Whether the password is right. A device that this person has used before has bounds of
        its own, so that a stranger who guesses does not lock them out. Raises TooOften."""
        key = digest(login.casefold()).hex()
        if account is not None:
            browser = digest(visitor.browser)
            if await self._on_disk(self._book.knows, browser, account.id):
                key += browser.hex()
        now, network = self._now(), network_of(visitor.address)
        bounds = ((self._by_account, key), (self._by_address, network))
        wait = max(attempts.wait(each, now) for attempts, each in bounds)
        if wait:
            raise TooOften(wait)
        for attempts, each in bounds:
            attempts.count(each, now)
        kept = account.password if account is not None and not account.disabled else None
        good = await self._passwords.fits(password, kept)
        if good:
            for attempts, each in bounds:
                attempts.forgive(each)
        return good

    async def sign_out(self, session: Session, device: str, visitor: Visitor) -> None:
        """End the session of one of the person's own devices; another's is left alone."""
        for found in self.sessions.of(session.account):
            if found.id == device:
                own = device == session.id
                what = "sign-out" if own else "signed out a device"
                note = self._note(what, session.login, visitor, "" if own else found.device)
                await self._on_disk(self._book.sign_out, device, note)
                self.sessions.end(lambda other: other.id == device)

    # -- accounts ---------------------------------------------------------------------------------

    def is_setup(self, secret: str) -> bool:
        """Whether the link of the first start carries this, and is good."""
        return bool(self.setup_secret) and same(secret, self.setup_secret)

    async def set_up(
        self, secret: str, *, name: str, login: str, password: str, visitor: Visitor
    ) -> bool:
        """Make the owner's account; False if the link is not good any more."""
        if not self.is_setup(secret):
            return False
        account = await self._made(name, login, OWNER, password)
        note = self._note("owner made", account.login, visitor)
        made = await self._on_disk(self._book.add_first, account, note)
        self.setup_secret = ""
        return made

    async def _made(self, name: str, login: str, role: str, password: str) -> Account:
        return Account(
            id=secrets.token_hex(8),
            login=login.casefold(),
            name=name,
            role=role,
            password=await self._passwords.hashed(password),
        )

    async def change_password(
        self, session: Session, *, old: str, new: str, visitor: Visitor
    ) -> None:
        """Change the person's own; they stay signed in on this device only.

        Raises:
            NotSignedIn: `old` is not it.
            TooOften: nothing was checked.
        """
        account = await self._on_disk(self._book.account, session.login)
        if not await self._try(account, session.login, old, visitor):
            note = self._note("wrong password", session.login, visitor)
            await self._on_disk(self._book.note, note)
            raise NotSignedIn
        kept = await self._passwords.hashed(new)
        note = self._note("password changed", session.login, visitor)
        await self._on_disk(self._book.set_password, session.account, kept, session.id, note)
        self.sessions.end(lambda other: other.account == session.account and other.id != session.id)

    async def accounts(self) -> list[Account]:
        """Everybody, by name."""
        return await self._on_disk(self._book.accounts)

    async def set_disabled(
        self, session: Session, account: Account, disabled: bool, visitor: Visitor
    ) -> bool:
        """Disable an account, which ends its sessions, or enable it. False if it was not done: it
        is the person's own, or none that their role manages."""
        if account.id == session.account or account.role not in managed_by(session.role):
            return False
        what = "disabled" if disabled else "enabled"
        note = self._note(what, session.login, visitor, account.login)
        done = await self._on_disk(
            self._book.set_disabled, account.id, disabled, session.account, note
        )
        if done and disabled:
            self.sessions.end(lambda other: other.account == account.id)
        return done

    async def set_role(
        self, session: Session, account: Account, role: str, visitor: Visitor
    ) -> bool:
        """Give an account another role, which holds at once, on every device. False if it was not
        done: it is the person's own, or theirs manages not both roles."""
        managed = managed_by(session.role)
        if account.id == session.account or account.role not in managed or role not in managed:
            return False
        note = self._note("role changed", session.login, visitor, f"{account.login}: {ROLES[role]}")
        done = await self._on_disk(self._book.set_role, account.id, role, session.account, note)
        if done:
            self.sessions.set_role(account.id, role)
        return done

    # -- invitations ------------------------------------------------------------------------------

    async def invite(self, session: Session, name: str, role: str, visitor: Visitor) -> str:
        """Make an invitation to an account with a role that this person manages; answers the secret
        of its link, which is nowhere else. "" if they do not manage it."""
        if role not in managed_by(session.role):
            return ""
        secret = new_secret()
        invitation = Invitation(
            id=secrets.token_hex(8), name=name, role=role, expires=self._now() + INVITED_FOR
        )
        note = self._note("invited", session.login, visitor, f"{name} ({ROLES[role]})")
        key = digest(secret)
        await self._on_disk(self._book.invite, invitation, key, session.account, note)
        return secret

    async def invitations(self) -> list[Invitation]:
        """Those that are good, the next to end first."""
        return await self._on_disk(self._book.invitations, self._now())

    async def invitation(self, secret: str) -> Invitation | None:
        """The one that a link is for, if it is good."""
        return await self._on_disk(self._book.invitation, digest(secret), self._now())

    async def withdraw(self, session: Session, invitation: Invitation, visitor: Visitor) -> None:
        """Make an invitation void, if this person manages its role."""
        if invitation.role in managed_by(session.role):
            about = f"{invitation.name} ({ROLES[invitation.role]})"
            note = self._note("invitation withdrawn", session.login, visitor, about)
            await self._on_disk(self._book.withdraw, invitation.id, note)

    async def join(
        self, secret: str, *, name: str, login: str, password: str, visitor: Visitor
    ) -> bool:
        """Make the account that an invitation is for; False if the link is not good any more.

        Raises:
            LoginTaken: there is such an account; the link stays good.
        """
        invitation = await self.invitation(secret)
        if invitation is None:
            return False
        account = await self._made(name, login, invitation.role, password)
        note = self._note("joined", account.login, visitor, ROLES[invitation.role])
        return await self._on_disk(self._book.join, digest(secret), account, note)

    def noted(self, what: str, who: str, visitor: Visitor, about: str) -> None:
        """Add to the trail what somebody did or tried; it is written soon."""
        self._later(self._on_disk(self._book.note, self._note(what, who, visitor, about)))

    async def trail(self, most: int) -> list[Note]:
        """What was done last, the newest first."""
        return await self._on_disk(self._book.trail, most)
