"""A relay that fails on some changes, now and then: by a rule that no device has.

What it failed on is sent again, and what is on the same records waits: BEHIND-1 is looked at in the
log, when all is over. Floor: `schema`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random
from typing import Final

from pysync.machines.batches import parse_batch
from pysync.machines.relay_frames import EntryRow
from pysync.model.change import Change, Ref
from pysync.model.guard import Amend, Guard, Verdict, View
from pysync.testing.sim.schema import SCHEMA

OFTEN: Final = 0.06
TWICE: Final = 2
LOT: Final = 10
"""On so many changes of a tab it fails so often at most. A batch, which is one call's here, is of
two such lots at most, so nothing is given up."""


class Fickle:
    """The rule, and what it did."""

    def __init__(self, random: Random, seq: Callable[[], int]) -> None:
        """`seq` answers how far the relay has decided."""
        self._random = random
        self._seq = seq
        self.failed: dict[str, int] = {}
        """The changes on which the relay failed, and how far it was when it did so first."""
        self._times = Counter[tuple[str, int]]()
        rule = Guard("fickle", frozenset(SCHEMA.collections), self._check, lambda *_: ())
        self.schema = replace(SCHEMA, guards=(*SCHEMA.guards, rule))

    def _check(self, _before: View, after: View, change: Change, refs: frozenset[Ref]) -> Verdict:
        there = sorted(ref for ref in refs if after.get(*ref) is not None)
        lot = (change.mark.tab, change.mark.n // LOT)
        if not there or self._times[lot] >= TWICE or self._random.random() >= OFTEN:
            return None
        self._times[lot] += 1
        self.failed.setdefault(change.id, self._seq())
        return Amend("odd", {there[0]: {"x": object()}})  # which nothing can store

    def overtaken(self, log: Iterable[EntryRow]) -> list[str]:
        """What was decided before an earlier change of its tab on the same record, on which the
        relay had failed already."""
        at: dict[str, tuple[int, Change]] = {}
        for row in log:
            for n, change in enumerate(parse_batch(row.text, SCHEMA).changes):
                at[change.id] = (row.seq + n, change)
        return [
            f"{later.id} at {there}, before {id_} at {seq}"
            for id_, since in self.failed.items()
            if id_ in at
            for seq, change in (at[id_],)
            for there, later in at.values()
            if later.mark.tab == change.mark.tab
            and later.mark.n > change.mark.n
            and since < there < seq
            and not _refs(later).isdisjoint(_refs(change))
        ]


def _refs(change: Change) -> set[Ref]:
    return {(op.key, op.rid) for op in change.ops}
