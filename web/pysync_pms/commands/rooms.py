"""Checks on giving a room to a stay, shared by every command that does. Stands on `occupancy`."""

from __future__ import annotations

from collections.abc import Collection

from pysync.model.guard import Record, View
from pysync_pms.availability import rooms_left
from pysync_pms.calendar import MAX_NIGHTS, is_date, nights
from pysync_pms.commands.base import Problem
from pysync_pms.indexes import full_name
from pysync_pms.occupancy import clash, free_rooms, out_of_order, out_of_service
from pysync_pms.words import DIRTY, GUESTS, ROOMS

SUGGESTED = 8
"""Free rooms offered beside a refusal."""


def check_dates(start: str, end: str) -> list[Problem]:
    """Whether arrival and departure are dates in order."""
    found = [
        Problem(code="date", field=name, message=f"Enter the {name} as a date: 2026-11-20.")
        for name, value in (("arrival", start), ("departure", end))
        if not is_date(value)
    ]
    if found:
        return found
    if end < start:
        return [
            Problem(
                code="dates-reversed",
                field="departure",
                message="The departure lies before the arrival: choose a later one.",
            )
        ]
    if start[:4] != end[:4] and nights(start, end) > MAX_NIGHTS:
        return [
            Problem(
                code="too-long",
                field="departure",
                message=f"A stay has at most {MAX_NIGHTS} nights: check the years.",
            )
        ]
    return []


def suggestions(
    view: View, start: str, end: str, room_type: str | None, besides: Collection[str] = ()
) -> tuple[str, ...]:
    """Ids of free rooms, the next best first."""
    found = free_rooms(view, start, end, room_type=room_type, besides=besides)
    return tuple(room["id"] for room in found[:SUGGESTED])


def check_room(
    view: View,
    room_id: str,
    start: str,
    end: str,
    *,
    room_type: str | None = None,
    besides: Collection[str] = (),
) -> list[Problem]:
    """Whether the room can be given to a stay of `[start, end)`; free rooms if it cannot."""
    room = view.get(ROOMS, room_id)
    if room is None:
        return [
            Problem(
                code="room-unknown",
                field="room",
                message="This room does not exist (any more): choose another.",
                alternatives=suggestions(view, start, end, room_type, besides),
            )
        ]
    number = number_of(room)
    if out_of_order(room, start, end):
        until = room.get("closed_until")
        shown = f" until {until}" if until else ""
        reason = f" ({room['closed_reason']})" if room.get("closed_reason") else ""
        return [
            Problem(
                code="room-out-of-order",
                field="room",
                message=f"Room {number} is out of order{shown}{reason}: choose another.",
                alternatives=suggestions(view, start, end, room_type, besides),
            )
        ]
    other = clash(view, room_id, start, end, besides)
    if other is not None:
        return [
            Problem(
                code="room-taken",
                field="room",
                message=(
                    f"{guest_name(view, other)} has room {number} from {other['from']} to "
                    f"{other['to']}: choose another room or other dates."
                ),
                alternatives=suggestions(view, start, end, room_type, besides),
                params={"reservation": other["id"]},
            )
        ]
    found: list[Problem] = []
    if out_of_service(room, start, end):
        fault = room.get("closed_reason") or "see its notes"
        found.append(
            Problem(
                code="room-out-of-service",
                field="room",
                level="warning",
                message=f"Room {number} has a fault: {fault}.",
            )
        )
    if room_type is not None and room.get("room_type") != room_type:
        found.append(
            Problem(
                code="other-type",
                field="room",
                level="warning",
                message=f"Room {number} is of another type than was booked.",
                params={"booked": room_type, "room_type": room.get("room_type")},
            )
        )
    return found


def check_ready(view: View, room_id: str) -> list[Problem]:
    """A warning if the room is not made up."""
    room = view.get(ROOMS, room_id)
    if room is None or room.get("condition") != DIRTY:
        return []
    return [
        Problem(
            code="room-dirty",
            field="room",
            level="warning",
            message=f"Room {number_of(room)} is not cleaned yet: wait, or choose a clean one.",
        )
    ]


def occupant(view: View, room_id: str, besides: Collection[str] = ()) -> Record | None:
    """Who is in the room now, by key: a guest who should have left counts too."""
    for stay in view.find("reservations", "open_room", room_id):
        if stay.get("status") == "checked-in" and stay["id"] not in besides:
            return stay
    return None


def check_vacant(view: View, room_id: str, besides: Collection[str]) -> list[Problem]:
    """An error if somebody is still in the room."""
    other = occupant(view, room_id, besides)
    if other is None:
        return []
    return [
        Problem(
            code="room-occupied",
            field="room",
            message=(
                f"{guest_name(view, other)} has not checked out of room "
                f"{number_of(view.get(ROOMS, room_id) or {'id': room_id})} yet: check out first, "
                "or choose another room."
            ),
            params={"reservation": other["id"]},
        )
    ]


def number_of(room: Record) -> str:
    """What stands on the door."""
    return str(room.get("number") or room["id"])


def room_name(view: View, room_id: str | None) -> str:
    """The number of the room with this id."""
    return number_of(view.get(ROOMS, room_id) or {"id": room_id}) if room_id else "no room"


def guest_of(view: View, stay: Record) -> Record | None:
    """The guest's profile, followed to the one it was merged into."""
    guest_id = stay.get("guest_id")
    for _ in range(20):
        guest = view.get(GUESTS, guest_id) if guest_id else None
        if guest is None or not guest.get("merged_into"):
            return guest
        guest_id = guest["merged_into"]
    return None


def guest_name(view: View, stay: Record) -> str:
    """The guest's name, for messages."""
    guest = guest_of(view, stay)
    return full_name(guest) if guest is not None else "A guest"


def check_sold_out(view: View, room_type: str, start: str, end: str) -> list[Problem]:
    """An error if some night of `[start, end)` has no room of the type left; other types that have
    one are the alternatives."""
    if start == end:
        return []
    left = rooms_left(view, start, end)
    if left.get(room_type, 0) > 0:
        return []
    others = [kind for kind, count in left.items() if count > 0 and kind != room_type]
    message = "This type is sold out in these nights: choose another type or other dates."
    return [
        Problem(
            code="type-sold-out", field="room_type", message=message, alternatives=tuple(others)
        )
    ]
