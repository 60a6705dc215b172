"""Undo of an own change: what others changed since stays (SRV-10)."""

from __future__ import annotations

import pytest

from pysync import Refused, Schema, Unknown
from pysync.space import RECENT
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
    space.tab.ledger._shared = False
    space.run("", put(a=1))
    change = space.run("", put(a=2)).change_id
    space.undo(change)
    assert note(space) == {"a": 1}
