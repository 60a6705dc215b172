"""Which room a stay takes in which nights, who stands in whose way, and which rooms are free.

A stay's *places* are (room, start, end): the room it has now from `since` (its arrival unless it
moved in the middle) to its departure, and before that the rooms it moved out of (`earlier`). They
are what collides, so that a guest who moves keeps the past nights where they were spent and can
take a room that was vacated this morning.

OCC-1 everything here reads declared indexes only: a look at one room in one stay costs the stays
of that room in those months. OCC-2 functions are total: a record with missing fields takes no room.
Stands on `calendar`, `words`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from pysync.model.guard import Record, View
from pysync_pms.calendar import add_days, months, overlap
from pysync_pms.words import (
    CLEAN,
    HOLDING,
    INSPECTED,
    OUT_OF_ORDER,
    OUT_OF_SERVICE,
    RESERVATIONS,
    ROOM_TYPES,
    ROOMS,
)


class Place(NamedTuple):
    """A room from one date up to, not including, another."""

    room: str
    start: str
    end: str


NOWHERE: tuple[Place, ...] = ()


def places(stay: Record) -> tuple[Place, ...]:
    """The nights this reservation takes, room by room; none if it is cancelled or unassigned."""
    room = stay.get("room")
    start, end = stay.get("from"), stay.get("to")
    if not room or not start or not end or stay.get("status") not in HOLDING:
        return NOWHERE
    since = stay.get("since")
    if not since:
        return (Place(room, start, end),)
    before = tuple(Place(*row) for row in stay.get("earlier") or ())
    return (*before, Place(room, max(start, since), end))


def takes_nights(stay: Record) -> bool:
    """Whether the reservation counts against what can be sold, with or without a room."""
    return stay.get("status") in HOLDING and (stay.get("from") or "") < (stay.get("to") or "")


def room_months(stay: Record) -> tuple[tuple[str, str], ...]:
    """Keys of the index `room_month`: each room of the stay with each month it touches."""
    room = stay.get("room")
    if not room or stay.get("status") not in HOLDING:
        return ()
    start, end = stay.get("from"), stay.get("to")
    if not start or not end:
        return ()
    if not stay.get("since"):
        month = start[:7]
        if month == end[:7]:
            return ((room, month),)
        return tuple([(room, month) for month in months(start, end)])
    keys: dict[tuple[str, str], None] = {}
    for place in places(stay):
        for month in months(place.start, place.end):
            keys[place.room, month] = None
    return tuple(keys)


def in_room(view: View, room: str, start: str, end: str) -> Iterator[tuple[Record, Place]]:
    """Stays with a place in this room that shares a night with `[start, end)`; each place once."""
    spread = months(start, end)
    for month in spread:
        for stay in view.find(RESERVATIONS, "room_month", (room, month)):
            if not stay.get("since"):
                begin, until = stay["from"], stay["to"]
                if begin < end and start < until and begin < until and _once(begin, month, spread):
                    yield stay, Place(room, begin, until)
                continue
            for place in places(stay):
                if (
                    place.room == room
                    and overlap(place.start, place.end, start, end)
                    and _once(place.start, month, spread)
                ):
                    yield stay, place


def _once(begin: str, month: str, spread: tuple[str, ...]) -> bool:
    """Whether this month is the one to report a place in: where it begins, or the first looked at.

    A place is listed under every month it touches.
    """
    return begin[:7] == month or (month == spread[0] and begin[:7] < month)


def clash(
    view: View, room: str, start: str, end: str, besides: Collection[str] = ()
) -> Record | None:
    """A stay that already has this room in one of these nights, or None.

    Args:
        besides: ids of reservations that do not count: the one being placed.
    """
    if start >= end:
        return None
    for stay, _ in in_room(view, room, start, end):
        if stay["id"] not in besides:
            return stay
    return None


def out_of_order(room: Record, start: str, end: str) -> bool:
    """Whether the room cannot be sold in some night of `[start, end)`."""
    if room.get("serviceability") != OUT_OF_ORDER:
        return False
    return overlap(*closed_dates(room), start, end) or (
        start == end and closed_dates(room)[0] <= start < closed_dates(room)[1]
    )


def out_of_service(room: Record, start: str, end: str) -> bool:
    """Whether the room has a small fault in some night of `[start, end)`."""
    if room.get("serviceability") != OUT_OF_SERVICE:
        return False
    return overlap(*closed_dates(room), start, end)


def closed_dates(room: Record) -> tuple[str, str]:
    """From and until (not included) of what takes the room out; open ends reach for ever."""
    return room.get("closed_from") or "0000-00-00", room.get("closed_until") or "9999-99-99"


def is_free(view: View, room: Record, start: str, end: str, besides: Collection[str] = ()) -> bool:
    """Whether the room can be given to a stay of `[start, end)`."""
    if out_of_order(room, start, end):
        return False
    return clash(view, room["id"], start, end, besides) is None


def natural(text: str) -> tuple[Any, ...]:
    """A key that sorts room numbers as people do: 9 before 10, A9 before A10.

    >>> sorted(["10", "9", "A10", "A9"], key=natural)
    ['9', '10', 'A9', 'A10']
    """
    parts: list[tuple[int, int, str]] = []
    digits = word = ""
    for char in f"{text} ":
        if char.isdecimal() and char.isascii():
            digits += char
            continue
        if digits:
            if word:
                parts.append((1, 0, word))
            parts.append((0, int(digits), ""))
            digits = word = ""
        word += char
    if word.strip():
        parts.append((1, 0, word.strip()))
    return tuple(parts)


def free_rooms(
    view: View,
    start: str,
    end: str,
    *,
    room_type: str | None = None,
    besides: Collection[str] = (),
    same_type_only: bool = False,
) -> list[Record]:
    """Rooms free for every night of `[start, end)`, the next best first.

    The order a clerk would take: the type that was booked, then the nearest better one, then lesser
    ones; sound rooms before faulty ones; ready rooms before dirty ones; rooms where the stay leaves
    no lone night beside another; then by number.
    """
    ranks = type_ranks(view)
    wanted = ranks.get(room_type or "", 0)
    graded = []
    for room in _candidates(view, room_type if same_type_only else None):
        if not is_free(view, room, start, end, besides):
            continue
        kind = room.get("room_type")
        rank = ranks.get(kind or "", 0)
        step = rank - wanted
        distance = 0 if kind == room_type or room_type is None else step if step >= 0 else 99 - step
        grade = (
            distance,
            kind != room_type and room_type is not None,
            out_of_service(room, start, end),
            room.get("condition") not in (CLEAN, INSPECTED),
            -_snug(view, room["id"], start, end, besides),
            natural(room.get("number") or room["id"]),
        )
        graded.append((grade, room["id"], room))
    return [room for _, _, room in sorted(graded, key=lambda row: row[:2])]


def _candidates(view: View, room_type: str | None) -> Iterator[Record]:
    if room_type is not None:
        yield from view.find(ROOMS, "room_type", room_type)
        return
    for kind in view.find(ROOM_TYPES, "all", "all"):
        yield from view.find(ROOMS, "room_type", kind["id"])


def _snug(view: View, room: str, start: str, end: str, besides: Collection[str]) -> int:
    """How many of the stay's two ends meet another stay without a gap."""
    touching = 0
    for stay, place in in_room(view, room, add_days(start, -1), add_days(end, 1)):
        if stay["id"] not in besides:
            touching += (place.end == start) + (place.start == end)
    return touching


def type_ranks(view: View) -> dict[str, int]:
    """Room types by their rank: a higher one is an upgrade."""
    return {kind["id"]: kind.get("rank") or 0 for kind in view.find(ROOM_TYPES, "all", "all")}
