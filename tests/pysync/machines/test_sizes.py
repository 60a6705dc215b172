"""How large a change may be: what is larger is refused before it is applied."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync import BroadcastSync, Collection, InvalidValue, ObservableStore, SyncedKV
from pysync.broadcast_config import BroadcastConfig
from pysync.machines import sizes
from pysync.machines.batches import encode_batch, parse_batch
from pysync.machines.messages import MAX_FRAME
from pysync.model.change import Change, Meta, Op
from pysync.model.names import KEY_MAX
from pysync.model.schema import Schema
from pysync.values.jsontext import json_text
from tests.pysync.house import House
from tests.pysync.kit import mark

LONG = "x" * 999_000


@pytest.mark.parametrize(
    "fields",
    [
        {str(n): LONG for n in range(5)},
        {str(n): [LONG] for n in range(5)},
        {"a": "\x01" * 900_000},
        {"a": {"b": ['"' * 400_000]}, **{str(n): LONG for n in range(4)}},
    ],
    ids=["texts", "lists", "one text that grows", "quotes"],
)
@pytest.mark.req("TAB-15")
def test_size_1_what_could_not_be_read_back_is_refused_and_nothing_is_lost(
    fields: dict[str, Any],
) -> None:
    house = House()
    things = Collection("things", space=house.one)
    things.create({"id": "a", "n": 1})
    house.settle()
    said = len(house.device.said)
    with pytest.raises(InvalidValue, match="cut it into several"):
        things.create({"id": "big", **fields})
    with pytest.raises(InvalidValue, match="cut it into several"):
        things.update("a", fields)
    assert list(things) == [{"id": "a", "n": 1}]
    assert house.one.status().pending == 0
    assert len(house.device.said) == said
    for name, value in list(fields.items())[:3]:
        if len(fields) > 1:
            things.update("a", {name: value})
    things.update("a", {"n": 2})
    house.settle()
    assert house.two.view.get("things", "a") == things.get("a")


def test_a_large_change_that_fits_is_read_by_everybody() -> None:
    house = House()
    fields = {str(n): LONG for n in range(4)}
    Collection("things", space=house.one).create({"id": "a", **fields, "4": "x" * 2_500})
    house.settle()
    assert house.two.view.get("things", "a") is not None
    assert house.device.open().view.get("things", "a") is not None


@pytest.mark.parametrize("meta", [{"label": "x" * 201}, {"author": "x" * 201}, {"label": "\ud800"}])
def test_size_1_a_label_that_nobody_could_read_is_refused(meta: dict[str, str]) -> None:
    house = House()
    with pytest.raises(InvalidValue):
        house.one.run(
            meta.get("label", ""),
            lambda draft: draft.create("c", {"id": "r"}),
            author=meta.get("author", ""),
        )
    assert house.one.view.get("c", "r") is None


def test_of_a_function_that_is_run_again_what_became_too_large_is_told() -> None:
    house = House()
    grown = [SyncedKV[str]("text", "", space=space) for space in (house.one, house.two)]
    for kv, letter in zip(grown, "ab", strict=True):
        kv.set(lambda text, letter=letter: text + letter * 999_999)
    house.settle()
    house.device.beat()
    values = {kv.value for kv in grown}
    assert len(values) == 1
    assert len(values.pop()) == 999_999
    letters = house.one.dead_letters + house.two.dead_letters
    assert len(letters) == 1
    assert "longer than" in letters[0].message


def test_a_store_s_values_that_are_too_large_together_are_sent_apart() -> None:
    house = House()
    stores = [ObservableStore(**{str(n): LONG for n in range(6)}, bad="\x01" * 999_000)]
    stores.append(ObservableStore())
    config = BroadcastConfig(channel_name="rig")
    syncs = [
        BroadcastSync(store, config, space=space).start()
        for store, space in zip(stores, (house.one, house.two), strict=True)
    ]
    house.settle()
    house.device.pass_time(500)
    assert [stores[1].get(str(n)) == LONG for n in range(6)] == [True] * 6
    assert [(p.kind, p.detail[:5]) for p in syncs[0].problems] == [("not-sent", "bad: ")]
    assert stores[0].get("bad") == "\x01" * 999_000


_name = st.text(
    st.characters(exclude_characters="/", min_codepoint=33), min_size=1, max_size=KEY_MAX
)
_value = st.recursive(
    st.one_of(st.none(), st.text(max_size=50), st.floats(allow_nan=False, allow_infinity=False)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(
    st.lists(
        st.tuples(_name, _name, st.dictionaries(_name, _value, max_size=5), st.lists(_name)),
        max_size=5,
    ),
    st.dictionaries(_name, _value, max_size=3),
)
def test_size_1_the_estimate_is_never_too_low(
    rows: list[tuple[str, str, dict[str, Any], list[str]]], seen: dict[str, Any]
) -> None:
    version = "t" * 64 + ".9007199254740991"
    ops = [
        Op("=", key, rid, fields, dict.fromkeys([*fields, *gone], version), tuple(gone))
        for key, rid, fields, gone in rows
    ]
    change = Change(mark("t" * 64, 2**53 - 1, 2**59), tuple(ops), Meta(seen=seen))
    batch = encode_batch("t" * 64, [change], 1e14)
    assert len(batch.text) <= sizes._at_most(change) + MAX_FRAME - sizes.MAX_CHANGE


def test_size_1_what_just_passes_is_read_and_one_character_more_is_refused() -> None:
    def change(chars: int) -> Change:
        texts = {str(n): "x" * 999_000 for n in range(4)}
        return Change(mark("t"), (Op("*", "c", "r", {**texts, "rest": "x" * chars}),))

    length = len(json_text(change(0).encode()))
    room = sizes.MAX_CHANGE - length
    sizes.check_size(change(room))
    assert parse_batch(encode_batch("t", [change(room)], 1e14).text, Schema()).changes
    with pytest.raises(InvalidValue):
        sizes.check_size(change(room + 1))
