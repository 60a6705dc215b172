"""The hotel itself: room types, rooms, staff, settings, and a person's preferences."""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pysync.model.guard import View
from pysync_pms.commands.base import (
    Command,
    Drafting,
    Problem,
    command,
    field_problems,
    present,
)
from pysync_pms.schema import SCHEMA
from pysync_pms.words import (
    CLEAN,
    IN_SERVICE,
    PREFERENCES,
    ROOM_TYPES,
    ROOMS,
    SETTINGS,
    STAFF,
)

HOTEL = "hotel"
"""Id of the settings record about the hotel."""


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRoomType(Command):
    """Add a kind of room. A higher `rank` is an upgrade; `rate` is in minor units a night."""

    do: ClassVar[str] = "create-room-type"

    id: str
    name: str
    rank: int = 0
    capacity: int | None = None
    rate: int | None = None
    currency: str | None = None

    def record(self) -> dict[str, Any]:
        """The type as it is stored."""
        more = {"capacity": self.capacity, "rate": self.rate, "currency": self.currency}
        return {"id": self.id, "name": self.name, "rank": self.rank} | present(more)

    def check(self, view: View, today: str) -> list[Problem]:
        """New, with a name."""
        return _new(view, ROOM_TYPES, self.record())

    def apply(self, draft: Drafting) -> str:
        """Create the type."""
        return draft.create(ROOM_TYPES, self.record())

    def label(self, view: View) -> str:
        """Names the type."""
        return f"Add room type {self.name}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRoom(Command):
    """Add a room, clean and in service."""

    do: ClassVar[str] = "create-room"

    id: str
    number: str
    room_type: str
    floor: str | None = None
    notes: str | None = None
    features: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """The room as it is stored."""
        record: dict[str, Any] = {
            "id": self.id,
            "number": self.number,
            "room_type": self.room_type,
            "condition": CLEAN,
            "serviceability": IN_SERVICE,
        }
        if self.features:
            record["features"] = list(self.features)
        return record | present({"floor": self.floor, "notes": self.notes})

    def check(self, view: View, today: str) -> list[Problem]:
        """New, of a known type, with a number of its own."""
        found = _new(view, ROOMS, self.record())
        if view.get(ROOM_TYPES, self.room_type) is None:
            message = "Choose a room type."
            found.append(Problem(code="type-unknown", field="room_type", message=message))
        if view.find(ROOMS, "number", self.number):
            message = f"There is a room {self.number} already: choose another number."
            found.append(Problem(code="number-taken", field="number", message=message))
        return found

    def apply(self, draft: Drafting) -> str:
        """Create the room."""
        return draft.create(ROOMS, self.record())

    def label(self, view: View) -> str:
        """Names the room."""
        return f"Add room {self.number}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateStaff(Command):
    """Add a member of the staff."""

    do: ClassVar[str] = "create-staff"

    id: str
    name: str
    role: str

    def record(self) -> dict[str, Any]:
        """The person as stored."""
        return {"id": self.id, "name": self.name, "role": self.role, "active": True}

    def check(self, view: View, today: str) -> list[Problem]:
        """New, with a name and a known role."""
        return _new(view, STAFF, self.record())

    def apply(self, draft: Drafting) -> str:
        """Create the record."""
        return draft.create(STAFF, self.record())

    def label(self, view: View) -> str:
        """Names the person."""
        return f"Add {self.name} to the staff"


def _new(view: View, collection: str, record: Mapping[str, Any]) -> list[Problem]:
    found = field_problems(collection, record)
    if not record["id"] or view.get(collection, record["id"]) is not None:
        found.append(Problem(code="exists", field="id", message="This was already added."))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set(Command):
    """Write fields of a record that is made when it is first written."""

    id: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    collection: ClassVar[str] = ""

    def check(self, view: View, today: str) -> list[Problem]:
        """Known fields that hold what they may hold."""
        known = SCHEMA.collections[self.collection].fields
        found = [
            Problem(code="unknown", field=name, message=f"There is no setting {name}.")
            for name in self.changes
            if name not in known
        ]
        return found + field_problems(self.collection, self.changes)

    def apply(self, draft: Drafting) -> str:
        """Write them."""
        if draft.get(self.collection, self.id) is None:
            return draft.create(self.collection, {"id": self.id, **self.changes})
        draft.update(self.collection, self.id, self.changes)
        return self.id

    def label(self, view: View) -> str:
        """Names what is set."""
        return f"Set {', '.join(self.changes).replace('_', ' ')}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class SetPreferences(_Set):
    """Set how the pages look for one person: theme, locale, font size, density, sidebar."""

    do: ClassVar[str] = "set-preferences"
    atomic: ClassVar[bool] = False
    collection: ClassVar[str] = PREFERENCES


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class SetSettings(_Set):
    """Set the hotel's name, currency, times. The record's id is `HOTEL`."""

    do: ClassVar[str] = "set-settings"
    atomic: ClassVar[bool] = False
    collection: ClassVar[str] = SETTINGS
