"""Signing out: this device forgets the hotels of the server, unless changes wait here for it.

The dialog says what stands before it happens. What has not reached the server is not thrown away:
then the session can be ended and everything stays here, until somebody signs in again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final, Literal, NamedTuple

from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button
from pysync_pms.ui.components.surfaces import banner, dialog
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.screen import Action

__all__ = ["Leaving", "LeavingTools"]

DIALOG = "sign-out"
_ALL: Final = tr("Nothing is lost: the server has it all.")
_UNKNOWN: Final = tr(
    "It is not known yet whether the server has every picture: wait a moment and try again, or "
    "sign out and leave everything on this device."
)
_LAST: Final = tr("The server has it all, but cannot read what is end-to-end encrypted.")
_BY_CODE: Final = tr(
    "This is the only device with access to the guests' documents. Once it is signed out they can "
    "be read with the recovery code only: have it at hand."
)
_BY_NOBODY: Final = tr(
    "This is the only device with access to the guests' documents. Once it is signed out nobody "
    "can read them: there is no recovery code."
)


class LeavingTools(NamedTuple):
    """What the page gives. `waiting` counts, by space, what other hotels of this device have not
    sent; `pictures` names those of this hotel that wait in this device's storage, None if that does
    not answer; `end` ends the session at the server, False if it did not answer; `forget` removes
    the hotels of the server from this device and `leave` only goes, in every tab."""

    waiting: Callable[[], Awaitable[Mapping[str, int]]]
    pictures: Callable[[], Awaitable[Collection[str] | None]]
    end: Callable[[], Awaitable[bool]]
    forget: Callable[[], Awaitable[None]]
    leave: Callable[[], None]


class Leaving:
    """The dialog, and what its buttons do."""

    def __init__(self, hotel: Hotel, tools: LeavingTools) -> None:
        self._hotel = hotel
        self._tools = tools
        self._state: Literal["looking", "asking", "ending", "unreachable"] = "looking"
        self._elsewhere: Mapping[str, int] = {}
        self._shelf: Collection[str] | None = None

    def actions(self) -> Mapping[str, Action]:
        """They hold on every screen."""
        return {
            "people.sign-out": lambda _: self._open(),
            "leaving.forget": lambda _: self._hotel.spawn(self._end(forget=True)),
            "leaving.keep": lambda _: self._hotel.spawn(self._end(forget=False)),
        }

    # -- inside -----------------------------------------------------------------------------------

    def _open(self) -> None:
        self._state, self._elsewhere, self._shelf = "looking", {}, None
        self._hotel.app.open_dialog(DIALOG, self._view)
        self._hotel.spawn(self._look())

    async def _look(self) -> None:
        found = dict(await self._tools.waiting())
        self._shelf = await self._tools.pictures()
        found.pop(self._hotel.space.name, None)
        self._elsewhere = {name: count for name, count in found.items() if count}
        self._be("asking")

    async def _end(self, *, forget: bool) -> None:
        if self._state not in ("asking", "unreachable"):
            return
        self._be("ending")
        if forget:
            self._shelf = await self._tools.pictures()
        if forget and (self._waits() or not self._knows()):
            self._be("asking")
        elif not await self._tools.end():
            self._be("unreachable")
        elif forget:
            await self._tools.forget()
        else:
            self._tools.leave()

    def _be(self, state: Literal["asking", "ending", "unreachable"]) -> None:
        self._state = state
        self._hotel.app.refresh()

    def _waits(self) -> int:
        """Changes here that the server does not have, as of now: those that it refused as well."""
        space = self._hotel.space
        now, elsewhere = space.status(), sum(self._elsewhere.values())
        unsent = now.pending + now.unsaved + len(space.dead_letters)
        return unsent + elsewhere + self._hotel.pictures.unsent(self._shelf or ())

    def _knows(self) -> bool:
        """Whether it can be told which pictures wait."""
        return self._hotel.pictures.usable and self._shelf is not None

    def _last(self) -> str | None:
        """What signing out costs of what is sealed; None if another device has access, too."""
        vault = self._hotel.sealed.vault
        if vault is None or vault.state != "ready":
            return None
        if any(each.inside and not each.own for each in vault.devices):
            return None
        return _BY_CODE if vault.has_recovery else _BY_NOBODY

    def _view(self) -> Html:
        waits = self._waits()
        busy = {"looking": tr("It is being looked"), "ending": tr("Signing out")}.get(self._state)
        return dialog(
            DIALOG,
            tr("Sign out"),
            self._told(waits),
            self._state == "unreachable"
            and banner(tr("The server does not answer: you are still signed in."), tone="act"),
            footer=[
                button(tr("Stay signed in"), action="ui.close", data_dialog=DIALOG, kind="quiet"),
                button(tr("Sign out, keep them here"), action="leaving.keep", reason=busy)
                if waits or (self._state != "looking" and not self._knows())
                else button(tr("Sign out"), action="leaving.forget", kind="primary", reason=busy),
            ],
        )

    def _told(self, waits: int) -> Child:
        if self._state == "looking":
            return h.p("muted")[tr("It is being looked")]
        if not waits and not self._knows():
            return h.p[_UNKNOWN]
        if not waits:
            last = self._last()
            return [
                h.p[
                    tr(
                        "What this device holds of the server's hotels is removed from it, in "
                        "every tab."
                    ),
                    " ",
                    _LAST if last else _ALL,
                ],
                last and banner(last, tone="act"),
            ]
        elsewhere = ", ".join(name.replace("-", " ").title() for name in self._elsewhere)
        return [
            h.p[
                plural(
                    waits,
                    "change made here is not at the server: not sent yet, or refused",
                    "changes made here are not at the server: not sent yet, or refused",
                ),
                elsewhere and [" ", tr("(also in {hotels})", hotels=elsewhere)],
                ".",
            ],
            h.p("muted")[
                tr(
                    "Wait until they are sent and see to what was refused, or sign out and leave "
                    "everything on this device: it goes on when you sign in here again. Until then "
                    "whoever uses this device can open the hotel on it."
                )
            ],
        ]
