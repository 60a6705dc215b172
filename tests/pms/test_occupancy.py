"""Which rooms are free, and in what order they are offered."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync import Record, Space
from pysync_pms.availability import availability, rooms_left
from pysync_pms.calendar import add_days, days_between
from pysync_pms.commands import CheckIn, Move, Preview, SetCondition, SetServiceability
from pysync_pms.occupancy import clash, free_rooms, in_room, natural, places
from tests.pms.support import ROOMS, TODAY, book, double_nights, give, open_house

pytestmark = pytest.mark.req("PMS-02")


def numbers(found: list[Record]) -> list[str]:
    """The rooms' numbers."""
    return [str(room["number"]) for room in found]


def test_the_booked_type_comes_first_then_better_ones_then_lesser() -> None:
    space = open_house("o-order")
    assert numbers(free_rooms(space.view, TODAY, "2026-11-22", room_type="DBL")) == [
        "101", "102", "103", "201", "202",
    ]  # fmt: skip
    assert numbers(free_rooms(space.view, TODAY, "2026-11-22", room_type="STE"))[:2] == [
        "201",
        "202",
    ]
    only = free_rooms(space.view, TODAY, "2026-11-22", room_type="STE", same_type_only=True)
    assert numbers(only) == ["201", "202"]


def test_sound_and_clean_rooms_come_before_faulty_and_dirty_ones() -> None:
    space = open_house(
        "o-state",
        SetServiceability(room="101", serviceability="out-of-service", reason="tap"),
        SetCondition(room="102", condition="dirty", on=TODAY),
        SetServiceability(room="201", serviceability="out-of-order", reason="flood"),
    )
    found = free_rooms(space.view, TODAY, "2026-11-22", room_type="DBL")
    assert numbers(found) == ["103", "102", "101", "202"]


def test_a_room_where_the_stay_fits_without_a_gap_comes_first() -> None:
    space = open_house(
        "o-snug",
        book("a", "2026-11-18", TODAY, room="103"),
        book("b", "2026-11-23", "2026-11-25", room="102"),
    )
    found = free_rooms(space.view, TODAY, "2026-11-22", room_type="DBL", same_type_only=True)
    assert numbers(found)[0] == "103"


def test_rooms_taken_in_some_night_are_not_offered() -> None:
    space = open_house("o-taken", book("a", "2026-11-21", "2026-11-22", room="101"))
    assert "101" not in numbers(free_rooms(space.view, TODAY, "2026-11-22"))
    assert "101" in numbers(free_rooms(space.view, TODAY, "2026-11-21"))
    assert "101" in numbers(free_rooms(space.view, TODAY, "2026-11-22", besides=("a",)))


@pytest.mark.parametrize(
    ("some", "wanted"),
    [
        (["10", "9", "100"], ["9", "10", "100"]),
        (["A10", "A9", "B1"], ["A9", "A10", "B1"]),
        (["Suite 2", "Suite 11", "3"], ["3", "Suite 2", "Suite 11"]),
    ],
)
def test_numbers_sort_as_people_do(some: list[str], wanted: list[str]) -> None:
    assert sorted(some, key=natural) == wanted


@pytest.fixture(scope="module")
def shared_house() -> Space:
    """One for all examples: a preview leaves it as it was."""
    return open_house("o-index")


bookings = st.lists(
    st.tuples(st.sampled_from(ROOMS), st.integers(0, 70), st.integers(0, 40)), max_size=14
)


@settings(deadline=None, max_examples=60)
@given(wanted=bookings, first=st.integers(0, 70), length=st.integers(1, 40))
def test_the_index_answers_as_a_count_of_every_night_does(
    shared_house: Space, wanted: list[tuple[str, int, int]], first: int, length: int
) -> None:
    view = Preview(shared_house.view)
    for serial, (room, offset, span) in enumerate(wanted):
        start = add_days(TODAY, offset)
        command = book(f"b{serial}", start, add_days(start, span), room=room)
        if not [p for p in command.check(view, TODAY) if p.level == "error"]:
            command.apply(view)
    stays = list(view.all("reservations"))
    assert double_nights(stays) == []
    start, end = add_days(TODAY, first), add_days(TODAY, first + length)
    for room in ROOMS:
        taken = {
            stay["id"]
            for stay in stays
            for place in places(stay)
            if place.room == room
            and set(days_between(place.start, place.end)) & set(days_between(start, end))
        }
        found = [stay["id"] for stay, _ in in_room(view, room, start, end)]
        assert sorted(found) == sorted(taken)
        assert (clash(view, room, start, end) is None) == (not taken)
    table = availability(view, start, end)
    for kind in ("DBL", "STE"):
        for column, night in enumerate(table.dates):
            sold = sum(
                place.start <= night < place.end and (place.room < "200") == (kind == "DBL")
                for stay in stays
                for place in places(stay)
            )
            assert table.left[kind][column] == {"DBL": 3, "STE": 2}[kind] - sold


def test_availability_counts_what_is_closed_unassigned_and_moved() -> None:
    space = open_house(
        "o-left",
        SetServiceability(
            room="103", serviceability="out-of-order", reason="x", since=TODAY, until="2026-11-22"
        ),
        book("a", "2026-11-19", "2026-11-23", room="101"),
        book("b", room=None),
    )
    give(space, CheckIn(id="a", on="2026-11-19"), today="2026-11-19")
    give(space, Move(id="a", on="2026-11-21", room="201"), today="2026-11-21")
    table = availability(space.view, "2026-11-19", "2026-11-24")
    assert list(table.left["DBL"]) == [2, 0, 1, 3, 3]
    assert list(table.left["STE"]) == [2, 2, 1, 1, 2]
    assert list(table.closed["DBL"]) == [0, 1, 1, 0, 0]
    assert rooms_left(space.view, TODAY, "2026-11-22") == {"DBL": 0, "STE": 1}
    assert rooms_left(space.view, TODAY, TODAY) == {"DBL": 0, "STE": 2}
