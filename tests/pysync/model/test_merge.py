"""Three-way merge: what one side left alone comes from the other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from pysync.model.merge import ABSENT, merge3
from pysync.values.jsonvalue import MAX_INT, canonical, freeze, same
from tests.pysync.kit import json_values


@given(json_values(), json_values())
def test_merge_1_laws(base: Any, other: Any) -> None:
    b, x = freeze(base), freeze(other)
    assert same(merge3(b, x, x, "ours").value, x)
    assert same(merge3(b, b, x, "ours").value, x)
    assert same(merge3(b, x, b, "theirs").value, x)
    assert same(merge3(ABSENT, x, x, "ours").value, x)


@given(json_values(), json_values(), json_values())
def test_merge_2_the_result_is_a_value_and_the_same_each_time(
    base: Any, ours: Any, theirs: Any
) -> None:
    b, o, t = freeze(base), freeze(ours), freeze(theirs)
    merged = merge3(b, o, t, "ours")
    assert same(freeze(merged.value), merged.value)
    assert canonical(merged.value) == canonical(merge3(b, o, t, "ours").value)


@given(json_values(), json_values(), json_values())
def test_without_a_clash_it_does_not_matter_whom_to_prefer(
    base: Any, ours: Any, theirs: Any
) -> None:
    b, o, t = freeze(base), freeze(ours), freeze(theirs)
    merged = merge3(b, o, t, "ours")
    if not merged.clashes:
        assert same(merged.value, merge3(b, o, t, "theirs").value)


@pytest.mark.req("SRV-24")
@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        (150, 150, 145, 145),
        (150, 160, 145, 155),
        (0.5, 1, 1, 1),
        ({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 3}, {"a": 2, "b": 3}),
        ({"a": 1}, {}, {"a": 1, "b": 2}, {"b": 2}),
        ({"a": {"x": 1}}, {"a": {"x": 1, "y": 2}}, {"a": {"x": 9}}, {"a": {"x": 9, "y": 2}}),
        (["a"], ["a", "b"], ["a", "c"], ["a", "b", "c"]),
        (["a", "b"], ["b"], ["a", "b", "c"], ["b", "c"]),
        (["a"], ["a", "a"], ["a"], ["a", "a"]),
        (
            [{"id": "1", "n": 1}],
            [{"id": "1", "n": 2}],
            [{"id": "1", "n": 1, "m": 5}, {"id": "2"}],
            [{"id": "1", "n": 2, "m": 5}, {"id": "2"}],
        ),
    ],
)
def test_both_sides_find_their_change(base: Any, ours: Any, theirs: Any, merged: Any) -> None:
    result = merge3(*(freeze(v) for v in (base, ours, theirs)), "ours")
    assert result.value == merged
    assert result.clashes == ()


def test_one_leaf_that_both_changed_is_a_clash_and_the_preferred_side_wins() -> None:
    base, ours, theirs = {"a": "x", "b": 1}, {"a": "y", "b": 1}, {"a": "z", "b": 2}
    first = merge3(base, ours, theirs, "ours")
    assert (first.value, first.clashes) == ({"a": "y", "b": 2}, ("/a",))
    assert merge3(base, ours, theirs, "theirs").value == {"a": "z", "b": 2}


def test_an_element_removed_by_one_and_changed_by_the_other_is_a_clash() -> None:
    base = [{"id": "1", "n": 1}]
    assert merge3(base, [], [{"id": "1", "n": 2}], "ours").value == []
    kept = merge3(base, [], [{"id": "1", "n": 2}], "theirs")
    assert (kept.value, kept.clashes) == ([{"id": "1", "n": 2}], ("/#1",))


def test_numbers_that_cannot_be_added_up_stay_inside_what_is_exact() -> None:
    assert merge3(0, MAX_INT, MAX_INT - 1, "ours").value == MAX_INT
    assert merge3(MAX_INT, MAX_INT - 1, MAX_INT - 2, "ours").value == MAX_INT - 3
    assert merge3(0, -MAX_INT, -MAX_INT + 1, "ours").value == -MAX_INT


def test_elements_whose_identities_look_alike_are_all_kept() -> None:
    ours = [{"id": "a"}, {"id": "a", "n": 2}, {"id": "a~1"}, "#a", 5, {"id": "5"}]
    merged = merge3([], freeze(ours), freeze(["b"]), "ours").value
    assert merged == [*ours, "b"]


def test_true_is_no_number() -> None:
    assert merge3(1, True, 2, "ours").clashes == ("",)
