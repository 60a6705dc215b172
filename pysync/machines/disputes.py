"""Disputes: the conflicts that are at hand in a replica, and which of them wait for somebody.

DISPUTE-1 a conflict is settled by the first change in the log that resolves it, writes its record
and was not refused. DISPUTE-2 the same conflicts stand at one seq in every replica: open ones all,
of the settled ones the newest KEPT. Floor: `model`, `pendings`.
"""

from __future__ import annotations

from collections.abc import Collection

from pysync.machines.pendings import Pendings
from pysync.model.change import Change, Ref
from pysync.model.conflict import KEPT, Conflict
from pysync.model.decision import Decision
from pysync.model.erasing import redact_conflict
from pysync.model.schema import Schema
from pysync.model.state import Reader


class Disputes(dict[str, Conflict]):
    """Conflicts by id, in the order in which they were decided."""

    __slots__ = ()

    def decided(self, change: Change, decision: Decision | None) -> None:
        """An entry was confirmed: what it left open, and what it settled."""
        for conflict in decision.conflicts if decision is not None else ():
            self[conflict.id] = conflict
        if change.meta.resolves:
            writes = change.ops if decision is None else decision.writes
            written = {(op.key, op.rid) for op in writes}
            for id_ in change.meta.resolves:
                named = self.get(id_)
                if named is not None and (named.key, named.rid) in written:
                    self[id_] = named.resolved()
        if len(self) > KEPT:
            self._bound()

    def erased(self, refs: Collection[Ref], schema: Schema) -> None:
        """The data of people were erased from these records: no value of them stays."""
        for conflict in list(self.values()):
            if (conflict.key, conflict.rid) in refs:
                self[conflict.id] = redact_conflict(conflict, schema)

    def _bound(self) -> None:
        settled = [conflict.id for conflict in self.values() if conflict.status != "open"]
        for id_ in settled[: len(self) - KEPT]:
            del self[id_]

    def waiting(self, view: Reader, pending: Pendings) -> list[Conflict]:
        """The open ones, without those whose record is gone, and those that a pending change
        resolves: `tokens` names it there."""
        return [
            conflict
            for conflict in self.values()
            if conflict.status == "open"
            and not pending.touches(conflict.id)
            and view.get(conflict.key, conflict.rid) is not None
        ]
