"""When the guest does not come: cancel, no-show, and back. Stands on `commands.stay`."""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import Record, View
from pysync_pms.commands.base import Drafting, Problem, command, field_problems
from pysync_pms.commands.rooms import check_sold_out, room_name, suggestions
from pysync_pms.commands.stay import OfStay, check_day, check_status, settled
from pysync_pms.ledger import owed
from pysync_pms.money import plain
from pysync_pms.occupancy import clash, out_of_order
from pysync_pms.words import CANCELLED, CONFIRMED, NO_SHOW, RESERVATIONS, ROOMS


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(OfStay):
    """The guest will not come; the room is free again. The record keeps which room it was."""

    do: ClassVar[str] = "cancel"

    on: str
    reason: str | None = None

    def check(self, view: View, today: str) -> list[Problem]:
        """Only what is confirmed can be cancelled."""
        stay, found = check_status(view, self.id, "cancel")
        found += check_day(self.on, today) + _check_reason(self.reason)
        return found or _check_folio(view, stay)

    def apply(self, draft: Drafting) -> str:
        """Cancel."""
        return _close(draft, self.id, CANCELLED, self.on, self.reason)

    def label(self, view: View) -> str:
        """Names the guest."""
        return f"Cancel {self._name(view)}'s reservation"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class NoShow(OfStay):
    """The guest did not come."""

    do: ClassVar[str] = "no-show"

    on: str
    reason: str | None = None

    def check(self, view: View, today: str) -> list[Problem]:
        """Not before the day of arrival."""
        stay, found = check_status(view, self.id, "no-show")
        found += check_day(self.on, today) + _check_reason(self.reason)
        if not found and self.on < stay["from"]:
            message = f"The guest is expected on {stay['from']}: cancel instead, or wait."
            found.append(Problem(code="too-early", field="on", message=message))
        return found or _check_folio(view, stay)

    def apply(self, draft: Drafting) -> str:
        """Mark as no-show."""
        return _close(draft, self.id, NO_SHOW, self.on, self.reason)

    def label(self, view: View) -> str:
        """Names the guest."""
        return f"Mark {self._name(view)} as no-show"


def _check_reason(reason: str | None) -> list[Problem]:
    return field_problems(RESERVATIONS, {"close_reason": reason}, {"close_reason": "reason"})


def _check_folio(view: View, stay: Record) -> list[Problem]:
    """What stands on the folio of somebody who does not come."""
    due, currency = owed(view, stay["id"]), stay.get("currency") or "EUR"
    if not due:
        return []
    if due < 0:
        words = f"{plain(-due, currency)} {currency} was paid: give it back, or charge a fee."
    else:
        words = f"{plain(due, currency)} {currency} was charged: reverse it, or ask for it."
    return [Problem(code="folio-open", message=words, level="warning")]


def _close(draft: Drafting, reservation: str, status: str, on: str, reason: str | None) -> str:
    fields: dict[str, Any] = {"status": status, "closed_on": on}
    if reason:
        fields["close_reason"] = reason
    stay = draft.get(RESERVATIONS, reservation)
    draft.update(RESERVATIONS, reservation, fields | settled(stay))
    return reservation


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class Reinstate(OfStay):
    """Take a cancellation or a no-show back. The old room is kept if it is still free."""

    do: ClassVar[str] = "reinstate"

    overbook: bool = False
    """Reinstate although the type is sold out."""

    def check(self, view: View, today: str) -> list[Problem]:
        """That the old room is gone is a warning; that the type is sold out, an error."""
        stay, found = check_status(view, self.id, "reinstate")
        if found:
            return found
        start, end, booked = stay["from"], stay["to"], stay["room_type"]
        room = stay.get("room")
        if _can_have(view, stay):
            return found
        if not self.overbook:
            found += check_sold_out(view, booked, start, end)
        if room is not None and not found:
            message = f"Room {room_name(view, room)} is not free any more: assign another."
            free = suggestions(view, start, end, booked, (self.id,))
            found.append(
                Problem(
                    code="room-taken",
                    field="room",
                    level="warning",
                    message=message,
                    alternatives=free,
                )
            )
        return found

    def apply(self, draft: Drafting) -> str:
        """Back to confirmed."""
        stay = draft.get(RESERVATIONS, self.id)
        fields: dict[str, Any] = {"status": CONFIRMED, "closed_on": None, "close_reason": None}
        if stay is not None and stay.get("room") and not _can_have(draft, stay):
            fields["room"] = None
        if self.overbook:
            fields["overbook"] = True
        draft.update(RESERVATIONS, self.id, fields)
        return self.id

    def label(self, view: View) -> str:
        """Names the guest."""
        return f"Reinstate {self._name(view)}'s reservation"


def _can_have(view: View, stay: Record) -> bool:
    """Whether the room that a closed reservation remembers can be its own again."""
    room = view.get(ROOMS, stay["room"]) if stay.get("room") else None
    if room is None or out_of_order(room, stay["from"], stay["to"]):
        return False
    return clash(view, room["id"], stay["from"], stay["to"], (stay["id"],)) is None
