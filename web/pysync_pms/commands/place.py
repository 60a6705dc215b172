"""Where and when a stay is: assign, unassign, move, extend, shorten. Stands on `commands.stay`.

A guest in the house who moves keeps the nights already spent where they were spent (`earlier`), so
the new room only has to be free from the day of the move on.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import Record, View
from pysync_pms.commands.base import Drafting, Problem, command
from pysync_pms.commands.rooms import (
    check_dates,
    check_ready,
    check_room,
    check_sold_out,
    check_vacant,
    room_name,
)
from pysync_pms.commands.stay import SETTLED, OfStay, check_status, in_one_room
from pysync_pms.words import CHECKED_IN, DIRTY, RESERVATIONS, ROOMS


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(OfStay):
    """Give a reservation a room for its dates."""

    do: ClassVar[str] = "assign"

    room: str

    def check(self, view: View, today: str) -> list[Problem]:
        """The room is free for all nights."""
        stay, found = check_status(view, self.id, "assign")
        if found:
            return found
        if stay.get("status") == CHECKED_IN:
            message = "The guest is in the house: move to another room instead."
            return [Problem(code="in-house", field="room", message=message)]
        return check_room(
            view,
            self.room,
            stay["from"],
            stay["to"],
            room_type=stay.get("room_type"),
            besides=(self.id,),
        )

    def apply(self, draft: Drafting) -> str:
        """Assign the room; a call for attention is answered by it."""
        stay = draft.get(RESERVATIONS, self.id)
        fields = {"room": self.room, **in_one_room(stay), **_settle(draft, self.id)}
        draft.update(RESERVATIONS, self.id, fields)
        return self.id

    def label(self, view: View) -> str:
        """Names guest and room."""
        return f"Assign room {room_name(view, self.room)} to {self._name(view)}"


def _settle(view: View, reservation: str) -> dict[str, Any]:
    stay = view.get(RESERVATIONS, reservation)
    return dict(SETTLED) if stay is not None and stay.get("attention") else {}


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class Unassign(OfStay):
    """Take the room from a reservation, which stays confirmed."""

    do: ClassVar[str] = "unassign"

    def check(self, view: View, today: str) -> list[Problem]:
        """Not for a guest in the house."""
        return check_status(view, self.id, "unassign")[1]

    def apply(self, draft: Drafting) -> str:
        """Take the room away."""
        draft.update(RESERVATIONS, self.id, {"room": None})
        return self.id

    def label(self, view: View) -> str:
        """Names the guest."""
        return f"Unassign {self._name(view)}'s room"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class Move(OfStay):
    """Put a stay into another room, onto other dates, or both: a bar dragged in the tape chart.

    What is None stays as it is. For a guest in the house only room and departure can change; the
    move counts from `on`, and the nights before stay in the old room, which is left dirty.
    """

    do: ClassVar[str] = "move"

    on: str
    """The business date."""
    room: str | None = None
    arrival: str | None = None
    departure: str | None = None

    def _target(self, stay: Record) -> tuple[str | None, str, str]:
        room = self.room or stay.get("room")
        return room, self.arrival or stay["from"], self.departure or stay["to"]

    def check(self, view: View, today: str) -> list[Problem]:
        """The new place is free, and of the past nothing changes."""
        stay, found = check_status(view, self.id, "move")
        if found:
            return found
        room, start, end = self._target(stay)
        found = check_dates(start, end)
        if found:
            return found
        in_house = stay.get("status") == CHECKED_IN
        if in_house:
            found = _check_in_house(self, stay, end)
            if found:
                return found
            start = _held_from(self, stay, room)
        if room is None:
            return check_sold_out(view, stay["room_type"], start, end)
        besides = (self.id,)
        found = check_room(view, room, start, end, room_type=stay.get("room_type"), besides=besides)
        if in_house and room != stay.get("room"):
            found += check_vacant(view, room, besides) + check_ready(view, room)
        return found

    def apply(self, draft: Drafting) -> str:
        """Move; a call for attention is answered if the stay has a room now."""
        stay = draft.get(RESERVATIONS, self.id) or {}
        room, start, end = self._target(stay)
        fields: dict[str, Any] = {"room": room, "from": start, "to": end}
        left = stay.get("room")
        if stay.get("status") != CHECKED_IN:
            fields |= in_one_room(stay)
        elif left and room != left:
            fields |= _past_nights(self.on, stay)
            if (draft.get(ROOMS, left) or {}).get("condition") not in (None, DIRTY):
                draft.update(ROOMS, left, {"condition": DIRTY, "condition_on": self.on})
        if room is not None:
            fields |= _settle(draft, self.id)
        draft.update(RESERVATIONS, self.id, fields)
        return self.id

    def label(self, view: View) -> str:
        """Names guest, room and dates that change."""
        parts = [f"Move {self._name(view)}"]
        if self.room:
            parts.append(f"to room {room_name(view, self.room)}")
        if self.arrival or self.departure:
            stay = view.get(RESERVATIONS, self.id) or {"from": "", "to": ""}
            _, start, end = self._target(stay)
            parts.append(f"to {start} - {end}")
        return " ".join(parts)


def _check_in_house(move: Move, stay: Record, end: str) -> list[Problem]:
    if move.arrival is not None and move.arrival != stay["from"]:
        message = "The guest is in the house: the arrival stays as it was."
        return [Problem(code="in-house", field="arrival", message=message)]
    since = stay.get("since") or stay["from"]
    if move.on < since:
        message = f"The guest is in this room since {since}: move from then on."
        return [Problem(code="too-early", field="on", message=message)]
    if end < max(since, move.on if move.room not in (None, stay.get("room")) else since):
        message = "The departure lies before the move: choose a later one."
        return [Problem(code="dates-reversed", field="departure", message=message)]
    return []


def _held_from(move: Move, stay: Record, room: str | None) -> str:
    """From when on a guest in the house takes the room: all along, or from the day of the move."""
    since = str(stay.get("since") or stay["from"])
    return since if room == stay.get("room") else max(since, move.on)


def _past_nights(on: str, stay: Record) -> dict[str, Any]:
    """What remembers the nights in the room that is left.

    Of a guest who should have left already these end with the stay as it was booked: the nights
    since may have been sold to somebody else.
    """
    since = stay.get("since") or stay["from"]
    if on <= since:
        return {}
    earlier = [list(row) for row in stay.get("earlier") or ()]
    spent = min(on, stay["to"])
    if spent > since:
        earlier.append([stay["room"], since, spent])
    return {"earlier": earlier, "since": on}


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(OfStay):
    """Let a stay end later."""

    do: ClassVar[str] = "extend"

    departure: str

    def check(self, view: View, today: str) -> list[Problem]:
        """The room is free in the nights that are added; else rooms free for all of them."""
        stay, found = check_status(view, self.id, "extend")
        found = found or check_dates(stay["from"], self.departure)
        if found:
            return found
        if self.departure <= stay["to"]:
            message = f"The stay already ends on {stay['to']}: choose a later date."
            return [Problem(code="not-later", field="departure", message=message)]
        room = stay.get("room")
        if room is None:
            return check_sold_out(view, stay["room_type"], stay["to"], self.departure)
        wrong = check_room(view, room, stay["to"], self.departure, besides=(self.id,))
        return [
            Problem(
                code=problem.code,
                field="departure",
                message=problem.message,
                level=problem.level,
                alternatives=problem.alternatives,
                params=problem.params,
            )
            for problem in wrong
        ]

    def apply(self, draft: Drafting) -> str:
        """Set the later departure."""
        draft.update(RESERVATIONS, self.id, {"to": self.departure})
        return self.id

    def label(self, view: View) -> str:
        """Names guest and date."""
        return f"Extend {self._name(view)}'s stay to {self.departure}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class Shorten(OfStay):
    """Let a stay end earlier; nights already spent are not taken back."""

    do: ClassVar[str] = "shorten"

    departure: str

    def check(self, view: View, today: str) -> list[Problem]:
        """Not before the arrival, nor before today for a guest in the house."""
        stay, found = check_status(view, self.id, "shorten")
        found = found or check_dates(stay["from"], self.departure)
        if found:
            return found
        if self.departure >= stay["to"]:
            message = f"The stay already ends on {stay['to']}: choose an earlier date."
            return [Problem(code="not-earlier", field="departure", message=message)]
        if stay.get("status") == CHECKED_IN or stay.get("since"):
            earliest = max(today, stay.get("since") or stay["from"])
            if self.departure < earliest:
                message = f"The guest is in the house: choose {earliest} or later, or check out."
                return [Problem(code="in-house", field="departure", message=message)]
        return []

    def apply(self, draft: Drafting) -> str:
        """Set the earlier departure."""
        draft.update(RESERVATIONS, self.id, {"to": self.departure})
        return self.id

    def label(self, view: View) -> str:
        """Names guest and date."""
        return f"Shorten {self._name(view)}'s stay to {self.departure}"
