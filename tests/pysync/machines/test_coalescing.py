"""Coalescing: two changes of one task as one come to what they came to one after the other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.machines.coalescing import coalesced
from pysync.model.change import Change, Meta
from pysync.model.draft import Draft
from pysync.model.schema import CollectionSchema, Field, Schema
from tests.pysync.kit import Truth, drafted, mark

SCHEMA = Schema(
    collections={
        "c": CollectionSchema(
            name="c",
            fields={name: Field() for name in "abgh"} | {"n": Field(kind="counter")},
            groups=(("g", "h"),),
        )
    }
)

writes = st.one_of(
    st.tuples(st.just("create"), st.sampled_from("xy"), st.integers(0, 3)),
    st.tuples(st.sampled_from(["a", "b", "g", "n"]), st.sampled_from("xy"), st.integers(0, 3)),
)


def write(draft: Draft, what: tuple[str, str, int]) -> None:
    """One of `writes`."""
    kind, rid, value = what
    there = draft.get("c", rid) is not None
    if kind == "create" and not there:
        draft.create("c", {"id": rid, "a": value})
    elif kind == "n" and there:
        draft.increment("c", rid, "n", value)
    elif kind != "create" and there:
        draft.update("c", rid, {kind: value})


def change_of(truth: Truth, n: int, what: tuple[str, str, int], **meta: Any) -> Change:
    return drafted(truth.state, mark("t", n), lambda draft: write(draft, what), **meta)


def values(truth: Truth) -> dict[str, Any]:
    return {record["id"]: dict(record) for record in truth.state.all("c")}


@pytest.mark.req("SRV-04", "SRV-14")
@given(st.lists(writes, max_size=3), writes, writes, st.booleans())
def test_coalesce_1_both_as_one_come_to_the_same(
    before: list[Any], one: Any, other: Any, meets: bool
) -> None:
    """Also where somebody else writes in between what the author saw and what is decided."""
    apart, together = Truth(SCHEMA), Truth(SCHEMA)
    for truth in (apart, together):
        for at, each in enumerate(before, 1):
            truth.take(drafted(truth.state, mark("s", at), lambda d, each=each: write(d, each)))
    first = change_of(apart, 1, one)
    ahead = Truth(SCHEMA)
    for key, cell in ((key, cell) for key, cell in apart.state.cells.get("c", {}).items()):
        ahead.state.put("c", key, cell)
    ahead.take(first)
    second = change_of(ahead, 2, other)
    both = coalesced(first, second)
    if both is None or not first.ops:
        return
    if meets:
        for truth in (apart, together):
            truth.take(drafted(truth.state, mark("o", 1, 1), lambda d: write(d, ("a", "x", 9))))
    apart.take(first)
    apart.take(second)
    together.take(both)
    assert values(together) == values(apart)
    assert both.id == first.id


@pytest.mark.parametrize(
    "meta",
    [
        {"label": "Other"},
        {"author": "B"},
        {"atomic": True},
        {"undoes": "t.1"},
        {"resolves": ("x",)},
        {"supersedes": ("t.1",)},
        {"rerun": True},
    ],
)
def test_coalesce_2_what_says_something_else_of_itself_stays_by_itself(
    meta: dict[str, Any],
) -> None:
    truth = Truth(SCHEMA)
    truth.take(change_of(truth, 1, ("create", "x", 1)))
    first, second = change_of(truth, 2, ("a", "x", 2)), change_of(truth, 3, ("a", "x", 3))
    assert coalesced(first, second) is not None
    other = Change(second.mark, second.ops, Meta(**meta))
    assert coalesced(first, other) is None
    if not meta.keys() & {"label", "author", "atomic"}:
        assert coalesced(Change(first.mark, first.ops, Meta(**meta)), other) is None


def test_coalesce_2_what_the_first_did_not_write_stays_by_itself() -> None:
    truth = Truth(SCHEMA)
    truth.take(change_of(truth, 1, ("create", "x", 1)))
    truth.take(change_of(truth, 2, ("create", "y", 1)))
    first = change_of(truth, 3, ("a", "x", 2))
    for other in (("b", "x", 1), ("a", "y", 2), ("n", "x", 1)):
        assert coalesced(first, change_of(truth, 4, other)) is None
    gone = drafted(truth.state, mark("t", 4), lambda draft: draft.delete("c", "x"))
    assert coalesced(first, gone) is None
