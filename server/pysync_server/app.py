"""Puts the server together: its routes, and the headers around them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pysync.model.schema import Schema
from pysync_server.api.callers import Callers
from pysync_server.api.routes import Api
from pysync_server.bundle import BundleEndpoint, read_bundle
from pysync_server.crossing import OtherOrigins
from pysync_server.firststate import FirstStates
from pysync_server.headers import SecurityHeaders
from pysync_server.metrics import Metrics
from pysync_server.people.gate import Gate
from pysync_server.people.people import People
from pysync_server.people.programs import Program, Programs
from pysync_server.people.records import Visitor
from pysync_server.people.routes import people_routes
from pysync_server.relay.attachment_routes import AttachmentRoutes
from pysync_server.relay.exports import Exports
from pysync_server.relay.hub import Hub
from pysync_server.relay.links import Links


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the server finds what it serves.

    `dist` holds the builds, `data` what the server keeps; `test_pages` opens `/test/…`, which lets
    any script that reaches the page run Python in it and is never on in use. `relay` is the schema
    by which the relay decides, or None: no relay. Whoever speaks with it has to sign in, unless
    `open_to_all`. Pages of `origins` may use it, too.
    """

    dist: Path
    data: Path
    test_pages: bool = False
    relay: Schema | None = None
    open_to_all: bool = False
    origins: tuple[str, ...] = ()


def create_app(settings: Settings) -> Starlette:
    """The ASGI application.

    Its `state.setup_path` is where the owner's account is made, "" if that is not to be done;
    `state.ending` is to be called when the server stops: it ends what would wait for long.

    Raises:
        BundleMissing: `settings.dist` holds no build.
        BookUnusable: the accounts cannot be read.
    """
    bundle = read_bundle(settings.dist)
    relayed = settings.relay is not None
    accounts = relayed and not settings.open_to_all
    states = FirstStates(settings.data, settings.relay, accounts=accounts)

    async def healthz(_request: Request) -> Response:
        """`GET /healthz`: that the server answers, and which build it serves."""
        return JSONResponse({"status": "ok", "build": bundle.id})

    people = People(settings.data) if accounts else None
    programs = None
    if people is not None:
        file = settings.data / "programs.sqlite"
        programs = Programs(file, time.time, partial(_noted, people))
    hub = links = api = metrics = exports = attached = None
    if settings.relay is not None:
        hub = Hub(settings.data, settings.relay, states.rows)
        callers = Callers(programs, time.monotonic)
        exports = Exports(hub, settings.relay)
        attached = AttachmentRoutes(hub, settings.relay, time.monotonic)
        links, api, metrics = Links(hub), Api(hub, callers), Metrics(hub, callers)
    schema = settings.relay or Schema()
    gate = []
    if people is not None and programs is not None:
        gate = [Middleware(Gate, people=people, programs=programs)]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        if hub is not None:
            await hub.close()
        if people is not None:
            await people.close()
        if programs is not None:
            programs.close()

    named = settings.origins
    crossing = [Middleware(OtherOrigins, origins=named)] if named else []
    endpoint = BundleEndpoint(bundle, test_pages=settings.test_pages)
    app = Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/first-state", states.listing, middleware=gate),
            Route("/first-state/{space}", states.state, middleware=gate),
            *(hub.routes(gate) if hub is not None else ()),
            *(exports.routes(gate) if exports is not None else ()),
            *(attached.routes(gate) if attached is not None else ()),
            *(links.routes(gate) if links is not None else ()),
            *(api.routes() if api is not None else ()),
            *([Route("/metrics", metrics.answer)] if metrics is not None else ()),
            *(people_routes(people, programs, bundle.look, schema) if people and programs else ()),
            Route("/{path:path}", endpoint.__call__),
        ],
        middleware=[Middleware(SecurityHeaders), *crossing],
        lifespan=lifespan,
    )
    app.state.ending = [each.end_all for each in (links, api) if each is not None]
    secret = people.setup_secret if people is not None else ""
    app.state.setup_path = f"setup?token={secret}" if secret else ""
    return app


def _noted(people: People, program: Program, kind: str, what: str) -> None:
    """A program did something to be remembered, or tried what its role does not allow."""
    visitor = Visitor(browser="", device="program", address="")
    people.noted(kind, program.name, visitor, what)
