"""Comparison: the records of a space beside those that a relay has of it. Floor: `model`."""

from __future__ import annotations

from dataclasses import dataclass

from pysync.model.schema import Schema
from pysync.model.snapshot import read_rows
from pysync.model.state import State
from pysync.ports import Beginning
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


def compare(here: State, there: Beginning) -> Comparison:
    """Living records of a state and of a relay's."""
    ours, theirs = _living(here), _living(_shown(here.schema, there))
    alike = sum(same(record, theirs[ref]) for ref, record in ours.items() if ref in theirs)
    both = len(ours.keys() & theirs.keys())
    return Comparison(here=len(ours), there=len(theirs), same=alike, differ=both - alike)


def _shown(schema: Schema, there: Beginning) -> State:
    state = State(schema)
    state.hold(read_rows(there.rows).packed)
    return state


def _living(state: State) -> dict[tuple[str, str], object]:
    return {
        (key, rid): cell.record(rid)
        for key, cells in state.cells.items()
        for rid, cell in cells.items()
        if not cell.dead
    }
