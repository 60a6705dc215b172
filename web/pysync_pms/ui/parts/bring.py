"""Bringing a hotel that this device kept alone to the server, in steps: look, upload, review,
switch on, try a second device.

Every step shows how it stands, as `pysync.joining` knows it. Until the fourth the hotel here stays
as it is; whoever goes back takes the step again. A section of the sync centre.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal

from pysync import Refused
from pysync.joining import Joining
from pysync.model.conflict import Conflict
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tone, button, chip, link
from pysync_pms.ui.components.surfaces import card, facts
from pysync_pms.ui.deciding import of_people
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import plural
from pysync_pms.ui.parts.company import where
from pysync_pms.ui.parts.conflict_view import record_name
from pysync_pms.ui.parts.field_words import candidate_words, field_name
from pysync_pms.ui.ports import BringTools
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent

__all__ = ["Bring"]

LISTED: Final = 20
"""Conflicts that are listed; the others wait under Needs attention."""
State = Literal["done", "now", "later", "trouble"]
_LOOK: Final[Mapping[State, tuple[Tone, str]]] = {
    "done": ("ok", "done"),
    "now": ("live", "next"),
    "later": ("idle", ""),
    "trouble": ("act", "not yet"),
}
_TROUBLE: Final = {
    "unreachable": "The server does not answer, or keeps no hotels. What arrived there is not sent "
    "again; this device goes on by itself when the server is back, or take the step again.",
    "signed-out": "The server asks you to sign in first.",
    "not-saved": "The storage of this device did not take it. Nothing changed; try again.",
}


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
            "Bring this hotel to the server",
            h.p("muted")[
                "It is kept on this device only. These steps bring it to the server, so that other "
                "devices can work in it. Until you switch on it stays here as it is, and you can "
                "leave at any step and go on later."
            ],
            h.ol("steps")[
                self._look(joining),
                self._upload(joining),
                self._review(joining),
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
        trouble = self._trouble(joining, "idle")
        rows: list[tuple[str, Child]] = []
        if compared is not None:
            rows = [
                ("Here", f"{compared.here:,} records"),
                ("On the server", f"{compared.there:,} records" if compared.there else "nothing"),
                ("Only here, will be added", f"{compared.only_here:,}"),
                ("Only there, stay", f"{compared.only_there:,}"),
                ("In both, alike", f"{compared.same:,}"),
                ("In both, not alike", f"{compared.differ:,}"),
            ]
        state: State = "trouble" if trouble else "done" if compared else "now"
        sign_in = joining is not None and joining.trouble == "signed-out"
        return _step(
            "Look at the server",
            state,
            h.p("muted")["Compares what is here with what the server has, and changes nothing."],
            trouble,
            rows and facts(rows),
            h.div("row wrap")[
                sign_in and button("Sign in", action="people.sign-in", kind="primary", small=True),
                stage in ("idle", "looked", "looking")
                and button("Look again" if rows or trouble else "Look", action="bring.look",
                           small=True, kind="plain" if rows or sign_in else "primary",
                           reason="It is being asked" if stage == "looking" else None),
            ],
        )  # fmt: skip

    def _upload(self, joining: Joining | None) -> Html:
        stage = joining.stage if joining is not None else "idle"
        sent = stage in ("uploaded", "switching", "joined")
        trouble = self._trouble(joining, "uploading")
        state: State = "done" if sent else "trouble" if trouble else "now"
        if stage in ("idle", "looking"):
            state = "later"
        return _step(
            "Upload",
            state,
            h.p("muted")[
                "Sends every change that was made here, with its history. What arrived is not sent "
                "twice. You can go on working meanwhile."
            ],
            trouble,
            joining is not None and stage == "uploading" and self._bar(joining),
            sent and h.p["The server has confirmed everything."],
            h.div("row wrap")[
                stage == "looked"
                and button("Upload", action="bring.upload", kind="primary", small=True),
                stage == "uploading" and button("Stop", action="bring.stop", small=True),
                stage == "uploaded"
                and button("Start over", action="bring.stop", small=True, kind="quiet"),
            ],
        )

    def _bar(self, joining: Joining) -> Html:
        done, total = joining.progress
        words = f"{done:,} of {total:,}"
        return h.div("field")[
            h.label("field-label", for_="bring-bar")[f"Sending: {words}"],
            h.progress(id="bring-bar", max=str(total or 1), value=str(done))[words],
        ]

    def _review(self, joining: Joining | None) -> Html:
        stage = joining.stage if joining is not None else "idle"
        here = self.hotel.app.route.to("attention").href
        if joining is None or stage not in ("uploading", "uploaded"):
            joined = stage in ("switching", "joined")
            words = "Where this device and the server say different things, both are kept, and you "
            return _step("Review", "done" if joined else "later",
                         h.p("muted")[f"{words}choose, here or later."])  # fmt: skip
        open_ = of_people(joining.conflicts)
        refused = len(joining.refused)
        return _step(
            "Review",
            "now" if open_ else "done" if stage == "uploaded" else "later",
            h.p[
                f"{plural(len(open_), 'value')} on this device and on the server differ. Both are "
                "kept: choose now, or later under "
                if open_
                else "Nothing differs that you would have to choose. Anything that comes later "
                "waits under ",
                link("Needs attention", here),
                ".",
            ],
            bool(open_) and h.ul("list")[[self._conflict(each) for each in open_[:LISTED]]],
            len(open_) > LISTED and h.p("muted")[f"and {len(open_) - LISTED:,} more"],
            bool(refused)
            and h.p[
                f"{plural(refused, 'change')} a rule refuses there. The content is kept, under "
                "Needs attention once you have switched on."
            ],
        )

    def _conflict(self, each: Conflict) -> Html:
        mine, theirs = (
            candidate_words(self.hotel, each, side.value) or "empty"
            for side in (each.incoming, each.there)
        )
        name = field_name(each.register)
        return h.li("list-item", id=f"bring-{each.id}")[
            h.strong[f"{record_name(self.hotel, each.key, each.rid)}: {name}"],
            h.p("anywhere")["Here: ", h.strong[mine], " · on the server: ", h.strong[theirs]],
            h.div("row wrap", role="group", aria_label="Which one counts")[
                button("Keep this device's", action="bring.mine", small=True, data_id=each.id),
                button("Keep the server's", action="bring.theirs", small=True, data_id=each.id),
            ],
        ]

    def _switch(self, joining: Joining | None) -> Html:
        stage = joining.stage if joining is not None else "idle"
        ready = stage in ("uploaded", "switching")
        trouble = self._trouble(joining, "uploaded")
        state: State = "done" if stage == "joined" else "now" if ready else "later"
        return _step(
            "Switch on",
            "trouble" if trouble else state,
            h.p("muted")[
                "From then on all tabs of this device exchange with the server, and what was done "
                "here in the meantime is sent. Until then nothing here has changed."
            ],
            trouble,
            h.div("row wrap")[
                ready
                and button("Switch on", action="bring.switch", kind="primary", small=True,
                           reason="It is being switched on" if stage == "switching" else None),
                ready
                and button("Save a copy as a file first", action="settings.export", small=True,
                           icon_name="download"),
            ],
        )  # fmt: skip

    def _second(self, *, joined: bool) -> Html:
        assert self._tools is not None
        company = self.hotel.company
        others = where(company.faces(), company.more, between="; ")
        words = f"Seen: {others}" if others else "No other device is here yet."
        return _step(
            "Try a second device",
            "done" if joined and others else "now" if joined else "later",
            h.p("muted")["Open ", h.strong("anywhere")[self._tools.address],
                         " on another device. It shows this hotel, and what you change here."],
            joined and h.p(role="status")[words],
        )  # fmt: skip

    def _trouble(self, joining: Joining | None, stage: str) -> Html | None:
        if joining is None or joining.stage != stage or not joining.trouble:
            return None
        words = _TROUBLE.get(joining.trouble) or joining.reason
        return h.p("tone-act", role="status")[chip("Not yet", tone="act"), " ", words]

    # -- doing ------------------------------------------------------------------------------------

    def _steps(self) -> Joining:
        if self._joining is None:
            assert self._tools is not None
            self._joining = self._tools.begin(self.hotel.space, self.hotel.app.refresh)
        return self._joining

    def _doing(self, step: Callable[[Joining], Awaitable[None]]) -> Action:
        async def go() -> None:
            await step(self._steps())

        return lambda _: self.hotel.spawn(go())

    def _settle(self, event: UiEvent, *, mine: bool) -> None:
        joining = self._steps()
        for each in joining.conflicts:
            if each.id == event.id and joining.courier is not None:
                value = (each.incoming if mine else each.there).value
                try:
                    joining.courier.settle({each.id: value})
                except Refused as error:
                    self.hotel.app.toast(f"Not kept: {error.message}", tone="danger", seconds=0)
        self.hotel.app.refresh()


def _step(title: str, state: State, *children: Child) -> Html:
    tone, word = _LOOK[state]
    return h.li(f"step tone-{tone}", data_step=state)[
        h.div("step-head")[h.h3[title], word and chip(word, tone=tone)], children
    ]
