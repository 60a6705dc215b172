"""The check sum of which changes are decided, beside that of what they came to (`check_sum`).

A state does not tell all that made it: of a change that was overwritten since no value is left. So
where a relay's log was put back to what it was and went on otherwise, a device may stand at the
same entry and hold the same records, although the log lacks a change which that device knows to be
decided, and therefore sends no more. It is told from one that has it by this sum: one hash per tab,
of which of its changes are decided, added up. A tab of which none was decided since costs nothing.

SUM-4 the sums are equal where the very same changes are decided, whatever came of them and in
whatever order, and are others else. Floor: `replica`.
"""

from __future__ import annotations

from hashlib import blake2b

from pysync.machines.replica import Replica
from pysync.values.jsonvalue import canonical


class DecidedSum:
    """Of a replica."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._hashes: dict[str, int] = {}
        self._total = 0
        self._changed: set[str] = set()
        """Tabs of which changes were decided since they were hashed."""
        self._whole = False
        """Whether all others are hashed."""

    def touched(self, tab: str) -> None:
        """A change of that tab was confirmed."""
        self._changed.add(tab)

    def forget(self) -> None:
        """The state is another one."""
        self._hashes.clear()
        self._changed.clear()
        self._total, self._whole = 0, False

    def ask(self) -> str:
        """The check sum."""
        heads = self._replica.heads
        for tab in self._changed if self._whole else heads:
            made = self._hash(tab) if tab in heads else 0
            self._total += made - self._hashes.get(tab, 0)
            self._hashes[tab] = made
        self._changed.clear()
        self._whole = True
        return f"{self._total % (1 << 64):016x}"

    def _hash(self, tab: str) -> int:
        replica = self._replica
        said = [tab, replica.heads[tab], *sorted(replica.skipped.get(tab, ()))]
        return int.from_bytes(blake2b(canonical(said).encode(), digest_size=8).digest(), "big")
