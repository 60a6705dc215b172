"""The demonstration hotel: believable, coherent, and the same for the same seed and date."""

from __future__ import annotations

from collections import Counter

import pytest

from pysync import Space
from pysync.native import open_space
from pysync_pms.calendar import add_days
from pysync_pms.demo import build_demo
from pysync_pms.importing import run_all
from pysync_pms.names import guest_name
from pysync_pms.queries import (
    board_by_person,
    duplicates_of,
    needs_attention,
    room_rack,
    today_figures,
)
from pysync_pms.schema import SCHEMA
from tests.pms.support import double_nights

DATES = ["2026-11-20", "2024-02-29", "2026-12-31", "2027-03-28", "2030-07-01"]


def made(name: str, today: str, seed: str = "miradouro") -> Space:
    """A space with the demonstration in it."""
    space = open_space(f"demo-{name}", schema=SCHEMA)
    report = run_all(build_demo(space, today, seed))
    assert (report.rooms, report.reservations) == (60, 400)
    return space


@pytest.mark.parametrize("today", DATES)
def test_the_hotel_has_everything_a_front_desk_meets(today: str) -> None:
    space = made(today, today)
    view = space.view
    stays = list(view.all("reservations"))
    assert (len(stays), len(list(view.all("rooms")))) == (400, 60)
    assert double_nights(stays) == []
    figures = today_figures(view, today)
    for count in (figures.arrivals_due, figures.arrived, figures.departures_due, figures.departed):
        assert count >= 2
    assert 25 <= figures.in_house <= 58
    assert figures.out_of_order == 1
    assert {room.condition for room in room_rack(view, today)} == {"dirty", "clean", "inspected"}
    assert {"vacant", "stay-over", "due-out"} == {r.occupancy for r in room_rack(view, today)}
    assert [item.code for item in needs_attention(view, today)] == ["room-taken"]
    status = Counter(stay["status"] for stay in stays)
    assert set(status) == {"confirmed", "checked-in", "checked-out", "cancelled", "no-show"}
    assert max(Counter(stay.get("group") for stay in stays if stay.get("group")).values()) >= 5
    names = [f"{g.get('first_name')} {g['last_name']}" for g in view.all("guests")]
    assert max(map(len, names)) > 80
    assert len(set(names)) > 300
    assert [guest["id"] for guest in duplicates_of(view, "g-twin-a")] == ["g-twin-b"]
    assert len(board_by_person(view, today)) == 5
    assert space.problems == []


def test_the_same_seed_and_date_give_the_same_records() -> None:
    one, two, other = made("1", DATES[0]), made("2", DATES[0]), made("3", DATES[0], "other")

    def records(space: Space) -> list[dict[str, object]]:
        return [dict(r) for name in SCHEMA.collections for r in sorted(
            space.view.all(name), key=lambda r: str(r["id"]))]  # fmt: skip

    assert records(one) == records(two)
    assert records(one) != records(other)


def test_nobody_is_in_two_places_of_time() -> None:
    today = DATES[0]
    for stay in made("time", today).view.all("reservations"):
        if stay["status"] == "checked-out":
            assert stay["to"] <= today
        if stay["status"] == "checked-in":
            assert stay["from"] <= today <= stay["to"]
        if stay["status"] == "confirmed":
            assert stay["from"] >= today
        assert stay["booked_on"] <= max(today, add_days(stay["from"], 0))


def test_names_are_the_same_in_every_run_and_fit_their_country() -> None:
    assert guest_name("00ff00ff00ff00ff-0", "PRT") == ("Matilde", "Alves Marques")
    assert guest_name("00ff00ff00ff00ff-0", "PRT") != guest_name("00ff00ff00ff00ff-1", "PRT")
    for country in ("PRT", "DEU", "CHN", "ISR", "ZWE", "XXX", None):
        first, last = guest_name("0123456789abcdef-3", country)
        assert first
        assert last
        assert "~" not in last
