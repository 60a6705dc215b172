"""Expenses, and the cost centres that they are counted under. Stands on `claim_commands`."""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pysync.model.guard import Record, View
from pysync_pms.calendar import add_days, is_date
from pysync_pms.commands.base import Command, Drafting, Problem, command, field_problems, present
from pysync_pms.expenses.claim_commands import GONE, OfClaim, problem_of, whose
from pysync_pms.expenses.claim_guard import judge
from pysync_pms.expenses.schema import BOOKED, EXPENSE, OWN
from pysync_pms.expenses.words import CENTRES, EXPENSES
from pysync_pms.indexes import fold

AHEAD: Final = 1
"""Days that the calendar may be ahead of the hotel's date: until its day is closed."""
LATE_DAYS: Final = 90
"""An expense that is older than this is asked about."""


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateExpense(Command):
    """Somebody of the staff spent something for the hotel. It is a draft, and `by` owns it."""

    do: ClassVar[str] = "create-expense"

    id: str
    staff: str
    on: str
    category: str
    amount: int
    """Minor units, taxes included."""
    currency: str = "EUR"
    tax_rate: int | None = None
    """Basis points."""
    tax: int | None = None
    centre: str | None = None
    supplier: str | None = None
    note: str | None = None
    receipt: str | None = None
    """The number on the receipt."""
    picture: str | None = None
    """The digest of its picture."""
    by: str = ""

    def check(self, view: View, today: str) -> list[Problem]:
        """A new one that fits, of a day that has come; older or alike ones are asked about."""
        if view.get(EXPENSES, self.id) is not None:
            return [Problem(code="exists", message="This expense was added already.")]
        record = self._record()
        found = field_problems(EXPENSES, record)
        found = found or problem_of(judge(EXPENSE, view, None, record, self.by))
        return found + _questionable(view, record, today)

    def apply(self, draft: Drafting) -> str:
        """Add it."""
        return draft.create(EXPENSES, self._record())

    def label(self, view: View) -> str:
        """Names who and what."""
        at = f" at {self.supplier}" if self.supplier else ""
        return f"Add expense of {whose(view, {'staff': self.staff})}{at}"

    def _record(self) -> dict[str, Any]:
        return {"id": self.id, **present({name: getattr(self, name) for name in OWN}),
                **present({"owner": self.by})}  # fmt: skip


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class EditExpense(Command):
    """Its owner changes a draft, or one that was rejected. Each field is settled for itself."""

    do: ClassVar[str] = "edit-expense"
    atomic: ClassVar[bool] = False

    id: str
    changes: Mapping[str, Any]
    by: str = ""

    def check(self, view: View, today: str) -> list[Problem]:
        """What its owner fills in, as long as it may be changed."""
        now = view.get(EXPENSES, self.id)
        if now is None:
            return [GONE]
        strange = sorted(set(self.changes) - set(OWN))
        if strange:
            message = f"An expense has no {strange[0].replace('_', ' ')} to fill in."
            return [Problem(code="unknown", field=strange[0], message=message)]
        after = {**now, **self.changes}
        found = field_problems(EXPENSES, self.changes)
        found = found or problem_of(judge(EXPENSE, view, now, after, self.by))
        return found + _questionable(view, after, today)

    def apply(self, draft: Drafting) -> str:
        """Change it."""
        draft.update(EXPENSES, self.id, self.changes)
        return self.id

    def label(self, view: View) -> str:
        """Names whose it is."""
        return f"Edit expense of {whose(view, view.get(EXPENSES, self.id) or {})}"


def _questionable(view: View, expense: Mapping[str, Any], today: str) -> list[Problem]:
    """What is odd about it: a day to come, one long past, one that was entered already."""
    on = expense.get("on")
    if not is_date(on):
        return []
    if on > add_days(today, AHEAD):
        message = f"That day has not come yet: the hotel's date is {today}."
        return [Problem(code="in-the-future", field="on", message=message)]
    found = []
    if on < add_days(today, -LATE_DAYS):
        message = f"This is more than {LATE_DAYS} days ago: is the date right?"
        found.append(Problem(code="late", field="on", level="warning", message=message))
    alike = ("on", "amount", "currency")
    for other in view.find(EXPENSES, "staff", expense.get("staff")):
        if other["id"] == expense["id"] or any(other.get(n) != expense.get(n) for n in alike):
            continue
        if fold(other.get("supplier") or "") == fold(expense.get("supplier") or ""):
            message = "There is one of that day, supplier and amount already: is it another one?"
            found.append(Problem(code="alike", level="warning", message=message))
            break
    return found


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class BookExpense(OfClaim):
    """Accounting counts it under another category or cost centre, until it is paid. What its owner
    called it stays beside."""

    do: ClassVar[str] = "book-expense"

    collection: str = EXPENSES
    category: str | None = None
    centre: str | None = None

    def changes(self, claim: Record) -> Mapping[str, Any]:
        """Where it differs from what its owner said."""
        given = {"booked_as": self.category, "booked_centre": self.centre}
        said = dict(zip(BOOKED, (claim.get("category"), claim.get("centre")), strict=True))
        return {name: None if value == said[name] else value for name, value in given.items()}

    def label(self, view: View) -> str:
        """Names whose it is."""
        return f"Book {self._named(view)}"


# -- cost centres ---------------------------------------------------------------------------------


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCentre(Command):
    """A part of the hotel that costs are counted under."""

    do: ClassVar[str] = "create-centre"

    id: str
    name: str

    def check(self, view: View, today: str) -> list[Problem]:
        """New, under a name of its own."""
        if view.get(CENTRES, self.id) is not None:
            return [Problem(code="exists", message="This cost centre was added already.")]
        return field_problems(CENTRES, {"name": self.name}) or _named_twice(view, self.name, "")

    def apply(self, draft: Drafting) -> str:
        """Add it."""
        return draft.create(CENTRES, {"id": self.id, "name": self.name.strip()})

    def label(self, view: View) -> str:
        """Names it."""
        return f"Add cost centre {self.name.strip()}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class EditCentre(Command):
    """Its name, or whether it is still used. What was counted under it stays there."""

    do: ClassVar[str] = "edit-centre"
    atomic: ClassVar[bool] = False

    id: str
    changes: Mapping[str, Any]

    def check(self, view: View, today: str) -> list[Problem]:
        """One that is there, under a name of its own."""
        if view.get(CENTRES, self.id) is None:
            return [Problem(code="gone", message="There is no such cost centre any more.")]
        name = self.changes.get("name")
        twice = _named_twice(view, name, self.id) if isinstance(name, str) else []
        return field_problems(CENTRES, self.changes) or twice

    def apply(self, draft: Drafting) -> str:
        """Change it."""
        draft.update(CENTRES, self.id, self.changes)
        return self.id

    def label(self, view: View) -> str:
        """Names it."""
        return f"Edit cost centre {(view.get(CENTRES, self.id) or {}).get('name') or ''}".strip()


def _named_twice(view: View, name: str, own: str) -> list[Problem]:
    others = view.find(CENTRES, "all", "all")
    if all(each["id"] == own or fold(each.get("name") or "") != fold(name) for each in others):
        return []
    message = "There is a cost centre of this name already: choose another."
    return [Problem(code="name", field="name", message=message)]
