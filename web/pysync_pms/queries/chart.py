"""The tape chart: rooms down, dates across, a bar per stay. Stands on `availability`, `occupancy`.

One room is read at a time, by its own index, so that a screen reads what it shows and renews what
moved. Rows compare by content.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pysync.model.guard import Record, View
from pysync_pms.availability import stays_of_months
from pysync_pms.calendar import colour, months, to_day
from pysync_pms.commands.rooms import guest_name
from pysync_pms.occupancy import Place, closed_dates, places, takes_nights
from pysync_pms.words import CHECKED_IN, CHECKED_OUT, IN_SERVICE, RESERVATIONS, ROOMS

Tone = Literal["attention", "due", "arriving", "leaving", "in-house", "booked", "past"]
"""What needs action first: asks for attention; overdue; comes today; leaves today; is in; is to
come later; is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One stay (or the part of it spent in this room), in columns of the window."""

    reservation: str
    guest: str
    status: str
    tone: Tone
    column: int
    """First night shown, from 0."""
    span: int
    """Nights shown; at least 1, so that day use is seen."""
    cut_left: bool
    """Begins before the window."""
    cut_right: bool
    """Ends after it."""
    start: str
    """The stay's own arrival."""
    end: str
    """The stay's own departure."""
    part: bool
    """An earlier room of a stay that moved on: not to be dragged."""
    lane: int
    """Among unassigned stays the line that keeps them apart; 0 in rooms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Nights in which the room is out of order or of service."""

    column: int
    span: int
    serviceability: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """One room's line."""

    room: Record
    bars: tuple[Bar, ...]
    closed: tuple[Closed, ...]


def chart_row(view: View, room_id: str, start: str, end: str, today: str) -> ChartRow | None:
    """One room's line in `[start, end)`; None if there is no such room."""
    room = view.get(ROOMS, room_id)
    if room is None:
        return None
    bars = [
        _bar(view, stay, place, start, end, today, 0)
        for stay, place in _held(view, room_id, start, end)
    ]
    bars.sort(key=lambda bar: (bar.column, bar.reservation))
    return ChartRow(room=room, bars=tuple(bars), closed=_closed(room, start, end))


def _held(view: View, room: str, start: str, end: str) -> Iterator[tuple[Record, Place]]:
    """Stays with a place in the room that is seen in the window, day use too; each place once."""
    seen: set[tuple[str, str]] = set()
    for month in months(start, end):
        for stay in view.find(RESERVATIONS, "room_month", (room, month)):
            for place in places(stay):
                known = (stay["id"], place.start)
                if place.room == room and known not in seen:
                    seen.add(known)
                    if _shown(place.start, place.end, start, end):
                        yield stay, place


def unassigned_bars(view: View, start: str, end: str, today: str) -> tuple[Bar, ...]:
    """Stays without a room in `[start, end)`, packed into as few lanes as possible."""
    homeless = [
        stay
        for stay in stays_of_months(view, start, end)
        if not stay.get("room") and takes_nights(stay) and stay["from"] < end and start < stay["to"]
    ]
    lanes = colour([(stay["from"], stay["to"]) for stay in homeless])
    bars = [
        _bar(view, stay, Place("", stay["from"], stay["to"]), start, end, today, lane)
        for stay, lane in zip(homeless, lanes, strict=True)
    ]
    return tuple(sorted(bars, key=lambda bar: (bar.lane, bar.column)))


def _shown(begin: str, until: str, start: str, end: str) -> bool:
    """Whether something of it is in the window; day use is seen on its day."""
    return begin < end and (start < until or start <= begin == until)


def _bar(
    view: View, stay: Record, place: Place, start: str, end: str, today: str, lane: int
) -> Bar:
    first = to_day(start)
    width = to_day(end) - first
    low = max(to_day(place.start) - first, 0)
    high = min(to_day(place.end) - first, width)
    return Bar(
        reservation=stay["id"],
        guest=guest_name(view, stay),
        status=stay["status"],
        tone=tone(stay, today),
        column=low,
        span=max(high - low, 1),
        cut_left=place.start < start,
        cut_right=place.end > end,
        start=stay["from"],
        end=stay["to"],
        part=place.end != stay["to"],
        lane=lane,
    )


def tone(stay: Record, today: str) -> Tone:
    """The colour of a stay: what needs action, not what state it is in."""
    if stay.get("attention"):
        return "attention"
    status, start, end = stay.get("status"), stay["from"], stay["to"]
    if status == CHECKED_OUT:
        return "past"
    if status == CHECKED_IN:
        if end < today:
            return "due"
        return "leaving" if end == today else "in-house"
    if start < today:
        return "due"
    return "arriving" if start == today else "booked"


def _closed(room: Record, start: str, end: str) -> tuple[Closed, ...]:
    state = room.get("serviceability") or IN_SERVICE
    if state == IN_SERVICE:
        return ()
    low, high = closed_dates(room)
    low, high = max(low, start), min(high, end)
    if low >= high:
        return ()
    first = to_day(start)
    return (
        Closed(
            column=to_day(low) - first,
            span=to_day(high) - to_day(low),
            serviceability=state,
            reason=room.get("closed_reason") or "",
        ),
    )
