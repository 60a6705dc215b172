"""Mileage, and the people themselves. Stands on `guards`, `claim_commands`."""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import Record, Refuse, View
from pysync_pms.calendar import add_days
from pysync_pms.commands.base import Command, Drafting, Problem, command, field_problems, present
from pysync_pms.expenses.claim_commands import GONE, problem_of
from pysync_pms.expenses.claim_guard import judge
from pysync_pms.expenses.commands import AHEAD
from pysync_pms.staffing.schema import TRIP, TRIPS, trip_amount
from pysync_pms.staffing.time_commands import person_name
from pysync_pms.staffing.words import MILEAGE
from pysync_pms.words import STAFF


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTrip(Command):
    """Somebody drove for the hotel; `rate` is the hotel's now, and stays in it."""

    do: ClassVar[str] = "create-trip"

    id: str
    staff: str
    on: str
    purpose: str
    distance: int
    """Tenths of a kilometre."""
    rate: int
    """Minor units for 100 km."""
    currency: str = "EUR"
    route: str | None = None
    centre: str | None = None
    note: str | None = None
    by: str = ""

    def check(self, view: View, today: str) -> list[Problem]:
        """A new one that fits, of a day that has come."""
        if view.get(MILEAGE, self.id) is not None:
            return [Problem(code="exists", message="This trip was added already.")]
        if self.on > add_days(today, AHEAD):
            message = f"That day has not come yet: the hotel's date is {today}."
            return [Problem(code="in-the-future", field="on", message=message)]
        record = self._record()
        found = field_problems(MILEAGE, record)
        found = found or problem_of(judge(TRIPS, view, None, record, self.by))
        said = TRIPS.fixed(view, None, record) if not found else None
        return found or problem_of(said if isinstance(said, Refuse) else None)

    def apply(self, draft: Drafting) -> str:
        """Add it."""
        return draft.create(MILEAGE, self._record())

    def label(self, view: View) -> str:
        """Names who."""
        return f"Add trip of {person_name(view, self.staff)}"

    def _record(self) -> dict[str, Any]:
        given = {name: getattr(self, name) for name in TRIP if name != "amount"}
        row = {"id": self.id, "amount": trip_amount(self.distance, self.rate)}
        return row | present({**given, "owner": self.by})


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class EditTrip(Command):
    """Its owner changes a draft, or one that was rejected; its amount follows its distance."""

    do: ClassVar[str] = "edit-trip"
    atomic: ClassVar[bool] = False

    id: str
    changes: Mapping[str, Any]
    by: str = ""

    def check(self, view: View, today: str) -> list[Problem]:
        """What its owner fills in, as long as it may be changed."""
        now = view.get(MILEAGE, self.id)
        if now is None:
            return [GONE]
        strange = sorted(set(self.changes) - set(TRIP))
        if strange:
            message = f"A trip has no {strange[0].replace('_', ' ')} to fill in."
            return [Problem(code="unknown", field=strange[0], message=message)]
        changes = self._changes(now)
        if (changes.get("on") or "") > add_days(today, AHEAD):
            message = f"That day has not come yet: the hotel's date is {today}."
            return [Problem(code="in-the-future", field="on", message=message)]
        found = field_problems(MILEAGE, changes)
        return found or problem_of(judge(TRIPS, view, now, {**now, **changes}, self.by))

    def apply(self, draft: Drafting) -> str:
        """Change it."""
        draft.update(MILEAGE, self.id, self._changes(draft.get(MILEAGE, self.id) or {}))
        return self.id

    def label(self, view: View) -> str:
        """Names whose."""
        trip = view.get(MILEAGE, self.id) or {}
        return f"Edit trip of {person_name(view, trip.get('staff') or '')}"

    def _changes(self, trip: Record) -> dict[str, Any]:
        after = {**trip, **self.changes}
        distance, rate = after.get("distance"), after.get("rate")
        if type(distance) is not int or type(rate) is not int:
            return dict(self.changes)
        amount = trip_amount(distance, rate)
        changed = {} if amount == trip.get("amount") else {"amount": amount}
        return {**self.changes, **changed}


# -- people ---------------------------------------------------------------------------------------


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class EditStaff(Command):
    """A person's name, role, job, cost centre and account, or that they left."""

    do: ClassVar[str] = "edit-staff"
    atomic: ClassVar[bool] = False

    id: str
    changes: Mapping[str, Any]

    def check(self, view: View, today: str) -> list[Problem]:
        """A person who is there; an account is one person's."""
        if view.get(STAFF, self.id) is None:
            return [Problem(code="gone", message="There is no such person any more.")]
        account = self.changes.get("account")
        known = view.find(STAFF, "account", account) if account else ()
        if any(each["id"] != self.id for each in known):
            message = f"{person_name(view, known[0]['id'])} has this account: choose another."
            return [Problem(code="account", field="account", message=message)]
        return field_problems(STAFF, self.changes)

    def apply(self, draft: Drafting) -> str:
        """Change it."""
        draft.update(STAFF, self.id, self.changes)
        return self.id

    def label(self, view: View) -> str:
        """Names the person."""
        return f"Edit {person_name(view, self.id)}"
