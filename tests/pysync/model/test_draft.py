"""Drafts: one change in the making, which reads its own writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.errors import InvalidValue, SensitiveKey, Unknown, UsageError
from pysync.model.change import ADD, CREATE, DELETE, SET
from pysync.model.decision import apply_writes
from pysync.model.draft import Draft
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.model.state import State
from tests.pysync.kit import Truth, cells_text, drafted, mark

SCHEMA = Schema(
    collections={
        "c": CollectionSchema(
            name="c",
            fields={
                "n": Field(kind="counter", minimum=0),
                "tags": Field(kind="set"),
                "doc": Field(kind="object"),
                "lines": Field(kind="list"),
                "text": Field(strategy="merge"),
                "must": Field(),
            },
            groups=(("room", "from", "to"),),
            indexes={"f": lambda record: [record.get("f")]},
        ),
        "strict": CollectionSchema(name="strict", fields={"name": Field(required=True)}),
    }
)


@pytest.fixture
def truth() -> Truth:
    """A record in which two authors wrote."""
    made = Truth(SCHEMA)
    made.do(mark("a", 1), lambda d: d.create("c", {"id": "r", "f": 1, "n": 5, "room": "7"}))
    made.do(mark("b", 1), lambda d: d.update("c", "r", {"f": 2}))
    return made


def ops_of(truth: Truth, work: Callable[[Draft], object]) -> list[Any]:
    """What this comes to, as JSON."""
    return [op.encode() for op in drafted(truth.state, mark("me", 1), work).ops]


def test_draft_1_one_op_per_record_with_the_versions_seen(truth: Truth) -> None:
    def work(draft: Draft) -> None:
        draft.update("c", "r", {"f": 3})
        draft.update("c", "r", {"g": 4})
        draft.increment("c", "r", "n", 2)
        draft.increment("c", "r", "n", -1)
        draft.create("c", {"id": "s", "f": 1})
        draft.update("c", "s", {"f": 9})
        assert draft.get("c", "r") == {"id": "r", "f": 3, "g": 4, "n": 6, "room": "7"}
        assert [record["id"] for record in draft.find("c", "f", 9)] == ["s"]
        assert len(list(draft.all("c"))) == 2

    assert ops_of(truth, work) == [
        [SET, "c", "r", {"f": 3, "g": 4}, {"f": "b.1", "g": ""}],
        [ADD, "c", "r", {"n": 1}, ""],
        [CREATE, "c", "s", {"f": 9}, ""],
    ]
    assert truth.get("c", "r") == {"id": "r", "f": 2, "n": 5, "room": "7"}, "nothing left the draft"


@pytest.mark.parametrize(
    ("work", "comes_to"),
    [
        (lambda d: d.update("c", "r", {"f": 2}), []),
        (
            lambda d: d.update("c", "r", {"f": 2}, even_if_equal=True),
            [[SET, "c", "r", {"f": 2}, "b.1"]],
        ),
        (lambda d: d.update("c", "r", {"id": "r", "f": 2}), []),
        (lambda d: d.increment("c", "r", "n", 0), []),
        (
            lambda d: (d.update("c", "r", {"n": 1}), d.increment("c", "r", "n", 2)),
            [[SET, "c", "r", {"n": 3}, "a.1"]],
        ),
        (
            lambda d: (d.increment("c", "r", "n", 2), d.update("c", "r", {"n": 1})),
            [[SET, "c", "r", {"n": 1}, "a.1"]],
        ),
        (
            lambda d: (d.increment("c", "r", "q", 0.5), d.increment("c", "r", "q", 0.5)),
            [[ADD, "c", "r", {"q": 1}, ""]],
        ),
        (
            lambda d: (d.create("c", {"id": "x"}), d.increment("c", "x", "n", 2)),
            [[CREATE, "c", "x", {"n": 2}, ""]],
        ),
        (lambda d: (d.create("c", {"id": "x"}), d.delete("c", "x")), []),
        (lambda d: d.delete("c", "r"), [[DELETE, "c", "r", {}, {"b.1": "", "a.1": ""}]]),
        (
            lambda d: (d.update("c", "r", {"f": 9}), d.delete("c", "r")),
            [[DELETE, "c", "r", {}, {"b.1": "", "a.1": ""}]],
        ),
        (
            lambda d: (d.delete("c", "r"), d.create("c", {"id": "r", "f": 9})),
            [[SET, "c", "r", {"f": 9}, {"f": "b.1", "n": "a.1", "room": "a.1"}, ["n", "room"]]],
        ),
        (
            lambda d: (d.delete("c", "r"), d.create("c", {"id": "r"}), d.delete("c", "r")),
            [[DELETE, "c", "r", {}, {"b.1": "", "a.1": ""}]],
        ),
        (
            lambda d: (d.add("c", "r", "tags", "x"), d.remove("c", "r", "tags", "x")),
            [[SET, "c", "r", {"tags": []}, ""]],
        ),
        (
            lambda d: (d.remove("c", "r", "tags", "x"), d.add("c", "r", "tags", "x")),
            [[SET, "c", "r", {"tags": [], "tags/#x": True}, ""]],
        ),
        (
            lambda d: d.update("c", "r", {"to": 9}),
            [[SET, "c", "r", {"to": 9, "room": "7", "from": None}, "a.1"]],
        ),
    ],
)
def test_several_writes_fold_into_one(truth: Truth, work: Any, comes_to: Any) -> None:
    assert ops_of(truth, work) == comes_to


def test_draft_1_what_one_writer_saw_is_named_once(truth: Truth) -> None:
    assert ops_of(truth, lambda d: d.update("c", "r", {"n": 1, "room": "8"}))[0][4] == "a.1"


@pytest.mark.parametrize(
    ("work", "error", "says"),
    [
        (lambda d: d.create("c", {"id": "r"}), InvalidValue, "exists"),
        (lambda d: d.create("c", {"f": 1}), InvalidValue, "a key is text"),
        (lambda d: d.create("c", {"id": "a/b"}), InvalidValue, "'/'"),
        (lambda d: d.create("strict", {"id": "s"}), InvalidValue, "name must be given"),
        (lambda d: d.create("c", {"id": "s", "a/b": 1}), InvalidValue, "'/'"),
        (lambda d: d.create("c", {"id": "s", "password": 1}), SensitiveKey, "never sent"),
        (lambda d: d.create("Password", {"id": "s"}), SensitiveKey, "never sent"),
        (lambda d: d.update("c", "r", {"f": [{"ssn": 1}]}), SensitiveKey, "c/r/f/0/ssn"),
        (lambda d: d.add("c", "r", "ssn", "x"), SensitiveKey, "never sent"),
        (lambda d: d.update("c", "r", {"id": "other"}), InvalidValue, "cannot be changed"),
        (lambda d: d.update("c", "r", {"lines": [{"q": 1}]}), InvalidValue, "id"),
        (lambda d: d.update("c", "gone", {"f": 1}), Unknown, "no record c/gone"),
        (lambda d: (d.delete("c", "r"), d.update("c", "r", {"f": 1})), Unknown, "deleted"),
        (lambda d: d.delete("c", "gone"), Unknown, "no record"),
        (lambda d: d.increment("c", "gone", "n", 1), Unknown, "no record"),
        (lambda d: d.increment("c", "r", "n", "1"), InvalidValue, "cannot be added"),
        (lambda d: d.increment("c", "r", "n", True), InvalidValue, "cannot be added"),
        (lambda d: d.increment("c", "r", "n", -6), InvalidValue, "below 0"),
        (lambda d: d.increment("c", "r", "room", 1), InvalidValue, "to '7'"),
        (lambda d: d.increment("c", "r", "ssn", 1), SensitiveKey, "never sent"),
        (lambda d: d.add("c", "r", "f", "x"), UsageError, "not declared as a set"),
        (lambda d: d.add("c", "r", "tags", 5), InvalidValue, "are text"),
        (lambda d: d.remove("c", "gone", "tags", "x"), Unknown, "no record"),
    ],
)
def test_a_draft_says_what_is_wrong_with_a_write(
    truth: Truth, work: Any, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        drafted(truth.state, mark("me", 1), work)


def test_a_counter_may_go_down(truth: Truth) -> None:
    truth.do(mark("b", 2), lambda d: d.increment("c", "r", "n", -5))
    assert truth.state.get("c", "r")["n"] == 0  # type: ignore[index]


def test_a_change_has_a_bound(truth: Truth) -> None:
    def work(draft: Draft) -> None:
        for n in range(2_001):
            draft.create("c", {"id": f"x{n}"})

    with pytest.raises(InvalidValue, match="cut it into several"):
        drafted(truth.state, mark("me", 1), work)


def test_values_seen_travel_where_the_merge_needs_them(truth: Truth) -> None:
    truth.do(mark("a", 2), lambda d: d.update("c", "r", {"text": "old"}))
    change = drafted(
        truth.state, mark("me"), lambda d: d.update("c", "r", {"text": "new", "f": 1, "n": 0})
    )
    assert change.meta.seen == {"c/r/text": "old", "c/r/n": 5}
    truth.do(mark("a", 3), lambda d: d.update("c", "r", {"text": "x" * 100_000}))
    change = drafted(truth.state, mark("me"), lambda d: d.update("c", "r", {"text": "new"}))
    assert change.meta.seen == {"c/r/text": "x" * 100_000}


def test_restoring_brings_back_a_version_whole_or_some_registers(truth: Truth) -> None:
    old = truth.state.cell("c", "r")
    truth.do(
        mark("a", 2), lambda d: d.update("c", "r", {"f": 5, "room": "8", "g": 1, "doc": {"a": 1}})
    )
    assert ops_of(truth, lambda d: d.restore("c", "r", old, ["f"]))[0][3] == {"f": 2}
    [place] = ops_of(truth, lambda d: d.restore("c", "r", old, ["room"]))
    assert place[3] == {"room": "7", "from": None, "to": None}, "a group comes back whole"
    truth.do(mark("a", 3), lambda d: d.restore("c", "r", old))
    shown = truth.get("c", "r")
    assert shown is not None
    assert {k: v for k, v in shown.items() if v is not None} == {
        "id": "r",
        "f": 2,
        "n": 5,
        "room": "7",
    }
    truth.do(mark("a", 4), lambda d: d.delete("c", "r"))
    assert ops_of(truth, lambda d: d.restore("c", "r", None)) == []
    truth.do(mark("a", 5), lambda d: d.restore("c", "r", old))
    assert truth.get("c", "r") == {"id": "r", "f": 2, "n": 5, "room": "7"}
    truth.do(mark("a", 6), lambda d: d.restore("c", "r", None))
    assert truth.get("c", "r") is None


steps = st.lists(
    st.one_of(
        st.tuples(st.just("create"), st.sampled_from("rs"), st.integers(0, 3)),
        st.tuples(st.just("update"), st.sampled_from("rs"), st.integers(0, 3)),
        st.tuples(st.just("delete"), st.sampled_from("rs"), st.just(0)),
        st.tuples(st.just("increment"), st.sampled_from("rs"), st.integers(0, 2)),
        st.tuples(st.just("add"), st.sampled_from("rs"), st.integers(0, 2)),
        st.tuples(st.just("remove"), st.sampled_from("rs"), st.integers(0, 2)),
        st.tuples(st.just("lines"), st.sampled_from("rs"), st.integers(0, 5)),
        st.tuples(st.just("doc"), st.sampled_from("rs"), st.integers(0, 3)),
    ),
    max_size=8,
)


def scribble(draft: Draft, script: list[tuple[str, str, int]]) -> None:
    """Do all of it that makes sense."""
    for what, rid, n in script:
        try:
            match what:
                case "create":
                    draft.create("c", {"id": rid, "f": n, "tags": ["x"]})
                case "update":
                    draft.update("c", rid, {"f": n, "to": n})
                case "delete":
                    draft.delete("c", rid)
                case "increment":
                    draft.increment("c", rid, "n", n)
                case "add":
                    draft.add("c", rid, "tags", "xyz"[n])
                case "remove":
                    draft.remove("c", rid, "tags", "xyz"[n])
                case "lines":
                    ids = ["ab", "ba", "b", "", "abc", "cab"][n]
                    draft.update("c", rid, {"lines": [{"id": i, "q": n} for i in ids]})
                case "doc":
                    draft.update("c", rid, {"doc": [{}, {"a": 1}, {"a": {"b": 1}}, {"c": 1}][n]})
        except (InvalidValue, Unknown):
            continue


@given(steps, steps)
def test_draft_1_what_a_draft_shows_is_what_its_ops_do(
    first: list[tuple[str, str, int]], second: list[tuple[str, str, int]]
) -> None:
    truth = Truth(SCHEMA)
    truth.do(mark("a", 1), lambda d: d.create("c", {"id": "r", "f": 0, "doc": {"z": 1}}))
    truth.do(mark("b", 1), lambda d: scribble(d, first))
    me = mark("me", 1)
    draft = Draft(truth.state, me)
    scribble(draft, second)
    ops = draft.ops()
    assert len({(op.key, op.rid, op.kind == ADD) for op in ops}) == len(ops)
    predicted, decided = State(SCHEMA), State(SCHEMA)
    for state, cells in (
        (predicted, draft.cells(ops)),
        (decided, apply_writes(truth.state, ops, me, SCHEMA)),
    ):
        for (key, rid), cell in cells.items():
            state.put(key, rid, cell)
    assert cells_text(predicted) == cells_text(decided)
    for rid in "rs":
        shown = draft.get("c", rid)
        if any(op.rid == rid for op in ops):
            assert decided.get("c", rid) == shown
        elif shown is None:
            assert truth.get("c", rid) is None
    change = drafted(truth.state, me, lambda d: scribble(d, second))
    decision = truth.take(change)
    assert decision.outcome == "applied", "on what the author saw nothing is concurrent"
    assert not ops or decision.plain


def test_a_draft_knows_whether_the_records_are_still_as_it_found_them(truth: Truth) -> None:
    draft = Draft(truth.state, mark("me", 1))
    draft.update("c", "r", {"f": 9})
    assert draft.is_current()
    truth.do(mark("b", 2), lambda d: d.update("c", "r", {"f": 7}))
    assert not draft.is_current()
    assert draft.ops()[0].base == "b.1", "it saw what was there when it wrote"
