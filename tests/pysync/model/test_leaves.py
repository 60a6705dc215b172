"""Leaves: nested values taken apart, and only the difference sent."""

from __future__ import annotations

from typing import Any

import pytest

from pysync.errors import InvalidValue
from pysync.model.leaves import difference, element_path, item_path, leaves
from pysync.values.jsonvalue import freeze


def test_each_kind_has_its_leaves() -> None:
    assert leaves("f", "register", freeze({"a": 1}), {}) == {"f": {"a": 1}}
    assert leaves("f", "counter", 3, {}) == {"f": 3}
    assert leaves("f", "set", freeze(["x", "a/b"]), {}) == {"f": [], "f/#x": True, "f/#a~1b": True}
    assert leaves("f", "object", freeze({"a": {"b": 1}, "c": [1]}), {}) == {
        "f": {},
        "f/a": {},
        "f/a/b": 1,
        "f/c": [1],
    }
    found = leaves("f", "list", freeze([{"id": "7", "q": 1}]), {})
    assert found == {"f": [], "f/@7/@": "V", "f/@7/q": 1}


@pytest.mark.parametrize("kind", ["object", "set", "list"])
def test_none_empties_a_nested_field(kind: Any) -> None:
    assert leaves("f", kind, None, {}) == {"f": None}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("object", [1]),
        ("set", {"a": 1}),
        ("set", [1]),
        ("set", [True]),
        ("set", [["a"]]),
        ("list", {"a": 1}),
        ("list", ["a"]),
        ("list", [{"q": 1}]),
        ("list", [{"id": ""}]),
        ("list", [{"id": 5}]),
        ("list", [{"id": "a"}, {"id": "a"}]),
    ],
)
def test_what_has_not_the_shape_is_refused(kind: Any, value: Any) -> None:
    with pytest.raises(InvalidValue) as caught:
        leaves("f", kind, freeze(value), {})
    assert (caught.value.path, caught.value.code) == ("f", "schema")


def test_places_of_items_that_stay_are_kept() -> None:
    now = leaves("f", "list", freeze([{"id": i} for i in "abc"]), {})
    again = leaves("f", "list", freeze([{"id": i} for i in "abxc"]), now)
    assert [again[f"f/@{i}/@"] for i in "abc"] == [now[f"f/@{i}/@"] for i in "abc"]
    assert again["f/@b/@"] < again["f/@x/@"] < again["f/@c/@"]


@pytest.mark.parametrize("broken", [5, "", "V0", "!", None, ["x"]])
def test_a_place_that_a_peer_wrote_wrongly_is_made_anew(broken: Any) -> None:
    now = {"f/@a/@": broken, "f/@b/@": "V"}
    made = leaves("f", "list", freeze([{"id": "a"}, {"id": "b"}]), now)
    assert made["f/@a/@"] < made["f/@b/@"] == "V"


def test_only_what_differs_travels() -> None:
    now = {"doc": {}, "doc/a": 1, "doc/b": 2, "other": 3, "docs": 4}
    wanted = {"doc": {}, "doc/a": 1, "doc/c": 5}
    assert difference("doc", now, wanted) == ({"doc/c": 5}, ["doc/b"])


def test_paths_escape_their_steps() -> None:
    assert element_path("tags", "a/#") == "tags/#a~1~2"
    assert item_path("lines", "@1") == "lines/@~31"
