"""All routes of people. Floor: `entrance`, `account`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from pysync.model.schema import Schema
from pysync_server.bundle import Look
from pysync_server.people.account import AccountPage
from pysync_server.people.entrance import Entrance
from pysync_server.people.front import HERE, Front
from pysync_server.people.people import People
from pysync_server.people.programs import Programs
from pysync_server.people.programs_page import ProgramsPage
from pysync_server.people.roles import rights_in_words


def people_routes(people: People, programs: Programs, look: Look, schema: Schema) -> list[Route]:
    """Pages, and their style sheet. `schema` declares what roles may do."""
    front = Front(people, look, rights_in_words(schema))
    return [
        *Entrance(front).routes(),
        *AccountPage(front).routes(),
        *ProgramsPage(front, programs).routes(),
        Route("/people.css", _style),
    ]


async def _style(_request: Request) -> Response:
    return FileResponse(HERE / "people.css", headers={"cache-control": "no-cache"})
