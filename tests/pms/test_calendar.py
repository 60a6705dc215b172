"""Dates, nights and colouring, against counting night by night."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync_pms.calendar import (
    add_days,
    colour,
    days_between,
    is_date,
    months,
    nights,
    overlap,
    peak,
    weekday,
)

days = st.dates(date(2015, 12, 20), date(2016, 3, 5)).map(date.isoformat)
stays = st.tuples(days, st.integers(0, 9)).map(lambda s: (s[0], add_days(*s)))


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "2026-2-03", "26-02-03", "2026/02/03", "20260203", "", None, 20260203,
     "2026-W05-1", "1899-12-31", "2200-01-01", "2026-02-03T00:00", "２０２６-02-03"],
)  # fmt: skip
def test_what_is_no_date(text: object) -> None:
    assert not is_date(text)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_date_is_one(day: date) -> None:
    assert is_date(day.isoformat())
    assert weekday(day.isoformat()) == day.weekday()


@given(stays, stays)
def test_stays_overlap_exactly_when_they_share_a_night(
    a: tuple[str, str], b: tuple[str, str]
) -> None:
    assert overlap(*a, *b) == bool(set(days_between(*a)) & set(days_between(*b)))


@given(stays)
def test_nights_and_months_count_what_lies_between(stay: tuple[str, str]) -> None:
    between = days_between(*stay)
    assert nights(*stay) == len(between)
    assert {day[:7] for day in (*between, *stay)} == set(months(*stay))


@given(st.lists(stays, max_size=40))
def test_colouring_keeps_stays_apart_with_as_few_rooms_as_the_fullest_night(
    held: list[tuple[str, str]],
) -> None:
    colours = colour(held)
    for i, one in enumerate(held):
        for j in range(i):
            assert colours[i] != colours[j] or not overlap(*one, *held[j])
    fullest, _ = peak(held)
    used = {chosen for stay, chosen in zip(held, colours, strict=True) if stay[0] < stay[1]}
    assert len(used) == fullest


@given(st.lists(stays, max_size=40))
def test_the_peak_is_the_fullest_night(held: list[tuple[str, str]]) -> None:
    count: dict[str, int] = {}
    for stay in held:
        for night in days_between(*stay):
            count[night] = count.get(night, 0) + 1
    height, when = peak(held)
    assert height == max(count.values(), default=0)
    assert when == min((night for night, n in count.items() if n == height), default="")


def test_an_impossible_stay_touches_a_bounded_number_of_months() -> None:
    assert len(months("1900-01-01", "2199-12-31")) <= 40
    assert months("2026-11-20", "2025-01-01") == ("2026-11",)
