"""Comparison: the records of a space beside those that a relay has of it. Floor: `model`."""

from __future__ import annotations

from dataclasses import dataclass

from pysync.model.state import State
from pysync.values.jsonvalue import same


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Living records, here and there."""

    here: int
    there: int
    same: int
    """In both, alike."""
    differ: int
    """In both, not alike."""

    @property
    def only_here(self) -> int:
        """Will be added there."""
        return self.here - self.same - self.differ

    @property
    def only_there(self) -> int:
        """Stay as they are."""
        return self.there - self.same - self.differ


def compare(here: State, there: State) -> Comparison:
    """Living records of two states."""
    ours, theirs = _living(here), _living(there)
    alike = sum(same(record, theirs[ref]) for ref, record in ours.items() if ref in theirs)
    both = len(ours.keys() & theirs.keys())
    return Comparison(here=len(ours), there=len(theirs), same=alike, differ=both - alike)


def _living(state: State) -> dict[tuple[str, str], object]:
    return {
        (key, rid): cell.record(rid)
        for key, cells in state.cells.items()
        for rid, cell in cells.items()
        if not cell.dead
    }
