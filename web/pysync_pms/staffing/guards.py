"""The rules of times and shifts that hold whatever the timing and whoever is offline.

TIME-1 no two entries of a person that count share a minute. One that meets another is kept, and
counts for nothing until a manager settles it: two devices may clock in the same person, and neither
knows what the other's clock-out will be. TIME-2 an entry that is closed changes only by a
correction, which says why and by whom. TIME-3 a week that was approved is locked: nothing is added
to it, changed or removed in it, until its approval is taken back. TIME-4 an approval is of what the
log holds: every entry is closed and counts, the minutes are their sum, and nobody approves their
own. TIME-5 an entry counts for the day on which it was worked, or for the hotel's business date
where that is another one altogether. Stands on `times`, `claim_guard`, `day_guards`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final

from pysync.model.change import Change
from pysync.model.guard import Amend, Guard, Record, Refuse, Verdict, View
from pysync_pms.calendar import from_day, is_date, to_day
from pysync_pms.day_guards import business_date
from pysync_pms.expenses.claim_guard import brings_own, decides_own
from pysync_pms.expenses.found_claims import signed_otherwise
from pysync_pms.staffing.account_guard import ACCOUNTS
from pysync_pms.staffing.schema import CLOCK, CORRECTION, STAFF_COLLECTIONS
from pysync_pms.staffing.shift_guard import SHIFT_GUARD
from pysync_pms.staffing.times import (
    DAY_MINUTES,
    EPOCH_DAY,
    LONGEST,
    approval_of,
    counts,
    is_open,
    meet,
    minutes_of,
    monday,
    near,
    sheet_id,
    week_of,
)
from pysync_pms.staffing.words import SHEETS, TIMES
from pysync_pms.words import HOTEL, SETTINGS, STAFF

_SCHEMAS: Final = {each.name: each for each in STAFF_COLLECTIONS}
OTHER_YEARS: Final = 31
"""Days between the hotel's date and the calendar's, from which on it is another one altogether."""
DOUBLE: Final = "double"
WORKING_DAY: Final = "working-day"
_SAID: Final = {
    DOUBLE: "This person was clocked in elsewhere then: it is kept, and a manager settles it.",
    WORKING_DAY: "It counts for the day on which it was worked.",
}
_OWN_TIME: Final = Refuse("own-time", "Nobody approves their own time: somebody else does.")
_SIGNED: Final = Refuse("signed", "A time says by whom it was written.")


def check_times(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The rules of times, for every entry and week that the change touched."""
    fields: dict[tuple[str, str], Mapping[str, Any]] = {}
    for collection, record_id in sorted(refs):
        old, new = before.get(collection, record_id), after.get(collection, record_id)
        if collection == TIMES:
            refusal = _locked(before, after, old, new)
            refusal = refusal or judge_entry(after, old, new, change.author)
            if refusal is None and new is not None:
                right = {"on": _day_of(after, old, new), "double_of": _double_of(after, old, new)}
                if wrong := {name: it for name, it in right.items() if new.get(name) != it}:
                    fields[collection, record_id] = wrong
        elif collection == SHEETS:
            refusal = judge_sheet(after, old, new, change.author)
            if refusal is None and old is None and new is not None:
                mine = {"staff": new.get("staff")}
                own = decides_own(before, mine, change.author)
                own = own or brings_own(before, after, mine, change)
                refusal = _OWN_TIME if own else None
        else:
            refusal = None
        if refusal is not None:
            return refusal
    if not fields:
        return None
    code = DOUBLE if any(each.get("double_of") for each in fields.values()) else WORKING_DAY
    return Amend(code, fields, _SAID[code])


def found_times(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The same of what a device began with: times count for the day that they counted for there,
    corrected or not. They come before the approvals of their weeks."""
    fields: dict[tuple[str, str], Mapping[str, Any]] = {}
    refusal: Refuse | None = None
    for collection, record_id in sorted(refs):
        new = after.get(collection, record_id) or {"id": record_id}
        if collection == TIMES:
            refusal = _locked(before, after, new) or _not_a_time(after, new)
            names: tuple[str, ...] = ("in_by", "out_by", "corrected_by")
            if counts(new) and (other := _met(after, new)) is not None:
                fields[collection, record_id] = {"double_of": other["id"]}
        elif collection == SHEETS:
            refusal = judge_sheet(after, None, new, new.get("approved_by") or "")
            names, mine = ("approved_by",), {"staff": new.get("staff")}
            refusal = refusal or (_OWN_TIME if brings_own(before, after, mine, change) else None)
        else:
            continue
        refusal = refusal or (_SIGNED if signed_otherwise(change, new, names) else None)
        if refusal is not None:
            return refusal
    return Amend(DOUBLE, fields, _SAID[DOUBLE]) if fields else None


def locked(view: View, *entries: Record | None) -> Refuse | None:
    """Why entries cannot change: the week of one of them was approved. Commands ask here, too."""
    return _locked(view, view, *entries)


def _locked(before: View, after: View, *entries: Record | None) -> Refuse | None:
    """The same of a change, which may approve what it adds, or reopen what it puts right."""
    for entry in entries:
        if entry is not None and is_date(entry.get("on")):
            staff, week = entry.get("staff") or "", monday(entry["on"])
            if approval_of(before, staff, week) and approval_of(after, staff, week):
                words = f"The week of {week} was approved: have that taken back first."
                return Refuse("week-approved", words, {"week": week})
    return None


def judge_time(after: View, old: Record | None, new: Record | None, author: str) -> Refuse | None:
    """Why an entry is not made so by who knows what is there: commands ask here."""
    refusal = judge_entry(after, old, new, author)
    if refusal is None and old is None and new is not None:
        return _meets(after, new)
    return refusal


def judge_entry(after: View, old: Record | None, new: Record | None, author: str) -> Refuse | None:
    """Why an entry cannot become so, or not by this author, whoever knew of what."""
    if new is None:
        return None
    refusal = _not_a_time(after, new) or _by_whom(old, new, author)
    if refusal is None and old is not None and (counts(old) or _corrects(old, new)):
        return _meets(after, new)
    return refusal


def _corrects(old: Record, new: Record) -> bool:
    return any(old.get(name) != new.get(name) for name in CORRECTION)


def _day_of(after: View, old: Record | None, entry: Record) -> str:
    """TIME-5."""
    on, start = str(entry["on"]), entry["start"]
    if old is not None and old["on"] == on and abs(start - old["start"]) < DAY_MINUTES:
        return on
    worked_on = to_day(EPOCH_DAY) + start // DAY_MINUTES
    if abs(to_day(on) - worked_on) <= 1:
        return on  # by the clock on the wall, or by a night that belongs to the day before
    date = business_date(after)
    ahead = to_day(date) - worked_on if is_date(date) else 0
    if abs(ahead) > OTHER_YEARS or (ahead < 0 and on == date):
        return date  # or the days since were not closed yet
    return from_day(worked_on)


def _double_of(after: View, old: Record | None, entry: Record) -> str | None:
    """TIME-1: which other entry it meets; once said it stays so until it is corrected."""
    if old is None:
        other = _met(after, entry)
        return str(other["id"]) if other is not None else None
    return None if _corrects(old, entry) else old.get("double_of")


def _not_a_time(after: View, entry: Record) -> Refuse | None:
    if missing := _SCHEMAS[TIMES].missing(entry):
        return Refuse("incomplete", f"A time needs {', '.join(missing)}.")
    start, end, since = entry["start"], entry.get("end"), entry.get("break_since")
    if after.get(STAFF, entry["staff"]) is None:
        return Refuse("no-person", "Choose who of the staff it is.")
    if end is None:
        if since is not None and since < start:
            return Refuse("break", "A break begins after the work did.")
        return None
    if not start <= end <= start + LONGEST:
        words = "It ends after it began, within a day: a forgotten end is corrected by a manager."
        return Refuse("end", words)
    if since is not None or (entry.get("break_total") or 0) > end - start:
        return Refuse("break", "The breaks lie within the time, and have ended.")
    return None


def _by_whom(old: Record | None, new: Record, author: str) -> Refuse | None:
    """Whether what was written says so, and is what the clock may write."""
    if old is None:
        written = {new.get("in_by") or "", new.get("out_by") or author}
        signed = written == {author} and not new.get("corrected")
        return None if signed else _SIGNED
    fixed = any(old.get(name) != new.get(name) for name in ("staff", "on", "start", "in_by"))
    clock = any(old.get(name) != new.get(name) for name in (*CLOCK, "out_by", "note"))
    if _corrects(old, new):
        counted = (new.get("corrected") or 0) == (old.get("corrected") or 0) + 1
        signed = counted and (new.get("corrected_by") or "") == author
        if not signed or not (new.get("reason") or "").strip():
            return Refuse("no-reason", "A correction says why, and by whom.")
        same = all(old.get(name) == new.get(name) for name in ("staff", "in_by"))
        return None if same else Refuse("fixed", "A time stays whose it is.")
    if fixed or (clock and not is_open(old)):
        return Refuse("closed", "It is closed: a manager corrects it, with a reason.")
    if not is_open(new) and is_open(old) and (new.get("out_by") or "") != author:
        return _SIGNED
    return None


def _met(after: View, entry: Record) -> Record | None:
    """Another entry that counts and shares a minute with it."""
    return next((each for each in near(after, entry) if counts(each) and meet(entry, each)), None)


def _meets(after: View, entry: Record) -> Refuse | None:
    other = _met(after, entry)
    if other is None:
        return None
    name = (after.get(STAFF, entry["staff"]) or {}).get("name") or "This person"
    if is_open(other) and is_open(entry):
        return Refuse("clocked-in", f"{name} is clocked in already.", {"time": other["id"]})
    words = f"{name} has another time then: no two of them overlap."
    return Refuse("overlap", words, {"time": other["id"]})


def judge_sheet(after: View, old: Record | None, new: Record | None, author: str) -> Refuse | None:
    """Why a week cannot be approved so."""
    if new is None or old == new:
        return None
    if old is not None:
        return Refuse("approved", "That week was approved already.")
    if missing := _SCHEMAS[SHEETS].missing(new):
        return Refuse("incomplete", f"An approval needs {', '.join(missing)}.")
    staff, week = new["staff"], new["week"]
    if monday(week) != week or new["id"] != sheet_id(staff, week):
        return Refuse("week", "A week begins on Monday.")
    return _unapproved(after, new, author)


def _unapproved(after: View, sheet: Record, author: str) -> Refuse | None:
    """What of the week, or of who approves it, is in the way."""
    staff, week = sheet["staff"], sheet["week"]
    if (sheet.get("approved_by") or "") != author:
        return _SIGNED
    if decides_own(after, {"staff": staff}, author):
        return _OWN_TIME
    if any(is_open(each) for each in week_of(after, staff, week)):
        return Refuse("still-open", "Somebody is still clocked in: correct or end that first.")
    if not all(counts(each) for each in week_of(after, staff, week)):
        words = "Two of its times overlap: correct one of them, or set the second aside, first."
        return Refuse(DOUBLE, words)
    if minutes_of(after, staff, week) != sheet["minutes"]:
        return Refuse("more-since", "There is more time in it since: look at it again.")
    return None


def _tokens(collection: str, record: Record) -> Iterable[Hashable]:
    """Whose it is, which is what it is weighed against; approvals heed a setting."""
    if collection == SETTINGS:
        return (HOTEL,)
    staff = record.get("staff") or record["id"]
    return (staff, HOTEL) if collection == SHEETS else (staff,)


STAFF_GUARDS: Final = (
    Guard("times", frozenset((TIMES, SHEETS, SETTINGS)), check_times, _tokens, found_times),
    SHIFT_GUARD,
    ACCOUNTS,
)
