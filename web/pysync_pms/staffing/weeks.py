"""The weeks of the staff that wait for approval. Costs one pass over the time entries."""

from __future__ import annotations

from dataclasses import dataclass

from pysync.model.guard import Record, View
from pysync_pms.expenses.claim_guard import decides_own
from pysync_pms.expenses.queries import name_of
from pysync_pms.indexes import fold
from pysync_pms.staffing.times import approval_of, counts, is_open, minutes_of, monday
from pysync_pms.staffing.words import TIMES
from pysync_pms.words import STAFF

__all__ = ["Week", "weeks_to_approve"]


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
    doubles: int
    """Entries that met another one, and count for nothing: they are settled first."""

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
            doubles=sum(not counts(each) for each in entries),
        )
        for (staff, week), entries in known.items()
        if approval_of(view, staff, week) is None
        and not decides_own(view, {"staff": staff}, account)
    ]
    return sorted(found, key=lambda each: (each.week, fold(each.name), each.staff))
