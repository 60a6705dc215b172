"""The collections of the staff portal: time entries, the weeks that were approved, mileage, shifts.

MILEAGE-1 what a trip comes to is its distance at the rate that stands in it, rounded once.
MILEAGE-2 that rate is the hotel's of the moment in which the trip comes to the log, whoever drives,
and stays. A shift is from a minute of its day to another, which may be on the day after. Stands on
`times`, `claims`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final

from pysync.model.guard import Record, Refuse, View
from pysync.model.schema import CollectionSchema, Field
from pysync_pms.expenses.claim_guard import ClaimKind
from pysync_pms.expenses.claims import CLAIM_FIELDS, CLAIM_GROUPS, by_state, repaid_by
from pysync_pms.fields import (
    CURRENCY,
    DAY,
    ID,
    NAME_MAX,
    NEEDED_DAY,
    NEEDED_ID,
    count,
    is_not_blank,
    text,
)
from pysync_pms.indexes import by, listed
from pysync_pms.money import MAX_AMOUNT, quotient
from pysync_pms.staffing.times import DAY_MINUTES, LONGEST, by_day, by_monday, by_week, open_by
from pysync_pms.staffing.words import MILEAGE, SHEETS, SHIFTS, TIMES
from pysync_pms.words import HOTEL, SETTINGS, STAFF

MOMENT_MAX: Final = 10**9
"""Minutes since 1970: some 1,900 years."""
NOTE_MAX: Final = 300
RATE_KM: Final = 100
"""A rate is for so many kilometres, so that 0.3045 for one is a whole number."""
TRIP_MAX: Final = 50_000
"""Tenths of a kilometre of one trip."""
CLOCK: Final = ("start", "end", "break_since", "break_total")
"""What the clock writes: it merges as one."""
CORRECTION: Final = ("corrected", "corrected_on", "corrected_by", "reason")
"""What a correction of a closed entry says; it is counted."""

_times = CollectionSchema(
    name=TIMES,
    fields={
        "staff": NEEDED_ID,
        "on": NEEDED_DAY,
        "start": count(MOMENT_MAX, required=True),
        "end": count(MOMENT_MAX),
        "break_since": count(MOMENT_MAX),
        "break_total": count(LONGEST),
        "note": text(NOTE_MAX),
        "in_by": text(NAME_MAX),
        "out_by": text(NAME_MAX),
        "corrected": count(10_000),
        "corrected_on": DAY,
        "corrected_by": text(NAME_MAX),
        "reason": text(NOTE_MAX),
        "double_of": ID,
    },
    groups=(CLOCK, CORRECTION),
    indexes={
        "open": open_by,
        "week": by_week,
        "day": by_day,
        "monday": by_monday,
    },
)

_sheets = CollectionSchema(
    name=SHEETS,
    fields={
        "staff": NEEDED_ID,
        "week": NEEDED_DAY,
        "minutes": count(7 * DAY_MINUTES, required=True),
        "approved_on": NEEDED_DAY,
        "approved_by": text(NAME_MAX),
    },
    indexes={"week": by("week")},
)

TRIP: Final = (
    *("staff", "on", "purpose", "route", "distance", "rate", "amount", "currency", "centre"),
    "note",
)
"""What whoever drove fills in."""

_mileage = CollectionSchema(
    name=MILEAGE,
    fields={
        "staff": NEEDED_ID,
        "on": NEEDED_DAY,
        "purpose": text(required=True, check=is_not_blank),
        "route": text(200),
        "distance": Field(types=(int,), minimum=1, maximum=TRIP_MAX, required=True),
        "rate": Field(types=(int,), minimum=1, maximum=1_000_000, required=True),
        "amount": Field(types=(int,), minimum=0, maximum=MAX_AMOUNT, required=True),
        "currency": CURRENCY,
        "centre": ID,
        "note": text(NOTE_MAX),
        **CLAIM_FIELDS,
    },
    groups=(("distance", "rate", "amount", "currency"), *CLAIM_GROUPS),
    indexes={
        "all": listed,
        "state": by_state,
        "staff": by("staff"),
        "repaid_by": repaid_by,
    },
)


def trip_amount(distance: int, rate: int) -> int:
    """What a trip comes to: tenths of a kilometre at minor units for 100 km, rounded half away
    from zero.

    >>> trip_amount(125, 3_600), trip_amount(1, 3_045)
    (450, 3)
    """
    return quotient(distance * rate, 10 * RATE_KM)


def _misfit(after: View, trip: Record) -> str | None:
    """Why it is no trip."""
    if trip["amount"] != trip_amount(trip["distance"], trip["rate"]):
        return "The amount is the distance at the rate: enter the distance again."
    if after.get(STAFF, trip["staff"]) is None:
        return "Choose who of the staff drove."
    return None


def _fixed(after: View, old: Record | None, trip: Record) -> Mapping[str, Any] | Refuse:
    """The rate, which is the hotel's when the trip is entered and stays in it, and the amount."""
    hotel = after.get(SETTINGS, HOTEL) or {}
    rate, currency = hotel.get("mileage_rate"), hotel.get("currency") or trip.get("currency")
    if old is not None:
        rate, currency = old["rate"], old.get("currency")
    if not rate:
        return Refuse("no-rate", "The hotel has no rate for driving: a manager sets it first.")
    amount = trip_amount(trip["distance"], rate)
    return {"rate": rate, "currency": currency, "amount": amount}


TRIPS: Final = ClaimKind(schema=_mileage, own=TRIP, misfit=_misfit, fixed=_fixed)


def shift_days(shift: Record) -> Iterable[Hashable]:
    """An index: the person, and the day."""
    staff, on = shift.get("staff"), shift.get("on")
    return ((staff, on),) if staff and on else ()


_shifts = CollectionSchema(
    name=SHIFTS,
    fields={
        "staff": NEEDED_ID,
        "on": NEEDED_DAY,
        "start": count(DAY_MINUTES - 1, required=True),
        "end": Field(types=(int,), minimum=1, maximum=2 * DAY_MINUTES, required=True),
        "note": text(NOTE_MAX),
        "published": Field(types=(bool,)),
    },
    groups=(("staff", "on", "start", "end"),),
    indexes={"day": shift_days, "on": by("on")},
)

STAFF_COLLECTIONS: Final = (_times, _sheets, _mileage, _shifts)
