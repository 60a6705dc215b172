"""Approving somebody's week, which locks it, and taking that back. Stands on `guards`."""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import View
from pysync_pms.calendar import add_days
from pysync_pms.commands.base import Command, Drafting, Problem, command, present
from pysync_pms.expenses.claim_commands import problem_of
from pysync_pms.staffing.guards import judge_sheet
from pysync_pms.staffing.time_commands import person_name
from pysync_pms.staffing.times import sheet_id
from pysync_pms.staffing.words import SHEETS


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveWeek(Command):
    """Somebody's week is right: `minutes` is what whoever approves it has seen. It is locked."""

    do: ClassVar[str] = "approve-week"
    final: ClassVar[bool] = True

    staff: str
    week: str
    minutes: int
    on: str
    by: str = ""

    def check(self, view: View, today: str) -> list[Problem]:
        """Judged as the guard does; a week that is not over is asked about."""
        id_ = sheet_id(self.staff, self.week)
        if view.get(SHEETS, id_) is not None:
            return [Problem(code="approved", message="That week was approved already.")]
        found = problem_of(judge_sheet(view, None, self._record(), self.by))
        if not found and today < add_days(self.week, 7):
            message = "This week is not over: nothing can be added to it then."
            found.append(Problem(code="not-over", level="warning", message=message))
        return found

    def apply(self, draft: Drafting) -> str:
        """Lock it."""
        return draft.create(SHEETS, self._record())

    def label(self, view: View) -> str:
        """Names whose."""
        return f"Approve the week of {self.week} of {person_name(view, self.staff)}"

    def _record(self) -> dict[str, Any]:
        row = {"id": sheet_id(self.staff, self.week), "staff": self.staff, "week": self.week}
        more = {"minutes": self.minutes, "approved_on": self.on}
        return row | more | present({"approved_by": self.by})


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenWeek(Command):
    """An approval is taken back, so that the week can be put right."""

    do: ClassVar[str] = "reopen-week"

    staff: str
    week: str

    def check(self, view: View, today: str) -> list[Problem]:
        """One that was approved."""
        if view.get(SHEETS, sheet_id(self.staff, self.week)) is not None:
            return []
        return [Problem(code="gone", message="That week is open.")]

    def apply(self, draft: Drafting) -> str:
        """Unlock it."""
        draft.delete(SHEETS, sheet_id(self.staff, self.week))
        return sheet_id(self.staff, self.week)

    def label(self, view: View) -> str:
        """Names whose."""
        return f"Reopen the week of {self.week} of {person_name(view, self.staff)}"
