"""JSON values: checked at the door, frozen, spelled one way."""

from __future__ import annotations

import copy
import enum
import json
import math
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.errors import FrozenValue, InvalidValue
from pysync.values.jsonvalue import (
    MAX_CHARS,
    MAX_DEPTH,
    MAX_INT,
    FrozenDict,
    FrozenList,
    add_numbers,
    bounded,
    canonical,
    freeze,
    same,
    thaw,
)
from tests.pysync.kit import json_values


@given(json_values())
def test_freezing_keeps_the_value_and_is_idempotent(value: Any) -> None:
    frozen = freeze(value)
    assert frozen == value
    assert canonical(freeze(frozen)) == canonical(frozen)
    assert json.loads(canonical(frozen)) == thaw(frozen)
    assert same(thaw(frozen), frozen)


@given(json_values(), json_values())
def test_equal_text_means_one_value_and_same_agrees(a: Any, b: Any) -> None:
    a, b = freeze(a), freeze(b)
    assert same(a, b) == (canonical(a) == canonical(b))


@pytest.mark.parametrize("value", [2.0, -0.0, 1e15, True, None, "", [], {}, (1, 2)])
def test_integral_floats_become_integers_and_tuples_lists(value: Any) -> None:
    frozen = freeze(value)
    assert not isinstance(frozen, (float, tuple))
    assert frozen == (list(value) if isinstance(value, tuple) else value)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (math.nan, "finite"),
        (math.inf, "finite"),
        (MAX_INT + 1, "2^53"),
        (-MAX_INT - 1, "2^53"),
        (1e300, "2^53"),
        ("\ud800", "surrogate"),
        ({"\udfff": 1}, "surrogate"),
        ({1: 2}, "keys are text"),
        ({"a": {1}}, "set is not JSON"),
        (b"x", "bytes is not JSON"),
        (object(), "object is not JSON"),
    ],
)
def test_what_is_not_json_is_refused_with_a_reason(value: Any, says: str) -> None:
    with pytest.raises(InvalidValue, match=says.replace("^", r"\^")):
        freeze(value)


def test_the_error_names_the_place_inside_the_value() -> None:
    with pytest.raises(InvalidValue) as caught:
        freeze({"rooms": [{"rate": math.nan}]}, "hotel")
    assert caught.value.path == "hotel/rooms/0/rate"


def test_nesting_is_bounded_also_for_what_is_frozen_already() -> None:
    deep: Any = 1
    for _ in range(MAX_DEPTH):
        deep = [deep]
    freeze(deep)
    with pytest.raises(InvalidValue, match="nested deeper"):
        freeze([deep])
    with pytest.raises(InvalidValue, match="nested deeper"):
        freeze({"a": freeze(deep)})
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(InvalidValue, match="nested deeper"):
        freeze(endless)


class Colour(enum.IntEnum):
    RED = 1


class Name(str):
    __slots__ = ()


def test_subclasses_become_the_plain_types() -> None:
    frozen = freeze([Colour.RED, Name("x"), {Name("k"): True}])
    assert [type(item) for item in frozen] == [int, str, FrozenDict]
    assert type(next(iter(frozen[2]))) is str


@pytest.mark.parametrize(
    "change",
    [
        lambda d, _: d.update(a=2),
        lambda d, _: d.__setitem__("a", 2),
        lambda d, _: d.pop("a"),
        lambda d, _: d.popitem(),
        lambda d, _: d.setdefault("b", 1),
        lambda d, _: d.clear(),
        lambda d, _: d.__delitem__("a"),
        lambda d, _: d.__ior__({}),
        lambda _, ls: ls.append(1),
        lambda _, ls: ls.sort(),
        lambda _, ls: ls.__iadd__([1]),
        lambda _, ls: ls.__setitem__(0, 1),
        lambda _, ls: ls.insert(0, 1),
        lambda _, ls: ls.reverse(),
    ],
)
def test_what_is_handed_out_raises_when_changed_in_place(change: Any) -> None:
    value = freeze({"a": 1})
    items = freeze([3, 1])
    with pytest.raises(FrozenValue, match="thaw"):
        change(value, items)
    assert (value, items) == ({"a": 1}, [3, 1])


def test_frozen_values_are_copied_and_pickled_and_thawed_to_free_ones() -> None:
    value = freeze({"a": [1, {"b": 2}]})
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.deepcopy(value) == value
    free = thaw(value)
    free["a"][1]["b"] = 3
    assert value["a"][1]["b"] == 2


def test_true_and_one_are_two_values() -> None:
    assert not same(True, 1)
    assert not same([True], [1])
    assert not same({}, [])
    assert same(freeze(1.0), 1)
    assert not same(None, False)


def test_size_is_bounded_by_canonical_text() -> None:
    assert bounded("x" * MAX_CHARS)
    with pytest.raises(InvalidValue, match="longer"):
        bounded("x" * (MAX_CHARS + 1))
    with pytest.raises(InvalidValue, match="larger"):
        bounded(["x" * 60, "y" * 60], limit=100)
    assert bounded(["x"], limit=100) == ["x"]


numbers = st.one_of(st.integers(-MAX_INT, MAX_INT), st.floats(-1e9, 1e9))


@given(numbers, numbers)
def test_sums_are_values_that_every_runtime_holds(a: float, b: float) -> None:
    total = add_numbers(freeze(a), freeze(b))
    assert same(freeze(total), total)
    assert total == add_numbers(freeze(b), freeze(a))


def test_sums_stop_at_the_integers_that_are_exact() -> None:
    assert add_numbers(MAX_INT, 1) == MAX_INT
    assert add_numbers(-MAX_INT, -1.5) == -MAX_INT
    assert add_numbers(0.5, 0.5) == 1
    assert type(add_numbers(0.5, 0.5)) is int


def test_frozen_types_survive_json_dumps() -> None:
    assert json.dumps(FrozenDict(a=FrozenList([1]))) == '{"a": [1]}'
