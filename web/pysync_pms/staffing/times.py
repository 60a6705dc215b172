"""Reading times: how long somebody worked, in which week, and whether they are clocked in.

Moments are whole minutes since 1970 (UTC), so that an hour more or less by the calendar changes no
wage. A week begins on Monday. Stands on `calendar`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final

from pysync.model.guard import Record, View
from pysync_pms.calendar import add_days, weekday
from pysync_pms.staffing.words import SHEETS, TIMES

DAY_MINUTES: Final = 24 * 60
EPOCH_DAY: Final = "1970-01-01"
LONGEST: Final = DAY_MINUTES
"""An entry that is longer is one that somebody forgot to end."""


def monday(day: str) -> str:
    """The first day of that day's week.

    >>> monday("2026-11-22")
    '2026-11-16'
    """
    return add_days(day, -weekday(day))


def sheet_id(staff: str, week: str) -> str:
    """The id of somebody's timesheet of the week that begins then."""
    return f"{staff}.{week}"


def is_open(entry: Record) -> bool:
    """Whether that person is clocked in by it."""
    return entry.get("end") is None


def counts(entry: Record) -> bool:
    """Whether its minutes do: not those of one that met another, until a manager settled it."""
    return not entry.get("double_of")


def worked(entry: Record, now: int | None = None) -> int:
    """Minutes without breaks; of an open entry up to `now`, or 0.

    >>> worked({"start": 0, "end": 480, "break_total": 30})
    450
    """
    end = entry.get("end")
    if end is None:
        if now is None:
            return 0
        since = entry.get("break_since")
        end = now if since is None else since
    return max(0, end - (entry.get("start") or 0) - (entry.get("break_total") or 0))


def meet(one: Record, other: Record) -> bool:
    """Whether two entries share a minute; an open one goes on."""
    return _ends_after(one, other) and _ends_after(other, one)


def _ends_after(one: Record, other: Record) -> bool:
    end = one.get("end")
    return end is None or end > other["start"]


def open_by(entry: Record) -> Iterable[Hashable]:
    """An index: the person who is clocked in."""
    staff = entry.get("staff")
    return (staff,) if staff and is_open(entry) else ()


def by_week(entry: Record) -> Iterable[Hashable]:
    """An index: the person, and the week."""
    staff, on = entry.get("staff"), entry.get("on")
    return ((staff, monday(on)),) if staff and on else ()


def by_monday(entry: Record) -> Iterable[Hashable]:
    """An index: the week."""
    on = entry.get("on")
    return (monday(on),) if on else ()


def by_day(entry: Record) -> Iterable[Hashable]:
    """An index: the person, and the day of the first minute (UTC)."""
    staff, start = entry.get("staff"), entry.get("start")
    return () if not staff or start is None else ((staff, start // DAY_MINUTES),)


def clocked_in(view: View, staff: str) -> Record | None:
    """The entry by which that person is clocked in: of two the one that counts."""
    found = view.find(TIMES, "open", staff)
    return min(found, key=lambda each: (not counts(each), each["id"]), default=None)


def week_of(view: View, staff: str, week: str) -> list[Record]:
    """Somebody's entries of the week that begins then, by time."""
    found = view.find(TIMES, "week", (staff, week))
    return sorted(found, key=lambda each: (each["on"], each["start"], each["id"]))


def month_of(view: View, staff: str, month: str) -> list[Record]:
    """Somebody's entries of a month `YYYY-MM`, by time."""
    week, found = monday(f"{month}-01"), list[Record]()
    while week[:7] <= month:
        found += [each for each in week_of(view, staff, week) if each["on"][:7] == month]
        week = add_days(week, 7)
    return found


def minutes_of(view: View, staff: str, week: str) -> int:
    """What somebody worked in that week, as far as it is closed and counts."""
    return sum(worked(each) for each in week_of(view, staff, week) if counts(each))


def near(view: View, entry: Record) -> list[Record]:
    """The other entries of the same person that could meet it."""
    day = entry["start"] // DAY_MINUTES
    found = {
        each["id"]: each
        for key in (day - 1, day, day + 1)
        for each in view.find(TIMES, "day", (entry["staff"], key))
    }
    found |= {each["id"]: each for each in view.find(TIMES, "open", entry["staff"])}
    return [each for id_, each in sorted(found.items()) if id_ != entry["id"]]


def approval_of(view: View, staff: str, week: str) -> Record | None:
    """Who approved that week; None if nobody did."""
    return view.get(SHEETS, sheet_id(staff, week))


def hours(minutes: int) -> str:
    """Minutes as hours and minutes.

    >>> hours(455), hours(0)
    ('7:35', '0:00')
    """
    return f"{minutes // 60}:{minutes % 60:02d}"
