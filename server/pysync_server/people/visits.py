"""Who asks for a page: the cookies of a browser, read and set.

Both cookies are secrets of `tokens`: the browser's, which outlasts sessions and makes a device
known again, and the session's. They are HttpOnly and, under TLS, Secure with the prefix `__Host-`,
so that no script reads them and no neighbouring host sets them. SameSite is Lax and not Strict:
with Strict somebody who is signed in and follows a link from a mail to `/account`, or to an
invitation, would come as a stranger. Forms of other sites are kept out by `form_token` and the
Origin header.
Floor: Starlette, `people`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from pysync_server.agents import device_name
from pysync_server.people.people import People
from pysync_server.people.records import Session, Visitor
from pysync_server.people.tokens import form_token, new_secret

SESSION: Final = "pysync-session"
BROWSER: Final = "pysync-browser"
KEPT_FOR: Final = 400 * 86_400
"""Seconds a cookie is kept, the most that browsers allow; a session ends earlier, at the server."""
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request. `secret` is the session's, "" without; `fresh`: the browser had no cookie."""

    visitor: Visitor
    session: Session | None
    secret: str
    fresh: bool
    secure: bool

    @property
    def form_token(self) -> str:
        """What this visit's forms carry."""
        return form_token(self.visitor.browser, self.secret)

    def remember(self, response: Response, *, session: str | None = None) -> None:
        """Set the browser's cookie if it has none, and a session's: "" takes it away."""
        if self.fresh:
            self._set(response, BROWSER, self.visitor.browser)
        if session is not None:
            self._set(response, SESSION, session)

    def _set(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(
            cookie(name, secure=self.secure),
            value,
            max_age=KEPT_FOR if value else 0,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )


def cookie(name: str, *, secure: bool) -> str:
    """The name a cookie has on this connection."""
    return f"__Host-{name}" if secure else name


def visit(people: People, connection: HTTPConnection) -> Visit:
    """Who asks. The session counts as used."""
    secure = connection.scope["scheme"] in ("https", "wss")
    secret = connection.cookies.get(cookie(SESSION, secure=secure), "")
    browser = connection.cookies.get(cookie(BROWSER, secure=secure), "")
    fresh = not _SECRET.fullmatch(browser)
    visitor = Visitor(
        browser=new_secret() if fresh else browser,
        device=device_name(connection.headers.get("user-agent", "")),
        address=connection.client.host[:64] if connection.client else "",
    )
    session = people.sessions.find(secret, visitor.address) if _SECRET.fullmatch(secret) else None
    return Visit(
        visitor=visitor,
        session=session,
        secret=secret if session is not None else "",
        fresh=fresh,
        secure=secure,
    )
