"""How a `BroadcastSync` begins and ends, and what it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pysync import (
    BroadcastConfig,
    BroadcastSync,
    ObservableStore,
    Schema,
    SyncedKV,
    UsageError,
    create_broadcast_sync,
)
from tests.pysync.desk import Desk
from tests.pysync.rig import Device

pytestmark = pytest.mark.req("TAB-05")


@pytest.mark.req("TAB-12")
def test_a_hundred_starts_and_stops_leave_nothing(desk: Desk) -> None:
    """SYNC-4."""
    space = desk.device.open()
    store = ObservableStore(a=1)
    sync = create_broadcast_sync(store, space=space, throttle_ms=50, leader_heartbeat_ms=1_000)
    listeners: Callable[[], int] = lambda: len(space._listeners)  # noqa: E731
    pace = space.tab.presence.pace
    sync.start()
    sync.stop()
    timers = set(desk.device.hosts[0].timers.due)
    for n in range(100):
        sync.start()
        sync.start()
        store.set("a", n)
        store.set("a", -n)
        sync.stop()
        sync.stop()
    assert store.watchers == 0
    assert listeners() == 0
    assert space.tab.gates == []
    assert space.tab.presence.pace == pace
    assert set(desk.device.hosts[0].timers.due) == timers
    assert SyncedKV("a", None, space=space).value == -99


def test_a_store_must_have_what_is_needed() -> None:
    with pytest.raises(UsageError, match="dict lacks set, subscribe"):
        BroadcastSync({})  # type: ignore[arg-type]

    class Endless(ObservableStore):
        def subscribe(self, callback: Any) -> Any:
            super().subscribe(callback)

    store = Endless()
    sync = create_broadcast_sync(store, channel_name="endless")
    with pytest.raises(UsageError, match="answers a function that ends it"):
        sync.start()
    assert not sync.is_active
    with pytest.raises(UsageError, match="BroadcastConfig"):
        BroadcastSync(ObservableStore(), {"throttle_ms": 1})  # type: ignore[arg-type]


def test_the_policy_of_a_shared_space_holds() -> None:
    with pytest.raises(UsageError, match="give conflict_strategy='merge'"):
        create_broadcast_sync(
            ObservableStore(), space=Device().open(schema=Schema(strategy="merge"))
        )
    space = Device().open(schema=Schema(strategies={"notes": "merge"}))
    with pytest.raises(UsageError, match="'notes'"):
        create_broadcast_sync(ObservableStore(), space=space, sync_keys=["notes"])


@pytest.mark.req("TAB-11")
def test_where_tabs_cannot_hear_each_other_nothing_happens_and_nothing_raises(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """SYNC-6."""
    space = Device().open(channel="none")
    store = ObservableStore(a=1)
    told: list[str] = []
    for _ in range(2):
        sync = create_broadcast_sync(store, space=space, on_sync_state_change=told.append)
        sync.start()
        assert sync.status == "Sync unavailable"
        assert not sync.is_active
        store.set("a", 2)
        sync.broadcast_state()
        sync.request_state()
        sync.force_leader()
        sync.stop()
    assert store.watchers == 0
    assert told == []
    assert space.status().channel == "none"
    assert capsys.readouterr().err.count("Sync unavailable") <= 1


def test_a_config_is_a_config() -> None:
    config = BroadcastConfig(channel_name="x")
    assert BroadcastSync(ObservableStore(), config).config is config
