"""A store that lives in this process: the rung of last resort, and for tests.

A `MemoryStore` alone is one tab's private memory (nothing shared, nothing durable). Several stores
on one `MemoryDisk` behave as the tabs of one device, and what is on the disk outlives them. Every
answer comes before the call returns. Floor: `store_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pysync.ports import (
    FORMAT,
    Beginning,
    DecidedRow,
    Edited,
    Lease,
    Loaded,
    LogRow,
    StoreFault,
    StoreMeta,
)
from pysync.store_rules import (
    LeaseRow,
    OneByOne,
    check_format,
    judge_decisions,
    judge_generation,
    judge_lease,
    judge_snapshot,
    judge_term,
    new_incarnation,
    next_term,
)

T = TypeVar("T")
DecidedRows = Sequence[tuple[DecidedRow, str]]


@dataclass(slots=True)
class MemoryDisk:
    """What a `MemoryStore` stands on. Share one between stores to make them tabs of one device."""

    format: int = FORMAT
    incarnation: str = field(default_factory=new_incarnation)
    term: int = 0
    seq: int = 0
    log_key: int = 0  # the highest log key that is decided
    snapshot_seq: int = 0
    epoch: str = ""
    last: str = ""  # the batch whose entry ends where a relay's state was taken over
    generation: int = 0
    lease: LeaseRow | None = None
    log: dict[int, LogRow] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    decided: list[DecidedRow] = field(default_factory=list)
    seed: dict[str, str] = field(default_factory=dict)
    snapshot: dict[str, str] = field(default_factory=dict)

    @property
    def meta(self) -> StoreMeta:
        """The fixed facts, as of now."""
        return StoreMeta(
            format=self.format,
            incarnation=self.incarnation,
            term=self.term,
            seq=self.seq,
            log_key=self.log_key,
            snapshot_seq=self.snapshot_seq,
            epoch=self.epoch,
            last=self.decided[-1].batch if self.decided else self.last,
            generation=self.generation,
        )

    def begin_at(self, epoch: str, seq: int, last: str) -> None:
        """What is stored is a relay's state from now on."""
        self.epoch, self.last = epoch, last
        self.seq = self.snapshot_seq = seq
        self.generation += 1

    def bring_up_to_date(self) -> None:
        """Make what an older build stored one of this build's (`store_rules.OLDEST`)."""
        if self.format < FORMAT:
            self.format = FORMAT
            self.generation += 1
            self.term = next_term(self.term, 0)

    def edit(self, edited: Edited) -> None:
        """Put these rows in the place of others."""
        anew = {row.seq: row for row in edited.decided}
        self.decided = [anew.get(row.seq, row) for row in self.decided]
        for batch in edited.log.keys() & self.keys:
            self.log[self.keys[batch]] = LogRow(self.keys[batch], batch, edited.log[batch])
        self.seed.update(edited.seed)
        self.snapshot.update(edited.snapshot)

    def decided_where(self, wanted: Callable[[DecidedRow], bool]) -> DecidedRows | StoreFault:
        """These verdict rows, each with its batch's frame; `corrupt` if there is none."""
        rows: list[tuple[DecidedRow, str]] = []
        for row in filter(wanted, self.decided):
            if not row.frame and row.log_key not in self.log:
                return StoreFault("corrupt", f"no frame for the verdict at seq {row.seq}")
            rows.append((row, row.frame or self.log[row.log_key].body or ""))
        return rows


class MemoryStore(OneByOne):
    """The `Store` port on a `MemoryDisk`; without one, on memory of its own."""

    def __init__(self, disk: MemoryDisk | None = None) -> None:
        self.disk = MemoryDisk() if disk is None else disk
        self.durable = False
        self.shared = disk is not None
        self._generation: int | None = None  # what was loaded
        self._closed = False

    def load(self, done: Callable[[Loaded | StoreFault], None]) -> None:
        """Read everything. A disk of a newer format answers `corrupt`."""
        self._answer(self._load, done)

    def append(self, batch: str, body: str, done: Callable[[int | StoreFault], None]) -> None:
        """Add a batch; answers its key."""

        def write() -> int | StoreFault:
            if batch in self.disk.keys:
                return StoreFault("duplicate", batch)
            key = len(self.disk.log) + 1
            self.disk.log[key], self.disk.keys[batch] = LogRow(key, batch, body), key
            return key

        self._answer(write, done)

    def read_log(
        self,
        after: int,
        known: Callable[[str], bool],
        done: Callable[[Sequence[LogRow] | StoreFault], None],
    ) -> None:
        """Batches behind `after`."""

        def read() -> list[LogRow]:
            rows = [self.disk.log[key] for key in range(after + 1, len(self.disk.log) + 1)]
            return [LogRow(r.key, r.batch, None) if known(r.batch) else r for r in rows]

        self._answer(read, done)

    def read_decided(
        self, after_seq: int, done: Callable[[DecidedRows | StoreFault], None]
    ) -> None:
        """Verdict rows behind `after_seq`."""

        def read() -> DecidedRows | StoreFault:
            fault = judge_generation(self._generation, self.disk.generation)
            return fault or self.disk.decided_where(lambda row: row.seq > after_seq)

        self._answer(read, done)

    def seed_row(self, name: str, done: Callable[[str | StoreFault | None], None]) -> None:
        """One row of the first state."""
        self._answer(lambda: self.disk.seed.get(name), done)

    def rows(self, beginning: str, done: Callable[[Mapping[str, str] | StoreFault], None]) -> None:
        """The rows whose names begin so."""

        def read() -> dict[str, str]:
            rows = {**self.disk.seed, **self.disk.snapshot}
            return {name: text for name, text in rows.items() if name.startswith(beginning)}

        self._answer(read, done)

    def history(self, ref: str, done: Callable[[DecidedRows | StoreFault], None]) -> None:
        """Verdict rows that name `ref`."""
        self._answer(lambda: self.disk.decided_where(lambda row: ref in row.refs), done)

    def claim_term(self, at_least: int, done: Callable[[int | StoreFault], None]) -> None:
        """Raise the term."""

        def write() -> int:
            self.disk.term = next_term(self.disk.term, at_least)
            return self.disk.term

        self._answer(write, done)

    def write_decisions(
        self,
        term: int,
        rows: Sequence[DecidedRow],
        done: Callable[[int | StoreFault], None],
        edited: Edited | None = None,
    ) -> None:
        """Append verdict rows, fenced."""

        def write() -> int | StoreFault:
            verdict = judge_generation(self._generation, self.disk.generation) or judge_decisions(
                self.disk.term, self.disk.seq, term, rows
            )
            if not isinstance(verdict, StoreFault):
                self.disk.edit(edited or Edited((), {}, {}, {}))
                self.disk.decided.extend(rows)
                self.disk.seq = verdict
                self.disk.log_key = max([self.disk.log_key, *(row.log_key for row in rows)])
            return verdict

        self._answer(write, done)

    def write_snapshot(
        self, term: int, seq: int, rows: Mapping[str, str], done: Callable[[int | StoreFault], None]
    ) -> None:
        """Replace snapshot rows, fenced."""

        def write() -> int | StoreFault:
            verdict = judge_generation(self._generation, self.disk.generation) or judge_snapshot(
                self.disk.meta, term, seq
            )
            if not isinstance(verdict, StoreFault):
                self.disk.snapshot.update(rows)
                self.disk.snapshot_seq = verdict
            return verdict

        self._answer(write, done)

    def seed(
        self,
        rows: Mapping[str, str],
        done: Callable[[bool | StoreFault], None],
        *,
        epoch: str = "",
        seq: int = 0,
        last: str = "",
    ) -> None:
        """Put the first state into an empty space."""

        def write() -> bool:
            disk = self.disk
            empty = not (disk.seed or disk.log or disk.snapshot or disk.epoch)
            if empty:
                disk.seed.update(rows)
            if empty and epoch:
                disk.begin_at(epoch, seq, last)
                self._generation = disk.generation
            return empty

        self._answer(write, done)

    def take_over(
        self, term: int, state: Beginning, log_key: int, done: Callable[[int | StoreFault], None]
    ) -> None:
        """Replace all that was decided, fenced."""

        def write() -> int | StoreFault:
            disk = self.disk
            fault = judge_generation(self._generation, disk.generation)
            if fault := fault or judge_term(disk.term, term):
                return fault
            disk.seed, disk.snapshot, disk.decided = dict(state.rows), {}, []
            disk.log_key = log_key
            disk.log.update((row.key, row) for row in state.log)
            disk.begin_at(state.epoch, state.seq, state.last)
            return disk.generation

        self._answer(write, done)

    def take_lease(
        self, holder: str, now: float, ttl: float, done: Callable[[Lease | StoreFault], None]
    ) -> None:
        """Take, prolong or give back the lease."""

        def write() -> Lease:
            verdict = judge_lease(self.disk.lease, self.disk.term, holder, now, ttl)
            self.disk.lease, self.disk.term = verdict.row, verdict.term
            return verdict.answer

        self._answer(write, done)

    def close(self) -> None:
        """Answer `closed` from now on. The disk stays as it is."""
        self._closed = True

    def _load(self) -> Loaded | StoreFault:
        disk = self.disk
        disk.bring_up_to_date()
        decided = disk.decided_where(lambda row: row.seq > disk.snapshot_seq)
        if isinstance(decided, StoreFault):
            return decided
        tail = [row for key, row in disk.log.items() if key > disk.log_key]
        self._generation = disk.generation
        return Loaded(disk.meta, dict(disk.seed), dict(disk.snapshot), decided, tail)

    def _answer(
        self, work: Callable[[], T | StoreFault], done: Callable[[T | StoreFault], None]
    ) -> None:
        """Answer once: what `work` returns, unless the store is closed or not ours to read."""
        if self._closed:
            done(StoreFault("closed", "the store was closed"))
        elif (fault := check_format(self.disk.format)) is not None:
            done(fault)
        else:
            done(work())
