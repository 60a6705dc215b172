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
from pysync_pms.occupancy import places, takes_nights
from pysync_pms.queries import all_rooms, chart_row, room_name, unassigned_bars
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tab, button, tabs
from pysync_pms.ui.components.surfaces import page_head
from pysync_pms.ui.components.tape import Tape, gap, lane
from pysync_pms.ui.components.tape import tape_chart as tape_view
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.chart_lanes import UNASSIGNED, room_lane, tape_of, waiting_lane
from pysync_pms.ui.parts.pending import is_apart
from pysync_pms.ui.parts.reservation import Desk
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action, Changes, Part
from pysync_pms.ui.screens.base import SCROLLED
from pysync_pms.ui.screens.rooms import RoomScreen
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import (
    GUESTS,
    RESERVATIONS,
    ROOMS,
)

__all__ = ["TapeScreen"]

SPANS: Final = (7, 14, 30, 60)
DEFAULT_SPAN: Final = 14
LEAD_DAYS: Final = 2
MOVED_AT_MOST: Final = 20
"""Moved stays that are drawn lane by lane; more of them, and all is drawn."""


class TapeScreen(RoomScreen):
    """Rooms by date."""

    name = "tape"
    label = tr("Tape chart")

    # -- drawing ----------------------------------------------------------------------------------

    def __init__(self, hotel: Hotel, desk: Desk, asker: Asker) -> None:
        super().__init__(hotel, desk, asker)
        self._lanes: dict[str, int] = {}
        self._rooms_of: dict[str, set[str]] = {}
        self._made: tuple[object, dict[int, Html]] = (None, {})
        """Lanes as they were drawn, of what: who scrolls makes only those that come into view."""

    def view(self, route: Route) -> Html:
        """Unassigned stays first, then every room."""
        start, days = self._window_of(route)
        end = add_days(start, days)
        view, today = self.hotel.view, self.hotel.today
        rooms = [str(room["id"]) for room in all_rooms(view)]
        if not rooms:
            return join(page_head(tr("Tape chart")), self.no_rooms(route))
        tape = tape_of(self.hotel, start, days)
        homeless = unassigned_bars(view, start, end, today)
        waiting = max((bar.lane + 1 for bar in homeless), default=0)
        made = self._made_of(tape)
        if not made:
            self._rooms_of = {bar.reservation: {UNASSIGNED} for bar in homeless}
            self._lanes = {}

        def draw(at: int) -> Html:
            if at not in made:
                made[at] = (
                    lane(tape, waiting_lane(self.hotel, tape, at, homeless))
                    if at < waiting
                    else self._room_lane(tape, rooms[at - waiting], at) or join()
                )
            return made[at]

        ids = [f"lane-{UNASSIGNED}-{number}" for number in range(waiting)]
        ids += [f"lane-{room}" for room in rooms]
        first, last = date.fromisoformat(start), date.fromisoformat(add_days(end, -1))
        formats = self.hotel.app.formats
        return join(
            page_head(
                tr("Tape chart"),
                note=f"{formats.day(first, 'medium')} – {formats.day(last, 'medium')}",
                actions=self._controls(route, start, days),
            ),
            tape_view(
                tape,
                self.window.rows(ids, draw, gap),
                **self.window.attributes(len(ids), SCROLLED),
            ),
        )

    def parts(self, route: Route, changes: Changes) -> Iterable[Part] | None:
        """The lanes of the rooms that a moved stay was in or is in now; everything where a stay
        without a room is concerned."""
        if not changes.only(ROOMS, RESERVATIONS, GUESTS):
            return None
        view = self.hotel.view
        moved = set(changes.of(RESERVATIONS))
        for guest in changes.of(GUESTS):
            moved.update(str(stay["id"]) for stay in view.find(RESERVATIONS, "guest", guest))
        if len(moved) > MOVED_AT_MOST:
            return None
        rooms = set(changes.of(ROOMS))
        for each in moved:
            stay = view.get(RESERVATIONS, each)
            rooms |= self._rooms_of.get(each, set())
            held = places(stay) if stay is not None else ()
            rooms.update(place.room for place in held)
            if UNASSIGNED in rooms or (stay is not None and not held and takes_nights(stay)):
                return None
        if any(view.get(ROOMS, room) is None for room in rooms):
            return None
        if any(room not in self._lanes for room in changes.of(ROOMS)):
            return None
        tape = tape_of(self.hotel, *self._window_of(route))
        drawn = [(room, self._lanes[room]) for room in rooms if room in self._lanes]
        return [Part(f"lane-{room}", self._room_lane(tape, room, at)) for room, at in drawn]

    def _made_of(self, tape: Tape) -> dict[int, Html]:
        """The lanes that were drawn of the same data, for the same eyes."""
        hotel = self.hotel
        of = (hotel.moves, tape, hotel.today, hotel.app.formats, hotel.rights, is_apart(hotel))
        if self._made[0] != of:
            self._made = (of, {})
        return self._made[1]

    def _room_lane(self, tape: Tape, room: str, at: int) -> Html | None:
        end = (tape.start + timedelta(days=tape.days)).isoformat()
        row = chart_row(self.hotel.view, room, tape.start.isoformat(), end, self.hotel.today)
        if row is None:
            return None
        self._lanes[room] = at
        for bar in row.bars:
            self._rooms_of.setdefault(bar.reservation, set()).add(room)
        return lane(tape, room_lane(self.hotel, tape, row, at))

    def _controls(self, route: Route, start: str, days: int) -> Html:
        def at(day: str) -> str:
            return route.with_query(**{"from": day}).href

        spans = [
            Tab(name=str(n), label=plural(n, "day"), href=route.with_query(days=str(n)).href)
            for n in SPANS
        ]
        return join(
            h.a("btn btn-plain btn-icon", href=at(add_days(start, -days)), data_link=True,
                aria_label=tr("Earlier"), title=tr("Earlier"))["‹"],
            h.a("btn btn-plain", href=route.with_query(**{"from": ""}).href, data_link=True)[
                tr("Today")
            ],
            h.a("btn btn-plain btn-icon", href=at(add_days(start, days)), data_link=True,
                aria_label=tr("Later"), title=tr("Later"))["›"],
            tabs(tr("Days shown"), spans, current=str(days)),
            button(tr("New"), action="stay.new", kind="primary", icon_name="plus", shortcut="n"),
        )  # fmt: skip

    def _window_of(self, route: Route) -> tuple[str, int]:
        given, span = route.query.get("from"), route.query.get("days", "")
        days = int(span) if span.isdecimal() and int(span) in SPANS else DEFAULT_SPAN
        start = given if is_date(given) else add_days(self.hotel.today, -LEAD_DAYS)
        return start, days

    # -- doing ------------------------------------------------------------------------------------

    def actions(self) -> Mapping[str, Action]:
        """Dragging, besides what is done with rooms."""
        return {**super().actions(), "tape.drag": self._drag, "tape.pick": self._pick,
                "tape.step": self._step}  # fmt: skip

    def shortcuts(self) -> Sequence[Shortcut]:
        """Keys about the stay in hand, and for moving in time."""
        return (
            *self.desk.shortcuts(),
            Shortcut(keys="t", action="tape.step", label=tr("Today"), group=tr("Chart"),
                     args=(("by", "0"),)),
            Shortcut(keys=",", action="tape.step", label=tr("A week earlier"), group=tr("Chart"),
                     args=(("by", "-7"),)),
            Shortcut(keys=".", action="tape.step", label=tr("A week later"), group=tr("Chart"),
                     args=(("by", "7"),)),
        )  # fmt: skip

    def _step(self, event: UiEvent) -> None:
        route, by = self.hotel.app.route, int(event.args["by"])
        start = "" if by == 0 else add_days(self._window_of(route)[0], by)
        self.hotel.app.go(route.with_query(**{"from": start}), replace=True)

    def _pick(self, event: UiEvent) -> bool | None:
        """A click on an empty place of a room: book it from that day."""
        if "days" not in event.numbers:
            return False
        start, _ = self._window_of(self.hotel.app.route)
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
            message = tr("{message} Free instead: {names}.", message=message, names=names)
        more = (tr("Move…"), "stay.move", {"id": str(stay["id"])})
        self.hotel.app.toast(message, tone="danger", action=more, seconds=10)
