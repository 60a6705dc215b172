"""Undo of an own change: what others changed since stays (SRV-10)."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import CollectionSchema, Field, InvalidValue, Refused, Schema, Unknown
from pysync.undo import RECENT
from tests.pysync.fields import FIELDS
from tests.pysync.house import SCHEMA, House, book, note, put
from tests.pysync.rig import Device

pytestmark = pytest.mark.req("SRV-10")


@pytest.fixture
def house() -> House:
    return House()


def test_undo_takes_back_what_was_done_and_nothing_else(house: House) -> None:
    house.one.run("", put(a=1, b=1))
    change = house.one.run("Edit", put(a=2, b=2)).change_id
    house.settle()
    house.two.run("Other", put(b=3, c=3))
    house.settle()
    assert house.one.can_undo(change)
    house.one.undo(change)
    house.settle()
    assert note(house.one) == note(house.two) == {"a": 1, "b": 3, "c": 3}


def test_undo_of_creating_and_deleting(house: House) -> None:
    created = house.one.run("", put(a=1)).change_id
    deleted = house.one.run("", lambda draft: draft.delete("notes", "n")).change_id
    house.one.undo(deleted)
    assert note(house.one) == {"a": 1}
    house.settle()
    assert note(house.two) == {"a": 1}
    house.one.run("", lambda draft: draft.delete("notes", "n"))
    with pytest.raises(Refused, match="nothing is left to undo"):
        house.one.undo(created)
    again = house.one.run("", put(a=2)).change_id
    house.one.undo(again)
    house.settle()
    assert note(house.one) is None
    assert note(house.two) is None


def test_undo_can_be_undone(house: House) -> None:
    house.one.run("", put(a=1))
    edit = house.one.run("", put(a=2)).change_id
    undone = house.one.undo(edit).change_id
    assert note(house.one) == {"a": 1}
    house.one.undo(undone)
    assert note(house.one) == {"a": 2}


def test_undo_of_what_others_replaced_is_refused(house: House) -> None:
    house.one.run("", put(a=1))
    change = house.one.run("", put(a=2)).change_id
    house.settle()
    house.two.run("", put(a=3))
    house.settle()
    with pytest.raises(Refused) as refused:
        house.one.undo(change)
    assert refused.value.code == "changed-since"
    assert note(house.one) == {"a": 3}


def test_undo_of_creating_what_others_went_on_with_is_refused(house: House) -> None:
    change = house.one.run("", put(a=1)).change_id
    house.settle()
    house.two.run("", put(b=1))
    house.settle()
    with pytest.raises(Refused):
        house.one.undo(change)
    assert note(house.one) == {"a": 1, "b": 1}


def test_undo_knows_recent_changes_of_this_tab_only(house: House) -> None:
    first = house.one.run("", put(a=0)).change_id
    for n in range(RECENT):
        last = house.one.run("", put(a=n + 1)).change_id
    assert not house.one.can_undo(first)
    assert house.one.can_undo(last)
    house.settle()
    for unknown in (first, house.two.tab_id + ".1", "x"):
        with pytest.raises(Unknown):
            house.one.undo(unknown)


def test_undo_obeys_guards() -> None:
    house = House(SCHEMA)
    house.one.run("", book("s1", "101"))
    moved = house.one.run("", lambda d: d.update("stays", "s1", {"room": "102"})).change_id
    house.one.run("", book("s2", "101"))
    with pytest.raises(Refused, match="taken"):
        house.one.undo(moved)


def test_a_lone_tab_without_a_store_can_undo_what_was_decided_at_once() -> None:
    device = Device()
    space = device.open(schema=Schema())
    space.tab.shared = False
    space.tab.ledger._shared = space.tab.books._shared = False
    space.run("", put(a=1))
    change = space.run("", put(a=2)).change_id
    space.undo(change)
    assert note(space) == {"a": 1}


MANY = Schema(
    collections={
        "c": CollectionSchema(
            name="c",
            fields={**FIELDS, "least": Field(kind="counter", minimum=0)},
        )
    }
)


class Pair(House):
    """Two tabs on one record with numbers, a set and a list."""

    def __init__(self) -> None:
        super().__init__(MANY)
        lines = [{"id": "1", "q": 1}]
        self.one.run(
            "",
            lambda d: d.create(
                "c", {"id": "r", "n": 10, "tags": ["x"], "lines": lines, "least": 3}
            ),
        )
        self.settle()

    def record(self) -> dict[str, Any]:
        """What both tabs show."""
        self.settle()
        self.device.beat()
        one, two = (space.view.get("c", "r") for space in (self.one, self.two))
        assert one == two
        return dict(one or {})


@pytest.mark.req("SRV-24")
@pytest.mark.parametrize("when", ["before", "in the same moment", "after"])
def test_undo_1_of_an_increment_only_its_own_amount_is_taken_back(when: str) -> None:
    pair = Pair()
    if when == "before":
        pair.two.run("", lambda d: d.increment("c", "r", "n", 100))
        pair.settle()
    mine = pair.one.run("", lambda d: d.increment("c", "r", "n", 5)).change_id
    if when == "after":
        pair.settle()
    if when != "before":
        pair.two.run("", lambda d: d.increment("c", "r", "n", 100))
    assert pair.record()["n"] == 115
    undone = pair.one.undo(mine).change_id
    assert pair.record()["n"] == 110
    pair.one.undo(undone)
    assert pair.record()["n"] == 115


def test_undo_1_what_an_increment_left_that_would_not_fit_any_more_is_refused() -> None:
    pair = Pair()
    mine = pair.one.run("", lambda d: d.increment("c", "r", "least", 5)).change_id
    pair.settle()
    pair.two.run("", lambda d: d.update("c", "r", {"least": 2}))
    pair.settle()
    with pytest.raises(InvalidValue, match="below 0"):
        pair.one.undo(mine)
    assert pair.record()["least"] == 2


@pytest.mark.req("SRV-24")
def test_undo_1_of_a_set_only_its_own_elements_are_taken_back() -> None:
    pair = Pair()
    mine = pair.one.run("", lambda d: d.update("c", "r", {"tags": ["a", "b"]})).change_id
    pair.two.run("", lambda d: d.add("c", "r", "tags", "theirs"))
    pair.settle()
    pair.two.run("", lambda d: (d.remove("c", "r", "tags", "b"), d.add("c", "r", "tags", "b")))
    assert pair.record()["tags"] == ["a", "b", "theirs"]
    pair.one.undo(mine)
    assert pair.record()["tags"] == ["b", "theirs", "x"]


@pytest.mark.req("SRV-24")
def test_undo_1_an_item_that_others_went_on_with_stays_whole() -> None:
    pair = Pair()
    new = [{"id": "1", "q": 5}, {"id": "2", "q": 2}, {"id": "3", "q": 3}]
    mine = pair.one.run("", lambda d: d.update("c", "r", {"lines": new})).change_id
    pair.settle()
    theirs = [*new[:1], {"id": "2", "q": 2, "note": "theirs"}, *new[2:]]
    pair.two.run("", lambda d: d.update("c", "r", {"lines": theirs}))
    pair.settle()
    pair.one.undo(mine)
    assert pair.record()["lines"] == [{"id": "1", "q": 1}, {"id": "2", "q": 2, "note": "theirs"}]


@pytest.mark.req("SRV-24")
def test_undo_1_a_leaf_that_was_taken_out_of_an_item_comes_back() -> None:
    pair = Pair()
    mine = pair.one.run("", lambda d: d.update("c", "r", {"lines": [{"id": "1"}]})).change_id
    pair.settle()
    moved = [{"id": "0"}, {"id": "1"}]
    pair.two.run("", lambda d: d.update("c", "r", {"lines": moved}))
    pair.settle()
    pair.one.undo(mine)
    assert pair.record()["lines"] == [{"id": "0"}, {"id": "1", "q": 1}]


@pytest.mark.req("SRV-24")
def test_undo_1_an_item_that_was_removed_comes_back_unless_others_made_it_anew() -> None:
    for anew in (False, True):
        pair = Pair()
        mine = pair.one.run("", lambda d: d.update("c", "r", {"lines": []})).change_id
        pair.settle()
        if anew:
            again = [{"id": "1", "note": "theirs"}]
            pair.two.run("", lambda d, again=again: d.update("c", "r", {"lines": again}))
            pair.settle()
            with pytest.raises(Refused, match="nothing is left"):
                pair.one.undo(mine)
            assert pair.record()["lines"] == again
        else:
            pair.one.undo(mine)
            assert pair.record()["lines"] == [{"id": "1", "q": 1}]
