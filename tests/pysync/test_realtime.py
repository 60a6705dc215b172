"""`RealtimeManager`: who is told what, and when (RT-02, RT-07, RT-08)."""

from __future__ import annotations

import pytest

from pysync import (
    Collection,
    DataType,
    RealtimeUpdate,
    Refused,
    SyncedKV,
    Unknown,
    UsageError,
)
from tests.pysync.floor import Floor
from tests.pysync.house import SCHEMA, book
from tests.pysync.rig import EPOCH

pytestmark = pytest.mark.req("RT-02")


@pytest.fixture
def floor() -> Floor:
    return Floor()


@pytest.mark.req("RT-08")
def test_a_change_of_another_tab_is_told_as_what_became_of_its_record(floor: Floor) -> None:
    floor.listen()
    floor.device.pass_time(1_000)
    floor.one.run("", lambda d: d.create("rooms", {"id": "1", "beds": 1, "employee": "anna"}),
                  author="Ada")  # fmt: skip
    floor.device.settle()
    [told] = floor.heard
    assert told == RealtimeUpdate(
        type="rooms",
        action="create",
        id="1",
        timestamp=EPOCH + 1_000,
        data={"beds": 1, "employee": "anna"},
        employee="anna",
        collection="rooms",
        author="Ada",
        tab=floor.one.tab_id,
        record={"id": "1", "beds": 1, "employee": "anna"},
    )
    floor.heard.clear()
    floor.device.pass_time(1_000)
    floor.rooms.update("1", {"beds": 2})
    floor.device.settle()
    [told] = floor.heard
    assert (told.action, told.data, told.employee) == ("update", {"beds": 2}, "anna")
    assert (told.was and told.was["beds"], told.record and told.record["beds"]) == (1, 2)
    floor.rooms.delete("1")
    floor.device.settle()
    gone = floor.heard[-1]
    assert (gone.action, gone.data, gone.record, gone.employee) == ("delete", {}, None, "anna")
    assert gone.timestamp == EPOCH + 2_000


def test_an_own_change_is_told_inside_the_call_and_a_verdict_is_no_second_update(
    floor: Floor,
) -> None:
    floor.listen()
    floor.mine.create({"id": "1", "beds": 1})
    assert [(each.action, each.tab) for each in floor.heard] == [("create", "")]
    assert len(floor.rows()) == 1
    for _ in range(3):
        floor.device.beat()
    assert floor.rows() == []


def test_only_who_subscribed_to_a_type_is_told(floor: Floor) -> None:
    others: list[RealtimeUpdate] = []
    floor.listen()
    floor.live.subscribe("guests", others.append)
    everything: list[RealtimeUpdate] = []
    stop = floor.live.on_update(everything.append)
    floor.rooms.create({"id": "1"})
    Collection("guests", space=floor.one).create({"id": "g"})
    SyncedKV("theme", "light", space=floor.one).set("dark")
    assert floor.rows() == [("create", "1", {})]
    assert [each.id for each in others] == ["g"]
    assert [(each.type, each.data) for each in everything] == [
        ("rooms", {}),
        ("guests", {}),
        ("theme", {"value": "dark"}),
    ]
    stop()
    floor.rooms.create({"id": "2"})
    floor.device.settle()
    assert len(everything) == 3


def test_a_filter_tells_what_enters_and_leaves_it(floor: Floor) -> None:
    floor.listen(wanted={"where": {"floor": [1, 2]}, "fields": ["beds"]})
    floor.rooms.create({"id": "1", "floor": 3, "beds": 1})
    told = floor.rows()
    for fields in ({"floor": 2}, {"view": "sea"}, {"beds": 2}, {"floor": 3}, {"beds": 1}):
        floor.rooms.update("1", fields)
        told += floor.rows()
    assert told == [
        ("create", "1", {"floor": 2, "beds": 1}),
        ("update", "1", {"beds": 2}),
        ("delete", "1", {}),
    ]


def test_what_comes_at_once_is_told_as_what_it_comes_to(floor: Floor) -> None:
    floor.listen()
    floor.rooms.create({"id": "2", "beds": 1})
    floor.rooms.create({"id": "1", "beds": 1})
    floor.rooms.update("2", {"beds": 2})
    floor.rooms.delete("1")
    assert floor.rows() == [("create", "2", {"beds": 1}), ("update", "2", {"beds": 2})]


def test_types_join_collections_and_name_the_employee() -> None:
    types = {
        "expenses": DataType(collections=["receipts", "mileage"], employee="by"),
        "staff": DataType(collections=["employees"], employee="id"),
    }
    floor = Floor(types=types)
    floor.listen("expenses")
    floor.listen("staff")
    for key, rid in (("receipts", "r"), ("mileage", "m"), ("employees", "e"), ("rooms", "1")):
        Collection(key, space=floor.one).create({"id": rid, "by": "anna"})
    floor.device.settle()
    told = [(each.type, each.collection, each.id, each.employee) for each in floor.heard]
    assert told == [
        ("expenses", "receipts", "r", "anna"),
        ("expenses", "mileage", "m", "anna"),
        ("staff", "employees", "e", "e"),
    ]
    with pytest.raises(Unknown, match="did you mean 'expenses'"):
        floor.listen("expense")


@pytest.mark.req("RT-03")
def test_updates_wait_join_and_come_in_batches() -> None:
    floor = Floor(throttle_ms=500, batch_size=2, max_pending=5)
    floor.listen()
    floor.rooms.create({"id": "0"})
    floor.device.settle()
    for n in range(1, 5):
        floor.rooms.create({"id": str(n), "beds": 1})
    floor.rooms.update("1", {"beds": 2})
    floor.rooms.delete("2")
    floor.device.settle()
    assert (floor.live.status.pending, len(floor.heard)) == (3, 1)
    floor.device.pass_time(499)
    assert len(floor.heard) == 1
    floor.device.pass_time(1)
    assert floor.rows()[1:] == [("create", "1", {"beds": 2}), ("create", "3", {"beds": 1})]
    floor.device.pass_time(500)
    assert floor.rows() == [("create", "4", {"beds": 1})]
    for n in range(10, 30):
        floor.rooms.create({"id": str(n)})
    floor.device.settle()
    assert floor.live.status.pending <= 5
    floor.live.flush()
    assert sorted(row[1] for row in floor.rows()) == [str(n) for n in range(10, 30)]


@pytest.mark.req("RT-03")
def test_what_waits_is_told_before_the_page_is_put_away() -> None:
    floor = Floor(throttle_ms=60_000)
    floor.listen()
    for n in range(3):
        floor.rooms.create({"id": str(n)})
    floor.device.settle()
    assert len(floor.heard) == 1
    floor.device.hosts[1].report(floor.two.tab.froze)
    assert len(floor.heard) == 3
    assert floor.live.status.connection == "disconnected"


def test_who_subscribes_hears_nothing_of_before() -> None:
    floor = Floor(throttle_ms=60_000)
    first: list[RealtimeUpdate] = []
    floor.live.subscribe("rooms", first.append)
    floor.rooms.create({"id": "1"})
    floor.rooms.create({"id": "2"})
    floor.device.settle()
    floor.listen()
    assert [each.id for each in first] == ["1", "2"]
    floor.live.flush()
    assert floor.rows() == []


def test_unsubscribing_ends_it_by_handle_by_id_and_as_a_block(floor: Floor) -> None:
    one, two = floor.listen(), floor.listen()
    with floor.listen():
        assert [each.type for each in floor.live.subscriptions] == ["rooms"] * 3
    floor.live.unsubscribe(one)
    floor.live.unsubscribe(one)
    floor.live.unsubscribe(two.id)
    two.unsubscribe()
    floor.live.unsubscribe("live-unknown")
    floor.rooms.create({"id": "1"})
    assert (floor.rows(), floor.live.subscriptions) == ([], ())


def test_one_that_is_ended_by_another_ones_callback_is_not_called(floor: Floor) -> None:
    floor.live.subscribe("rooms", lambda _: second.unsubscribe())
    second = floor.listen()
    floor.rooms.create({"id": "1"})
    assert floor.rows() == []


def test_one_more_than_the_bound_is_refused_and_says_what_to_do(floor: Floor) -> None:
    opened = [floor.listen() for _ in range(10)]
    with pytest.raises(UsageError, match=r"10 subscriptions are open.*unsubscribe.*on_update"):
        floor.listen()
    status = floor.live.status
    assert (status.subscriptions, status.max_subscriptions) == (10, 10)
    opened[0].unsubscribe()
    floor.listen()
    with pytest.raises(UsageError, match="a function"):
        floor.live.subscribe("rooms", "print")  # type: ignore[arg-type]


def test_live_2_a_callback_that_fails_keeps_nobody_else_from_being_told(
    floor: Floor, capsys: pytest.CaptureFixture[str]
) -> None:
    """LIVE-2."""

    def broken(_: RealtimeUpdate) -> None:
        raise RuntimeError("mine")

    floor.live.subscribe("rooms", broken)
    floor.live.on_update(broken)
    floor.listen()
    floor.rooms.create({"id": "1"})
    assert len(floor.rows()) == 1
    assert [each.kind for each in floor.live.problems] == ["function-failed"] * 2
    assert "RuntimeError: mine" in capsys.readouterr().err


def test_a_listener_may_write_and_is_told_of_that_as_well(floor: Floor) -> None:
    def serve(update: RealtimeUpdate) -> None:
        if update.action == "create":
            floor.mine.update(update.id, {"clean": False})

    floor.live.subscribe("rooms", serve)
    floor.listen()
    floor.rooms.create({"id": "1"})
    floor.device.settle()
    floor.live.flush()
    assert floor.rows() == [("create", "1", {}), ("update", "1", {"clean": False})]


@pytest.mark.req("RT-07")
def test_what_another_tab_did_first_takes_back_what_was_shown_here() -> None:
    """LIVE-1: a predicted change that is refused later is told as the update that undoes it."""
    floor = Floor(SCHEMA)
    floor.listen("stays")
    floor.device.pass_time(10)
    floor.one.run("", book("a", "101"), author="Ada")
    floor.device.pass_time(10, settle=False)
    floor.two.run("", book("b", "101"), author="Bo")
    assert [(each.action, each.id, each.author) for each in floor.heard] == [("create", "b", "Bo")]
    floor.device.pass_time(10)
    told = [(each.action, each.id, each.author, each.timestamp - EPOCH) for each in floor.heard[1:]]
    assert told == [("create", "a", "Ada", 10), ("delete", "b", "", 20)]
    with pytest.raises(Refused):
        floor.two.run("", book("c", "101"))
    assert len(floor.heard) == 3, "what was refused at once was never shown"


@pytest.mark.req("RT-07")
def test_a_move_that_is_taken_back_says_when_that_was_and_is_by_nobody() -> None:
    floor = Floor(SCHEMA)
    floor.one.run("", book("b", "102"), author="Ada")
    floor.device.settle()
    floor.listen("stays")
    floor.device.pass_time(10)
    floor.one.run("", book("c", "103"), author="Ada")
    floor.device.pass_time(10, settle=False)
    floor.two.run("", lambda draft: draft.update("stays", "b", {"room": "103"}), author="Bo")
    floor.device.pass_time(10)
    told = [(each.id, each.data, each.author, each.timestamp - EPOCH) for each in floor.heard]
    assert told == [
        ("b", {"room": "103"}, "Bo", 20),
        ("b", {"room": "102"}, "", 20),
        ("c", {"room": "103"}, "Ada", 10),
    ]
