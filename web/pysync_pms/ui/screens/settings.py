"""Settings: the hotel, its rooms, people and charges, how it looks, imports, tabs of this device.

Stands on `commands.setup`, `importer`, the space.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pysync.first_state import export_first_state
from pysync_pms.commands import (
    HOTEL,
    SetSettings,
)
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tab, button, chip, segmented, tabs
from pysync_pms.ui.components.forms import FormView, form
from pysync_pms.ui.components.surfaces import card, empty, facts, page_head
from pysync_pms.ui.components.tables import Column, Row, table
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import grouped, tr
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.charges import Charges
from pysync_pms.ui.parts.importer import Importer
from pysync_pms.ui.parts.reservation import Desk
from pysync_pms.ui.parts.rooms import type_choices
from pysync_pms.ui.parts.setup_questions import new_room, new_staff, new_type
from pysync_pms.ui.parts.sync_centre import SyncCentre
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.ports import BringTools
from pysync_pms.ui.preferences import CHOICES, DISPLAY
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import ROOMS, STAFF

__all__ = ["SettingsScreen"]

HOTEL_FORM: Final = "hotel-settings"
SECTIONS: Final = (
    ("hotel", tr("Hotel")),
    ("rooms", tr("Rooms")),
    ("staff", tr("Staff")),
    ("charges", tr("Charges")),
    ("display", tr("Display")),
    ("import", tr("Import")),
    ("sync", tr("Sync")),
    ("tabs", tr("Tabs and storage")),
)
_DISPLAY: Final = {"locale": tr("Language, dates and numbers")}
_HOTEL_FIELDS: Final = ("name", "currency", "business_date", "check_in_time", "check_out_time")


class SettingsScreen(DeskScreen):
    """One section at a time, by `section` in the address."""

    name = "settings"
    label = tr("Settings")

    def __init__(
        self,
        hotel: Hotel,
        desk: Desk,
        asker: Asker,
        importer: Importer,
        bring: BringTools | None,
    ) -> None:
        super().__init__(hotel, desk, asker)
        self.importer = importer
        self.charges = Charges(hotel, asker)
        self.sync = SyncCentre(hotel, bring)

    def view(self, route: Route) -> Html:
        """The chosen section."""
        section = route.query.get("section", "hotel")
        items = [
            Tab(name=name, label=words, href=route.with_query(section=name).href)
            for name, words in SECTIONS
        ]
        draw = {
            "rooms": self._rooms,
            "staff": self._staff,
            "charges": self.charges.view,
            "display": self._display,
            "import": self.importer.view,
            "sync": self.sync.view,
            "tabs": self._tabs,
        }.get(section, self._hotel)
        return join(page_head(tr("Settings")), tabs(tr("Sections"), items, current=section), draw())

    def drawer(self, route: Route) -> Html | None:
        """Nothing stands beside settings."""
        return None

    def shows_status(self, route: Route) -> bool:
        """Where the open tabs are listed."""
        return route.query.get("section") in ("tabs", "sync")

    def actions(self) -> Mapping[str, Action]:
        """What the sections do."""
        return {
            "settings.save": self._save,
            "settings.new-type": lambda _: self.asker.ask(new_type(self.hotel)),
            "settings.new-room": lambda _: self.asker.ask(new_room(self.hotel)),
            "settings.new-staff": lambda _: self.asker.ask(new_staff(self.hotel)),
            "settings.lead": lambda _: self.hotel.space.force_leader(),
            "settings.export": self._export,
            **{f"prefer.{name}": self._preferring(name) for name in CHOICES},
            **self.charges.actions(),
            **self.importer.actions(),
            **self.sync.actions(),
        }

    def shortcuts(self) -> Sequence[Shortcut]:
        """None of its own."""
        return ()

    # -- sections ---------------------------------------------------------------------------------

    def _hotel(self) -> Html:
        now = self.hotel.settings
        view = FormView(
            form_id=HOTEL_FORM,
            values={
                name: str(now.get(name) or "") for name in (*_HOTEL_FIELDS, "out_of_order_counts")
            },
        )
        return card(
            tr("Hotel"),
            form(
                HOTEL_FORM,
                "settings.save",
                h.div("grid-2")[
                    view.text("name", tr("Name"), required=True),
                    view.text("currency", tr("Currency"), hint=tr("Three letters, such as EUR")),
                    view.date("business_date", tr("Business date"),
                              hint=tr("Empty: the calendar's. Set it to look at imported years.")),
                    view.text("check_in_time", tr("Check-in from"), kind="time"),
                    view.text("check_out_time", tr("Check-out until"), kind="time"),
                    view.check("out_of_order_counts", tr("Out-of-order rooms count as available"),
                               hint=tr("In occupancy and RevPAR; the tiles say which.")),
                ],
                footer=button(tr("Save"), type="submit", kind="primary"),
                data_draft="hotel",
            ),
        )  # fmt: skip

    def _rooms(self) -> Html:
        view = self.hotel.view
        rooms = sorted(view.all(ROOMS), key=lambda room: str(room.get("number")))
        names = dict(type_choices(view))
        rows = [
            Row(
                row_id=f"room-{room['id']}",
                cells=[
                    str(room.get("number")),
                    room.get("floor"),
                    names.get(str(room.get("room_type")), ""),
                ],
            )
            for room in rooms
        ]
        columns = (Column(label=tr("Number")), Column(label=tr("Floor")), Column(label=tr("Type")))
        kinds = [
            Row(row_id=f"type-{code}", cells=[name, self._count(code)])
            for code, name in type_choices(view)
        ]
        none = empty(tr("None yet"), tr("Begin with a room type, then add its rooms."),
                     icon_name="bed-double")  # fmt: skip
        return join(
            card(
                tr("Room types"),
                table(tr("Room types"), (Column(label=tr("Name")),
                                         Column(label=tr("Rooms"), numeric=True)),
                      kinds, table_id="types", when_empty=none),
                actions=button(tr("New type"), action="settings.new-type", small=True),
                flush=True,
            ),
            card(
                tr("Rooms"),
                table(tr("Rooms"), columns, rows, table_id="rooms", when_empty=none),
                actions=button(tr("New room"), action="settings.new-room", small=True,
                               reason=None if names else tr("Add a room type first")),
                note=str(len(rooms)),
                flush=True,
            ),
        )  # fmt: skip

    def _count(self, room_type: str) -> str:
        return str(len(self.hotel.view.find(ROOMS, "room_type", room_type)))

    def _staff(self) -> Html:
        people = sorted(self.hotel.view.all(STAFF), key=lambda person: str(person.get("name")))
        rows = [
            Row(row_id=f"staff-{p['id']}", cells=[p.get("name"), label(p.get("role"))])
            for p in people
        ]
        none = empty(
            tr("Nobody yet"),
            tr("Housekeepers added here can be given rooms on the board."),
            icon_name="users",
        )
        return card(
            tr("Staff"),
            table(tr("Staff"), (Column(label=tr("Name")), Column(label=tr("Role"))), rows,
                  table_id="staff", when_empty=none),
            actions=button(tr("New"), action="settings.new-staff", small=True),
            flush=True,
        )  # fmt: skip

    def _display(self) -> Html:
        now = self.hotel.app.preferences
        fields = []
        for name in DISPLAY:
            choices = CHOICES[name]
            words = _DISPLAY.get(name) or label(name)
            chosen = getattr(now, name)
            control = segmented(
                f"pref-{name}", words, choices, value=chosen, action=f"prefer.{name}"
            )
            fields.append(h.div("field")[h.span("field-label")[words], h.div[control]])
        note = tr("The same in every tab of this device")
        return card(tr("Display"), h.div("form")[fields], note=note)

    def _tabs(self) -> Html:
        space = self.hotel.space
        status = space.status()
        now = status.last_sync
        rows = [
            Row(
                row_id=f"tab-{tab.id}",
                cells=[
                    h.span("row")[tab.id[:6], tab.own and chip(tr("this tab"), tone="live")],
                    self._since(tab.born),
                    tr("hidden") if tab.hidden else tr("visible"),
                    chip(tr("leads"), tone="ok") if tab.leader else "",
                ],
            )
            for tab in space.tabs()
        ]
        columns = (
            Column(label=tr("Tab")),
            Column(label=tr("Open since")),
            Column(label=tr("Shown"), priority=2),
            Column(label=tr("Role")),
        )
        pairs: list[tuple[str, Child]] = [
            (tr("Changes in the log"), grouped(status.seq)),
            (tr("Not decided yet"), str(status.pending)),
            (tr("Not saved yet"), str(status.unsaved)),
            (tr("Last sync"), self._since(now) if now else tr("not yet")),
            (tr("Messages dropped"), str(space.tab.inbox.dropped)),
        ]
        problems = [
            h.li("list-item")[h.strong[label(problem.kind)], h.span("muted")[problem.detail]]
            for problem in space.problems[-10:][::-1]
        ]
        return join(
            card(
                tr("Open tabs"),
                table(tr("Open tabs"), columns, rows, table_id="open-tabs"),
                actions=button(tr("Make this tab the leader"), action="settings.lead", small=True,
                               reason=tr("It leads already") if status.is_leader else None),
                note=str(status.tabs),
                flush=True,
            ),
            card(
                tr("Storage"),
                facts(pairs),
                button(tr("Export the data as a file"), action="settings.export",
                       icon_name="download"),
            ),
            card(tr("Problems"), h.ul("list")[problems], flush=True) if problems else None,
        )  # fmt: skip

    def _since(self, wall: int) -> str:
        return self.hotel.app.formats.moment(wall, seconds=True)

    # -- doing ------------------------------------------------------------------------------------

    def _save(self, event: UiEvent) -> None:
        given: dict[str, Any] = {
            name: event.values.get(name, "").strip() or None for name in _HOTEL_FIELDS
        }
        given["out_of_order_counts"] = event.values.get("out_of_order_counts") == "on" or None
        now = self.hotel.settings
        changes = {k: v for k, v in given.items() if v != (now.get(k) or None)}
        if not changes or self.hotel.perform(SetSettings(id=HOTEL, changes=changes)) is not None:
            self.hotel.app.settle(HOTEL_FORM)

    def _preferring(self, name: str) -> Action:
        return lambda event: self.hotel.app.prefer(name, event.value)

    def _export(self, _: UiEvent) -> None:
        space = self.hotel.space
        self.hotel.app.download(f"{space.name}.json", "application/json", export_first_state(space))
