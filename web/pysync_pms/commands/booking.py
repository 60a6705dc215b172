"""Taking bookings and editing their details. Stands on `commands.base`, `commands.rooms`."""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final

from pysync.model.guard import View
from pysync_pms.commands.base import Command, Drafting, Problem, command, errors, field_problems
from pysync_pms.commands.rooms import (
    check_dates,
    check_ready,
    check_room,
    check_sold_out,
    check_vacant,
    guest_name,
    room_name,
    suggestions,
)
from pysync_pms.ledger import known_due
from pysync_pms.words import (
    CHECKED_IN,
    CHECKED_OUT,
    CONFIRMED,
    GUESTS,
    RESERVATIONS,
    ROOM_TYPES,
    ROOMS,
)

_NAMES: Final = {"from": "arrival", "to": "departure"}
DETAILS: Final = (
    "guest_id", "room_type", "adults", "children", "infants", "rate", "currency", "source", "board",
    "agent", "company", "group", "eta", "notes", "requests", "parking",
)  # fmt: skip
"""What `EditReservation` may change; dates, room and status have commands of their own."""


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateReservation(Command):
    """Book a stay, with or without a room.

    A stay without a room is only taken while its type is not sold out in any of its nights, unless
    `overbook` says that this is meant; one with a room is warned of then. Equal dates are day use:
    no night, no room blocked.
    """

    do: ClassVar[str] = "create-reservation"

    id: str
    guest_id: str
    room_type: str
    arrival: str
    departure: str
    room: str | None = None
    adults: int = 1
    children: int = 0
    infants: int = 0
    rate: int = 0
    """Minor units a night."""
    currency: str = "EUR"
    source: str | None = None
    board: str | None = None
    agent: str | None = None
    company: str | None = None
    group: str | None = None
    eta: str | None = None
    notes: str | None = None
    requests: int | None = None
    parking: int | None = None
    booked_on: str | None = None
    import_key: str | None = None
    overbook: bool = False

    def record(self) -> dict[str, Any]:
        """The reservation as it is stored."""
        record: dict[str, Any] = {
            "id": self.id,
            "guest_id": self.guest_id,
            "room_type": self.room_type,
            "from": self.arrival,
            "to": self.departure,
            "status": CONFIRMED,
            "adults": self.adults,
            "rate": self.rate,
            "currency": self.currency,
        }
        for name in _OPTIONAL:
            value = getattr(self, name)
            if value:
                record[name] = value
        if self.overbook and not self.import_key and self.room is None:
            record["overbook"] = True
        return record

    def check(self, view: View, today: str) -> list[Problem]:
        """Dates, guest, type, room, party; that it is not in the past is only a warning."""
        found = check_dates(self.arrival, self.departure)
        found += field_problems(RESERVATIONS, self.record(), _NAMES)
        if not self.id or view.get(RESERVATIONS, self.id) is not None:
            found.append(Problem(code="exists", message="This reservation was already taken."))
        if view.get(GUESTS, self.guest_id) is None:
            found.append(
                Problem(code="guest-unknown", field="guest_id", message="Choose or add a guest.")
            )
        if view.get(ROOM_TYPES, self.room_type) is None:
            found.append(
                Problem(code="type-unknown", field="room_type", message="Choose a room type.")
            )
        if any(problem.level == "error" for problem in found):
            return found
        if self.room is not None:
            found += check_room(
                view, self.room, self.arrival, self.departure, room_type=self.room_type
            )
            # Its room is free, and promised with its type to somebody who has none yet.
            if self.record()["status"] == CONFIRMED and not (self.import_key or errors(found)):
                kind = (view.get(ROOMS, self.room) or {}).get("room_type") or self.room_type
                promised = check_sold_out(view, kind, self.arrival, self.departure)
                found += [replace(problem, level="warning") for problem in promised]
        elif not self.overbook:
            found += check_sold_out(view, self.room_type, self.arrival, self.departure)
        found += _check_party(view, self)
        if self.arrival < today:
            found.append(
                Problem(
                    code="in-the-past",
                    field="arrival",
                    level="warning",
                    message=f"The arrival {self.arrival} lies in the past.",
                )
            )
        return found

    def apply(self, draft: Drafting) -> str:
        """Create the reservation, confirmed."""
        return draft.create(RESERVATIONS, self.record())

    def label(self, view: View) -> str:
        """Names guest and dates."""
        who = guest_name(view, {"guest_id": self.guest_id})
        return f"Book {who}, {self.arrival} to {self.departure}"


_OPTIONAL: Final = (
    "room", "children", "infants", "source", "board", "agent", "company", "group", "eta", "notes",
    "requests", "parking", "booked_on", "import_key",
)  # fmt: skip


def _check_party(view: View, booking: CreateReservation) -> list[Problem]:
    party = booking.adults + booking.children
    if party < 1:
        message = "Nobody is booked: enter the number of adults."
        return [Problem(code="no-guests", field="adults", level="warning", message=message)]
    kind = view.get(ROOM_TYPES, booking.room_type)
    capacity = kind.get("capacity") if kind is not None else None
    if capacity and party > capacity:
        message = f"{party} people in a room for {capacity}: consider another type or two rooms."
        return [Problem(code="too-many", field="adults", level="warning", message=message)]
    return []


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class WalkIn(CreateReservation):
    """Take a guest who stands at the desk: book and check in at once. Needs a vacant room."""

    do: ClassVar[str] = "walk-in"

    source: str | None = "walk-in"

    def record(self) -> dict[str, Any]:
        """The stay as it is stored, checked in."""
        # The decorator's slots make a new class, which the bare super() does not know.
        return CreateReservation.record(self) | {"status": CHECKED_IN}

    def check(self, view: View, today: str) -> list[Problem]:
        """As for a booking; besides the arrival is today and the room is vacant."""
        if self.room is None:
            free = _free_now(view, self)
            message = "Choose a room for the guest."
            return [Problem(code="room-needed", field="room", message=message, alternatives=free)]
        found = CreateReservation.check(self, view, today)
        if self.arrival != today:
            message = f"A walk-in arrives today, {today}: book other dates as a reservation."
            found.insert(0, Problem(code="not-today", field="arrival", message=message))
        found += check_vacant(view, self.room, ())
        return found + check_ready(view, self.room)

    def label(self, view: View) -> str:
        """Names guest and room."""
        who = guest_name(view, {"guest_id": self.guest_id})
        return f"Walk-in {who}, room {room_name(view, self.room)}"


def _free_now(view: View, booking: CreateReservation) -> tuple[str, ...]:
    if check_dates(booking.arrival, booking.departure):
        return ()
    return suggestions(view, booking.arrival, booking.departure, booking.room_type)


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class EditReservation(Command):
    """Change details of a reservation: those of `DETAILS`. None empties one."""

    do: ClassVar[str] = "edit-reservation"
    atomic: ClassVar[bool] = False

    id: str
    changes: Mapping[str, Any] = field(default_factory=dict)

    def check(self, view: View, today: str) -> list[Problem]:
        """The fields may be edited and hold what they may hold."""
        stay = view.get(RESERVATIONS, self.id)
        if stay is None:
            return [gone()]
        found = [
            Problem(
                code="not-a-detail",
                field=name,
                message=f"{name} is not edited here: move, extend or cancel instead.",
            )
            for name in self.changes
            if name not in DETAILS
        ]
        found += field_problems(RESERVATIONS, self.changes)
        guest = self.changes.get("guest_id", stay["guest_id"])
        if view.get(GUESTS, guest or "") is None:
            message = "Choose or add a guest."
            found.append(Problem(code="guest-unknown", field="guest_id", message=message))
        kind = self.changes.get("room_type", stay["room_type"])
        if view.get(ROOM_TYPES, kind or "") is None:
            message = "Choose a room type."
            found.append(Problem(code="type-unknown", field="room_type", message=message))
        return found

    def apply(self, draft: Drafting) -> str:
        """Write the changed details. In another currency a deposit is asked for anew."""
        stay = draft.get(RESERVATIONS, self.id) or {}
        changes = dict(self.changes)
        if changes.get("currency", stay.get("currency")) != stay.get("currency"):
            changes |= {"deposit": None, "deposit_by": None} if stay.get("deposit") else {}
        draft.update(RESERVATIONS, self.id, changes)
        return self.id

    def label(self, view: View) -> str:
        """Names the guest."""
        return f"Edit {guest_name(view, view.get(RESERVATIONS, self.id) or {})}'s reservation"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class ClearAttention(Command):
    """Say that what asked for attention was seen to."""

    do: ClassVar[str] = "clear-attention"

    id: str

    def check(self, view: View, today: str) -> list[Problem]:
        """The reservation is there."""
        return [gone()] if view.get(RESERVATIONS, self.id) is None else []

    def apply(self, draft: Drafting) -> str:
        """Take the mark away."""
        fields: dict[str, Any] = {"attention": None, "attention_room": None}
        stay = draft.get(RESERVATIONS, self.id)
        if stay is not None and stay.get("status") == CHECKED_OUT:
            fields["left_owing"] = known_due(draft, self.id)
        draft.update(RESERVATIONS, self.id, fields)
        return self.id

    def label(self, view: View) -> str:
        """Names the guest."""
        return f"Settle {guest_name(view, view.get(RESERVATIONS, self.id) or {})}'s reservation"


def gone() -> Problem:
    """The reservation named is not there."""
    return Problem(
        code="reservation-unknown", message="This reservation does not exist (any more)."
    )
