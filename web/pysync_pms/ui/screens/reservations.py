"""Reservations: find one among thousands, by name, state, dates, room type. Stands on `queries`.

What was found is remembered until the data or the filters move, so that scrolling costs only the
rows that come into view.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal

from pysync_pms.calendar import add_days, months, nights
from pysync_pms.queries import guest_name, open_stays, room_name, search_stays
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, clipped, link
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.components.surfaces import card, empty, page_head
from pysync_pms.ui.components.tables import Column, Row
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.language import grouped, tr
from pysync_pms.ui.parts.pending import stay_state
from pysync_pms.ui.parts.rooms import type_choices
from pysync_pms.ui.parts.words import STATUS_LABELS, money
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.told import told
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import HOLDING, OPEN, RESERVATIONS

__all__ = ["Reservations"]

FOUND: Final = 20_000
"""More than any hotel's name has: a bound, not a page."""
FORM: Final = "filter"
OPENS_WITH: Final = "open"
"""The state shown where the address names none: what is to come."""
_COMING: Final = frozenset((*OPEN, "open", "attention"))
"""States in which the nearest arrival comes first."""
_FILTERS: Final = ("q", "status", "from", "type", "room")


class Reservations(DeskScreen):
    """All reservations, drawn where one looks."""

    name = "reservations"
    label = tr("Reservations")

    def view(self, route: Route) -> Html:
        """Filters over the list."""
        found, status = self._matches(route.query), _status(route.query)
        return join(
            page_head(
                tr("Reservations"),
                actions=button(
                    tr("New reservation"), action="stay.new", kind="primary", icon_name="plus",
                    shortcut="n",
                ),
            ),
            self._filters(route),
            card(_title(status), self._table(found, route), flush=True, note=grouped(len(found))),
        )  # fmt: skip

    def actions(self) -> Mapping[str, Action]:
        """Filters live in the address."""
        return {**super().actions(), "stays.filter": self._filter}

    def _matches(self, query: Mapping[str, str]) -> list[Any]:
        asked = (self.hotel.today, *(query.get(name) for name in _FILTERS))
        return self.remembered(asked, lambda: self._matching(query))

    def _filter(self, event: UiEvent) -> None:
        name = event.target.removeprefix(f"{FORM}-")
        values = {name: event.value} if event.kind != "submit" else dict(event.values)
        if values.get("status") == OPENS_WITH:
            values["status"] = ""
        app = self.hotel.app
        app.go(app.route.with_query(**values).with_record(""), replace=True)

    def _filters(self, route: Route) -> Html:
        view = FormView(form_id=FORM, values={**route.query, "status": _status(route.query)})
        live: dict[str, Any] = {"data_change": "stays.filter"}
        states = [
            ("open", tr("Open")),
            ("all", tr("All")),
            *STATUS_LABELS.items(),
            ("attention", tr("Needs attention")),
        ]
        return h.form("filters", id=FORM, data_action="stays.filter")[
            view.text("q", tr("Guest's name"), kind="search", data_input="stays.filter"),
            view.choose("status", tr("State"), states, **live),
            view.date("from", tr("In the house on"), **live),
            view.choose(
                "type", tr("Room type"), type_choices(self.hotel.view), empty=tr("All"), **live
            ),
            view.choose(
                "room", tr("Room"), [("none", tr("Without a room"))], empty=tr("All"), **live
            ),
        ]

    def _matching(self, query: Mapping[str, str]) -> Iterator[Any]:
        """Filtered, by arrival, what is over the latest first; indexes first, the rest by
        looking."""
        status, on = _status(query), query.get("from")
        newest = status not in _COMING
        found = sorted(self._candidates(query), key=lambda s: (s["from"], s["id"]), reverse=newest)
        for stay in found:
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
        view, status = self.hotel.view, _status(query)
        if query.get("q", "").strip():
            named = [line.stay for line in search_stays(view, query["q"], FOUND)]
            if status != "open":
                return named
            known = {stay["id"] for stay in open_stays(view, self.hotel.today)}
            return [stay for stay in named if stay["id"] in known]
        if status in OPEN:
            return view.find(RESERVATIONS, "status", status)
        if status == "open":
            return open_stays(view, self.hotel.today)
        if status == "attention":
            return view.find(RESERVATIONS, "attention", "any")
        if query.get("from"):
            on = query["from"]
            return [s for m in months(on, add_days(on, 1)) for s in view.find(
                RESERVATIONS, "month", m)]  # fmt: skip
        return view.all(RESERVATIONS)

    def _table(self, stays: Sequence[Any], route: Route) -> Html:
        coming = _status(route.query) in _COMING
        return self.long_list(
            tr("Reservations"),
            _columns("ascending" if coming else "descending"),
            stays,
            self._row,
            prefix="stay",
            table_id="stays",
            when_empty=None if stays else self._nothing(route),
        )

    def _nothing(self, route: Route) -> Html:
        """Why the list is empty, and the way on."""
        if next(iter(self.hotel.view.all(RESERVATIONS)), None) is None:
            way = link(tr("Import bookings"), route.to("settings", section="import").href)
            return empty(
                tr("No reservations yet"),
                tr("Press n for a reservation, w for a walk-in, or import a file of bookings."),
                icon_name="notebook-tabs",
                actions=way,
            )
        wider = {"status": "all"}
        words = tr("Look in all states")
        if _status(route.query) == "all":
            wider |= dict.fromkeys((name for name in _FILTERS if name != "status"), "")
            words = tr("Show all reservations")
        return empty(
            tr("Nothing found"),
            tr("Change the filters, or press n for a new reservation."),
            icon_name="search",
            actions=link(words, route.with_query(**wider).href),
        )

    def _row(self, stay: Any) -> Row:
        formats, view = self.hotel.app.formats, self.hotel.view
        return self.record_row(
            "stay",
            RESERVATIONS,
            str(stay["id"]),
            [
                clipped(guest_name(view, stay)),
                formats.day(date.fromisoformat(stay["from"]), "medium"),
                formats.day(date.fromisoformat(stay["to"]), "medium"),
                str(nights(stay["from"], stay["to"])),
                told(room_name(view, stay.get("room"))),
                money(formats, stay.get("rate"), stay.get("currency") or self.hotel.currency),
                stay_state(self.hotel, stay),
            ],
        )


def _status(query: Mapping[str, str]) -> str:
    return query.get("status") or OPENS_WITH


def _title(status: str) -> str:
    more = {"open": tr("Expected and in house"), "all": tr("All reservations"),
            "attention": tr("Needs attention")}  # fmt: skip
    return more.get(status) or STATUS_LABELS.get(status, tr("Reservations"))


def _columns(order: Literal["ascending", "descending"]) -> Sequence[Column]:
    return (
        Column(label=tr("Guest")),
        Column(label=tr("Arrives"), sorted=order),
        Column(label=tr("Leaves"), priority=2),
        Column(label=tr("Nights"), numeric=True, priority=3),
        Column(label=tr("Room"), priority=2),
        Column(label=tr("Rate"), numeric=True, priority=3),
        Column(label=tr("State")),
    )
