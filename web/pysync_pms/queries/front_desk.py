"""What the front desk looks at: arrivals, departures, who is in the house, what needs attention.

Pure functions of a view that read declared indexes, so each costs what it shows, not what the hotel
holds. Every line is a frozen value that compares by content: a screen redraws the lines that
differ. Stands on `occupancy`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pysync.model.guard import Record, View
from pysync_pms.calendar import nights
from pysync_pms.commands.rooms import guest_of
from pysync_pms.indexes import full_name, name_order
from pysync_pms.ledger import deposit_missing
from pysync_pms.occupancy import natural, out_of_order
from pysync_pms.words import (
    ATTENTION_WORDS,
    CHECKED_IN,
    CHECKED_OUT,
    CONFIRMED,
    DIRTY,
    OUT_OF_ORDER,
    REFUSALS,
    RESERVATIONS,
    ROOM_TYPES,
    ROOMS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StayLine:
    """A reservation as a line of a list. `stay`, `guest`, `room` are the records."""

    stay: Record
    guest: Record | None
    room: Record | None

    @property
    def id(self) -> str:
        """The reservation's id."""
        return str(self.stay["id"])

    @property
    def guest_name(self) -> str:
        """First and last name, or "" if there is no profile."""
        return full_name(self.guest) if self.guest is not None else ""

    @property
    def room_number(self) -> str:
        """What stands on the door, or "" while unassigned."""
        return str(self.room.get("number") or self.room["id"]) if self.room is not None else ""

    @property
    def status(self) -> str:
        """The reservation's status code."""
        return str(self.stay["status"])

    @property
    def nights(self) -> int:
        """Nights of the whole stay."""
        return nights(self.stay["from"], self.stay["to"])

    @property
    def ready(self) -> bool:
        """The room is assigned and not dirty."""
        return self.room is not None and self.room.get("condition") != DIRTY


def line(view: View, stay: Record) -> StayLine:
    """The line of one reservation."""
    room = view.get(ROOMS, stay["room"]) if stay.get("room") else None
    return StayLine(stay=stay, guest=guest_of(view, stay), room=room)


def stay_line(view: View, reservation: str) -> StayLine | None:
    """The line of a reservation by id, for a drawer; None if there is none."""
    stay = view.get(RESERVATIONS, reservation)
    return line(view, stay) if stay is not None else None


def _lines(view: View, stays: Iterable[Record]) -> list[StayLine]:
    """By guest's last name, then id: where a clerk looks."""
    return sorted((line(view, stay) for stay in stays), key=_by_name)


def _by_name(item: StayLine) -> tuple[str, str]:
    return name_order(item.guest or {}), item.id


def arrivals(view: View, today: str) -> list[StayLine]:
    """Guests still expected today, those who should have come before today first."""
    late = overdue_arrivals(view, today)
    due = [s for s in view.find(RESERVATIONS, "arrival", today) if s["status"] == CONFIRMED]
    return late + _lines(view, due)


def overdue_arrivals(view: View, today: str) -> list[StayLine]:
    """Confirmed stays whose first night has passed: check in late, or mark as no-show."""
    stays = (s for s in view.find(RESERVATIONS, "status", CONFIRMED) if s["from"] < today)
    return _lines(view, stays)


def arrived(view: View, today: str) -> list[StayLine]:
    """Guests whose stay begins today and who are in the house, or have already left again."""
    found = view.find(RESERVATIONS, "arrival", today)
    return _lines(view, (s for s in found if s["status"] in (CHECKED_IN, CHECKED_OUT)))


def departures(view: View, today: str) -> list[StayLine]:
    """Guests in the house who are to leave by today, the overdue first."""
    stays = (s for s in view.find(RESERVATIONS, "status", CHECKED_IN) if s["to"] <= today)
    return sorted(_lines(view, stays), key=lambda item: item.stay["to"])


def departed(view: View, today: str) -> list[StayLine]:
    """Guests who checked out today and were booked until today (or left early today)."""
    found = view.find(RESERVATIONS, "departure", today)
    return _lines(view, (s for s in found if s["status"] == CHECKED_OUT))


def in_house(view: View) -> list[StayLine]:
    """Everybody who is checked in, by room number."""
    found = _lines(view, view.find(RESERVATIONS, "status", CHECKED_IN))
    return sorted(found, key=lambda item: natural(item.room_number))


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionLine:
    """Something a person has to see to: `code` is stable, `message` says what to do."""

    code: str
    message: str
    line: StayLine
    source: Literal["mark", "derived"]
    """A mark stays until it is settled (assign a room, or `ClearAttention`); what is derived goes
    away with its cause."""


def needs_attention(view: View, today: str) -> list[AttentionLine]:
    """All that waits for a person, the nearest arrival first.

    Offer free rooms with `free_rooms` for the stay's dates, as the record may be days old.
    """
    found = [_marked(view, line(view, s)) for s in view.find(RESERVATIONS, "attention", "any")]
    marked = {item.line.id for item in found}
    for item in _derived(view, today):
        if item.line.id not in marked:
            found.append(item)
    return sorted(found, key=lambda item: (item.line.stay["from"], item.line.id))


def attention_count(view: View, today: str) -> int:
    """How many things wait for a person: stays, and changes that were refused."""
    return len(needs_attention(view, today)) + sum(1 for _ in view.all(REFUSALS))


def _marked(view: View, item: StayLine) -> AttentionLine:
    code = str(item.stay["attention"])
    room = view.get(ROOMS, item.stay.get("attention_room") or "")
    number = (room or {}).get("number") or item.stay.get("attention_room") or "?"
    words = ATTENTION_WORDS.get(code, "See to this reservation.")
    return AttentionLine(code=code, message=words.format(room=number), line=item, source="mark")


def _derived(view: View, today: str) -> Iterable[AttentionLine]:
    for item in departures(view, today):
        if item.stay["to"] < today:
            message = f"Should have left on {item.stay['to']}: check out or extend."
            yield AttentionLine(
                code="overdue-departure", message=message, line=item, source="derived"
            )
    for item in overdue_arrivals(view, today):
        message = f"Was expected on {item.stay['from']}: check in, or mark as no-show."
        yield AttentionLine(code="overdue-arrival", message=message, line=item, source="derived")
    for stay in view.find(RESERVATIONS, "deposit", "any"):
        if (stay.get("deposit_by") or today) < today and deposit_missing(view, stay):
            message = f"The deposit was due on {stay['deposit_by']}: ask for it, or cancel."
            yield AttentionLine(
                code="overdue-deposit", message=message, line=line(view, stay), source="derived"
            )
    for room in all_rooms(view):
        if room.get("serviceability") != OUT_OF_ORDER:
            continue
        for stay in view.find(RESERVATIONS, "open_room", room["id"]):
            start = max(stay["from"], today)
            if start < stay["to"] and out_of_order(room, start, stay["to"]):
                message = f"Room {room['number']} is out of order during the stay: move."
                yield AttentionLine(
                    code="room-out-of-order",
                    message=message,
                    line=line(view, stay),
                    source="derived",
                )


def all_rooms(view: View) -> list[Record]:
    """Every room, by number as people sort them."""
    rooms = [
        room
        for kind in view.find(ROOM_TYPES, "all", "all")
        for room in view.find(ROOMS, "room_type", kind["id"])
    ]
    return sorted(rooms, key=lambda room: natural(room.get("number") or room["id"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The sign-post's figures."""

    arrivals_due: int
    arrived: int
    departures_due: int
    departed: int
    in_house: int
    guests_in_house: int
    rooms: int
    occupied: int
    dirty: int
    out_of_order: int
    attention: int


def today_figures(view: View, today: str) -> Today:
    """Counts for the home screen; each is the length of the list of the same name."""
    inside = view.find(RESERVATIONS, "status", CHECKED_IN)
    rooms = all_rooms(view)
    return Today(
        arrivals_due=len(arrivals(view, today)),
        arrived=len(arrived(view, today)),
        departures_due=sum(stay["to"] <= today for stay in inside),
        departed=len(departed(view, today)),
        in_house=len(inside),
        guests_in_house=sum(
            (stay.get("adults") or 0) + (stay.get("children") or 0) + (stay.get("infants") or 0)
            for stay in inside
        ),
        rooms=len(rooms),
        occupied=len({stay.get("room") for stay in inside}),
        dirty=sum(room.get("condition") == DIRTY for room in rooms),
        out_of_order=sum(out_of_order(room, today, today) for room in rooms),
        attention=attention_count(view, today),
    )
