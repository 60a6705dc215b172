"""Records: what is packed is seen as what is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.errors import StoreCorrupt
from pysync.model.cell import SEED_MARK, Cell
from pysync.model.records import Records
from pysync.model.schema import CollectionSchema, Schema
from pysync.model.snapshot import BUCKETS, Packed, bucket_number, pack, row_name
from pysync.model.state import State
from tests.pysync.kit import mark

SCHEMA = Schema(
    collections={"c": CollectionSchema(name="c", indexes={"n": lambda r: [r.get("n")]})}
)
IDS = [f"r{i}" for i in range(3 * BUCKETS)]
rids = st.sampled_from(IDS[:40])
cells = st.one_of(
    st.none(),
    st.builds(
        lambda n, dead: Cell({"n": n}, mark("a", n), {}, mark("a", n), dead),
        st.integers(1, 3),
        st.booleans(),
    ),
)
puts = st.lists(st.tuples(rids, cells), max_size=40)
looks = st.sampled_from(["get", "cell", "all", "some", "find", "count", "bucket", "buckets"])
steps = st.lists(st.one_of(st.tuples(rids, cells), st.tuples(rids, looks)), max_size=30)


def _loaded(state: State) -> State:
    """The same state as a tab has it that has just read the snapshot."""
    again = State(SCHEMA)
    names = {bucket: row_name(*bucket) for bucket in state.buckets()}
    again.hold([Packed(name, pack(name, state.bucket(*at))) for at, name in names.items()])
    return again


def _look(state: State, how: str, rid: str) -> Any:
    """What can be seen of a state, as plain values."""
    match how:
        case "get":
            return state.get("c", rid)
        case "cell":
            cell = state.cell("c", rid)
            return cell and (cell.fields, cell.rev, cell.dead)
        case "all":
            return sorted(record["id"] for record in state.all("c"))
        case "some":
            return next(iter(state.all("c")), None) is None
        case "find":
            return [state.find("c", "n", n) for n in (1, 2, 3)]
        case "bucket":
            number = bucket_number(rid)
            return {r: c.fields for r, c in state.bucket("c", number).items()}
        case "buckets":
            return sorted(state.buckets())
    return state.count("c")


@pytest.mark.req("TAB-15")
@given(puts, steps)
def test_records_1_records_2_whether_a_bucket_is_packed_cannot_be_seen(
    before: list[tuple[str, Cell | None]], then: list[tuple[str, Any]]
) -> None:
    plain = State(SCHEMA)
    for rid, cell in before:
        plain.put("c", rid, cell)
    packed = _loaded(plain)
    for rid, what in then:
        if isinstance(what, str):
            assert _look(packed, what, rid) == _look(plain, what, rid), what
        else:
            plain.put("c", rid, what)
            packed.put("c", rid, what)
        assert packed.count("c") == plain.count("c") == sum(1 for _ in plain.all("c"))
    for how in ("all", "find", "buckets"):
        assert _look(packed, how, "r0") == _look(plain, how, "r0")
    assert packed.cells.get("c", {}).keys() == plain.cells.get("c", {}).keys()


def _full() -> Records:
    records = Records()
    state = State(SCHEMA)
    for rid in IDS:
        state.put("c", rid, Cell({"n": 1}, SEED_MARK, {}, SEED_MARK))
    for key, number in state.buckets():
        name = row_name(key, number)
        records.hold(Packed(name, pack(name, state.bucket(key, number))))
    return records


def test_only_what_is_looked_at_is_decoded() -> None:
    records = _full()
    all_of_them = len(records.packed)
    assert records.living == len(IDS)
    assert records.get("nowhere") is None or "nowhere" in records.cells
    for rid in IDS[:2]:
        assert records.get(rid) is not None
    assert len(records.packed) >= all_of_them - 3
    few = [rid for rid, _ in zip(records, range(5), strict=False)]
    assert len(few) == 5 and len(records.packed) >= all_of_them - 4
    assert sum(1 for _ in records) == len(IDS) and not records.packed


def test_an_iteration_shows_what_was_there_when_it_began() -> None:
    records = _full()
    seen: list[str] = []
    for rid, _ in records:
        seen.append(rid)
        for other in (IDS[0], IDS[-1], "later"):
            old = records.get(other)
            records.put(other, old, Cell({"n": 2}, SEED_MARK, {}, SEED_MARK))
    assert sorted(seen) == sorted(IDS)
    assert records.living == len(IDS) + 1


def test_a_row_that_none_of_us_wrote_is_reported_when_it_is_looked_at() -> None:
    name = row_name("c", bucket_number("r"))
    row = Packed(name, pack(name, {}))
    row.text = row.text.replace("{}", "5")
    records = Records()
    records.hold(row)
    for look in (lambda: records.get("r"), lambda: list(records)):
        with pytest.raises(StoreCorrupt, match="cannot be read"):
            look()
