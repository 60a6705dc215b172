"""The protocol over HTTP: `POST /sync/{space}/link` opens a connection, below which it is used.

`POST …/link/{id}?sent=n` carries frames, `GET …/link/{id}?got=n` waits for the relay's, and
`POST …/link/{id}/end` ends it. Floor: `hub`, `polled`.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from pysync.machines.http_frames import MEDIA, MOST_BYTES, pack, unpack
from pysync.machines.relay_frames import LINK, REFUSE, encode_frame
from pysync_server.bodies import read_body
from pysync_server.firststate import SPACE
from pysync_server.origin import same_origin
from pysync_server.passes import pass_of
from pysync_server.relay.hub import Hub
from pysync_server.relay.log import LogUnusable
from pysync_server.relay.polled import Polled

MOST_LINKS: Final = 2_000
"""Open at one time, at one server."""
ENDED: Final = "sign in again: this device was signed out"

logger = logging.getLogger(__name__)


class Links:
    """The connections over HTTP of one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._links: dict[str, Polled] = {}

    def routes(self, middleware: Sequence[Middleware] = ()) -> list[BaseRoute]:
        """For the application, behind what decides who may come here."""
        base = "/sync/{space}/link"
        return [
            Route(base, self.open, methods=["POST"], middleware=middleware),
            Route(base + "/{id}", self.news, methods=["GET"], middleware=middleware),
            Route(base + "/{id}", self.frames, methods=["POST"], middleware=middleware),
            Route(base + "/{id}/end", self.end, methods=["POST"], middleware=middleware),
        ]

    async def open(self, request: Request) -> Response:
        """Begin a connection; answers `["link", id]`."""
        name: str = request.path_params["space"]
        if not SPACE.fullmatch(name) or not same_origin(request):
            return _failed(404, "There is no such space here.")
        if len(self._links) >= MOST_LINKS:
            return _failed(503, "Too many connections are open: try again later.")
        by, id_, life = pass_of(request), secrets.token_urlsafe(18), ExitStack()
        is_over = False

        def sign_out(*, signed_out: bool = True) -> None:
            nonlocal is_over
            is_over = True
            if (link := self._links.get(id_)) is None:
                return
            if signed_out:
                link.send(encode_frame(REFUSE, "sign-in", ENDED))
                link.close(0, ENDED)
            else:
                link.end()  # The device begins another, with the rights it has now.

        life.enter_context(by.live(sign_out))
        try:
            space = await self._hub.enter(name)
        except LogUnusable as error:
            life.close()
            logger.error("%s", error)
            return _frames([encode_frame(REFUSE, "unusable", str(error))])
        link = self._links[id_] = Polled(id_, by.id, space, life.close)
        life.callback(self._links.pop, id_)
        life.callback(self._hub.leave, name, space, link)
        space.join(link, by)
        if is_over:
            sign_out()
        return _frames([encode_frame(LINK, id_)])

    async def news(self, request: Request) -> Response:
        """What the relay has to say; waits for it."""
        link = self._find(request)
        got = _number(request, "got")
        frames = await link.news(got) if link is not None and got is not None else None
        return _over() if frames is None else _frames(frames)

    async def frames(self, request: Request) -> Response:
        """What the device has to say."""
        link = self._find(request)
        number = _number(request, "sent")
        if link is None or number is None:
            return _over()
        try:
            body = await read_body(request, MOST_BYTES)
            if body is None:
                return _failed(413, f"A body has at most {MOST_BYTES} bytes.")
            frames = unpack(body.decode())
        except (ClientDisconnect, UnicodeDecodeError):
            return _failed(400, "The body did not arrive whole.")
        return _frames([]) if await link.hear(number, frames) else _over()

    async def end(self, request: Request) -> Response:
        """The device is done."""
        link = self._find(request)
        if link is not None:
            link.end()
        return _frames([])

    def end_all(self) -> None:
        """The server stops: nobody waits for news any more."""
        for link in list(self._links.values()):
            link.end()

    def _find(self, request: Request) -> Polled | None:
        """The connection, if whoever asks opened it."""
        link = self._links.get(request.path_params["id"])
        mine = link is not None and link.owner == pass_of(request).id and same_origin(request)
        return link if mine else None


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None


def _frames(frames: Sequence[str]) -> Response:
    return Response(pack(frames), media_type=MEDIA, headers={"cache-control": "no-store"})


def _over() -> Response:
    return _failed(410, "This connection is over: begin another.")


def _failed(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status, {"cache-control": "no-store"})
