"""Which batches of the log are decided next: in the order of the log, each author in its own order.

An author's transactions can land out of order: one is aborted and offered again while the next one
succeeds. Deciding an edit before the creation that it builds on would refuse it. So an author's
batches are decided by their numbers, and one whose forerunner is missing waits for it, a while.

ORDER-1 what is chosen is all of the log up to some key, so a key can say how far it is decided.
ORDER-2 within it the batches of one tab stand in the order of their numbers.
ORDER-3 a batch whose forerunner is missing holds up the round at most WAIT_MS. Floor: `batches`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pysync.machines.batches import Batch
from pysync.machines.effects import Moment

WAIT_MS: Final = 2_000
"""How long a missing forerunner is waited for; then it is taken for lost with its author."""


class Ordering:
    """Chooses the next round of the leader."""

    def __init__(self) -> None:
        self._waits: dict[str, float] = {}
        """Batches that wait for a forerunner, since when (mono)."""

    def choose(
        self, found: Sequence[Batch], heads: Mapping[str, int], room: int, now: Moment
    ) -> list[Batch]:
        """The batches to decide now, at most about `room` ops; [] if all must wait.

        `found` is the undecided log in the order of its keys, `heads` the highest number decided
        per tab.
        """
        end, limit = _fitting(found, room), len(found)
        while end:  # ends: `limit` only falls, and between two falls of it `end` only grows
            chosen = _by_author(found[:end])
            gap = _first_gap(chosen, heads, lambda batch: self._is_excused(batch, now))
            if gap is None:
                for batch in chosen:
                    self._waits.pop(batch.id, None)
                return chosen
            later = [at for at, b in enumerate(found) if b.tab == gap.tab and b.first < gap.first]
            if later and end <= later[-1] < limit:
                end = later[-1] + 1  # its forerunner is there, only later in the log
                continue
            if not later or later[-1] < end:
                self._waits.setdefault(gap.id, now.mono)
            end = limit = min(at for at, b in enumerate(found[:end]) if b.tab == gap.tab)
        return []

    def _is_excused(self, batch: Batch, now: Moment) -> bool:
        return now.mono - self._waits.get(batch.id, now.mono) >= WAIT_MS


def _fitting(found: Sequence[Batch], room: int) -> int:
    count = 0
    for at, batch in enumerate(found):
        count += sum(len(change.ops) for change in batch.changes) or 1
        if count > room:
            return at + 1
    return len(found)


def _by_author(batches: Sequence[Batch]) -> list[Batch]:
    """Every tab keeps its places; in them its batches stand by number."""
    own: dict[str, list[Batch]] = {}
    for batch in sorted(batches, key=lambda b: b.first, reverse=True):
        own.setdefault(batch.tab, []).append(batch)
    return [own[batch.tab].pop() for batch in batches]


def _first_gap(
    chosen: Sequence[Batch], heads: Mapping[str, int], excused: Callable[[Batch], bool]
) -> Batch | None:
    reached: dict[str, int] = {}
    for batch in chosen:
        before = reached.get(batch.tab, heads.get(batch.tab, 0))
        if batch.first > before + 1 and batch.changes and not excused(batch):
            return batch
        reached[batch.tab] = max(before, batch.last)
    return None
