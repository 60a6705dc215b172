"""Home, the sign-post of the day: who comes, who leaves, who is in the house.

A shift of check-ins needs no mouse: arrows walk the rows, `c` checks in, `o` checks out, Enter
opens the reservation. A hotel that holds only other years offers their business date. Stands on
`queries`, `Desk`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pysync_pms.calendar import is_date, nights
from pysync_pms.commands import HOTEL, SetSettings
from pysync_pms.queries import (
    StayLine,
    all_rooms,
    arrivals,
    arrived,
    attention_count,
    departed,
    departures,
    in_house,
    past_only,
    rooms_left,
    slept,
)
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip, clipped
from pysync_pms.ui.components.surfaces import banner, card, empty, figure, page_head
from pysync_pms.ui.components.tables import Column, Row, long_table, table
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.day_end import close_day, why_not_closed
from pysync_pms.ui.parts.pending import pending_chip, stay_state
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.screens.base import SCROLLED, DeskScreen
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import CHECKED_IN, DIRTY, RESERVATIONS

__all__ = ["Home"]

_ARRIVALS = (
    Column(label=tr("Guest")),
    Column(label=tr("Room")),
    Column(label=tr("Nights"), numeric=True, priority=2),
    Column(label=tr("Do"), hide_label=True),
)
_DEPARTURES = (
    Column(label=tr("Guest")),
    Column(label=tr("Room")),
    Column(label=tr("Due"), priority=2),
    Column(label=tr("Do"), hide_label=True),
)
_DONE = (
    Column(label=tr("Guest")),
    Column(label=tr("Room")),
    Column(label=tr("State")),
)
_IN_HOUSE = (
    Column(label=tr("Room")),
    Column(label=tr("Guest")),
    Column(label=tr("Until")),
    Column(label=tr("Party"), priority=3),
)


class Home(DeskScreen):
    """The sign-post of the day."""

    name = "home"
    label = tr("Home")

    def view(self, route: Route) -> Html:
        """Figures, then the three lists."""
        view, today = self.hotel.view, self.hotel.today
        coming, leaving = arrivals(view, today), departures(view, today)
        came, gone = arrived(view, today), departed(view, today)
        history = today < self.hotel.calendar_day and not in_house(view)
        inside = slept(view, today) if history else in_house(view)
        left = sum(max(0, number) for number in rooms_left(view, today, today).values())
        waiting = attention_count(view, today)
        day = self.hotel.app.formats.day(date.fromisoformat(today), "long")
        return join(
            page_head(
                tr("Home"),
                note=h.span("day-note")[day],
                actions=[
                    all_rooms(view)
                    and button(tr("Close the day…"), action="home.close", kind="quiet",
                               icon_name="moon", reason=why_not_closed(self.hotel)),
                    button(tr("Walk-in"), action="stay.walk-in", icon_name="user-plus",
                           shortcut="w"),
                    button(tr("New reservation"), action="stay.new", kind="primary",
                           icon_name="plus", shortcut="n"),
                ],
            ),
            self._years(),
            h.div("figures")[
                figure(
                    tr("Arrivals"),
                    str(len(coming)),
                    tone="act" if coming else "idle",
                    note=tr("{n} arrived", n=len(came)) if came else None,
                ),
                figure(
                    tr("Departures"),
                    str(len(leaving)),
                    tone="act" if leaving else "idle",
                    note=tr("{n} left", n=len(gone)) if gone else None,
                ),
                figure(tr("In house"), str(len(inside))),
                figure(tr("Rooms left tonight"), str(left)),
                figure(
                    tr("Needs attention"),
                    str(waiting),
                    tone="danger" if waiting else "ok",
                    href=route.to("attention").href,
                ),
            ],
            h.div("columns")[
                card(
                    tr("Arrivals"),
                    self._arrivals(coming),
                    self._done("arrived", tr("Arrived today"), came, shut=bool(coming)),
                    flush=True,
                    note=str(len(coming)),
                ),
                card(
                    tr("Departures"),
                    self._departures(leaving),
                    self._done("departed", tr("Left today"), gone, shut=bool(leaving)),
                    flush=True,
                    note=str(len(leaving)),
                ),
            ],
            card(tr("In house"), self._in_house(inside), flush=True, note=str(len(inside))),
        )  # fmt: skip

    def shows_status(self, route: Route) -> bool:
        """Whether the day can be closed depends on the server."""
        return True

    def actions(self) -> Mapping[str, Action]:
        """Choosing the business date."""
        close = {"home.close": lambda _: self.asker.ask(close_day(self.hotel))}
        return {**super().actions(), "home.day": self._set_day, **close}

    def _set_day(self, event: UiEvent) -> None:
        day = event.args.get("day", "")
        chosen = day if is_date(day) else None
        self.hotel.perform(SetSettings(id=HOTEL, changes={"business_date": chosen}))

    def _years(self) -> Html | None:
        """Of a hotel whose data is from other years: the way there, and back."""
        hotel, formats = self.hotel, self.hotel.app.formats
        chosen = hotel.settings.get("business_date")
        if chosen:
            if abs(nights(*sorted((chosen, hotel.calendar_day)))) <= 1:
                return None  # a day is closed late in the evening, or early in the morning
            calendar = formats.day(date.fromisoformat(hotel.calendar_day), "medium")
            back = button(tr("Back to today"), action="home.day", small=True)
            told = tr("The business date is another one. Today is {day}.", day=calendar)
            return banner(told, tone="idle", icon_name="calendar-range", actions=back)
        if not all_rooms(hotel.view):
            ways = self.ways_to_rooms(hotel.app.route)
            told = tr("This hotel has no rooms yet.")
            return banner(told, tone="live", icon_name="bed-double", actions=ways)
        past = past_only(hotel.view, hotel.today)
        if past is None:
            return None
        first, last = past.first[:4], past.last[:4]
        years = first if first == last else f"{first}–{last}"
        busiest = formats.day(date.fromisoformat(past.busiest), "medium")
        go = button(tr("Set the business date to {day}", day=busiest), action="home.day",
                    small=True, kind="primary", data_day=past.busiest)  # fmt: skip
        told = tr("This hotel's data is from {years}; nothing is booked around today.", years=years)
        return banner(told, icon_name="calendar-range", actions=go)

    def _done(self, name: str, title: str, lines: Sequence[StayLine], *, shut: bool) -> Html | None:
        """What is seen to already, folded away while there is more to do."""
        if not lines:
            return None
        rows = [
            self._row(
                name,
                line,
                [
                    self._guest(line, late=False, word=""),
                    line.room_number or tr("No room"),
                    stay_state(self.hotel, line.stay),
                ],
            )
            for line in lines
        ]
        return h.details("done", id=f"{name}-more", open=not shut)[
            h.summary[f"{title} ({len(lines)})"], table(title, _DONE, rows, table_id=name)
        ]

    def _arrivals(self, lines: Sequence[StayLine]) -> Html:
        today = self.hotel.today
        rows = [
            self._row(
                "arrival",
                line,
                [
                    self._guest(line, late=line.stay["from"] < today, word=tr("overdue")),
                    self._room(line),
                    str(nights(line.stay["from"], line.stay["to"])),
                    button(tr("Check in"), action="stay.check-in", small=True, data_id=line.id),
                ],
            )
            for line in lines
        ]
        came = bool(arrived(self.hotel.view, today))
        none = empty(
            tr("Everybody has arrived") if came else tr("Nobody is expected"),
            tr("Today's arrivals are listed here until they check in. Press n for a new "
               "reservation, w for a walk-in."),
        )  # fmt: skip
        return table(tr("Arrivals"), _ARRIVALS, rows, table_id="arrivals", when_empty=none)

    def _departures(self, lines: Sequence[StayLine]) -> Html:
        today = self.hotel.today
        rows = [
            self._row(
                "departure",
                line,
                [
                    self._guest(line, late=line.stay["to"] < today, word=tr("overdue")),
                    line.room_number,
                    self._day(line.stay["to"]),
                    button(tr("Check out"), action="stay.check-out", small=True, data_id=line.id),
                ],
            )
            for line in lines
        ]
        none = empty(
            tr("Nobody is due to leave"),
            tr("Guests who leave today are listed here until they check out."),
        )
        return table(tr("Departures"), _DEPARTURES, rows, table_id="departures", when_empty=none)

    def _in_house(self, lines: Sequence[StayLine]) -> Html:
        none = empty(tr("The house is empty"), tr("Guests who checked in are listed here by room."),
                     icon_name="house")  # fmt: skip

        def row(at: int) -> Row:
            line = lines[at]
            cells: list[Child] = [
                line.room_number,
                h.span("row")[
                    clipped(line.guest_name or tr("A guest")), pending_chip(self.hotel, line.id)
                ],
                self._day(line.stay["to"]),
                plural(int(line.stay.get("adults") or 1), "adult"),
            ]
            return self._row("in-house", line, cells)

        return long_table(
            tr("In house"),
            _IN_HOUSE,
            [f"in-house-{line.id}" for line in lines],
            row,
            window=self.window,
            action=SCROLLED,
            table_id="in-house",
            when_empty=none,
        )

    def _row(self, prefix: str, line: StayLine, cells: Sequence[Child]) -> Row:
        return self.record_row(prefix, RESERVATIONS, line.id, cells)

    def _guest(self, line: StayLine, *, late: bool, word: str) -> Child:
        name, notes = line.guest_name or tr("A guest"), line.stay.get("notes")
        return h.div("guest-cell")[
            h.span("row")[
                clipped(name),
                chip(word, tone="danger") if late else None,
                pending_chip(self.hotel, line.id),
            ],
            clipped(notes, "muted") if notes else None,
        ]

    def _room(self, line: StayLine) -> Child:
        if line.room is None:
            return chip(tr("No room"), tone="act")
        there = self.hotel.view.find(RESERVATIONS, "open_room", line.room["id"])
        occupied = any(stay["status"] == CHECKED_IN for stay in there)
        if line.ready and not occupied:
            return line.room_number
        word = tr("Occupied") if occupied else label(str(line.room.get("condition") or DIRTY))
        return h.span("row nowrap")[line.room_number, chip(word, tone="act")]

    def _day(self, iso: str) -> str:
        return self.hotel.app.formats.day(date.fromisoformat(iso))
