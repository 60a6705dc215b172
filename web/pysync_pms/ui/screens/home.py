"""Home, the sign-post of the day: who comes, who leaves, who is in the house.

A shift of check-ins needs no mouse: arrows walk the rows, `c` checks in, `o` checks out, Enter
opens the reservation. Stands on `queries`, `Desk`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pysync_pms.calendar import nights
from pysync_pms.queries import StayLine, arrivals, departures, in_house, needs_attention, rooms_left
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip
from pysync_pms.ui.components.surfaces import (
    Column,
    Row,
    card,
    empty,
    figure,
    page_head,
    table,
)
from pysync_pms.ui.formats import plural
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.router import Route
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.words import DIRTY, RESERVATIONS

__all__ = ["Home"]

IN_HOUSE_SHOWN = 60

_ARRIVALS = (
    Column(label="Guest"),
    Column(label="Room"),
    Column(label="Nights", numeric=True, priority=2),
    Column(label="Do", hide_label=True),
)
_DEPARTURES = (
    Column(label="Guest"),
    Column(label="Room"),
    Column(label="Due", priority=2),
    Column(label="Do", hide_label=True),
)
_IN_HOUSE = (
    Column(label="Room"),
    Column(label="Guest"),
    Column(label="Until"),
    Column(label="Party", priority=3),
)


class Home(DeskScreen):
    """The sign-post of the day."""

    name = "home"
    label = "Home"

    def view(self, route: Route) -> Html:
        """Figures, then the three lists."""
        view, today = self.hotel.view, self.hotel.today
        coming, leaving = arrivals(view, today), departures(view, today)
        inside = in_house(view)
        left = sum(max(0, number) for number in rooms_left(view, today, today).values())
        waiting = len(needs_attention(view, today))
        day = self.hotel.app.formats.day(date.fromisoformat(today), "long")
        return join(
            page_head(
                "Home",
                note=day,
                actions=[
                    button("Walk-in", action="stay.walk-in", icon_name="user-plus", shortcut="w"),
                    button(
                        "New reservation",
                        action="stay.new",
                        kind="primary",
                        icon_name="plus",
                        shortcut="n",
                    ),
                ],
            ),
            h.div("figures")[
                figure("Arrivals", str(len(coming)), tone="act" if coming else "idle"),
                figure("Departures", str(len(leaving)), tone="act" if leaving else "idle"),
                figure("In house", str(len(inside))),
                figure("Rooms left tonight", str(left)),
                figure(
                    "Needs attention",
                    str(waiting),
                    tone="danger" if waiting else "ok",
                    href=route.to("attention").href,
                ),
            ],
            h.div("columns")[
                card("Arrivals", self._arrivals(coming), flush=True, note=str(len(coming))),
                card("Departures", self._departures(leaving), flush=True, note=str(len(leaving))),
            ],
            card("In house", self._in_house(inside), flush=True, note=str(len(inside))),
        )

    def _arrivals(self, lines: Sequence[StayLine]) -> Html:
        today = self.hotel.today
        rows = [
            self._row(
                "arrival",
                line,
                [
                    self._guest(line, late=line.stay["from"] < today, word="overdue"),
                    self._room(line),
                    str(nights(line.stay["from"], line.stay["to"])),
                    button("Check in", action="stay.check-in", small=True, data_id=line.id),
                ],
            )
            for line in lines
        ]
        none = empty("Everybody has arrived", "Today's arrivals are listed here until they check "
                     "in. Press n for a new reservation, w for a walk-in.")  # fmt: skip
        return table("Arrivals", _ARRIVALS, rows, table_id="arrivals", when_empty=none)

    def _departures(self, lines: Sequence[StayLine]) -> Html:
        today = self.hotel.today
        rows = [
            self._row(
                "departure",
                line,
                [
                    self._guest(line, late=line.stay["to"] < today, word="overdue"),
                    line.room_number,
                    self._day(line.stay["to"]),
                    button("Check out", action="stay.check-out", small=True, data_id=line.id),
                ],
            )
            for line in lines
        ]
        none = empty("Nobody is due to leave", "Guests who leave today are listed here until they "
                     "check out.")  # fmt: skip
        return table("Departures", _DEPARTURES, rows, table_id="departures", when_empty=none)

    def _in_house(self, lines: Sequence[StayLine]) -> Html:
        rows = [
            self._row(
                "in-house",
                line,
                [
                    line.room_number,
                    line.guest_name or "A guest",
                    self._day(line.stay["to"]),
                    plural(int(line.stay.get("adults") or 1), "adult"),
                ],
            )
            for line in lines[:IN_HOUSE_SHOWN]
        ]
        none = empty("The house is empty", "Guests who checked in are listed here by room.",
                     icon_name="house")  # fmt: skip
        listed = table("In house", _IN_HOUSE, rows, table_id="in-house", when_empty=none)
        more = len(lines) - IN_HOUSE_SHOWN
        if more <= 0:
            return listed
        address = self.hotel.app.route.to("reservations", status="checked-in").href
        told = f"All {len(lines)} guests in the house"
        return join(listed, h.p("pad")[h.a("link", href=address, data_link=True)[told]])

    def _row(self, prefix: str, line: StayLine, cells: Sequence[Child]) -> Row:
        return Row(
            row_id=f"{prefix}-{line.id}",
            cells=cells,
            action="stay.open",
            key=line.id,
            ref=f"{RESERVATIONS}/{line.id}",
            selected=self.hotel.app.route.record == line.id,
        )

    def _guest(self, line: StayLine, *, late: bool, word: str) -> Child:
        name, notes = line.guest_name or "A guest", line.stay.get("notes")
        return h.div("guest-cell")[
            h.span("row")[
                h.span("clip", title=name)[name],
                chip(word, tone="danger") if late else None,
            ],
            h.span("clip muted", title=notes)[notes] if notes else None,
        ]

    def _room(self, line: StayLine) -> Child:
        if line.room is None:
            return chip("No room", tone="act")
        if line.ready:
            return line.room_number
        condition = str(line.room.get("condition") or DIRTY)
        return h.span("row nowrap")[line.room_number, chip(label(condition), tone="act")]

    def _day(self, iso: str) -> str:
        return self.hotel.app.formats.day(date.fromisoformat(iso))
