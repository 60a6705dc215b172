"""Snapshots: exactly the confirmed cells of one seq, and no bucket forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from pysync.machines.effects import ClearTimer, Moment, SetTimer, WriteSnapshot
from pysync.machines.replica import Replica
from pysync.machines.snapshots import EVERY, SLICE, TIMER, Snapshots
from pysync.model.change import Change, Op
from pysync.model.schema import Schema
from pysync.model.snapshot import bucket_of, unpack, unpack_rows
from pysync.ports import StoreFault
from tests.pysync.kit import WALL, mark

NOW = Moment(WALL, 0)


class Bench:
    """A replica that confirms, and what is written of it."""

    def __init__(self, *, has_log: bool = True, enabled: bool = True) -> None:
        self.out: list[Any] = []
        self.replica = Replica(Schema())
        self.it = Snapshots(replica=self.replica, enabled=enabled, has_log=has_log, out=self.out)

    def confirm(self, rid: str, kind: str = "*", **fields: object) -> None:
        n = self.replica.seq + 1
        change = Change(mark("t", n), (Op(kind, "c", rid, fields),))
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
    assert len(unpack_rows(snapshot.rows).cells) == EVERY


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
    cells = {rid: cell for _, rid, cell in unpack_rows(snapshot.rows).cells}
    assert snapshot.seq == seq
    assert cells["r0"].fields == {"f": 0}
    assert "new" not in cells


def test_snapshot_1_pending_changes_are_not_in_it() -> None:
    bench = Bench(has_log=False)
    bench.confirm("r", f=1)
    bench.replica.hear([Change(mark("u", 1), (Op("=", "c", "r", {"f": 2}, "t.1"),))])
    bench.it.grown(NOW, 1)
    [snapshot] = bench.written()
    [(_, _, cell)] = unpack_rows(snapshot.rows).cells
    assert cell.fields == {"f": 1}


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
    assert dict(unpack("", second.rows[buckets[0]]))["r3"].fields == {"f": "again"}


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
    assert {rid for _, rid, _ in unpack_rows(snapshot.rows).cells} == {"r", "s"}


def test_a_timer_without_a_capture_writes_nothing() -> None:
    bench = Bench()
    bench.it.woke(TIMER, 1, NOW)
    bench.it.woke("another", 1, NOW)
    assert bench.out == []


def test_what_a_peer_told_is_written_and_what_the_store_told_is_not() -> None:
    bench = Bench(has_log=False)
    bench.many(3)
    rows = {bucket_of("c", f"r{n}"): [f"r{n}"] for n in range(3)}
    for stored, count in ((True, 1), (False, 3)):
        again = Bench(has_log=False)
        again.replica = bench.replica
        again.it._replica = bench.replica
        again.it.took_over(rows, stored=stored)
        again.it.touched(Change(mark("t", 9), (Op("=", "c", "r0", {}),)), None)
        again.it.grown(NOW, 1)
        [snapshot] = again.written()
        assert len(unpack_rows(snapshot.rows).buckets) == count


def test_disabled_it_does_nothing_and_stopping_clears_its_timer() -> None:
    bench = Bench(enabled=False)
    bench.many(EVERY)
    bench.it.grown(NOW, 1)
    assert bench.out == []
    bench.it.stop()
    assert bench.out == [ClearTimer(TIMER)]


def test_loaded_counts_from_the_stored_snapshot() -> None:
    bench = Bench()
    bench.many(EVERY)
    bench.it.loaded(1)
    bench.it.grown(NOW, 1)
    assert bench.out == []
    assert bench.it.stored_seq == 1
