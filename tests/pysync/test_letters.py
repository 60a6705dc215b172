"""What was refused is kept, also when its tab is gone, until somebody saw to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pysync import DeadLetter, Draft, Refused, Space, Unknown, UsageError
from pysync.machines.events import Settled
from pysync.model.change import Meta
from pysync.model.decision import Decision
from pysync.model.roles import EVERYTHING, Person, Role
from tests.pysync.house import SCHEMA, House, book, note, put
from tests.pysync.relay.town import Town, meet
from tests.pysync.rig import Device

pytestmark = pytest.mark.req("SRV-05", "SRV-11", "PMS-10")


def letters(space: Space) -> list[tuple[str, str, str]]:
    return [(each.change.id, each.code, each.message) for each in space.dead_letters]


class Taken:
    """A device whose tab `two` booked a room that was taken, and was closed when that was known."""

    def __init__(self) -> None:
        self.device = Device()
        one, two = (self.device.open(name, schema=SCHEMA) for name in ("one", "two"))
        self.device.settle()
        one.run("Book", book("s1", "101"))
        two.run("Book it", book("s2", "101"))
        self.device.settle()
        self.refused = [("two.1", "taken", "the room is taken")]
        assert letters(two) == self.refused
        for space in (one, two):
            space.close()
        self.device.settle()

    def open(self, name: str) -> Space:
        space = self.device.open(name, schema=SCHEMA)
        self.device.settle()
        return space


def test_void_1_a_tab_that_is_opened_later_lists_what_was_refused_before() -> None:
    taken = Taken()
    three = taken.open("three")
    assert letters(three) == taken.refused
    [letter] = three.dead_letters
    assert letter.change.ops[0].fields == {"room": "101"}
    assert letter.change.meta.label == "Book it"
    assert letter.params == {"alternatives": ["102"]}


@pytest.mark.parametrize("way", ["discard", "retry"])
def test_what_was_seen_to_is_listed_in_no_tab_now_or_later(way: str) -> None:
    taken = Taken()
    three, four = taken.open("three"), taken.open("four")
    told: list[str] = []
    four.on_dead_letters(lambda: told.append("four"))
    [letter] = three.dead_letters
    if way == "discard":
        three.discard(letter)
    else:
        three.run("Leave", lambda draft: draft.delete("stays", "s1"))
        taken.device.settle()
        three.retry(letter)
    assert letters(three) == []
    taken.device.settle()
    assert (letters(four), told) == ([], ["four"])
    for space in (three, four):
        space.close()
    taken.device.settle()
    five = taken.open("five")
    assert letters(five) == []
    stays = {"s1": "101"} if way == "discard" else {"s2": "101"}
    assert {stay["id"]: stay["room"] for stay in five.view.all("stays")} == stays


def test_what_a_rule_refuses_again_stays_listed() -> None:
    taken = Taken()
    three = taken.open("three")
    with pytest.raises(Refused, match="the room is taken"):
        three.retry(three.dead_letters[0])
    assert letters(three) == taken.refused


def test_void_1_it_is_found_after_the_relays_state_was_taken_over_with_its_first_reason() -> None:
    town = Town(SCHEMA)
    desk, tablet = town.device(), town.device()
    one, two = town.open(desk, "one"), town.open(tablet, "two")
    for room in ("101", "102", "103"):
        one.run("Book", book(f"a{room}", room))
    at_first = 3
    town.go_offline()
    for room in ("101", "102", "104", "103"):
        two.run("Book it", book(f"b{room}", room))
    desk.ms += 1_000
    meet(town, desk)
    assert town.relay.log[-1].last == at_first
    town.go_online()
    first = letters(two)
    assert [(change_id, code) for change_id, code, _ in first] == [
        ("two.1", "taken"),
        ("two.2", "taken"),
        ("two.4", "taken"),
    ]
    two.discard(two.dead_letters[1])
    town.settle()
    left = [first[0], first[2]]
    for epoch in ("again", "and-again"):
        town.go_offline()
        town.relay.restore(at_first, epoch)
        town.go_online()
        for _ in range(3):
            tablet.pass_time(3_000)
            town.settle()
        later = town.open(tablet, f"later-{epoch}")
        assert letters(later) == left
        assert {stay["id"] for stay in one.view.all("stays")} == {"a101", "a102", "a103", "b104"}
        later.close()
        town.settle()


def test_another_device_cannot_make_a_letter_go_away() -> None:
    town = Town(SCHEMA)
    desk, tablet = town.device(), town.device()
    one, two = town.open(desk, "one"), town.open(tablet, "two")
    town.go_offline()
    one.run("Book", book("a101", "101"))
    two.run("Book it", book("b101", "101"))
    meet(town, desk)
    town.go_online()
    [letter] = two.dead_letters
    three = town.open(tablet, "three")
    meta = Meta(label="Discarded", supersedes=(letter.change.id,))
    one.run("", put(a=1), meta=meta)
    town.settle()
    for space in (two, three):
        assert [each.change.id for each in space.dead_letters] == [letter.change.id]
    three.discard(letter)
    town.settle()
    assert letters(two) == letters(three) == []


def test_one_letter_is_tried_again_once_whoever_tries() -> None:
    town = Town(SCHEMA)
    desk, tablet = town.device(), town.device()
    one = town.open(desk, "one")
    two, beside = town.open(tablet, "two"), town.open(tablet, "beside")
    one.run("Book", book("s1", "101"))
    town.go_offline()
    two.run("Book it", book("s2", "101"))
    town.settle()
    meet(town, desk)
    town.go_online()
    late = town.open(tablet, "late")
    [letter] = late.dead_letters
    one.run("Leave", lambda draft: draft.delete("stays", "s1"))
    town.settle()
    town.go_offline()
    two.retry(letter)
    town.settle()
    for space in (two, beside, late):
        assert letters(space) == [], "also while the relay has not heard of it"
        for way in (space.retry, space.discard):
            with pytest.raises(UsageError, match="no dead letter"):
                way(letter)


def test_what_a_function_wrote_is_not_written_again() -> None:
    house = House()
    house.one.run("", put(n=0))
    house.settle()
    receipt = house.two.run("Count", put(n=1), rerun=True)
    letter = refused(house.two, receipt.change_id)
    with pytest.raises(UsageError, match="function"):
        house.two.retry(letter)


def test_what_would_make_a_record_anew_that_is_there_changes_nothing() -> None:
    house = House()
    receipt = house.two.run("", lambda d: d.create("c", {"id": "y", "f": 1}))
    letter = refused(house.two, receipt.change_id)
    house.settle()
    house.one.run("", lambda d: d.update("c", "y", {"g": 2}))
    house.settle()
    with pytest.raises(Refused, match="by now"):
        house.two.retry(letter)
    assert dict(house.one.view.get("c", "y") or {}) == {"id": "y", "f": 1, "g": 2}


def test_what_somebody_else_wrote_on_the_device_is_not_for_whoever_is_signed_in() -> None:
    town = Town(replace(SCHEMA, roles={"owner": Role(title="Owner", grants={"*": EVERYTHING})}))
    anna, bob = Person("Anna", "owner"), Person("Bob", "owner")
    desk, tablet = town.device(bob), town.device(anna)
    one, two = town.open(desk, "one"), town.open(tablet, "two")
    one.run("Book", book("s1", "101"))
    town.go_offline()
    two.run("Book it", book("s2", "101"))
    meet(town, desk)
    town.go_online()
    assert letters(two) == [("two.1", "taken", "the room is taken")]
    for person, shown in ((bob, 0), (anna, 1)):
        town.go_offline()
        town.sign_in(tablet, person)
        town.go_online()
        assert len(two.dead_letters) == shown


def test_a_function_that_was_run_again_leaves_none() -> None:
    house = House()
    house.one.run("", put(n=0))
    house.settle()

    def count(draft: Draft) -> None:
        draft.update("notes", "n", {"n": (draft.get("notes", "n") or {})["n"] + 1})

    for space in (house.one, house.two):
        space.run("", count, rerun=True)
    house.settle()
    assert note(house.one) == {"n": 2}
    three = house.device.open()
    house.settle()
    assert letters(three) == []


@pytest.mark.parametrize(
    ("write", "then"),
    [
        (lambda d: d.create("c", {"id": "y", "f": {"a": 1}}), {"y": {"f": {"a": 1}}}),
        (lambda d: d.update("c", "x", {"f": {"b": 2}}), {"x": {"f": {"b": 2}, "n": 5, "o": 1}}),
        (lambda d: d.increment("c", "x", "n", 3), {"x": {"f": {"a": 1}, "n": 8, "o": 1}}),
        (lambda d: d.delete("c", "x"), {}),
    ],
)
def test_what_is_tried_again_is_what_was_written_on_what_is_true_now(
    write: Callable[[Draft], None], then: dict[str, object]
) -> None:
    house = House()
    house.one.run("", lambda d: d.create("c", {"id": "x", "f": {"a": 1}, "n": 4}))
    house.settle()
    receipt = house.two.run("Mine", write)
    letter = refused(house.two, receipt.change_id)
    house.two.undo(receipt.change_id)
    house.settle()
    house.one.run("", lambda d: d.update("c", "x", {"n": 5, "o": 1}))
    house.settle()
    house.two.retry(letter)
    house.settle()
    shown = {r["id"]: {k: v for k, v in r.items() if k != "id"} for r in house.one.view.all("c")}
    for rid, fields in then.items():
        assert shown[rid] == fields
    assert bool(then) or not shown


def refused(space: Space, change_id: str) -> DeadLetter:
    """The letter that this change, not decided yet, is if it comes to be refused."""
    change = space.tab.replica.pending[change_id].change
    no = Decision(outcome="refused", code="no", message="no")
    space.take_events([Settled(change, no)])
    return space.dead_letters[-1]


def test_what_changed_a_record_that_is_gone_cannot_be_tried_again() -> None:
    house = House()
    house.one.run("", lambda d: d.create("c", {"id": "x", "f": 1}))
    house.settle()
    receipt = house.two.run("", lambda d: d.update("c", "x", {"f": 2}))
    letter = refused(house.two, receipt.change_id)
    house.settle()
    house.one.run("", lambda d: d.delete("c", "x"))
    house.settle()
    with pytest.raises(Unknown, match="deleted"):
        house.two.retry(letter)
