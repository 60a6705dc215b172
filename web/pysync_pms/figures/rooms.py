"""What each room adds to the figures: one to sell, how clean it is, and when it is out of order.

The figures know the house as it stands: a room that was added yesterday counts in last year's
nights, too. Stands on `calendar`, `occupancy`, `words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pysync_pms.calendar import is_date, to_day
from pysync_pms.figures.counted import Counted
from pysync_pms.occupancy import closed_dates
from pysync_pms.words import DIRTY, OUT_OF_ORDER

FIRST_DAY = 0
LAST_DAY = 10**7


class Part(NamedTuple):
    """What one room adds: `closed` is (first day, day after the last) in which it cannot be sold,
    as numbers."""

    floor: str
    condition: str
    closed: tuple[int, int] | None


class Rooms(Counted[Part]):
    """The sums over all rooms: `total`, by (floor, condition), and those that are out of order."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0
        self.conditions: dict[tuple[str, str], int] = {}
        self.closed: dict[str, Part] = {}

    def _part(self, fields: Mapping[str, Any]) -> Part:
        closed = None
        if fields.get("serviceability") == OUT_OF_ORDER:
            since, until = closed_dates(fields)
            first = to_day(since) if is_date(since) else FIRST_DAY
            closed = (first, to_day(until) if is_date(until) else LAST_DAY)
        return Part(fields.get("floor") or "", fields.get("condition") or DIRTY, closed)

    def _count(self, record_id: str, part: Part, sign: int) -> None:
        self.total += sign
        key = (part.floor, part.condition)
        self.conditions[key] = self.conditions.get(key, 0) + sign
        if not self.conditions[key]:
            del self.conditions[key]
        if part.closed is None:
            return
        if sign > 0:
            self.closed[record_id] = part
        else:
            del self.closed[record_id]

    def closed_on(self, day: int) -> int:
        """How many are out of order in that night."""
        return sum(_covers(part.closed, day) for part in self.closed.values())

    def to_make_up(self, day: int) -> dict[tuple[str, str], int]:
        """Rooms by (floor, condition), without those that are out of order that day: nobody makes
        them up."""
        found = dict(self.conditions)
        for part in self.closed.values():
            if _covers(part.closed, day):
                key = (part.floor, part.condition)
                found[key] -= 1
                if not found[key]:
                    del found[key]
        return found


def _covers(span: tuple[int, int] | None, day: int) -> bool:
    return span is not None and span[0] <= day < span[1]
