"""Snapshots: the leader packs what changed, so that the next tab does not replay the whole log.

Taken when enough was decided since the last one and a moment of calm follows, or when there was no
calm for LATEST_MS: EVERY ops with a log to fall back on, each one where the snapshot is all there
is (localStorage). Cells are immutable, so the rows are captured at one seq and packed SLICE records
at a time while the page goes on. The log is never cut by this; a snapshot is only a shortcut.

SNAPSHOT-1 the rows written at seq s hold exactly the confirmed cells of seq s. SNAPSHOT-2 a bucket
is forgotten as changed only when it was captured. SNAPSHOT-3 what is owed is tried again after
AGAIN_MS where the store did not take it, with no new change. SNAPSHOT-4 nothing that was made ready
before somebody was erased is written once they are, nor while what is stored is being looked
through for them.
Floor: `replica`, `redaction`, `model.snapshot`, `effects`.
"""

from __future__ import annotations

from typing import Final

from pysync.machines.buckets import SLICE, Bucket, confirmed_buckets
from pysync.machines.check_sum import CheckSum
from pysync.machines.decided_sum import DecidedSum
from pysync.machines.effects import ClearTimer, Effect, Moment, SetTimer, WriteSnapshot
from pysync.machines.redaction import Redaction
from pysync.machines.replica import Replica
from pysync.model.cell import Cell
from pysync.model.change import Change, Ref
from pysync.model.decision import Decision
from pysync.model.erasing import erases
from pysync.model.snapshot import (
    CONFLICTS_ROW,
    HEADS_ROW,
    bucket_number,
    pack,
    pack_conflicts,
    pack_heads,
    row_name,
)
from pysync.ports import StoreFault

EVERY: Final = 500
CALM_MS: Final = 500
CALM_WITHOUT_LOG_MS: Final = 150
LATEST_MS: Final = 10_000
AGAIN_MS: Final = 5_000
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
        self._out = out
        self.sums = [CheckSum(replica, out)]
        """Of the replica, and of what others see of it: they know what changed from here."""
        self.decided = DecidedSum(replica)
        """Of which changes are decided: the same for whoever sees less."""
        self._changed: set[Bucket] = set()
        self._decided = 0
        """Ops decided since the last capture."""
        self._hurried = False
        """Whether the one that is being made was urgent."""
        self._urgent = False
        """Whether the stored one holds what must not be kept: then no calm is waited for."""
        self._wanted_at: float | None = None
        """Since when a snapshot waits for calm."""
        self._due: float | None = None
        """When the timer that waits for calm was last set to fire."""
        self._stored_seq = 0
        self._todo: list[tuple[Bucket, dict[str, Cell]]] = []
        self._captured: set[Bucket] = set()
        self._rows: dict[str, str] = {}
        self._seq = 0
        self._writing = False
        self._kept: dict[str, str] = {}
        """Rows without records that are to be stored (`keep`)."""
        self._keeping: dict[str, str] = {}
        """Those of them that were captured."""
        self._held = False
        """Whether what is stored is being looked through for people to be erased."""

    def loaded(self, snapshot_seq: int) -> None:
        """The store's snapshot stands at this seq, and is what the replica holds now."""
        self._stored_seq = snapshot_seq
        self._other_state()

    def touched(self, change: Change, decision: Decision | None) -> None:
        """An entry was confirmed: its buckets are not what the snapshot says, which may say nothing
        of people who were erased."""
        writes = change.ops if decision is None else decision.writes
        self.decided.touched(change.mark.tab)
        if refs := erases(writes):
            self._erased(refs)
        self._decided += len(writes)
        for op in writes:
            bucket = (op.key, bucket_number(op.rid))
            self._changed.add(bucket)
            for each in self.sums:
                each.touched(bucket, op.rid)

    def took_over(self) -> None:
        """The state is a peer's: the store may have nothing of it."""
        self._other_state()
        self._changed.update(self._replica.view.buckets())

    def _erased(self, refs: frozenset[Ref]) -> None:
        """SNAPSHOT-4. What is under way already comes before, and was looked through."""
        if not self._writing:
            self._give_up()
        self._urgent = True
        gone = Redaction(self._replica.schema, refs)
        self._kept = {name: gone.row(name, text) for name, text in self._kept.items()}
        self._keeping = {name: gone.row(name, text) for name, text in self._keeping.items()}

    def hold(self, *, erases: bool) -> None:
        """Verdicts go to the store. If one `erases` somebody, write nothing until `release`."""
        self._held = erases

    def release(self, now: Moment) -> None:
        """They are stored, or are not; harmless when repeated."""
        if self._held and self._rows and self._wanted_at is None:
            self._out.append(SetTimer(TIMER, now.mono))
        self._held = False

    def _other_state(self) -> None:
        self.decided.forget()
        for each in self.sums:
            each.forget()

    def keep(self, name: str, text: str, now: Moment, term: int) -> None:
        """Store a row that holds no records, with a snapshot that is taken at once."""
        self._kept[name] = text
        self.grown(now, term)

    @property
    def stored_seq(self) -> int:
        """Entries up to this one are in the stored snapshot."""
        return self._stored_seq

    def grown(self, now: Moment, term: int, *, after: float = 0) -> None:
        """The log grew, or this tab leads now; wait for calm if it is time, `after` ms at least."""
        if not self._enabled or not term or self._writing or self._rows:
            return
        waits = max(self._decided, self._replica.seq - self._stored_seq)
        at_once = self._kept or self._urgent
        if at_once or waits >= self._every:
            if self._wanted_at is None:
                self._wanted_at = now.mono
            calm = max(after, 0 if at_once else self._calm)
            due = min(now.mono + calm, self._wanted_at + LATEST_MS)
            if due != self._due:  # many entries are confirmed in one moment
                self._due = due
                self._out.append(SetTimer(TIMER, due))

    def woke(self, name: str, term: int, now: Moment) -> None:
        """Capture, pack the next slice, or write: one of them, so that the page can breathe."""
        for each in self.sums:
            each.woke(name, now)
        if name != TIMER:
            return
        self._due = None
        if not term:
            self._give_up()
            return
        if self._wanted_at is not None:
            self._wanted_at = None
            self._capture()
            self._out.append(SetTimer(TIMER, now.mono))
        elif self._todo:
            self._pack_some()
            self._out.append(SetTimer(TIMER, now.mono))
        elif self._rows and not (self._writing or self._held):
            self._writing = True
            self._out.append(WriteSnapshot(term, self._seq, self._rows))

    def written(self, result: int | StoreFault, term: int, now: Moment) -> None:
        """The store took the snapshot, or did not."""
        self._writing = False
        if isinstance(result, StoreFault):
            self._give_up()
            self.grown(now, term, after=AGAIN_MS)
            return
        self._stored_seq = self._seq
        self._rows, self._captured, self._keeping = {}, set(), {}
        self._hurried = False
        # What was decided while it was being written waits for the next one.
        self.grown(now, term)

    def stop(self) -> None:
        """Nothing more is to happen."""
        self._out.append(ClearTimer(TIMER))

    def _capture(self) -> None:
        replica = self._replica
        self._todo = list(confirmed_buckets(replica, self._changed))
        self._captured, self._changed = self._changed, set()
        self._hurried, self._urgent = self._urgent, False
        self._decided = 0
        self._seq = replica.seq
        self._rows = {
            CONFLICTS_ROW: pack_conflicts(replica.conflicts.values()),
            HEADS_ROW: pack_heads(replica.heads, replica.skipped),
            **self._kept,
        }
        self._keeping, self._kept = self._kept, {}

    def _pack_some(self) -> None:
        packed = 0
        while self._todo and packed < SLICE:
            bucket, cells = self._todo.pop()
            name = row_name(*bucket)
            self._rows[name] = pack(name, cells)
            packed += len(cells) + 1

    def _give_up(self) -> None:
        """Not ours to write now: remember what would have been in it."""
        self._changed |= self._captured
        self._urgent, self._hurried = self._urgent or self._hurried, False
        self._captured = set()
        self._kept, self._keeping = {**self._keeping, **self._kept}, {}
        self._todo, self._rows, self._wanted_at = [], {}, None
