"""Shifts: who is planned for when. The rota of a week is planned, copied, and published.

Stands on `guards`.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pysync.model.guard import Record, View
from pysync_pms.calendar import add_days
from pysync_pms.commands.base import Command, Drafting, Problem, command, field_problems, present
from pysync_pms.expenses.claim_commands import problem_of
from pysync_pms.staffing.shift_guard import judge_shift
from pysync_pms.staffing.time_commands import person_name
from pysync_pms.staffing.times import monday
from pysync_pms.staffing.words import SHIFTS
from pysync_pms.words import STAFF

WEEK: Final = 7


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShift(Command):
    """Somebody is planned for a day, from one minute of it to another."""

    do: ClassVar[str] = "plan-shift"

    id: str
    staff: str
    on: str
    start: int
    end: int
    """Over 1,440 where it ends on the day after."""
    note: str | None = None
    published: bool = False

    def check(self, view: View, today: str) -> list[Problem]:
        """A new one that meets no other of that person."""
        if view.get(SHIFTS, self.id) is not None:
            return [Problem(code="exists", message="This shift was planned already.")]
        record = self._record()
        return field_problems(SHIFTS, record) or problem_of(judge_shift(view, record))

    def apply(self, draft: Drafting) -> str:
        """Add it."""
        return draft.create(SHIFTS, self._record())

    def label(self, view: View) -> str:
        """Names who and when."""
        return f"Plan {person_name(view, self.staff)} for {self.on}"

    def _record(self) -> dict[str, Any]:
        row = {name: getattr(self, name) for name in ("id", "staff", "on", "start", "end")}
        return row | present({"note": self.note, "published": self.published or None})


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class EditShift(Command):
    """Who, when, or what about it."""

    do: ClassVar[str] = "edit-shift"

    id: str
    changes: Mapping[str, Any]

    def check(self, view: View, today: str) -> list[Problem]:
        """One that is there, and meets no other."""
        now = view.get(SHIFTS, self.id)
        if now is None:
            return [Problem(code="gone", message="It was taken off the rota meanwhile.")]
        found = field_problems(SHIFTS, self.changes)
        return found or problem_of(judge_shift(view, {**now, **self.changes}))

    def apply(self, draft: Drafting) -> str:
        """Change it."""
        draft.update(SHIFTS, self.id, self.changes)
        return self.id

    def label(self, view: View) -> str:
        """Names who and when."""
        shift = {**(view.get(SHIFTS, self.id) or {}), **self.changes}
        return f"Change shift of {person_name(view, shift.get('staff') or '')}, {shift.get('on')}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveShift(Command):
    """It is taken off the rota."""

    do: ClassVar[str] = "remove-shift"

    id: str

    def check(self, view: View, today: str) -> list[Problem]:
        """One that is there."""
        if view.get(SHIFTS, self.id) is not None:
            return []
        return [Problem(code="gone", message="It was taken off the rota meanwhile.")]

    def apply(self, draft: Drafting) -> str:
        """Delete it."""
        draft.delete(SHIFTS, self.id)
        return self.id

    def label(self, view: View) -> str:
        """Names who and when."""
        shift = view.get(SHIFTS, self.id) or {}
        return f"Remove shift of {person_name(view, shift.get('staff') or '')}, {shift.get('on')}"


def shifts_of_week(view: View, week: str) -> list[Record]:
    """All shifts of the week that begins then, by day and time."""
    found = [each for at in range(WEEK) for each in view.find(SHIFTS, "on", add_days(week, at))]
    return sorted(found, key=lambda each: (each["on"], each["start"], each["id"]))


def copied_id(shift: Record) -> str:
    """The id of a shift's copy a week later: copied twice, or at two desks, it is there once."""
    return f"{shift['staff']}.{add_days(shift['on'], WEEK)}.{shift['start']}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CopyWeek(Command):
    """The shifts of the week before are planned for this one, for who is still here and free."""

    do: ClassVar[str] = "copy-week"
    atomic: ClassVar[bool] = False

    week: str
    """The Monday of the week that they are copied to."""

    def check(self, view: View, today: str) -> list[Problem]:
        """There is something to copy."""
        if monday(self.week) != self.week:
            return [Problem(code="week", message="A week begins on Monday.")]
        if not self.copies(view):
            message = "Nothing of last week is missing in this one."
            return [Problem(code="nothing", message=message)]
        return []

    def apply(self, draft: Drafting) -> str:
        """Plan them, not published yet."""
        for row in self.copies(draft):
            draft.create(SHIFTS, row)
        return self.week

    def label(self, view: View) -> str:
        """Names the week."""
        return f"Copy last week's rota to the week of {self.week}"

    def copies(self, view: View) -> list[dict[str, Any]]:
        """What would be planned."""
        found = []
        for shift in shifts_of_week(view, add_days(self.week, -WEEK)):
            person = view.get(STAFF, shift["staff"]) or {}
            row: dict[str, Any] = {
                "id": copied_id(shift),
                "on": add_days(shift["on"], WEEK),
                **{name: shift[name] for name in ("staff", "start", "end")},
                **present({"note": shift.get("note")}),
            }
            is_new = view.get(SHIFTS, row["id"]) is None
            if is_new and person.get("active") is not False and judge_shift(view, row) is None:
                found.append(row)
        return found


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class PublishWeek(Command):
    """The rota of a week is what counts from now on."""

    do: ClassVar[str] = "publish-week"
    atomic: ClassVar[bool] = False

    week: str

    def check(self, view: View, today: str) -> list[Problem]:
        """There is something that is not published."""
        if any(not each.get("published") for each in shifts_of_week(view, self.week)):
            return []
        return [Problem(code="published", message="All of that week is published.")]

    def apply(self, draft: Drafting) -> str:
        """Publish what is not yet."""
        for shift in shifts_of_week(draft, self.week):
            if not shift.get("published"):
                draft.update(SHIFTS, shift["id"], {"published": True})
        return self.week

    def label(self, view: View) -> str:
        """Names the week."""
        return f"Publish the rota of the week of {self.week}"
