"""Live data in a few words: one manager per space, from the page's start to its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysync import (
    Collection,
    RealtimeStatus,
    RealtimeUpdate,
    Space,
    UsageError,
    realtime_use,
    use_realtime_analytics,
    use_realtime_status,
    use_realtime_subscription,
    use_realtime_sync,
)
from pysync.runtime import _spaces
from tests.pysync.rig import Device

pytestmark = pytest.mark.req("RT-02")


@pytest.fixture
def space() -> Iterator[Space]:
    with Device().open() as opened:
        yield opened


def test_updates_and_the_connection_are_told_from_the_first_call_on(space: Space) -> None:
    updates: list[RealtimeUpdate] = []
    states: list[str] = []
    live = use_realtime_sync(True, updates.append, states.append, space=space, throttle_ms=0)
    Collection("rooms", space=space).create({"id": "1"})
    assert (len(updates), states, live.is_active) == (1, ["connected"], True)
    space.close()
    assert states == ["connected", "disconnected"]


def test_all_calls_for_a_space_share_one_manager(space: Space) -> None:
    heard: list[RealtimeUpdate] = []
    changes: list[RealtimeStatus] = []
    subscription = use_realtime_subscription("rooms", heard.append, space=space)
    live = use_realtime_sync(space=space)
    assert live.subscriptions == (subscription,)
    assert use_realtime_analytics(space=space).total == 0
    status = use_realtime_status(changes.append, space=space)
    assert (status.connection, status.subscriptions) == ("connected", 1)
    Collection("rooms", space=space).create({"id": "1"})
    assert use_realtime_analytics(space=space).by_type == {"rooms": 1}
    use_realtime_sync(False, space=space)
    assert [each.connection for each in changes] == ["disconnected"]
    Collection("rooms", space=space).create({"id": "2"})
    assert use_realtime_status(space=space).connection == "disconnected"
    use_realtime_sync(space=space)
    Collection("rooms", space=space).create({"id": "3"})
    live.flush()
    assert [each.id for each in heard] == ["1", "3"]


def test_options_belong_to_the_first_call(space: Space) -> None:
    live = use_realtime_sync(space=space, max_subscriptions=3)
    assert live.status.max_subscriptions == 3
    assert use_realtime_sync(space=space, max_subscriptions=3) is live
    with pytest.raises(UsageError, match="other options"):
        use_realtime_sync(space=space, max_subscriptions=4)
    with pytest.raises(UsageError, match="did you mean 'max_subscriptions'"):
        use_realtime_sync(space=space, max_subscription=4)


def test_it_may_begin_switched_off(space: Space) -> None:
    live = use_realtime_sync(False, space=space)
    heard: list[RealtimeUpdate] = []
    use_realtime_subscription("rooms", heard.append, space=space)
    Collection("rooms", space=space).create({"id": "1"})
    assert (heard, live.is_active) == ([], False)


@pytest.mark.req("TAB-12")
def test_spaces_that_are_closed_are_let_go_and_the_end_closes_all(space: Space) -> None:
    for _ in range(3):
        with Device().open() as short:
            use_realtime_subscription("rooms", print, space=short)
    live = use_realtime_sync(space=space)
    assert list(realtime_use._managers) == [space]
    realtime_use._end()
    assert (live.is_active, realtime_use._managers) == (False, {})
    assert use_realtime_sync(space=space) is not live


def test_without_a_space_it_is_the_default_one(
    space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_spaces, "default", space)
    assert use_realtime_sync().space is space
    assert use_realtime_status().active


def test_a_status_that_is_told_can_be_ended(space: Space) -> None:
    told: list[RealtimeStatus] = []
    live = use_realtime_sync(space=space)
    first = use_realtime_status(told.append, space=space)
    other: list[RealtimeStatus] = []
    use_realtime_status(other.append, space=space)
    live.stop()
    assert [each.connection for each in told] == ["disconnected"]
    assert first == use_realtime_status(space=space) or first.active, "how to end it is no fact"
    told[0].unsubscribe()
    live.initialize()
    assert (len(told), len(other)) == (1, 2)
    first.unsubscribe()
    use_realtime_status(space=space).unsubscribe()
    live.stop()
    assert (len(told), len(other)) == (1, 3)
