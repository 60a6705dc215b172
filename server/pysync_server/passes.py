"""Whose request it is, as far as whoever answers it has to know: told in the scope of ASGI by what
stands before the routes (`people.gate`), so that the relay knows no people.

Floor: Starlette.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol

from starlette.requests import HTTPConnection

KEY: Final = "pysync.pass"


class Pass(Protocol):
    """What lets a request in. `id` names it; "" where everybody is let in."""

    id: str

    def live(self, end: Callable[[], None]) -> AbstractContextManager[None]:
        """While this lasts, `end` is called when the pass is good no more: it is to close at once
        what was opened. Enter it in the turn in which the request came."""


class _Everybody:
    """The pass where nobody has to sign in."""

    id = ""

    def live(self, _end: Callable[[], None]) -> AbstractContextManager[None]:
        """It is always good."""
        return nullcontext()


EVERYBODY: Final[Pass] = _Everybody()


def pass_of(connection: HTTPConnection) -> Pass:
    """The pass of a request."""
    found: Pass = connection.scope.get(KEY, EVERYBODY)
    return found
