"""Time tracking: clocking, breaks, corrections, approved weeks; whatever the timing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.errors import InvalidValue, Refused, Unknown
from pysync.model.rights import rights_of
from pysync_pms.calendar import add_days
from pysync_pms.commands import HOTEL, Command, SetSettings, from_json
from pysync_pms.roles import ROLES
from pysync_pms.schema import SCHEMA
from pysync_pms.staffing.guards import judge_time
from pysync_pms.staffing.time_commands import (
    AddTime,
    ClockIn,
    ClockOut,
    CorrectTime,
    SetTimeAside,
    TakeBreak,
)
from pysync_pms.staffing.times import (
    approval_of,
    clocked_in,
    counts,
    hours,
    is_open,
    meet,
    minutes_of,
    monday,
    worked,
)
from pysync_pms.staffing.week_commands import ApproveWeek, ReopenWeek
from pysync_pms.staffing.weeks import weeks_to_approve
from pysync_pms.staffing.words import SHEETS, TIMES
from tests.pms.claims_support import Clerk, clerks
from tests.pms.support import TODAY, deliver_all

pytestmark = pytest.mark.req("PMS-07", "PMS-10")

EIGHT = 29_660_000
"""A morning, in minutes since 1970."""
DAY = "2026-05-24"
"""Of that morning: the hotel's date is another one altogether."""
WEEK = monday(TODAY)


def clock_in(id_: str = "t", staff: str = "marc", at: int = EIGHT, by: str = "") -> ClockIn:
    return ClockIn(id=id_, staff=staff, on=TODAY, at=at, by=by)


def clock_out(staff: str = "marc", at: int = EIGHT + 480, by: str = "") -> ClockOut:
    return ClockOut(staff=staff, at=at, by=by)


def correct(id_: str = "t", by: str = "", start: int = EIGHT, end: int = EIGHT + 60,
            reason: str = "Forgot") -> CorrectTime:  # fmt: skip
    return CorrectTime(id=id_, on=TODAY, start=start, end=end, reason=reason, day=TODAY, by=by)


def week_of_marc(minutes: int, by: str = "") -> ApproveWeek:
    return ApproveWeek(staff="marc", week=WEEK, minutes=minutes, on=TODAY, by=by)


def desk(*commands: Command) -> Clerk:
    """A desk where nobody signs in, after these commands."""
    [made] = clerks("")
    for at, command in enumerate(commands):
        made.give(command, stamp=2 + at)
    return made


def codes(desk: Clerk, command: Command) -> list[str]:
    return [problem.code for problem in command.check(desk.state, TODAY)]


def entry(desk: Clerk, id_: str = "t") -> Any:
    return desk.state.get(TIMES, id_)


def refused(desk: Clerk, command: Command, code: str) -> None:
    """The command tells of it, and the rule refuses who does not ask (CMD-1)."""
    assert code in codes(desk, command)
    with pytest.raises(Refused) as error:
        desk.write(command, stamp=99)
    assert error.value.code == code


def test_a_day_is_clocked_with_its_breaks() -> None:
    here = desk(clock_in(), TakeBreak(staff="marc", at=EIGHT + 100),
                TakeBreak(staff="marc", at=EIGHT + 130, back=True),
                TakeBreak(staff="marc", at=EIGHT + 470), clock_out())  # fmt: skip
    assert worked(entry(here)) == 480 - 30 - 10
    assert clocked_in(here.state, "marc") is None
    assert (minutes_of(here.state, "marc", WEEK), hours(440)) == (440, "7:20")


def test_who_is_clocked_in_is_not_clocked_in_again() -> None:
    """Nor written down for a time that meets another one, by who knows of it."""
    here = desk(clock_in())
    assert codes(here, clock_in("u", at=EIGHT + 5)) == ["clocked-in"]
    here.give(clock_out(), stamp=8)
    assert codes(here, clock_in("u", at=EIGHT + 100)) == ["overlap"]
    assert codes(here, TakeBreak(staff="marc", at=EIGHT + 500)) == ["clocked-out"]
    here.give(clock_in("u", at=EIGHT + 480), stamp=9)
    here.give(clock_in("v", "kofi"), stamp=10)


def test_a_forgotten_end_is_for_a_manager() -> None:
    """TIME-2: with a reason; what is closed changes in no other way."""
    here = desk(clock_in())
    refused(here, clock_out(at=EIGHT + 1_441), "end")
    assert codes(here, correct(reason=" ")) == ["no-reason"]
    here.give(correct(), stamp=8)
    assert (entry(here)["end"], entry(here)["corrected"]) == (EIGHT + 60, 1)
    change = {"end": EIGHT + 90}

    class Secretly(ClockOut):
        def apply(self, draft: Any) -> str:
            draft.update(TIMES, "t", change)
            return "t"

    with pytest.raises(Refused, match="a manager corrects it"):
        here.write(Secretly(staff="marc", at=0), stamp=9)


def test_a_time_that_was_not_clocked_says_why() -> None:
    here = desk()
    late = AddTime(id="a", staff="marc", on=TODAY, start=EIGHT, end=EIGHT + 60)
    assert codes(here, late) == ["no-note"]
    here.give(AddTime(id="a", staff="marc", on=TODAY, start=EIGHT, end=EIGHT + 60, breaks=20,
                      note="Telephone was empty"), stamp=5)  # fmt: skip
    assert worked(entry(here, "a")) == 40
    refused(here, AddTime(id="b", staff="marc", on=TODAY, start=EIGHT + 60, end=EIGHT + 70,
                          breaks=11, note="x"), "break")  # fmt: skip


def test_an_approved_week_is_locked_until_that_is_taken_back() -> None:
    """TIME-3: nothing is added, changed or removed in it."""
    here = desk(clock_in(), clock_out(), week_of_marc(480))
    for command in (clock_in("u", at=EIGHT + 500), correct()):
        refused(here, command, "week-approved")
    with pytest.raises(Refused, match="taken back"):
        here.delete(TIMES, "t", stamp=20)
    here.give(clock_in("v", "kofi"), stamp=21)
    here.give(ReopenWeek(staff="marc", week=WEEK), stamp=22)
    here.give(correct(), stamp=23)


def test_an_approval_is_of_what_is_there() -> None:
    """TIME-4: every entry is closed, and the minutes are their sum."""
    here = desk(clock_in())
    refused(here, week_of_marc(0), "still-open")
    here.give(clock_out(), stamp=8)
    refused(here, week_of_marc(470), "more-since")
    assert codes(here, week_of_marc(480)) == ["not-over"]


def test_an_offline_clock_in_and_an_approval_that_meet_leave_nothing_half_locked() -> None:
    """TIME-3, TIME-4: whichever comes first; what is refused is in its change."""
    given_ = (clock_in(by="ines"), clock_out(by="ines"))
    for first in (0, 1):
        ines, marc = clerks("ines", "marc")
        for at, command in enumerate(given_):
            ines.give(command, stamp=2 + at)
        list(deliver_all(ines))
        marc.sync()
        ines.give(week_of_marc(480, by="ines"), stamp=10)
        marc.give(clock_in("u", at=EIGHT + 600, by="marc"), stamp=11)
        both = (ines, marc) if first == 0 else (marc, ines)
        outcomes = [(each.outcome, each.code) for each in deliver_all(*both)]
        locked = approval_of(ines.leader.state, "marc", WEEK)
        assert (locked is not None) == (first == 0)
        assert outcomes[1] == ("refused", "week-approved" if first == 0 else "still-open")


def met_twice() -> tuple[Clerk, Clerk]:
    """Two phones clocked Marc in while they were offline, and met; one of them clocks him out."""
    one, two = clerks("marc", "ines")
    one.give(clock_in(by="marc"), stamp=10)
    two.give(clock_in("u", at=EIGHT + 3, by="ines"), stamp=11)
    two.give(TakeBreak(staff="marc", at=EIGHT + 60, by="ines"), stamp=12)
    two.give(TakeBreak(staff="marc", at=EIGHT + 90, by="ines", back=True), stamp=13)
    two.give(clock_out(at=EIGHT + 400, by="ines"), stamp=14)
    outcomes = [(each.outcome, each.code) for each in deliver_all(one, two)]
    assert outcomes == [("applied", ""), ("amended", "double"), *[("applied", "")] * 3]
    for each in (one, two):
        each.sync()
    return one, two


def test_what_two_phones_write_of_one_person_is_kept_and_counts_once() -> None:
    """TIME-1: the second counts for nothing, breaks and end and all, until a manager says so."""
    one, two = met_twice()
    assert (entry(one, "u")["double_of"], worked(entry(one, "u"))) == ("t", 400 - 3 - 30)
    assert (clocked_in(one.state, "marc") or {})["id"] == "t", "by the one that counts"
    one.give(clock_out(by="marc"), stamp=20)
    [_] = deliver_all(one)
    two.sync()
    [week] = weeks_to_approve(two.state, add_days(WEEK, 9), "ines")
    assert (week.minutes, week.doubles, week.open) == (480, 1, False)
    refused(two, week_of_marc(480, by="ines"), "double")
    two.give(SetTimeAside(id="u"), stamp=30)
    assert codes(two, SetTimeAside(id="t")) == ["counts"]
    two.give(week_of_marc(480, by="ines"), stamp=31)
    assert {each.outcome for each in deliver_all(two)} == {"applied"}


def test_of_two_times_the_second_may_be_the_right_one() -> None:
    """TIME-1: once the first is corrected it counts, as soon as it is looked at."""
    one, two = met_twice()
    two.give(correct(by="ines", end=EIGHT + 2), stamp=30)
    assert minutes_of(two.state, "marc", WEEK) == 2
    two.give(correct("u", "ines", EIGHT + 3, EIGHT + 400), stamp=31)
    assert (entry(two, "u").get("double_of"), minutes_of(two.state, "marc", WEEK)) == (None, 399)
    refused(two, correct("u", "ines", EIGHT + 1, EIGHT + 400), "overlap")
    refused(two, week_of_marc(2, by="ines"), "more-since")
    assert clocked_in(one.state, "marc") is not None


def test_who_was_clocked_in_twice_leaves_once() -> None:
    one, two = clerks("marc", "ines")
    one.give(clock_in(by="marc"), stamp=10)
    two.give(clock_in("u", at=EIGHT + 3, by="ines"), stamp=11)
    list(deliver_all(one, two))
    one.sync()
    one.give(clock_out(by="marc"), stamp=20)
    assert [each["end"] for each in one.state.all(TIMES)] == [EIGHT + 480] * 2


def test_only_managers_say_which_time_counts() -> None:
    """TIME-1: no device takes the mark away that the relay put on."""
    one, _ = met_twice()
    assert one.edit(TIMES, "u", {"double_of": None}, stamp=40)
    [decided] = deliver_all(one)
    one.sync()
    assert (decided.code, entry(one, "u")["double_of"]) == ("double", "t")
    for role in ROLES:
        rights = rights_of(SCHEMA, role)
        assert rights is not None
        assert rights.may_write(TIMES, "double_of") == (role in ("owner", "manager"))


@pytest.mark.parametrize(
    ("date", "on", "counts_for"),
    [
        (DAY, DAY, DAY),
        (DAY, add_days(DAY, -1), add_days(DAY, -1)),
        (DAY, add_days(DAY, 1), add_days(DAY, 1)),
        (DAY, add_days(DAY, 7), DAY),
        (DAY, add_days(DAY, -7), DAY),
        (add_days(DAY, -4), add_days(DAY, -4), add_days(DAY, -4)),
        (add_days(DAY, -4), add_days(DAY, -7), DAY),
        (add_days(DAY, 7), add_days(DAY, 7), DAY),
        ("2016-08-01", "2016-08-01", "2016-08-01"),
        ("2016-08-01", DAY, DAY),
        ("2016-08-01", "2016-07-01", "2016-08-01"),
        ("2016-08-01", "2030-01-01", "2016-08-01"),
        ("", "2030-01-01", DAY),
    ],
)
def test_a_time_counts_for_the_day_on_which_it_was_worked(
    date: str, on: str, counts_for: str
) -> None:
    """TIME-5: whatever a device says; where the hotel's date is another one altogether, for it."""
    here = desk(SetSettings(id=HOTEL, changes={"business_date": date or None}))
    here.write(ClockIn(id="t", staff="marc", on=on, at=EIGHT), stamp=9)
    assert entry(here)["on"] == counts_for


def test_no_time_gets_into_an_approved_week_by_another_weeks_name() -> None:
    """TIME-5, TIME-3."""
    here = desk(SetSettings(id=HOTEL, changes={"business_date": DAY}))
    week = monday(DAY)
    here.give(ApproveWeek(staff="marc", week=week, minutes=0, on=DAY), stamp=8)
    with pytest.raises(Refused, match="was approved"):
        here.write(ClockIn(id="t", staff="marc", on=add_days(DAY, 14), at=EIGHT), stamp=9)


def test_a_correction_moves_a_time_to_its_day_and_leaves_the_night_where_it_was() -> None:
    """TIME-5: minutes that are put right on the same day leave a working day as it is."""
    here = desk(SetSettings(id=HOTEL, changes={"business_date": "2016-08-01"}))
    here.give(ClockIn(id="t", staff="marc", on="2016-08-01", at=EIGHT), stamp=8)
    here.give(SetSettings(id=HOTEL, changes={"business_date": "2016-08-09"}), stamp=9)
    later = EIGHT + 3 * 1_440
    for stamp, start, day in ((10, EIGHT + 5, "2016-08-01"), (11, later, "2016-08-09")):
        put_right = CorrectTime(id="t", on="2016-08-01", start=start, end=start + 9, reason="x",
                                day="2016-08-09")  # fmt: skip
        here.give(put_right, stamp=stamp)
        assert entry(here)["on"] == day


def test_nobody_approves_their_own_week_or_signs_for_another() -> None:
    """TIME-4."""
    [marc] = clerks("marc")
    marc.give(clock_in(by="marc"), stamp=2)
    marc.give(clock_out(by="marc"), stamp=3)
    refused(marc, week_of_marc(480, by="marc"), "own-time")
    for command in (week_of_marc(480, by="ines"), clock_in("u", at=EIGHT + 500, by="ines")):
        with pytest.raises(Refused, match="by whom"):
            marc.write(command, stamp=4)


@pytest.mark.req("SRV-17")
def test_everybody_clocks_and_only_managers_correct_and_approve() -> None:
    for role in ROLES:
        rights = rights_of(SCHEMA, role)
        assert rights is not None
        manages = role in ("owner", "manager")
        assert rights.may_add(TIMES)
        assert rights.may_write(TIMES, "end")
        assert rights.may_write(TIMES, "reason") == manages
        assert rights.may_remove(TIMES) == rights.may_add(SHEETS) == manages


def test_commands_are_written_down_and_read_back() -> None:
    for command in (clock_in(), clock_out(), correct(), week_of_marc(5), SetTimeAside(id="u"),
                    ReopenWeek(staff="marc", week=WEEK),
                    TakeBreak(staff="marc", at=1, back=True)):  # fmt: skip
        assert from_json(command.to_json()) == command


STEPS = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(("in", "out", "break", "back", "add", "correct", "approve", "reopen",
                         "aside", "meet")),
        st.integers(0, 40),
        st.integers(0, 40),
    ),
    max_size=30,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(STEPS)
def test_whatever_two_devices_do_times_are_disjoint_and_approved_weeks_stay(
    steps: list[Any],
) -> None:
    """TIME-1 to TIME-4: watched after every meeting."""
    people = clerks("ines", "rui")
    for at, (who, what, one, other) in enumerate([*steps, (True, "meet", 0, 0)]):
        desk, by = people[who], people[who].author
        known = sorted(each["id"] for each in desk.state.all(TIMES))
        id_ = known[one % len(known)] if known else "none"
        if what == "meet":
            list(deliver_all(*people[:: 1 if one % 2 else -1]))
            for each in people:
                each.sync()
            _watch(people[0])
            continue
        moment = EIGHT + 10 * one
        minutes = minutes_of(desk.state, "marc", WEEK)
        command: Command = {
            "in": clock_in(f"{by}{at}", at=moment, by=by),
            "out": clock_out(at=moment, by=by),
            "break": TakeBreak(staff="marc", at=moment, by=by),
            "back": TakeBreak(staff="marc", at=moment, by=by, back=True),
            "add": AddTime(id=f"{by}{at}", staff="marc", on=TODAY, start=moment,
                           end=moment + 10 * other, note="x", by=by),
            "correct": correct(id_, by, moment, moment + 10 * other),
            "approve": week_of_marc(minutes, by),
            "reopen": ReopenWeek(staff="marc", week=WEEK),
            "aside": SetTimeAside(id=id_),
        }[what]  # fmt: skip
        wrong = [each for each in command.check(desk.state, TODAY) if each.level == "error"]
        try:
            desk.give(command, stamp=10 + at)
        except (InvalidValue, Refused, Unknown):
            assert wrong, f"{command} was checked and refused all the same (CMD-1)"


def _watch(desk: Clerk) -> None:
    state = desk.leader.state
    every = list(state.all(TIMES))
    found = [each for each in every if counts(each)]
    assert sum(is_open(each) for each in found) <= 1
    for at, one in enumerate(found):
        assert not any(meet(one, other) for other in found[at + 1 :])
    sheet = approval_of(state, "marc", WEEK)
    if sheet is not None:
        assert sheet["minutes"] == sum(worked(each) for each in found)
        assert not any(is_open(each) for each in every)
        assert found == every, "no double is locked in"


def test_nobody_signs_for_another_in_a_time_that_is_added_whole() -> None:
    """TIME-2"""
    added = {"id": "w", "staff": "marc", "on": TODAY, "start": EIGHT, "end": EIGHT + 60}
    for out_by, code in (("marc", "signed"), ("rui", "")):
        wrong = judge_time(desk().state, None, {**added, "in_by": "rui", "out_by": out_by}, "rui")
        assert (wrong.code if wrong else "") == code
