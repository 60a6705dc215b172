"""The staff portal: the clock, weeks, trips, the rota, people and approvals, as people use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pysync.native import open_space
from pysync_pms.calendar import add_days, to_day
from pysync_pms.commands import HOTEL, SetSettings
from pysync_pms.expenses.claims import state_of
from pysync_pms.expenses.words import EXPENSES
from pysync_pms.schema import SCHEMA
from pysync_pms.staffing.rota import PlanShift, shifts_of_week
from pysync_pms.staffing.time_commands import AddTime
from pysync_pms.staffing.times import approval_of, monday
from pysync_pms.staffing.words import MILEAGE, TIMES
from pysync_pms.ui.parts import clock
from pysync_pms.words import STAFF as PEOPLE
from tests.pms.claims_support import STAFF, submit, taxi
from tests.pms.support import TODAY, give, house
from tests.pms_ui.support import read
from tests.pms_ui.test_expenses_screen import Clerk

pytestmark = pytest.mark.req("PMS-07")
WEEK = monday(TODAY)
LAST = add_days(WEEK, -7)
BEGAN = (to_day(LAST) - to_day("1970-01-01")) * 1_440 + 520
MORNING = (to_day(TODAY) - to_day("1970-01-01")) * 1_440 + 520


class Portal(Clerk):
    """A page at which somebody works in the staff portal, at a time that the test sets."""

    def act(self, action: str, kind: str = "click", **args: str) -> str:
        """As a page does that hears of its own changes."""
        self.dom.user(kind=kind, action=action, args=args)
        self.app.refresh()
        return self.drawn()

    def times(self) -> list[Any]:
        return sorted(self.space.view.all(TIMES), key=lambda each: each["start"])

    def rota(self, week: str = WEEK) -> list[Any]:
        return shifts_of_week(self.space.view, week)


@pytest.fixture
def portal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    """The staff, a rate for driving, and nobody signed in."""
    with open_space(f"staff-{request.node.name}"[:90], schema=SCHEMA) as space:
        give(space, *house(), *STAFF, SetSettings(id=HOTEL, changes={"mileage_rate": 3_600}))
        page = Portal(space)
        _set_clock(monkeypatch, MORNING)
        yield page
        assert page.errors == []


def _set_clock(monkeypatch: pytest.MonkeyPatch, minute: int) -> None:
    monkeypatch.setattr(clock, "minute_now", lambda: minute)


def test_who_is_signed_in_clocks_in_takes_a_break_and_clocks_out(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Choose who you are" in portal.markup("staff")
    portal.sign_in("marc", "housekeeping")
    assert "Not clocked in" in portal.markup("staff?show=time")
    assert "At work" in portal.act("time.in", id="marc")
    for minute, action, words in ((100, "time.break", "Break"), (130, "time.back", "At work"),
                                  (480, "time.out", "Not clocked in")):  # fmt: skip
        _set_clock(monkeypatch, MORNING + minute)
        assert words in portal.act(action, id="marc")
    [entry] = portal.times()
    assert (entry["end"] - entry["start"], entry["break_total"]) == (480, 30)
    assert (entry["in_by"], entry["out_by"]) == ("marc", "marc")
    assert "7:30" in read(portal.markup("staff?person=marc")).one("tbody", id="times-rows").text
    portal.act("time.correct", id=entry["id"])
    assert "ask-form" not in portal.drawn(), "housekeeping corrects nothing"


def test_a_second_clock_in_is_told(portal: Portal) -> None:
    portal.show("staff?person=marc")
    portal.act("time.in", id="marc")
    assert "is clocked in already" in portal.act("time.in", id="marc")
    assert len(portal.times()) == 1


def test_a_forgotten_time_is_added_with_its_reason_and_corrected_with_another(
    portal: Portal,
) -> None:
    portal.show("staff?person=marc")
    portal.act("time.add", id="marc")
    drawn = portal.answer(on=TODAY, **{"from": "8", "to": ""}, breaks="x")
    for words in ("Enter a time, such as 08:30.", "Enter whole minutes."):
        assert words in drawn
    assert "Say why it was not clocked." in portal.answer(
        **{"on": TODAY, "from": "22:00", "to": "06:00", "breaks": "30"}
    )
    portal.answer(note="Telephone was empty")
    [entry] = portal.times()
    assert entry["end"] - entry["start"] == 480, "an earlier end is one of the day after"
    assert 'value="22:00"' in portal.act("time.correct", id=entry["id"])
    assert "Say why." in portal.answer(to="07:00")
    assert "corrected" in portal.answer(reason="The clock was wrong")
    assert portal.times()[0]["end"] - entry["start"] == 540


def worked_last_week(portal: Portal, staff: str = "marc") -> None:
    give(portal.space, AddTime(id=f"w-{staff}", staff=staff, on=LAST, start=BEGAN,
                               end=BEGAN + 480, note="x"))  # fmt: skip


def test_of_a_person_who_was_clocked_in_twice_a_manager_sets_one_time_aside(portal: Portal) -> None:
    worked_last_week(portal)
    end = {"end": BEGAN + 60}
    double = {"id": "u", "staff": "marc", "on": LAST, "start": BEGAN + 5}
    portal.space.run("From another device", lambda draft: draft.create(TIMES, double))
    drawn = portal.markup("staff?show=approve")
    assert "An entry is still open" in drawn
    portal.space.run("It goes on", lambda draft: draft.update(TIMES, "u", end))
    drawn = portal.markup("staff?show=approve")
    assert "Two devices clocked in" in drawn
    assert "does not count: twice" in portal.markup(f"staff?person=marc&week={LAST}")
    portal.act("time.aside", id="u")
    assert [each["id"] for each in portal.times()] == ["w-marc"]
    portal.act("time.approve", id="marc", week=LAST)
    assert (approval_of(portal.space.view, "marc", LAST) or {})["minutes"] == 480


def test_a_week_that_is_over_is_approved_locked_and_taken_back(portal: Portal) -> None:
    worked_last_week(portal)
    assert portal.frame.shell(portal.app.route).counts["staff"] == 1
    drawn = portal.markup("staff?show=approve")
    assert "8:00" in read(drawn).one("tbody", id="weeks-rows").text
    portal.act("time.approve", id="marc", week=LAST)
    assert (approval_of(portal.space.view, "marc", LAST) or {})["minutes"] == 480
    drawn = portal.markup(f"staff?person=marc&week={LAST}")
    assert "It is locked." in drawn
    assert "The week was approved" in drawn
    assert portal.frame.shell(portal.app.route).counts["staff"] == 0
    portal.act("time.reopen", id="marc", week=LAST)
    assert approval_of(portal.space.view, "marc", LAST) is None


def test_this_week_is_not_approved_before_it_is_over(portal: Portal) -> None:
    portal.show("staff?person=marc")
    portal.act("time.in", id="marc")
    drawn = portal.act("time.out", id="marc")
    assert "The week is not over" in drawn
    portal.act("time.approve", id="marc", week=WEEK)
    assert approval_of(portal.space.view, "marc", WEEK) is None


@pytest.mark.req("SRV-17")
def test_nobody_is_offered_their_own_week_and_who_may_not_sees_none(portal: Portal) -> None:
    worked_last_week(portal)
    worked_last_week(portal, "ines")
    portal.sign_in("ines", "manager")
    drawn = portal.markup("staff?show=approve")
    assert f"week-marc.{LAST}" in drawn
    assert f"week-ines.{LAST}" not in drawn
    assert "Somebody else approves it" in portal.markup(f"staff?person=ines&week={LAST}")
    portal.sign_in("kofi", "front-desk")
    assert portal.frame.shell(portal.app.route).counts["staff"] == 0
    assert "show=approve" not in portal.markup("staff?show=people")


def test_a_trip_is_entered_and_approved_beside_expenses(portal: Portal) -> None:
    assert "No trips yet" in portal.markup("staff?show=mileage")
    portal.act("mileage.new")
    drawn = portal.answer(staff="marc", purpose="", distance="12.55")
    for words in ("Say what for.", "Enter kilometres"):
        assert words in drawn
    portal.answer(purpose="Market", distance="12,5")
    [trip] = portal.space.view.all(MILEAGE)
    assert (trip["distance"], trip["amount"], state_of(trip)) == (125, 450, "submitted")
    give(portal.space, taxi(), submit())
    drawn = portal.markup("staff?show=approve")
    assert f"mileage-approval-{trip['id']}" in drawn
    assert "expenses-approval-x" in drawn
    portal.act("staff.approve", kind="key", id=trip["id"])
    portal.act("staff.reject", kind="key", id="x")
    portal.answer(reason="No receipt")
    assert state_of(portal.space.view.get(MILEAGE, trip["id"]) or {}) == "approved"
    assert state_of(portal.space.view.get(EXPENSES, "x") or {}) == "rejected"
    assert "12.5 km, at" in portal.markup(f"staff/{trip['id']}?show=mileage")


def test_a_draft_trip_is_edited_and_keeps_its_rate(portal: Portal) -> None:
    portal.show("staff?show=mileage")
    portal.act("mileage.new")
    portal.dom.user(kind="change", action="ask.change", target="ask-form-submit", value="")
    portal.answer(staff="marc", purpose="Market", distance="10")
    [trip] = portal.space.view.all(MILEAGE)
    portal.act("staff.rate")
    portal.answer(rate="50")
    portal.act("mileage.edit", id=trip["id"])
    portal.answer(distance="20")
    trip = portal.space.view.get(MILEAGE, trip["id"]) or {}
    assert (trip["rate"], trip["amount"], state_of(trip)) == (3_600, 720, "draft")


def test_trips_need_a_rate_first(portal: Portal) -> None:
    give(portal.space, SetSettings(id=HOTEL, changes={"mileage_rate": None}))
    assert "Set the rate first" in portal.markup("staff?show=mileage")
    assert "A manager sets first" in portal.act("mileage.new", kind="key")


def test_a_week_is_planned_copied_and_published(portal: Portal) -> None:
    give(portal.space, PlanShift(id="a", staff="marc", on=LAST, start=420, end=900))
    drawn = portal.markup("staff?show=rota")
    assert "Copy last week (1)" in drawn
    portal.act("rota.copy", week=WEEK)
    portal.act("rota.add", staff="kofi", day=TODAY)
    assert "Choose who." in portal.answer(staff="")
    portal.answer(**{"staff": "kofi", "on": TODAY, "from": "22:00", "to": "06:00"})
    night = next(each for each in portal.rota() if each["staff"] == "kofi")
    assert (night["start"], night["end"]) == (1_320, 1_800)
    portal.act("rota.add", staff="kofi", day=TODAY)
    assert "another shift then" in portal.answer(**{"from": "23:00", "to": "23:30"})
    portal.dom.user(kind="closed", target="ask", values={})
    portal.act("rota.publish", week=WEEK)
    assert all(each["published"] for each in portal.rota())
    portal.act("rota.edit", id=night["id"])
    portal.answer(remove="on")
    assert [each["staff"] for each in portal.rota()] == ["marc"]


def test_who_does_not_plan_sees_what_is_published(portal: Portal) -> None:
    give(
        portal.space,
        PlanShift(id="a", staff="marc", on=TODAY, start=420, end=900, published=True),
        PlanShift(id="b", staff="kofi", on=TODAY, start=600, end=900),
    )
    portal.sign_in("marc", "housekeeping")
    drawn = portal.markup("staff?show=rota")
    assert "07:00–15:00" in drawn
    assert "10:00–15:00" not in drawn
    assert "rota.add" not in drawn


def test_a_hotel_without_people_is_told_where_to_add_them(portal: Portal) -> None:
    for person in list(portal.space.view.all(PEOPLE)):
        portal.space.run("", lambda draft, id_=person["id"]: draft.delete(PEOPLE, id_))
    assert "Nobody works here yet" in portal.markup("staff?show=people")
    assert "added under Staff, People" in portal.act("expenses.new")


def test_people_are_added_and_get_an_account_of_their_own(portal: Portal) -> None:
    portal.show("staff?show=people")
    portal.act("people.new")
    assert "Enter a name." in portal.answer(name="")
    portal.answer(name="Hana", role="reception", job="Concierge")
    [hana] = [each for each in portal.space.view.all(PEOPLE) if each["name"] == "Hana"]
    assert (hana["job"], hana["active"]) == ("Concierge", True)
    portal.act("people.edit", id=hana["id"])
    assert "has this account" in portal.answer(account="marc")
    portal.answer(account="hana", left="on")
    hana = portal.space.view.get(PEOPLE, hana["id"]) or {}
    assert (hana["account"], hana["active"]) == ("hana", False)
    assert "left" in portal.markup("staff?show=people")


def test_the_clock_goes_by_the_calendar_while_the_hotels_day_is_not_closed(portal: Portal) -> None:
    give(portal.space, SetSettings(id=HOTEL, changes={"business_date": add_days(TODAY, -1)}))
    portal.show("staff?person=marc")
    portal.act("time.in", id="marc")
    assert [each["on"] for each in portal.times()] == [TODAY]
    portal.act("expenses.new")
    portal.answer(staff="marc", on=TODAY, amount="5", category="other")
    assert [each["on"] for each in portal.all()] == [TODAY]
    give(portal.space, SetSettings(id=HOTEL, changes={"business_date": "2016-07-01"}))
    portal.show("staff?person=kofi")
    portal.act("time.in", id="kofi")
    assert sorted(each["on"] for each in portal.times()) == ["2016-07-01", TODAY]


def test_a_correction_changes_only_what_was_typed(portal: Portal) -> None:
    """Not the minutes of a time that counts for another day, nor one that ends when it begins."""
    for id_, on, length in (("z", LAST, 0), ("y", TODAY, 90)):
        start = MORNING + (0 if length else 600)
        give(portal.space, AddTime(id=id_, staff="marc", on=on, start=start, end=start + length,
                                   note="x"))  # fmt: skip
    before = {each["id"]: (each["on"], each["start"], each["end"]) for each in portal.times()}
    portal.show("staff?person=marc")
    for id_ in ("z", "y"):
        portal.act("time.correct", id=id_)
        portal.answer(reason="Only a word")
    assert {
        each["id"]: (each["on"], each["start"], each["end"]) for each in portal.times()
    } == before
    portal.act("time.correct", id="y")
    assert "It ends when it begins" in portal.answer(**{"from": "09:00", "to": "09:00"}, reason="x")
