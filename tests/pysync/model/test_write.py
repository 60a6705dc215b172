"""Applying decided writes: no decision, only consequence."""

from __future__ import annotations

import pytest

from pysync.errors import ProtocolError
from pysync.model.cell import Cell
from pysync.model.change import ADD, CREATE, DELETE, SET, Op
from pysync.model.schema import CollectionSchema
from pysync.model.write import apply_op, mark_of, register_of
from pysync.values.jsonvalue import MAX_INT
from tests.pysync.kit import mark

PLAIN = CollectionSchema(name="c")
GROUPED = CollectionSchema(name="c", groups=(("room", "from", "to"),))


def _cell(**fields: object) -> Cell:
    return Cell(dict(fields), mark("base"), {}, mark("base"))


@pytest.mark.parametrize("kind", [SET, ADD, DELETE])
def test_nothing_is_written_to_what_is_not_there(kind: str) -> None:
    with pytest.raises(ProtocolError, match="no record c/r"):
        apply_op(None, Op(kind, "c", "r", {}), mark(), PLAIN)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ProtocolError, match="unknown kind"):
        apply_op(_cell(), Op("?", "c", "r", {}), mark(), PLAIN)


def test_apply_1_the_same_writes_on_equal_cells_give_equal_cells() -> None:
    for op in (
        Op(SET, "c", "r", {"a": 2, "n": 1}, gone=("b",)),
        Op(ADD, "c", "r", {"a": 2}),
        Op(CREATE, "c", "r", {"a": 2}),
        Op(DELETE, "c", "r", {}),
    ):
        one, two = (apply_op(_cell(a=1, b=1), op, mark("t", 2), PLAIN) for _ in range(2))
        assert (one.fields, one.marks, one.base, one.rev, one.dead) == (
            two.fields,
            two.marks,
            two.base,
            two.rev,
            two.dead,
        )
        assert one.rev == mark("t", 2)


def test_setting_marks_what_it_sets_and_what_it_removes() -> None:
    made = apply_op(_cell(a=1, b=1), Op(SET, "c", "r", {"a": 2}, gone=("b",)), mark("t"), PLAIN)
    assert (made.fields, made.marks) == ({"a": 2}, {"a": mark("t"), "b": mark("t")})


def test_removing_a_leaf_leaves_those_below_it_that_were_not_named() -> None:
    cell = _cell(**{"doc/a": {}, "doc/a/x": 1, "doc/a/y": 2})
    made = apply_op(
        cell, Op(SET, "c", "r", {}, gone=("doc/a", "doc/a/y", "none")), mark("t"), PLAIN
    )
    assert made.fields == {"doc/a/x": 1}


def test_a_group_is_marked_by_its_first_member() -> None:
    made = apply_op(_cell(), Op(SET, "c", "r", {"to": 1}, gone=("from",)), mark("t"), GROUPED)
    assert made.marks == {"room": mark("t")}
    assert register_of(GROUPED, "to") == register_of(GROUPED, "room") == "room"
    assert register_of(GROUPED, "name") == "name"


def test_a_group_is_written_by_whoever_wrote_any_member() -> None:
    assert mark_of(GROUPED, _cell(to=1), "room") == mark("base")
    assert mark_of(GROUPED, _cell(name=1), "room") is None
    assert mark_of(GROUPED, _cell(name=1), "name") == mark("base")
    assert mark_of(GROUPED, _cell(), "name") is None


@pytest.mark.parametrize(
    ("before", "delta", "after"),
    [(5, 2, 7), (None, 2, 2), ("text", 2, 2), (True, 2, 2), (0.5, 0.5, 1), (MAX_INT, 5, MAX_INT)],
)
def test_deltas_add_up(before: object, delta: float, after: float) -> None:
    made = apply_op(_cell(n=before), Op(ADD, "c", "r", {"n": delta}), mark("t"), PLAIN)
    assert made.fields["n"] == after
    assert made.marks == {"n": mark("t")}


def test_an_edit_revives_a_tombstone_with_the_fields_it_kept() -> None:
    dead = apply_op(_cell(a=1), Op(DELETE, "c", "r", {}), mark("t"), PLAIN)
    assert dead.dead and dead.fields == {"a": 1}
    for op in (Op(SET, "c", "r", {"b": 1}), Op(ADD, "c", "r", {"b": 1})):
        assert not apply_op(dead, op, mark("u"), PLAIN).dead
        assert apply_op(dead, op, mark("u"), PLAIN).fields == {"a": 1, "b": 1}
