"""The ledger: from batches in the log to decided entries, in every tab the same.

Shared store: authors append their batches; the store's key is the local order. The leader reads the
batches behind the last decided one, decides them in order, writes the verdicts in one transaction
that checks its term and the sequence, and only then announces and applies them. Followers apply
what is announced; whoever finds a gap reads the verdicts from the store. Where the space follows a
relay, the verdicts that the leader writes are the relay's (`relayed`). Without a shared store the
leader decides in the order in which it hears, and announcements are all there is.

LEDGER-1 nothing is confirmed before its verdict is committed (shared store). LEDGER-2 verdicts are
applied in order of seq without a gap. LEDGER-3 at most one read and one write are under way, and a
round holds about ROUND ops at most. LEDGER-4 whoever lost the seat applies nothing it was about to
decide. LEDGER-5 the verdict that erases somebody takes their data out of all that is stored. Floor:
`books`, `rounds`, `ordering`, `replica`, `stragglers`, `effects`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pysync.machines import messages
from pysync.machines.apart import Apart
from pysync.machines.batches import Batch
from pysync.machines.books import Books
from pysync.machines.effects import (
    ClearTimer,
    Effect,
    Moment,
    Post,
    ReadDecided,
    ReadLog,
    SetTimer,
    WriteDecisions,
)
from pysync.machines.ordering import Ordering
from pysync.machines.owner import Owner
from pysync.machines.relayed import Relayed
from pysync.machines.replica import Replica
from pysync.machines.rounds import Round, decide_round, read_verdicts
from pysync.machines.stragglers import Stragglers
from pysync.ports import DecidedRow, LogRow, StoreFault

ROUND: Final = 100
"""Ops decided in one round: the page must be able to breathe in between."""
LOOK_MS: Final = 400
"""When to look again for a batch that was heard but is not in the log yet."""
RETRY_MS: Final = 1_000
"""When to try again after the store failed."""
TIMER: Final = "ledger.look"


class Ledger:
    """The log of one space as one tab sees it."""

    def __init__(
        self,
        *,
        tab: str,
        shared: bool,
        replica: Replica,
        books: Books,
        relayed: Relayed,
        out: list[Effect],
        owner: Owner,
    ) -> None:
        self._write_fault: StoreFault | None = None
        self._read_fault: StoreFault | None = None
        self._tab, self._shared, self._owner, self._out = tab, shared, owner, out
        self._replica, self._books, self._relayed = replica, books, relayed
        self._reading = self._catching_up = self._wanted = self._caught_up = False
        self._writing: Round | None = None
        self._abandoned = 0  # writes still under way that were begun before the seat was lost
        self._read_to = self._asked_behind = 0
        """Relayed: up to where the log was read since this tab leads; where the last read began."""
        self.apart = Apart(owner.is_present)
        self._ordering = Ordering()
        self._stragglers = Stragglers(
            tab=tab, shared=shared, books=books, is_present=owner.is_present, out=out
        )

    @property
    def problem(self) -> StoreFault | None:
        """Why verdicts could not be written or read, until they can."""
        return self._write_fault or self._read_fault

    # -- batches ----------------------------------------------------------------------------------

    def made(self, batch: Batch, now: Moment) -> None:
        """This tab made a batch; its changes are pending in the replica already."""
        self._books.open[batch.id] = batch
        if not self._shared:
            self.step(now)

    def heard(self, batch: Batch, now: Moment) -> None:
        """Another tab posted a batch, or it was found in the log."""
        if self._books.hear(batch):
            self.stored(now)

    def stored(self, now: Moment, own: str = "") -> None:
        """Somebody says that there is something to read. `own`: this batch of ours reached the log;
        if it is the next one there, it goes to the relay without being read."""
        batch = self._books.open.get(own)
        behind = max(self._books.log_key, self._read_to)
        ready = self._caught_up and self._relayed.epoch and not (self._reading or self._wanted)
        if self._term and ready and batch is not None and batch.key == behind + 1:
            if self._push([batch], now):
                self._out.append(SetTimer(TIMER, now.mono + LOOK_MS))
        else:
            self._wanted = True
            self.step(now)

    # -- leading ----------------------------------------------------------------------------------

    def led(self, now: Moment) -> None:
        """This tab leads: read what the former leader decided, then go on."""
        self._caught_up = not self._shared
        if not self._shared:
            self._books.term = self._term or self._books.term
        self._abandon()
        self._relayed.unled()
        self._read_to = 0
        self.stored(now)

    def followed(self) -> None:
        """This tab leads no more: what was being decided is not ours any longer."""
        self._abandon()
        self._relayed.unled()
        self._write_fault = None

    def _abandon(self) -> None:
        """LEDGER-4: the answer to a write of a former seat is not ours to act on."""
        if self._writing is not None:
            self._writing = None
            self._abandoned += 1

    def step(self, now: Moment) -> None:
        """Do the next thing there is to do, if nothing is under way."""
        if self._term == 0 or self._writing is not None or self._abandoned:
            return
        if not self._shared:
            self._decide_heard(now)
        elif not self._caught_up:
            self.catch_up()
        elif self._relayed.epoch and (verdicts := self._relayed.next_round(self._term)):
            self._write(verdicts)
        elif self._wanted and not self._reading and not self._catching_up:
            self._wanted = False
            self._read_log()

    def read(self) -> None:
        """Read the undecided part of the log, also as a follower."""
        if self._shared and not self._reading:
            self._read_log()

    def _read_log(self) -> None:
        self._reading = True
        self._asked_behind = max(self._books.log_key, self._read_to)
        self._out.append(ReadLog(self._asked_behind))

    def log_read(self, result: Sequence[LogRow] | StoreFault, now: Moment) -> None:
        """The log behind the last decided batch."""
        self._reading = False
        if isinstance(result, StoreFault):
            self._failed(result, now)
            return
        self._read_fault = None
        found, complete = self._books.take_in(result)
        # A read that was begun under a former seat may lack what this one has not read.
        lacks = self._asked_behind > max(self._books.log_key, self._read_to)
        self._wanted = self._wanted or not complete or lacks
        idle, relayed = self._writing is None and not self._abandoned, self._relayed.epoch
        if lacks:
            self.step(now)
        elif self._term and self._caught_up and (idle or relayed):
            waits = self._push(found, now) if relayed else self._decide(found, now)
            if self._stragglers.adopt() or waits:
                self._out.append(SetTimer(TIMER, now.mono + LOOK_MS))

    def load_tail(self, rows: Sequence[LogRow]) -> None:
        """Batches of the log that were not decided when the store was read."""
        self._books.take_in(rows)
        self._wanted = True

    def _push(self, found: list[Batch], now: Moment) -> bool:
        """Give the relay what was read. Answers whether to look again."""
        found = [batch for batch in found if (batch.key or 0) > self._read_to]
        self._read_to = max([self._read_to, *(batch.key or 0 for batch in found)])
        waits = self._relayed.logged(found, now)
        self._relayed.led(now)
        self.step(now)
        return waits

    def _decide(self, found: list[Batch], now: Moment) -> bool:
        """Decide the first of what was read. Answers whether to look again."""
        if not found:
            return bool(self._books.open)
        chosen = self._ordering.choose(found, self._replica.heads, ROUND, now)
        self._wanted = True
        if chosen:
            self._write(decide_round(self._replica, chosen, self._term, self._owner.is_present))
        return not chosen

    def _write(self, decided: Round) -> None:
        self._writing = decided = decided.redacted(self._replica.schema)
        self._owner.snapshots.hold(erases=bool(decided.erases))
        self._out.append(WriteDecisions(self._term, decided.rows, decided.erases))

    @property
    def _term(self) -> int:
        return self._owner.leads_under()

    def _decide_heard(self, now: Moment) -> None:
        """No shared store: the order of hearing is the order."""
        while self._books.open:
            batch = next(iter(self._books.open.values()))
            decided = decide_round(self._replica, [batch], self._term, self._owner.is_present)
            self._announce(decided, now)
            self._books.apply(decided)

    def decisions_written(self, result: int | StoreFault, now: Moment) -> None:
        """The store took the verdicts, or did not."""
        self._owner.snapshots.release(now)
        if self._abandoned:
            # Answers come in the order of the writes. What was committed is read like others'.
            self._abandoned -= 1
            self.catch_up()
            return
        decided, self._writing = self._writing, None
        if decided is None:
            return
        if isinstance(result, StoreFault):
            if result.reason == "fenced":
                self._owner.fenced(now)
                return
            # Where somebody wrote in between: read it, then decide again on what is true now.
            self._caught_up = self._caught_up and result.reason != "aborted"
            self._failed(result, now, writing=True)
            return
        self._write_fault = None
        if decided.rows[0].seq != self._replica.seq + 1:
            self._caught_up = False
        else:
            self._books.apply(decided)
        self._announce(decided, now)
        self.step(now)

    def _announce(self, decided: Round, now: Moment) -> None:
        payload = decided.payload(self._term, self._books.generation)
        self._out.append(Post(messages.encode(messages.DATA_UPDATE, self._tab, now.wall, payload)))

    def beat(self, now: Moment) -> None:
        """A tick: see to what lies open for long, and say again what may have been lost."""
        self._relayed.remind()
        if self._stragglers.beat(now, leads=bool(self._term)):
            self.stored(now)

    def adopted(self, batch_id: str, result: int | StoreFault, now: Moment) -> None:
        """A batch of a dead tab was appended for it."""
        if self._stragglers.adopted(batch_id, result, now):
            self.stored(now)
        else:
            # Not ours to report: who holds it offers it again, at a tick or when it looks again.
            self._out.append(SetTimer(TIMER, now.mono + RETRY_MS))

    # -- following --------------------------------------------------------------------------------

    def announced(self, payload: Any, now: Moment) -> None:
        """Verdicts from the leader. Raises ProtocolError."""
        term, rows, generation = read_verdicts(payload)
        if generation != self._books.generation:
            if generation > self._books.generation:
                self._owner.anew()
            return
        if not self._shared and term != self._books.term:
            # Another leader decides: what it knows need not be what we know, so we take it over.
            if term > self._books.term:
                self._owner.lagging(now)
            return
        if not self._books.announced(rows, term):
            self._fill_gap(now)

    def others_at(self, tab: str, seq: int, made: int, now: Moment) -> None:
        """Another tab tells its progress. What we should know of and do not was lost on the way."""
        if self.apart.told(tab, seq, self._replica.seq):
            self._fill_gap(now)
        if self._term and (made > self._books.known_of(tab) or self._books.lacks(tab)):
            read_or_ask = self.stored if self._shared else self._owner.lagging
            read_or_ask(now)

    def _fill_gap(self, now: Moment) -> None:
        if self._shared:
            self.catch_up()
        else:
            self._owner.lagging(now)

    def catch_up(self) -> None:
        """Read the verdicts that this tab has not seen, if there is a store to read them from."""
        if self._shared and not self._catching_up:
            self._catching_up = True
            self.apart.asks()
            self._out.append(ReadDecided(self._replica.seq))

    def decided_read(
        self, result: Sequence[tuple[DecidedRow, str]] | StoreFault, now: Moment
    ) -> None:
        """Verdict rows from the store, with their batches."""
        self._catching_up = False
        if isinstance(result, StoreFault):
            self._failed(result, now)
            return
        self._read_fault = None
        if self._write_fault is not None and self._write_fault.reason == "aborted":
            self._write_fault = None
        self._books.load(result)
        self._caught_up = True
        self.apart.read(self._replica.seq)
        self.step(now)

    # -- trouble ----------------------------------------------------------------------------------

    def woke(self, name: str, now: Moment) -> None:
        """Time to look again."""
        if name == TIMER:
            if self._read_fault is not None:
                self.catch_up()
            self._wanted = True
            self.step(now)

    def stop(self) -> None:
        """Nothing more is to happen."""
        self._out.append(ClearTimer(TIMER))

    def _failed(self, fault: StoreFault, now: Moment, *, writing: bool = False) -> None:
        if fault.reason == "anew":
            self._owner.anew()
        elif writing:
            self._write_fault = fault
        else:
            self._read_fault = fault
        self._wanted = True
        self._out.append(SetTimer(TIMER, now.mono + RETRY_MS))
