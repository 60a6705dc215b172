"""The pages by which people come in: `/sign-in`, `/setup` and `/invitation`. Floor: `front`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pysync_server.origin import same_origin
from pysync_server.people.forms import (
    FormRefused,
    login_error,
    name_error,
    place_on_this_server,
)
from pysync_server.people.front import Front, too_often
from pysync_server.people.passwords import weakness
from pysync_server.people.people import NotSignedIn, TooOften
from pysync_server.people.records import LoginTaken, NameTaken
from pysync_server.people.visits import Visit

_WRONG = "The name or the password is not right, or this account is disabled."
_TAKEN = "Somebody here signs in with this already. Choose another."
_NAMED = "Somebody here has this name, and histories would not tell you apart. Add to it."


class Entrance:
    """The pages."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._people = front.people

    def routes(self) -> list[Route]:
        """For the application."""
        pages = (
            ("/sign-in", self.sign_in),
            ("/setup", self.set_up),
            ("/invitation", self.invitation),
        )
        both = ["GET", "POST"]
        routes = [Route(path, self._front.endpoint(page), methods=both) for path, page in pages]
        return [*routes, Route("/sign-out", self._front.endpoint(self.sign_out), methods=["POST"])]

    # -- signing in -------------------------------------------------------------------------------

    async def sign_in(self, request: Request, here: Visit) -> Response:
        """`/sign-in?next=<path>`."""
        if request.method != "POST":
            place = place_on_this_server(request.query_params.get("next", "/"))
            if here.session is not None:
                return self._front.go(here, place)
            return self._sign_in(here, {"next": place})
        fields = await self._front.form(request, here)
        login, password = fields.get("login", "").strip(), fields.get("password", "")
        errors = {
            "login": "" if login else "Enter your e-mail address or user name.",
            "password": "" if password else "Enter your password.",
        }
        values = {"login": login, "next": place_on_this_server(fields.get("next", "/"))}
        if any(errors.values()):
            return self._sign_in(here, values, 422, errors=errors)
        try:
            secret = await self._people.sign_in(login, password, here.visitor)
        except NotSignedIn:
            return self._sign_in(here, values, 422, problem=_WRONG)
        except TooOften as error:
            response = self._sign_in(here, values, 429, problem=too_often(error))
            response.headers["retry-after"] = str(int(error.seconds) + 1)
            return response
        return self._front.go(here, values["next"], session=secret)

    async def sign_out(self, request: Request, here: Visit) -> Response:
        """`POST /sign-out`, for a page that asks before it leaves: ends this device's session. Who
        is not signed in is answered alike."""
        if not same_origin(request):
            raise FormRefused(403, "This was sent from another site: nothing was done.")
        if here.session is not None:
            await self._people.sign_out(here.session, here.session.id, here.visitor)
        response = Response(status_code=204, headers={"cache-control": "no-store"})
        here.remember(response, session="")
        return response

    def _sign_in(
        self,
        here: Visit,
        values: Mapping[str, str],
        status: int = 200,
        *,
        errors: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> Response:
        return self._front.page(
            here,
            "sign-in.html",
            status=status,
            values=values,
            errors=errors or {},
            problem=problem,
            nobody=bool(self._people.setup_secret),
        )

    # -- new accounts -----------------------------------------------------------------------------

    async def set_up(self, request: Request, here: Visit) -> Response:
        """`/setup?token=<secret>`: the owner's account, by the link of the first start."""

        async def found(token: str) -> dict[str, str] | None:
            return {"role": "owner", "name": ""} if self._people.is_setup(token) else None

        return await self._new_account(request, here, found, self._people.set_up)

    async def invitation(self, request: Request, here: Visit) -> Response:
        """`/invitation?token=<secret>`: the account of somebody who was invited."""

        async def found(token: str) -> dict[str, str] | None:
            invitation = await self._people.invitation(token)
            return {"role": invitation.role, "name": invitation.name} if invitation else None

        return await self._new_account(request, here, found, self._people.join)

    async def _new_account(
        self,
        request: Request,
        here: Visit,
        found: Callable[[str], Awaitable[dict[str, str] | None]],
        make: Callable[..., Awaitable[bool]],
    ) -> Response:
        """Both are one form: it makes an account by a link that is good once, and signs in."""
        fields: Mapping[str, str] = {}
        if request.method == "POST":
            fields = await self._front.form(request, here)
        token = (fields or request.query_params).get("token", "")
        link = await found(token)
        if link is None:
            return self._front.page(here, "link-over.html", status=410, path=request.url.path)

        def page(status: int, values: Mapping[str, str], errors: Mapping[str, str]) -> Response:
            return self._front.page(
                here,
                "new-account.html",
                status=status,
                values=values,
                errors=errors,
                path=request.url.path,
                secret=token,
                role=link["role"],
            )

        if not fields:
            return page(200, {"login": "", **link}, {})
        values = {"name": fields.get("name", "").strip(), "login": fields.get("login", "").strip()}
        password = fields.get("password", "")
        errors = {
            "name": name_error(values["name"]),
            "login": login_error(values["login"]),
            "password": weakness(password, values["name"], values["login"]),
        }
        if not any(errors.values()):
            try:
                made = await make(token, **values, password=password, visitor=here.visitor)
            except LoginTaken:
                errors["login"] = _TAKEN
            except NameTaken:
                errors["name"] = _NAMED
            else:
                if not made:
                    return self._front.page(
                        here, "link-over.html", status=410, path=request.url.path
                    )
                return await self._begin(here, values["login"], password)
        return page(422, values, errors)

    async def _begin(self, here: Visit, login: str, password: str) -> Response:
        """Sign in with an account that was just made."""
        try:
            secret = await self._people.sign_in(login, password, here.visitor)
        except (NotSignedIn, TooOften):
            return self._front.go(here, "/sign-in")
        return self._front.go(here, "/", session=secret)
