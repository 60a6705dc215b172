"""The tape chart: rooms down, days across; a stay is moved by dragging it, or by its dialog.

While a bar is in hand nothing that comes from elsewhere moves it; a drop is checked as every
command is, and refused with the reason. Stands on `queries.chart`, `components.tape`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from pysync_pms.calendar import add_days, is_date
from pysync_pms.commands import Assign, Command, Extend, Move, Shorten, errors
from pysync_pms.queries import ChartRow, chart_row, room_name, tape_chart
from pysync_pms.queries.chart import Bar as StayBar
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tab, Tone, button, tabs
from pysync_pms.ui.components.surfaces import empty, page_head
from pysync_pms.ui.components.tape import Bar, Lane, Tape, lane
from pysync_pms.ui.components.tape import tape_chart as tape_view
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action, Changes, Part
from pysync_pms.ui.screens.rooms import RoomScreen
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import CHECKED_IN, CHECKED_OUT, OUT_OF_ORDER, RESERVATIONS, ROOM_TYPES, ROOMS

__all__ = ["TapeScreen"]

SPANS: Final = (7, 14, 30)
DEFAULT_SPAN: Final = 14
LEAD_DAYS: Final = 2
UNASSIGNED: Final = "unassigned"

_TONES: Final[Mapping[str, Tone]] = {
    "attention": "danger",
    "due": "danger",
    "arriving": "act",
    "leaving": "act",
    "in-house": "live",
    "booked": "idle",
    "past": "idle",
}
_HINTS: Final[Mapping[str, str]] = {
    "attention": "needs attention",
    "due": "overdue",
    "arriving": "arrives today",
    "leaving": "leaves today",
    "in-house": "in the house",
    "booked": "booked",
    "past": "has left",
}


class TapeScreen(RoomScreen):
    """Rooms by date."""

    name = "tape"
    label = "Tape chart"

    # -- drawing ----------------------------------------------------------------------------------

    def view(self, route: Route) -> Html:
        """Unassigned stays first, then every room."""
        start, days = self._window(route)
        end = add_days(start, days)
        chart = tape_chart(self.hotel.view, start, end, self.hotel.today)
        if not chart.rows:
            told = empty("No rooms yet", "Add rooms in Settings, or import a file of bookings.",
                         icon_name="calendar-range")  # fmt: skip
            return join(page_head("Tape chart"), told)
        tape = self._tape(start, days)
        waiting = [
            lane(
                tape,
                Lane(
                    room_id=f"{UNASSIGNED}-{number}",
                    label="No room" if number == 0 else "",
                    tone="act",
                    bars=tuple(self._bar(b) for b in chart.unassigned if b.lane == number),
                ),
            )
            for number in range(chart.lanes)
        ]
        rooms = [lane(tape, self._lane(row)) for row in chart.rows]
        first, last = date.fromisoformat(start), date.fromisoformat(add_days(end, -1))
        formats = self.hotel.app.formats
        return join(
            page_head(
                "Tape chart",
                note=f"{formats.day(first)} – {formats.day(last, 'medium')}",
                actions=self._controls(route, start, days),
            ),
            tape_view(tape, [*waiting, *rooms]),
        )

    def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
        """A room changed: its lane. Stays may come from or go to anywhere: all of it."""
        if not changes.only(ROOMS):
            return None
        start, days = self._window(route)
        tape, end = self._tape(start, days), add_days(start, days)
        found = [
            chart_row(self.hotel.view, each, start, end, self.hotel.today)
            for each in changes.of(ROOMS)
        ]
        return [
            Part(f"lane-{row.room['id']}", lane(tape, self._lane(row)))
            for row in found
            if row is not None
        ]

    def _controls(self, route: Route, start: str, days: int) -> Html:
        def at(day: str) -> str:
            return route.with_query(**{"from": day}).href

        spans = [
            Tab(name=str(n), label=f"{n} days", href=route.with_query(days=str(n)).href)
            for n in SPANS
        ]
        return join(
            h.a("btn btn-plain btn-icon", href=at(add_days(start, -days)), data_link=True,
                aria_label="Earlier", title="Earlier")["‹"],
            h.a("btn btn-plain", href=route.with_query(**{"from": ""}).href, data_link=True)[
                "Today"
            ],
            h.a("btn btn-plain btn-icon", href=at(add_days(start, days)), data_link=True,
                aria_label="Later", title="Later")["›"],
            tabs("Days shown", spans, current=str(days)),
            button("New", action="stay.new", kind="primary", icon_name="plus", shortcut="n"),
        )  # fmt: skip

    def _window(self, route: Route) -> tuple[str, int]:
        given, span = route.query.get("from"), route.query.get("days", "")
        days = int(span) if span.isdecimal() and int(span) in SPANS else DEFAULT_SPAN
        start = given if is_date(given) else add_days(self.hotel.today, -LEAD_DAYS)
        return start, days

    def _tape(self, start: str, days: int) -> Tape:
        first = date.fromisoformat(start)
        formats = self.hotel.app.formats
        heads = []
        for offset in range(days):
            day = first + timedelta(days=offset)
            month = formats.day(day, "month") if offset == 0 or day.day == 1 else ""
            heads.append((formats.day(day, "weekday"), formats.day(day, "day"), month))
        return Tape(
            tape_id="chart",
            start=first,
            days=days,
            today=date.fromisoformat(self.hotel.today),
            heads=heads,
        )

    def _lane(self, row: ChartRow) -> Lane:
        view = self.hotel.view
        kind = view.get(ROOM_TYPES, str(row.room.get("room_type")))
        bars = [self._bar(bar) for bar in row.bars]
        route_start, _ = self._window(self.hotel.app.route)
        first = date.fromisoformat(route_start)
        for closed in row.closed:
            begin = first + timedelta(days=closed.column)
            bars.append(
                Bar(
                    stay_id=f"closed-{row.room['id']}-{closed.column}",
                    label=closed.reason or closed.serviceability.replace("-", " "),
                    arrive=begin,
                    depart=begin + timedelta(days=closed.span),
                    phase="block",
                    tone="danger" if closed.serviceability == OUT_OF_ORDER else "act",
                    movable=False,
                )
            )
        return Lane(
            room_id=str(row.room["id"]),
            label=room_name(view, str(row.room["id"])),
            note=str(kind.get("code") or kind.get("name") or "") if kind else "",
            bars=tuple(bars),
        )

    def _bar(self, bar: StayBar) -> Bar:
        phase = "inside" if bar.status == CHECKED_IN else "booked"
        first = date.fromisoformat(self._window(self.hotel.app.route)[0])
        arrive, depart = date.fromisoformat(bar.start), date.fromisoformat(bar.end)
        if bar.part:
            arrive = first + timedelta(days=bar.column)
            depart = arrive + timedelta(days=bar.span)
        return Bar(
            stay_id=bar.reservation if not bar.part else f"{bar.reservation}-{bar.column}",
            label=bar.guest,
            arrive=arrive,
            depart=depart,
            phase="gone" if bar.status == CHECKED_OUT else phase,
            tone=_TONES[bar.tone],
            hint=_HINTS[bar.tone],
            movable=not bar.part and bar.status != CHECKED_OUT,
        )

    # -- doing ------------------------------------------------------------------------------------

    def actions(self) -> Mapping[str, Action]:
        """Dragging, besides what is done with rooms."""
        return {**super().actions(), "tape.drag": self._drag, "tape.pick": self._pick,
                "tape.step": self._step}  # fmt: skip

    def shortcuts(self) -> Sequence[Shortcut]:
        """Keys about the stay in hand, and for moving in time."""
        return (
            *self.desk.shortcuts(),
            Shortcut(keys="t", action="tape.step", label="Today", group="Chart",
                     args=(("by", "0"),)),
            Shortcut(keys=",", action="tape.step", label="A week earlier", group="Chart",
                     args=(("by", "-7"),)),
            Shortcut(keys=".", action="tape.step", label="A week later", group="Chart",
                     args=(("by", "7"),)),
        )  # fmt: skip

    def _step(self, event: UiEvent) -> None:
        route, by = self.hotel.app.route, int(event.args["by"])
        start = "" if by == 0 else add_days(self._window(route)[0], by)
        self.hotel.app.go(route.with_query(**{"from": start}), replace=True)

    def _pick(self, event: UiEvent) -> bool | None:
        """A click on an empty place of a room: book it from that day."""
        if "days" not in event.numbers:
            return False
        start, _ = self._window(self.hotel.app.route)
        day = add_days(start, int(event.numbers["days"]))
        room = event.args.get("room", "")
        args = {"day": day, "room": "" if room.startswith(UNASSIGNED) else room}
        return self.desk.actions()["stay.new"](UiEvent(kind="click", args=args))

    def _drag(self, event: UiEvent) -> bool | None:
        """Asked at every cell whether the stay may go there, and once to put it there."""
        stay = self.hotel.view.get(RESERVATIONS, event.id)
        if stay is None:
            return False
        command = self._meant(stay, event)
        if command is None:
            return False
        if event.kind == "drag":
            return not errors(self.hotel.problems(command))
        stopped = errors(self.hotel.problems(command))
        if stopped:
            self._say_why(stopped[0].message, stopped[0].alternatives, stay)
            return False
        return self.hotel.perform(command) is not None

    def _meant(self, stay: Any, event: UiEvent) -> Command | None:
        days = int(event.numbers.get("days", 0))
        rid, lane_id = str(stay["id"]), event.args.get("drop", "")
        if event.args.get("mode") == "edge":
            end = add_days(str(stay["to"]), days)
            if days == 0:
                return None
            return Extend(id=rid, departure=end) if days > 0 else Shorten(id=rid, departure=end)
        room = None if lane_id.startswith(UNASSIGNED) else lane_id
        if room is not None and not stay.get("room") and days == 0:
            return Assign(id=rid, room=room)
        if room == stay.get("room") and days == 0:
            return None
        return Move(
            id=rid,
            on=self.hotel.today,
            room=room,
            arrival=add_days(str(stay["from"]), days) if days else None,
            departure=add_days(str(stay["to"]), days) if days else None,
        )

    def _say_why(self, message: str, free: Sequence[str], stay: Any) -> None:
        if free:
            names = ", ".join(room_name(self.hotel.view, each) for each in free[:4])
            message = f"{message} Free instead: {names}."
        more = ("Move…", "stay.move", {"id": str(stay["id"])})
        self.hotel.app.toast(message, tone="danger", action=more, seconds=10)
