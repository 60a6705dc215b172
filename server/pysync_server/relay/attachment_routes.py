"""`PUT` and `GET /sync/{space}/attachments/{digest}`: the bytes that records name.

Who may have them follows from the records (`pysync.model.attached`): they are given to whoever may
read a field that names them, and taken from whoever may write one, before or after the record came.

GIVE-1 what is answered for a digest that somebody may not read is what is answered for one that is
not there. GIVE-2 nothing is kept that is not what its digest says, or is of another kind than
`MEDIA`; what is too large is not read into memory. GIVE-3 a browser shows nothing of it but as what
it is, runs nothing in it, and keeps it for this person alone. Floor: `hub`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from pysync.errors import InvalidValue
from pysync.model.attached import MOST_BYTES, digest_of, is_digest, may_give, may_have, media_type
from pysync.model.rights import Rights, rights_of
from pysync.model.schema import Schema
from pysync_server.allowance import Allowance
from pysync_server.bodies import read_body
from pysync_server.firststate import SPACE
from pysync_server.origin import same_origin
from pysync_server.passes import Pass, pass_of
from pysync_server.relay.hub import Hub
from pysync_server.relay.log import LogUnusable, RelayLog

GIVEN_AT_ONCE: Final = 120.0
GIVEN_RATE: Final = 2.0
TAKEN_AT_ONCE: Final = 600.0
TAKEN_RATE: Final = 20.0
"""Of one session or program, or where nobody signs in of one address; a second."""
FOREVER: Final = "private, max-age=31536000, immutable"
_NAMES: Final = {"application/pdf": "pdf", "image/jpeg": "jpg"}


class AttachmentRoutes:
    """The attachments of the spaces of a hub."""

    def __init__(self, hub: Hub, schema: Schema, now: Callable[[], float]) -> None:
        """`now` is a monotonic clock, in seconds."""
        self._hub = hub
        self._schema = schema
        self._puts = Allowance(GIVEN_AT_ONCE, GIVEN_RATE, now)
        self._gets = Allowance(TAKEN_AT_ONCE, TAKEN_RATE, now)

    def routes(self, middleware: Sequence[Middleware] = ()) -> list[BaseRoute]:
        """For the application, behind what decides who may come here."""
        path = "/sync/{space}/attachments/{digest}"
        return [
            Route(path, self.put, methods=["PUT"], middleware=middleware),
            Route(path, self.get, methods=["GET"], middleware=middleware),
        ]

    async def put(self, request: Request) -> Response:
        """Keep the body: 201, or 204 where it was kept already. Sent again it is as sent once."""
        space, digest, by = self._asked(request)
        # Also of what is refused: who is cut off while sending hears no answer, and tries again.
        body = await _body(request, digest)
        refusal = self._refusal(space, digest, by, _name(by, request))
        if refusal is not None:
            return refusal
        if isinstance(body, Response):
            return body
        try:
            host = await self._hub.look(space)
        except LogUnusable as error:
            return _failed(503, str(error))
        made = await host.read(partial(_put, digest=digest, body=body))
        if made is None:
            return _failed(507, "The server keeps no more attachments of this space.")
        return Response(status_code=201 if made else 204, headers={"cache-control": "no-store"})

    async def get(self, request: Request) -> Response:
        """The bytes; 404 where they are not, or no record that may be read names them (GIVE-1)."""
        space, digest, by = self._asked(request)
        if wait := self._gets.take(_name(by, request)):
            return _failed(429, "Too many requests: try again later.", wait)
        body = None
        try:
            if space and digest:
                host = await self._hub.look(space)
                if may_have(host.view, self._schema, self._rights(by), digest):
                    body = await host.read(partial(_get, digest=digest))
        except LogUnusable as error:
            return _failed(503, str(error))
        if body is None:
            return _failed(404, "There is no such attachment.")
        media = media_type(body)
        name = f"{digest[:12]}.{_NAMES.get(media, media.partition('/')[2])}"
        headers = {
            "cache-control": FOREVER,
            "content-disposition": f'attachment; filename="{name}"',
            "content-security-policy": "sandbox; default-src 'none'",
            "vary": "cookie, authorization",
        }
        return Response(body, media_type=media, headers=headers)

    def _asked(self, request: Request) -> tuple[str, str, Pass]:
        """The space and the digest, "" where there can be none or a strange page asks."""
        space, digest = (str(request.path_params[name]) for name in ("space", "digest"))
        good = SPACE.fullmatch(space) and same_origin(request)
        return space if good else "", digest if is_digest(digest) else "", pass_of(request)

    def _refusal(self, space: str, digest: str, by: Pass, name: str) -> Response | None:
        """Why nothing is taken from them, whatever it is."""
        if not space or not digest:
            return _failed(404, "There is no such place for an attachment.")
        if wait := self._puts.take(name):
            return _failed(429, "Too many attachments: try again later.", wait)
        if not may_give(self._schema, self._rights(by)):
            by.noted("not permitted", f"{space}: attach a file")
            return _failed(403, "This role may not attach anything.")
        return None

    def _rights(self, by: Pass) -> Rights | None:
        return rights_of(self._schema, by.person.role) if by.person is not None else None


async def _body(request: Request, digest: str) -> bytes | Response:
    """The bytes of that digest, or why they are not taken (GIVE-2)."""
    try:
        body = await read_body(request, MOST_BYTES)
        if body is None:
            return _failed(413, f"An attachment has {MOST_BYTES} bytes at most.")
        if digest_of(body) != digest:
            return _failed(422, "The bytes are not those of the digest.")
    except ClientDisconnect:
        return _failed(400, "The body did not arrive whole.")
    except InvalidValue:
        return _failed(415, "An attachment is a JPEG, PNG or WebP picture or a PDF.")
    return body


def _name(by: Pass, request: Request) -> str:
    return by.id or (request.client.host if request.client else "")


def _put(log: RelayLog, digest: str, body: bytes) -> bool | None:
    return log.attachments.put(digest, body, time.time() * 1000)


def _get(log: RelayLog, digest: str) -> bytes | None:
    return log.attachments.get(digest)


def _failed(status: int, why: str, wait: float = 0.0) -> Response:
    headers = {"cache-control": "no-store"}
    if wait:
        headers["retry-after"] = str(int(wait) + 1)
    return JSONResponse({"error": why}, status, headers)
