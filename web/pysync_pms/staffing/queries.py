"""What the staff portal shows: the weeks that wait for approval, and the rota of a week.

The first costs one pass over the time entries, the second one look for each day of the week.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from pysync.model.guard import Record, View
from pysync_pms.calendar import add_days
from pysync_pms.expenses.claim_guard import decides_own
from pysync_pms.expenses.queries import name_of
from pysync_pms.indexes import fold
from pysync_pms.staffing.rota import WEEK, shifts_of_week
from pysync_pms.staffing.times import approval_of, is_open, minutes_of, monday
from pysync_pms.staffing.words import SHIFTS, TIMES
from pysync_pms.words import STAFF

__all__ = ["RotaRow", "Week", "rota", "staff_by_name", "weeks_to_approve"]

_DAYS: Final = range(WEEK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Somebody's week that is over and that nobody approved."""

    staff: str
    name: str
    week: str
    entries: int
    minutes: int
    open: bool
    """Somebody is still clocked in by one of its entries: that is corrected first."""

    @property
    def key(self) -> str:
        """Names it on the page."""
        return f"{self.staff}.{self.week}"


def weeks_to_approve(view: View, today: str, account: str) -> list[Week]:
    """Weeks before this one that this account may approve, the oldest first."""
    known: dict[tuple[str, str], list[Record]] = {}
    this = monday(today)
    for each in view.all(TIMES):
        week = monday(each["on"])
        if week < this:
            known.setdefault((each["staff"], week), []).append(each)
    found = [
        Week(
            staff=staff,
            name=name_of(view, STAFF, staff),
            week=week,
            entries=len(entries),
            minutes=minutes_of(view, staff, week),
            open=any(map(is_open, entries)),
        )
        for (staff, week), entries in known.items()
        if approval_of(view, staff, week) is None
        and not decides_own(view, {"staff": staff}, account)
    ]
    return sorted(found, key=lambda each: (each.week, fold(each.name), each.staff))


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaRow:
    """One person's line of a rota: their shifts by day."""

    staff: Record
    days: tuple[tuple[Record, ...], ...]


def staff_by_name(view: View, also: Iterable[Any] = ()) -> list[Record]:
    """Everybody who works here, by name, and of those who left these."""
    kept = set(also)
    found = [e for e in view.all(STAFF) if e.get("active") is not False or e["id"] in kept]
    return sorted(found, key=lambda each: (fold(each.get("name") or ""), each["id"]))


def rota(view: View, week: str, *, drafts: bool) -> list[RotaRow]:
    """The week that begins then, person by person; with `drafts` also what is not published."""
    shifts = [s for s in shifts_of_week(view, week) if drafts or s.get("published")]
    rows = []
    for person in staff_by_name(view, (each["staff"] for each in shifts)):
        own = [each for each in shifts if each["staff"] == person["id"]]
        days = tuple(
            tuple(each for each in own if each["on"] == add_days(week, at)) for at in _DAYS
        )
        rows.append(RotaRow(staff=person, days=days))
    return rows


def has_shifts(view: View, week: str) -> bool:
    """Whether anybody is planned in that week."""
    return any(view.find(SHIFTS, "on", add_days(week, at)) for at in _DAYS)
