"""Stays as the tape chart draws them: what a bar says, and in which tone.

Stands on `queries.chart`, `components.tape`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from pysync_pms.queries import ChartRow, room_name
from pysync_pms.queries.chart import Bar as StayBar
from pysync_pms.ui.components.controls import Tone
from pysync_pms.ui.components.tape import Bar, Lane, Tape
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.pending import PENDING, is_pending
from pysync_pms.words import CHECKED_IN, CHECKED_OUT, OUT_OF_ORDER, RESERVATIONS, ROOM_TYPES

__all__ = ["UNASSIGNED", "room_lane", "tape_of", "waiting_lane"]

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
    "attention": tr("needs attention"),
    "due": tr("overdue"),
    "arriving": tr("arrives today"),
    "leaving": tr("leaves today"),
    "in-house": tr("in the house"),
    "booked": tr("booked"),
    "past": tr("has left"),
}


def tape_of(hotel: Hotel, start: str, days: int) -> Tape:
    """The chart of these days, with their heads in the user's language."""
    first = date.fromisoformat(start)
    formats = hotel.app.formats
    heads = []
    for offset in range(days):
        day = first + timedelta(days=offset)
        month = formats.day(day, "month") if offset == 0 or day.day == 1 else ""
        heads.append((formats.day(day, "weekday"), formats.day(day, "day"), month))
    today = date.fromisoformat(hotel.today)
    return Tape(tape_id="chart", start=first, days=days, today=today, heads=heads)


def waiting_lane(hotel: Hotel, tape: Tape, number: int, homeless: Sequence[StayBar]) -> Lane:
    """One of the lines of stays without a room."""
    return Lane(
        room_id=f"{UNASSIGNED}-{number}",
        label=tr("No room") if number == 0 else "",
        tone="act",
        bars=tuple(_bar(hotel, tape, bar) for bar in homeless if bar.lane == number),
        at=number,
    )


def room_lane(hotel: Hotel, tape: Tape, row: ChartRow, at: int) -> Lane:
    """A room's line: its stays, and when it is closed."""
    room = str(row.room["id"])
    kind = hotel.view.get(ROOM_TYPES, str(row.room.get("room_type")))
    bars = [_bar(hotel, tape, bar) for bar in row.bars]
    for closed in row.closed:
        begin = tape.start + timedelta(days=closed.column)
        bars.append(
            Bar(
                stay_id=f"closed-{room}-{closed.column}",
                label=closed.reason or tr(closed.serviceability.replace("-", " ")),
                arrive=begin,
                depart=begin + timedelta(days=closed.span),
                phase="block",
                tone="danger" if closed.serviceability == OUT_OF_ORDER else "act",
                movable=False,
            )
        )
    return Lane(
        room_id=room,
        label=room_name(hotel.view, room),
        note=str(kind.get("code") or kind.get("name") or "") if kind else "",
        bars=tuple(bars),
        at=at,
    )


def _bar(hotel: Hotel, tape: Tape, bar: StayBar) -> Bar:
    pending = is_pending(hotel, RESERVATIONS, bar.reservation)
    phase = "inside" if bar.status == CHECKED_IN else "booked"
    arrive, depart = date.fromisoformat(bar.start), date.fromisoformat(bar.end)
    if bar.part:
        arrive = tape.start + timedelta(days=bar.column)
        depart = arrive + timedelta(days=bar.span)
    return Bar(
        stay_id=bar.reservation if not bar.part else f"{bar.reservation}-{bar.column}",
        label=bar.guest,
        arrive=arrive,
        depart=depart,
        phase="gone" if bar.status == CHECKED_OUT else phase,
        tone=_TONES[bar.tone],
        hint=f"{_HINTS[bar.tone]}, {PENDING}" if pending else _HINTS[bar.tone],
        marks=("clock",) if pending else (),
        movable=not bar.part and bar.status != CHECKED_OUT,
    )
