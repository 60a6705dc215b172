"""The sessions that are good, in memory beside the book, so that a request or a socket learns at
once whose it is.

Whoever speaks with the relay registers how to end it; what ends a session ends that too.

SESSIONS-1 a session that was ended opens nothing any more, and what it opened is closed. SESSIONS-2
a session that has a live connection does not expire. Floor: `records`, `tokens`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from pysync_server.passes import End
from pysync_server.people.records import Session
from pysync_server.people.tokens import digest

DAY: Final = 86_400.0
LIFETIME: Final = 30 * DAY
"""Seconds that a session lasts after it was used last."""
EXTEND_AFTER: Final = DAY / 24
"""Seconds of use after which the book learns of it."""


class Sessions:
    """All of them. `used` is told of a session whose times moved, for the book."""

    def __init__(
        self,
        found: dict[bytes, Session],
        *,
        now: Callable[[], float],
        used: Callable[[Session], None],
    ) -> None:
        self._sessions = found
        self._now = now
        self._told = used
        self._live: dict[str, set[End]] = {}

    def find(self, secret: str, address: str) -> Session | None:
        """Whose secret this is, if their session is good. It counts as used."""
        key = digest(secret)
        found = self._sessions.get(key)
        if found is None:
            return None
        now = self._now()
        if found.expires <= now and found.id not in self._live:
            del self._sessions[key]
            return None
        if now - found.seen >= EXTEND_AFTER:
            return self._used(key, found, address, now)
        return found

    def _used(self, key: bytes, session: Session, address: str, now: float) -> Session:
        used = replace(session, seen=now, expires=now + LIFETIME, address=address)
        self._sessions[key] = used
        self._told(used)
        return used

    def begin(self, secret: str, session: Session) -> None:
        """Somebody signed in; a browser has one session."""
        self.end(lambda other: other.browser == session.browser)
        self._sessions[digest(secret)] = session

    def end(self, which: Callable[[Session], bool]) -> None:
        """SESSIONS-1."""
        for key, session in list(self._sessions.items()):
            if which(session):
                del self._sessions[key]
                self._close(session, signed_out=True)

    def set_role(self, account: str, role: str) -> None:
        """An account has another role: what its sessions opened with the old one is closed."""
        for key, session in list(self._sessions.items()):
            if session.account == account:
                self._sessions[key] = replace(session, role=role)
                self._close(session, signed_out=False)

    def _close(self, session: Session, *, signed_out: bool) -> None:
        for end in list(self._live.get(session.id, ())):
            end(signed_out=signed_out)

    @contextmanager
    def live(self, session: Session, end: End) -> Iterator[None]:
        """While this lasts, `end` is called when the session ends or its role changes. Enter it in
        the same turn in which `find` answered."""
        self._live.setdefault(session.id, set()).add(end)
        try:
            yield
        finally:
            ends = self._live[session.id]
            ends.discard(end)
            if not ends:
                del self._live[session.id]
                key = next((k for k, s in self._sessions.items() if s.id == session.id), None)
                if key is not None:
                    found = self._sessions[key]
                    self._used(key, found, found.address, self._now())

    def of(self, account: str) -> list[Session]:
        """Where somebody is signed in, the one used last first."""
        now = self._now()
        mine = [
            session
            for session in self._sessions.values()
            if session.account == account and (session.expires > now or self.is_live(session))
        ]
        return sorted(mine, key=lambda session: session.seen, reverse=True)

    def is_live(self, session: Session) -> bool:
        """Whether it has a connection with the relay now."""
        return session.id in self._live
