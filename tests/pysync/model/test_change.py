"""Changes on the wire: what is decoded was checked, what is encoded comes back."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.errors import ProtocolError
from pysync.model.change import (
    ADD,
    CREATE,
    DELETE,
    MAX_OPS,
    MAX_STAMP,
    SET,
    Change,
    Meta,
    Op,
    decode_change,
    loads,
)
from pysync.model.decision import decode_decision
from pysync.model.reducer import decide
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.model.state import State
from pysync.values.jsonvalue import freeze
from tests.pysync.kit import json_values, mark, texts

OPEN = Schema()
STRICT = Schema(
    collections={
        "stays": CollectionSchema(
            name="stays",
            fields={
                "nights": Field(types=(int,), minimum=1),
                "tags": Field(kind="set", check=lambda v: None if v else "must not be empty"),
            },
            groups=(("room", "nights"),),
        )
    }
)
names = texts(5).map(lambda t: "f" + "".join(c for c in t if c.isalnum()))


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Changes as a draft may make them."""
    ops = []
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from([SET, ADD, CREATE, DELETE]))
        value = st.integers(-9, 9) if kind == ADD else json_values(3)
        fields = {n: freeze(v) for n, v in draw(st.dictionaries(names, value, max_size=2)).items()}
        base = draw(st.one_of(names, st.dictionaries(names, names, max_size=2)))
        gone = tuple(draw(st.lists(names, max_size=2))) if kind == SET else ()
        ops.append(Op(kind, draw(names), draw(names), fields, base, gone))
    n = draw(st.integers(1, 99))
    if draw(st.booleans()):
        return Change(mark("t", n), tuple(ops))
    meta = Meta(
        author=draw(names),
        label=draw(texts()),
        atomic=draw(st.booleans()),
        rerun=draw(st.booleans()),
        undoes=draw(names),
        supersedes=tuple(draw(st.lists(names, max_size=2))),
        resolves=tuple(draw(st.lists(names, max_size=2))),
        seen=freeze(draw(st.dictionaries(names, json_values(3), max_size=2))),
        stale=draw(st.booleans()),
    )
    return Change(mark("t", n, author=meta.author), tuple(ops), meta)


@given(changes())
def test_change_2_encoding_a_decoded_change_gives_the_same_text(change: Change) -> None:
    text = json.dumps(change.encode(), ensure_ascii=False)
    again = decode_change("t", loads(text), OPEN)
    assert json.dumps(again.encode(), ensure_ascii=False) == text
    assert (again.id, again.order, again.meta) == (change.id, change.order, change.meta)
    assert again.mark.author == change.mark.author
    assert again.dropped == ()
    assert again.fitting is again.ops


@given(json_values(12))
def test_change_1_whatever_json_comes_only_protocol_errors_are_raised(row: Any) -> None:
    for value in (
        row,
        [1, 1, row],
        [1, 1, [row]],
        [1, 1, [], row],
        [1, 1, [["=", "k", "r", row, row]]],
    ):
        for schema in (OPEN, STRICT):
            try:
                change = decode_change("t", value, schema)
            except ProtocolError:
                continue
            decide(State(schema), change)


GOOD: list[Any] = [1, 5, [["=", "k", "r", {"f": 1}, "a.1"]]]


def _with(place: list[int], value: Any) -> Any:
    row = json.loads(json.dumps(GOOD))
    target = row
    for step in place[:-1]:
        target = target[step]
    if place[-1] == len(target):
        target.append(value)
    else:
        target[place[-1]] = value
    return row


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ([0], 0),
        ([0], "1"),
        ([0], True),
        ([0], 2**53),
        ([1], -1),
        ([1], MAX_STAMP),
        ([1], 1.5),
        ([2], {}),
        ([2], [["=", "k", "r", {}, ""]] * (MAX_OPS + 1)),
        ([2, 0], []),
        ([2, 0], "=kr"),
        ([2, 0, 0], "?"),
        ([2, 0, 0], []),
        ([2, 0, 1], "a/b"),
        ([2, 0, 1], 5),
        ([2, 0, 2], "a\x00b"),
        ([2, 0, 2], ""),
        ([2, 0, 2], "\ud800"),
        ([2, 0, 2], None),
        ([2, 0, 3], [1]),
        ([2, 0, 3], {"f": 2**60}),
        ([2, 0, 3], {"\ud800": 1}),
        ([2, 0, 3], {"id": "x"}),
        ([2, 0, 3], {"": "x"}),
        ([2, 0, 3], None),
        ([2, 0, 4], 5),
        ([2, 0, 4], ["a"]),
        ([2, 0, 4], {"f": 1}),
        ([2, 0, 4], "\udfff"),
        ([2, 0, 5], "gone"),
        ([2, 0, 5], [1]),
        ([3], [1]),
        ([3], {"a": 5}),
        ([3], {"a": "\ud800"}),
        ([3], {"l": "x" * 500}),
        ([3], {"s": "ab"}),
        ([3], {"x": [1]}),
        ([3], {"w": [1]}),
        ([3], {"w": {"a": 2**60}}),
    ],
)
def test_change_1_what_is_not_well_formed_is_refused_whole(place: list[int], value: Any) -> None:
    decode_change("t", GOOD, OPEN)
    with pytest.raises(ProtocolError):
        decode_change("t", _with(place, value), OPEN)


@pytest.mark.parametrize("delta", ["1", None, True, [1], {"a": 1}])
def test_change_1_a_delta_is_a_number(delta: Any) -> None:
    with pytest.raises(ProtocolError, match="no number"):
        decode_change("t", [1, 1, [["+", "k", "r", {"f": delta}, ""]]], OPEN)


def test_what_a_newer_build_adds_passes_by() -> None:
    row = [1, 5, [["=", "k", "r", {"f": 1}, "", ["g"], "new"]], {"l": "x", "zz": 1}, "more"]
    change = decode_change("t", row, OPEN)
    assert (change.meta.label, change.ops[0].gone) == ("x", ("g",))


@pytest.mark.req("TAB-10")
def test_a_declared_value_has_no_members_to_be_written_past_its_check() -> None:
    row = [1, 5, [["=", "stays", "s", {"nights/x": 1, "guest": 1}, ""]]]
    change = decode_change("t", row, STRICT)
    assert change.dropped == ("stays/s/nights/x has no members",)
    assert [op.fields for op in change.fitting] == [{"guest": 1}]


@pytest.mark.req("TAB-10")
def test_a_field_that_does_not_fit_is_left_out_of_what_may_be_decided_and_reported() -> None:
    row = [
        1,
        5,
        [
            ["=", "stays", "r", {"name": "x", "guest": 1}, ""],
            ["=", "stays", "s", {"nights": 0}, ""],
        ],
    ]
    change = decode_change("t", row, STRICT)
    assert change.dropped == ("stays/s/nights is below 1",)
    assert [op.fields for op in change.fitting] == [{"name": "x", "guest": 1}]
    assert [op.fields for op in change.ops] == [{"name": "x", "guest": 1}, {"nights": 0}]


@pytest.mark.req("TAB-10")
def test_of_a_group_that_does_not_fit_nothing_is_taken() -> None:
    row = [1, 5, [["=", "stays", "r", {"room": "7", "nights": -1, "name": "x"}, ""]]]
    assert decode_change("t", row, STRICT).fitting[0].fields == {"name": "x"}


def test_leaves_of_nested_fields_are_not_judged_as_whole_values() -> None:
    row = [1, 5, [["=", "stays", "r", {"tags": [], "tags/#x": True}, ""]]]
    assert decode_change("t", row, STRICT).dropped == ()


def test_an_op_knows_what_its_author_saw() -> None:
    assert Op(SET, "k", "r", {}, "a.1").saw("f") == "a.1"
    assert Op(SET, "k", "r", {}, {"f": "a.1"}).saw("f") == "a.1"
    assert Op(SET, "k", "r", {}, {"f": "a.1"}).saw("g") == ""
    assert "saw 'a.1'" in repr(Op(SET, "k", "r", {}, "a.1"))
    assert "t.1" in repr(Change(mark("t"), ()))


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a":-Infinity}', "{", ""])
def test_json_without_not_a_number(text: str) -> None:
    with pytest.raises(ValueError):
        loads(text)


@given(json_values(12))
def test_decisions_raise_nothing_but_protocol_errors_either(row: Any) -> None:
    for value in (
        row,
        ["applied", "", "", {}, row, []],
        ["applied", "", "", {}, [["=", "k", "r", row, ""]], []],
    ):
        with contextlib.suppress(ProtocolError):
            decode_decision(value)
