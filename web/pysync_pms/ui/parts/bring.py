"""Bringing a hotel that this device kept alone to the server, in steps: look, upload, review,
switch on, try a second device.

Every step shows how it stands, as `pysync.joining` knows it. Until the fourth the hotel here stays
as it is; whoever goes back takes the step again. A section of the sync centre.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from pysync import Refused
from pysync.joining import Joining
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button
from pysync_pms.ui.components.surfaces import card, facts
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.bring_steps import State, bar, review, step, trouble_view
from pysync_pms.ui.parts.company import where
from pysync_pms.ui.parts.phrase import GAP, phrase
from pysync_pms.ui.ports import BringTools
from pysync_pms.ui.screen import Action
from pysync_pms.ui.told import told
from pysync_pms.ui.wire import UiEvent

__all__ = ["Bring"]


class Bring:
    """The card with the steps; nothing where the hotel is on the server, or there is none."""

    def __init__(self, hotel: Hotel, tools: BringTools | None) -> None:
        self.hotel = hotel
        self._tools = tools
        self._joining: Joining | None = None

    def view(self) -> Html | None:
        """The steps, as they stand."""
        if self._tools is None:
            return None
        joining = self._joining
        joined = joining is not None and joining.stage == "joined"
        busy = joining is not None and joining.stage == "switching"
        if self.hotel.space.status().relay != "none" and not (joined or busy):
            return None
        return card(
            tr("Bring this hotel to the server"),
            h.p("muted")[
                tr(
                    "It is kept on this device only. These steps bring it to the server, so that "
                    "other devices can work in it. Until you switch on it stays here as it is, and "
                    "you can leave at any step and go on later."
                )
            ],
            h.ol("steps")[
                self._look(joining),
                self._upload(joining),
                review(self.hotel, joining),
                self._switch(joining),
                self._second(joined=joined),
            ],
            card_id="bring",
        )

    def actions(self) -> Mapping[str, Action]:
        """What the buttons do."""
        return {
            "bring.look": self._doing(lambda joining: joining.look()),
            "bring.upload": self._doing(lambda joining: joining.upload()),
            "bring.stop": lambda _: self._steps().stop(),
            "bring.switch": self._doing(lambda joining: joining.switch_on()),
            "bring.mine": lambda event: self._settle(event, mine=True),
            "bring.theirs": lambda event: self._settle(event, mine=False),
        }

    # -- the steps --------------------------------------------------------------------------------

    def _look(self, joining: Joining | None) -> Html:
        compared = joining.comparison if joining is not None else None
        stage = joining.stage if joining is not None else "idle"
        trouble = trouble_view(joining, "idle")
        rows: list[tuple[str, Child]] = []
        number = self.hotel.app.formats.number
        if compared is not None:
            rows = [
                (tr("Here"), tr("{count} records", count=number(compared.here))),
                (
                    tr("On the server"),
                    tr("{count} records", count=number(compared.there))
                    if compared.there
                    else tr("nothing"),
                ),
                (tr("Only here, will be added"), number(compared.only_here)),
                (tr("Only there, stay"), number(compared.only_there)),
                (tr("In both, alike"), number(compared.same)),
                (tr("In both, not alike"), number(compared.differ)),
            ]
        state: State = "trouble" if trouble else "done" if compared else "now"
        sign_in = joining is not None and joining.trouble == "signed-out"
        return step(
            tr("Look at the server"),
            state,
            h.p("muted")[
                tr("Compares what is here with what the server has, and changes nothing.")
            ],
            trouble,
            rows and facts(rows),
            h.div("row wrap")[
                sign_in
                and button(tr("Sign in"), action="people.sign-in", kind="primary", small=True),
                stage in ("idle", "looked", "looking")
                and button(
                    tr("Look again") if rows or trouble else tr("Look"),
                    action="bring.look",
                    small=True,
                    kind="plain" if rows or sign_in else "primary",
                    reason=tr("It is being asked") if stage == "looking" else None,
                ),
            ],
        )

    def _upload(self, joining: Joining | None) -> Html:
        stage = joining.stage if joining is not None else "idle"
        sent = stage in ("uploaded", "switching", "joined")
        trouble = trouble_view(joining, "uploading")
        state: State = "done" if sent else "trouble" if trouble else "now"
        if stage in ("idle", "looking"):
            state = "later"
        return step(
            tr("Upload"),
            state,
            h.p("muted")[
                tr(
                    "Sends every change that was made here, with its history. What arrived is not "
                    "sent twice. You can go on working meanwhile."
                )
            ],
            trouble,
            joining is not None and stage == "uploading" and bar(self.hotel, joining),
            sent and h.p[tr("The server has confirmed everything.")],
            h.div("row wrap")[
                stage == "looked"
                and button(tr("Upload"), action="bring.upload", kind="primary", small=True),
                stage == "uploading" and button(tr("Stop"), action="bring.stop", small=True),
                stage == "uploaded"
                and button(tr("Start over"), action="bring.stop", small=True, kind="quiet"),
            ],
        )

    def _switch(self, joining: Joining | None) -> Html:
        stage = joining.stage if joining is not None else "idle"
        ready = stage in ("uploaded", "switching")
        trouble = trouble_view(joining, "uploaded")
        state: State = "done" if stage == "joined" else "now" if ready else "later"
        return step(
            tr("Switch on"),
            "trouble" if trouble else state,
            h.p("muted")[
                tr(
                    "From then on all tabs of this device exchange with the server, and what was "
                    "done here in the meantime is sent. Until then nothing here has changed."
                )
            ],
            trouble,
            h.div("row wrap")[
                ready
                and button(
                    tr("Switch on"),
                    action="bring.switch",
                    kind="primary",
                    small=True,
                    reason=tr("It is being switched on") if stage == "switching" else None,
                ),
                ready
                and button(
                    tr("Save a copy as a file first"),
                    action="settings.export",
                    small=True,
                    icon_name="download",
                ),
            ],
        )

    def _second(self, *, joined: bool) -> Html:
        assert self._tools is not None
        company = self.hotel.company
        others = where(company.faces(), company.more, between="; ")
        words = (
            tr("Seen: {others}", others=others) if others else tr("No other device is here yet.")
        )
        return step(
            tr("Try a second device"),
            "done" if joined and others else "now" if joined else "later",
            h.p("muted")[
                phrase(
                    tr(
                        "Open {address} on another device. It shows this hotel, and what you "
                        "change here.",
                        address=GAP,
                    ),
                    h.strong("anywhere")[self._tools.address],
                )
            ],
            joined and h.p(role="status")[words],
        )

    # -- doing ------------------------------------------------------------------------------------

    def _steps(self) -> Joining:
        if self._joining is None:
            assert self._tools is not None
            self._joining = self._tools.begin(self.hotel.space, self.hotel.app.refresh)
        return self._joining

    def _doing(self, do: Callable[[Joining], Awaitable[None]]) -> Action:
        async def go() -> None:
            await do(self._steps())

        return lambda _: self.hotel.spawn(go())

    def _settle(self, event: UiEvent, *, mine: bool) -> None:
        joining = self._steps()
        for each in joining.conflicts:
            if each.id == event.id and joining.courier is not None:
                value = (each.incoming if mine else each.there).value
                try:
                    joining.courier.settle({each.id: value})
                except Refused as error:
                    self.hotel.app.toast(
                        tr("Not kept: {message}", message=told(error.message)),
                        tone="danger",
                        seconds=0,
                    )
        self.hotel.app.refresh()
