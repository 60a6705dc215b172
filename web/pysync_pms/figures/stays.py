"""What each reservation adds to the figures: nights, revenue, arrivals, lead times, booking pace.

Revenue here is what was booked: the rate of a stay in each of its nights, by the rule of
`queries.stats`, so that a month to come has figures, too. A night counts for stays that hold it;
cancelled and no-show ones count where they were to arrive. A room type is the one that was booked:
what one reservation adds then depends on nothing else.

A booking is on the books of a night from the day it was made to the day it was closed. One that
does not say when it was made was always there, one cancelled without a day never. Pace is exact for
every lead up to EXACT days, and for those of FARTHER.

Stands on `calendar`, `money`, `words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pysync_pms.calendar import to_day
from pysync_pms.figures.counted import Counted
from pysync_pms.words import CANCELLED, HOLDING, STATUSES

EXACT: Final = 92
FARTHER: Final = (120, 180, 365)
LEADS: Final = (*range(EXACT), *FARTHER)
"""Days before a night for which the pace is kept."""
ALWAYS: Final = 1 << 20
"""The lead of what was always on the books."""
NO_DAY: Final = -1
_STATUSES: Final = {code: code for code in STATUSES}
"""Each code once, however many records hold a copy of it."""


Part = tuple[str, int, int, int, tuple[str, str, str], int, int]
"""What one reservation adds: its status, first night, departure, rate, (currency, source, room
type), and the days on which it was booked and closed, NO_DAY where there is none. A plain tuple:
the garbage collector does not look through thousands of them again and again."""


class Night:
    """One night: rooms sold, and by (currency, source, booked room type) (rooms, revenue)."""

    __slots__ = ("cells", "sold")

    def __init__(self) -> None:
        self.sold = 0
        self.cells: dict[tuple[str, str, str], tuple[int, int]] = {}


class Arrivals:
    """What was to arrive on one day: counts by status, and lead times in days of those of them that
    say when they were booked."""

    __slots__ = ("by_status", "lead_days", "lead_of")

    def __init__(self) -> None:
        self.by_status: dict[str, int] = {}
        self.lead_of: dict[bool, int] = {}
        """How many have a lead time, by whether they hold their nights."""
        self.lead_days: dict[bool, int] = {}
        """The sum of their lead times."""

    def kept(self) -> int:
        """How many hold their nights."""
        return sum(self.by_status.get(status, 0) for status in HOLDING)


class Stays(Counted[Part]):
    """The sums over all reservations, by day. `currencies` counts stays that hold their nights;
    `made` and `dropped` count bookings and cancellations by the day they were made."""

    def __init__(self) -> None:
        super().__init__()
        self.nights: dict[int, Night] = {}
        self.arrivals: dict[int, Arrivals] = {}
        self.departures: dict[int, dict[str, int]] = {}
        self.pace: dict[int, list[int]] = {}
        self.made: dict[int, int] = {}
        self.dropped: dict[int, int] = {}
        self.currencies: dict[str, int] = {}
        self._keys: dict[tuple[str, str, str], tuple[str, str, str]] = {}

    def _part(self, fields: Mapping[str, Any]) -> Part | None:
        status = _STATUSES.get(fields.get("status") or "")
        start, end = fields.get("from"), fields.get("to")
        if status is None or not start or not end:
            return None
        key = (
            fields.get("currency") or "",
            fields.get("source") or "",
            fields.get("room_type") or "",
        )
        booked, closed = fields.get("booked_on"), fields.get("closed_on")
        return (
            status,
            to_day(start),
            to_day(end),
            fields.get("rate") or 0,
            self._keys.setdefault(key, key),
            to_day(booked) if booked else NO_DAY,
            # A stay that was lived through is closed by its check-out: that takes no night back.
            to_day(closed) if closed and status not in HOLDING else NO_DAY,
        )

    def _count(self, _record: str, part: Part, sign: int) -> None:
        status, start, end, _, key, booked, closed = part
        holds = status in HOLDING
        self._arrive(status, start, booked, sign)
        if booked != NO_DAY:
            _add(self.made, booked, sign)
        if status == CANCELLED and closed != NO_DAY:
            _add(self.dropped, closed, sign)
        if holds:
            leaving = self.departures.setdefault(end, {})
            _add(leaving, status, sign)
            if not leaving:
                del self.departures[end]
            _add(self.currencies, key[0], sign)
            self._sell(part, sign)
        if holds or closed != NO_DAY:
            self._book(part, sign)

    def _arrive(self, status: str, start: int, booked: int, sign: int) -> None:
        day = self.arrivals.get(start)
        if day is None:
            day = self.arrivals[start] = Arrivals()
        _add(day.by_status, status, sign)
        if booked != NO_DAY:
            holds = status in HOLDING
            _add(day.lead_of, holds, sign)
            _add(day.lead_days, holds, sign * (start - booked))
        if not day.by_status:
            del self.arrivals[start]

    def _sell(self, part: Part, sign: int) -> None:
        _, start, end, rate, key, _, _ = part
        nights, revenue = self.nights, sign * rate
        for day in range(start, end):
            night = nights.get(day)
            if night is None:
                night = nights[day] = Night()
            night.sold += sign
            rooms, before = night.cells.get(key, (0, 0))
            if rooms + sign:
                night.cells[key] = (rooms + sign, before + revenue)
                continue
            # Without a room there is no revenue either: both come from the same stays.
            del night.cells[key]
            if not night.cells:
                del nights[day]

    def _book(self, part: Part, sign: int) -> None:
        """The night gains a booking at the lead it was made with, and loses it at that of its
        cancellation: what is on the books at a lead is the sum from there on."""
        _, start, end, _, _, booked, closed_on = part
        for day in range(start, end):
            made = ALWAYS if booked == NO_DAY else day - booked
            closed = NO_DAY if closed_on == NO_DAY else day - closed_on
            if made < 0 or made <= closed:
                continue  # It was never on the books before the night's own day ended.
            steps = self.pace.get(day)
            if steps is None:
                steps = self.pace[day] = [0] * len(LEADS)
            steps[_at(made)] += sign
            if closed >= 0:
                steps[_at(closed)] -= sign
            if not any(steps):
                del self.pace[day]

    def on_books(self, day: int, lead: int) -> int:
        """How many rooms of that night were on the books so many days before it; a lead that is not
        among LEADS counts as the next one that is."""
        steps = self.pace.get(day)
        if steps is None:
            return 0
        at = _at(lead)
        return sum(steps[at if LEADS[at] >= lead else at + 1 :])


def _at(lead: int) -> int:
    """The place of the largest of LEADS that is no more than this one."""
    return lead if lead < EXACT else EXACT - 1 + sum(far <= lead for far in FARTHER)


def _add(into: dict[Any, int], key: Any, amount: int) -> None:
    total = into.get(key, 0) + amount
    if total:
        into[key] = total
    else:
        into.pop(key, None)
