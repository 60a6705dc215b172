"""The hotel's figures counted the plain way: every record, every night, every time. Slow, and with
none of the code that it checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from pysync import Space, Update
from pysync_pms.calendar import to_day
from pysync_pms.figures import Basis, Book, Reading
from pysync_pms.figures import queries as q
from pysync_pms.figures.reading import SLICE
from pysync_pms.figures.stays import LEADS

Rows = Sequence[Mapping[str, Any]]
HELD = {"confirmed", "checked-in", "checked-out"}
READY = {"clean", "inspected"}


@dataclass(frozen=True)
class Hotel:
    """All records that figures are of."""

    stays: Rows
    lines: Rows
    rooms: Rows


def days(first: str, until: str) -> list[date]:
    """The days of a half-open span."""
    start, end = date.fromisoformat(first), date.fromisoformat(until)
    return [start + timedelta(n) for n in range(max(0, (end - start).days))]


def rounded(over: int, under: int) -> int | None:
    """The quotient, half away from zero; None without a divisor."""
    if under <= 0:
        return None
    value = Fraction(over, under)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    if (2 * value).denominator == 1:  # a half, or whole: decimal has it exactly
        return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    return round(value)


def nights(hotel: Hotel, span: list[date], basis: Basis) -> dict[str, Any]:
    """Occupancy and what follows from it, with revenue by source and by type."""
    sold = priced = revenue = free = 0
    by: dict[str, dict[str, list[int]]] = {"source": {}, "room_type": {}}
    for day in span:
        free += len(hotel.rooms)
        if not basis.out_of_order_counts:
            free -= sum(is_closed(room, day) for room in hotel.rooms)
        for stay in hotel.stays:
            if stay["status"] not in HELD or day not in days(stay["from"], stay["to"]):
                continue
            sold += 1
            if stay.get("currency") in (None, basis.currency):
                priced += 1
                revenue += stay.get("rate") or 0
                for name, into in by.items():
                    row = into.setdefault(stay.get(name) or "", [0, 0])
                    row[0] += 1
                    row[1] += stay.get("rate") or 0
    return {
        "sold": sold,
        "available": free,
        "revenue": revenue,
        "occupancy": rounded(1000 * sold, free),
        "adr": rounded(revenue, priced),
        "revpar": rounded(revenue, free),
        "by source": {key: tuple(row) for key, row in by["source"].items()},
        "by type": {key: tuple(row) for key, row in by["room_type"].items()},
    }


def is_closed(room: Mapping[str, Any], day: date) -> bool:
    """Whether the room is out of order in that night."""
    if room.get("serviceability") != "out-of-order":
        return False
    since, until = room.get("closed_from"), room.get("closed_until")
    return (not since or since <= day.isoformat()) and (not until or day.isoformat() < until)


def bookings(hotel: Hotel, span: list[date]) -> dict[str, Any]:
    """What was to arrive."""
    due = [stay for stay in hotel.stays if date.fromisoformat(stay["from"]) in span]
    status = Counter(stay["status"] for stay in due)
    kept = [stay for stay in due if stay["status"] in HELD]
    leads = [
        (date.fromisoformat(stay["from"]) - date.fromisoformat(stay["booked_on"])).days
        for stay in kept
        if stay.get("booked_on")
    ]
    return {
        "booked": len(due),
        "kept": len(kept),
        "cancelled": status["cancelled"],
        "no-shows": status["no-show"],
        "lead": rounded(10 * sum(leads), len(leads)),
        "cancel rate": rounded(1000 * status["cancelled"], len(due)),
    }


def on_books(hotel: Hotel, day: date, lead: int) -> int:
    """Stays of that night that were booked, and not yet closed, so many days before it."""
    seen = (day - timedelta(lead)).isoformat()
    found = 0
    for stay in hotel.stays:
        held = stay["status"] in HELD
        if day not in days(stay["from"], stay["to"]) or (not held and not stay.get("closed_on")):
            continue
        was_made = (stay.get("booked_on") or "") <= seen
        found += was_made and (held or stay["closed_on"] > seen)
    return found


def posted(hotel: Hotel, span: list[date], basis: Basis, kind: str) -> dict[str, int]:
    """What the lines of a kind come to, by category or method."""
    found: dict[str, int] = {}
    for line in hotel.lines:
        good = line["kind"] == kind and line.get("currency") in (None, basis.currency)
        if good and date.fromisoformat(line["on"]) in span:
            under = line.get("method" if kind == "payment" else "category") or ""
            sign = -1 if kind == "payment" else 1
            found[under] = found.get(under, 0) + sign * line["amount"]
    return found


def day_of(hotel: Hotel, day: date) -> dict[str, Any]:
    """The tiles of a day."""
    iso = day.isoformat()
    coming = [s for s in hotel.stays if s["from"] == iso and s["status"] in HELD]
    going = [s for s in hotel.stays if s["to"] == iso and s["status"] in HELD]
    floors: dict[str, list[int]] = {}
    for room in hotel.rooms:
        if not is_closed(room, day):
            row = floors.setdefault(room.get("floor") or "", [0, 0])
            row[0] += room.get("condition") in READY
            row[1] += 1
    return {
        "arrivals": (len(coming), sum(s["status"] != "confirmed" for s in coming)),
        "departures": (len(going), sum(s["status"] == "checked-out" for s in going)),
        "made": sum(s.get("booked_on") == iso for s in hotel.stays),
        "dropped": sum(
            s["status"] == "cancelled" and s.get("closed_on") == iso for s in hotel.stays
        ),
        "floors": {name: tuple(row) for name, row in floors.items()},
    }


def told(book: Book, first: date, until: date, basis: Basis) -> dict[str, Any]:
    """What the book says of a span, in the words of this module."""
    a, b = to_day(first.isoformat()), to_day(until.isoformat())
    span, booked = q.nights(book, a, b, basis), q.bookings(book, a, b)
    return {
        "sold": span.sold,
        "available": span.available,
        "revenue": span.revenue,
        "occupancy": span.occupancy,
        "adr": span.adr,
        "revpar": span.revpar,
        "by source": q.split(book, a, b, basis, 1),
        "by type": q.split(book, a, b, basis, 2),
        "booked": booked.booked,
        "kept": booked.kept,
        "cancelled": booked.cancelled,
        "no-shows": booked.no_shows,
        "lead": booked.lead_time,
        "cancel rate": booked.cancel_rate,
        "charges": q.posted(book, a, b, basis, "charge"),
        "payments": q.posted(book, a, b, basis, "payment"),
    }


def told_day(book: Book, day: date) -> dict[str, Any]:
    """What the book says of a day's tiles."""
    number = to_day(day.isoformat())
    return {
        "arrivals": q.arrivals(book, number),
        "departures": q.departures(book, number),
        "made": book.stays.made.get(number, 0),
        "dropped": book.stays.dropped.get(number, 0),
        "floors": {floor.name: (floor.ready, floor.rooms) for floor in q.floors(book, number)},
    }


def counted(hotel: Hotel, first: date, until: date, basis: Basis) -> dict[str, Any]:
    """The same, counted."""
    span = days(first.isoformat(), until.isoformat())
    return {
        **nights(hotel, span, basis),
        **bookings(hotel, span),
        "charges": posted(hotel, span, basis, "charge"),
        "payments": posted(hotel, span, basis, "payment"),
    }


def check(book: Book, hotel: Hotel, span: Iterable[date], leads: Iterable[int] = LEADS) -> None:
    """Assert that the book says what counting says: of each day, and of all of them together."""
    listed = list(span)
    bases = [Basis(currency="EUR"), Basis(currency="EUR", out_of_order_counts=True),
             Basis(currency="USD")]  # fmt: skip
    for basis in bases:
        whole = (listed[0], listed[-1] + timedelta(1))
        for first, until in [whole, *((day, day + timedelta(1)) for day in listed)]:
            assert told(book, first, until, basis) == counted(hotel, first, until, basis), first
    for day in listed:
        assert told_day(book, day) == day_of(hotel, day), day
    some = list(leads)
    for day in listed:
        for lead in some:
            found = book.stays.on_books(to_day(day.isoformat()), lead)
            assert found == on_books(hotel, day, lead), (day, lead)


def read(space: Space, size: int = SLICE) -> tuple[Book, Reading]:
    """A book that follows the space, of which nothing was read yet."""
    figures = Book()
    reading = Reading(space.tab.replica.view, figures, size=size)

    def changed(update: Update) -> None:
        reading.heard(update.refs, 1_000)

    space.on_change(changed)
    return figures, reading
