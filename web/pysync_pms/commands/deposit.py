"""A deposit: what a guest is asked to pay before the arrival, and by when. Stands on `ledger`.

What is paid towards it are payments of the stay's folio like any others (`posting.Pay`), so it is
never counted twice, and nothing has to be turned into anything at the check-in.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pysync.model.guard import View
from pysync_pms.calendar import is_date
from pysync_pms.commands.base import Drafting, Problem, command
from pysync_pms.commands.booking import gone
from pysync_pms.commands.stay import OfStay
from pysync_pms.money import MAX_AMOUNT
from pysync_pms.words import CONFIRMED, RESERVATIONS


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class AskDeposit(OfStay):
    """Ask for a deposit in minor units, to be there on the day `by` at the latest; 0 asks for none
    any more."""

    do: ClassVar[str] = "ask-deposit"

    amount: int
    by: str | None = None

    def check(self, view: View, today: str) -> list[Problem]:
        """Before the guest is here, and due by the arrival."""
        stay = view.get(RESERVATIONS, self.id)
        if stay is None:
            return [gone()]
        found = []
        if stay.get("status") != CONFIRMED:
            message = "A deposit is asked for before the guest is here: post a payment instead."
            found.append(Problem(code="status", message=message))
        if not 0 <= self.amount <= MAX_AMOUNT:
            found.append(Problem(code="amount", field="amount", message="Enter an amount above 0."))
        if self.amount and not is_date(self.by):
            found.append(Problem(code="date", field="by", message="Enter a date: 2026-11-20."))
        elif self.amount and self.by is not None and self.by > stay["from"]:
            message = f"A deposit is due by the arrival, {stay['from']}, at the latest."
            found.append(Problem(code="too-late", field="by", message=message))
        elif self.amount and (self.by or today) < today and self.by != stay.get("deposit_by"):
            message = f"That day is over: today is {today}."
            found.append(Problem(code="in-the-past", field="by", message=message))
        return found

    def apply(self, draft: Drafting) -> str:
        """Write both."""
        asked = {"deposit": self.amount, "deposit_by": self.by} if self.amount else {}
        none = {"deposit": None, "deposit_by": None}
        draft.update(RESERVATIONS, self.id, {**none, **asked})
        return self.id

    def label(self, view: View) -> str:
        """Names the guest."""
        verb = "Ask" if self.amount else "No longer ask"
        return f"{verb} {self._name(view)} for a deposit"
