"""Live data that is not in the space: what tabs tell each other of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pysync import (
    RealtimeManager,
    RealtimeUpdate,
    SensitiveKey,
    Unknown,
    UsageError,
)
from tests.pysync.floor import Floor
from tests.pysync.house import SCHEMA
from tests.pysync.rig import EPOCH

pytestmark = pytest.mark.req("RT-08")


@pytest.fixture
def floor() -> Floor:
    return Floor()


@pytest.mark.req("RT-08", "TAB-16")
def test_data_that_is_not_in_the_space_is_told_to_every_tab(floor: Floor) -> None:
    floor.listen("weather", {"where": {"id": "lisbon"}})
    other = RealtimeManager(floor.one).initialize()
    told: list[RealtimeUpdate] = []
    other.subscribe("weather", told.append)
    floor.device.pass_time(70)
    other.notify_change("weather", "update", {"id": "lisbon", "temp": 21}, employee="anna")
    other.notify_change("weather", "update", {"id": "porto", "temp": 18})
    other.notify_change("weather", "delete")
    floor.device.settle()
    here, there = told[0], floor.heard[0]
    assert (here.tab, there.tab) == ("", floor.one.tab_id)
    assert (there.action, there.id, there.data, there.employee, there.timestamp) == (
        "update",
        "lisbon",
        {"temp": 21},
        "anna",
        EPOCH + 70,
    )
    assert len(floor.heard) == 1
    other.flush()
    assert [(each.action, each.id) for each in told[1:]] == [("update", "porto"), ("delete", "")]


@pytest.mark.req("RT-08")
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda live: live.notify_change("stays", "update", {}), "is in the space"),
        (lambda live: live.notify_change("weather", "updated", {}), "create, update, delete"),
        (lambda live: live.notify_change("weather", "update", 7), "mapping"),
        (lambda live: live.notify_change("weather", "update", {"id": 7}), "is text"),
        (lambda live: live.notify_change("weather", "update", {"a": object()}), "not JSON"),
        (lambda live: live.notify_change("weather", "update", employee=7), "employee"),
        (lambda live: live.notify_change("", "update"), "key"),
        (lambda live: live.request_refresh(""), "key"),
    ],
)
def test_what_cannot_be_told_is_refused_and_nobody_hears_it(
    call: Callable[[RealtimeManager], None], words: str
) -> None:
    floor = Floor(SCHEMA)
    floor.live.on_update(floor.heard.append)
    said = len(floor.device.said)
    with pytest.raises(UsageError, match=words):
        call(floor.live)
    assert (len(floor.device.said), floor.heard) == (said, [])


@pytest.mark.req("RT-08", "TAB-10")
def test_nothing_under_a_sensitive_name_is_told(floor: Floor) -> None:
    floor.listen("weather")
    with pytest.raises(SensitiveKey):
        floor.live.notify_change("weather", "update", {"api_key": "x"})
    assert floor.rows() == []


@pytest.mark.req("RT-08")
def test_declared_types_are_in_the_space_or_not() -> None:
    floor = Floor(types={"expenses": ["receipts"], "weather": ()})
    floor.listen("weather")
    floor.live.notify_change("weather", "create", {"id": "1"})
    with pytest.raises(UsageError, match="is in the space"):
        floor.live.notify_change("expenses", "create", {"id": "1"})
    with pytest.raises(Unknown):
        floor.live.notify_change("wether", "create")
    assert floor.rows() == [("create", "1", {})]


@pytest.mark.req("RT-08")
def test_what_another_tab_says_may_be_anything() -> None:
    floor = Floor(types={"expenses": ["receipts"], "weather": ()})
    floor.live.on_update(floor.heard.append)
    asked: list[str] = []
    floor.live.on_refresh(asked.append)
    good = {"action": "update", "id": "1", "data": {}, "timestamp": 1, "employee": None}
    for part in good:
        floor.one.broadcast("data-change", "weather", {**good, part: [part]})
    floor.one.broadcast("data-change", "weather", "nonsense")
    floor.device.settle()
    assert floor.heard == []
    assert [each.kind for each in floor.live.problems] == ["foreign"] * 6
    for key in ("unknown", "expenses", "weather"):
        floor.one.broadcast("data-change", key, good)
    for key in ("unknown", "expenses"):
        floor.one.broadcast("refresh-request", key)
    floor.one.broadcast("notification", "weather", good)
    floor.device.settle()
    assert [each.type for each in floor.heard] == ["weather"]
    assert (asked, len(floor.live.problems)) == (["expenses"], 6)


@pytest.mark.req("RT-08")
def test_a_refresh_asks_the_other_tabs_and_who_has_the_data(floor: Floor) -> None:
    asked: list[tuple[str, str]] = []
    other = RealtimeManager(floor.one).initialize()
    floor.live.on_refresh(lambda name: asked.append(("two", name)))
    stop = other.on_refresh(lambda name: asked.append(("one", name)))
    floor.listen("weather")
    floor.live.on_refresh(
        lambda name: floor.live.notify_change(name, "update", {"id": "lisbon", "temp": 9})
    )
    said = len(floor.device.said)
    other.request_refresh("weather")
    floor.device.settle()
    assert asked == [("one", "weather"), ("two", "weather")]
    assert any("state-request" in text for text in floor.device.said[said:])
    assert floor.rows() == [("update", "lisbon", {"temp": 9})]
    stop()
    floor.live.request_refresh("rooms")
    floor.device.settle()
    assert asked[2:] == [("two", "rooms")]
