"""Formatting asks its source once per value, and reads naturally at the edges."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from pysync_pms.ui.formats import DayStyle, Formats, PlainSource


class Counting(PlainSource):
    def __init__(self) -> None:
        self.asked = 0

    def day(self, iso: str, style: DayStyle) -> str:
        self.asked += 1
        return super().day(iso, style)


def test_a_day_is_asked_for_once_per_style() -> None:
    source = Counting()
    formats = Formats(source)
    for _ in range(200):
        assert formats.day(date(2026, 11, 21)) == "21 Nov"
        assert formats.day(date(2026, 11, 21), "long") == "Saturday, 21 November 2026"
    assert source.asked == 2


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "now"), (9.9, "now"), (10, "10 seconds ago"), (59, "59 seconds ago"),
     (60, "1 minute ago"), (3_599, "59 minutes ago"), (3_600, "1 hour ago"),
     (172_800, "2 days ago")],
)  # fmt: skip
def test_ago_uses_the_largest_unit_that_fits(seconds: float, words: str) -> None:
    assert Formats(PlainSource()).ago(seconds) == words


def test_money_is_in_minor_units() -> None:
    formats = Formats(PlainSource())
    assert formats.money(123_456, "EUR") == "EUR 1,234.56"
    assert formats.money(-5, "EUR") == "EUR -0.05"
    assert formats.money(1_500, "JPY", digits=0) == "JPY 1,500"


def test_what_the_log_tells_of_days_is_written_for_people() -> None:
    told = Formats(PlainSource()).told
    assert told("Book Ng, 2026-11-21 to 2026-11-24") == "Book Ng, 21 Nov to 24 Nov"
    assert told("Booking 2026-99-99, 12026-11-21") == "Booking 2026-99-99, 12026-11-21"


def test_a_moment_with_its_day_takes_both_from_the_same_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        late = datetime(2026, 11, 21, 13, 30, tzinfo=UTC).timestamp() * 1000
        assert Formats(PlainSource()).moment(late, day=True) == "22 Nov, 02:30"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("moment", [-1, 253_402_300_799_999, 2**53 - 1])
def test_a_moment_that_no_calendar_has_is_told_as_unknown(moment: int) -> None:
    assert Formats(PlainSource()).moment(moment, day=True) == "unknown"
