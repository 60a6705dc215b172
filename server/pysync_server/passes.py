"""Whose request it is, as far as whoever answers it has to know: told in the scope of ASGI by what
stands before the routes (`people.gate`), so that the relay knows no people.

Floor: Starlette, `agents`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol

from starlette.requests import HTTPConnection

from pysync.model.roles import Person
from pysync_server.agents import device_name

KEY: Final = "pysync.pass"


class End(Protocol):
    """Closes at once what a pass opened."""

    def __call__(self, *, signed_out: bool) -> None:
        """`signed_out`: the person is; else the pass goes on, with other rights."""


class Pass(Protocol):
    """What lets a request in."""

    @property
    def id(self) -> str:
        """Its name; "" where everybody is let in."""

    @property
    def person(self) -> Person | None:
        """Whose it is; None where nobody signs in."""

    @property
    def device(self) -> str:
        """What the device is called, to be read by people."""

    def live(self, end: End) -> AbstractContextManager[None]:
        """While this lasts, `end` is called when the pass is good no more, or for other rights.
        Enter it in the turn in which the request came."""

    def noted(self, kind: str, what: str) -> None:
        """Note in the audit trail what was done with it, or tried and not allowed."""


class _Everybody:
    """The pass where nobody has to sign in."""

    id = ""
    person: Person | None = None

    def __init__(self, device: str = "") -> None:
        self.device = device

    def live(self, _end: End) -> AbstractContextManager[None]:
        """It is always good."""
        return nullcontext()

    def noted(self, _kind: str, _what: str) -> None:
        """Nobody is known by name."""


EVERYBODY: Final[Pass] = _Everybody()


def pass_of(connection: HTTPConnection) -> Pass:
    """The pass of a request."""
    found: Pass | None = connection.scope.get(KEY)
    return found or _Everybody(device_name(connection.headers.get("user-agent", "")))
