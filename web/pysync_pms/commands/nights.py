"""The price of the nights that have passed, and the city's tax on them. Stands on `ledger`.

A night's line has an id of its own (`room.<stay>.<night>`): whoever posts it, and however often, it
is one line.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pysync.model.guard import Record, View
from pysync_pms.calendar import days_between
from pysync_pms.commands.base import Drafting, Problem, command
from pysync_pms.commands.booking import gone
from pysync_pms.commands.stay import OfStay, check_day
from pysync_pms.ledger import FIRST, taxes_in
from pysync_pms.words import (
    CHARGE,
    CHECKED_IN,
    CHECKED_OUT,
    HOTEL,
    LINES,
    RESERVATIONS,
    SETTINGS,
)

STAYED: Final = (CHECKED_IN, CHECKED_OUT)


def night_lines(view: View, stay: Record, until: str, on: str) -> Iterator[dict[str, Any]]:
    """The lines of a stay's nights before the day `until` that were not posted yet, dated `on`."""
    settings = view.get(SETTINGS, HOTEL) or {}
    currency = stay.get("currency") or settings.get("currency") or "EUR"
    for night in days_between(stay["from"], min(stay["to"], until)):
        line = {
            "stay": stay["id"],
            "window": FIRST,
            "kind": CHARGE,
            "on": on,
            "night": night,
            "quantity": 1,
            "currency": currency,
        }
        rate = stay.get("rate") or 0
        rid = f"room.{stay['id']}.{night}"
        if rate and view.get(LINES, rid) is None:
            taxes = taxes_in(view, rate, settings.get("room_tax"))
            more = {"taxes": taxes} if taxes else {}
            yield {**line, "id": rid, "category": "room", "text": "Room", "amount": rate, **more}
        per_adult, adults = settings.get("city_tax") or 0, stay.get("adults") or 0
        rid = f"city-tax.{stay['id']}.{night}"
        if per_adult and adults and view.get(LINES, rid) is None:
            tax = {"category": "city-tax", "text": "City tax", "amount": per_adult * adults}
            yield {**line, "id": rid, **tax, "quantity": adults}


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeNights(OfStay):
    """Post the price of the nights so far, and with `all` of those to come: who pays before they
    leave, or leaves early in the morning."""

    do: ClassVar[str] = "charge-nights"
    atomic: ClassVar[bool] = False
    final: ClassVar[bool] = True

    on: str
    """The business date."""
    all: bool = False

    def check(self, view: View, today: str) -> list[Problem]:
        """Somebody who stays or stayed, and nights that were not posted."""
        stay = view.get(RESERVATIONS, self.id)
        if stay is None:
            return [gone()]
        found = check_day(self.on, today)
        if stay.get("status") not in STAYED:
            message = "Nights are charged once the guest has checked in."
            found.append(Problem(code="not-here", message=message))
        if not found and next(self._lines(view), None) is None:
            message = "No night is to be charged: all are posted, or the stay has no price."
            found.append(Problem(code="nothing", message=message))
        return found

    def apply(self, draft: Drafting) -> str:
        """Post them."""
        for line in list(self._lines(draft)):
            draft.create(LINES, line)
        return self.id

    def label(self, view: View) -> str:
        """Names whom."""
        return f"Charge the nights of {self._name(view)}"

    def _lines(self, view: View) -> Iterator[dict[str, Any]]:
        stay = view.get(RESERVATIONS, self.id)
        if stay is None:
            return iter(())
        until = stay["to"] if self.all else self.on
        return night_lines(view, stay, max(until, stay["from"]), self.on)
