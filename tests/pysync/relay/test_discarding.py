"""What waits for the relay, sent anew or given up by a person: nothing twice, nothing lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pysync.errors import Refused, UsageError
from pysync.machines import books, outcomes
from pysync.machines.stragglers import SELDOM
from pysync.model.roles import Person
from pysync.space import Space
from tests.pysync.relay.town import Town
from tests.pysync.rig import Device

pytestmark = pytest.mark.req("SRV-12", "SRV-05")


class House:
    """A device of two tabs, and another one, with a counter that they share."""

    def __init__(self) -> None:
        self.town = Town()
        self.device = self.town.device()
        self.desk, self.second = (self.town.open(self.device, n) for n in ("desk", "second"))
        self.other = self.town.open(self.town.device(), "other")
        self.desk.run("", lambda d: d.create("c", {"id": "r", "n": 0}))
        self.town.settle()

    def add(self, space: Space, by: int) -> None:
        """Each in a task of its own."""
        space.run(f"Add {by}", lambda d: d.increment("c", "r", "n", by))
        self.device.settle()

    def arrive(self) -> None:
        """All that is under way, also what has to be asked for."""
        for _ in range(3):
            self.town.pass_time(60_000)

    def counts(self) -> list[int]:
        return [count(space) for space in (self.desk, self.second, self.other)]


def count(space: Space) -> int:
    found: Any = (space.view.get("c", "r") or {})["n"]
    return int(found)


def labels(space: Space) -> list[str]:
    return [letter.change.meta.label for letter in space.dead_letters]


@pytest.mark.parametrize("by", ["desk", "second"])
def test_outcome_2_what_is_given_up_is_taken_back_everywhere_and_never_sent(by: str) -> None:
    house = House()
    house.town.go_offline()
    house.add(house.desk, 1)
    house.add(house.second, 10)
    assert {"desk": house.desk, "second": house.second}[by].discard_waiting() == 2
    house.town.settle()
    assert house.counts() == [0, 0, 0]
    for space in (house.desk, house.second):
        assert space.status().pending == 0 and not space.tab.replica.under
    assert labels(house.desk) == ["Add 1"] and labels(house.second) == ["Add 10"]
    assert {letter.code for letter in house.desk.dead_letters} == {"discarded"}
    house.add(house.desk, 100)
    house.town.go_online()
    assert house.counts() == [100, 100, 100]


def test_outcome_2_it_stays_given_up_for_tabs_that_come_later_and_is_listed_there() -> None:
    house = House()
    house.town.go_offline()
    house.add(house.desk, 1)
    house.add(house.second, 10)
    house.desk.discard_waiting()
    for _ in range(3):
        house.town.pass_time(1_000)
    for space in (house.desk, house.second):
        space.close()
    late = house.town.open(house.device, "late")
    house.town.go_online()
    assert count(late) == count(house.other) == 0
    assert sorted(labels(late)) == ["Add 1", "Add 10"]


def test_outcome_2_however_much_is_given_up_a_new_leader_does_not_find_it_in_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(books, "REJECTED", 1)
    monkeypatch.setattr(outcomes, "LOT", 2)
    house = House()
    house.town.go_offline()
    for n in range(5):
        house.add(house.desk, n + 1)
    house.desk.discard_waiting()
    house.town.settle()
    house.second.force_leader()
    house.town.go_online()
    for _ in range(3):
        house.town.pass_time(1_000)
    assert house.counts() == [0, 0, 0] and len(house.desk.dead_letters) == 5


def test_outcome_2_who_missed_that_it_was_given_up_is_told_again() -> None:
    house = House()
    house.town.go_offline()
    house.add(house.second, 10)
    house.desk.discard_waiting()
    for member in house.device.members:
        member.waiting.clear()
    assert house.second.status().pending == 1
    for _ in range(SELDOM):
        house.town.pass_time(1_000)
    assert house.second.status().pending == 0 and labels(house.second) == ["Add 10"]


def test_outcome_2_what_the_relay_had_already_happened_and_is_no_letter() -> None:
    """The entry was on its way when the connection broke."""
    house = House()
    house.add(house.desk, 1)
    house.town.settle(commits=False)
    assert house.desk.status().pending == 1
    house.town.go_offline()
    house.town.relay.commit()
    assert house.desk.discard_waiting() == 1
    house.town.settle()
    [letter] = house.desk.dead_letters
    assert count(house.desk) == 0
    with pytest.raises(Refused, match="not before the server says"):
        house.desk.retry(letter)
    house.town.go_online()
    assert house.counts() == [1, 1, 1]
    assert house.desk.dead_letters == []
    for _ in range(3):
        house.town.pass_time(1_000)
    late = house.town.open(house.device, "late")
    assert late.dead_letters == [] and count(late) == 1
    assert late.status().problem == "" and not late.problems


def test_outcome_2_what_is_under_way_when_it_is_given_up_comes_back_when_it_arrives() -> None:
    house = House()
    house.add(house.desk, 1)
    house.town.settle(commits=False)
    house.desk.discard_waiting()
    house.arrive()
    assert house.counts() == [1, 1, 1]
    assert house.desk.dead_letters == [] and house.desk.status().relay == "online"


def test_a_letter_of_what_was_given_up_can_be_tried_again_once_the_relay_answers() -> None:
    house = House()
    house.town.go_offline()
    house.add(house.desk, 1)
    house.desk.discard_waiting()
    house.town.go_online()
    house.desk.retry(house.desk.dead_letters[0])
    house.town.settle()
    assert house.counts() == [1, 1, 1] and house.desk.dead_letters == []


@pytest.mark.req("SRV-16")
def test_what_somebody_else_made_here_is_not_given_up() -> None:
    town = Town()
    device = town.device(Person("Ada", "all"))
    desk = town.open(device, "desk")
    town.settle()
    town.go_offline()
    desk.run("Ada's", lambda d: d.create("c", {"id": "a"}))
    device.settle()
    town.sign_in(device, Person("Bo", "all"))
    town.go_online()
    town.go_offline()
    desk.run("Bo's", lambda d: d.create("c", {"id": "b"}))
    device.settle()
    assert desk.discard_waiting() == 1
    assert [each.label for each in desk.waiting()] == ["Ada's"]


def test_what_waits_can_be_read_whole_before_it_is_given_up() -> None:
    house = House()
    house.town.go_offline()
    house.add(house.desk, 1)
    house.add(house.second, 10)
    rows = json.loads(house.desk.waiting_text())
    assert [row["label"] for row in rows] == ["Add 1", "Add 10"]
    assert rows[1]["ops"] == [["+", "c", "r", {"n": 10}, ""]]


@pytest.mark.parametrize("by", ["desk", "second"])
def test_to_send_again_is_a_new_connection_with_everything_and_nothing_twice(by: str) -> None:
    house = House()
    house.add(house.desk, 1)
    house.town.settle(commits=False)
    dialed = house.town.dialed
    house.town.relay.restart()  # What was pushed is gone, and nobody was told.
    {"desk": house.desk, "second": house.second}[by].push_again()
    house.other.push_again()
    for _ in range(5):
        house.town.pass_time(1_000)
    assert house.town.dialed > dialed
    assert house.counts() == [1, 1, 1]
    assert house.desk.status().pending == 0


def test_nothing_is_sent_again_while_syncing_is_paused_nor_without_a_relay() -> None:
    house = House()
    house.desk.pause_sync()
    dialed = house.town.dialed
    house.desk.push_again()
    house.town.settle()
    assert house.town.dialed == dialed and house.desk.status().relay == "paused"
    alone = Device().open("alone")
    alone.run("", lambda d: d.create("c", {"id": "r"}))
    alone.push_again()
    assert alone.discard_waiting() == 0


def give_up_what_the_relay_has(house: House) -> None:
    """Its entry was on its way when the connection broke."""
    house.add(house.desk, 1)
    house.town.settle(commits=False)
    house.town.go_offline()
    house.town.relay.commit()
    house.desk.discard_waiting()
    house.town.settle()


def test_outcome_2_what_came_back_is_sent_again_when_the_relay_loses_it() -> None:
    house = House()
    before = len(house.town.relay.log)
    house.add(house.desk, 1)
    house.town.settle(commits=False)
    house.desk.discard_waiting()
    house.arrive()
    assert house.counts() == [1, 1, 1]
    house.town.relay.restore(before, "restored")
    house.town.go_offline()
    house.town.go_online()
    house.arrive()
    assert house.counts() == [1, 1, 1]


def test_outcome_2_what_came_back_in_a_state_that_was_taken_over_is_no_letter() -> None:
    house = House()
    relay = house.town.relay
    relay.machine._snapshots._every = 1
    give_up_what_the_relay_has(house)
    [letter] = house.desk.dead_letters
    for _ in range(40):
        relay.wait(1_000)
    relay.clean_up()
    house.town.go_online()
    house.town.pass_time(1_000)
    assert house.counts() == [1, 1, 1]
    late = house.town.open(house.device, "late")
    for space in (house.desk, house.second, late):
        assert space.dead_letters == []
        with pytest.raises(UsageError):
            space.retry(letter)


@pytest.mark.parametrize("by", ["desk", "second"])
def test_what_was_given_up_is_not_tried_again_before_the_missing_entries_came(by: str) -> None:
    house = House()
    give_up_what_the_relay_has(house)
    space = {"desk": house.desk, "second": house.second}[by]
    house.town.relay.holds_reads = True
    house.town.go_online()
    assert space.status().relay == "online"
    [letter] = house.desk.dead_letters
    with pytest.raises(Refused, match="not before the server says"):
        space.retry(letter)
    house.town.relay.holds_reads = False
    house.town.relay.run()
    house.town.relay.read()
    house.arrive()
    assert house.counts() == [1, 1, 1] and space.dead_letters == []


@pytest.mark.parametrize("by", ["desk", "second"])
def test_what_was_given_up_under_way_is_not_tried_again_before_it_is_answered(by: str) -> None:
    house = House()
    space = {"desk": house.desk, "second": house.second}[by]
    house.add(space, 1)
    house.town.settle(commits=False)
    space.discard_waiting()
    house.device.settle()
    [letter] = space.dead_letters
    with pytest.raises(Refused, match="not before the server says"):
        space.retry(letter)
    house.arrive()
    assert house.counts() == [1, 1, 1] and space.dead_letters == []
    house.add(space, 10)
    house.town.settle(commits=False)
    house.town.relay.restart()
    space.discard_waiting()
    house.town.go_offline()
    house.town.go_online()
    house.arrive()
    [letter] = space.dead_letters
    space.retry(letter)
    house.arrive()
    assert house.counts() == [11, 11, 11] and space.dead_letters == []


def test_what_was_tried_again_and_given_up_once_more_is_one_letter() -> None:
    house = House()
    house.town.go_offline()
    house.add(house.desk, 1)
    house.desk.discard_waiting()
    house.arrive()
    late = house.town.open(house.device, "late")
    assert labels(late) == ["Add 1"]
    house.town.go_online()
    house.town.pass_time(1_000)
    house.desk.retry(house.desk.dead_letters[0])
    house.device.settle()
    house.town.go_offline()
    house.town.relay.restart()  # It never had it.
    house.desk.discard_waiting()
    house.town.settle()
    assert labels(house.desk) == ["Add 1"] and late.dead_letters == []
    house.town.go_online()
    for space in (house.desk, late):
        for letter in space.dead_letters:
            space.retry(letter)
        house.device.settle()
    house.arrive()
    assert house.counts() == [1, 1, 1]


def test_what_was_tried_again_given_up_and_came_back_leaves_no_letter_of_the_first() -> None:
    house = House()
    house.town.go_offline()
    house.add(house.desk, 1)
    house.desk.discard_waiting()
    house.arrive()
    house.town.go_online()
    house.desk.retry(house.desk.dead_letters[0])
    for _ in range(5):
        house.device.beat(1_000)
        house.town.settle(commits=False)
    assert house.desk.discard_waiting() == 1
    house.arrive()
    assert house.counts() == [1, 1, 1]
    assert house.town.open(house.device, "late").dead_letters == []
