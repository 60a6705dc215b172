"""The hotel itself: room types, rooms, staff, settings, and a person's preferences."""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pysync.model.guard import View
from pysync_pms.commands.adding import Create
from pysync_pms.commands.base import (
    Command,
    Drafting,
    Problem,
    command,
    field_problems,
    present,
)
from pysync_pms.invoice_schema import INVOICE_SETTINGS
from pysync_pms.invoices import prefix_of
from pysync_pms.schema import SCHEMA
from pysync_pms.taxes import few, taxes_of, uses_of
from pysync_pms.words import (
    CLEAN,
    CREDIT_NOTE,
    HOTEL,
    IN_SERVICE,
    INVOICE,
    INVOICES,
    PREFERENCES,
    ROOM_TYPES,
    ROOMS,
    SETTINGS,
    STAFF,
)


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRoomType(Create):
    """Add a kind of room. A higher `rank` is an upgrade; `rate` is in minor units a night."""

    do: ClassVar[str] = "create-room-type"
    collection: ClassVar[str] = ROOM_TYPES

    name: str
    rank: int = 0
    capacity: int | None = None
    rate: int | None = None
    currency: str | None = None

    def record(self) -> dict[str, Any]:
        """The type as it is stored."""
        more = {"capacity": self.capacity, "rate": self.rate, "currency": self.currency}
        return {"id": self.id, "name": self.name, "rank": self.rank} | present(more)

    def label(self, view: View) -> str:
        """Names the type."""
        return f"Add room type {self.name}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRoom(Create):
    """Add a room, clean and in service."""

    do: ClassVar[str] = "create-room"
    collection: ClassVar[str] = ROOMS

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
        found = Create.check(self, view, today)
        if view.get(ROOM_TYPES, self.room_type) is None:
            message = "Choose a room type."
            found.append(Problem(code="type-unknown", field="room_type", message=message))
        if view.find(ROOMS, "number", self.number):
            message = f"There is a room {self.number} already: choose another number."
            found.append(Problem(code="number-taken", field="number", message=message))
        return found

    def label(self, view: View) -> str:
        """Names the room."""
        return f"Add room {self.number}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateStaff(Create):
    """Add a member of the staff."""

    do: ClassVar[str] = "create-staff"
    collection: ClassVar[str] = STAFF

    name: str
    role: str
    job: str | None = None
    centre: str | None = None
    """The id of their cost centre."""
    account: str | None = None
    """The name they sign in with: what they spend and work is theirs by it."""

    def record(self) -> dict[str, Any]:
        """The person as stored."""
        more = {"job": self.job, "centre": self.centre, "account": self.account}
        row = {"id": self.id, "name": self.name, "role": self.role, "active": True}
        return row | present(more)

    def label(self, view: View) -> str:
        """Names the person."""
        return f"Add {self.name} to the staff"


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
    """Set the hotel's name, currency, times, taxes, and how conflicts are settled. The record's id
    is `HOTEL`."""

    do: ClassVar[str] = "set-settings"
    atomic: ClassVar[bool] = False
    collection: ClassVar[str] = SETTINGS

    def check(self, view: View, today: str) -> list[Problem]:
        """As every setting; and a tax that something uses stays."""
        found = _Set.check(self, view, today) or self._check_numbers(view)
        if found or not {"taxes", "room_tax"} & self.changes.keys():
            return found
        after = {**(view.get(SETTINGS, HOTEL) or {}), **self.changes}
        codes = {tax[0] for tax in after.get("taxes") or ()}
        room_tax = after.get("room_tax")
        if "room_tax" in self.changes and room_tax and room_tax not in codes:
            message = "The settings know no such tax: choose another."
            return [Problem(code="tax", field="room_tax", message=message)]
        for code, name, _ in taxes_of(view):
            uses = uses_of(view, code, room_tax) if code not in codes else ()
            if uses:
                message = f"{name} is used by {few(uses)}: choose another tax there first."
                found.append(Problem(code="tax-used", message=message))
        return found

    def _check_numbers(self, view: View) -> list[Problem]:
        """The numbers of invoices go on, and are no credit notes'."""
        if not INVOICE_SETTINGS.keys() & self.changes.keys():
            return []
        now = view.get(SETTINGS, HOTEL) or {}
        after = {**now, **self.changes}
        first = now.get("invoice_first") or 1
        begun = view.find(INVOICES, "serial", (INVOICE, first))
        if begun and (after.get("invoice_first") or 1) != first:
            message = "Invoices are issued: the numbers go on from there."
            return [Problem(code="series-begun", field="invoice_first", message=message)]
        if prefix_of(after, INVOICE) == prefix_of(after, CREDIT_NOTE):
            message = "Credit notes need something else before their numbers than invoices."
            return [Problem(code="same-prefix", field="credit_prefix", message=message)]
        return []
