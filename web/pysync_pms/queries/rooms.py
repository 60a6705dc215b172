"""The room rack and the housekeeping board: three axes per room, never mixed.

Occupancy is derived from the stays, condition and serviceability are the room's own. A rack entry
reads one room's open stays, so a screen can renew one card. Stands on `queries.front_desk`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from pysync.model.guard import Record, View
from pysync_pms.occupancy import natural, out_of_order
from pysync_pms.queries.front_desk import StayLine, all_rooms, line
from pysync_pms.words import (
    CHECKED_IN,
    CLEAN,
    CONFIRMED,
    DIRTY,
    IN_SERVICE,
    RESERVATIONS,
    ROOMS,
    STAFF,
)

Occupancy = Literal["vacant", "stay-over", "due-out", "overdue"]
"""Nobody is in; in and stays tonight; in and leaves today; in though the stay has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RackRoom:
    """One room as it is now."""

    room: Record
    occupancy: Occupancy
    condition: str
    serviceability: str
    closed_now: bool
    """Out of order today (a date range may make it so later, or no longer)."""
    current: StayLine | None
    """Who is in it."""
    until: str | None
    """When they leave."""
    arriving: StayLine | None
    """Who is expected in it today."""
    following: StayLine | None
    """The next stay after today."""
    needs_service: bool
    """Occupied, and not made up today."""

    @property
    def id(self) -> str:
        """The room's id."""
        return str(self.room["id"])

    @property
    def number(self) -> str:
        """What stands on the door."""
        return str(self.room.get("number") or self.room["id"])

    @property
    def floor(self) -> str:
        """The floor, "" if none is given."""
        return str(self.room.get("floor") or "")

    @property
    def turnover(self) -> bool:
        """Somebody leaves and somebody comes today: the first to clean."""
        return self.arriving is not None and self.occupancy in ("due-out", "overdue")


def rack_room(view: View, room_id: str, today: str) -> RackRoom | None:
    """One room's card; None if there is no such room."""
    room = view.get(ROOMS, room_id)
    return _rack(view, room, today) if room is not None else None


def room_rack(view: View, today: str) -> list[RackRoom]:
    """All rooms by number."""
    return [_rack(view, room, today) for room in all_rooms(view)]


def _rack(view: View, room: Record, today: str) -> RackRoom:
    current = arriving = following = None
    for stay in view.find(RESERVATIONS, "open_room", room["id"]):
        if stay["status"] == CHECKED_IN:
            if current is None or stay["from"] > current["from"]:
                current = stay
        elif stay["status"] == CONFIRMED and stay["from"] <= today:
            arriving = stay
        elif following is None or stay["from"] < following["from"]:
            following = stay
    condition = room.get("condition") or CLEAN
    made_up = room.get("condition_on")
    slept_since = current is not None and current["from"] < today
    return RackRoom(
        room=room,
        occupancy=_occupancy(current, today),
        condition=condition,
        serviceability=room.get("serviceability") or IN_SERVICE,
        closed_now=out_of_order(room, today, today),
        current=line(view, current) if current is not None else None,
        until=current["to"] if current is not None else None,
        arriving=line(view, arriving) if arriving is not None else None,
        following=line(view, following) if following is not None else None,
        needs_service=slept_since and (made_up is None or made_up < today or condition == DIRTY),
    )


def _occupancy(current: Record | None, today: str) -> Occupancy:
    if current is None:
        return "vacant"
    if current["to"] < today:
        return "overdue"
    return "due-out" if current["to"] == today else "stay-over"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardGroup:
    """A floor's or a person's rooms on the housekeeping board. `key` is "" for those without."""

    key: str
    title: str
    rooms: tuple[RackRoom, ...]
    to_do: int
    """Rooms that are dirty or ask for service."""


NOBODY: Final = "Nobody yet"
NO_FLOOR: Final = "No floor"


def board_by_floor(view: View, today: str) -> list[BoardGroup]:
    """The housekeeping board, a group per floor."""
    return _grouped(view, today, lambda item: item.floor, lambda key: key or NO_FLOOR)


def board_by_person(view: View, today: str) -> list[BoardGroup]:
    """The housekeeping board, a group per housekeeper (also those without rooms), then nobody's."""
    people = {s["id"]: s for s in view.find(STAFF, "role", "housekeeping")}

    def title(key: str) -> str:
        person = people.get(key) or (view.get(STAFF, key) if key else None)
        return str(person["name"]) if person is not None else NOBODY

    groups = _grouped(view, today, lambda item: str(item.room.get("housekeeper") or ""), title)
    present = {group.key for group in groups}
    idle = [
        BoardGroup(key=key, title=person["name"], rooms=(), to_do=0)
        for key, person in people.items()
        if key not in present and person.get("active") is not False
    ]
    return sorted([*groups, *idle], key=lambda group: (not group.key, group.title))


def _grouped(
    view: View, today: str, key_of: Callable[[RackRoom], str], title: Callable[[str], str]
) -> list[BoardGroup]:
    found: dict[str, list[RackRoom]] = {}
    for item in room_rack(view, today):
        found.setdefault(key_of(item), []).append(item)
    return [
        BoardGroup(
            key=key,
            title=title(key),
            rooms=tuple(found[key]),
            to_do=sum(room.condition == DIRTY or room.needs_service for room in found[key]),
        )
        for key in sorted(found, key=lambda key: (not key, natural(key)))
    ]


def housekeepers(view: View) -> list[Record]:
    """Staff who clean and still work here, by name."""
    people = view.find(STAFF, "role", "housekeeping")
    return sorted((p for p in people if p.get("active") is not False), key=lambda p: p["name"])
