"""Pages of other origins that belong to the same owner: who of them may use the relay.

They are named one by one (`--allow-origin`). To these alone what the widget asks for is answered
with leave to read it, and with the session of whoever is signed in here; so a named page acts for
them, as this server's own pages do. Accounts, the API and metrics stay closed to all others.

The widget's own files are for everybody once anybody is named: they hold nothing of anyone.
Floor: Starlette, `origin`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pysync_server.origin import ADMITTED

FILES: Final = "/pysync/"
OPEN_TO: Final = ("/sync/", "/first-state")
ORIGIN: Final = re.compile(r"https?://[^/\s?#@*]+")
KEPT: Final = "600"
"""Seconds that a browser may remember a leave."""


def is_origin(text: str) -> bool:
    """Whether it is an origin as browsers write it: scheme, host and port, nothing behind."""
    return ORIGIN.fullmatch(text) is not None and text == text.lower()


class OtherOrigins:
    """ASGI middleware around all routes."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, marked if a named page asks; say so in the answer."""
        path = scope.get("path", "")
        if scope["type"] == "lifespan" or not path.startswith((FILES, *OPEN_TO)):
            await self._app(scope, receive, send)
            return
        origin = Headers(scope=scope).get("origin", "")
        leave = {"vary": "origin"}
        if path.startswith(FILES):
            leave = {"access-control-allow-origin": "*"}
        elif origin in self._origins:
            scope = {**scope, ADMITTED: True}
            leave |= {
                "access-control-allow-origin": origin,
                "access-control-allow-credentials": "true",
            }
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            asked = {
                "access-control-allow-methods": "GET, POST",
                "access-control-max-age": KEPT,
            }
            is_open = "access-control-allow-origin" in leave
            await Response(status_code=204, headers=leave | (asked if is_open else {}))(
                scope, receive, send
            )
            return

        async def send_with_leave(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in leave.items():
                    if name == "vary":
                        headers.add_vary_header(value)
                    else:
                        headers[name] = value
            await send(message)

        await self._app(scope, receive, send_with_leave if scope["type"] == "http" else send)
