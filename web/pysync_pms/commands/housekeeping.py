"""Rooms as housekeeping and maintenance see them: condition, serviceability, who does which room.

The axes are separate: cleaning a room says nothing about who is in it, and a room out of order can
be clean. Stands on `commands.base`.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pysync.model.guard import View
from pysync_pms.calendar import is_date
from pysync_pms.commands.base import Command, Drafting, Problem, command, field_problems
from pysync_pms.commands.rooms import guest_name, room_name
from pysync_pms.occupancy import closed_dates
from pysync_pms.words import (
    CONDITIONS,
    IN_SERVICE,
    OUT_OF_ORDER,
    ROOMS,
    SERVICEABILITIES,
    STAFF,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfRoom(Command):
    """A command about one room."""

    room: str

    def _gone(self, view: View) -> list[Problem]:
        if view.get(ROOMS, self.room) is not None:
            return []
        message = "This room does not exist (any more)."
        return [Problem(code="room-unknown", field="room", message=message)]


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class SetCondition(_OfRoom):
    """Say that a room is dirty, clean or inspected."""

    do: ClassVar[str] = "set-condition"
    atomic: ClassVar[bool] = False

    condition: str
    on: str
    """The business date: a room occupied since then asks for service."""

    def check(self, view: View, today: str) -> list[Problem]:
        """The room is there and the word is known."""
        found = self._gone(view)
        if self.condition not in CONDITIONS:
            message = f"Choose one of {', '.join(CONDITIONS)}."
            found.append(Problem(code="field", field="condition", message=message))
        return found + field_problems(ROOMS, {"condition_on": self.on}, {"condition_on": "on"})

    def apply(self, draft: Drafting) -> str:
        """Set the condition."""
        draft.update(ROOMS, self.room, {"condition": self.condition, "condition_on": self.on})
        return self.room

    def label(self, view: View) -> str:
        """Names the room."""
        return f"Room {room_name(view, self.room)}: {self.condition}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class SetServiceability(_OfRoom):
    """Take a room out of order or out of service, or back in.

    `since` and `until` bound it, half-open; without them it holds from ever, for ever.
    """

    do: ClassVar[str] = "set-serviceability"

    serviceability: str
    reason: str | None = None
    since: str | None = None
    until: str | None = None

    def check(self, view: View, today: str) -> list[Problem]:
        """Dates in order; stays that have the room then are warned of, not thrown out."""
        found = self._gone(view)
        if self.serviceability not in SERVICEABILITIES:
            message = f"Choose one of {', '.join(SERVICEABILITIES)}."
            return [*found, Problem(code="field", field="serviceability", message=message)]
        for name, value in (("since", self.since), ("until", self.until)):
            if value is not None and not is_date(value):
                message = "Enter a date: 2026-11-20."
                found.append(Problem(code="date", field=name, message=message))
        if self.serviceability == IN_SERVICE or found:
            return found
        if self.since and self.until and self.until <= self.since:
            message = "It ends before it begins: choose a later end."
            found.append(Problem(code="dates-reversed", field="until", message=message))
        if not (self.reason or "").strip():
            message = "Say why, for whoever repairs it."
            found.append(Problem(code="reason-needed", field="reason", message=message))
        if self.serviceability == OUT_OF_ORDER and not found:
            found += self._affected(view, today)
        return found

    def _affected(self, view: View, today: str) -> list[Problem]:
        start, end = closed_dates({"closed_from": self.since, "closed_until": self.until})
        stays = [
            stay
            for stay in view.find("reservations", "open_room", self.room)
            if stay["from"] < end and start < stay["to"] and stay["to"] > today
        ]
        if not stays:
            return []
        names = ", ".join(guest_name(view, stay) for stay in stays[:3])
        message = f"{len(stays)} stays have this room then ({names}): move them."
        ids = [stay["id"] for stay in stays]
        return [
            Problem(
                code="stays-affected",
                field="room",
                level="warning",
                message=message,
                params={"reservations": ids},
            )
        ]

    def apply(self, draft: Drafting) -> str:
        """Set it; back in service takes reason and dates away."""
        out = self.serviceability != IN_SERVICE
        fields = {
            "serviceability": self.serviceability,
            "closed_reason": self.reason if out else None,
            "closed_from": self.since if out else None,
            "closed_until": self.until if out else None,
        }
        draft.update(ROOMS, self.room, fields)
        return self.room

    def label(self, view: View) -> str:
        """Names the room."""
        return f"Room {room_name(view, self.room)}: {self.serviceability.replace('-', ' ')}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class AssignHousekeeper(_OfRoom):
    """Give a room to a member of the staff to clean, or to nobody."""

    do: ClassVar[str] = "assign-housekeeper"
    atomic: ClassVar[bool] = False

    housekeeper: str | None = None

    def check(self, view: View, today: str) -> list[Problem]:
        """Both are there."""
        found = self._gone(view)
        if self.housekeeper is not None and view.get(STAFF, self.housekeeper) is None:
            message = "Choose somebody of the staff."
            found.append(Problem(code="staff-unknown", field="housekeeper", message=message))
        return found

    def apply(self, draft: Drafting) -> str:
        """Assign."""
        draft.update(ROOMS, self.room, {"housekeeper": self.housekeeper})
        return self.room

    def label(self, view: View) -> str:
        """Names room and person."""
        person = view.get(STAFF, self.housekeeper) if self.housekeeper else None
        name = person["name"] if person is not None else "nobody"
        return f"Room {room_name(view, self.room)}: cleaned by {name}"
