"""`GET /sync/{space}/person/{collection}/{id}`: all that is kept about one person, as one file.

Whoever asks needs a right of its own (`Grant.exports`) and reads everything; it is noted in the
audit trail who asked, and whose record. The relay answers, because its log reaches further back
than what a device has stored. Floor: `pysync.person`, `hub`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from pysync.errors import InvalidValue, Unknown
from pysync.model.change import Ref
from pysync.model.names import check_key
from pysync.model.rights import Rights, rights_of
from pysync.model.schema import Schema
from pysync.model.snapshot import bucket_of
from pysync.person import Rows, export_text, refs_of
from pysync.ports import DecidedRow
from pysync_server.firststate import SPACE
from pysync_server.origin import same_origin
from pysync_server.passes import pass_of
from pysync_server.relay.hub import Hub
from pysync_server.relay.log import LogUnusable, RelayLog


class Exports:
    """The exports of the spaces of a hub."""

    def __init__(self, hub: Hub, schema: Schema) -> None:
        self._hub = hub
        self._schema = schema

    def routes(self, middleware: Sequence[Middleware] = ()) -> list[BaseRoute]:
        """For the application, behind what decides who may come here."""
        return [Route("/sync/{space}/person/{collection}/{id}", self.person, middleware=middleware)]

    async def person(self, request: Request) -> Response:
        """The file; 403 without the right, 404 where there is no such person."""
        space, key, rid = (str(request.path_params[n]) for n in ("space", "collection", "id"))
        if not SPACE.fullmatch(space) or not same_origin(request):
            return JSONResponse({"error": "There is no such space here."}, 404)
        by = pass_of(request)
        rights = rights_of(self._schema, by.person.role) if by.person is not None else None
        if rights is not None and not may_export(rights, key):
            by.noted("not permitted", f"{space}: export all about {key}/{rid}")
            error = f"{rights.role.title} may not export all that is kept about a person."
            return JSONResponse({"error": error}, 403)
        try:
            check_key(rid)
            text = await self._text(space, key, rid)
        except (Unknown, InvalidValue):
            return JSONResponse({"error": "There is no such person."}, 404)
        except LogUnusable as unusable:
            return JSONResponse({"error": str(unusable)}, 503)
        by.noted("exported", f"{space}: all about {key}/{rid}")
        headers = {
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="{space}-person.json"',
        }
        return Response(text, media_type="application/json", headers=headers)

    async def _text(self, name: str, key: str, rid: str) -> str:
        space = await self._hub.look(name)
        await space.stored(space.seq)
        refs = refs_of(space.view, key, rid)
        rows = await space.read(partial(_naming, ids=[each for _, each in refs]))
        seed = await asyncio.to_thread(self._hub.first_rows, name)
        found = {ref: (seed.get(bucket_of(*ref)), _of(rows, ref)) for ref in refs}
        conflicts = space.conflicts.values()
        return export_text(name, space.view, found, conflicts, time.time() * 1000)


def may_export(rights: Rights, key: str) -> bool:
    """Whether these rights reach for all that is kept about a person."""
    return rights.reads_all and rights.may_export(key)


def _naming(log: RelayLog, ids: Sequence[str]) -> Rows:
    """Entries that may say something of these records, as verdict rows."""
    return [
        (DecidedRow(row.seq, row.count, 0, row.batch, 0, row.special, (), row.text), row.text)
        for row in log.naming(ids)
    ]


def _of(rows: Rows, ref: Ref) -> Rows:
    """Those that may name the record: `fold` looks closer."""
    return [(row, text) for row, text in rows if ref[1] in text or ref[1] in row.body]
