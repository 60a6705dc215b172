"""A ledger with everything in reach that it asks for and tells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pysync.machines.batches import Batch, encode_batch
from pysync.machines.books import Books
from pysync.machines.cards import TabInfo
from pysync.machines.effects import (
    Moment,
    ReadDecided,
    ReadLog,
    WriteDecisions,
)
from pysync.machines.events import TabEvent
from pysync.machines.ledger import Ledger
from pysync.machines.relayed import Relayed
from pysync.machines.replica import Replica
from pysync.machines.snapshots import Snapshots
from pysync.machines.who import Who
from pysync.model.change import Change, Meta, Op
from pysync.model.decision import Decision
from pysync.model.schema import Schema
from pysync.ports import LogRow
from tests.pysync.kit import WALL, mark

NOW = Moment(WALL, 0)


class Bench:
    """A ledger, its owner, and its effects in reach."""

    def __init__(self, *, shared: bool = True, term: int = 1) -> None:
        self.out: list[Any] = []
        self.term = term
        self.present = {"me", "a", "b"}
        self.done: list[tuple[int, str, Decision | None]] = []
        self.batches: list[str] = []
        self.refused: list[tuple[str, str]] = []
        self.fences = self.lags = self.anews = 0
        self.schema = Schema()
        self.replica = Replica(self.schema)
        self.books = Books(tab="me", shared=shared, replica=self.replica, owner=self)
        self.now = NOW
        self.confirming: Any = self
        self.who = Who("", Schema())
        self.snapshots = Snapshots(replica=self.replica, enabled=True, has_log=shared, out=self.out)
        self.relayed = Relayed(
            tab="me", replica=self.replica, books=self.books, out=self.out, owner=self
        )
        self.it = Ledger(
            tab="me",
            shared=shared,
            replica=self.replica,
            books=self.books,
            relayed=self.relayed,
            out=self.out,
            owner=self,
        )

    def leads_under(self) -> int:
        return self.term

    def tabs(self) -> tuple[TabInfo, ...]:
        return ()

    def is_present(self, tab: str) -> bool:
        return tab in self.present

    def decided(self, seq: int, change: Change, decision: Decision | None) -> None:
        self.done.append((seq, change.id, decision))

    def batch_decided(self, batch: Batch, special: Mapping[int, Decision], *, own: bool) -> None:
        self.batches.append(batch.id)

    def fenced(self, now: Moment) -> None:
        self.fences += 1
        self.term = 0

    def anew(self) -> None:
        self.anews += 1

    def lagging(self, now: Moment) -> None:
        self.lags += 1

    def step(self) -> None:
        self.it.step(self.now)

    def dropped(self, batch: Batch, decision: Decision) -> None:
        self.refused.append((batch.id, decision.code))

    def tell(self, event: TabEvent) -> None:
        pass

    def took(self, *kinds: type) -> list[Any]:
        found = [effect for effect in self.out if isinstance(effect, kinds)]
        self.out[:] = [effect for effect in self.out if not isinstance(effect, kinds)]
        return found

    def lead(self) -> Bench:
        """Become leader and read that nothing was decided."""
        self.it.led(NOW)
        assert self.took(ReadDecided) == [ReadDecided(self.replica.seq)]
        self.it.decided_read([], NOW)
        return self

    def decide(self, *batches: Batch, key: int = 1) -> WriteDecisions:
        """Have these read from the log and decided; answers what is written."""
        self.it.stored(NOW)
        self.took(ReadLog)
        rows = [LogRow(key + at, b.id, b.text) for at, b in enumerate(batches)]
        self.it.log_read(rows, NOW)
        [write] = self.took(WriteDecisions)
        assert isinstance(write, WriteDecisions)
        return write


def batch(tab: str = "a", first: int = 1, count: int = 1, rid: str = "", **meta: Any) -> Batch:
    """Creations, one record each."""
    changes = [
        Change(mark(tab, n), (Op("*", "c", rid or f"{tab}{n}", {"f": n}),), Meta(**meta))
        for n in range(first, first + count)
    ]
    return encode_batch(tab, changes, WALL)


def verdicts(term: int, *rows: Any) -> Any:
    """The payload of an announcement, as it comes from the wire."""
    return json.loads(json.dumps([term, rows]))
