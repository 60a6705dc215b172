"""Confirming: what follows in a tab when entries of the log become its truth.

The clock learns their stamps, the snapshot what is stale in it, the application what became of its
changes, and a function that was handed back waits to be run again. What becomes of the changes of
a tab that is gone the leader hears. Where there is a log, a change
was reported saved when it was in it; without one it is saved with a snapshot, or by the leader.
Floor: `snapshots`, `outbox`, `reruns`, `events`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Protocol

from pysync.machines.batches import Batch
from pysync.machines.effects import Moment
from pysync.machines.events import Decided, Dropped, Saved, Settled, TabEvent
from pysync.machines.outbox import Outbox
from pysync.machines.reruns import Reruns
from pysync.machines.rounds import VOID
from pysync.machines.snapshots import Snapshots
from pysync.model.change import Change
from pysync.model.decision import Decision, is_void
from pysync.values.clock import HybridClock

if TYPE_CHECKING:
    from pysync.machines.relayed import Relayed

TOLD: Final = 10_000


class Owner(Protocol):
    """What confirming asks of its tab."""

    id: str
    shared: bool
    stores: bool
    ready: bool
    now: Moment
    clock: HybridClock
    snapshots: Snapshots
    outbox: Outbox
    reruns: Reruns
    relayed: Relayed

    def is_present(self, tab: str) -> bool:
        """Whether that tab is open and awake."""

    def leads_under(self) -> int:
        """The term to decide under; 0 while this tab may not."""

    def data_came(self) -> int:
        """Data came in; answers up to which entry the tab has confirmed."""

    def tell(self, event: TabEvent) -> None:
        """Something happened that the application must know."""


class Confirming:
    """What follows in `tab` when entries are confirmed."""

    def __init__(self, tab: Owner) -> None:
        self._tab = tab
        self._decided: list[tuple[Change, Decision | None]] = []
        self._to_snapshot: list[tuple[int, Batch]] = []
        """Without a log: own batches that the next snapshot at or behind that seq saves."""
        self._told: dict[str, None] = {}
        """Changes without effect of which that was told, the newest TOLD."""

    def decided(self, change: Change, decision: Decision | None) -> None:
        """An entry was confirmed."""
        tab = self._tab
        tab.clock.observe(change.mark.stamp, tab.now.wall)
        tab.snapshots.touched(change, decision)
        self._decided.append((change, decision))
        if change.mark.tab == tab.id:
            self._own(change, decision)

    def batch_decided(self, batch: Batch, special: Mapping[int, Decision], *, own: bool) -> None:
        """All of a batch was confirmed, with these exceptions; `own`: this device made it."""
        tab = self._tab
        if own and self._answers_for(batch):
            self._told_instead(batch, special)
        tab.outbox.decided(batch.id)
        tab.relayed.outcomes.decided(batch, special)
        seq = tab.data_came()
        tab.snapshots.grown(tab.now, tab.leads_under())
        if not tab.shared and tab.stores and batch.tab == tab.id:
            # Without a log a change is saved with the leader's next snapshot. A follower is not
            # told of that: for it the leader's verdict must do.
            if tab.leads_under():
                self._to_snapshot.append((seq, batch))
            else:
                self.saved(batch)
        decided, self._decided = self._decided, []
        if tab.ready:
            tab.tell(Decided(tuple(decided), own))

    def snapshot_stored(self) -> None:
        """The snapshot was written: what it holds is saved."""
        while self._to_snapshot and self._to_snapshot[0][0] <= self._tab.snapshots.stored_seq:
            self.saved(self._to_snapshot.pop(0)[1])

    def saved(self, batch: Batch) -> None:
        """A batch of this tab is in the store."""
        self._tab.tell(Saved(batch.first, batch.last))

    def told(self, batch: Batch, special: Mapping[int, Decision]) -> None:
        """The relay says what became of a batch that was decided before the state here."""
        if batch.tab == self._tab.id:
            for at, change in enumerate(batch.changes):
                self._own(change, special.get(at))
        elif self._answers_for(batch):
            self._told_instead(batch, special)
        self._tab.outbox.decided(batch.id)

    def dropped(self, batch: Batch, decision: Decision) -> None:
        """The relay will never take this batch."""
        self._tab.tell(Dropped(tuple(batch.changes)))
        if batch.tab == self._tab.id or self._answers_for(batch):
            for change in batch.changes:
                self._tab.reruns.decided(change, decision)
                self.settled(change, decision)

    def _answers_for(self, batch: Batch) -> bool:
        """Whether its author is not there to be told, and this tab is who hears it instead."""
        tab = self._tab
        return batch.tab != tab.id and tab.leads_under() > 0 and not tab.is_present(batch.tab)

    def _told_instead(self, batch: Batch, special: Mapping[int, Decision]) -> None:
        for at, decision in special.items():
            if is_void(decision) and at < len(batch.changes):
                self.settled(batch.changes[at], decision)

    def _own(self, change: Change, decision: Decision | None) -> None:
        if self._tab.reruns.decided(change, decision):
            self._note(change)
        else:
            self.settled(change, decision)

    def handed_back(self, change: Change, decision: Decision) -> None:
        """Its function could not run again: it is refused after all."""
        self._told.pop(change.id, None)
        self.settled(change, decision)

    def settled(self, change: Change, decision: Decision | None) -> None:
        """It is known what became of a change of this tab, or of one that is gone. That it had no
        effect is told once, also if a log that was put back says so again (OUTCOME-1)."""
        if is_void(decision):
            if change.id in self._told or decision.code == VOID.code:
                return
            self._note(change)
        self._tab.tell(Settled(change, decision))

    def _note(self, change: Change) -> None:
        self._told[change.id] = None
        while len(self._told) > TOLD:
            del self._told[next(iter(self._told))]
