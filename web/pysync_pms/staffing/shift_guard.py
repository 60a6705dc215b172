"""The rule of shifts, which holds whatever the timing and whoever is offline.

SHIFT-1 no two shifts of one person share a minute, and none is longer than a day. Stands on
`schema`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final

from pysync.model.change import Change
from pysync.model.guard import Guard, Record, Refuse, Verdict, View
from pysync_pms.calendar import add_days, to_day
from pysync_pms.staffing.schema import STAFF_COLLECTIONS
from pysync_pms.staffing.times import DAY_MINUTES
from pysync_pms.staffing.words import SHIFTS
from pysync_pms.words import STAFF

_SCHEMAS: Final = {each.name: each for each in STAFF_COLLECTIONS}


def check_shifts(
    _before: View, after: View, _change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The rule of shifts, for every one that the change touched."""
    for collection, record_id in sorted(refs):
        new = after.get(SHIFTS, record_id) if collection == SHIFTS else None
        refusal = judge_shift(after, new) if new is not None else None
        if refusal is not None:
            return refusal
    return None


def judge_shift(after: View, shift: Record) -> Refuse | None:
    """Why a shift cannot be so. Commands ask here, too."""
    if missing := _SCHEMAS[SHIFTS].missing(shift):
        return Refuse("incomplete", f"A shift needs {', '.join(missing)}.")
    if not shift["start"] < shift["end"] <= shift["start"] + DAY_MINUTES:
        return Refuse("end", "A shift ends after it began, within a day.")
    if after.get(STAFF, shift["staff"]) is None:
        return Refuse("no-person", "Choose who of the staff it is for.")
    begin, end = _span(shift)
    for day in (add_days(shift["on"], -1), shift["on"], add_days(shift["on"], 1)):
        for other in after.find(SHIFTS, "day", (shift["staff"], day)):
            first, last = _span(other)
            if other["id"] != shift["id"] and first < end and begin < last:
                name = (after.get(STAFF, shift["staff"]) or {}).get("name") or "This person"
                words = f"{name} has another shift then: change that one, or choose another time."
                return Refuse("overlap", words, {"shift": other["id"]})
    return None


def _span(shift: Record) -> tuple[int, int]:
    """From which minute to which, of all days."""
    day = to_day(shift["on"]) * DAY_MINUTES
    return day + shift["start"], day + shift["end"]


def _tokens(_: str, record: Record) -> Iterable[Hashable]:
    """Whose it is, which is what it is weighed against."""
    return (record.get("staff") or record["id"],)


SHIFT_GUARD: Final = Guard("shifts", frozenset((SHIFTS,)), check_shifts, _tokens)
