"""Snapshot rows: what is read back is what was written, or it is refused."""

from __future__ import annotations

import contextlib
import json
from binascii import crc32
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.errors import StoreCorrupt
from pysync.model.cell import SEED_MARK, Cell
from pysync.model.conflict import Candidate, Conflict
from pysync.model.schema import Schema
from pysync.model.snapshot import (
    BUCKETS,
    Packed,
    bucket_of,
    pack,
    pack_conflicts,
    pack_heads,
    pack_seed,
    unpack_conflicts,
    unpack_heads,
)
from pysync.model.state import State
from pysync.values.jsonvalue import freeze
from tests.pysync.kit import cells_text, json_values, mark, texts

marks = st.builds(mark, st.sampled_from("abc"), st.integers(1, 3), st.integers(0, 9))
cells = st.builds(
    lambda fields, base, own, rev, dead: Cell(freeze(fields), base, own, rev, dead),
    st.dictionaries(texts(4), json_values(4), max_size=3),
    st.one_of(st.just(SEED_MARK), marks),
    st.dictionaries(texts(4), marks, max_size=2),
    marks,
    st.booleans(),
)


def _text(records: dict[str, Cell]) -> str:
    state = State(Schema())
    for rid, cell in records.items():
        state.put("c", rid, cell)
    return cells_text(state)


@given(st.dictionaries(texts(4), cells, max_size=4))
def test_snap_1_reading_what_was_written_gives_equal_cells(records: dict[str, Cell]) -> None:
    # One change has one stamp: marks of one version are one mark.
    first: dict[Any, Any] = {}
    for cell in records.values():
        cell.base = first.setdefault(cell.base, cell.base)
        cell.rev = first.setdefault(cell.rev, cell.rev)
        cell.marks = {r: first.setdefault(m, m) for r, m in cell.marks.items()}
    row = pack("c/1", records)
    packed = Packed("c/1", row)
    living = {rid: cell.fields for rid, cell in records.items() if not cell.dead}
    assert {rid: freeze(dict(fields)) for rid, fields in packed.leaves()} == living
    again = packed.cells()
    assert _text(again) == _text(records)
    assert pack("c/1", again) == row
    assert packed.living == sum(not cell.dead for cell in records.values())
    assert packed.newest == max((cell.rev.stamp for cell in records.values()), default=0)
    assert all(again[rid].record(rid) == cell.record(rid) for rid, cell in records.items())


def _whole(body: str, name: str = "c/1") -> str:
    """A row with that body whose checksum is right."""
    rest = f"1 0\n{body}"
    return f"{crc32(rest.encode(), crc32(name.encode())):08x} {rest}"


GOOD = {"m": [["a", 1, 2, ""]], "r": {"x": [{"f": 1}, 0, {}, 0, 0]}}


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "null",
        "[]",
        "{",
        {"m": [], "r": GOOD["r"]},
        {"m": GOOD["m"]},
        {"m": [["a", 1, 2]], "r": {}},
        {"m": [["a", "1", 2, ""]], "r": {}},
        {"m": [["a", 1, 2.5, ""]], "r": {}},
        {"m": [[5, 1, 2, ""]], "r": {}},
        {"m": GOOD["m"], "r": {"x": [{"f": 1}, -1, {}, 0, 0]}},
        {"m": GOOD["m"], "r": {"x": [{"f": 1}, 0, {"f": -1}, 0, 0]}},
        {"m": GOOD["m"], "r": {"x": [{"f": 1}, 0, {"f": 1}, 0, 0]}},
        {"m": GOOD["m"], "r": {"x": [{"f": 1}, 0, {}, "0", 0]}},
        {"m": GOOD["m"], "r": {"x": [["f"], 0, {}, 0, 0]}},
        {"m": GOOD["m"], "r": {"x": [{"f": 1}, 0, {}, 0]}},
        {"m": GOOD["m"], "r": {"x": [{"f": [2**60]}, 0, {}, 0, 0]}},
        {"m": GOOD["m"], "r": []},
    ],
)
def test_snap_2_a_malformed_row_is_refused_and_not_guessed_at(broken: Any) -> None:
    text = broken if isinstance(broken, str) else json.dumps(broken)
    with pytest.raises(StoreCorrupt, match="'c/1'"):
        Packed("c/1", text)
    packed = Packed("c/1", _whole(text))
    with pytest.raises(StoreCorrupt, match="'c/1'"):
        packed.cells()
    assert len(Packed("c/1", _whole(json.dumps(GOOD))).cells()) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: row.replace('"f":1', '"f":2'),
        lambda row: row.replace(" 1 0\n", " 2 0\n"),
        lambda row: row.replace(" 1 0\n", " 1 9\n"),
        lambda row: row[:-1],
        lambda row: row + " ",
        lambda row: row[row.index("\n") + 1 :],
        lambda row: "x" + row[1:],
        lambda row: "\n" + row,
        lambda _: None,
    ],
)
def test_snap_2_a_row_that_is_not_what_was_written_is_refused_before_it_is_decoded(
    spoil: Any,
) -> None:
    row = pack("c/1", {"r": Cell({"f": 1}, SEED_MARK, {}, SEED_MARK)})
    assert Packed("c/1", row).living == 1
    with pytest.raises(StoreCorrupt, match="'c/1'"):
        Packed("c/1", spoil(row))


def test_snap_2_a_row_under_another_name_is_refused() -> None:
    row = pack("c/1", {"r": Cell({"f": 1}, SEED_MARK, {}, SEED_MARK)})
    for name in ("c/2", "d/1", "c", ""):
        with pytest.raises(StoreCorrupt, match="cannot be read"):
            Packed(name, row)


@given(json_values(), st.sampled_from(["m", "r", "x", ""]))
def test_snap_2_whatever_is_put_in_its_place_nothing_else_is_raised(value: Any, where: str) -> None:
    row: Any = {**GOOD, where: value} if where in GOOD else {"m": GOOD["m"], "r": {"x": value}}
    for text in (json.dumps(value), json.dumps(row)):
        for whole in (text, _whole(text)):
            with contextlib.suppress(StoreCorrupt):
                assert all(isinstance(cell, Cell) for cell in Packed("c/1", whole).cells().values())
            with contextlib.suppress(StoreCorrupt):
                assert all(type(fields) is dict for _, fields in Packed("c/1", whole).leaves())
        for read in (unpack_conflicts, unpack_heads):
            with contextlib.suppress(StoreCorrupt):
                read(text)


def test_a_first_state_is_older_than_any_write() -> None:
    rows = pack_seed({("rooms", "101"): {"name": "x"}, ("rooms", "102"): {"doc": freeze({"a": 1})}})
    packed = [Packed(name, text) for name, text in rows.items()]
    found = {rid: cell for row in packed for rid, cell in row.cells().items()}
    assert found["101"].base is SEED_MARK and found["101"].rev is SEED_MARK
    assert found["102"].fields == {"doc": {"a": 1}}
    assert set(rows) == {bucket_of("rooms", "101"), bucket_of("rooms", "102")}


def test_records_are_spread_over_rows_by_their_id() -> None:
    names = {bucket_of("c", f"r{n}") for n in range(2_000)}
    assert len(names) == BUCKETS
    assert all(name.startswith("c/") for name in names)
    assert bucket_of("c", "é") == bucket_of("c", "é")


def test_conflicts_and_heads_come_back() -> None:
    conflict = Conflict(
        id="a.1:0",
        key="c",
        rid="r",
        register="f",
        status="open",
        strategy="custom",
        shown=Candidate(freeze({"x": 1}), mark("a", 1, 5, "anna")),
        other=Candidate(None, mark("b", 1, 4)),
    )
    assert unpack_conflicts(pack_conflicts([conflict])) == [conflict]
    assert unpack_conflicts(pack_conflicts([conflict.resolved()]))[0].status == "resolved"
    assert unpack_heads(pack_heads({"a": 5, "b": 1}, {"a": {2, 1}})) == (
        {"a": 5, "b": 1},
        {"a": {1, 2}},
    )


@pytest.mark.parametrize("text", ["", "5", '{"a":"1"}', '{"a":1.5}', "[1]"])
def test_malformed_heads_are_refused(text: str) -> None:
    with pytest.raises(StoreCorrupt):
        unpack_heads(text)


@pytest.mark.parametrize(
    "row",
    [
        5,
        [],
        ["i", "k", "r", "f", "lost", "s", [1, "a", 1, 1, ""], [1, "a", 1, 1, ""]],
        ["i", "k", "r", "f", "open", "s", [1, "a", "1", 1, ""], [1, "a", 1, 1, ""]],
        ["i", "k", "r", "f", "open", "s", [1, "a", 1], [1, "a", 1, 1, ""]],
        ["i", "k", "r", "f", "open", "s", 5, [1, "a", 1, 1, ""]],
        ["i", "k", "r", "f", "open", "s", [2**60, "a", 1, 1, ""], [1, "a", 1, 1, ""]],
    ],
)
def test_malformed_conflicts_are_refused(row: Any) -> None:
    with pytest.raises(StoreCorrupt, match="conflicts"):
        unpack_conflicts(json.dumps([row]))
