"""The page `/account/programs`: the owner makes tokens for other programs, and revokes them.

Floor: `front`, `programs`.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pysync_server.people.forms import FormRefused, name_error
from pysync_server.people.front import Front
from pysync_server.people.programs import MOST, Programs
from pysync_server.people.records import Session
from pysync_server.people.roles import OWNER, ROLES
from pysync_server.people.sessions import DAY
from pysync_server.people.visits import Visit

PLACE: Final = "/account/programs"
LASTS: Final = {"30": "30 days", "365": "A year", "": "Until it is revoked"}
"""For how many days a token is good, in words."""
MOST_NEWS: Final = 1_000


class ProgramsPage:
    """The page and its two forms; each ends in a redirect, or the page with what is wrong."""

    def __init__(self, front: Front, programs: Programs) -> None:
        self._front = front
        self._programs = programs
        self._news: OrderedDict[str, tuple[str, str]] = OrderedDict()
        """By session: a sentence, and a token, that the page shows next, once."""

    def routes(self) -> list[Route]:
        """For the application."""
        return [Route(PLACE, self._front.endpoint(self.page), methods=["GET", "POST"])]

    async def page(self, request: Request, here: Visit) -> Response:
        """`/account/programs`."""
        session = here.session
        if session is None:
            return self._front.go(here, f"/sign-in?next={PLACE}")
        if session.role != OWNER:
            raise FormRefused(403, "Only the owner of the hotel lets programs in.")
        if request.method != "POST":
            return self._show(here, session)
        fields = await self._front.form(request, here)
        if fields.get("do") == "revoke":
            return self._revoke(here, session, fields)
        return await self._make(here, session, fields)

    def _show(
        self,
        here: Visit,
        session: Session,
        errors: Mapping[str, str] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> Response:
        news, secret = self._news.pop(session.id, ("", ""))
        return self._front.page(
            here,
            "programs.html",
            status=422 if errors else 200,
            errors=errors or {},
            values=values or {},
            news=news,
            secret=secret,
            programs=self._programs.all(),
            now=time.time(),
            lasts=LASTS,
        )

    def _done(self, here: Visit, session: Session, news: str, secret: str = "") -> Response:
        self._news[session.id] = (news, secret)
        while len(self._news) > MOST_NEWS:
            self._news.popitem(last=False)
        return self._front.go(here, PLACE)

    async def _make(self, here: Visit, session: Session, fields: Mapping[str, str]) -> Response:
        name, role, lasts = fields.get("name", "").strip(), fields.get("role"), fields.get("lasts")
        errors = {"name": name_error(name)}
        if any(account.name == name for account in await self._front.people.accounts()):
            errors["name"] = "Somebody here has this name, and histories would not tell you apart."
        if role not in ROLES or lasts not in LASTS:
            errors["role"] = "Choose one of these."
        if role is None or lasts is None or any(errors.values()):
            return self._show(here, session, errors, fields)
        expires = time.time() + int(lasts) * DAY if lasts else 0.0
        secret = self._programs.make(secrets.token_hex(8), name, role, session.login, expires)
        if not secret:
            errors["name"] = f"There are {MOST} tokens already: revoke one."
            return self._show(here, session, errors, fields)
        about = f"{name} ({ROLES[role]})"
        self._front.people.noted("token made", session.login, here.visitor, about)
        return self._done(here, session, f"The token of {name}. It is not shown again.", secret)

    def _revoke(self, here: Visit, session: Session, fields: Mapping[str, str]) -> Response:
        program = self._programs.revoke(fields.get("program", ""))
        if program is None:
            return self._done(here, session, "There is no such token any more.")
        people = self._front.people
        people.noted("token revoked", session.login, here.visitor, program.name)
        return self._done(here, session, f"The token of {program.name} was revoked.")
