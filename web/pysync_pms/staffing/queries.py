"""The rota of a week, person by person. Costs one look for each day of the week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from pysync.model.guard import Record, View
from pysync_pms.calendar import add_days
from pysync_pms.indexes import fold
from pysync_pms.staffing.rota import WEEK, shifts_of_week
from pysync_pms.words import STAFF

__all__ = ["RotaRow", "rota", "staff_by_name"]

_DAYS: Final = range(WEEK)


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
