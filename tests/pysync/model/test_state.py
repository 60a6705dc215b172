"""State and its patched readers: what they show, and their indexes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.errors import UsageError
from pysync.model.cell import SEED_MARK, Cell
from pysync.model.schema import CollectionSchema, Schema
from pysync.model.state import Patched, State

SCHEMA = Schema(
    collections={
        "c": CollectionSchema(
            name="c",
            indexes={
                "room": lambda r: [r["room"]] if r.get("room") is not None else [],
                "twice": lambda r: [r.get("room"), r.get("room"), "all"],
            },
        ),
        "plain": CollectionSchema(name="plain"),
    }
)
rids = st.sampled_from("pqrs")
cells = st.one_of(
    st.none(),
    st.builds(
        lambda room, dead: Cell({"room": room}, SEED_MARK, {}, SEED_MARK, dead),
        st.sampled_from([None, 1, 2]),
        st.booleans(),
    ),
)
puts = st.lists(st.tuples(rids, cells), max_size=12)


def _check(reader: Any, cells: dict[str, Cell | None]) -> None:
    living = {rid: c.record(rid) for rid, c in cells.items() if c is not None and not c.dead}
    assert {r["id"]: r for r in reader.all("c")} == living
    for name, function in SCHEMA.collection("c").indexes.items():
        for key in (None, 1, 2, "all", "nowhere"):
            wanted = sorted(rid for rid, record in living.items() if key in tuple(function(record)))
            assert sorted(reader.ids("c", name, key)) == wanted
            assert [record["id"] for record in reader.find("c", name, key)] == wanted
    for rid in "pqrs":
        assert reader.cell("c", rid) is cells.get(rid)
        assert reader.get("c", rid) == living.get(rid)


@given(puts)
def test_state_1_indexes_equal_their_recomputation(done: list[tuple[str, Cell | None]]) -> None:
    state = State(SCHEMA)
    cells: dict[str, Cell | None] = {}
    _check(state, cells)
    for rid, cell in done:
        state.put("c", rid, cell)
        cells[rid] = cell
        _check(state, cells)
    assert state.count("c") == sum(1 for _ in state.all("c"))
    assert state._indexes["c", "room"].keys() <= {1, 2}, "empty entries are not kept"


@given(puts, puts)
def test_state_1_a_patched_reader_shows_what_a_state_would(
    below: list[tuple[str, Cell | None]], patch: list[tuple[str, Cell | None]]
) -> None:
    state = State(SCHEMA)
    for rid, cell in below:
        state.put("c", rid, cell)
    front: dict[tuple[str, str], Cell | None] = {}
    reader = Patched(state, front)
    _check(reader, dict(below))
    for rid, cell in patch:
        front["c", rid] = cell
    _check(reader, {**dict(below), **dict(patch)})
    front["plain", "p"] = Cell({}, SEED_MARK, {}, SEED_MARK)
    _check(reader, {**dict(below), **dict(patch)})


def test_an_index_that_is_not_declared_is_a_mistake_of_the_caller() -> None:
    state = State(SCHEMA)
    with pytest.raises(UsageError, match="declares no index 'x'"):
        state.find("c", "x", 1)
    with pytest.raises(UsageError):
        Patched(state, {("c", "p"): None}).find("c", "x", 1)


def test_collections_that_were_never_written_are_empty() -> None:
    state = State(SCHEMA)
    assert list(state.all("nothing")) == []
    assert state.count("nothing") == 0
    assert state.get("nothing", "x") is None
