"""Charging the nights of a stay. Stands on `night_lines`."""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pysync.model.guard import View
from pysync_pms.commands.base import Drafting, Problem, command
from pysync_pms.commands.booking import gone
from pysync_pms.commands.stay import OfStay, check_day
from pysync_pms.night_lines import night_lines
from pysync_pms.words import CHECKED_IN, CHECKED_OUT, LINES, RESERVATIONS

STAYED: Final = (CHECKED_IN, CHECKED_OUT)


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
            message = "No night is to be charged: all are posted."
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
        return night_lines(view, stay, until, self.on, again=True)
