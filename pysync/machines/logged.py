"""Where a round of entries leaves the log of a device: up to which key all of it is decided.

Floor: `batches`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from pysync.machines.batches import Batch


class Places:
    """Where the batches of one round, taken in the order of their entries, are in the log of the
    device. `logged` is that log behind what was decided of it, by key."""

    def __init__(self, logged: Iterable[Batch], open_: Container[str]) -> None:
        self._open = open_
        self._taken: set[str] = set()
        self._rest = iter(logged)
        self._first = next(self._rest, None)
        """The first that is not decided, nor was taken in this round."""

    def take(self, batch: Batch) -> int:
        """The key of the next one if nothing before it is undecided (RELAYED-2), else 0."""
        self._taken.add(batch.id)
        while (first := self._first) is not None:
            if first.id in self._open and first.id not in self._taken:
                break
            self._first = next(self._rest, None)
        if batch.key is None or (first is not None and (first.key or 0) < batch.key):
            return 0
        return batch.key
