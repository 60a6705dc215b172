"""Folios, check-outs and closings that meet: nothing is lost, and somebody is told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.errors import Refused
from pysync.model.cell import Mark
from pysync.model.change import CREATE, Change, Op
from pysync_pms.commands import (
    HOTEL,
    ChargeNights,
    CheckIn,
    CheckOut,
    ClearAttention,
    CloseDay,
    Command,
    CreateReservation,
    EditReservation,
    Extend,
    Reverse,
    SetSettings,
    Shorten,
    Split,
)
from pysync_pms.ledger import lines_of, owed
from tests.pms.support import TODAY, Desk, book, deliver_all, give, open_house, two_desks
from tests.pms.test_audit import SETTINGS
from tests.pms.test_folio import charge, pay

pytestmark = pytest.mark.req("PMS-04", "PMS-10")
TOMORROW, AFTER = "2026-11-21", "2026-11-22"
HERE: tuple[Command, ...] = (
    SETTINGS,
    book("s", TODAY, "2026-11-23", adults=1),
    book("t", TODAY, AFTER, room="102", guest_id="bob", adults=1),
    CheckIn(id="s", on=TODAY),
    CheckIn(id="t", on=TODAY),
)
EXPECTED = 10_200
"""What a night and its tax cost."""


def desks(*more: Command) -> tuple[Desk, Desk]:
    """Two desks that know two guests in the house."""
    _, north, south = two_desks(*HERE, *more)
    return north, south


def stay(desk: Desk, id_: str = "s") -> Any:
    return desk.leader.state.get("reservations", id_)


def date(desk: Desk) -> str:
    return str((desk.leader.state.get("settings", HOTEL) or {})["business_date"])


def due(desk: Desk, id_: str = "s") -> int:
    return owed(desk.leader.state, id_)


def test_one_night_that_a_desk_charged_at_another_price_holds_up_no_closing() -> None:
    north, south = desks()
    north.give(EditReservation(id="s", changes={"rate": 12_000}), stamp=10)
    north.give(ChargeNights(id="s", on=TODAY, all=True), stamp=11)
    south.give(CloseDay(day=TODAY), stamp=12)
    south.give(CloseDay(day=TOMORROW), stamp=13, today=TOMORROW)
    list(deliver_all(north, south))
    assert date(north) == AFTER
    rooms = [each for each in lines_of(north.leader.state, "s") if each["category"] == "room"]
    assert [each["amount"] for each in rooms] == [12_000] * 3, "the first word counts"
    assert due(north, "t") == 2 * EXPECTED


def test_the_date_never_goes_back_to_a_day_that_was_closed() -> None:
    north, south = desks()
    north.give(CloseDay(day=TODAY), stamp=10)
    north.give(CloseDay(day=TOMORROW), stamp=11, today=TOMORROW)
    list(deliver_all(north, south))
    south.give(CloseDay(day=TODAY), stamp=10**12)
    south.give(SetSettings(id=HOTEL, changes={"business_date": TODAY}), stamp=10**12 + 1)
    south.give(charge("late", 500, stay="s"), stamp=10**12 + 2)
    list(deliver_all(north, south))
    assert date(north) == AFTER
    line = north.leader.state.get("folio_lines", "late")
    assert line is not None and line["on"] == AFTER
    assert due(north, "t") == 2 * EXPECTED, "charged once"


@pytest.mark.parametrize("turned", [False, True])
def test_who_leaves_while_something_is_charged_is_told_of_in_either_order(turned: bool) -> None:
    north, south = desks()
    north.give(CheckOut(id="s", on=TODAY), stamp=10)
    south.give(charge("bar", 900), stamp=11)
    list(deliver_all(south, north) if turned else deliver_all(north, south))
    assert (stay(north)["status"], stay(north)["attention"]) == (
        "checked-out",
        "charged-afterwards",
    )
    north.sync()
    north.give(ClearAttention(id="s"), stamp=12)
    list(deliver_all(north, south))
    north.sync()
    north.give(pay("p", 400), stamp=13)
    list(deliver_all(north, south))
    assert stay(north)["attention"] is None, "it was seen to"


@pytest.mark.parametrize("what", ["moved", "declined"])
def test_what_comes_to_owe_after_the_check_out_is_told(what: str) -> None:
    north, south = desks(charge("1"), pay("2", 10_700, stay="t"))
    north.give(CheckOut(id="t", on=TODAY), stamp=10)
    command: Command = (
        Split(id="m", line="1", on=TODAY, parts=(("t", 1, 1),))
        if what == "moved"
        else Reverse(id="m", line="2", on=TODAY, reason="Declined")
    )
    south.give(command, stamp=11)
    south.give(charge("3", 20_000, stay="t"), stamp=12)
    list(deliver_all(north, south))
    assert stay(north, "t")["attention"] == "charged-afterwards"


def test_nights_that_were_not_charged_are_told_at_the_check_out() -> None:
    house = open_house("meeting-nights", *HERE)
    problems = {each.code: each for each in CheckOut(id="t", on=AFTER).check(house.view, AFTER)}
    assert problems["nights-open"].message == "Nights for 204.00 EUR were not charged yet."
    give(house, ChargeNights(id="t", on=TODAY, all=True), pay("p", 20_400, stay="t"))
    problems = {each.code: each for each in CheckOut(id="t", on=TOMORROW).check(house.view, AFTER)}
    assert problems["nights-ahead"].message == "1 nights to come were charged: reverse them."


def test_a_night_that_was_free_stays_free_when_the_price_changes() -> None:
    house = open_house(
        "meeting-free", SETTINGS, book("s", TODAY, "2026-11-25", rate=0), CheckIn(id="s", on=TODAY)
    )
    give(house, CloseDay(day=TODAY), EditReservation(id="s", changes={"rate": 9_000}))
    give(house, CloseDay(day=TOMORROW), today=TOMORROW)
    assert [each["amount"] for each in lines_of(house.view, "s") if each["category"] == "room"] == [
        0,
        9_000,
    ]


def test_a_night_that_was_reversed_is_charged_again_only_when_somebody_says_so() -> None:
    house = open_house("meeting-again", *HERE)
    give(house, ChargeNights(id="t", on=TODAY, all=True))
    give(house, Shorten(id="t", departure=TOMORROW))
    give(house, Reverse(id="r", line=f"room.t.{TOMORROW}", on=TODAY, reason="Leaves earlier"))
    give(house, Extend(id="t", departure=AFTER), CloseDay(day=TODAY))
    give(house, CloseDay(day=TOMORROW), today=TOMORROW)
    assert owed(house.view, "t") == 2 * EXPECTED - 10_000, "a closing leaves it"
    give(house, ChargeNights(id="t", on=AFTER), today=AFTER)
    assert owed(house.view, "t") == 2 * EXPECTED


def test_a_folio_has_one_currency() -> None:
    house = open_house("meeting-yen", *HERE)
    yen = book("y", TODAY, AFTER, room="103", currency="JPY", guest_id="eve")
    give(house, yen, CheckIn(id="y", on=TODAY), charge("1"), CloseDay(day=TODAY))
    assert [each["category"] for each in lines_of(house.view, "y")] == ["room"], "no euros for it"
    with pytest.raises(Refused, match="in JPY"):
        give(house, Split(id="m", line="1", on=TODAY, parts=(("y", 1, 1),)))
    with pytest.raises(Refused, match="keeps it"):
        give(house, EditReservation(id="s", changes={"currency": "USD"}))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"amount": None}, "incomplete"),
        ({"amount": -500}, "negative"),
        ({"taxes": [["low", 700, 99_999]]}, "taxes"),
        ({"id": f"room.s.{TODAY}", "amount": 1}, "not-that-night"),
        ({"id": f"room.s.{TODAY}", "night": TODAY, "category": "food"}, "not-that-night"),
    ],
)
def test_what_a_hand_writes_into_the_ledger_is_refused(line: dict[str, Any], code: str) -> None:
    north, _ = desks()
    row = {"id": "x", "stay": "s", "window": 1, "kind": "charge", "on": TODAY, "text": "x",
           "category": "room", "amount": 500, "currency": "EUR"}  # fmt: skip
    kept = {name: value for name, value in {**row, **line}.items() if value is not None}

    change = Change(Mark("hand", 1, 10), (Op(CREATE, "folio_lines", kept.pop("id"), kept),))
    decision = north.leader.decide(change)
    assert (decision.outcome, decision.code) == ("refused", code)


def test_only_the_business_date_is_closed_and_its_figures_stay() -> None:
    house = open_house("meeting-audit", *HERE)
    row = {"stays": 0, "nights": 0, "room": 0, "city_tax": 0}

    def close_by_hand(day: str) -> None:
        house.run("", lambda draft: draft.create("audits", {"id": day, **row}))

    for day in (TODAY, TOMORROW):
        with pytest.raises(Refused, match="business date can be closed"):
            close_by_hand(day)
    give(house, ChargeNights(id="s", on=TODAY, all=True), CloseDay(day=TODAY))
    closed = house.view.get("audits", TODAY) or {}
    posted = house.view.find("folio_lines", "on", TODAY)
    assert closed["room"] == sum(each["amount"] for each in posted if each["category"] == "room")


def test_a_payment_that_was_reversed_can_be_posted_again_under_its_reference() -> None:
    house = open_house("meeting-reference", *HERE)
    give(house, pay("1", 1_000, reference="0042"))
    with pytest.raises(Refused, match="posted already"):
        give(house, pay("2", 10_000, reference="0042"))
    give(house, Split(id="m", line="1", on=TODAY, parts=(("s", 2, 1),)))
    with pytest.raises(Refused, match="posted already"):
        give(house, pay("2", 10_000, reference="0042"))
    give(house, Reverse(id="r", line="m.1", on=TODAY, reason="Typed wrong"))
    give(house, pay("2", 10_000, reference="0042"), pay("3", 500, reference="0042", refund=True))
    assert owed(house.view, "s") == -9_500


def test_windows_that_cancel_out_are_not_settled() -> None:
    house = open_house("meeting-windows", *HERE)
    give(house, charge("1"), pay("2", 10_700, window=2))
    found = [each.message for each in CheckOut(id="s", on=TODAY).check(house.view, TODAY)]
    assert "The windows 1 and 2 are not settled." in found


DAYS = (TODAY, TOMORROW, AFTER)
ACTS = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(("close", "nights", "rate", "leave", "walk-in", "charge", "deliver")),
        st.sampled_from(("s", "t", "w")),
        st.integers(0, 2),
    ),
    max_size=20,
)


@settings(max_examples=60)
@given(ACTS)
def test_whatever_two_desks_do_each_night_is_charged_once_and_debts_are_told(
    acts: list[Any],
) -> None:
    north, south = desks()
    for at, (who, what, whom, number) in enumerate(acts):
        desk, stamp = (north if who else south), 10 + at
        today = str((desk.state.get("settings", HOTEL) or {}).get("business_date") or TODAY)
        commands: dict[str, list[Command]] = {
            "close": [CloseDay(day=today)],
            "nights": [ChargeNights(id=whom, on=today, all=bool(number))],
            "rate": [EditReservation(id=whom, changes={"rate": 10_000 + 1_000 * number})],
            "leave": [CheckOut(id=whom, on=today)],
            "charge": [charge(f"c{at}", 700, stay=whom, on=today)],
            "walk-in": [
                CreateReservation(id="w", guest_id="eve", room_type="DBL", room="103",
                                  arrival=today, departure="2026-11-25", rate=10_000),
                CheckIn(id="w", on=today),
            ],
        }  # fmt: skip
        if what == "deliver":
            list(deliver_all(north, south))
            north.sync()
            south.sync()
            continue
        try:
            desk.give(*commands[what], stamp=stamp, today=today)
        except Refused:
            continue
    list(deliver_all(north, south))
    state = north.leader.state
    assert state.get("audits", date(north)) is None, "the date is a day that is open"
    for id_ in ("s", "t", "w"):
        found = state.get("reservations", id_)
        if found is None:
            continue
        nights = [each["id"] for each in lines_of(state, id_) if each["id"].startswith("room.")]
        assert len(nights) == len({id_.split(".")[2] for id_ in nights}), "each night once"
        if found["status"] == "checked-out" and not found.get("attention"):
            assert owed(state, id_) <= max(0, found.get("left_owing") or 0) + sum(
                each["amount"] for each in lines_of(state, id_) if each.get("late")
            )
