"""Closing the day (the night audit): post what the night costs, and go on to the next day.

One change: a day is closed as a whole or not at all, and closing it again, or at two desks at once,
changes nothing more: a night's line has an id of its own (`night_lines`). Who checks in while
it is being closed is caught up with at the next closing, or the check-out. Stands on `night_lines`.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pysync.model.guard import Record, View
from pysync_pms.calendar import add_days, is_date
from pysync_pms.commands.base import Command, Drafting, Problem, command
from pysync_pms.commands.rooms import guest_name
from pysync_pms.night_lines import CITY_TAX, ROOM, night_lines
from pysync_pms.words import (
    AUDITS,
    CHECKED_IN,
    CONFIRMED,
    HOTEL,
    LINES,
    RESERVATIONS,
    SETTINGS,
)

NAMED: Final = 3
"""Guests named in a message; the others are counted."""


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDay(Command):
    """Close a business day: everybody in the house is charged for the night, and the hotel's date
    moves on."""

    do: ClassVar[str] = "close-day"
    atomic: ClassVar[bool] = False
    final: ClassVar[bool] = True

    day: str
    """The business date that ends."""

    def check(self, view: View, today: str) -> list[Problem]:
        """Who should have come or left by now is settled first."""
        if not is_date(self.day):
            return [Problem(code="date", message="Enter a date: 2026-11-20.")]
        if view.get(AUDITS, self.day) is not None:
            return [Problem(code="day-closed", message="That day was closed already.")]
        if self.day < today:
            message = f"The hotel's date is {today}: that is the day to be closed."
            return [Problem(code="not-the-day", message=message)]
        if self.day > today:
            message = f"{self.day} has not come yet: today is {today}."
            return [Problem(code="in-the-future", message=message)]
        found = []
        if late := not_arrived(view, self.day):
            message = f"{_names(view, late)} did not arrive: check in, or mark as no-show."
            found.append(_open("not-arrived", message, late))
        if late := not_left(view, self.day):
            message = f"{_names(view, late)} should have left: check out, or extend the stay."
            found.append(_open("not-left", message, late))
        return found

    def apply(self, draft: Drafting) -> str:
        """Post the nights, note the figures, move the date."""
        for line in list(lines_of_day(draft, self.day)):
            draft.create(LINES, line)
        draft.create(AUDITS, {"id": self.day, **figures(draft, self.day)})
        following = {"business_date": add_days(self.day, 1)}
        if draft.get(SETTINGS, HOTEL) is None:
            draft.create(SETTINGS, {"id": HOTEL, **following})
        else:
            draft.update(SETTINGS, HOTEL, following)
        return self.day

    def label(self, view: View) -> str:
        """Names the day."""
        return f"Close {self.day}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class PostNights(Command):
    """Post the nights of these stays ahead of a closing that is too large for one change."""

    do: ClassVar[str] = "post-nights"
    atomic: ClassVar[bool] = False
    final: ClassVar[bool] = True

    day: str
    stays: tuple[str, ...]

    def check(self, view: View, today: str) -> list[Problem]:
        """The day is the hotel's."""
        if self.day == today:
            return []
        return [Problem(code="not-the-day", message=f"The hotel's date is {today}.")]

    def apply(self, draft: Drafting) -> str:
        """Post them."""
        for line in [each for each in lines_of_day(draft, self.day) if each["stay"] in self.stays]:
            draft.create(LINES, line)
        return self.day

    def label(self, view: View) -> str:
        """Counts the stays."""
        return f"Charge the nights of {len(self.stays)} stays"


AT_ONCE: Final = 800
"""Lines that one change posts: it holds at most 2,000 ops."""


def batches(view: View, day: str) -> Iterator[PostNights]:
    """What is posted before `CloseDay`, in changes of their own, so that it does not become too
    large; nothing for most hotels. Sent again they post nothing twice."""
    count, stays = 0, list[str]()
    lines = list(lines_of_day(view, day))
    for at, line in enumerate(lines):
        if line["stay"] not in stays[-1:]:
            if count > AT_ONCE and len(lines) - at > 0:
                yield PostNights(day=day, stays=tuple(stays))
                count, stays = 0, []
            stays.append(line["stay"])
        count += 1


def not_arrived(view: View, day: str) -> list[Record]:
    """Who was expected by that day and neither came nor cancelled."""
    return [each for each in view.find(RESERVATIONS, "status", CONFIRMED) if each["from"] <= day]


def not_left(view: View, day: str) -> list[Record]:
    """Who should have left by that day and is in the house."""
    return [each for each in view.find(RESERVATIONS, "status", CHECKED_IN) if each["to"] <= day]


def lines_of_day(view: View, day: str) -> Iterator[dict[str, Any]]:
    """What closing that day posts: the nights up to it of everybody in the house."""
    for stay in view.find(RESERVATIONS, "status", CHECKED_IN):
        yield from night_lines(view, stay, add_days(day, 1), day)


def figures(view: View, day: str, more: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """What a day comes to: what was posted on it, and `more` that is going to be."""
    posted = [*view.find(LINES, "on", day), *more]
    rooms = [line for line in posted if line.get("category") == ROOM]
    settings = view.get(SETTINGS, HOTEL) or {}
    return {
        "stays": len(view.find(RESERVATIONS, "status", CHECKED_IN)),
        "nights": len({(line["stay"], line.get("night")) for line in rooms if line.get("night")}),
        "room": sum(line["amount"] for line in rooms),
        "city_tax": sum(line["amount"] for line in posted if line.get("category") == CITY_TAX),
        "currency": settings.get("currency") or "EUR",
    }


def _names(view: View, stays: Sequence[Record]) -> str:
    names = [guest_name(view, each) for each in stays[:NAMED]]
    if len(stays) > NAMED:
        names.append(f"{len(stays) - NAMED} more")
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _open(code: str, message: str, stays: Sequence[Record]) -> Problem:
    return Problem(code=code, message=message, params={"stays": [each["id"] for each in stays]})
