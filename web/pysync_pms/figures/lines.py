"""What each line of a folio adds to the figures: charges by category, payments by method, by day.

A line counts on the day it was posted (`on`), with its sign, so that a reversal takes away where it
was posted and a sum is what a till or a bank would have. A line is one number here: 150,000 of them
are held for as long as the hotel is open.

Stands on `calendar`, `words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pysync_pms.calendar import to_day
from pysync_pms.figures.counted import Counted
from pysync_pms.words import KINDS, PAYMENT

Key = tuple[int, str, str, str]
"""Day, currency, kind, and what it counts under: a category or a method."""
_KEYS: Final = 20
"""Bits of the number that say which key it is; the rest is the amount."""


class Lines(Counted[int]):
    """The sums over all lines: `sums` by key, payments negative as in the ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.sums: dict[Key, int] = {}
        self.by_day: dict[int, dict[Key, int]] = {}
        """How many lines each key of a day has: a day lists what was posted, also where it came to
        nothing."""
        self._keys: list[Key] = []
        self._numbers: dict[Key, int] = {}

    def _part(self, fields: Mapping[str, Any]) -> int | None:
        kind, on, amount = fields.get("kind"), fields.get("on"), fields.get("amount")
        if kind not in KINDS or not on or amount is None:
            return None
        under = fields.get("method") if kind == PAYMENT else fields.get("category")
        key = (to_day(on), fields.get("currency") or "", str(kind), under or "")
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._keys)
            self._keys.append(key)
        # As many keys as bits hold would be a hundred years of every category in two currencies.
        return int(amount) << _KEYS | number

    def _count(self, _record: str, part: int, sign: int) -> None:
        key = self._keys[part & (1 << _KEYS) - 1]
        self.sums[key] = self.sums.get(key, 0) + sign * (part >> _KEYS)
        day = self.by_day.setdefault(key[0], {})
        day[key] = day.get(key, 0) + sign
        if not day[key]:
            del day[key], self.sums[key]
            if not day:
                del self.by_day[key[0]]
