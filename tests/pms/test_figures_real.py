"""The figures of imported hotels against an independent count of the file, month by month: of the
public data set where it is at hand, and of a generated file of the same format."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest

from pysync import Space
from pysync.native import open_space
from pysync_pms.figures import Basis, Book, Reading
from pysync_pms.figures import queries as q
from pysync_pms.importing import import_hotel, read_bookings, run_all
from pysync_pms.schema import SCHEMA
from pysync_pms.words import ROOMS
from tests.pms.bookings_csv import row, table
from tests.pms.test_importing_real import FILE, MONTHS, NAME, arrival, length

pytestmark = pytest.mark.req("PMS-08", "PMS-11")
EUR = Basis(currency="EUR")


@dataclass
class Month:
    """One month, counted from the lines of the file."""

    sold: int = 0
    cents: int = 0
    booked: int = 0
    cancelled: int = 0
    no_shows: int = 0
    leads: list[int] = field(default_factory=list)
    by_segment: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def count(lines: Iterable[Mapping[str, str]]) -> dict[str, Month]:
    """Every month of these lines, by none of the project's code. A night is of its own month, a
    booking of that of its arrival; a rate is rounded to cents once, half away from zero."""
    found: dict[str, Month] = defaultdict(Month)
    for line in lines:
        came = arrival(dict(line))
        month = found[f"{came:%Y-%m}"]
        month.booked += 1
        month.cancelled += line["reservation_status"] == "Canceled"
        month.no_shows += line["reservation_status"] == "No-Show"
        if line["reservation_status"] != "Check-Out":
            continue
        month.leads.append(int(line["lead_time"]))
        rate = int((Decimal(line["adr"]) * 100).quantize(Decimal(1), ROUND_HALF_UP))
        for night in range(length(dict(line))):
            that = found[f"{came + timedelta(night):%Y-%m}"]
            that.sold += 1
            that.cents += rate
            that.by_segment[line["market_segment"]] += rate
    return found


def half_up(over: int, under: int) -> int:
    """The quotient in whole numbers, half away from zero."""
    return int((Decimal(over) / Decimal(under)).quantize(Decimal(1), ROUND_HALF_UP))


def import_text(content: bytes) -> dict[str, Space]:
    """Each hotel of the file in a space of its own, by its name."""
    reading = run_all(read_bookings(content))
    assert reading.bad == ()
    spaces = {}
    for name, hotel in reading.hotels.items():
        space = open_space(f"figures-{len(content)}-{name}", schema=SCHEMA)
        assert run_all(import_hotel(space, hotel)).bad == ()
        spaces[hotel.name] = space
    return spaces


def compare(space: Space, lines: Sequence[Mapping[str, str]]) -> int:
    """Assert that every month's figures are the file's; answers how many months there are."""
    book = Book()
    reading = Reading(space.tab.replica.view, book)
    while reading.step():
        pass
    rooms = sum(1 for _ in space.view.all(ROOMS))
    months = count(lines)
    for name, month in months.items():
        first, until = q.month_span(name)
        nights, booked = q.nights(book, first, until, EUR), q.bookings(book, first, until)
        free = rooms * (until - first)
        assert (nights.sold, nights.revenue) == (month.sold, month.cents), name
        assert nights.available == free
        assert nights.occupancy == half_up(1000 * month.sold, free), name
        assert nights.revpar == half_up(month.cents, free), name
        assert nights.adr == (half_up(month.cents, month.sold) if month.sold else None), name
        told = (booked.booked, booked.cancelled, booked.no_shows)
        assert told == (month.booked, month.cancelled, month.no_shows), name
        leads = month.leads
        lead = half_up(10 * sum(leads), len(leads)) if leads else None
        assert booked.lead_time == lead, name
        assert sum(r for _, r in q.split(book, first, until, EUR, 1).values()) == month.cents
    span = q.span(book)
    assert span is not None
    whole = q.nights(book, *span, EUR)
    assert whole.sold == sum(month.sold for month in months.values())
    assert whole.revenue == sum(month.cents for month in months.values())
    return len(months)


SEGMENTS = ("Online TA", "Offline TA/TO", "Groups", "Direct", "Corporate", "Complementary")
NAMES = {number: name for name, number in MONTHS.items()}


def generated(lines: int, seed: int) -> str:
    """A file of the same format: two hotels, two years, every status, odd rates and day use."""
    dice = Random(seed)
    made = []
    for _ in range(lines):
        status = dice.choice(("Check-Out", "Check-Out", "Check-Out", "Canceled", "No-Show"))
        month = dice.randint(1, 12)
        cells: dict[str, Any] = {
            "hotel": dice.choice(("Resort Hotel", "City Hotel")),
            "arrival_date_year": str(dice.choice((2015, 2016))),
            "arrival_date_month": NAMES[month],
            "arrival_date_day_of_month": str(dice.randint(1, 28)),
            "stays_in_weekend_nights": str(dice.randint(0, 2)),
            "stays_in_week_nights": str(dice.choice((0, 1, 2, 3, 5, 40))),
            "lead_time": str(dice.choice((0, 1, 30, 364, 700))),
            "adr": f"{dice.randint(-900, 40_000) / 100:.2f}{dice.choice(('', '5'))}",
            "market_segment": dice.choice(SEGMENTS),
            "reserved_room_type": dice.choice("ABD"),
            "assigned_room_type": dice.choice("ABD"),
            "reservation_status": status,
            "is_canceled": str(int(status != "Check-Out")),
        }
        made.append(_closed(row(**cells)))
    return table(made)


def _closed(line: dict[str, str]) -> dict[str, str]:
    """With the date on which it came to its status."""
    came = arrival(line)
    ways = {
        "Check-Out": came + timedelta(length(line)),
        "No-Show": came,
        "Canceled": came - timedelta(min(int(line["lead_time"]), 3)),
    }
    day = ways[line["reservation_status"]]
    return {**line, "reservation_status_date": f"{day.month}/{day.day}/{day.year}"}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_month_of_a_generated_file_is_the_files(seed: int) -> None:
    """FIGURE-1: to the cent and to the room."""
    text = generated(400, seed)
    lines = list(csv.DictReader(io.StringIO(text)))
    for name, space in import_text(text.encode()).items():
        with space:
            assert compare(space, [line for line in lines if line["hotel"] == name]) >= 24


@pytest.fixture(scope="module")
def real() -> Iterator[dict[str, Space]]:
    """Both hotels of the public data set."""
    assert FILE is not None
    spaces = import_text(FILE.read_bytes())
    yield spaces
    for space in spaces.values():
        space.close()


@pytest.mark.slow
@pytest.mark.skipif(FILE is None, reason=f"{NAME} is not here: set HOTEL_BOOKINGS to its path")
@pytest.mark.parametrize("name", ["Resort Hotel", "City Hotel"])
def test_every_month_of_the_real_data_is_the_files(name: str, real: dict[str, Space]) -> None:
    """FIGURE-1: occupancy, ADR, RevPAR, cancellations, no-shows and lead times by month."""
    assert FILE is not None
    with FILE.open(newline="", encoding="utf-8-sig") as file:
        lines = [dict(line) for line in csv.DictReader(file) if line["hotel"] == name]
    assert compare(real[name], lines) >= 4
