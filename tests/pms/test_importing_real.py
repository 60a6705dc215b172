"""The real data set, where it is at hand: every figure against an independent count of the file.

The file is no part of the project: set HOTEL_BOOKINGS to its path, or have it beside the sources.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from pysync import Space
from pysync.native import open_space
from pysync_pms.importing import HotelReport, import_hotel, read_bookings, run_all
from pysync_pms.queries import stats
from pysync_pms.schema import SCHEMA
from tests.pms.support import double_nights

NAME = "shared/data/hotel_bookings.csv"
PLACES = [Path(os.environ["HOTEL_BOOKINGS"])] if "HOTEL_BOOKINGS" in os.environ else [
    folder / NAME for folder in Path(__file__).resolve().parents
]  # fmt: skip
FILE = next((place for place in PLACES if place.is_file()), None)

pytestmark = [
    pytest.mark.req("PMS-11"),
    pytest.mark.slow,
    pytest.mark.skipif(FILE is None, reason=f"{NAME} is not here: set HOTEL_BOOKINGS to its path"),
]

MONTHS = {date(2000, n, 1).strftime("%B"): n for n in range(1, 13)}


@pytest.fixture(scope="module")
def imported() -> Iterator[dict[str, tuple[Space, HotelReport]]]:
    """Both hotels, each in a space of its own."""
    assert FILE is not None
    reading = run_all(read_bookings(FILE.read_bytes()))
    assert reading.bad == ()
    made = {}
    for name, hotel in reading.hotels.items():
        space = open_space(f"real-{name}", schema=SCHEMA)
        made[name] = (space, run_all(import_hotel(space, hotel)))
    yield made
    for space, _ in made.values():
        space.close()


def rows(hotel: str) -> Iterator[dict[str, str]]:
    """The file's lines of one hotel, read without any of the project's code."""
    assert FILE is not None
    with FILE.open(newline="", encoding="utf-8-sig") as file:
        yield from (row for row in csv.DictReader(file) if row["hotel"] == hotel)


def arrival(row: dict[str, str]) -> date:
    """The date of arrival of a line."""
    return date(
        int(row["arrival_date_year"]),
        MONTHS[row["arrival_date_month"]],
        int(row["arrival_date_day_of_month"]),
    )


def length(row: dict[str, str]) -> int:
    """The nights of a line."""
    return int(row["stays_in_weekend_nights"]) + int(row["stays_in_week_nights"])


@pytest.mark.parametrize("name", ["Resort Hotel", "City Hotel"])
def test_every_figure_is_the_files(
    name: str, imported: dict[str, tuple[Space, HotelReport]]
) -> None:
    space, report = imported[name.lower().replace(" ", "-")]
    lines = list(rows(name))
    kept = [row for row in lines if row["reservation_status"] == "Check-Out"]
    sold: Counter[date] = Counter()
    by_type: dict[str, Counter[date]] = {}
    revenue = 0
    for row in kept:
        nights = [arrival(row) + timedelta(n) for n in range(length(row))]
        sold.update(nights)
        by_type.setdefault(row["assigned_room_type"], Counter()).update(nights)
        cents = (Decimal(row["adr"]) * 100).quantize(Decimal(1), ROUND_HALF_UP)
        revenue += int(cents) * len(nights)
    top = max(sold.values())

    figures = stats(space.view)
    assert (report.booked, report.bad, report.known) == (len(lines), (), 0)
    assert figures.bookings == len(lines)
    assert figures.stays == len(kept)
    assert figures.nights == sum(map(length, kept))
    assert figures.revenue == revenue
    status = Counter(row["reservation_status"] for row in lines)
    assert figures.cancellations == status["Canceled"]
    assert figures.no_shows == status["No-Show"]
    assert figures.unassigned == 0
    assert figures.peak_rooms == top
    assert figures.peak_date == min(day for day, n in sold.items() if n == top).isoformat()
    # No room more than the fullest night of each type needs; a type of day use alone has one.
    assert report.rooms == sum(max(max(c.values(), default=0), 1) for c in by_type.values())
    assert double_nights(space.view.all("reservations")) == []


def test_the_city_hotels_fullest_night(imported: dict[str, tuple[Space, HotelReport]]) -> None:
    figures = stats(imported["city-hotel"][0].view)
    assert (figures.peak_rooms, figures.peak_date) == (207, "2015-09-18")


def test_a_repeat_books_nothing_twice(imported: dict[str, tuple[Space, HotelReport]]) -> None:
    assert FILE is not None
    reading = run_all(read_bookings(FILE.read_bytes()))
    for name, hotel in reading.hotels.items():
        space, first = imported[name]
        before = space.status()
        again = run_all(import_hotel(space, hotel))
        assert (again.booked, again.known, again.rooms) == (0, first.booked, 0)
        assert space.status() == before
