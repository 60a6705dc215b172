"""The gate before the relay: who is not signed in gets no state and no socket.

An HTTP request is answered with 401. A socket is accepted and told so in a frame before it is
closed, for a browser does not tell its page why a connection was not made.

GATE-1 what is behind it sees requests of good sessions and tokens only, each with its pass. GATE-2
when one ends, its sockets are told and closed, and what a client does not take is dropped; when its
role changes they are closed. Floor: `visits`.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from pysync.machines.relay_frames import REFUSE, encode_frame
from pysync.model.roles import Person
from pysync_server.passes import KEY, End, Pass
from pysync_server.people.people import People
from pysync_server.people.programs import ProgramPass, Programs, bearer
from pysync_server.people.records import Session, Visitor
from pysync_server.people.visits import visit
from pysync_server.prepared import EXTENSION, Write

NOT_SIGNED_IN: Final = "sign in again: this device is not signed in"
ENDED: Final = "sign in again: this device was signed out"
UNAUTHORIZED: Final = 4401
"""The code a socket is closed with."""
COME_AGAIN: Final = 1012
"""The code a socket is closed with whose person has another role now."""
PATIENCE: Final = 2.0
"""Seconds that a client has to take what it is told."""


class Gate:
    """ASGI middleware for the routes of the relay."""

    def __init__(self, app: ASGIApp, people: People, programs: Programs) -> None:
        self._app = app
        self._people = people
        self._programs = programs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a good session pass, or a program with a good token."""
        by = self._pass(HTTPConnection(scope))
        if by is not None:
            scope = {**scope, KEY: by}
        if scope["type"] == "http":
            if by is not None:
                await self._app(scope, receive, send)
                return
            body = {"error": NOT_SIGNED_IN, "sign_in": "/sign-in"}
            await JSONResponse(body, 401, {"cache-control": "no-store"})(scope, receive, send)
        elif by is None:
            await receive()
            await send({"type": "websocket.accept"})
            await _refuse(send, NOT_SIGNED_IN)
        else:
            socket = _Socket(send)
            with by.live(socket.end):
                await socket.run(self._app, scope, receive)

    def _pass(self, connection: HTTPConnection) -> Pass | None:
        secret = bearer(connection)
        if secret:
            program = self._programs.find(secret)
            return None if program is None else ProgramPass(self._programs, program)
        here = visit(self._people, connection)
        session = here.session
        return None if session is None else _SessionPass(self._people, session, here.visitor)


class _SessionPass:
    """`passes.Pass` of a session."""

    def __init__(self, people: People, session: Session, visitor: Visitor) -> None:
        self.id = session.id
        self.person = Person(session.person, session.role)
        self.device = session.device
        self._people = people
        self._session = session
        self._visitor = visitor

    def live(self, end: End) -> AbstractContextManager[None]:
        """What the session opens ends with it (GATE-2)."""
        return self._people.sessions.live(self._session, end)

    def noted(self, kind: str, what: str) -> None:
        """Note it in the trail."""
        self._people.noted(kind, self._session.login, self._visitor, what)


class _Socket:
    """A connection of a session, which can be ended from outside."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._accepted = False
        self._serving: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None

    async def run(self, app: ASGIApp, scope: Scope, receive: Receive) -> None:
        """Serve it until it is closed."""
        self._serving = asyncio.current_task()
        try:
            await app(self._with_prepared(scope), receive, self.send)
        except (asyncio.CancelledError, WebSocketDisconnect, OSError):
            if self._ending is None:
                raise
        if self._ending is not None:
            await self._ending

    async def send(self, message: Message) -> None:
        """To the client, while the session lasts; then whoever sends is told that it is gone."""
        if self._ending is not None:
            raise OSError(ENDED)
        self._accepted = self._accepted or message["type"] == "websocket.accept"
        await self._send(message)

    def _with_prepared(self, scope: Scope) -> Scope:
        """The scope, in which what goes past `send` ends with the session, too."""
        extensions = scope.get("extensions") or {}
        if EXTENSION not in extensions:
            return scope
        write: Write = extensions[EXTENSION]["write"]
        lasting: Write = lambda frame: self._ending is None and write(frame)  # noqa: E731
        return {**scope, "extensions": {**extensions, EXTENSION: {"write": lasting}}}

    def end(self, *, signed_out: bool) -> None:
        """GATE-2. If the person stays signed in, the client comes back by itself."""
        if self._ending is None:
            self._ending = asyncio.get_running_loop().create_task(self._end(signed_out))

    async def _end(self, signed_out: bool) -> None:
        """Once it is closed, whoever serves it reads to its end. A client that takes nothing any
        more is not waited for: the connection ends with its task."""
        try:
            async with asyncio.timeout(PATIENCE):
                if not self._accepted:
                    await self._send({"type": "websocket.accept"})
                if signed_out:
                    await _refuse(self._send, ENDED)
                else:
                    await self._send({"type": "websocket.close", "code": COME_AGAIN})
        except TimeoutError:
            if self._serving is not None:
                self._serving.cancel()
        except (OSError, RuntimeError):
            return  # It is closed already.


async def _refuse(send: Send, why: str) -> None:
    text = encode_frame(REFUSE, "sign-in", why)
    await send({"type": "websocket.send", "text": text})
    await send({"type": "websocket.close", "code": UNAUTHORIZED, "reason": "sign in"})
