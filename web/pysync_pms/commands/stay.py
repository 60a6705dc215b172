"""A stay at the desk: check in, check out, cancel, no-show, and back. Stands on `statuses`.

Every command asks the table of `statuses` first, so that a menu, a key and an import meet the same
answer.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import Record, View
from pysync_pms.calendar import is_date
from pysync_pms.commands.base import Command, Drafting, Problem, command
from pysync_pms.commands.booking import gone
from pysync_pms.commands.rooms import (
    check_ready,
    check_room,
    check_vacant,
    guest_name,
    room_name,
    suggestions,
)
from pysync_pms.ledger import known_due, owed, windows
from pysync_pms.money import plain
from pysync_pms.night_lines import ahead, night_lines
from pysync_pms.occupancy import out_of_order
from pysync_pms.statuses import AFTER, No
from pysync_pms.words import (
    CHECKED_IN,
    CHECKED_OUT,
    CONFIRMED,
    DIRTY,
    LINES,
    RESERVATIONS,
    ROOMS,
)

SETTLED = {"attention": None, "attention_room": None}
"""What a command writes that answers a call for attention."""


def check_status(view: View, reservation: str, action: str) -> tuple[Record, list[Problem]]:
    """The reservation, and why the action cannot be done in its status."""
    stay = view.get(RESERVATIONS, reservation)
    if stay is None:
        return {"id": reservation}, [gone()]
    answer = AFTER[action].get(stay.get("status") or CONFIRMED)
    if isinstance(answer, No):
        return stay, [Problem(code=answer.code, message=answer.message)]
    return stay, []


def check_day(on: str, today: str) -> list[Problem]:
    if not is_date(on):
        return [Problem(code="date", field="on", message="Enter a date: 2026-11-20.")]
    if on > today:
        message = f"{on} has not come yet: today is {today}."
        return [Problem(code="in-the-future", field="on", message=message)]
    return []


def settled(stay: Record | None) -> dict[str, Any]:
    return dict(SETTLED) if stay is not None and stay.get("attention") else {}


def in_one_room(stay: Record | None) -> dict[str, Any]:
    """What a command writes that gives the whole stay one room, whatever moves it remembers."""
    return {"since": None, "earlier": None} if stay is not None and stay.get("since") else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfStay(Command):
    """A command about one reservation."""

    id: str

    def _name(self, view: View) -> str:
        return guest_name(view, view.get(RESERVATIONS, self.id) or {})

    def _room(self, view: View) -> str:
        return room_name(view, (view.get(RESERVATIONS, self.id) or {}).get("room"))


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn(OfStay):
    """The guest gets the key, of `room` if given, else of the room the stay has."""

    do: ClassVar[str] = "check-in"

    on: str
    """The business date."""
    room: str | None = None

    def check(self, view: View, today: str) -> list[Problem]:
        """Due by today, and a room that is free, vacant and, better, clean."""
        stay, found = check_status(view, self.id, "check-in")
        found += check_day(self.on, today)
        if found:
            return found
        start, end, booked = stay["from"], stay["to"], stay.get("room_type")
        if self.on < start:
            message = f"The stay begins on {start}: change its dates to check in earlier."
            return [Problem(code="too-early", field="on", message=message)]
        if self.on > end:
            message = f"The stay ended on {end}: change its dates, or mark it as no-show."
            return [Problem(code="too-late", field="on", message=message)]
        besides = (self.id,)
        room = self.room or stay.get("room")
        if room is None:
            free = suggestions(view, start, end, booked, besides)
            message = "Choose a room for the guest."
            return [Problem(code="room-needed", field="room", message=message, alternatives=free)]
        if room == stay.get("room"):
            found = _check_own(view, room, self.on, end)
        else:
            found = check_room(view, room, start, end, room_type=booked, besides=besides)
        found += check_vacant(view, room, besides)
        if self.on > start:
            message = f"The guest was expected on {start}; the stay keeps its first night."
            late = Problem(code="late", field="on", level="warning", message=message)
            found.append(late)
        return found + check_ready(view, room)

    def apply(self, draft: Drafting) -> str:
        """Check in; the room given is assigned."""
        fields: dict[str, Any] = {"status": CHECKED_IN, "closed_on": None, "close_reason": None}
        stay = draft.get(RESERVATIONS, self.id)
        if self.room is not None and (stay is None or self.room != stay.get("room")):
            fields |= {"room": self.room, **in_one_room(stay)}
        draft.update(RESERVATIONS, self.id, fields | settled(stay))
        return self.id

    def label(self, view: View) -> str:
        """Names guest and room."""
        room = room_name(view, self.room) if self.room else self._room(view)
        return f"Check in {self._name(view)}, room {room}"


def _check_own(view: View, room_id: str, on: str, end: str) -> list[Problem]:
    """The stay holds its room already; it may have broken down since."""
    room = view.get(ROOMS, room_id)
    if room is not None and not out_of_order(room, on, end):
        return []
    return check_room(view, room_id, on, end)


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOut(OfStay):
    """The guest leaves. Earlier than booked, the stay is shortened to today; its room is dirty."""

    do: ClassVar[str] = "check-out"

    on: str
    """The business date."""

    def check(self, view: View, today: str) -> list[Problem]:
        """A departure before or after the date booked is worth a second look."""
        stay, found = check_status(view, self.id, "check-out")
        found += check_day(self.on, today)
        if found:
            return found
        if self.on < stay["from"]:
            message = f"The stay begins on {stay['from']}: undo the check-in instead."
            return [Problem(code="too-early", field="on", message=message)]
        if self.on < stay["to"]:
            message = f"Booked until {stay['to']}: the stay is shortened to {self.on}."
            found.append(Problem(code="early", field="on", level="warning", message=message))
        elif self.on > stay["to"]:
            message = f"Was due on {stay['to']}: extend the stay first if the nights are charged."
            found.append(Problem(code="overdue", field="on", level="warning", message=message))
        return found + _check_paid(view, stay, self.on)

    def apply(self, draft: Drafting) -> str:
        """Check out and leave the room to housekeeping."""
        stay = draft.get(RESERVATIONS, self.id)
        fields: dict[str, Any] = {"status": CHECKED_OUT, "closed_on": self.on}
        due = known_due(draft, self.id)
        if due or (stay or {}).get("left_owing"):
            fields["left_owing"] = due or None
        if stay is not None and self.on < stay["to"]:
            fields["to"] = max(self.on, stay.get("since") or stay["from"])
        draft.update(RESERVATIONS, self.id, fields | settled(stay))
        room = draft.get(ROOMS, stay["room"]) if stay is not None and stay.get("room") else None
        if room is not None and room.get("condition") != DIRTY:
            draft.update(ROOMS, room["id"], {"condition": DIRTY, "condition_on": self.on})
        return self.id

    def label(self, view: View) -> str:
        """Names guest and room."""
        return f"Check out {self._name(view)}, room {self._room(view)}"


def _check_paid(view: View, stay: Record, on: str) -> list[Problem]:
    """What is to be settled at the desk: nights, windows, the whole."""
    found, currency = [], stay.get("currency") or "EUR"

    def say(code: str, message: str, owed_: int = 0) -> None:
        params = {"owed": owed_}
        found.append(Problem(code=code, level="warning", message=message, params=params))

    nights_ = [line for line in night_lines(view, stay, on, on) if line["amount"]]
    if nights_:
        amount = f"{plain(sum(line['amount'] for line in nights_), currency)} {currency}"
        say("nights-open", f"Nights for {amount} were not charged yet.")
    if early := ahead(view.find(LINES, "stay", stay["id"]), view, on):
        say("nights-ahead", f"{len(early)} nights to come were charged: reverse them.")
    due = owed(view, stay["id"])
    amount = f"{plain(abs(due), currency)} {currency}"
    if due > 0:
        say("balance", f"{amount} is still to be paid.", due)
    elif due < 0:
        words = f"{amount} was paid too much: give it back, or keep it for the next stay."
        say("balance", words, due)
    elif open_ := [str(each.number) for each in windows(view, stay["id"]) if each.balance]:
        say("balance", f"The windows {' and '.join(open_)} are not settled.")
    return found


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class UndoCheckIn(OfStay):
    """The guest was checked in by mistake: back to confirmed, in the same room."""

    do: ClassVar[str] = "undo-check-in"

    def check(self, view: View, today: str) -> list[Problem]:
        """Not after the guest has moved between rooms."""
        stay, found = check_status(view, self.id, "undo-check-in")
        if not found and stay.get("since"):
            message = "The guest has changed rooms since: check out instead."
            found.append(Problem(code="has-moved", message=message))
        return found

    def apply(self, draft: Drafting) -> str:
        """Back to confirmed."""
        draft.update(RESERVATIONS, self.id, {"status": CONFIRMED})
        return self.id

    def label(self, view: View) -> str:
        """Names the guest."""
        return f"Undo check-in of {self._name(view)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class UndoCheckOut(OfStay):
    """The guest was checked out by mistake and is still in the room."""

    do: ClassVar[str] = "undo-check-out"

    def check(self, view: View, today: str) -> list[Problem]:
        """The room is not given to anybody else meanwhile."""
        stay, found = check_status(view, self.id, "undo-check-out")
        room = stay.get("room")
        if found or room is None:
            return found or [Problem(code="room-needed", message="The stay has no room.")]
        return check_vacant(view, room, (self.id,))

    def apply(self, draft: Drafting) -> str:
        """Back in the house. A stay that was shortened keeps its end: extend it if need be."""
        draft.update(RESERVATIONS, self.id, {"status": CHECKED_IN, "closed_on": None})
        return self.id

    def label(self, view: View) -> str:
        """Names the guest."""
        return f"Undo check-out of {self._name(view)}"
