"""Who calls: a program by its token, and how often it may.

CALLER-1 at most CAPACITY requests come at once from one caller, and RATE a second over time.
Floor: Starlette, `people.programs`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Final

from starlette.requests import HTTPConnection

from pysync.model.rights import Rights, rights_of
from pysync.model.roles import Person
from pysync.model.schema import Schema
from pysync_server.allowance import Allowance
from pysync_server.api.errors import Failed
from pysync_server.passes import EVERYBODY, End
from pysync_server.people.programs import Programs, bearer

CAPACITY: Final = 1_000.0
RATE: Final = 200.0


@dataclass(frozen=True, slots=True)
class Caller:
    """A program, as whom it takes part in a space (`passes.Pass`). Without accounts it has no role,
    and is nobody."""

    id: str
    name: str
    role: str
    live: Callable[[End], AbstractContextManager[None]]
    noted: Callable[[str, str], None] = lambda _kind, _what: None
    """Notes in the audit trail what it did, or tried and may not do."""

    @property
    def device(self) -> str:
        """A program is on none."""
        return ""

    @property
    def person(self) -> Person | None:
        """Whose rights hold."""
        return Person(self.name, self.role) if self.role else None

    def rights(self, schema: Schema) -> Rights | None:
        """What it may see and do; None: everything."""
        return rights_of(schema, self.role)


class Callers:
    """Knows them by their tokens, or, without `programs`, lets everybody in."""

    def __init__(self, programs: Programs | None, now: Callable[[], float]) -> None:
        self._programs = programs
        self._allowance = Allowance(CAPACITY, RATE, now)

    def caller(self, request: HTTPConnection) -> Caller:
        """Who makes this request. Raises Failed."""
        if self._programs is None:
            caller = Caller("open", "", "", EVERYBODY.live)
            self._bound(request.client.host if request.client else "")
            return caller
        program = self._programs.find(bearer(request))
        if program is None:
            raise Failed(401, "token", "send a good token: Authorization: Bearer …")
        self._bound(program.id)
        programs = self._programs
        return Caller(
            program.id,
            program.name,
            program.role,
            lambda end: programs.live(program, partial(end, signed_out=True)),
            partial(programs.noted, program),
        )

    def _bound(self, key: str) -> None:
        """CALLER-1."""
        after = self._allowance.take(key)
        if after:
            raise Failed(429, "too-often", "too many requests", after=after)
