"""How many rooms of each type are left in each night. Pure; stands on `occupancy`.

AVAIL-1 left = rooms of the type that are not out of order - stays that take the night. A stay
counts against the type of the room it has; while it has none, against the type that was booked.
Below zero means overbooked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pysync.model.guard import Record, View
from pysync_pms.calendar import days_between, from_day, months, to_day
from pysync_pms.occupancy import closed_dates, places
from pysync_pms.words import HOLDING, OUT_OF_ORDER, RESERVATIONS, ROOM_TYPES, ROOMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Per type and night of a window; every list has one number per date of `dates`."""

    dates: Sequence[str]
    rooms: Mapping[str, int]
    """Rooms of the type, whatever their state."""
    closed: Mapping[str, Sequence[int]]
    """Of these out of order."""
    sold: Mapping[str, Sequence[int]]
    """Stays that take the night, assigned or not."""
    left: Mapping[str, Sequence[int]]
    """rooms - closed - sold."""


def availability(view: View, start: str, end: str) -> Availability:
    """What is left of each room type in each night of `[start, end)`.

    Reads the stays of the months the window touches, and all rooms; use short windows.
    """
    dates = days_between(start, end) if start < end else []
    width = len(dates)
    first = to_day(start)
    type_of: dict[str, str] = {}
    closed: dict[str, list[int]] = {}
    rooms: dict[str, int] = {}
    for kind in view.find(ROOM_TYPES, "all", "all"):
        members = view.find(ROOMS, "room_type", kind["id"])
        rooms[kind["id"]] = len(members)
        row = closed[kind["id"]] = [0] * width
        for room in members:
            type_of[room["id"]] = kind["id"]
            if room.get("serviceability") == OUT_OF_ORDER:
                since, until = closed_dates(room)
                for i, day in enumerate(dates):
                    row[i] += since <= day < until
    steps = {kind: [0] * (width + 1) for kind in rooms}
    for stay in stays_of_months(view, start, end):
        begin, until = stay["from"], stay["to"]
        if begin >= end or until <= start or begin >= until:
            continue
        low = to_day(begin) - first if begin > start else 0
        high = to_day(until) - first if until < end else width
        _count(steps, stay, type_of, low, high, first)
    sold = {kind: _running(row) for kind, row in steps.items()}
    left = {
        kind: [rooms[kind] - c - s for c, s in zip(closed[kind], sold[kind], strict=True)]
        for kind in rooms
    }
    return Availability(dates=dates, rooms=rooms, closed=closed, sold=sold, left=left)


def stays_of_months(view: View, start: str, end: str) -> list[Record]:
    """Stays that take nights in the months `[start, end)` touches; each once."""
    spread = months(start, end)
    found: list[Record] = []
    for month in spread:
        for stay in view.find(RESERVATIONS, "month", month):
            begin = stay["from"][:7]
            if begin == month or (month == spread[0] and begin < month):
                found.append(stay)
    return found


def _count(
    steps: Mapping[str, list[int]],
    stay: Record,
    type_of: Mapping[str, str],
    low: int,
    high: int,
    first: int,
) -> None:
    if stay.get("status") not in HOLDING:
        return
    if stay.get("since"):
        # A stay that moved between rooms may have moved between types.
        width = len(next(iter(steps.values()), ())) - 1
        for place in places(stay):
            kind = type_of.get(place.room, "")
            begin = max(to_day(place.start) - first, 0)
            until = min(to_day(place.end) - first, width)
            if kind in steps and begin < until:
                steps[kind][begin] += 1
                steps[kind][until] -= 1
        return
    kind = type_of.get(stay.get("room") or "") or stay.get("room_type") or ""
    if kind in steps:
        steps[kind][low] += 1
        steps[kind][high] -= 1


def _running(steps: Sequence[int]) -> list[int]:
    total = 0
    row = []
    for step in steps[:-1]:
        total += step
        row.append(total)
    return row


def rooms_left(view: View, start: str, end: str) -> dict[str, int]:
    """For each room type the rooms left in the fullest night of `[start, end)`, lowest rank first.

    For day use (equal dates) what is left that night.
    """
    until = end if end > start else from_day(to_day(start) + 1)
    table = availability(view, start, until)
    kinds = sorted(view.find(ROOM_TYPES, "all", "all"), key=lambda k: (k.get("rank") or 0, k["id"]))
    return {kind["id"]: min(table.left[kind["id"]]) for kind in kinds}
