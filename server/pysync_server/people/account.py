"""The page `/account`: the person's devices and password, and, for those who manage, the people of
the hotel, invitations to it and what happened. Floor: `front`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pysync_server.people.forms import FormRefused, name_error
from pysync_server.people.front import Front, too_often
from pysync_server.people.passwords import weakness
from pysync_server.people.people import NotSignedIn, TooOften
from pysync_server.people.records import Session
from pysync_server.people.roles import OWNER, ROLES, managed_by
from pysync_server.people.visits import Visit

TRAIL: Final = 100
"""Rows of the trail that the owner sees."""
MOST_NEWS: Final = 1_000

Act = Callable[["AccountPage", Request, Visit, Session, Mapping[str, str]], Awaitable[Response]]


class AccountPage:
    """The page, and what its forms do: each ends in a redirect, or the page with what is wrong."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._people = front.people
        self._news: OrderedDict[str, tuple[str, str]] = OrderedDict()
        """By session: a sentence, and a link, that the page shows next, once."""

    def routes(self) -> list[Route]:
        """For the application."""
        return [Route("/account", self._front.endpoint(self.account), methods=["GET", "POST"])]

    async def account(self, request: Request, here: Visit) -> Response:
        """`/account`; what a form does is its field `do`."""
        if here.session is None:
            return self._front.go(here, "/sign-in?next=/account")
        if request.method != "POST":
            return await self._page(here, here.session)
        fields = await self._front.form(request, here)
        act = _ACTS.get(fields.get("do", ""))
        if act is None:
            raise FormRefused(400, "There is no such form here. Load the page again.")
        return await act(self, request, here, here.session, fields)

    async def _page(
        self,
        here: Visit,
        session: Session,
        status: int = 200,
        *,
        errors: Mapping[str, str] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> Response:
        managed = managed_by(session.role)
        devices = self._people.sessions.of(session.account)
        news, link = self._news.pop(session.id, ("", ""))
        return self._front.page(
            here,
            "account.html",
            status=status,
            errors=errors or {},
            values=values or {},
            news=news,
            link=link,
            devices=sorted(devices, key=lambda device: device.id != session.id),
            is_live=self._people.sessions.is_live,
            managed=managed,
            accounts=await self._people.accounts() if managed else [],
            invitations=await self._people.invitations() if managed else [],
            rights=self._front.rights,
            trail=await self._people.trail(TRAIL) if session.role == OWNER else [],
        )

    def _done(self, here: Visit, session: Session, news: str, link: str = "") -> Response:
        self._news[session.id] = (news, link)
        while len(self._news) > MOST_NEWS:
            self._news.popitem(last=False)
        return self._front.go(here, "/account")

    async def sign_out(
        self, _request: Request, here: Visit, session: Session, fields: Mapping[str, str]
    ) -> Response:
        """Sign out one of the own devices: this one, or another."""
        device = fields.get("device", "")
        await self._people.sign_out(session, device, here.visitor)
        if device == session.id:
            return self._front.go(here, "/sign-in", session="")
        return self._done(here, session, "The device was signed out.")

    async def change_password(
        self, _request: Request, here: Visit, session: Session, fields: Mapping[str, str]
    ) -> Response:
        """Change the own password."""
        old, new = fields.get("old", ""), fields.get("new", "")
        errors = {
            "old": "" if old else "Enter your password of today.",
            "new": weakness(new, session.person, session.login),
        }
        if not any(errors.values()):
            try:
                await self._people.change_password(session, old=old, new=new, visitor=here.visitor)
            except NotSignedIn:
                errors["old"] = "This is not your password."
            except TooOften as error:
                return await self._page(here, session, 429, errors={"old": too_often(error)})
            else:
                news = "Your password was changed. Your other devices were signed out."
                return self._done(here, session, news)
        return await self._page(here, session, 422, errors=errors)

    async def invite(
        self, request: Request, here: Visit, session: Session, fields: Mapping[str, str]
    ) -> Response:
        """Make a link for somebody new."""
        name, role = fields.get("name", "").strip(), fields.get("role", "")
        errors = {"name": name_error(name)}
        if role not in managed_by(session.role):
            errors["role"] = "Choose one of these roles."
        if any(errors.values()):
            return await self._page(
                here, session, 422, errors=errors, values={"name": name, "role": role}
            )
        secret = await self._people.invite(session, name, role, here.visitor)
        link = f"{request.base_url}invitation?{urlencode({'token': secret})}"
        news = f"Send this link to {name}. It works once, within 7 days, and is not shown again."
        return self._done(here, session, news, link)

    async def withdraw(
        self, _request: Request, here: Visit, session: Session, fields: Mapping[str, str]
    ) -> Response:
        """Make an invitation void."""
        for invitation in await self._people.invitations():
            if invitation.id == fields.get("invitation"):
                await self._people.withdraw(session, invitation, here.visitor)
        return self._done(here, session, "The invitation is void.")

    async def set_role(
        self, _request: Request, here: Visit, session: Session, fields: Mapping[str, str]
    ) -> Response:
        """Give an account another role."""
        role = fields.get("role", "")
        for account in await self._people.accounts():
            if account.id == fields.get("account") and await self._people.set_role(
                session, account, role, here.visitor
            ):
                news = f"{account.name} is {ROLES[role]} now, on every device."
                return self._done(here, session, news)
        raise FormRefused(403, "Your role does not manage this account, or not that role.")

    async def disable(
        self, _request: Request, here: Visit, session: Session, fields: Mapping[str, str]
    ) -> Response:
        """Disable an account, or enable it again."""
        disabled = fields["do"] == "disable"
        for account in await self._people.accounts():
            if account.id == fields.get("account") and await self._people.set_disabled(
                session, account, disabled, here.visitor
            ):
                done = "was disabled and signed out everywhere" if disabled else "was enabled"
                return self._done(here, session, f"{account.name} {done}.")
        raise FormRefused(403, "Your role does not manage this account.")


_ACTS: Final[dict[str, Act]] = {
    "sign-out": AccountPage.sign_out,
    "change-password": AccountPage.change_password,
    "invite": AccountPage.invite,
    "withdraw": AccountPage.withdraw,
    "set-role": AccountPage.set_role,
    "disable": AccountPage.disable,
    "enable": AccountPage.disable,
}
