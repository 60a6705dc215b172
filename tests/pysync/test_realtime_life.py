"""How a `RealtimeManager` begins and ends, and what it says of itself."""

from __future__ import annotations

import pytest

from pysync import (
    Collection,
    RealtimeConfig,
    RealtimeManager,
    RealtimeUpdate,
    UsageError,
)
from pysync.runtime import _spaces
from tests.pysync.floor import Floor
from tests.pysync.people_kit import MARKER, PEOPLE
from tests.pysync.rig import EPOCH, Device

pytestmark = pytest.mark.req("RT-02")


@pytest.fixture
def floor() -> Floor:
    return Floor()


def test_nothing_is_told_before_it_begins_and_after_it_ends() -> None:
    floor = Floor()
    live, heard = RealtimeManager(floor.two), floor.heard
    live.subscribe("rooms", heard.append)
    seen: list[str] = []
    live.on_connection(seen.append)
    floor.mine.create({"id": "1"})
    assert (heard, live.is_active, live.status.connection) == ([], False, "disconnected")
    assert live.status.reason == "live data is not started"
    with pytest.raises(UsageError, match="initialize"):
        live.request_refresh("rooms")
    with pytest.raises(UsageError, match="initialize"):
        live.notify_change("weather", "update")
    assert live.initialize() is live.initialize()
    floor.mine.create({"id": "2"})
    live.stop()
    floor.mine.create({"id": "3"})
    live.initialize()
    floor.mine.create({"id": "4"})
    live.flush()
    live.close()
    floor.mine.create({"id": "5"})
    assert [each.id for each in heard] == ["2", "4"]
    assert seen == ["connected", "disconnected", "connected", "disconnected"]
    assert live.subscriptions == ()


@pytest.mark.req("TAB-12")
def test_live_3_a_hundred_starts_and_stops_leave_nothing() -> None:
    """LIVE-3."""
    floor = Floor()
    floor.live.close()
    live = RealtimeManager(floor.two)
    host = floor.device.hosts[1]
    timers, listeners = set(host.timers.due), len(floor.two._listeners)
    for n in range(100):
        with live:
            live.subscribe("rooms", floor.heard.append)
            floor.mine.create({"id": f"a{n}"})
            floor.mine.create({"id": f"b{n}"})
            live.analytics()
        live.stop()
    assert len(floor.heard) == 200, "what waited was told"
    assert floor.two.tab.gates == []
    assert len(floor.two._listeners) == listeners
    assert set(host.timers.due) == timers


@pytest.mark.req("TAB-12")
def test_live_3_a_callback_may_stop_it_and_is_told_no_more() -> None:
    """LIVE-3."""
    floor = Floor(throttle_ms=500)
    timers = set(floor.device.hosts[1].timers.due)
    floor.live.on_update(lambda _: floor.live.stop())
    floor.listen()
    floor.device.end_tasks()
    floor.one.run("", lambda draft: [draft.create("rooms", {"id": str(n)}) for n in range(30)])
    floor.device.settle()
    assert len(floor.heard) == 1, "the update that it was stopped at is told to all"
    assert (floor.live.is_active, floor.live.status.pending) == (False, 0)
    assert set(floor.device.hosts[1].timers.due) == timers


def test_live_3_who_stops_and_begins_anew_in_a_callback_is_told_in_order(floor: Floor) -> None:
    """What waited when it was stopped is past: read the space for it."""
    floor.live.close()
    live = RealtimeManager(floor.two, RealtimeConfig(throttle_ms=1_000)).initialize()
    told: list[str] = []

    def restart(update: RealtimeUpdate) -> None:
        told.append(update.id)
        if update.id == "2":
            live.stop()
            live.initialize()
            floor.mine.create({"id": "4"})

    live.subscribe("rooms", restart)
    for n in "0123":
        floor.mine.create({"id": n})
    live.flush()
    floor.mine.create({"id": "5"})
    live.flush()
    assert told == ["0", "1", "2", "4", "5"]


@pytest.mark.req("RT-01")
def test_live_1_who_subscribes_while_the_space_is_loaded_is_told_what_is_stored() -> None:
    device = Device()
    with device.open() as before:
        rooms = Collection("rooms", space=before)
        for n in range(12):
            rooms.create({"id": f"{n}", "beds": n})
        rooms.delete("3")
        Collection("guests", space=before).create({"id": "g"})
        device.settle()
    space = device.open(start=False)
    live = RealtimeManager(space, RealtimeConfig(throttle_ms=0)).initialize()
    held: dict[str, int] = {}
    some: list[str] = []
    live.subscribe("rooms", lambda u: held.update({u.id: u.data["beds"]}))  # type: ignore[dict-item]
    live.subscribe("rooms", lambda u: some.append(u.action), {"where": {"beds": [4, 5]}})
    device.hosts[-1].start()
    device.settle()
    live.flush()
    assert held == {room["id"]: room["beds"] for room in Collection("rooms", space=space)}
    assert (len(held), some) == (11, ["create", "create"])
    late: list[str] = []
    live.subscribe("guests", lambda u: late.append(u.id))
    live.flush()
    assert late == [], "it could read the space"
    live.close()


def test_a_space_that_closes_tells_what_waits_and_can_be_left() -> None:
    floor = Floor(throttle_ms=60_000)
    floor.listen()
    for n in range(3):
        floor.mine.create({"id": str(n)})
    floor.two.close()
    assert len(floor.heard) == 3
    assert (floor.live.is_active, floor.live.status.connection) == (False, "disconnected")
    floor.live.flush()
    floor.live.close()
    with pytest.raises(UsageError, match="closed"):
        floor.live.initialize()


def test_without_a_space_it_is_the_default_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with Device().open() as space:
        monkeypatch.setitem(_spaces, "default", space)
        assert RealtimeManager().space is space
    with pytest.raises(UsageError, match="RealtimeConfig"):
        RealtimeManager(space, {"throttle_ms": 5})  # type: ignore[arg-type]


@pytest.mark.req("SRV-20")
def test_of_somebody_who_is_erased_nothing_waits_in_the_queue() -> None:
    floor = Floor(PEOPLE, throttle_ms=60_000)
    floor.listen("people")
    people = Collection("people", space=floor.one)
    for rid in "ab":
        people.create({"id": rid, "name": MARKER})
    floor.device.settle()
    floor.live.flush()
    floor.heard.clear()
    people.update("b", {"mail": MARKER})
    floor.device.settle()
    assert (floor.live.status.pending, floor.heard) == (1, [])
    floor.one.run("Erased", lambda draft: draft.erase("people", "b"))
    floor.device.settle()
    assert floor.live.status.pending == 0
    told = floor.rows()[-1]
    assert (told[:2], told[2]["name"]) == (("update", "b"), None)


def test_the_status_and_the_counts_say_what_happened(floor: Floor) -> None:
    assert floor.live.analytics().total == 0
    assert floor.live.status.last_update is None
    floor.device.pass_time(2_000)
    floor.rooms.create({"id": "1"})
    floor.device.settle()
    status, counts = floor.live.status, floor.live.analytics()
    assert (status.active, status.connection, status.reason) == (True, "connected", "")
    assert status.last_update == status.confirmed == EPOCH + 2_000
    assert (counts.total, counts.by_type, counts.own) == (1, {"rooms": 1}, 0)
    assert (counts.losses, counts.per_minute) == (0, 1)
    floor.device.hosts[1].report(floor.two.tab.froze)
    floor.device.hosts[1].report(floor.two.tab.resumed)
    floor.live.stop()
    assert floor.live.analytics().losses == 1, "stopping is no loss"
