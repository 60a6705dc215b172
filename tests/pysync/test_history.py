"""Every version of a record, who made it, and how to get it back (SRV-10)."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import Collection, NotDurable, Schema, Space
from pysync.history import Version, fold
from pysync.machines.batches import encode_batch
from pysync.machines.rounds import UNREADABLE, encode_special
from pysync.model.change import Change, Op, Ref
from pysync.ports import DecidedRow, StoreFault
from tests.pysync.house import SCHEMA
from tests.pysync.kit import WALL, mark
from tests.pysync.rig import EPOCH, Device, outcome

pytestmark = pytest.mark.req("SRV-10")


def history(space: Space, rid: str = "101") -> list[Version]:
    async def ask() -> list[Version]:
        return await space.history("rooms", rid)

    return outcome(ask())


class House:
    def __init__(self, schema: Schema | None = None) -> None:
        self.device = Device()
        self.one, self.two = (self.device.open(schema=schema) for _ in range(2))
        self.rooms = Collection("rooms", space=self.one)
        self.others = Collection("rooms", space=self.two)
        self.settle()

    def settle(self) -> None:
        self.device.settle()


@pytest.fixture
def house() -> House:
    return House()


def test_every_version_says_who_when_and_what(house: House) -> None:
    house.one.run("Build", lambda d: d.create("rooms", {"id": "101", "bed": 1}), author="ann")
    house.settle()
    house.device.pass_time(500)
    house.two.run("Refit", lambda d: d.update("rooms", "101", {"bed": 2, "sea": True}), author="bo")
    house.settle()
    for space in (house.one, house.two):
        first, second = history(space)
        assert (first.label, first.author, first.tab) == ("Build", "ann", house.one.tab_id)
        assert first.fields == {"bed": (None, 1)}
        assert (second.label, second.author, second.tab) == ("Refit", "bo", house.two.tab_id)
        assert second.fields == {"bed": (1, 2), "sea": (None, True)}
        assert second.record == {"id": "101", "bed": 2, "sea": True}
        assert (first.at, second.at) == (EPOCH, EPOCH + 500)
        assert (first.seq, second.seq) == (1, 2)
        assert second.outcome == "applied"


def test_a_deletion_is_a_version_and_can_be_restored(house: House) -> None:
    house.rooms.create({"id": "101", "bed": 1})
    house.rooms.delete("101")
    house.settle()
    versions = history(house.one)
    assert [version.record for version in versions] == [{"id": "101", "bed": 1}, None]
    house.two.restore("rooms", "101", versions[0])
    house.settle()
    assert house.rooms.get("101") == {"id": "101", "bed": 1}
    assert history(house.one)[-1].label == "Restored"


def test_restore_makes_it_exactly_what_it_was(house: House) -> None:
    house.rooms.create({"id": "101", "bed": 1, "note": {"a": [1]}})
    house.settle()
    house.others.update("101", {"bed": 2, "sea": True, "note": None})
    house.settle()
    first = history(house.one)[0]
    house.one.restore("rooms", "101", first)
    house.settle()
    record: Any = house.others.get("101")
    assert {k: v for k, v in record.items() if v is not None} == first.record


def test_what_lost_is_kept_with_the_version_that_won(house: House) -> None:
    house.rooms.create({"id": "101", "bed": 1})
    house.settle()
    house.rooms.update("101", {"bed": 2})
    house.device.pass_time(5, settle=False)
    house.others.update("101", {"bed": 3})
    house.settle()
    last = history(house.one)[-1]
    assert (last.outcome, last.record) == ("conflict", {"id": "101", "bed": 3})
    assert [(c.shown.value, c.other.value) for c in last.lost] == [(3, 2)]


def test_records_do_not_mix(house: House) -> None:
    house.rooms.set_all([{"id": str(n), "bed": n} for n in range(50)])
    house.rooms.update("7", {"bed": 70})
    house.settle()
    assert [version.record for version in history(house.two, "7")] == [
        {"id": "7", "bed": 7},
        {"id": "7", "bed": 70},
    ]
    assert history(house.two, "none") == []


def test_changes_that_travelled_together_are_told_apart(house: House) -> None:
    for rid in ("1", "2", "3"):
        house.rooms.create({"id": rid})
    house.settle()
    assert len(house.device.disk.log) == 2
    assert [version.record for version in history(house.two, "3")] == [{"id": "3"}]


def test_a_store_that_cannot_be_read_says_so(house: House) -> None:
    house.rooms.create({"id": "101"})
    house.device.hosts[0].memory.fault = StoreFault("blocked", "busy")
    with pytest.raises(NotDurable) as error:
        history(house.one)
    assert error.value.reason == "blocked"


class Reader:
    """Reads a history again whenever it is told to: what an application that shows one does."""

    def __init__(self, space: Space, rid: str = "101") -> None:
        self.read: list[list[str]] = []
        """What it found each time: the outcomes, oldest first."""
        self.rid = rid
        self.space = space
        self.stop = space.on_history(self.told)

    def told(self, refs: frozenset[Ref]) -> None:
        if ("rooms", self.rid) in refs:
            self.read.append([version.outcome for version in history(self.space, self.rid)])


def test_history_1_every_tab_is_told_when_a_record_has_more_to_read(house: House) -> None:
    readers = [Reader(house.one), Reader(house.two)]
    house.rooms.create({"id": "101", "bed": 1})
    house.rooms.create({"id": "102", "bed": 1})
    house.device.deliver("t2")
    assert house.others.get("101"), "heard of, and shown"
    assert readers[1].read == [], "and not known to be decided"
    house.settle()
    assert [reader.read for reader in readers] == [[["applied"]]] * 2
    house.rooms.update("101", {"bed": 2})
    house.device.pass_time(5, settle=False)
    house.others.update("101", {"bed": 3})
    house.settle()
    for reader in readers:
        assert reader.read[-1] == ["applied", "applied", "conflict"]
        reader.stop()
    house.rooms.update("101", {"bed": 4})
    house.settle()
    assert len(readers[0].read) == len(readers[1].read) <= 3, "each entry was told once"


def test_history_1_a_change_that_was_refused_is_told_too() -> None:
    house = House(SCHEMA)
    told: list[list[str]] = []

    def read(refs: frozenset[Ref]) -> None:
        if ("stays", "late") in refs:
            versions = outcome(house.one.history("stays", "late"))
            told.append([version.outcome for version in versions])

    house.one.on_history(read)
    Collection("stays", space=house.one).create({"id": "first", "room": "101"})
    house.device.pass_time(5, settle=False)
    Collection("stays", space=house.two).create({"id": "late", "room": "101"})
    house.settle()
    assert told == [["refused"]]


def test_history_1_what_a_tab_missed_is_told_when_it_is_read_from_the_store(house: House) -> None:
    house.rooms.create({"id": "101", "bed": 1})
    house.settle()
    reader = Reader(house.two)
    house.rooms.update("101", {"bed": 2})
    house.device.end_tasks()
    house.device.hosts[1].member.waiting.clear()
    assert reader.read == []
    house.rooms.create({"id": "102", "bed": 1})
    house.settle()
    assert reader.read == [["applied", "applied"]]
    late = Reader(house.device.open())
    house.settle()
    assert late.read == [], "what was decided before is there from the beginning"


def test_what_the_leader_could_not_read_is_refused_as_a_whole_also_where_it_can_be_read() -> None:
    changes = [
        Change(mark("t", 1), (Op("*", "rooms", "101", {"bed": 1}),)),
        Change(mark("t", 2), (Op("=", "rooms", "101", {"bed": 2}, "t.1"),)),
    ]
    batch = encode_batch("t", changes, WALL)
    row = DecidedRow(1, 1, 1, batch.id, 1, encode_special({0: UNREADABLE}), ("rooms/101",))
    versions = fold(Schema(), "rooms", "101", None, [(row, batch.text)])
    assert [version.outcome for version in versions] == ["refused", "refused"]
    assert [version.record for version in versions] == [None, None]
