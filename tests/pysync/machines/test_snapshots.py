"""Snapshots: exactly the confirmed cells of one seq, and no bucket forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pysync.machines.batches import encode_batch
from pysync.machines.buckets import SLICE
from pysync.machines.effects import ClearTimer, Moment, SetTimer, WriteSnapshot
from pysync.machines.replica import Replica
from pysync.machines.snapshots import AGAIN_MS, CALM_MS, EVERY, LATEST_MS, TIMER, Snapshots
from pysync.machines.void import VoidRow, pack_void
from pysync.model.cell import Cell
from pysync.model.change import Change, Op
from pysync.model.decision import Decision
from pysync.model.schema import ERASED, Schema
from pysync.model.snapshot import bucket_of, read_rows
from pysync.ports import StoreFault
from tests.pysync.kit import WALL, mark
from tests.pysync.people_kit import MARKER, PEOPLE

NOW = Moment(WALL, 0)


class Bench:
    """A replica that confirms, and what is written of it."""

    def __init__(
        self, *, has_log: bool = True, enabled: bool = True, schema: Schema | None = None
    ) -> None:
        self.out: list[Any] = []
        self.replica = Replica(schema or Schema())
        self.it = Snapshots(replica=self.replica, enabled=enabled, has_log=has_log, out=self.out)

    def confirm(self, rid: str, kind: str = "*", **fields: object) -> None:
        n = self.replica.seq + 1
        change = Change(mark("t", n), (Op(kind, "c", rid, fields),))
        self.replica.confirm(n, change, None)
        self.it.touched(change, None)

    def bulk(self, count: int) -> None:
        """One change that creates many records."""
        n = self.replica.seq + 1
        ops = tuple(Op("*", "c", f"b{i}", {"f": i}) for i in range(count))
        change = Change(mark("t", n), ops)
        self.replica.confirm(n, change, None)
        self.it.touched(change, None)

    def many(self, count: int) -> None:
        for n in range(count):
            self.confirm(f"r{n}", f=n)

    def written(self, *, term: int = 1) -> list[WriteSnapshot]:
        """Let the timer ring until nothing is asked for any more."""
        found: list[WriteSnapshot] = []
        while self.out:
            effect = self.out.pop(0)
            if isinstance(effect, SetTimer):
                self.it.woke(effect.name, term, NOW)
            elif isinstance(effect, WriteSnapshot):
                found.append(effect)
        return found


def cells_of(snapshot: WriteSnapshot) -> dict[str, Cell]:
    """The cells in it, by record."""
    packed = read_rows(snapshot.rows).packed
    return {rid: cell for row in packed for rid, cell in row.cells().items()}


def test_a_snapshot_is_taken_when_enough_was_decided_and_calm_follows() -> None:
    bench = Bench()
    bench.many(EVERY - 1)
    bench.it.grown(NOW, 1)
    assert bench.out == []
    bench.confirm("last")
    bench.it.grown(NOW, 0)
    assert bench.out == [], "only who leads"
    bench.it.grown(NOW, 1)
    bench.it.grown(Moment(WALL, 100), 1)
    assert [effect.due for effect in bench.out] == sorted({e.due for e in bench.out})
    [snapshot] = bench.written()
    assert (snapshot.term, snapshot.seq) == (1, EVERY)
    assert len(cells_of(snapshot)) == EVERY


def test_snapshot_1_what_is_decided_while_it_is_packed_is_not_in_it() -> None:
    bench = Bench()
    bench.many(max(EVERY, 3 * SLICE))
    bench.it.grown(NOW, 1)
    bench.it.woke(TIMER, 1, NOW)
    seq = bench.replica.seq
    bench.out[:] = [effect for effect in bench.out if isinstance(effect, SetTimer)][-1:]
    bench.confirm("r0", "=", f="later")
    bench.confirm("new", f=1)
    [snapshot] = bench.written()
    cells = cells_of(snapshot)
    assert snapshot.seq == seq
    assert cells["r0"].fields == {"f": 0}
    assert "new" not in cells


def test_snapshot_1_pending_changes_are_not_in_it() -> None:
    bench = Bench(has_log=False)
    bench.confirm("r", f=1)
    bench.replica.hear([Change(mark("u", 1), (Op("=", "c", "r", {"f": 2}, "t.1"),))])
    bench.it.grown(NOW, 1)
    [snapshot] = bench.written()
    assert {rid: cell.fields for rid, cell in cells_of(snapshot).items()} == {"r": {"f": 1}}


def test_snapshot_2_a_second_one_holds_only_what_changed_since() -> None:
    bench = Bench(has_log=False)
    bench.many(30)
    bench.it.grown(NOW, 1)
    [first] = bench.written()
    bench.it.written(first.seq, 1, NOW)
    bench.confirm("r3", "=", f="again")
    bench.it.grown(NOW, 1)
    [second] = bench.written()
    buckets = [name for name in second.rows if not name.startswith("~")]
    assert buckets == [bucket_of("c", "r3")]
    assert cells_of(second)["r3"].fields == {"f": "again"}


@pytest.mark.parametrize("how", ["fault", "lost"])
def test_snapshot_2_a_bucket_that_was_not_written_is_in_the_next_one(how: str) -> None:
    bench = Bench(has_log=False)
    bench.confirm("r", f=1)
    bench.it.grown(NOW, 1)
    if how == "lost":
        assert bench.written(term=0) == []
    else:
        bench.written()
        bench.it.written(StoreFault("fenced"), 1, NOW)
    bench.confirm("s", f=2)
    bench.out.clear()
    bench.it.grown(NOW, 1)
    [snapshot] = bench.written()
    assert cells_of(snapshot).keys() == {"r", "s"}


@pytest.mark.parametrize("how", ["written", "fault", "lost"])
def test_a_row_without_records_is_stored_at_once_and_by_whoever_can(how: str) -> None:
    bench = Bench()
    bench.it.keep("~void.a.1", "text", NOW, 0 if how == "lost" else 1)
    if how == "lost":
        assert bench.written(term=0) == []
        bench.it.grown(NOW, 1)
    assert [each.due for each in bench.out if isinstance(each, SetTimer)] == [NOW.mono]
    [snapshot] = bench.written()
    if how == "fault":
        bench.it.written(StoreFault("aborted"), 1, NOW)
        bench.out.clear()
        bench.it.grown(NOW, 1)
        [snapshot] = bench.written()
    assert snapshot.rows["~void.a.1"] == "text"
    bench.it.written(snapshot.seq, 1, NOW)
    bench.many(600)
    bench.it.grown(NOW, 1)
    [later] = bench.written()
    assert "~void.a.1" not in later.rows


class Erasing(Bench):
    """Somebody was told of in a row that is to be kept, and is to be erased."""

    def __init__(self) -> None:
        super().__init__(schema=PEOPLE)
        self._decide(Op("*", "people", "1", {"name": MARKER}))
        text = encode_batch("a", [Change(mark("a", 1), (self._name(),))], WALL).text
        self.it.keep("~void.a.1", pack_void([VoidRow("a.1", 1, [], text)]), NOW, 1)

    def _name(self) -> Op:
        return Op("=", "people", "1", {"name": MARKER}, "t.1")

    def _decide(self, *writes: Op) -> None:
        n = self.replica.seq + 1
        change, decision = Change(mark("t", n), writes), Decision(outcome="applied", writes=writes)
        self.replica.confirm(n, change, decision)
        self.it.touched(change, decision)

    def ring(self, times: int) -> None:
        """Of what it takes to write: capture, pack, write."""
        for _ in range(times):
            self.it.woke(TIMER, 1, NOW)

    def erase(self) -> None:
        self._decide(Op("!", "people", "1", {ERASED: 5}, "", ("name",)))
        self.it.grown(NOW, 1)


@pytest.mark.req("SRV-20")
@pytest.mark.parametrize("ready", range(3))
def test_snapshot_4_what_was_made_ready_before_somebody_was_erased_is_not_written(
    ready: int,
) -> None:
    bench = Erasing()
    bench.ring(ready)
    bench.erase()
    [snapshot] = bench.written()
    assert "~void.a.1" in snapshot.rows and len(snapshot.rows) == 4
    assert MARKER not in repr(snapshot.rows)


@pytest.mark.req("SRV-20")
def test_snapshot_4_what_the_store_did_not_take_is_written_without_whom_was_erased_since() -> None:
    bench = Erasing()
    [snapshot] = bench.written()
    assert MARKER in repr(snapshot.rows), "before"
    bench.erase()
    bench.it.written(StoreFault("aborted"), 1, NOW)
    [snapshot] = bench.written()
    assert "~void.a.1" in snapshot.rows and MARKER not in repr(snapshot.rows)


@pytest.mark.req("SRV-20")
def test_snapshot_4_nothing_is_written_while_the_store_is_looked_through() -> None:
    bench = Erasing()
    bench.it.hold(erases=True)
    assert bench.written() == []
    bench.it.release(NOW)
    assert len(bench.written()) == 1
    bench.it.release(NOW)
    assert bench.out == []


def test_snapshot_3_what_the_store_did_not_take_is_tried_again_without_a_new_change() -> None:
    """It may be the one that forgets somebody who was erased."""
    bench = Bench()
    bench.many(EVERY)
    bench.it.grown(NOW, 1)
    [first] = bench.written()
    bench.it.written(StoreFault("aborted"), 1, NOW)
    assert bench.out == [SetTimer(TIMER, AGAIN_MS)]
    [again] = bench.written()
    assert again.rows == first.rows
    bench.it.written(0, 1, NOW)
    assert bench.out == []


def test_a_timer_without_a_capture_writes_nothing() -> None:
    bench = Bench()
    bench.it.woke(TIMER, 1, NOW)
    bench.it.woke("another", 1, NOW)
    assert bench.out == []


def test_what_a_peer_told_is_written_and_what_the_store_told_is_not() -> None:
    bench = Bench(has_log=False)
    bench.many(3)
    rows = read_rows({name: row for name, row in _rows_of(bench).items() if name[0] != "~"})
    for told, count in ((False, 1), (True, 3)):
        again = Bench(has_log=False)
        again.replica.replace(rows, 3)
        again.it.loaded(0 if told else 3)
        if told:
            again.it.took_over()
        again.confirm("r0", "=", f=5)
        again.it.grown(NOW, 1)
        [snapshot] = again.written()
        assert len(read_rows(snapshot.rows).packed) == count


def _rows_of(bench: Bench) -> Mapping[str, str]:
    bench.it.grown(NOW, 1)
    [snapshot] = bench.written()
    return snapshot.rows


@pytest.mark.req("TAB-15")
def test_many_records_in_one_change_are_worth_a_snapshot_soon() -> None:
    bench = Bench()
    bench.bulk(EVERY - 1)
    bench.it.grown(NOW, 1)
    assert bench.out == []
    bench.bulk(1)
    bench.it.grown(NOW, 1)
    [snapshot] = bench.written()
    assert (snapshot.seq, len(cells_of(snapshot))) == (2, EVERY - 1)
    bench.it.written(2, 1, NOW)
    bench.bulk(EVERY - 1)
    bench.it.grown(NOW, 1)
    assert bench.out == [], "what is in it counts no more"


def test_where_there_is_no_calm_a_snapshot_is_taken_all_the_same() -> None:
    bench = Bench()
    bench.bulk(EVERY)
    for ms in range(0, 3 * LATEST_MS, CALM_MS // 2):
        bench.it.grown(Moment(WALL, ms), 1)
        assert bench.out[-1].due <= LATEST_MS


def test_entries_of_one_moment_set_its_timer_once() -> None:
    bench = Bench()
    bench.bulk(EVERY)
    for _ in range(3):
        bench.it.grown(NOW, 1)
    assert len(bench.out) == 1


def test_disabled_it_does_nothing_and_stopping_clears_its_timer() -> None:
    bench = Bench(enabled=False)
    bench.many(EVERY)
    bench.it.grown(NOW, 1)
    assert bench.out == []
    bench.it.stop()
    assert bench.out == [ClearTimer(TIMER)]


def test_loaded_counts_from_the_stored_snapshot() -> None:
    bench = Bench()
    bench.replica.seq = EVERY
    bench.it.loaded(1)
    bench.it.grown(NOW, 1)
    assert bench.out == []
    assert bench.it.stored_seq == 1
