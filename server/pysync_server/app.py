"""Puts the server together: its routes, and the headers around them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pysync.model.schema import Schema
from pysync_server.bundle import BundleEndpoint, read_bundle
from pysync_server.firststate import FirstStates
from pysync_server.headers import SecurityHeaders
from pysync_server.relay.hub import Hub


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the server finds what it serves.

    `dist` holds the builds, `data` what the server keeps; `test_pages` opens `/test/…`, which lets
    any script that reaches the page run Python in it and is never on in use. `relay` is the schema
    by which the relay decides, or None: no relay.
    """

    dist: Path
    data: Path
    test_pages: bool = False
    relay: Schema | None = None


def create_app(settings: Settings) -> Starlette:
    """The ASGI application.

    Raises:
        BundleMissing: `settings.dist` holds no build.
    """
    bundle = read_bundle(settings.dist)
    states = FirstStates(settings.data, relay=settings.relay is not None)

    async def healthz(_request: Request) -> Response:
        """`GET /healthz`: that the server answers, and which build it serves."""
        return JSONResponse({"status": "ok", "build": bundle.id})

    hub = None
    if settings.relay is not None:
        hub = Hub(settings.data, settings.relay, states.rows)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        if hub is not None:
            await hub.close()

    endpoint = BundleEndpoint(bundle, test_pages=settings.test_pages)
    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/first-state", states.listing),
            Route("/first-state/{space}", states.state),
            *(hub.routes() if hub is not None else ()),
            Route("/{path:path}", endpoint.__call__),
        ],
        middleware=[Middleware(SecurityHeaders)],
        lifespan=lifespan,
    )
