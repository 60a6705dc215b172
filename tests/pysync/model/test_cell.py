"""Cells and marks: immutable versions, flat inside, nested outside."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.model.cell import SEED_MARK, Cell, escape, item_of, unescape
from pysync.model.leaves import leaves
from pysync.values.jsonvalue import freeze
from tests.pysync.kit import Truth, json_values, mark, texts


@given(texts(12))
def test_escaping_a_step_of_a_path_is_undone_by_unescaping(part: str) -> None:
    escaped = escape(part)
    assert unescape(escaped) == part
    assert not set("/#@") & set(escaped)


def test_marks_are_ordered_by_stamp_then_tab_then_number() -> None:
    assert mark("a", 1, 5).after(mark("b", 9, 4))
    assert mark("b", 1, 5).after(mark("a", 9, 5))
    assert mark("a", 2, 5).after(mark("a", 1, 5))
    assert mark("a", 1, 0).after(SEED_MARK)


def test_a_mark_is_the_change_it_names() -> None:
    assert mark("a", 1, 5) == mark("a", 1, 6)
    assert hash(mark("a", 1, 5)) == hash(mark("a", 1, 6))
    assert mark("a", 1) != mark("a", 2)
    assert mark("a", 1) != "a.1"
    assert mark("a", 1).version == "a.1"
    assert mark("a", 1, 7, "anna").encode() == ["a", 1, 7, "anna"]


def test_cell_1_edits_make_new_cells_and_leave_the_old_as_it_was() -> None:
    truth = Truth()
    truth.do(mark(n=1), lambda d: d.create("c", {"id": "r", "f": 1}))
    old = truth.state.cell("c", "r")
    assert old is not None
    before = (dict(old.fields), dict(old.marks), old.rev, old.dead, old.record("r"))
    truth.do(mark(n=2), lambda d: d.update("c", "r", {"f": 2}))
    truth.do(mark(n=3), lambda d: d.increment("c", "r", "f", 1))
    truth.do(mark(n=4), lambda d: d.delete("c", "r"))
    assert (dict(old.fields), dict(old.marks), old.rev, old.dead, old.record("r")) == before


def test_cell_2_every_path_has_a_mark() -> None:
    truth = Truth()
    truth.do(mark(n=1), lambda d: d.create("c", {"id": "r", "f": 1, "g": {}}))
    truth.do(mark("b", 1), lambda d: d.update("c", "r", {"f": 2, "h": 3}))
    cell = truth.state.cell("c", "r")
    assert cell is not None
    assert {path: cell.mark(path) for path in cell.fields} == {
        "f": mark("b", 1),
        "g": mark("a", 1),
        "h": mark("b", 1),
    }
    assert cell.mark("never") is None


def test_a_record_is_frozen_has_its_id_and_is_made_once() -> None:
    cell = Cell({"a": 1}, SEED_MARK, {}, SEED_MARK)
    assert cell.record("r") == {"id": "r", "a": 1}
    assert cell.record("r") is cell.record("r")


@given(st.dictionaries(texts(4), json_values(4), max_size=3))
def test_an_object_field_comes_back_as_it_was_put(value: dict[str, Any]) -> None:
    flat = leaves("doc", "object", freeze(value), {})
    assert Cell(flat, SEED_MARK, {}, SEED_MARK).record("r")["doc"] == value


@given(st.lists(texts(4), unique=True, max_size=5))
def test_a_set_field_comes_back_ordered(value: list[str]) -> None:
    flat = leaves("tags", "set", freeze(value), {})
    shown = Cell(flat, SEED_MARK, {}, SEED_MARK).record("r")["tags"]
    assert set(shown) == set(value) and len(shown) == len(value)


@given(st.lists(texts(4).filter(bool), unique=True, max_size=5), json_values(4))
def test_a_keyed_list_comes_back_in_its_order(ids: list[str], extra: Any) -> None:
    value = [{"id": item, "x/y": extra} for item in ids]
    flat = leaves("lines", "list", freeze(value), {})
    assert Cell(flat, SEED_MARK, {}, SEED_MARK).record("r")["lines"] == value


def test_leaves_that_do_not_fit_together_still_make_a_record() -> None:
    flat = {"doc": 5, "doc/a": 1, "l": [], "l/@7/x": 1, "l/@8": 3, "s/#x": True, "s/#y": False}
    record = Cell(flat, SEED_MARK, {}, SEED_MARK).record("r")
    assert record == {"id": "r", "doc": {"a": 1}, "l": [], "s": ["x"]}


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("lines/@7/qty", "lines/@7"),
        ("lines/@7/@", "lines/@7"),
        ("lines", ""),
        ("lines/@7", ""),
        ("doc/a/b", ""),
        ("tags/#x", ""),
    ],
)
def test_a_leaf_knows_its_item(path: str, stem: str) -> None:
    assert item_of(path) == stem
