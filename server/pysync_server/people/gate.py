"""The gate before the relay: who is not signed in gets no state and no socket.

An HTTP request is answered with 401. A socket is accepted and told so in a frame before it is
closed, for a browser does not tell its page why a connection was not made.

GATE-1 what is behind it sees requests of good sessions only. GATE-2 when a session ends, its
sockets are told and closed, and what a client does not take is dropped. Floor: `visits`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from pysync.machines.relay_frames import REFUSE, encode_frame
from pysync_server.passes import KEY
from pysync_server.people.people import People
from pysync_server.people.records import Session
from pysync_server.people.sessions import Sessions
from pysync_server.people.visits import visit
from pysync_server.prepared import EXTENSION, Write

NOT_SIGNED_IN: Final = "sign in again: this device is not signed in"
ENDED: Final = "sign in again: this device was signed out"
UNAUTHORIZED: Final = 4401
"""The code a socket is closed with."""
PATIENCE: Final = 2.0
"""Seconds that a client has to take what it is told."""


class Gate:
    """ASGI middleware for the routes of the relay."""

    def __init__(self, app: ASGIApp, people: People) -> None:
        self._app = app
        self._people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a good session pass."""
        session = visit(self._people, HTTPConnection(scope)).session
        if scope["type"] == "http":
            if session is not None:
                passed = {**scope, KEY: _SessionPass(self._people.sessions, session)}
                await self._app(passed, receive, send)
                return
            body = {"error": NOT_SIGNED_IN, "sign_in": "/sign-in"}
            await JSONResponse(body, 401, {"cache-control": "no-store"})(scope, receive, send)
        elif session is None:
            await receive()
            await send({"type": "websocket.accept"})
            await _refuse(send, NOT_SIGNED_IN)
        else:
            socket = _Socket(send)
            with self._people.sessions.live(session, socket.end):
                await socket.run(self._app, scope, receive)


class _SessionPass:
    """`passes.Pass` of a session."""

    def __init__(self, sessions: Sessions, session: Session) -> None:
        self.id = session.id
        self._sessions = sessions
        self._session = session

    def live(self, end: Callable[[], None]) -> AbstractContextManager[None]:
        """What the session opens ends with it (GATE-2)."""
        return self._sessions.live(self._session, end)


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

    def end(self) -> None:
        """GATE-2."""
        if self._ending is None:
            self._ending = asyncio.get_running_loop().create_task(self._end())

    async def _end(self) -> None:
        """Once it is closed, whoever serves it reads to its end. A client that takes nothing any
        more is not waited for: the connection ends with its task."""
        try:
            async with asyncio.timeout(PATIENCE):
                if not self._accepted:
                    await self._send({"type": "websocket.accept"})
                await _refuse(self._send, ENDED)
        except TimeoutError:
            if self._serving is not None:
                self._serving.cancel()
        except (OSError, RuntimeError):
            return  # It is closed already.


async def _refuse(send: Send, why: str) -> None:
    text = encode_frame(REFUSE, "sign-in", why)
    await send({"type": "websocket.send", "text": text})
    await send({"type": "websocket.close", "code": UNAUTHORIZED, "reason": "sign in"})
