"""The rule of room types: of two desks that sell the last room of a type, one hears of it.

A desk that sees a type sold out does not sell it, unless overbooking is meant (`overbook` stays in
the booking). TYPE-1 a stay without a room that comes to claim nights of a type in which none is
left, and was not meant to, is kept, confirmed, and asks for attention: whoever was decided first
has the last room. TYPE-2 whoever was there before is not judged again, nor who claims fewer nights.
Imported bookings are as the file has them. Stands on `availability`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, Final

from pysync.model.guard import Amend, Guard, Record, Verdict, View
from pysync_pms.availability import availability, rooms_left
from pysync_pms.calendar import add_days, days_between, is_date, months
from pysync_pms.occupancy import places
from pysync_pms.words import ATTENTION_WORDS, HOLDING, RESERVATIONS, TYPE_SOLD_OUT


def check_types(
    before: View, after: View, _change: Any, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """For every booking that the change touched."""
    amended: dict[tuple[str, str], dict[str, Any]] = {}
    first: Record | None = None
    for ref in sorted(refs):
        new = after.get(*ref)
        if new is None or new.get("attention") or not _claims(new):
            continue
        nights = _nights(new) - _nights(before.get(*ref), of=new["room_type"])
        if nights and _is_over(after, new["room_type"], nights):
            amended[ref] = {"attention": TYPE_SOLD_OUT}
            first = first or new
    if first is None:
        return None
    left = rooms_left(after, first["from"], first["to"])
    others = [kind for kind, count in left.items() if count > 0 and kind != first["room_type"]]
    told = {"reservation": first["id"], "alternatives": others}
    return Amend(TYPE_SOLD_OUT, amended, ATTENTION_WORDS[TYPE_SOLD_OUT], told)


def _claims(stay: Record) -> bool:
    """Whether it counts against its type by being booked, and was not meant to be too much."""
    meant = stay.get("overbook") or stay.get("import_key")
    return stay.get("status") in HOLDING and not meant and not places(stay)


def _nights(stay: Record | None, of: str | None = None) -> set[str]:
    """The nights it takes; with `of` only if it was booked as that type, with or without a room."""
    if stay is None or stay.get("status") not in HOLDING:
        return set()
    if of is not None and stay.get("room_type") != of:
        return set()
    start, end = stay.get("from"), stay.get("to")
    if not is_date(start) or not is_date(end) or start >= end:
        return set()
    return set(days_between(start, end))


def _is_over(view: View, room_type: str, nights: set[str]) -> bool:
    table = availability(view, min(nights), add_days(max(nights), 1))
    left = table.left.get(room_type)
    return left is not None and any(
        number < 0 for day, number in zip(table.dates, left, strict=True) if day in nights
    )


def _tokens(_: str, stay: Record) -> Iterable[Hashable]:
    """A type in a month: every stay in it may be the one too many."""
    start, end = stay.get("from"), stay.get("to")
    if stay.get("import_key") or not is_date(start) or not is_date(end) or start >= end:
        return ()
    return {("type", stay.get("room_type"), month) for month in months(start, end)}


TYPE_GUARDS: Final = (
    Guard("types", frozenset((RESERVATIONS,)), check_types, _tokens, lambda *_: None),
)
