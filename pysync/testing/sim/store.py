"""A simulated IndexedDB: one queue of transactions per device, in front of a `MemoryDisk`.

A transaction is done whole at one moment, and answered a moment later; between the two the tab may
die. It can abort, find the disk full, be slow, or wait behind one that a frozen tab holds open; who
waits longer than the adapter's bound is told `blocked` and its transaction is taken back.
Floor: `timeline`, `weather`, `memory`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from pysync.memory import MemoryDisk, MemoryStore
from pysync.ports import Beginning, DecidedRow, Edited, Lease, Loaded, LogRow, StoreFault
from pysync.store_rules import OneByOne
from pysync.testing.sim.timeline import Timeline
from pysync.testing.sim.weather import Weather

BLOCKED_MS = 4_000
"""How long a transaction may wait before the adapter takes it back."""


@dataclass(slots=True, eq=False)
class _Transaction:
    owner: SimStore
    work: Callable[[Callable[[Any], None]], None]
    done: Callable[[Any], None]
    writes: bool
    open: bool = True


class DiskQueue:
    """The transactions of all tabs of one device, in the order in which they were opened."""

    def __init__(self, timeline: Timeline, random: Random, weather: Weather) -> None:
        self.weather = weather
        self.disk = MemoryDisk()
        self.full = False
        self.blocked = False
        self._timeline = timeline
        self._random = random
        self._queue: deque[_Transaction] = deque()
        self._busy = False

    def submit(self, transaction: _Transaction) -> None:
        """Open a transaction."""
        self._queue.append(transaction)
        self._timeline.after(BLOCKED_MS, lambda: self._give_up(transaction))
        self._go_on()

    def unblock(self) -> None:
        """Whoever kept its transaction open lets go."""
        self.blocked = False
        self._go_on()

    def died(self, owner: SimStore) -> None:
        """A tab is gone: what it opened may be done or not, its answers reach nobody."""
        for transaction in list(self._queue):
            if transaction.owner is owner and (self._random.random() < self.weather.lose_on_crash):
                transaction.open = False

    def _go_on(self) -> None:
        if self._busy or self.blocked or not self._queue:
            return
        self._busy = True
        delay = self._random.expovariate(1 / self.weather.store_ms)
        self._timeline.after(delay, self._do_next)

    def _do_next(self) -> None:
        self._busy = False
        if self.blocked:
            return
        while self._queue:
            transaction = self._queue.popleft()
            if transaction.open:
                transaction.open = False
                self._do(transaction)
                break
        self._go_on()

    def _do(self, transaction: _Transaction) -> None:
        if transaction.writes and self.full:
            self._answer(transaction, StoreFault("full", "quota exceeded"))
        elif self._random.random() < self.weather.abort:
            self._answer(transaction, StoreFault("aborted", "the weather"))
        else:
            transaction.work(lambda result: self._answer(transaction, result))

    def _give_up(self, transaction: _Transaction) -> None:
        if transaction.open:
            transaction.open = False
            self._answer(transaction, StoreFault("blocked", f"no answer in {BLOCKED_MS} ms"))

    def _answer(self, transaction: _Transaction, result: Any) -> None:
        delay = self._random.expovariate(2.0)
        self._timeline.after(
            delay, lambda: transaction.owner.deliver(lambda: transaction.done(result))
        )


class SimStore(OneByOne):
    """The `Store` port of one tab on the device's disk. `deliver` hands an answer to the tab."""

    durable = True
    shared = True

    def __init__(self, queue: DiskQueue, deliver: Callable[[Callable[[], None]], None]) -> None:
        self.deliver = deliver
        self._queue = queue
        self._memory = MemoryStore(queue.disk)

    def load(self, done: Callable[[Loaded | StoreFault], None]) -> None:
        """See the port, here and below."""
        self._open(self._memory.load, done, writes=False)

    def append(self, batch: str, body: str, done: Callable[[int | StoreFault], None]) -> None:
        self._open(lambda d: self._memory.append(batch, body, d), done)

    def read_log(
        self,
        after: int,
        known: Callable[[str], bool],
        done: Callable[[Sequence[LogRow] | StoreFault], None],
    ) -> None:
        self._open(lambda d: self._memory.read_log(after, known, d), done, writes=False)

    def read_decided(
        self, after_seq: int, done: Callable[[Sequence[tuple[DecidedRow, str]] | StoreFault], None]
    ) -> None:
        self._open(lambda d: self._memory.read_decided(after_seq, d), done, writes=False)

    def claim_term(self, at_least: int, done: Callable[[int | StoreFault], None]) -> None:
        self._open(lambda d: self._memory.claim_term(at_least, d), done)

    def write_decisions(
        self,
        term: int,
        rows: Sequence[DecidedRow],
        done: Callable[[int | StoreFault], None],
        edited: Edited | None = None,
    ) -> None:
        self._open(lambda d: self._memory.write_decisions(term, rows, d, edited), done)

    def write_snapshot(
        self, term: int, seq: int, rows: Mapping[str, str], done: Callable[[int | StoreFault], None]
    ) -> None:
        self._open(lambda d: self._memory.write_snapshot(term, seq, rows, d), done)

    def seed(
        self,
        rows: Mapping[str, str],
        done: Callable[[bool | StoreFault], None],
        *,
        epoch: str = "",
        seq: int = 0,
        last: str = "",
    ) -> None:
        self._open(lambda d: self._memory.seed(rows, d, epoch=epoch, seq=seq, last=last), done)

    def take_over(
        self, term: int, state: Beginning, log_key: int, done: Callable[[int | StoreFault], None]
    ) -> None:
        self._open(lambda d: self._memory.take_over(term, state, log_key, d), done)

    def seed_row(self, name: str, done: Callable[[str | StoreFault | None], None]) -> None:
        self._open(lambda d: self._memory.seed_row(name, d), done, writes=False)

    def rows(self, beginning: str, done: Callable[[Mapping[str, str] | StoreFault], None]) -> None:
        self._open(lambda d: self._memory.rows(beginning, d), done, writes=False)

    def history(
        self, ref: str, done: Callable[[Sequence[tuple[DecidedRow, str]] | StoreFault], None]
    ) -> None:
        self._open(lambda d: self._memory.history(ref, d), done, writes=False)

    def take_lease(
        self, holder: str, now: float, ttl: float, done: Callable[[Lease | StoreFault], None]
    ) -> None:
        self._open(lambda d: self._memory.take_lease(holder, now, ttl, d), done)

    def close(self) -> None:
        self._memory.close()

    def died(self) -> None:
        """The tab is gone."""
        self._queue.died(self)

    def _open(
        self,
        work: Callable[[Callable[[Any], None]], None],
        done: Callable[[Any], None],
        *,
        writes: bool = True,
    ) -> None:
        self._queue.submit(_Transaction(self, work, done, writes))
