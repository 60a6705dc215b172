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
    ("hotel", "Hotel"),
    ("rooms", "Rooms"),
    ("staff", "Staff"),
    ("charges", "Charges"),
    ("display", "Display"),
    ("import", "Import"),
    ("sync", "Sync"),
    ("tabs", "Tabs and storage"),
)
_DISPLAY: Final = {"locale": "Dates and numbers"}
_HOTEL_FIELDS: Final = ("name", "currency", "business_date", "check_in_time", "check_out_time")


class SettingsScreen(DeskScreen):
    """One section at a time, by `section` in the address."""

    name = "settings"
    label = "Settings"

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
        return join(page_head("Settings"), tabs("Sections", items, current=section), draw())

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
            "Hotel",
            form(
                HOTEL_FORM,
                "settings.save",
                h.div("grid-2")[
                    view.text("name", "Name", required=True),
                    view.text("currency", "Currency", hint="Three letters, such as EUR"),
                    view.date("business_date", "Business date",
                              hint="Empty: the calendar's. Set it to look at imported years."),
                    view.text("check_in_time", "Check-in from", kind="time"),
                    view.text("check_out_time", "Check-out until", kind="time"),
                    view.check("out_of_order_counts", "Out-of-order rooms count as available",
                               hint="In occupancy and RevPAR; the tiles say which."),
                ],
                footer=button("Save", type="submit", kind="primary"),
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
        columns = (Column(label="Number"), Column(label="Floor"), Column(label="Type"))
        kinds = [
            Row(row_id=f"type-{code}", cells=[name, self._count(code)])
            for code, name in type_choices(view)
        ]
        none = empty("None yet", "Begin with a room type, then add its rooms.",
                     icon_name="bed-double")  # fmt: skip
        return join(
            card(
                "Room types",
                table("Room types", (Column(label="Name"), Column(label="Rooms", numeric=True)),
                      kinds, table_id="types", when_empty=none),
                actions=button("New type", action="settings.new-type", small=True),
                flush=True,
            ),
            card(
                "Rooms",
                table("Rooms", columns, rows, table_id="rooms", when_empty=none),
                actions=button("New room", action="settings.new-room", small=True,
                               reason=None if names else "Add a room type first"),
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
        none = empty("Nobody yet", "Housekeepers added here can be given rooms on the board.",
                     icon_name="users")  # fmt: skip
        return card(
            "Staff",
            table("Staff", (Column(label="Name"), Column(label="Role")), rows, table_id="staff",
                  when_empty=none),
            actions=button("New", action="settings.new-staff", small=True),
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
        note = "The same in every tab of this device"
        return card("Display", h.div("form")[fields], note=note)

    def _tabs(self) -> Html:
        space = self.hotel.space
        status = space.status()
        now = status.last_sync
        rows = [
            Row(
                row_id=f"tab-{tab.id}",
                cells=[
                    h.span("row")[tab.id[:6], chip("this tab", tone="live") if tab.own else None],
                    self._since(tab.born),
                    "hidden" if tab.hidden else "visible",
                    chip("leads", tone="ok") if tab.leader else "",
                ],
            )
            for tab in space.tabs()
        ]
        columns = (
            Column(label="Tab"),
            Column(label="Open since"),
            Column(label="Shown", priority=2),
            Column(label="Role"),
        )
        pairs: list[tuple[str, Child]] = [
            ("Changes in the log", f"{status.seq:,}"),
            ("Not decided yet", str(status.pending)),
            ("Not saved yet", str(status.unsaved)),
            ("Last sync", self._since(now) if now else "not yet"),
            ("Messages dropped", str(space.tab.inbox.dropped)),
        ]
        problems = [
            h.li("list-item")[h.strong[label(problem.kind)], h.span("muted")[problem.detail]]
            for problem in space.problems[-10:][::-1]
        ]
        return join(
            card(
                "Open tabs",
                table("Open tabs", columns, rows, table_id="open-tabs"),
                actions=button("Make this tab the leader", action="settings.lead", small=True,
                               reason="It leads already" if status.is_leader else None),
                note=str(status.tabs),
                flush=True,
            ),
            card(
                "Storage",
                facts(pairs),
                button("Export the data as a file", action="settings.export",
                       icon_name="download"),
            ),
            card("Problems", h.ul("list")[problems], flush=True) if problems else None,
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
