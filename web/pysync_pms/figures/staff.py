"""What the staff adds to the figures: what they spent and drove for the hotel, and their hours.

A claim counts on the day it was spent, under what accounting says, and by its state: what was
approved of it and what still waits are two readings of the same sums. Stands on `calendar`,
`expenses.claims`, `staffing.times`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pysync_pms.calendar import to_day
from pysync_pms.expenses.claims import state_of
from pysync_pms.expenses.queries import booked_category
from pysync_pms.figures.counted import Counted
from pysync_pms.staffing.times import is_open, worked

DRIVEN: Final = "mileage"
"""Under what trips count beside the categories of expenses."""

Key = tuple[str, str, str]
"""Currency, category, and state of a claim."""


class Claims(Counted[tuple[int, Key, int]]):
    """The sums over one kind of claims: `by_day` has, by key, how many there are and their amount
    in minor units; `states` the same by currency and state, whatever the day."""

    def __init__(self, category: Callable[[Mapping[str, Any]], str]) -> None:
        super().__init__()
        self._category = category
        self.by_day: dict[int, dict[Key, tuple[int, int]]] = {}
        self.states: dict[tuple[str, str], tuple[int, int]] = {}

    def _part(self, fields: Mapping[str, Any]) -> tuple[int, Key, int] | None:
        on, amount = fields.get("on"), fields.get("amount")
        if not on or amount is None:
            return None
        key = (fields.get("currency") or "", self._category(fields), state_of(fields))
        return to_day(on), key, amount

    def _count(self, _record: str, part: tuple[int, Key, int], sign: int) -> None:
        day, key, amount = part
        sums = self.by_day.setdefault(day, {})
        _add(sums, key, sign, amount)
        if not sums:
            del self.by_day[day]
        _add(self.states, (key[0], key[2]), sign, amount)


def _add(sums: dict[Any, tuple[int, int]], key: object, sign: int, amount: int) -> None:
    number, whole = sums.get(key, (0, 0))
    if number + sign:
        sums[key] = (number + sign, whole + sign * amount)
    else:
        del sums[key]


def spent() -> Claims:
    """Over expenses, by the category that accounting counts them under."""
    return Claims(booked_category)


def driven() -> Claims:
    """Over trips."""
    return Claims(lambda _: DRIVEN)


class Hours(Counted[tuple[int, str, int, bool]]):
    """The sums over time entries: `by_day` has, by person, how many entries and their minutes
    without breaks as far as they are closed; `at_work` how many entries each person has open."""

    def __init__(self) -> None:
        super().__init__()
        self.by_day: dict[int, dict[str, tuple[int, int]]] = {}
        self.at_work: dict[str, int] = {}

    def _part(self, fields: Mapping[str, Any]) -> tuple[int, str, int, bool] | None:
        on, staff = fields.get("on"), fields.get("staff")
        if not on or not staff:
            return None
        return to_day(on), staff, worked(fields), is_open(fields)

    def _count(self, _record: str, part: tuple[int, str, int, bool], sign: int) -> None:
        day, staff, minutes, is_in = part
        sums = self.by_day.setdefault(day, {})
        _add(sums, staff, sign, minutes)
        if not sums:
            del self.by_day[day]
        if is_in:
            left = self.at_work.get(staff, 0) + sign
            self.at_work[staff] = left
            if not left:
                del self.at_work[staff]


class Employed(Counted[bool]):
    """Who is employed now: `len` counts them."""

    def _part(self, fields: Mapping[str, Any]) -> bool | None:
        return True if fields.get("active") is not False else None

    def _count(self, _record: str, _part: bool, _sign: int) -> None:
        """Being there is all that counts."""
