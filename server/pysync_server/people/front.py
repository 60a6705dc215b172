"""What the pages of people have in common: rendering, cookies, and forms that only they can send.

Pages are templates of Jinja, which escapes what is put into them. FRONT-1 a form is acted on only
if it carries its visit's token and comes from this server. FRONT-2 no page of people is kept by a
cache. Floor: `visits`, `forms`, Jinja.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pysync_server.bundle import Look
from pysync_server.origin import same_origin
from pysync_server.people.forms import FormRefused, read_form
from pysync_server.people.passwords import SHORTEST
from pysync_server.people.people import People, TooOften
from pysync_server.people.roles import ROLES
from pysync_server.people.tokens import same
from pysync_server.people.visits import Visit, visit

HERE: Final = Path(__file__).parent
STALE: Final = (
    "This form was open for too long, or cookies are blocked for this site. Go back, load the page "
    "again, and repeat what you did."
)

Handler = Callable[[Request, Visit], Awaitable[Response]]


class Front:
    """Renders pages, for one server."""

    def __init__(self, people: People, look: Look, rights: Mapping[str, list[str]]) -> None:
        """`rights` says of each role in words what it may do."""
        self.people = people
        self.rights = rights
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(look=look, ROLES=ROLES, SHORTEST=SHORTEST)
        self._templates.filters["moment"] = moment

    def endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """A route's endpoint: knows the visit, and says what is wrong with a form."""

        async def answer(request: Request) -> Response:
            here = visit(self.people, request)
            try:
                return await handler(request, here)
            except FormRefused as error:
                return self.page(here, "problem.html", status=error.status, problem=error.message)

        return answer

    def page(self, here: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page, with what every template knows."""
        text = self._templates.get_template(template).render(
            {"errors": {}, "values": {}, "problem": "", **values},
            form_token=here.form_token,
            session=here.session,
        )
        response = HTMLResponse(text, status, {"cache-control": "no-store"})
        here.remember(response)
        return response

    def go(self, here: Visit, place: str, *, session: str | None = None) -> Response:
        """Send the browser to a page after a form, with a session or ("") without."""
        response = RedirectResponse(place, 303, {"cache-control": "no-store"})
        here.remember(response, session=session)
        return response

    async def form(self, request: Request, here: Visit) -> Mapping[str, str]:
        """The fields of a form of this visit, all that templates ask for among them.

        Raises:
            FormRefused: FRONT-1, or it cannot be read.
        """
        fields = await read_form(request)
        if here.fresh or not same(fields.get("form_token", ""), here.form_token):
            raise FormRefused(403, STALE)
        if not same_origin(request):
            raise FormRefused(403, "This form was sent from another site: nothing was done.")
        return fields


def moment(seconds: float) -> str:
    """A time as the server's clock on the wall shows it."""
    return f"{datetime.fromtimestamp(seconds).astimezone():%d %b %Y, %H:%M %Z}"


def too_often(error: TooOften) -> str:
    """When to try again, in words."""
    minutes = int(error.seconds // 60) + 1
    unit = "minute" if minutes == 1 else "minutes"
    return f"Too many attempts. Try again in {minutes} {unit}; until then nothing is checked."
