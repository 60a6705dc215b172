"""The rules of the hotel's date and taxes: a day that was closed stays closed.

FOLIO-8 a closed day keeps the figures it was closed with, by whoever and however often; only the
hotel's business date is closed, and that moves it on. DAY-1 the business date never is a day that
was closed: a desk that missed the closing moves it back in vain. Stands on `calendar`, `taxes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pysync.model.change import CREATE, Change
from pysync.model.guard import Amend, Guard, Refuse, Verdict, View
from pysync_pms.calendar import add_days
from pysync_pms.taxes import few, taxes_of, uses_of
from pysync_pms.words import ARTICLES, AUDITS, HOTEL, SETTINGS

_CLOSED: Final = Refuse("day-closed", "That day was closed already.")
_NOT_IT: Final = Refuse("not-the-day", "Only the hotel's business date can be closed.")


def business_date(view: View) -> str:
    """The date that is set; "" if the calendar's holds."""
    settings = view.get(SETTINGS, HOTEL)
    return str((settings.get("business_date") if settings is not None else None) or "")


def not_closed(view: View, day: str) -> str:
    """That day, or the first one behind it that was not closed."""
    while view.get(AUDITS, day) is not None:
        day = add_days(day, 1)
    return day


def day_of(view: View, day: str) -> str:
    """Which date something bears that is posted as of that day."""
    return not_closed(view, business_date(view) or day)


def check_days(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The rules of the hotel's date."""
    fields: dict[tuple[str, str], Mapping[str, Any]] = {}
    day = business_date(after)
    for collection, record_id in sorted(refs):
        if collection != AUDITS:
            continue
        old, new = before.get(AUDITS, record_id), after.get(AUDITS, record_id)
        if old is None:
            if business_date(before) not in ("", record_id) or day <= record_id:
                return _NOT_IT
        elif old != new:
            if not any(op.rid == record_id and op.kind == CREATE for op in change.ops):
                return _CLOSED
            names = {**old, **(new or {})}
            fields[AUDITS, record_id] = {name: old.get(name) for name in names if name != "id"}
    if day and not_closed(after, day) != day:
        fields[SETTINGS, HOTEL] = {"business_date": not_closed(after, day)}
    if not fields:
        return None
    return Amend("day-closed", fields, "That day was closed already: the next one is open.")


def found_days(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """Days that were closed where a device began are closed, whatever the date is here."""
    others = frozenset(ref for ref in refs if ref[0] != AUDITS)
    return check_days(before, after, change, others)


def check_taxes(
    before: View, after: View, _change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """TAX-1: a tax that the rooms or an article include is not taken away, whoever sells it."""
    if (SETTINGS, HOTEL) not in refs:
        return None
    room_tax = (after.get(SETTINGS, HOTEL) or {}).get("room_tax")
    left = {tax[0] for tax in taxes_of(after)}
    for code in sorted(tax[0] for tax in taxes_of(before) if tax[0] not in left):
        if uses := uses_of(after, code, room_tax):
            return Refuse("tax-in-use", f"This tax is included in: {few(uses)}.")
    return None


DAY_GUARDS: Final = (
    Guard(
        "days",
        frozenset((AUDITS, SETTINGS)),
        check_days,
        lambda _, record: (record["id"], HOTEL),
        found_days,
    ),
    Guard("taxes", frozenset((SETTINGS, ARTICLES)), check_taxes, lambda _, __: (HOTEL,)),
)
