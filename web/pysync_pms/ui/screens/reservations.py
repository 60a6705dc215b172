"""Reservations: find one among thousands, by name, state, dates, room type. Stands on `queries`.

What was found is remembered until the data or the filters move, so that scrolling costs only the
rows that come into view.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from pysync_pms.calendar import add_days, months, nights
from pysync_pms.queries import guest_name, room_name, search_stays
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.components.surfaces import card, empty, page_head
from pysync_pms.ui.components.tables import Column, Row, long_table
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.parts.rooms import type_choices
from pysync_pms.ui.parts.words import STATUS_LABELS, money, status_chip
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import HOLDING, OPEN, RESERVATIONS

__all__ = ["Reservations"]

FOUND: Final = 20_000
"""More than any hotel's name has: a bound, not a page."""
FORM: Final = "filter"
_COLUMNS: Final = (
    Column(label="Guest"),
    Column(label="Arrives"),
    Column(label="Leaves", priority=2),
    Column(label="Nights", numeric=True, priority=3),
    Column(label="Room", priority=2),
    Column(label="Rate", numeric=True, priority=3),
    Column(label="State"),
)
_FILTERS: Final = ("q", "status", "from", "type", "room")


class Reservations(DeskScreen):
    """All reservations, drawn where one looks."""

    name = "reservations"
    label = "Reservations"

    def view(self, route: Route) -> Html:
        """Filters over the list."""
        found = self._matches(route.query)
        return join(
            page_head(
                "Reservations",
                note=f"{len(found):,} found",
                actions=button(
                    "New reservation", action="stay.new", kind="primary", icon_name="plus",
                    shortcut="n",
                ),
            ),
            self._filters(route),
            card("List", self._table(found), flush=True),
        )  # fmt: skip

    def actions(self) -> Mapping[str, Action]:
        """Filters live in the address."""
        return {"stays.filter": self._filter, "stays.window": self.scrolled}

    def _matches(self, query: Mapping[str, str]) -> list[Any]:
        asked = tuple(query.get(name) for name in _FILTERS)
        return self.remembered(asked, lambda: self._matching(query))

    def _filter(self, event: UiEvent) -> None:
        name = event.target.removeprefix(f"{FORM}-")
        values = {name: event.value} if event.kind != "submit" else dict(event.values)
        app = self.hotel.app
        app.go(app.route.with_query(**values).with_record(""), replace=True)

    def _filters(self, route: Route) -> Html:
        view = FormView(form_id=FORM, values=dict(route.query))
        live: dict[str, Any] = {"data_change": "stays.filter"}
        states = [("open", "Open"), *STATUS_LABELS.items(), ("attention", "Needs attention")]
        return h.form("filters", id=FORM, data_action="stays.filter")[
            view.text("q", "Guest's name", kind="search", data_input="stays.filter"),
            view.choose("status", "State", states, empty="All", **live),
            view.date("from", "In the house on", **live),
            view.choose("type", "Room type", type_choices(self.hotel.view), empty="All", **live),
            view.choose("room", "Room", [("none", "Without a room")], empty="All", **live),
        ]

    def _matching(self, query: Mapping[str, str]) -> Iterator[Any]:
        """Filtered, by arrival; indexes first, the rest by looking."""
        status, on = query.get("status"), query.get("from")
        for stay in sorted(self._candidates(query), key=lambda s: (s["from"], s["id"])):
            if status == "open" and stay["status"] not in OPEN:
                continue
            if status == "attention" and not stay.get("attention"):
                continue
            if status in STATUS_LABELS and stay["status"] != status:
                continue
            if on and not (stay["from"] <= on < stay["to"] and stay["status"] in HOLDING):
                continue
            if query.get("type") and stay.get("room_type") != query["type"]:
                continue
            if query.get("room") == "none" and stay.get("room"):
                continue
            yield stay

    def _candidates(self, query: Mapping[str, str]) -> Iterable[Any]:
        view = self.hotel.view
        if len(query.get("q", "").strip()) >= 2:
            return [line.stay for line in search_stays(view, query["q"], FOUND)]
        if query.get("status") in OPEN:
            return view.find(RESERVATIONS, "status", query["status"])
        if query.get("status") == "open":
            return [s for code in OPEN for s in view.find(RESERVATIONS, "status", code)]
        if query.get("status") == "attention":
            return view.find(RESERVATIONS, "attention", "any")
        if query.get("from"):
            on = query["from"]
            return [s for m in months(on, add_days(on, 1)) for s in view.find(
                RESERVATIONS, "month", m)]  # fmt: skip
        return view.all(RESERVATIONS)

    def _table(self, stays: Sequence[Any]) -> Html:
        none = empty("Nothing found", "Change the filters, or press n for a new reservation.",
                     icon_name="search")  # fmt: skip
        return long_table(
            "Reservations",
            _COLUMNS,
            [f"stay-{stay['id']}" for stay in stays],
            lambda at: self._row(stays[at]),
            window=self.window,
            action="stays.window",
            table_id="stays",
            when_empty=none,
        )

    def _row(self, stay: Any) -> Row:
        formats, view = self.hotel.app.formats, self.hotel.view
        return Row(
            row_id=f"stay-{stay['id']}",
            cells=[
                h.span("clip", title=guest_name(view, stay))[guest_name(view, stay)],
                formats.day(date.fromisoformat(stay["from"]), "medium"),
                formats.day(date.fromisoformat(stay["to"]), "medium"),
                str(nights(stay["from"], stay["to"])),
                room_name(view, stay.get("room")),
                money(formats, stay.get("rate"), stay.get("currency") or self.hotel.currency),
                status_chip(stay, self.hotel.today),
            ],
            action="stay.open",
            key=str(stay["id"]),
            ref=f"{RESERVATIONS}/{stay['id']}",
            selected=self.hotel.app.route.record == stay["id"],
        )
