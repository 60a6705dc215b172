"""The relay as routes: `WS /sync/{space}`, and `GET /sync/{space}/state` for what a new device
begins with.

A space is opened when somebody asks for it and closed when nobody has used it for a while.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Final

import brotli
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from pysync.errors import StoreCorrupt, SyncError
from pysync.machines.relay_frames import REFUSE, encode_frame
from pysync.model.rights import Rights, sees_of
from pysync.model.schema import Schema
from pysync.ports import Beginning
from pysync.relay.projection import project_rows, shown_epoch
from pysync_server.firststate import FIRST_STATES, SPACE
from pysync_server.firststate import erase as erase_first_state
from pysync_server.origin import same_origin
from pysync_server.passes import pass_of
from pysync_server.relay.connection import Connection
from pysync_server.relay.counts import Counts
from pysync_server.relay.log import RELAY, LogUnusable, RelayLog
from pysync_server.relay.peers import Peer
from pysync_server.relay.space import SpaceHost

IDLE_SECONDS: Final = 60.0
"""How long a space stays open when nobody is connected."""
QUALITY: Final = 5
"""Of brotli: the state is compressed anew after each snapshot."""
MOST_STATES: Final = 64
"""Compressed states that are kept, the last made."""

logger = logging.getLogger(__name__)


class Hub:
    """All spaces of one data folder."""

    def __init__(
        self, data: Path, schema: Schema, first_state: Callable[[str], Mapping[str, str]]
    ) -> None:
        """`first_state` answers the rows that a new space of that name begins with; it may block,
        and raise StoreCorrupt or OSError."""
        self.counts = Counts()
        self._folder = data / RELAY
        self._schema = schema
        self._first_state = first_state
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="relay-disk")
        self._spaces: dict[str, SpaceHost] = {}
        self._opening = asyncio.Lock()
        self._idle: dict[str, asyncio.TimerHandle] = {}
        self._numbers = itertools.count(1)
        self._states: dict[tuple[str, str], tuple[tuple[str, int, int], bytes]] = {}
        """Space, and for whom -> (epoch, seq, erasures) and its state, compressed."""

    def routes(self, middleware: Sequence[Middleware] = ()) -> list[BaseRoute]:
        """For the application, behind what decides who may come here."""
        return [
            WebSocketRoute("/sync/{space}", self.socket, middleware=middleware),
            Route("/sync/{space}/state", self.state, middleware=middleware),
        ]

    async def close(self) -> None:
        """End every space."""
        for name in list(self._spaces):
            await self._spaces.pop(name).close()
        self._disk.shutdown()

    async def _space(self, name: str) -> SpaceHost:
        """The open space of that name.

        Raises:
            LogUnusable: its file cannot be used.
        """
        async with self._opening:
            found = self._spaces.get(name)
            if found is not None and not found.failure:
                return found
            if found is not None:
                await self._spaces.pop(name).close()
            loop = asyncio.get_running_loop()
            made = await loop.run_in_executor(self._disk, self._open, name)
            made.start()
            self._spaces[name] = made
            return made

    def _open(self, name: str) -> SpaceHost:
        def begin() -> Mapping[str, str]:
            try:
                return self._first_state(name)
            except (StoreCorrupt, OSError) as error:
                advice = "make its first state anew, or move that file away"
                raise LogUnusable(f"the space {name} cannot begin ({error}): {advice}") from error

        log = RelayLog(self._folder / f"{name}.sqlite", begin)
        try:
            states = self._folder.parent / FIRST_STATES
            log.erasures.beside = partial(erase_first_state, states, name)
            return SpaceHost(log, self._schema, self._disk, self.counts)
        except (SyncError, sqlite3.Error, AssertionError) as error:
            log.close()
            raise LogUnusable(f"{log.path} cannot be read: {error}") from error

    # -- WebSocket --------------------------------------------------------------------------------

    async def socket(self, ws: WebSocket) -> None:
        """One connection, for as long as it lasts."""
        name: str = ws.path_params["space"]
        if not SPACE.fullmatch(name) or not same_origin(ws):
            await ws.close()
            return
        await ws.accept()
        try:
            space = await self.enter(name)
        except LogUnusable as error:
            logger.error("%s", error)
            with suppress(WebSocketDisconnect, RuntimeError):
                await ws.send_text(encode_frame(REFUSE, "unusable", str(error)))
                await ws.close(1011, "unusable")
            return
        peer = Connection(str(next(self._numbers)), ws, space)
        space.join(peer, pass_of(ws))
        try:
            await peer.run()
        finally:
            self.leave(name, space, peer)

    # -- who is in a space ------------------------------------------------------------------------

    async def look(self, name: str) -> SpaceHost:
        """The open space of that name, for who joins it not. Raises LogUnusable."""
        space = await self._space(name)
        self._leave(name, space)
        return space

    def first_rows(self, name: str) -> Mapping[str, str]:
        """What a new space of that name would begin with; blocks. Raises StoreCorrupt, OSError."""
        return self._first_state(name)

    def open_spaces(self) -> dict[str, SpaceHost]:
        """Those that are open, by name."""
        return dict(sorted(self._spaces.items()))

    async def enter(self, name: str) -> SpaceHost:
        """The open space of that name, for a peer that joins it in the same turn and is told of to
        `leave`.

        Raises:
            LogUnusable: its file cannot be used.
        """
        space = await self._space(name)
        if (idle := self._idle.pop(name, None)) is not None:
            idle.cancel()
        return space

    def leave(self, name: str, space: SpaceHost, peer: Peer) -> None:
        """A peer is gone."""
        space.left(peer)
        self._leave(name, space)

    def _leave(self, name: str, space: SpaceHost) -> None:
        if not space.peers and self._spaces.get(name) is space and name not in self._idle:
            loop = asyncio.get_running_loop()
            self._idle[name] = loop.call_later(IDLE_SECONDS, self._end, name, space)

    def _end(self, name: str, space: SpaceHost) -> None:
        self._idle.pop(name, None)
        if not space.peers and self._spaces.get(name) is space:
            del self._spaces[name]
            asyncio.get_running_loop().create_task(self._close(space))

    async def _close(self, space: SpaceHost) -> None:
        async with self._opening:
            await space.close()

    # -- HTTP -------------------------------------------------------------------------------------

    async def state(self, request: Request) -> Response:
        """`GET /sync/{space}/state?without=module,...`: `{"epoch", "seq", "last", "rows"}`,
        compressed."""
        name: str = request.path_params["space"]
        if not SPACE.fullmatch(name) or not same_origin(request):
            return JSONResponse({"error": "There is no such space here."}, 404)
        try:
            space = await self._space(name)
        except LogUnusable as error:
            return JSONResponse({"error": str(error)}, 503)
        state = await space.read(RelayLog.state)
        self._leave(name, space)
        person = pass_of(request).person
        role = person.role if person is not None else ""
        sees = sees_of(self._schema, role, request.query_params.get("without", "").split(","))
        which = (shown_epoch(state.epoch, sees), state.seq, space.erasures)
        key = (name, sees.digest if sees is not None else "")
        kept = self._states.get(key)
        if kept is None or kept[0] != which:
            loop = asyncio.get_running_loop()
            packed = await loop.run_in_executor(None, _compress, state, sees)
            kept = (which, packed)
            self._keep(key, kept)
        headers = {"cache-control": "no-store", "vary": "accept-encoding"}
        body = kept[1]
        if "br" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "br"
        else:
            body = brotli.decompress(body)
        return Response(body, media_type="application/json", headers=headers)

    def _keep(self, key: tuple[str, str], state: tuple[tuple[str, int, int], bytes]) -> None:
        """For who asks next; of the ways to leave modules out there are many."""
        self._states.pop(key, None)
        self._states[key] = state
        if len(self._states) > MOST_STATES:
            del self._states[next(iter(self._states))]


def _compress(state: Beginning, sees: Rights | None) -> bytes:
    if sees is not None:
        epoch = shown_epoch(state.epoch, sees)
        state = replace(state, epoch=epoch, rows=project_rows(state.rows, sees))
    facts = {name: value for name, value in asdict(state).items() if name != "log"}
    text = json.dumps(facts, ensure_ascii=False)
    packed: bytes = brotli.compress(text.encode(), quality=QUALITY)
    return packed
