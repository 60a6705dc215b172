"""Hotel calendar: ISO dates, nights, half-open stays and their colouring. Pure; no today.

A date is text `YYYY-MM-DD`, so that dates compare as text. A stay is half-open: its nights are
those from `start` up to, not including, `end`; one that ends on the day another begins shares
nothing with it. A stay whose start and end are equal (day use) has no night.

CAL-1 two stays overlap exactly when they share a night. CAL-2 colouring uses as many colours as
stays meet in the fullest night, never more. Stands on the standard library.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, TypeGuard

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
MAX_NIGHTS: Final = 1_000
"""A longer stay is a mistyped year."""
MAX_MONTHS: Final = MAX_NIGHTS // 28 + 2
"""What the longest stay touches: bounds an index, whatever a record says."""


def is_date(value: object) -> TypeGuard[str]:
    """Whether the value is a date of this calendar, spelled `YYYY-MM-DD`.

    >>> is_date("2026-02-28"), is_date("2026-02-30"), is_date("2026-2-3")
    (True, False, False)
    """
    if type(value) is not str or len(value) != 10 or value[4] != "-" or value[7] != "-":
        return False
    try:
        return FIRST_YEAR <= date.fromisoformat(value).year <= LAST_YEAR
    except ValueError:
        return False


def to_day(iso: str) -> int:
    """The day's number, for arithmetic. Raises ValueError if it is no date."""
    return date.fromisoformat(iso).toordinal()


def from_day(day: int) -> str:
    """The inverse of `to_day`."""
    return date.fromordinal(day).isoformat()


def add_days(iso: str, days: int) -> str:
    """The date so many days later (earlier if negative).

    >>> add_days("2026-12-31", 1)
    '2027-01-01'
    """
    return date.fromordinal(date.fromisoformat(iso).toordinal() + days).isoformat()


def nights(start: str, end: str) -> int:
    """How many nights lie in `[start, end)`; negative if the end comes first.

    >>> nights("2026-11-20", "2026-11-23")
    3
    """
    return date.fromisoformat(end).toordinal() - date.fromisoformat(start).toordinal()


def days_between(start: str, end: str) -> list[str]:
    """Every date of `[start, end)`.

    >>> days_between("2026-02-27", "2026-03-02")
    ['2026-02-27', '2026-02-28', '2026-03-01']
    """
    first = to_day(start)
    return [from_day(day) for day in range(first, to_day(end))]


def overlap(start: str, end: str, other_start: str, other_end: str) -> bool:
    """Whether two stays share a night.

    >>> overlap("2026-11-20", "2026-11-22", "2026-11-22", "2026-11-24")
    False
    """
    return start < other_end and other_start < end and start < end and other_start < other_end


def weekday(iso: str) -> int:
    """Monday is 0."""
    return date.fromisoformat(iso).weekday()


def months(start: str, end: str, *, at_most: int = MAX_MONTHS) -> tuple[str, ...]:
    """The months (`YYYY-MM`) from the start's to the end's, both included; `at_most` so many.

    >>> months("2026-11-20", "2027-01-02")
    ('2026-11', '2026-12', '2027-01')
    """
    first = start[:7]
    last = end[:7]
    if first == last:
        return (first,)
    year, month = int(first[:4]), int(first[5:])
    found = [first]
    while first < last and len(found) < at_most:
        month += 1
        if month > 12:
            year, month = year + 1, 1
        first = f"{year:04d}-{month:02d}"
        found.append(first)
    return tuple(found)


def colour(stays: Sequence[tuple[str, str]]) -> list[int]:
    """A colour (0, 1, ...) for each stay so that stays that share a night differ.

    Uses the fewest colours possible: stays are taken by arrival and each gets the lowest colour
    that is free, so lower colours are used most. Day use takes a free colour without holding it.

    >>> colour([("2026-11-20", "2026-11-22"), ("2026-11-21", "2026-11-23"),
    ...         ("2026-11-22", "2026-11-24")])
    [0, 1, 0]
    """
    colours = [0] * len(stays)
    free: list[int] = []
    busy: list[tuple[str, int]] = []
    used = 0
    for i in sorted(range(len(stays)), key=lambda i: (stays[i][0], i)):
        start, end = stays[i]
        while busy and busy[0][0] <= start:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if start >= end:
            colours[i] = free[0] if free else 0
            continue
        if free:
            chosen = heapq.heappop(free)
        else:
            chosen, used = used, used + 1
        colours[i] = chosen
        heapq.heappush(busy, (end, chosen))
    return colours


def peak(stays: Iterable[tuple[str, str]]) -> tuple[int, str]:
    """The most stays that meet in one night, and the first such night; (0, "") if there is none.

    >>> peak([("2026-11-20", "2026-11-22"), ("2026-11-21", "2026-11-23")])
    (2, '2026-11-21')
    """
    steps: dict[str, int] = {}
    for start, end in stays:
        if start < end:
            steps[start] = steps.get(start, 0) + 1
            steps[end] = steps.get(end, 0) - 1
    height = best = 0
    when = ""
    for day in sorted(steps):
        height += steps[day]
        if height > best:
            best, when = height, day
    return best, when
