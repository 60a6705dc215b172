"""The API as routes: who calls, what is asked, and what is answered, by the declaration.

API-1 whatever a request holds, the answer is declared: never an error of the server's own.
Floor: everything else in `api`, Starlette.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from pysync.errors import InvalidValue, SyncError
from pysync.machines.relay_frames import Cursor
from pysync.values.jsontext import parse_json
from pysync.values.jsonvalue import freeze
from pysync_server.api import reading
from pysync_server.api.callers import Caller, Callers
from pysync_server.api.declared import Operation, Param, problem
from pysync_server.api.errors import Failed
from pysync_server.api.feed import Reader
from pysync_server.api.openapi import document
from pysync_server.api.operations import OPERATIONS, SHAPES
from pysync_server.api.reading import Sight
from pysync_server.api.writing import Scribe
from pysync_server.bodies import read_body
from pysync_server.firststate import SPACE
from pysync_server.origin import same_origin
from pysync_server.relay.hub import Hub
from pysync_server.relay.log import LogUnusable

MOST_BYTES: Final = 1_000_000
"""Of a body."""
MOST_FEEDS: Final = 500
PAGE: Final = 100
"""Records of a page that names no number."""

logger = logging.getLogger(__name__)
Params = Mapping[str, Any]
Act = Callable[[Caller, Params, Any], Awaitable[Response | dict[str, Any]]]


class _Visitor:
    """Keeps a space open while it is asked."""

    kind = "program"

    def __init__(self) -> None:
        self.id = f"api-visit-{secrets.token_hex(8)}"

    def send(self, _text: str) -> None:
        """It does not listen."""

    def close(self, _code: int, _reason: str) -> None:
        """It goes by itself."""


class Api:
    """The routes."""

    def __init__(self, hub: Hub, callers: Callers) -> None:
        self._hub = hub
        self._callers = callers
        self._scribe = Scribe()
        self._feeds: set[Reader] = set()
        self._document = document()

    def routes(self) -> list[BaseRoute]:
        """For the application."""
        acts: dict[str, Act] = {
            "space": self._space,
            "records": self._records,
            "record": self._record,
            "value": self._value,
            "change": self._change,
            "feed": self._feed,
        }
        return [
            Route("/api/v1/openapi.json", self._describe),
            *(
                Route(each.path, partial(self._answer, each, acts[each.id]), methods=[each.method])
                for each in OPERATIONS
            ),
        ]

    def end_all(self) -> None:
        """The server stops: feeds end."""
        for reader in self._feeds:
            reader.close()

    async def _describe(self, _request: Request) -> Response:
        """The document tells nothing about data: it needs no token."""
        return JSONResponse(self._document, headers={"cache-control": "no-cache"})

    async def _answer(
        self,
        operation: Operation,
        act: Act,
        request: Request,
    ) -> Response:
        try:
            if not same_origin(request):
                raise Failed(401, "origin", "a page of another site asks")
            caller = self._callers.caller(request)
            params = {param.name: _param(request, param) for param in operation.params}
            body = await _body(request, operation.body) if operation.body else None
            found = await act(caller, params, body)
        except Failed as error:
            return _failed(error)
        except LogUnusable as error:
            logger.error("%s", error)
            return _failed(Failed(503, "unavailable", "this space cannot be used now"))
        except ClientDisconnect:
            return _failed(Failed(400, "malformed", "the body did not arrive whole"))
        if isinstance(found, Response):
            return found
        return JSONResponse(found, headers={"cache-control": "no-store"})

    # -- reading ----------------------------------------------------------------------------------

    async def _see(
        self, caller: Caller, params: Params, look: Callable[[Sight], dict[str, Any]]
    ) -> dict[str, Any]:
        """READ-1: what is looked at now is answered when all of it is on the disk."""
        name, visitor = params["space"], _Visitor()
        space = await self._hub.enter(name)
        space.join(visitor)
        try:
            seen = {"seq": space.seq, **_good(partial(look, Sight(space, caller)))}
            if not await space.stored(seen["seq"]):
                raise Failed(503, "unavailable", "this space cannot be used now")
            return seen
        finally:
            self._hub.leave(name, space, visitor)

    async def _space(self, caller: Caller, params: Params, _body: Any) -> dict[str, Any]:
        return await self._see(caller, params, lambda sight: {"epoch": sight.epoch})

    async def _records(self, caller: Caller, params: Params, _body: Any) -> dict[str, Any]:
        key, after, limit = params["key"], params["after"] or "", params["limit"] or PAGE
        return await self._see(caller, params, lambda s: reading.page(s, key, after, limit))

    async def _record(self, caller: Caller, params: Params, _body: Any) -> dict[str, Any]:
        key, rid = params["key"], params["id"]
        return await self._see(
            caller, params, lambda s: {"record": reading.one_record(s, key, rid)}
        )

    async def _value(self, caller: Caller, params: Params, _body: Any) -> dict[str, Any]:
        return await self._see(caller, params, lambda s: reading.value(s, params["key"]))

    # -- writing and following --------------------------------------------------------------------

    async def _change(self, caller: Caller, params: Params, body: Any) -> dict[str, Any]:
        name, visitor = params["space"], _Visitor()
        space = await self._hub.enter(name)
        space.join(visitor)
        try:
            return await self._scribe.write(space, caller, body, params["idempotency-key"] or "")
        finally:
            self._hub.leave(name, space, visitor)

    async def _feed(self, caller: Caller, params: Params, _body: Any) -> Response:
        if len(self._feeds) >= MOST_FEEDS:
            raise Failed(503, "unavailable", "too many feeds are open")
        place = params["last-event-id"] or params["after"]
        epoch, _, seq = place.partition(":") if place else ("", "", "0")
        after = Cursor(epoch, int(seq)) if place else None
        life = ExitStack()
        reader = Reader(f"feed-{secrets.token_hex(8)}", caller)
        life.enter_context(caller.live(lambda **_: reader.close()))
        try:
            space = await self._hub.enter(params["space"])
        except LogUnusable:
            life.close()
            raise
        space.join(reader, caller)
        self._feeds.add(reader)
        life.callback(self._hub.leave, params["space"], space, reader)
        life.callback(self._feeds.discard, reader)
        return _Feed(_lasting(reader.events(space, after), life))


class _Feed(StreamingResponse):
    """A stream that no proxy keeps."""

    def __init__(self, events: AsyncIterator[str]) -> None:
        super().__init__(
            events,
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )


async def _lasting(events: AsyncIterator[str], life: ExitStack) -> AsyncIterator[str]:
    with life:
        async for event in events:
            yield event


def _good(look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return look()
    except SyncError as error:
        raise Failed(400, "malformed", str(error)) from error


def _param(request: Request, param: Param) -> Any:
    """What the request says. Raises Failed."""
    places: Mapping[str, Mapping[str, str]] = {
        "path": request.path_params,
        "query": request.query_params,
        "header": request.headers,
    }
    said: Any = places[param.place].get(param.name)
    if said is None:
        return None
    if param.name == "space" and not SPACE.fullmatch(said):
        raise Failed(404, "unknown", "there is no such space here")
    if param.shape["type"] == "integer":
        if not re.fullmatch(r"[0-9]{1,15}", said):
            raise Failed(400, "malformed", f"{param.name} is not a number")
        said = int(said)
    wrong = problem(said, param.shape, SHAPES, param.name)
    if wrong:
        raise Failed(400, "malformed", wrong)
    return said


async def _body(request: Request, name: str) -> Any:
    """The body, of the declared shape. Raises Failed or ClientDisconnect."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Failed(400, "malformed", "send a body of the type application/json")
    received = await read_body(request, MOST_BYTES)
    if received is None:
        raise Failed(413, "too-large", f"a body has at most {MOST_BYTES} bytes")
    try:
        # Numbers and texts that no value holds are found here, wherever they stand.
        body = freeze(parse_json(received.decode()))
    except (ValueError, InvalidValue) as error:
        raise Failed(400, "malformed", f"the body is no JSON: {error}") from error
    wrong = problem(body, SHAPES[name], SHAPES)
    if wrong:
        raise Failed(400, "malformed", wrong)
    return body


def _failed(error: Failed) -> Response:
    headers = {"cache-control": "no-store"}
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    if error.after:
        headers["retry-after"] = str(int(error.after) + 1)
    message = error.message.encode("utf-8", "replace").decode()  # It may quote anything.
    body = {"error": {"code": error.code, "message": message}}
    return JSONResponse(body, error.status, headers)
