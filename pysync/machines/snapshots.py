"""Snapshots: the leader packs what changed, so that the next tab does not replay the whole log.

Taken when enough changes were decided since the last one and a moment of calm follows: EVERY with
a log to fall back on, each one where the snapshot is all there is (localStorage). Cells are
immutable, so the rows are captured at one seq and packed SLICE records at a time while the page
goes on. The log is never cut by this; a snapshot is only a shortcut.

SNAPSHOT-1 the rows written at seq s hold exactly the confirmed cells of seq s. SNAPSHOT-2 a bucket
is forgotten as changed only when it was captured. Floor: `replica`, `model.snapshot`, `effects`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from pysync.machines.effects import ClearTimer, Effect, Moment, SetTimer, WriteSnapshot
from pysync.machines.replica import Replica
from pysync.model.cell import Cell
from pysync.model.change import Change
from pysync.model.reducer import Decision
from pysync.model.snapshot import (
    CONFLICTS_ROW,
    HEADS_ROW,
    bucket_of,
    pack,
    pack_conflicts,
    pack_heads,
)
from pysync.ports import StoreFault

EVERY: Final = 500
CALM_MS: Final = 1_500
CALM_WITHOUT_LOG_MS: Final = 150
SLICE: Final = 250
TIMER: Final = "snapshots.next"


class Snapshots:
    """When to take a snapshot and what goes into it."""

    def __init__(
        self, *, replica: Replica, enabled: bool, has_log: bool, out: list[Effect]
    ) -> None:
        self._replica = replica
        self._enabled = enabled
        self._every = EVERY if has_log else 1
        self._calm = CALM_MS if has_log else CALM_WITHOUT_LOG_MS
        self._members: dict[str, set[str]] = {}
        """Ids by bucket, so that a capture looks only at what changed."""
        self._out = out
        self._changed: set[str] = set()
        self._stored_seq = 0
        self._todo: list[tuple[str, list[tuple[str, Cell]]]] = []
        self._rows: dict[str, str] = {}
        self._seq = 0
        self._writing = False
        self._armed = False

    def loaded(self, snapshot_seq: int) -> None:
        """The store's snapshot stands at this seq."""
        self._stored_seq = snapshot_seq

    def touched(self, change: Change, decision: Decision | None) -> None:
        """An entry was confirmed: its buckets are not what the snapshot says."""
        for op in change.ops if decision is None else decision.writes:
            bucket = bucket_of(op.key, op.rid)
            self._changed.add(bucket)
            self.holds(bucket, op.rid)

    def holds(self, bucket: str, rid: str) -> None:
        """The record belongs to that bucket."""
        members = self._members.get(bucket)
        if members is None:
            members = self._members[bucket] = set()
        members.add(rid)

    def took_over(self, buckets: Mapping[str, Iterable[str]], *, stored: bool) -> None:
        """The state was read from these rows: the store's own, or a peer's, which the store may
        not have."""
        for bucket, ids in buckets.items():
            self._members.setdefault(bucket, set()).update(ids)
        if not stored:
            self._changed.update(self._members)

    @property
    def stored_seq(self) -> int:
        """Entries up to this one are in the stored snapshot."""
        return self._stored_seq

    def grown(self, now: Moment, term: int) -> None:
        """The log grew; wait for calm if it is time."""
        if not self._enabled or not term or self._writing or self._todo:
            return
        if self._replica.seq - self._stored_seq >= self._every:
            self._armed = True
            self._out.append(SetTimer(TIMER, now.mono + self._calm))

    def woke(self, name: str, term: int, now: Moment) -> None:
        """Capture, pack the next slice, or write."""
        if name != TIMER:
            return
        if not term:
            self._give_up()
            return
        if self._armed:
            self._armed = False
            self._capture()
        self._pack_some()
        if self._todo:
            self._out.append(SetTimer(TIMER, now.mono))
        elif self._rows and not self._writing:
            self._writing = True
            self._out.append(WriteSnapshot(term, self._seq, self._rows))

    def written(self, result: int | StoreFault, term: int, now: Moment) -> None:
        """The store took the snapshot, or did not."""
        self._writing = False
        if isinstance(result, StoreFault):
            self._give_up()
            return
        self._stored_seq = self._seq
        self._rows = {}
        # What was decided while it was being written waits for the next one.
        self.grown(now, term)

    def stop(self) -> None:
        """Nothing more is to happen."""
        self._out.append(ClearTimer(TIMER))

    def _capture(self) -> None:
        replica = self._replica
        confirmed = replica.confirmed.cell
        for bucket in self._changed:
            key = bucket.rpartition("/")[0]
            cells = ((rid, confirmed(key, rid)) for rid in sorted(self._members[bucket]))
            present = [(rid, cell) for rid, cell in cells if cell is not None]
            self._todo.append((bucket, present))
        self._changed.clear()
        self._seq = replica.seq
        self._rows = {
            CONFLICTS_ROW: pack_conflicts(replica.conflicts.values()),
            HEADS_ROW: pack_heads(replica.heads, replica.skipped),
        }

    def _pack_some(self) -> None:
        packed = 0
        while self._todo and packed < SLICE:
            name, cells = self._todo.pop()
            self._rows[name] = pack(cells)
            packed += len(cells) + 1

    def _give_up(self) -> None:
        """Not ours to write now: remember what would have been in it."""
        self._changed.update(name for name, _ in self._todo)
        self._changed.update(name for name in self._rows if not name.startswith("~"))
        self._todo, self._rows, self._armed = [], {}, False
