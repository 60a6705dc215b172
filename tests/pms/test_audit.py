"""Closing the day: what stands against it, what it posts, once, whoever does it."""

from __future__ import annotations

import pytest

from pysync.errors import Refused
from pysync_pms.commands import (
    HOTEL,
    ChargeNights,
    CheckIn,
    CheckOut,
    CloseDay,
    EditReservation,
    NoShow,
    SetSettings,
    audit,
    batches,
    lines_of_day,
)
from pysync_pms.ledger import lines_of, owed
from tests.pms.support import TODAY, Desk, book, deliver_all, give, open_house, two_desks
from tests.pms.test_folio import TAXES

pytestmark = pytest.mark.req("PMS-04")
TOMORROW = "2026-11-21"
SETTINGS = SetSettings(
    id=HOTEL,
    changes={"taxes": TAXES, "room_tax": "low", "city_tax": 200, "business_date": TODAY},
)
HERE = (
    SETTINGS,
    book("s", "2026-11-20", "2026-11-23", adults=2),
    CheckIn(id="s", on=TODAY),
)


def test_who_should_have_come_or_left_is_seen_to_first() -> None:
    house = open_house(
        "audit-open",
        SETTINGS,
        book("come", "2026-11-19", "2026-11-24", room="102", guest_id="eve"),
        book("leave", "2026-11-18", TODAY, guest_id="bob"),
        CheckIn(id="leave", on=TODAY),
    )
    found = {each.code: each for each in CloseDay(day=TODAY).check(house.view, TODAY)}
    assert found["not-arrived"].message == (
        "Eve Çelik did not arrive: check in, or mark as no-show."
    )
    assert "Bob Miller should have left" in found["not-left"].message
    with pytest.raises(Refused, match="did not arrive"):
        give(house, CloseDay(day=TODAY))
    give(house, NoShow(id="come", on=TODAY), CheckOut(id="leave", on=TODAY), CloseDay(day=TODAY))
    assert (house.view.get("settings", HOTEL) or {})["business_date"] == TOMORROW


def test_each_night_is_charged_once_with_its_taxes_and_the_date_moves_on() -> None:
    house = open_house("audit-close", *HERE)
    give(house, CloseDay(day=TODAY))
    room, city = lines_of(house.view, "s")
    assert (room["night"], room["on"], room["amount"]) == (TODAY, TODAY, 10_000)
    assert room["taxes"] == [["low", 700, 654]]
    assert (city["category"], city["amount"]) == ("city-tax", 400)
    closed = house.view.get("audits", TODAY) or {}
    assert (closed["stays"], closed["nights"], closed["room"], closed["city_tax"]) == (
        1, 1, 10_000, 400,
    )  # fmt: skip
    with pytest.raises(Refused, match="closed already"):
        give(house, CloseDay(day=TODAY), today=TOMORROW)
    with pytest.raises(Refused, match="has not come yet"):
        give(house, CloseDay(day="2026-11-22"), today=TOMORROW)
    with pytest.raises(Refused, match="closed already"):
        house.run("", lambda d: d.update("audits", TODAY, {"room": 0}))
    give(house, CloseDay(day=TOMORROW), today=TOMORROW)
    assert owed(house.view, "s") == 20_800


def test_what_was_charged_before_is_not_charged_again_and_what_was_missed_is() -> None:
    house = open_house(
        "audit-missed", SETTINGS, book("s", "2026-11-18", "2026-11-23"), CheckIn(id="s", on=TODAY)
    )
    give(house, ChargeNights(id="s", on="2026-11-19"), CloseDay(day=TODAY))
    nights = [each["night"] for each in lines_of(house.view, "s") if each["category"] == "room"]
    assert nights == ["2026-11-18", "2026-11-19", "2026-11-20"]


def test_a_large_closing_is_posted_in_several_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "AT_ONCE", 3)
    house = open_house(
        "audit-large",
        SETTINGS,
        *(book(f"s{n}", "2026-11-18", "2026-11-23", room=n, adults=1) for n in ("101", "102")),
        *(book(f"s{n}", "2026-11-18", "2026-11-23", room=n, adults=1, room_type="STE")
          for n in ("201", "202")),
        *(CheckIn(id=f"s{n}", on=TODAY) for n in ("101", "102", "201", "202")),
    )  # fmt: skip
    parts = list(batches(house.view, TODAY))
    assert [len(part.stays) for part in parts] == [1, 1, 1], "six lines a stay"
    give(house, *parts, *parts)
    assert len(list(lines_of_day(house.view, TODAY))) == 6, "what is left for the closing"
    give(house, CloseDay(day=TODAY))
    assert (house.view.get("audits", TODAY) or {})["nights"] == 12
    assert owed(house.view, "s101") == 3 * 10_200


def test_a_tax_that_is_in_use_is_not_taken_away_from_another_desk() -> None:
    _, north, south = two_desks(*HERE)
    north.give(SetSettings(id=HOTEL, changes={"room_tax": "full"}), stamp=10)
    south.write(SetSettings(id=HOTEL, changes={"taxes": TAXES[:1]}), stamp=11)
    _, second = deliver_all(north, south)
    assert (second.outcome, second.code) == ("refused", "tax-in-use")
    assert "room prices" in second.message


@pytest.mark.req("PMS-10")
def test_two_desks_that_close_one_day_close_it_once() -> None:
    _, north, south = two_desks(*HERE)
    north.give(CloseDay(day=TODAY), stamp=10)
    south.give(CloseDay(day=TODAY), stamp=11)
    first, second = deliver_all(north, south)
    assert first.outcome == "applied"
    assert second.outcome == "merged"
    assert _is_closed_once(north)


@pytest.mark.req("PMS-10")
def test_a_rate_that_is_edited_while_the_day_is_closed_counts_from_the_next_night() -> None:
    _, north, south = two_desks(*HERE)
    south.give(EditReservation(id="s", changes={"rate": 12_000}), stamp=9)
    north.give(CloseDay(day=TODAY), stamp=10)
    list(deliver_all(north, south))
    assert _is_closed_once(north)
    north.sync()
    north.give(CloseDay(day=TOMORROW), stamp=12, today=TOMORROW)
    list(deliver_all(north, south))
    rooms = [each for each in lines_of(north.leader.state, "s") if each["category"] == "room"]
    assert [each["amount"] for each in rooms] == [10_000, 12_000]


def _is_closed_once(desk: Desk) -> bool:
    state = desk.leader.state
    nights = [each["night"] for each in lines_of(state, "s")]
    day = (state.get("settings", HOTEL) or {})["business_date"]
    return nights == [TODAY, TODAY] and day == TOMORROW
