"""A simulated relay: the real `Admission` on a disk that can fail, or be put back to what it was.

The log survives a crash as far as it was committed, and nothing else does. Floor: `timeline`,
`relay`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from random import Random
from typing import TYPE_CHECKING, Final

from pysync.machines import effects as fx
from pysync.machines.effects import Moment
from pysync.machines.relay_frames import DIVERGED, REFUSE, EntryRow, encode_frame
from pysync.model.rights import sees_of
from pysync.model.schema import Schema
from pysync.ports import Beginning
from pysync.relay.admission import Admission
from pysync.relay.effects import Close, Commit, Compare, Fold, ReadEntries, RelayEffect, Send
from pysync.relay.folding import fold
from pysync.relay.projection import project_rows, shown_epoch
from pysync.relay.stored import StoredSpace
from pysync.testing.sim.schema import SCHEMA
from pysync.testing.sim.timeline import Planned, Timeline
from pysync.testing.sim.wiping import Wiping

if TYPE_CHECKING:
    from pysync.testing.sim.wire import Wire

EPOCH: Final = "sim"
LOT: Final = 20
"""Entries of one read: few, so that reading goes on several times."""
_DIVERGED: Final = encode_frame(REFUSE, DIVERGED)[:-1]
FACTS_MS: Final = 1_700_000_000_000.0


class SimRelay:
    """One space at a relay, in virtual time."""

    def __init__(self, timeline: Timeline, random: Random, schema: Schema = SCHEMA) -> None:
        self.timeline = timeline
        self.random = random
        self.schema = schema
        self.up = True
        self.latency = 5.0
        """Mean time of a frame on a wire, ms."""
        self.disk_ms = 4.0
        """Mean time of a commit."""
        self.away: set[str] = set()
        """Devices (by the prefix of their tabs) that have no network."""
        self.log: list[EntryRow] = []
        """All that was ever committed; below `floor` it cannot be read any more."""
        self.floor = 1
        self._floors = [(0, 1)]
        """What the floor became when the head was where, the newest last."""
        self.note: Callable[[str, str], None] = lambda _who, _what: None
        self._snapshot: tuple[int, dict[str, str]] = (0, {})
        self._snapshots = [self._snapshot]
        self._epochs = [EPOCH]
        """Its own, and those of which it is a restored copy."""
        self._authors: dict[str, str] = {}
        self._uncommitted: list[EntryRow] = []
        self._jobs: deque[Callable[[], None]] = deque()
        self._working = False
        self._timers: dict[str, Planned] = {}
        self.divergences = 0
        """How often it said that a device holds something else than it should."""
        self.wires: dict[str, Wire] = {}
        """Its connections."""
        self._life = 0
        self.wiping = Wiping(schema)
        self.machine = self._loaded()

    @property
    def head(self) -> int:
        """The last entry that is on the disk."""
        return self.log[-1].last if self.log else 0

    def _loaded(self) -> Admission:
        seq, rows = self._snapshot
        stored = StoredSpace(
            self._epochs[0],
            seq,
            dict(rows),
            self._behind(seq),
            dict(self._authors),
            self._epochs[1:],
            self.floor,
            self.wiping.erased,
        )
        return Admission(self.schema, stored)

    def _behind(self, seq: int) -> list[EntryRow]:
        return [row for row in self.log if row.seq > seq and row.seq >= self.floor]

    def _held(self, batch: str, text: str) -> EntryRow | None:
        row = next((row for row in self.log if row.batch == batch), None)
        return fold(row).entry(text) if row is not None and row.seq < self.floor else row

    def _ends(self, seq: int, batch: str) -> bool:
        ends = (row for row in self.log if row.last == seq and row.last >= self.floor - 1)
        return not batch or any(row.batch == batch for row in ends)

    # -- what happens to it -----------------------------------------------------------------------

    def crash(self, down_ms: float) -> None:
        """The process dies: what was not committed is gone, and so are all connections."""
        self.note("relay", f"crashes, {len(self._uncommitted)} entries are not on its disk")
        self.up = False
        self._life += 1
        self._uncommitted.clear()
        self._jobs.clear()
        self._working = False
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for wire in list(self.wires.values()):
            wire.cut()
        self.timeline.after(down_ms, self._restart)

    def _restart(self) -> None:
        if not self.up:
            self.note("relay", "starts")
            self.machine = self._loaded()
            self.up = True

    def restore(self, seq: int, *, anew: bool) -> None:
        """The process dies, and its disk is what it was when `seq` was its head; `anew`: as it
        should be, under a new epoch."""
        self.crash(0.0)
        self.note("relay", f"is restored at {seq}{' under a new epoch' if anew else ''}")
        head = max((row.last for row in self.log if row.last <= seq), default=0)
        self._snapshots = [kept for kept in self._snapshots if kept[0] <= head]
        self.log, self._snapshot = self.wiping.restored(seq, self._snapshots[-1])
        self._floors = [kept for kept in self._floors if kept[0] <= self.head]
        self.floor = self._floors[-1][1]
        self._authors = {}
        for row in self.log:
            self._know_author(row)
        if anew:
            self._epochs.insert(0, f"{EPOCH}{len(self._epochs)}")

    def state(self, without: Collection[str] = ()) -> Beginning:
        """What a device begins anew with that leaves these modules out."""
        seq, rows = self._snapshot
        last = next((row.batch for row in self.log if row.last == seq), "")
        epoch, sees = self._epochs[0], sees_of(self.schema, "", without)
        if sees is not None:
            rows = project_rows(rows, sees)
        return Beginning(rows, shown_epoch(epoch, sees), seq, last)

    def lose_disk(self) -> None:
        """A commit fails: the space is closed, and read anew when somebody comes."""
        if self.up and self._uncommitted:
            self.note("relay", "cannot write")
            self.machine.failed("the disk is full")
            self._pump()
            self.crash(0.0)

    def cut(self, device: str) -> None:
        """All connections of a device break."""
        for wire in self._of(device):
            wire.cut()

    def silence(self, device: str) -> None:
        """Nothing arrives any more on the connections that a device has, and nobody is told."""
        for wire in self._of(device):
            wire.silent = True

    def _of(self, device: str) -> list[Wire]:
        return [wire for wire in self.wires.values() if wire.device == device]

    def heal(self) -> None:
        """All is well from now on. Silent wires stay silent: it is for their ends to notice."""
        self.away.clear()
        self.latency, self.disk_ms = 5.0, 4.0
        self._restart()

    # -- its connections --------------------------------------------------------------------------

    def heard(self, conn: str, text: str) -> None:
        """A frame arrives."""
        if self.up and conn in self.wires:
            self.machine.heard(conn, text, self._now)
            self._pump()

    def left(self, conn: str) -> None:
        """A connection is gone, and the relay knows."""
        if self.wires.pop(conn, None) is not None and self.up:
            self.machine.left(conn)
            self._pump()

    # -- effects ----------------------------------------------------------------------------------

    @property
    def _now(self) -> Moment:
        return Moment(FACTS_MS + self.timeline.now, self.timeline.now)

    def _pump(self) -> None:
        while effects := self.machine.take_effects():
            for effect in effects:
                self._execute(effect)

    def _execute(self, effect: RelayEffect) -> None:
        machine = self.machine
        match effect:
            case Send(conn, text):
                self.divergences += text.startswith(_DIVERGED)
                if conn in self.wires:
                    self.wires[conn].deliver(text)
            case Close(conn, _, _):
                if conn in self.wires:
                    self.wires[conn].hang_up()
            case Commit(row, erases):
                self._uncommitted.append(row)
                self.wiping.decided(row, erases)
                self._work()
            case ReadEntries(conn, after, last):
                self._ask(
                    lambda: machine.entries_read(
                        conn, self._behind(after)[:LOT], follows=self._ends(after, last)
                    )
                )
            case Compare(_, batch, text):
                self._ask(lambda: machine.compared(effect, self._held(batch, text)))
            case Fold(_, up_to):
                self._ask(lambda: self._fold(up_to))
            case fx.WriteSnapshot(_, seq, rows):
                self._ask(lambda: self._write_snapshot(seq, rows))
            case fx.SetTimer(name, due):
                self._clear_timer(name)
                delay = due - self.timeline.now
                self._timers[name] = self.timeline.after(delay, lambda: self._woke(name))
            case fx.ClearTimer(name):
                self._clear_timer(name)

    def _write_snapshot(self, seq: int, rows: dict[str, str]) -> None:
        self._snapshot = (seq, {**self._snapshot[1], **rows})
        self._snapshots.append(self._snapshot)
        self.machine.snapshot_written(self._now)

    def clean_up(self) -> None:
        """What the stored snapshot holds is too old now, or the older part of it."""
        if self.up:
            up_to = self.random.randint(0, self._snapshot[0])
            self._ask(lambda: self._fold(up_to))

    def _fold(self, up_to: int) -> None:
        old = [row.last for row in self.log if self.floor <= row.seq and row.last <= up_to]
        if old:
            self.floor = old[-1] + 1
            self._floors.append((self.head, self.floor))
            self.note("relay", f"forgets what stands before {self.floor}")
        self.machine.folded(self.floor, self._now)

    def _clear_timer(self, name: str) -> None:
        if (planned := self._timers.pop(name, None)) is not None:
            planned.cancel()

    def _woke(self, name: str) -> None:
        self._timers.pop(name, None)
        self.machine.woke(name, self._now)
        self._pump()

    # -- its disk ---------------------------------------------------------------------------------

    def _ask(self, job: Callable[[], None]) -> None:
        self._jobs.append(job)
        self._work()

    def _work(self) -> None:
        if self._working or not (self._uncommitted or self._jobs):
            return
        self._working = True
        life, rows = self._life, len(self._uncommitted)
        delay = self.random.expovariate(1 / self.disk_ms)
        self.timeline.after(delay, lambda: self._worked(rows) if self._life == life else None)

    def _worked(self, count: int) -> None:
        """Commit what waited, else do one other job: as the real one does."""
        self._working = False
        if count:
            rows = self._uncommitted[:count]
            del self._uncommitted[:count]
            self.log, self._snapshot = self.wiping.committed(self.log, rows, self._snapshot)
            for row in rows:
                self._know_author(row)
            self.machine.committed(rows[-1].last, self._now)
        elif self._jobs:
            self._jobs.popleft()()
        self._pump()
        self._work()

    def _know_author(self, row: EntryRow) -> None:
        tab, device = row.batch.rpartition(".")[0], row.origin.partition("/")[0]
        self._authors.setdefault(tab, device)
