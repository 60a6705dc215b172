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
from typing import Any, Final, NamedTuple

from pysync_pms.calendar import to_day
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


class Part(NamedTuple):
    """What one reservation adds. Days are numbers (`calendar.to_day`), NO_DAY where there is none;
    `key` is (currency, source, room type)."""

    status: str
    start: int
    end: int
    rate: int
    key: tuple[str, str, str]
    booked: int
    closed: int


class Night:
    """One night: rooms sold, and by (currency, source, booked room type) `[rooms, revenue]`."""

    __slots__ = ("cells", "sold")

    def __init__(self) -> None:
        self.sold = 0
        self.cells: dict[tuple[str, str, str], list[int]] = {}


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


class Stays:
    """The sums over all reservations, by day. `currencies` counts stays that hold their nights;
    `made` and `dropped` count bookings and cancellations by the day they were made."""

    def __init__(self) -> None:
        self.nights: dict[int, Night] = {}
        self.arrivals: dict[int, Arrivals] = {}
        self.departures: dict[int, dict[str, int]] = {}
        self.pace: dict[int, list[int]] = {}
        self.made: dict[int, int] = {}
        self.dropped: dict[int, int] = {}
        self.currencies: dict[str, int] = {}
        self._parts: dict[str, Part] = {}
        self._keys: dict[tuple[str, str, str], tuple[str, str, str]] = {}

    def __len__(self) -> int:
        return len(self._parts)

    def put(self, record_id: str, fields: Mapping[str, Any] | None) -> bool:
        """The reservation is these fields now, or is gone; whether a figure moved."""
        old = self._parts.get(record_id)
        new = None if fields is None else self._part(fields)
        if old == new:
            return False
        if old is not None:
            self._count(old, -1)
            del self._parts[record_id]
        if new is not None:
            self._count(new, 1)
            self._parts[record_id] = new
        return True

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
        return Part(
            status,
            to_day(start),
            to_day(end),
            fields.get("rate") or 0,
            self._keys.setdefault(key, key),
            to_day(booked) if booked else NO_DAY,
            # A stay that was lived through is closed by its check-out: that takes no night back.
            to_day(closed) if closed and status not in HOLDING else NO_DAY,
        )

    def _count(self, part: Part, sign: int) -> None:
        holds = part.status in HOLDING
        self._arrive(part, sign, holds=holds)
        if part.booked != NO_DAY:
            _add(self.made, part.booked, sign)
        if part.status == CANCELLED and part.closed != NO_DAY:
            _add(self.dropped, part.closed, sign)
        if holds:
            _add(self.departures.setdefault(part.end, {}), part.status, sign)
            if not self.departures[part.end]:
                del self.departures[part.end]
            _add(self.currencies, part.key[0], sign)
            self._sell(part, sign)
        if holds or part.closed != NO_DAY:
            self._book(part, sign)

    def _arrive(self, part: Part, sign: int, *, holds: bool) -> None:
        day = self.arrivals.get(part.start)
        if day is None:
            day = self.arrivals[part.start] = Arrivals()
        _add(day.by_status, part.status, sign)
        if part.booked != NO_DAY:
            _add(day.lead_of, holds, sign)
            _add(day.lead_days, holds, sign * (part.start - part.booked))
        if not day.by_status:
            del self.arrivals[part.start]

    def _sell(self, part: Part, sign: int) -> None:
        nights, key, revenue = self.nights, part.key, sign * part.rate
        for day in range(part.start, part.end):
            night = nights.get(day)
            if night is None:
                night = nights[day] = Night()
            night.sold += sign
            cell = night.cells.get(key)
            if cell is None:
                night.cells[key] = [sign, revenue]
                continue
            cell[0] += sign
            cell[1] += revenue
            if not cell[0]:
                # Without a room there is no revenue either: both come from the same stays.
                del night.cells[key]
                if not night.cells:
                    del nights[day]

    def _book(self, part: Part, sign: int) -> None:
        """The night gains a booking at the lead it was made with, and loses it at that of its
        cancellation: what is on the books at a lead is the sum from there on."""
        for day in range(part.start, part.end):
            made = ALWAYS if part.booked == NO_DAY else day - part.booked
            closed = NO_DAY if part.closed == NO_DAY else day - part.closed
            if made < 0 or made <= closed:
                continue  # It was never on the books before the night's own day ended.
            steps = self.pace.get(day)
            if steps is None:
                steps = self.pace[day] = [0] * len(LEADS)
            steps[_at(made)] += sign
            if closed >= 0:
                steps[_at(closed)] -= sign

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
