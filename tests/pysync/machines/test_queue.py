"""The bound of what waits for a relay: refused in time, with nothing lost and a way out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pysync.collection import Collection
from pysync.errors import Refused
from pysync.kv import SyncedKV
from pysync.machines.queue import QUEUE_FULL, RESERVE, Queue
from pysync.model.change import Meta
from pysync.model.guard import Guard, Refuse
from pysync.model.ordinary import FIELDS, QUEUE, QUEUE_SIZE, QUEUE_SIZES
from pysync.model.roles import Person
from pysync.model.schema import CollectionSchema, Schema
from pysync.server_sync import ServerSync
from pysync.space import Space
from tests.pysync.relay.town import Town
from tests.pysync.rig import Device

pytestmark = pytest.mark.req("SRV-04")

LEAST = QUEUE_SIZES[0]


def positive(_before: Any, after: Any, _change: Any, refs: Any) -> Any:
    """No record of `guarded` holds less than nothing."""
    held = [after.get(*ref) for ref in refs if ref[0] == "guarded"]
    return Refuse("negative") if any(r and r["f"] < 0 for r in held) else None


SCHEMA = Schema(
    collections={
        "settings": CollectionSchema(name="settings", fields=FIELDS),
        "guarded": CollectionSchema(name="guarded"),
    },
    guards=(Guard("positive", frozenset({"guarded"}), positive, lambda *_: ()),),
    settings=("settings", "hotel"),
    housekeeping=("preference-",),
)


class House:
    """One device with as small a queue as there may be, and nobody to send to."""

    def __init__(self, *, size: int = LEAST, person: Person | None = None) -> None:
        self.town = Town(SCHEMA)
        self.device = self.town.device(person)
        self.space = self.town.open(self.device, "one")
        self.space.run("", lambda d: d.create("settings", {"id": "hotel", QUEUE: size}))
        self.space.run("", lambda d: d.create("c", {"id": "r", "f": 0}))
        self.space.run("", lambda d: d.create("guarded", {"id": "r", "f": 0}))
        self.town.settle()
        self.town.go_offline()

    @property
    def queue(self) -> Queue:
        return self.space.status().queue

    def fill(self, count: int = LEAST, space: Space | None = None) -> None:
        """So many changes, each of a task of its own."""
        for _ in range(count):
            write(space or self.space, self.queue.depth + 1)
            self.device.settle()


def write(space: Space, value: int) -> Any:
    """Set a field."""
    return space.run("", lambda d: d.update("c", "r", {"f": value}))


def value(space: Space) -> Any:
    return (space.view.get("c", "r") or {})["f"]


def test_queue_1_what_goes_beyond_the_bound_is_refused_before_anything_is_made_of_it() -> None:
    house = House()
    house.fill()
    made, seen = house.space.tab._writer.made, value(house.space)
    with pytest.raises(Refused, match="100 changes of this device wait") as refused:
        write(house.space, -1)
    assert (refused.value.code, refused.value.params) == (QUEUE_FULL, {"waiting": LEAST})
    assert (house.space.tab._writer.made, value(house.space)) == (made, seen)
    assert house.queue == Queue(LEAST, LEAST) and not house.queue.room
    assert not house.space.dead_letters


def test_it_drains_when_the_relay_is_back_and_takes_edits_again() -> None:
    house = House()
    house.fill()
    house.town.go_online()
    assert house.queue == Queue(0, LEAST)
    write(house.space, 5)
    house.town.settle()
    other = house.town.open(house.town.device(), "other")
    assert value(other) == 5


def test_it_counts_what_all_tabs_of_the_device_wait_for() -> None:
    house = House()
    second = house.town.open(house.device, "two")
    house.fill(LEAST - 1, second)
    write(house.space, 1)
    house.town.settle()
    for space in (house.space, second):
        with pytest.raises(Refused):
            write(space, 2)


def test_it_warns_from_eighty_percent_on() -> None:
    house = House()
    house.fill(79)
    assert not house.queue.is_long
    house.fill(1)
    assert house.queue.is_long and house.queue.room == 20
    assert ServerSync("k", 0, space=house.space).queue == Queue(80, LEAST)


def test_the_bound_is_a_setting_that_holds_at_once_and_can_be_raised_when_it_is_reached() -> None:
    house = House()
    house.fill()
    house.space.run("", lambda d: d.update("settings", "hotel", {QUEUE: LEAST + 50}))
    house.fill(49)
    with pytest.raises(Refused):
        write(house.space, 0)
    house.space.run("", lambda d: d.update("settings", "hotel", {QUEUE: None}))
    assert house.queue.bound == QUEUE_SIZE
    write(house.space, 1)


def test_queue_2_a_preference_can_be_set_though_it_is_full_but_not_for_ever() -> None:
    """Syncing may be paused, and to go on is a preference."""
    house = House()
    house.fill()
    sync = SyncedKV("preference-sync", "paused", space=house.space)
    for n in range(RESERVE):
        sync.set(f"on {n}")
        house.town.settle()
    with pytest.raises(Refused):
        sync.set("once more")


def test_queue_2_a_letter_can_be_discarded_though_it_is_full_and_not_tried_again() -> None:
    house = House()
    other = house.town.open(house.town.device(), "other")
    house.space.run("", lambda d: d.increment("guarded", "r", "f", 1))
    house.town.go_online()
    house.town.go_offline()
    for space in (house.space, other):
        space.run("Take one", lambda d: d.increment("guarded", "r", "f", -1))
    house.town.go_online()
    [space] = [each for each in (house.space, other) if each.dead_letters]
    house.town.go_offline()
    house.space = space
    house.fill()
    with pytest.raises(Refused, match="wait"):
        space.retry(space.dead_letters[0])
    assert len(space.dead_letters) == 1
    space.discard(space.dead_letters[0])
    assert not space.dead_letters


def test_queue_2_a_function_that_runs_again_takes_the_place_of_what_waited() -> None:
    house = House()
    house.fill()
    meta, draft = Meta(supersedes=("one.9",)), house.space.tab.draft(house.space.host.now())
    draft.update("c", "r", {"f": 7})
    made = house.space.commit(draft, meta, lambda d: d.update("c", "r", {"f": 7}))
    assert made is not None and house.queue.depth == LEAST + 1


def test_queue_2_the_bound_can_be_put_right_though_it_was_set_far_below_what_waits() -> None:
    house = House(size=3 * LEAST)
    house.fill(3 * LEAST - 1)
    house.space.run("", lambda d: d.update("settings", "hotel", {QUEUE: LEAST}))
    with pytest.raises(Refused):
        write(house.space, 0)
    SyncedKV("preference-sync", "paused", space=house.space).set("on")
    house.space.run("", lambda d: d.update("settings", "hotel", {QUEUE: 4 * LEAST}))
    write(house.space, 0)


@pytest.mark.req("SRV-16")
def test_what_somebody_else_left_on_the_device_takes_no_room_of_who_is_signed_in() -> None:
    house = House(person=Person("Ada", "all"))
    house.fill()
    house.town.sign_in(house.device, Person("Bo", "all"))
    house.town.go_online()
    assert house.space.status().pending == LEAST and house.queue == Queue(0, LEAST)
    assert json.loads(house.space.waiting_text()) == []
    house.town.go_offline()
    house.fill()
    assert len(json.loads(house.space.waiting_text())) == LEAST
    with pytest.raises(Refused, match="100 changes of this device wait"):
        write(house.space, 0)
    assert house.space.discard_waiting() == LEAST
    write(house.space, 1)


@pytest.mark.req("SRV-14")
def test_what_would_be_too_large_with_the_one_before_is_refused_for_the_queue() -> None:
    house = House(size=300)
    house.fill(298)
    large = "x" * 900_000
    write(house.space, 1)
    house.space.run("", lambda d: d.create("c", {"id": "l", "a": large, "b": large, "c": large}))
    house.space.run("", lambda d: d.update("c", "l", {"f": 1}))
    with pytest.raises(Refused) as refused:
        house.space.run("", lambda d: d.update("c", "l", {"d": large, "e": large}))
    assert refused.value.code == QUEUE_FULL


@pytest.mark.req("SRV-14")
def test_a_loop_in_one_task_is_coalesced_at_the_bound_and_what_it_sets_last_is_sent() -> None:
    house = House(size=300)
    receipts = [write(house.space, n) for n in range(1, 1_000)]
    assert house.queue.depth == 300
    assert value(house.space) == 999
    assert receipts[-1].change_id == receipts[299].change_id
    house.town.go_online()
    other = house.town.open(house.town.device(), "other")
    assert value(other) == value(house.space) == 999
    assert house.queue.depth == 0 and not house.space.tab.replica.under


def test_what_was_sealed_is_not_changed_any_more() -> None:
    """The first change of a task is on the channel when it is made."""
    house = House()
    house.fill(LEAST - 1)
    write(house.space, 1)
    with pytest.raises(Refused):
        write(house.space, 2)
    house.town.settle()
    assert value(house.space) == 1


def test_what_a_rule_refuses_of_both_leaves_the_first_as_it_was() -> None:
    house = House()
    house.fill(LEAST - 2)

    def add(by: int) -> None:
        house.space.run("", lambda d: d.increment("guarded", "r", "f", by))

    write(house.space, 1)
    add(1)
    add(1)
    with pytest.raises(Refused, match="negative"):
        add(-3)
    assert (house.space.view.get("guarded", "r") or {})["f"] == 2
    house.town.go_online()
    other = house.town.open(house.town.device(), "other")
    assert (other.view.get("guarded", "r") or {})["f"] == 2


def test_a_space_without_a_relay_has_no_such_bound() -> None:
    space = Device().open("one")
    assert space.status().queue == Queue()
    rooms = Collection("rooms", space=space)
    for n in range(QUEUE_SIZE + 10):
        rooms.create({"id": str(n)})
    assert not space.status().queue.is_long
