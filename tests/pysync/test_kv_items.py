"""A collection under one key: only the items that differ travel and merge (TAB-01)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysync import (
    BroadcastSync,
    InvalidValue,
    Message,
    ObservableStore,
    SyncedKV,
    thaw,
    use_broadcast,
)
from pysync.broadcast_config import BroadcastConfig
from pysync.model.schema import Schema
from tests.pysync.house import House

pytestmark = pytest.mark.req("TAB-01")


class Pair(House):
    """Two tabs on one key."""

    def __init__(self, value: Any = None, schema: Schema | None = None) -> None:
        super().__init__(schema)
        self.kvs: list[SyncedKV[Any]] = [SyncedKV("k", None, space=s) for s in (self.one, self.two)]
        if value is not None:
            self.kvs[0].set(value)
            self.settle()

    def value(self) -> Any:
        """What both tabs show, when nothing waits any more."""
        self.settle()
        self.device.beat()
        one, two = (kv.value for kv in self.kvs)
        assert one == two
        return one

    def said_by(self, work: Callable[[], object]) -> int:
        """Characters on the channel for what is done, verdict included."""
        said = len(self.device.said)
        work()
        self.settle()
        return sum(map(len, self.device.said[said:]))


def rooms(count: int) -> list[dict[str, Any]]:
    return [{"id": f"r{n}", "beds": 2, "guest": f"Guest {n}", "clean": True} for n in range(count)]


SHAPES: dict[str, Any] = {
    "list": rooms(1000),
    "object": {room["id"]: {"beds": 2, "guest": room["guest"]} for room in rooms(1000)},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("how", ["value", "function"])
def test_of_a_thousand_items_only_the_one_that_differs_travels(shape: str, how: str) -> None:
    pair = Pair(SHAPES[shape])
    new = thaw(pair.kvs[0].value)
    new[500 if shape == "list" else "r500"]["guest"] = "Ann"
    bytes_ = pair.said_by(lambda: pair.kvs[0].set(new if how == "value" else lambda _: new))
    assert bytes_ < 400
    assert pair.value() == new


@pytest.mark.parametrize("shape", SHAPES)
def test_a_store_s_collection_travels_by_item_too(shape: str) -> None:
    pair = Pair()
    stores = [ObservableStore(k=thaw(SHAPES[shape])), ObservableStore()]
    for store, space in zip(stores, (pair.one, pair.two), strict=True):
        BroadcastSync(store, BroadcastConfig(throttle_ms=0), space=space).start()
    pair.settle()
    new = thaw(stores[0].get("k"))
    new[500 if shape == "list" else "r500"]["guest"] = "Ann"
    assert pair.said_by(lambda: stores[0].set("k", new)) < 400
    assert stores[1].get("k") == new == pair.value()


def test_items_are_added_removed_and_moved_in_few_bytes() -> None:
    pair = Pair(rooms(1000))
    steps: list[Callable[[list[Any]], object]] = [
        lambda items: items.insert(0, {"id": "new", "beds": 1}),
        lambda items: items.pop(700),
        lambda items: items.insert(3, items.pop(900)),
        list.pop,
    ]
    for step in steps:
        new = thaw(pair.kvs[1].value)
        step(new)
        assert pair.said_by(lambda new=new: pair.kvs[1].set(new)) < 400
        assert pair.value() == new


def test_changes_of_different_items_in_one_moment_both_stay() -> None:
    pair = Pair(rooms(3))
    first, second = thaw(pair.kvs[0].value), thaw(pair.kvs[1].value)
    first[0]["guest"] = "Ann"
    first.append({"id": "a", "beds": 1})
    second[0]["clean"] = False
    second[2]["guest"] = "Bo"
    second.append({"id": "b", "beds": 1})
    pair.kvs[0].set(first)
    pair.kvs[1].set(second)
    found = {item["id"]: item for item in pair.value()}
    assert found["r0"] == {"id": "r0", "beds": 2, "guest": "Ann", "clean": False}
    assert found["r2"]["guest"] == "Bo"
    assert sorted(found) == ["a", "b", "r0", "r1", "r2"]
    assert pair.one.conflicts(settled=True) == []


def test_of_two_writes_of_one_field_the_loser_is_kept() -> None:
    pair = Pair(rooms(2))
    for kv, guest in zip(pair.kvs, ("Ann", "Bo"), strict=True):
        kv.set([{**kv.value[0], "guest": guest}, kv.value[1]])
    shown = pair.value()[0]["guest"]
    [conflict] = pair.one.conflicts(settled=True)
    assert {conflict.shown.value, conflict.other.value} == {"Ann", "Bo"}
    assert conflict.shown.value == shown


@pytest.mark.req("TAB-04")
def test_a_function_of_a_list_gets_the_newest_also_when_another_item_changes() -> None:
    pair = Pair([])

    def numbered(items: Any) -> Any:
        return [*items, {"id": f"n{len(items)}", "of": sum(1 for _ in items)}]

    for _ in range(20):
        for kv in pair.kvs:
            kv.set(numbered)
    for _ in range(3):
        pair.device.beat()
    assert sorted(item["of"] for item in pair.value()) == list(range(40))


def test_a_value_may_change_its_shape() -> None:
    pair = Pair()
    shapes: list[Any] = [
        5,
        rooms(2),
        [],
        rooms(3)[1:],
        {"a": {"x": 1, "deep": {"y": []}}, "b/~#@": {"@": 1, "": 2}},
        {"a": {"x": 1}, "b": 2},
        {"a": {}},
        [{"id": 1}],
        [{"id": "a"}, {"id": "a"}],
        [{"id": "a/~#@", "@": 1}, {"id": " "}],
        {"x": {"@": 1}, "#y": {"#": True}},
        [{"id": ""}],
        {},
        None,
        [[{"id": "a"}]],
        "text",
    ]
    for value in (*shapes, *reversed(shapes)):
        pair.kvs[0].set(value)
        assert pair.value() == value
        assert pair.device.open().view.get("k", "value") == {"id": "value", "value": value}
    pair.kvs[1].delete()
    assert pair.value() is None


def test_undo_and_history_know_the_items() -> None:
    pair = Pair(rooms(2))
    receipt = pair.kvs[0].set([*rooms(2), {"id": "new"}])
    assert receipt is not None
    pair.settle()
    pair.kvs[1].set([{**rooms(1)[0], "guest": "Bo"}, *pair.kvs[1].value[1:]])
    pair.settle()
    pair.one.undo(receipt.change_id)
    assert pair.value() == [{**rooms(1)[0], "guest": "Bo"}, rooms(2)[1]]


def test_what_does_not_fit_changes_nothing() -> None:
    pair = Pair(rooms(2))
    with pytest.raises(InvalidValue):
        pair.kvs[0].set([{"id": "a", "x": object()}])
    assert pair.value() == rooms(2)


@pytest.mark.req("TAB-06")
def test_who_changed_an_item_is_told_once_each_time() -> None:
    pair = Pair(rooms(2))
    heard: list[Message] = []
    use_broadcast(heard.append, space=pair.two)
    for n in range(3):
        pair.kvs[0].set([{**rooms(1)[0], "beds": n}, rooms(2)[1]])
        pair.settle()
    told = [(m.kind, m.tab, m.value[0]["beds"]) for m in heard if m.kind == "kv-update"]
    assert told == [("kv-update", pair.one.tab_id, n) for n in range(3)]


def test_with_a_resolver_a_collection_is_one_value() -> None:
    pair = Pair(rooms(2), Schema(strategy="custom"))
    for kv, guest in zip(pair.kvs, ("Ann", "Bo"), strict=True):
        kv.set([{**kv.value[0], "guest": guest}, kv.value[1]])
    pair.value()
    [conflict] = pair.one.conflicts()
    assert conflict.register == "value"
    assert isinstance(conflict.other.value, list)


_items = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from("abcde")}, optional={"q": st.integers(0, 3), "n": st.none()}
    ),
    max_size=5,
    unique_by=lambda item: item["id"],
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1), _items | st.integers(0, 2), st.booleans()), max_size=8)
)
def test_whatever_two_tabs_set_they_end_equal_and_a_lone_set_is_what_shows(script: Any) -> None:
    pair = Pair()
    for tab, value, hear in script:
        pair.settle()
        pair.kvs[tab].set(value)
        assert pair.kvs[tab].value == value
        if not hear:
            pair.kvs[1 - tab].set(_behind(value))
    pair.value()


def _behind(value: Any) -> Any:
    return [{"id": "z"}] if isinstance(value, int) else [*value, {"id": "z", "q": 9}]
