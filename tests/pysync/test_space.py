"""`Space`: commands, undo, refusals, receipts, leadership, and leaving nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import (
    DeadLetter,
    Draft,
    InvalidValue,
    NotDurable,
    Refused,
    Schema,
    SyncedKV,
    Unknown,
    Update,
    UsageError,
)
from pysync.machines.events import Problem
from pysync.ports import StoreFault
from tests.pysync.house import SCHEMA, House, book, note, put
from tests.pysync.rig import Device, outcome


@pytest.fixture
def house() -> House:
    return House()


# -- commands -------------------------------------------------------------------------------------


def test_a_command_is_one_change_and_answers_its_value(house: House) -> None:
    told: list[Update] = []
    house.two.on_change(told.append)

    def move(draft: Draft) -> str:
        draft.create("a", {"id": "1"})
        draft.create("b", {"id": "2", "seen": draft.get("a", "1") is not None})
        return "done"

    receipt = house.one.run("Move", move, author="ann")
    house.settle()
    assert receipt.value == "done"
    assert receipt.applied
    assert house.two.view.get("b", "2") == {"id": "2", "seen": True}
    assert told == [Update(frozenset({("a", "1"), ("b", "2")}), house.one.tab_id)]
    assert told[0].ids("b") == ["2"]


def test_a_command_that_raises_has_done_nothing(house: House) -> None:
    def half(draft: Draft) -> None:
        draft.create("a", {"id": "1"})
        raise KeyError("no")

    begun = len(house.device.said)
    with pytest.raises(KeyError):
        house.one.run("Half", half)
    house.settle()
    assert house.one.view.get("a", "1") is None
    assert len(house.device.said) == begun


def test_a_command_that_writes_nothing_is_no_change(house: House) -> None:
    assert house.one.run("Nothing", lambda _: 5).change_id == ""
    outcome(house.one.run("Nothing", lambda _: None).durable())


@pytest.mark.req("PMS-10")
def test_a_guard_refuses_before_anything_is_applied() -> None:
    house = House(SCHEMA)
    house.one.run("Book", book("s1", "101"))
    with pytest.raises(Refused) as refused:
        house.one.run("Book", book("s2", "101"))
    assert refused.value.code == "taken"
    assert refused.value.params == {"alternatives": ["102"]}
    house.settle()
    assert house.two.view.get("stays", "s2") is None


@pytest.mark.req("SRV-11", "PMS-10")
def test_of_two_that_take_one_room_one_is_rolled_back_and_kept_as_a_dead_letter() -> None:
    house = House(SCHEMA)
    letters: list[tuple[str, DeadLetter]] = []
    house.one.on_refused(lambda letter: letters.append(("one", letter)))
    house.two.on_refused(lambda letter: letters.append(("two", letter)))
    house.one.run("Book", book("s1", "101"))
    house.two.run("Book", book("s2", "101"))
    assert house.two.view.get("stays", "s2") is not None
    house.settle()
    for space in (house.one, house.two):
        assert [stay["id"] for stay in space.view.all("stays")] == ["s1"]
    [(who, letter)] = letters
    assert (who, letter.code, letter.message) == ("two", "taken", "the room is taken")
    assert letter.params == {"alternatives": ["102"]}
    assert letter.change.ops[0].fields == {"room": "101"}
    assert house.two.dead_letters == [letter]
    assert house.one.dead_letters == []


def test_an_atomic_command_that_would_lose_a_part_is_refused_whole() -> None:
    house = House(Schema(strategy="first-write-wins"))
    house.one.run("", put(a=1, b=1))
    house.settle()
    house.one.run("First", put(b=3), atomic=False)
    house.device.pass_time(10, settle=False)
    house.two.run("Whole", put(a=2, b=2))
    house.settle()
    assert note(house.one) == note(house.two) == {"a": 1, "b": 3}
    [letter] = house.two.dead_letters
    assert (letter.code, letter.params) == ("concurrent", {"lost": ["notes/n/b"]})
    house.one.run("First", put(b=4), atomic=False)
    house.device.pass_time(10, settle=False)
    house.two.run("In parts", put(a=5, b=5), atomic=False)
    house.settle()
    assert note(house.one) == note(house.two) == {"a": 5, "b": 4}


def test_nothing_is_written_before_the_state_is_loaded(house: House) -> None:
    late = house.device.open(start=False)
    with pytest.raises(UsageError, match="not open yet"):
        late.run("", put(a=1))
    assert not late.is_ready
    told: list[bool] = []
    late.when_ready(lambda: told.append(late.is_ready))
    house.device.hosts[-1].start()
    assert told == [True]
    assert outcome(late.ready()) is late
    late.when_ready(lambda: told.append(True))
    assert told == [True, True]


# -- receipts -------------------------------------------------------------------------------------


@pytest.mark.req("TAB-15")
def test_durable_is_kept_when_the_store_has_it(house: House) -> None:
    receipt = house.one.run("", put(a=1))
    pledge = house.one.durable(receipt.change_id)
    assert pledge.done()
    assert len(house.device.disk.log) == 1
    outcome(receipt.durable())


@pytest.mark.req("TAB-15")
def test_a_full_disk_breaks_durable_says_so_and_recovers(house: House) -> None:
    told: list[Problem] = []
    house.one.on_problem(told.append)
    house.host.memory.fault = StoreFault("full", "quota")
    receipt = house.one.run("", put(a=1))
    with pytest.raises(NotDurable) as error:
        outcome(receipt.durable())
    assert error.value.reason == "full"
    assert [(p.kind, p.detail) for p in told] == [("not-saved", "full")]
    status = house.one.status()
    assert (status.unsaved, status.problem) == (1, "full")
    house.settle()
    assert note(house.two) == {"a": 1}, "shown and told all the same"
    house.host.memory.fault = None
    for _ in range(3):
        house.device.beat()
    outcome(receipt.durable())
    status = house.one.status()
    assert (status.unsaved, status.problem, status.pending) == (0, "", 0)


def test_what_is_awaited_breaks_when_the_store_refuses(house: House) -> None:
    answers: list[Any] = []
    house.host.memory.append = lambda *args: answers.append(args[-1])  # type: ignore[method-assign]
    pledge = house.one.durable(house.one.run("", put(a=1)).change_id)
    assert not pledge.done()
    answers[0](StoreFault("full"))
    assert pledge.done()
    with pytest.raises(NotDurable):
        outcome(pledge)


def test_only_own_changes_can_be_awaited(house: House) -> None:
    for change_id in ("", "x", house.two.tab_id + ".1", house.one.tab_id + ".x"):
        with pytest.raises(Unknown):
            house.one.durable(change_id)


def test_closing_breaks_what_is_awaited(house: House) -> None:
    house.host.memory.append = lambda *_: None  # type: ignore[method-assign]
    receipt = house.one.run("", put(a=1))
    pledge = house.one.durable(receipt.change_id)
    assert not pledge.done()
    house.one.close()
    with pytest.raises(NotDurable) as error:
        outcome(pledge)
    assert error.value.reason == "closed"


# -- being told -----------------------------------------------------------------------------------


def test_a_listener_that_fails_keeps_nothing_from_going_on(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: Any) -> None:
        raise RuntimeError("mine")

    told: list[Any] = []
    problems: list[Problem] = []
    house.two.on_change(broken)
    house.two.on_change(told.append)
    house.two.on_problem(broken)
    house.two.on_problem(problems.append)
    house.one.run("", put(a=1))
    house.settle()
    assert len(told) == 1
    assert [problem.kind for problem in problems] == ["function-failed"]
    assert "RuntimeError: mine" in capsys.readouterr().err
    receipt = house.two.run("", put(a=2))
    assert house.two.durable(receipt.change_id).done()


def test_a_listener_may_write(house: House) -> None:
    def answer(update: Update) -> None:
        if update.source and note(house.two) == {"a": 1}:
            house.two.run("", put(b=2))

    house.two.on_change(answer)
    house.one.run("", put(a=1))
    house.settle()
    assert note(house.one) == {"a": 1, "b": 2}


def test_the_status_is_told_when_everything_is_decided(house: House) -> None:
    told: list[int] = []
    house.two.on_status(lambda status: told.append(status.pending))
    house.one.run("", put(a=1))
    house.settle()
    assert told[-1] == 0
    assert house.two.status().seq == 1


@pytest.mark.req("TAB-16")
def test_what_is_foreign_is_dropped_counted_and_told(house: House) -> None:
    told: list[Problem] = []
    house.one.on_problem(told.append)
    for text in ("", "{}", "[1]", '[1,"state-update","x",1,[1,[[]]]]'):
        house.host.member.heard(text)
    assert [problem.kind for problem in told] == ["foreign"] * 4
    assert house.one.problems == told
    assert house.one.tab.inbox.dropped == 4
    for _ in range(200):
        house.host.member.heard("")
    assert len(house.one.problems) == 100


@pytest.mark.req("TAB-03")
def test_tabs_and_status(house: House) -> None:
    assert {info.id for info in house.one.tabs()} == {house.one.tab_id, house.two.tab_id}
    status = house.two.status()
    assert status.ready
    assert (status.tabs, status.leader, status.is_leader) == (2, house.one.tab_id, False)
    assert (status.pending, status.unsaved, status.conflicts, status.problem) == (0, 0, 0, "")
    assert house.one.name == "rig"


def test_conflicts_that_wait_and_those_that_are_settled(house: House) -> None:
    house.one.run("", put(a=1))
    house.settle()
    house.one.run("", put(a=2), atomic=False)
    house.device.pass_time(5, settle=False)
    house.two.run("", put(a=3), atomic=False)
    house.settle()
    for space in (house.one, house.two):
        assert note(space) == {"a": 3}
        assert space.conflicts() == []
        [conflict] = space.conflicts(settled=True)
        assert (conflict.shown.value, conflict.other.value) == (3, 2)


# -- leadership -----------------------------------------------------------------------------------


@pytest.mark.req("TAB-08")
def test_leader_tasks_run_in_one_tab_and_move_with_the_lead(house: House) -> None:
    running: list[str] = []

    def task(name: str) -> Any:
        def begin() -> Any:
            running.append(name)
            return lambda: running.remove(name)

        return begin

    stop_one = house.one.on_leader(task("one"))
    house.two.on_leader(task("two"))
    assert running == ["one"]
    house.two.force_leader()
    house.settle()
    assert running == ["two"]
    assert (house.one.is_leader, house.two.is_leader) == (False, True)
    stop_one()
    house.two.close()
    house.settle()
    assert house.one.is_leader
    assert running == [], "closing ends the task, and the other was taken off"
    house.one.on_leader(lambda: running.append("no end"))
    assert running == ["no end"]
    stop = house.one.on_leader(task("again"))
    assert running == ["no end", "again"]
    stop()
    assert running == ["no end"]


# -- life -----------------------------------------------------------------------------------------


@pytest.mark.req("TAB-12")
def test_close_leaves_nothing_and_says_so() -> None:
    device = Device()
    for _ in range(100):
        space = device.open()
        with space:
            space.on_change(print)
            space.on_leader(lambda: None)
            space.run("", put(a=1))
        space.close()
    assert device.members == []
    assert not any(device.locks.values())
    assert not any(host.timers.due for host in device.hosts)
    assert not any(host.tab.take_effects() for host in device.hosts)
    for call in (
        lambda: space.run("", put(a=2)),
        lambda: space.broadcast("x"),
        lambda: space.on_change(print),
        space.request_state,
        lambda: SyncedKV("a", 0, space=space).set(1),
    ):
        with pytest.raises(UsageError, match="closed"):
            call()


def test_a_change_made_just_before_close_is_not_lost(house: House) -> None:
    for n in range(5):
        house.one.run("", put(a=n))
    house.one.close()
    house.settle()
    assert note(house.two) == {"a": 4}
    assert note(house.device.open()) == {"a": 4}


def test_values_that_do_not_fit_name_the_place(house: House) -> None:
    with pytest.raises(InvalidValue, match="notes/n/a/b/1"):
        house.one.run("", put(a={"b": [1, {2}]}))


def test_one_function_that_waits_twice_is_stopped_once_at_a_time() -> None:
    told: list[object] = []
    space = Device().open()
    first, second = space.on_change(told.append), space.on_change(told.append)
    first()
    first()
    space.run("", put(a=1))
    assert len(told) == 1, "the other one waits still"
    second()
    space.run("", put(a=2))
    assert len(told) == 1
