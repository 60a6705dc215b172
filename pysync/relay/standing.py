"""Where a space at the relay stands: its state, as the log makes it, and the snapshots of it.

Floor: `machines`, `stored`.
"""

from __future__ import annotations

from typing import Final

from pysync.errors import ProtocolError
from pysync.machines.batches import Batch, parse_batch
from pysync.machines.check_sum import CheckSum, Claim
from pysync.machines.effects import Effect, Moment
from pysync.machines.replica import Replica
from pysync.machines.rounds import judged
from pysync.machines.snapshots import Snapshots
from pysync.model.decision import Decision
from pysync.model.rights import Rights
from pysync.model.schema import Schema
from pysync.model.snapshot import read_rows
from pysync.model.total import total
from pysync.relay.stored import StoredSpace
from pysync.values.jsontext import parse_json

MOST_SUMS: Final = 32
"""Check sums that are kept, each for those who see the same: all are a little work per change."""


class Standing:
    """The state with what is decided and perhaps not yet on the disk."""

    def __init__(self, schema: Schema, stored: StoredSpace, out: list[Effect]) -> None:
        """Raises StoreCorrupt or ProtocolError if what is stored cannot be read."""
        self.replica = Replica(total(schema, _heard_from_tabs))
        self.snapshots = Snapshots(replica=self.replica, enabled=True, has_log=True, out=out)
        self._out = out
        self._seeded = bool(stored.snapshot)
        """Whether there are records that no entry of the log made."""
        self.replica.replace(read_rows(stored.snapshot), stored.snapshot_seq, seen=False)
        self.snapshots.loaded(stored.snapshot_seq)
        for row in stored.entries:
            batch = parse_batch(row.text, schema)
            said = parse_json(row.special) if row.special else 0
            self.apply(row.seq, *judged(batch, said, row.count))

    def agrees(self, claim: Claim, sees: Rights | None, now: Moment) -> bool:
        """Whether who sees this much holds what the state is at that seq, as far as can be told:
        while its check sum has to be made, or another version of the schema made what is claimed,
        that is so."""
        replica = self.replica
        if (claim.seq, claim.version) != (replica.seq, replica.schema.version):
            return True
        sums = self.snapshots.sums
        made = CheckSum(replica, self._out, sees)
        known = [each for each in sums if each.name == made.name]
        if known:
            made = known[0]
        elif len(sums) < MOST_SUMS:
            sums.append(made)
        else:
            return True
        records = made.ask(now)
        if not records:
            return True
        if claim.decided not in ("", self.snapshots.decided.ask()):
            return False
        return records == claim.check_sum and claim.conflicts in ("", made.conflicts)

    @property
    def has_state(self) -> bool:
        """Whether the log alone is not the way to begin."""
        return self._seeded or self.snapshots.stored_seq > 0

    def apply(self, seq: int, batch: Batch, special: dict[int, Decision]) -> None:
        """An entry was decided, the next one."""
        with self.replica.together():
            for at, change in enumerate(batch.changes):
                decision = special.get(at)
                try:
                    self.replica.confirm(seq + at, change, decision)
                except ProtocolError:
                    # It stands on something that an older build wrote otherwise: kept, passed over.
                    self.replica.pass_over(seq + at)
                self.snapshots.touched(change, decision)


def _heard_from_tabs(_detail: str) -> None:
    """Every tab tells of it, to people who can mend it (`TOTAL-1`)."""
