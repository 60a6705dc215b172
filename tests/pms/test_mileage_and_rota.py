"""Mileage, which is a claim; shifts, of which no two of one person meet; and people."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.errors import InvalidValue, Refused
from pysync_pms.calendar import add_days, to_day
from pysync_pms.commands import HOTEL, Command, SetSettings, from_json
from pysync_pms.expenses.claim_commands import PayClaims
from pysync_pms.expenses.claims import state_of
from pysync_pms.staffing.commands import CreateTrip, EditStaff, EditTrip
from pysync_pms.staffing.rota import (
    CopyWeek,
    EditShift,
    PlanShift,
    PublishWeek,
    RemoveShift,
    copied_id,
    shifts_of_week,
)
from pysync_pms.staffing.times import monday
from pysync_pms.staffing.words import MILEAGE, SHIFTS
from tests.pms.claims_support import STAFF, approve, clerks, submit, taxi
from tests.pms.support import TODAY, deliver_all, give, open_house

pytestmark = pytest.mark.req("PMS-07", "PMS-10")
WEEK = monday(TODAY)


RATED = (*STAFF, SetSettings(id=HOTEL, changes={"mileage_rate": 3_600}))


def trip(id_: str = "m", by: str = "", **more: Any) -> CreateTrip:
    values: dict[str, Any] = {"staff": "marc", "purpose": "Market", "distance": 125, "rate": 3_600}
    return CreateTrip(id=id_, on=TODAY, by=by, **(values | more))


def shift(id_: str, staff: str = "marc", on: str = TODAY, start: int = 480,
          end: int = 960) -> PlanShift:  # fmt: skip
    return PlanShift(id=id_, staff=staff, on=on, start=start, end=end)


def test_a_trip_comes_to_its_distance_at_the_rate_that_stands_in_it() -> None:
    """MILEAGE-1: also after an edit, and by whom the rule was not asked."""
    space = open_house("mileage", *RATED, trip())
    assert (space.view.get(MILEAGE, "m") or {})["amount"] == 450
    give(space, EditTrip(id="m", changes={"distance": 200}))
    assert (space.view.get(MILEAGE, "m") or {})["amount"] == 720
    with pytest.raises(Refused, match="the distance at the rate"):
        space.run("", lambda draft: draft.update(MILEAGE, "m", {"amount": 999_999}))
    for wrong in ({"distance": 0}, {"purpose": " "}, {"rate": 0}):
        assert trip("n", **wrong).check(space.view, TODAY), wrong


def test_a_trip_is_paid_at_the_hotels_rate_whatever_its_driver_writes() -> None:
    """MILEAGE-2, CLAIM-6: also by who asks no command, and after the rate was changed."""
    space = open_house("rate", *RATED, trip(rate=99_999, currency="CHF"))

    def stands() -> tuple[Any, ...]:
        found = space.view.get(MILEAGE, "m") or {}
        return found["rate"], found["amount"], found["currency"]

    assert stands() == (3_600, 450, "EUR")
    space.run("", lambda d: d.update(MILEAGE, "m", {"rate": 9_999, "amount": 1_250}))
    space.run("", lambda d: d.update(MILEAGE, "m", {"currency": "KWD"}))
    assert stands() == (3_600, 450, "EUR")
    give(space, SetSettings(id=HOTEL, changes={"mileage_rate": 5_000}))
    give(space, EditTrip(id="m", changes={"distance": 200}), trip("later"))
    assert stands() == (3_600, 720, "EUR")
    assert (space.view.get(MILEAGE, "later") or {})["rate"] == 5_000
    give(space, SetSettings(id=HOTEL, changes={"mileage_rate": None}))
    give(space, EditTrip(id="m", changes={"distance": 125}))
    assert [each.code for each in trip("n").check(space.view, TODAY)] == ["no-rate"]
    with pytest.raises(Refused, match="no rate"):
        space.run("", trip("n").apply)


def test_a_trip_lives_as_an_expense_does_and_one_payment_repays_one_person_once() -> None:
    """CLAIM-2, CLAIM-5: the same table, and the same references."""
    space = open_house("mileage-life", *RATED, trip(), taxi(), submit(), approve())
    give(space, submit("m", collection=MILEAGE), approve("m", collection=MILEAGE))
    claims = (f"{MILEAGE}/m", "expenses/x")
    give(space, PayClaims(id="one", claims=claims, method="payroll", reference="11/26", on=TODAY))
    assert state_of(space.view.get(MILEAGE, "m") or {}) == "paid"
    give(space, trip("n"), submit("n", collection=MILEAGE), approve("n", collection=MILEAGE))
    again = PayClaims(
        id="two", claims=(f"{MILEAGE}/n",), method="payroll", reference="11/26", on=TODAY
    )
    assert [each.code for each in again.check(space.view, TODAY)] == ["paid-already"]
    with pytest.raises(Refused, match="posted already"):
        space.run("", again.apply)


def test_two_shifts_of_one_person_do_not_meet() -> None:
    """SHIFT-1: also over midnight."""
    night = shift("night", on=add_days(TODAY, -1), start=1_320, end=1_800)
    space = open_house("rota", *STAFF, night)
    early = shift("early", start=300, end=700)
    assert [each.code for each in early.check(space.view, TODAY)] == ["overlap"]
    with pytest.raises(Refused, match="another shift then"):
        space.run("", early.apply)
    give(space, shift("day", start=360, end=700), shift("other", "kofi", start=300, end=700))
    move = EditShift(id="day", changes={"start": 350})
    assert [each.code for each in move.check(space.view, TODAY)] == ["overlap"]
    assert [each.code for each in shift("x", start=700, end=600).check(space.view, TODAY)] == [
        "end"
    ]


def test_two_who_plan_one_person_offline_plan_one_shift() -> None:
    """SHIFT-1: the second is told."""
    one, two = clerks("ines", "rui")
    one.give(shift("a"), stamp=10)
    two.give(shift("b", start=500), stamp=11)
    _, second = deliver_all(one, two)
    assert (second.outcome, second.code) == ("refused", "overlap")


def test_last_week_is_copied_once_for_who_is_here_and_free() -> None:
    last = add_days(WEEK, -7)
    space = open_house(
        "rota-copy", *STAFF, shift("a", on=last), shift("b", "kofi", on=last),
        shift("c", "rosa", on=last), shift("busy", "kofi", on=WEEK, start=500),
        EditStaff(id="rosa", changes={"active": False}),
    )  # fmt: skip
    give(space, CopyWeek(week=WEEK))
    copies = {each["id"] for each in shifts_of_week(space.view, WEEK)}
    assert copies == {"busy", copied_id(space.view.get(SHIFTS, "a") or {})}
    assert [each.code for each in CopyWeek(week=WEEK).check(space.view, TODAY)] == ["nothing"]
    give(space, PublishWeek(week=WEEK))
    assert all(each.get("published") for each in shifts_of_week(space.view, WEEK))
    give(space, RemoveShift(id="busy"))


def test_a_week_that_two_copy_offline_is_there_once() -> None:
    one, two = clerks("ines", "rui", given=(shift("a", on=add_days(WEEK, -7)),))
    for at, desk in enumerate((one, two)):
        desk.give(CopyWeek(week=WEEK), stamp=10 + at)
    first, *_ = deliver_all(one, two)
    assert first.outcome == "applied"
    assert len(shifts_of_week(one.leader.state, WEEK)) == 1


def test_an_account_is_one_persons() -> None:
    space = open_house("staff-account", *STAFF)
    taken = EditStaff(id="kofi", changes={"account": "marc"})
    assert [each.code for each in taken.check(space.view, TODAY)] == ["account"]
    give(space, EditStaff(id="kofi", changes={"account": "kofi", "job": "Housekeeper"}))


def test_commands_are_written_down_and_read_back() -> None:
    for command in (trip(), EditTrip(id="m", changes={"distance": 1}), shift("a"),
                    CopyWeek(week=WEEK), PublishWeek(week=WEEK), RemoveShift(id="a"),
                    EditShift(id="a", changes={"note": "x"}),
                    EditStaff(id="kofi", changes={"job": "x"})):  # fmt: skip
        assert from_json(command.to_json()) == command


STEPS = st.lists(
    st.tuples(st.booleans(), st.sampled_from(("plan", "move", "copy", "meet")),
              st.integers(0, 10), st.integers(0, 40), st.integers(1, 30)),
    max_size=25,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_whatever_two_plan_nobody_is_in_two_places(steps: list[Any]) -> None:
    """SHIFT-1: minute by minute, with no index."""
    people = clerks("ines", "rui")
    for at, (who, what, day, start, long) in enumerate([*steps, (True, "meet", 0, 0, 1)]):
        desk = people[who]
        if what == "meet":
            list(deliver_all(*people))
            for each in people:
                each.sync()
            continue
        known = sorted(each["id"] for each in desk.state.all(SHIFTS))
        begin, on = 30 * start, add_days(WEEK, day)
        commands: dict[str, Command] = {
            "plan": shift(f"{who}{at}", on=on, start=begin, end=begin + 40 * long),
            "move": EditShift(id=known[start % len(known)] if known else "none",
                              changes={"on": on, "start": begin, "end": begin + 40 * long}),
            "copy": CopyWeek(week=add_days(WEEK, 7)),
        }  # fmt: skip
        try:
            desk.give(commands[what], stamp=10 + at)
        except (Refused, InvalidValue):
            continue
    taken: set[int] = set()
    for planned in people[0].leader.state.all(SHIFTS):
        first = to_day(planned["on"]) * 1_440
        minutes = set(range(first + planned["start"], first + planned["end"], 10))
        assert not minutes & taken
        taken |= minutes
