"""A space at the relay on a log in memory, which commits when a test says so."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from pysync.machines.batches import Batch, encode_batch, parse_batch
from pysync.machines.effects import Moment, SetTimer, WriteSnapshot
from pysync.machines.relay_frames import (
    ENTRIES,
    PUSH,
    Cursor,
    EntryRow,
    Heard,
    Hello,
    RelayFrame,
    decode_frame,
    encode_frame,
    read_entries,
)
from pysync.machines.replica import Replica
from pysync.machines.rounds import judged
from pysync.model.change import Change, Op
from pysync.model.schema import Schema
from pysync.ports import Beginning
from pysync.relay.admission import Admission
from pysync.relay.effects import (
    Close,
    Commit,
    Compare,
    Denied,
    Fold,
    ReadEntries,
    RelayEffect,
    Send,
)
from pysync.relay.folding import Folded, fold
from pysync.relay.stored import StoredSpace
from pysync.values.jsontext import parse_json
from tests.pysync.kit import WALL, cells_text, mark

EPOCH = "e1"
OLD_EPOCH = "e-1"
"""Of which this log is a restored copy."""
LOT = 3
"""Entries of one read: few, so that reading goes on several times."""


def batch(tab: str, n: int, *fields: int, rid: str = "", base: str | None = None) -> Batch:
    """Changes n, n+1, ... of a tab: the first creates its record, unless a base is given."""
    changes = []
    for at, value in enumerate(fields or (n,), n):
        kind = "*" if base is None and at == n else "="
        seen = base if base is not None else f"{tab}.{at - 1}" if at > n else ""
        op = Op(kind, "c", rid or f"{tab}{n}", {"f": value}, seen)
        changes.append(Change(mark(tab, at), (op,)))
    return encode_batch(tab, changes, WALL)


class Sent(NamedTuple):
    """A frame as it was sent and as it is read."""

    text: str
    frame: RelayFrame


class RelayRig:
    """Executes what the machine asks; notes what each connection was sent."""

    def __init__(self, schema: Schema | None = None) -> None:
        self.schema = schema or Schema()
        self.epoch, self.ancestors = EPOCH, [OLD_EPOCH]
        self.log: list[EntryRow] = []
        """What can be read."""
        self.arrived: list[float] = []
        """When each of these did."""
        self.folded: dict[str, Folded] = {}
        self.floor, self.before_floor = 1, ""
        self.snapshot: tuple[int, dict[str, str]] = (0, {})
        self.authors: dict[str, str] = {}
        self.sent: dict[str, list[Sent]] = defaultdict(list)
        self.closed: dict[str, int] = {}
        self.denied: list[Denied] = []
        self.reads: list[ReadEntries] = []
        self.asked: list[EntryRow] = []
        """Entries that wait for the disk."""
        self.time = 0.0
        self.timers: dict[str, float] = {}
        self.holds_reads = False
        self.machine = self._loaded()

    def _loaded(self) -> Admission:
        seq, rows = self.snapshot
        behind = [row for row in self.log if row.seq > seq]
        return Admission(
            self.schema,
            StoredSpace(
                self.epoch, seq, dict(rows), behind, self.authors, self.ancestors, self.floor
            ),
        )

    def restore(self, seq: int, epoch: str) -> None:
        """The process dies, and its disk is what it was at `seq`, under this epoch."""
        self.log = [row for row in self.log if row.last <= seq]
        self.snapshot = (0, {})
        if epoch != self.epoch:
            self.epoch, self.ancestors = epoch, [self.epoch, *self.ancestors]
        self.restart()

    def state(self) -> Beginning:
        """What a device begins with, or anew."""
        seq, rows = self.snapshot
        return Beginning(rows, self.epoch, seq, self._ends_at(seq))

    def _ends_at(self, seq: int) -> str:
        if seq == self.floor - 1:
            return self.before_floor
        return next((row.batch for row in self.log if row.last == seq), "")

    @property
    def now(self) -> Moment:
        """The relay's clocks."""
        return Moment(WALL + self.time, self.time)

    def restart(self) -> None:
        """The process died: what was not committed is gone, and so are all connections."""
        self.asked.clear()
        self.timers.clear()
        self.reads.clear()
        self.machine = self._loaded()

    def hello(self, conn: str, device: str = "", seq: int | None = 0, **facts: int) -> None:
        """A device connects."""
        cursor = None if seq is None else Cursor(self.epoch, seq)
        said = Hello(device=device or conn, life="l", cursor=cursor, **facts)
        self.hear(conn, said.encode())

    def push(self, conn: str, *batches: Batch) -> None:
        """A device pushes batches."""
        self.hear(conn, encode_frame(PUSH, 0, lines=[b.text for b in batches]))

    def hear(self, conn: str, text: str) -> None:
        """A frame arrives."""
        self.machine.heard(conn, text, self.now)
        self.run()

    def run(self) -> None:
        """Execute effects until there are none; commits wait for `commit`."""
        while effects := self.machine.take_effects():
            for effect in effects:
                if isinstance(effect, Send):
                    self.sent[effect.conn].append(Sent(effect.text, decode_frame(effect.text)))
                elif isinstance(effect, Close):
                    self.closed[effect.conn] = effect.code
                elif isinstance(effect, Denied):
                    self.denied.append(effect)
                elif isinstance(effect, SetTimer):
                    self.timers[effect.name] = effect.due
                else:
                    self._on_disk(effect)
            if not self.holds_reads:
                self.read()

    def _on_disk(self, effect: RelayEffect) -> None:
        if isinstance(effect, Commit):
            self.asked.append(effect.row)
        elif isinstance(effect, ReadEntries):
            self.reads.append(effect)
        elif isinstance(effect, Compare):
            self.machine.compared(effect, self._held(effect))
        elif isinstance(effect, Fold):
            self._fold(effect)
        elif isinstance(effect, WriteSnapshot):
            # What was to be committed before it is on the disk first.
            self.commit()
            self.snapshot = (effect.seq, {**self.snapshot[1], **effect.rows})
            self.machine.snapshot_written(self.now)

    def read(self) -> None:
        """Answer what was to be read."""
        reads, self.reads = self.reads, []
        for conn, after, last in ((read.conn, read.after, read.last) for read in reads):
            rows = [row for row in self.log if row.seq > after][:LOT]
            follows = not last or self._ends_at(after) == last
            self.machine.entries_read(conn, rows, follows=follows)

    def _held(self, asked: Compare) -> EntryRow | None:
        if (kept := self.folded.get(asked.batch)) is not None:
            return kept.entry(asked.text)
        return next((row for row in self.log if row.batch == asked.batch), None)

    def clean_up(self) -> None:
        """All that the snapshot holds is too old now."""
        before = 0
        while before != self.floor:
            before = self.floor
            self._fold(Fold(float("inf"), self.snapshot[0]))
        self.run()

    def _fold(self, asked: Fold) -> None:
        """A lot of them: few, so that it goes on several times."""
        folded = 0
        while folded < LOT and self.log and self.log[0].last <= asked.up_to:
            if self.arrived[0] >= asked.before:
                break
            row = self.log.pop(0)
            del self.arrived[0]
            self.folded[row.batch] = fold(row)
            self.floor, self.before_floor = row.last + 1, row.batch
            folded += 1
        self.machine.folded(self.floor, self.now, more=folded == LOT)

    def commit(self, most: int | None = None) -> None:
        """The disk takes what waits for it, or the first of it."""
        rows, self.asked = self.asked[:most], self.asked[len(self.asked[:most]) :]
        if rows:
            self.log += rows
            self.arrived += [self.now.wall] * len(rows)
            for row in rows:
                self.authors.setdefault(row.batch.rpartition(".")[0], row.origin.split("/")[0])
            self.machine.committed(rows[-1].last, self.now)
        self.run()

    def wait(self, ms: float) -> None:
        """Time passes; timers that are due ring."""
        self.time += ms
        while due := [name for name, at in self.timers.items() if at <= self.time]:
            for name in due:
                del self.timers[name]
                self.machine.woke(name, self.now)
            self.run()

    def entries(self, conn: str) -> list[Heard]:
        """All rows that the connection was sent."""
        frames = [frame for _, frame in self.sent[conn] if frame.type == ENTRIES]
        return [row for frame in frames for row in read_entries(frame)]

    def answers(self, conn: str, type_: str) -> list[list[object]]:
        """What the frames of that type carried."""
        return [frame.parts for _, frame in self.sent[conn] if frame.type == type_]

    def replayed(self) -> str:
        """The cells of a replica that applies the log as a device does."""
        replica = Replica(self.schema)
        for row in self.log:
            said = parse_json(row.special) if row.special else 0
            batch, special = judged(parse_batch(row.text, self.schema), said, row.count)
            for at, change in enumerate(batch.changes):
                replica.confirm(row.seq + at, change, special.get(at))
        return cells_text(replica.view)
