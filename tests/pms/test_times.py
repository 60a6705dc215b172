"""Time tracking: clocking, breaks, corrections, approved weeks; whatever the timing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync.errors import InvalidValue, Refused, Unknown
from pysync.model.rights import rights_of
from pysync_pms.commands import Command, from_json
from pysync_pms.roles import ROLES
from pysync_pms.schema import SCHEMA
from pysync_pms.staffing.guards import judge_time
from pysync_pms.staffing.time_commands import AddTime, ClockIn, ClockOut, CorrectTime, TakeBreak
from pysync_pms.staffing.times import (
    approval_of,
    clocked_in,
    hours,
    is_open,
    meet,
    minutes_of,
    monday,
    worked,
)
from pysync_pms.staffing.week_commands import ApproveWeek, ReopenWeek
from pysync_pms.staffing.words import SHEETS, TIMES
from tests.pms.claims_support import Clerk, clerks
from tests.pms.support import TODAY, deliver_all

pytestmark = pytest.mark.req("PMS-07", "PMS-10")

EIGHT = 29_660_000
"""A morning, in minutes since 1970."""
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
    """TIME-1: nor written down for a time that meets another one."""
    here = desk(clock_in())
    refused(here, clock_in("u", at=EIGHT + 5), "clocked-in")
    here.give(clock_out(), stamp=8)
    refused(here, clock_in("u", at=EIGHT + 100), "overlap")
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


def test_two_phones_that_clock_in_one_person_offline_clock_them_in_once() -> None:
    """TIME-1: the second is told, with what it wrote."""
    one, two = clerks("marc", "desk")
    one.give(clock_in(by="marc"), stamp=10)
    two.give(clock_in("u", at=EIGHT + 3, by="desk"), stamp=11)
    _, second = deliver_all(one, two)
    assert (second.outcome, second.code) == ("refused", "clocked-in")
    assert second.params["time"] == "t"


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
    for command in (clock_in(), clock_out(), correct(), week_of_marc(5), ReopenWeek(
            staff="marc", week=WEEK), TakeBreak(staff="marc", at=1, back=True)):  # fmt: skip
        assert from_json(command.to_json()) == command


STEPS = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(("in", "out", "break", "back", "add", "correct", "approve", "reopen",
                         "meet")),
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
        }[what]  # fmt: skip
        wrong = [each for each in command.check(desk.state, TODAY) if each.level == "error"]
        try:
            desk.give(command, stamp=10 + at)
        except (InvalidValue, Refused, Unknown):
            assert wrong, f"{command} was checked and refused all the same (CMD-1)"


def _watch(desk: Clerk) -> None:
    state = desk.leader.state
    found = list(state.all(TIMES))
    assert sum(is_open(each) for each in found) <= 1
    for at, one in enumerate(found):
        assert not any(meet(one, other) for other in found[at + 1 :])
    sheet = approval_of(state, "marc", WEEK)
    if sheet is not None:
        assert sheet["minutes"] == sum(worked(each) for each in found)
        assert not any(is_open(each) for each in found)


def test_nobody_signs_for_another_in_a_time_that_is_added_whole() -> None:
    """TIME-2"""
    added = {"id": "w", "staff": "marc", "on": TODAY, "start": EIGHT, "end": EIGHT + 60}
    for out_by, code in (("marc", "signed"), ("rui", "")):
        wrong = judge_time(desk().state, None, {**added, "in_by": "rui", "out_by": out_by}, "rui")
        assert (wrong.code if wrong else "") == code
