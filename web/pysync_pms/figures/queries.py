"""What the dashboard and the reports show, read off the book. Every quotient is rounded once, by
the rule of `money`, and is None where there is nothing to divide by.

Days are numbers (`calendar.to_day`); a span is half-open. Only amounts in the hotel's currency are
summed: what is booked in another one is counted as rooms and named, never added up. Stands on
`book`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pysync_pms.calendar import from_day, to_day
from pysync_pms.figures.book import Book
from pysync_pms.money import quotient
from pysync_pms.words import (
    CANCELLED,
    CHARGE,
    CHECKED_IN,
    CHECKED_OUT,
    DIRTY,
    HOLDING,
    NO_SHOW,
    PAYMENT,
)

WEEK = 7
YEAR = 52 * WEEK
"""A year back to the same weekday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """By what figures are reckoned: the hotel's currency, and whether rooms that are out of order
    count as available."""

    currency: str
    out_of_order_counts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Nights:
    """The nights of a span, as they are booked."""

    sold: int
    """Room nights, whatever their currency."""
    available: int
    priced: int
    """Room nights in the hotel's currency: those that `revenue` is of."""
    revenue: int

    @property
    def occupancy(self) -> int | None:
        """Sold of available, in tenths of a percent."""
        return tenths(self.sold, self.available)

    @property
    def adr(self) -> int | None:
        """Average daily rate: revenue by rooms sold, minor units."""
        return quotient(self.revenue, self.priced) if self.priced else None

    @property
    def revpar(self) -> int | None:
        """Revenue by rooms available, minor units."""
        return quotient(self.revenue, self.available) if self.available > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookings:
    """The bookings that were to arrive in a span."""

    booked: int
    kept: int
    cancelled: int
    no_shows: int
    lead_of: int
    """How many of `kept` say when they were booked."""
    lead_days: int

    @property
    def cancel_rate(self) -> int | None:
        """Cancelled of booked, in tenths of a percent."""
        return tenths(self.cancelled, self.booked)

    @property
    def lead_time(self) -> int | None:
        """From booking to arrival, on average, in tenths of a day."""
        return quotient(10 * self.lead_days, self.lead_of) if self.lead_of else None


def tenths(part: int, whole: int) -> int | None:
    """The share in tenths of a percent.

    >>> tenths(1, 3), tenths(1, 0)
    (333, None)
    """
    return quotient(1000 * part, whole) if whole > 0 else None


def available(book: Book, day: int, basis: Basis) -> int:
    """Rooms that could be sold in that night."""
    closed = 0 if basis.out_of_order_counts else book.rooms.closed_on(day)
    return book.rooms.total - closed


def rooms_sold(book: Book, day: int) -> int:
    """Rooms sold in that night."""
    night = book.stays.nights.get(day)
    return night.sold if night is not None else 0


def nights(book: Book, first: int, until: int, basis: Basis) -> Nights:
    """The figures of a span of nights."""
    sold = free = priced = revenue = 0
    for day in range(first, until):
        free += available(book, day, basis)
        night = book.stays.nights.get(day)
        if night is None:
            continue
        sold += night.sold
        for key, (rooms, amount) in night.cells.items():
            if key[0] in ("", basis.currency):
                priced += rooms
                revenue += amount
    return Nights(sold=sold, available=free, priced=priced, revenue=revenue)


def split(book: Book, first: int, until: int, basis: Basis, by: int) -> dict[str, tuple[int, int]]:
    """Room nights and revenue of a span in the hotel's currency, by source (`by` is 1) or by the
    room type that was booked (2); most revenue first."""
    found: dict[str, tuple[int, int]] = {}
    for day in range(first, until):
        night = book.stays.nights.get(day)
        for key, (rooms, amount) in night.cells.items() if night is not None else ():
            if key[0] in ("", basis.currency):
                before = found.get(key[by], (0, 0))
                found[key[by]] = (before[0] + rooms, before[1] + amount)
    return dict(sorted(found.items(), key=lambda item: (-item[1][1], item[0])))


def bookings(book: Book, first: int, until: int) -> Bookings:
    """What was to arrive in a span, and what became of it."""
    counts: dict[str, int] = {}
    lead_of = lead_days = 0
    for day in range(first, until):
        arrivals = book.stays.arrivals.get(day)
        if arrivals is None:
            continue
        for status, number in arrivals.by_status.items():
            counts[status] = counts.get(status, 0) + number
        lead_of += arrivals.lead_of.get(True, 0)
        lead_days += arrivals.lead_days.get(True, 0)
    return Bookings(
        booked=sum(counts.values()),
        kept=sum(counts.get(status, 0) for status in HOLDING),
        cancelled=counts.get(CANCELLED, 0),
        no_shows=counts.get(NO_SHOW, 0),
        lead_of=lead_of,
        lead_days=lead_days,
    )


def arrivals(book: Book, day: int) -> tuple[int, int]:
    """How many arrive that day, and how many of them have."""
    found = book.stays.arrivals.get(day)
    if found is None:
        return 0, 0
    came = found.by_status.get(CHECKED_IN, 0) + found.by_status.get(CHECKED_OUT, 0)
    return found.kept(), came


def departures(book: Book, day: int) -> tuple[int, int]:
    """How many are to leave that day, and how many of them have."""
    found = book.stays.departures.get(day, {})
    return sum(found.values()), found.get(CHECKED_OUT, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """One night of the booking pace: rooms on the books now, a week before, and of the same weekday
    a year ago at the same distance from the night; None where there is nothing from then."""

    day: int
    now: int
    week_ago: int
    year_ago: int | None


def pace(book: Book, today: int, days: int) -> list[Pace]:
    """The nights to come."""
    stays = book.stays
    had_a_year = any(stays.pace.get(day - YEAR) for day in range(today, today + days))
    found = []
    for day in range(today, today + days):
        lead = day - today
        found.append(
            Pace(
                day=day,
                now=rooms_sold(book, day),
                week_ago=stays.on_books(day, lead + WEEK),
                year_ago=stays.on_books(day - YEAR, lead) if had_a_year else None,
            )
        )
    return found


def posted(book: Book, first: int, until: int, basis: Basis, kind: str) -> dict[str, int]:
    """What was charged by category, or paid by method as positive amounts, in the hotel's currency
    and net of what was reversed; the largest first."""
    sign = -1 if kind == PAYMENT else 1
    found: dict[str, int] = {}
    for day in range(first, until):
        for key in book.lines.by_day.get(day, ()):
            if key[1] in ("", basis.currency) and key[2] == kind:
                found[key[3]] = found.get(key[3], 0) + sign * book.lines.sums[key]
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def charged(book: Book, first: int, until: int, basis: Basis) -> int:
    """All charges of a span."""
    return sum(posted(book, first, until, basis, CHARGE).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The rooms of one floor that are to be made up: how many are ready, of how many."""

    name: str
    ready: int
    rooms: int


def floors(book: Book, day: int) -> list[Floor]:
    """Housekeeping's progress by floor, without what is out of order that day."""
    rooms: dict[str, int] = {}
    ready: dict[str, int] = {}
    for (floor, condition), number in book.rooms.to_make_up(day).items():
        rooms[floor] = rooms.get(floor, 0) + number
        ready[floor] = ready.get(floor, 0) + (0 if condition == DIRTY else number)
    return [Floor(name=name, ready=ready[name], rooms=rooms[name]) for name in sorted(rooms)]


def foreign(book: Book, basis: Basis) -> dict[str, int]:
    """Stays that are booked in other currencies, by currency."""
    counts = book.stays.currencies
    return {key: number for key, number in counts.items() if key not in ("", basis.currency)}


def span(book: Book) -> tuple[int, int] | None:
    """The first day that bookings touch and the day after the last; None without bookings."""
    days = book.stays.arrivals.keys() | book.stays.nights.keys()
    return (min(days), max(days) + 1) if days else None


def month_span(month: str) -> tuple[int, int]:
    """The days of a month `YYYY-MM`.

    >>> from_day(month_span("2026-02")[1])
    '2026-03-01'
    """
    first = to_day(f"{month}-01")
    following = from_day(first + 31)[:7]
    return first, to_day(f"{following}-01")
