"""Times: clocking in and out, breaks, what was forgotten, and corrections.

`by` is the account of whoever does it, `at` the minute (since 1970, UTC). What a command checks is
what the guard judges, by the same functions. Stands on `guards`.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import Record, View
from pysync_pms.calendar import add_days
from pysync_pms.commands.base import Command, Drafting, Problem, command, field_problems, present
from pysync_pms.expenses.claim_commands import problem_of
from pysync_pms.expenses.commands import AHEAD
from pysync_pms.staffing.guards import judge_time, locked
from pysync_pms.staffing.times import LONGEST, clocked_in, counts
from pysync_pms.staffing.words import TIMES
from pysync_pms.words import STAFF


def person_name(view: View, staff: str) -> str:
    """Whose it is."""
    return str((view.get(STAFF, staff) or {}).get("name") or "somebody")


@dataclass(frozen=True, slots=True, kw_only=True)
class _New(Command):
    """A new entry."""

    id: str
    staff: str
    on: str
    """The day that it counts for."""
    by: str = ""

    def record(self) -> dict[str, Any]:
        """The entry as it is stored."""
        row = {"id": self.id, "staff": self.staff, "on": self.on}
        return row | present({"in_by": self.by})

    def check(self, view: View, today: str) -> list[Problem]:
        """A new one that meets no other."""
        if view.get(TIMES, self.id) is not None:
            return [Problem(code="exists", message="It was written down already.")]
        if self.on > add_days(today, AHEAD):
            message = f"That day has not come yet: the hotel's date is {today}."
            return [Problem(code="in-the-future", field="on", message=message)]
        record = self.record()
        found = field_problems(TIMES, record)
        refusal = locked(view, record) or judge_time(view, None, record, self.by)
        return found or problem_of(refusal)

    def apply(self, draft: Drafting) -> str:
        """Add it."""
        return draft.create(TIMES, self.record())


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class ClockIn(_New):
    """Somebody begins to work."""

    do: ClassVar[str] = "clock-in"

    at: int

    def record(self) -> dict[str, Any]:
        """An entry that is open."""
        return _New.record(self) | {"start": self.at}

    def label(self, view: View) -> str:
        """Names who."""
        return f"Clock in {person_name(view, self.staff)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class AddTime(_New):
    """A time that nobody clocked, written down afterwards, with the reason."""

    do: ClassVar[str] = "add-time"

    start: int
    end: int
    breaks: int = 0
    """Minutes."""
    note: str = ""

    def record(self) -> dict[str, Any]:
        """An entry that is closed."""
        row = {"start": self.start, "end": self.end, "break_total": self.breaks}
        more = {"note": self.note.strip(), "out_by": self.by}
        return _New.record(self) | row | present(more)

    def check(self, view: View, today: str) -> list[Problem]:
        """Also says why it was not clocked."""
        if not self.note.strip():
            message = "Say why it was not clocked."
            return [Problem(code="no-note", field="note", message=message)]
        return _New.check(self, view, today)

    def label(self, view: View) -> str:
        """Names who."""
        return f"Add time of {person_name(view, self.staff)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clocked(Command):
    """Something about the entry by which somebody is clocked in."""

    staff: str
    at: int
    by: str = ""

    def changes(self, entry: Record) -> Mapping[str, Any] | Problem:
        """What it writes, or why it cannot."""
        raise TypeError(f"{type(self).__name__} writes nothing")

    def check(self, view: View, today: str) -> list[Problem]:
        """Somebody who is clocked in."""
        entry = clocked_in(view, self.staff)
        if entry is None:
            name = person_name(view, self.staff)
            return [Problem(code="clocked-out", message=f"{name} is not clocked in.")]
        changes = self.changes(entry)
        if isinstance(changes, Problem):
            return [changes]
        found = field_problems(TIMES, changes)
        after = {**entry, **changes}
        refusal = locked(view, entry, after) or judge_time(view, entry, after, self.by)
        return found or problem_of(refusal)

    def apply(self, draft: Drafting) -> str:
        """Write it."""
        entry = clocked_in(draft, self.staff) or {}
        changes = self.changes(entry)
        assert not isinstance(changes, Problem)
        draft.update(TIMES, entry["id"], changes)
        return str(entry["id"])


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOut(_Clocked):
    """Somebody stops working; a break that they are in ends with it."""

    do: ClassVar[str] = "clock-out"

    def changes(self, entry: Record) -> Mapping[str, Any]:
        """The end, and the breaks until then."""
        since, total = entry.get("break_since"), entry.get("break_total") or 0
        if since is not None:
            total += max(0, self.at - since)
        row = {"end": self.at, "break_since": None, "break_total": total}
        return row | {"out_by": self.by or None}

    def apply(self, draft: Drafting) -> str:
        """Write it; who was clocked in twice leaves once."""
        last = (clocked_in(draft, self.staff) or {}).get("id")
        for entry in tuple(draft.find(TIMES, "open", self.staff)):
            double = entry["id"] != last and not counts(entry)
            if double and 0 <= self.at - entry["start"] <= LONGEST:
                draft.update(TIMES, entry["id"], self.changes(entry))
        return _Clocked.apply(self, draft)

    def label(self, view: View) -> str:
        """Names who."""
        return f"Clock out {person_name(view, self.staff)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBreak(_Clocked):
    """Somebody has a break, or, with `back`, is back from it."""

    do: ClassVar[str] = "take-break"

    back: bool = False

    def changes(self, entry: Record) -> Mapping[str, Any] | Problem:
        """Since when, or how long it was."""
        since = entry.get("break_since")
        if self.back == (since is None):
            message = "There is no break to come back from." if self.back else "It is a break now."
            return Problem(code="break", message=message)
        if since is None:
            return {"break_since": self.at}
        total = (entry.get("break_total") or 0) + max(0, self.at - since)
        return {"break_since": None, "break_total": total}

    def label(self, view: View) -> str:
        """Names who."""
        return f"{'End' if self.back else 'Begin'} the break of {person_name(view, self.staff)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectTime(Command):
    """A manager puts an entry right, with the reason."""

    do: ClassVar[str] = "correct-time"
    final: ClassVar[bool] = True

    id: str
    on: str
    start: int
    end: int
    reason: str
    day: str
    """The business date of the correction."""
    breaks: int = 0
    by: str = ""

    def check(self, view: View, today: str) -> list[Problem]:
        """One that is there, in a week that nobody approved."""
        entry = view.get(TIMES, self.id)
        if entry is None:
            return [Problem(code="gone", message="It is not there any more.")]
        if not self.reason.strip():
            return [Problem(code="no-reason", field="reason", message="Say why.")]
        changes = self._changes(entry)
        found = field_problems(TIMES, changes)
        after = {**entry, **changes}
        refusal = locked(view, entry, after) or judge_time(view, entry, after, self.by)
        return found or problem_of(refusal)

    def apply(self, draft: Drafting) -> str:
        """Write it."""
        draft.update(TIMES, self.id, self._changes(draft.get(TIMES, self.id) or {}))
        return self.id

    def label(self, view: View) -> str:
        """Names whose."""
        entry = view.get(TIMES, self.id) or {}
        return f"Correct time of {person_name(view, entry.get('staff') or '')}"

    def _changes(self, entry: Record) -> dict[str, Any]:
        row = {"on": self.on, "start": self.start, "end": self.end, "break_total": self.breaks}
        return row | {
            "break_since": None,
            "corrected": (entry.get("corrected") or 0) + 1,
            "corrected_on": self.day,
            "corrected_by": self.by or None,
            "reason": self.reason.strip(),
        }


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimeAside(Command):
    """Of two entries of one work a manager takes the second away; the history keeps it."""

    do: ClassVar[str] = "set-time-aside"

    id: str

    def check(self, view: View, today: str) -> list[Problem]:
        """One that met another, in a week that nobody approved."""
        entry = view.get(TIMES, self.id)
        if entry is None:
            return [Problem(code="gone", message="It is not there any more.")]
        if counts(entry):
            return [Problem(code="counts", message="This time counts: correct it instead.")]
        return problem_of(locked(view, entry))

    def apply(self, draft: Drafting) -> str:
        """Take it away."""
        draft.delete(TIMES, self.id)
        return self.id

    def label(self, view: View) -> str:
        """Names whose."""
        entry = view.get(TIMES, self.id) or {}
        return f"Set a double time of {person_name(view, entry.get('staff') or '')} aside"
