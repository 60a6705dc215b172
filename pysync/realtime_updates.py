"""What is told as live data of the space's own changes.

Floor: `telling`, `machines.updates`, `realtime_config`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from pysync.machines.effects import Moment
from pysync.machines.updates import RealtimeUpdate, came_to
from pysync.model.cell import Cell, Mark
from pysync.model.change import Ref
from pysync.model.state import State
from pysync.realtime_config import DataType
from pysync.telling import Update
from pysync.values.clock import wall_of

Watched = Callable[[str], Iterable[tuple[str, DataType]]]
"""Collection -> the types that somebody wants to hear of, and how they are declared."""


def updates_of(update: Update, watched: Watched, now: Moment) -> list[RealtimeUpdate]:
    """What became of the records of a change, once for each type that they are of, the oldest
    first."""
    steps = update.steps
    types = {key: list(watched(key)) for key in {key for key, _ in steps}}
    refs = sorted(
        (ref for ref in steps if types[ref[0]]), key=lambda ref: (_stamp(steps[ref][1]), ref)
    )
    made = (_update_of(update, ref, *each, now) for ref in refs for each in types[ref[0]])
    return [each for each in made if each is not None]


def of_all(view: State, watched: Watched) -> Update:
    """What is there of the collections that somebody wants to hear of, as if it came just now."""
    keys = sorted({key for key, _ in view.buckets()})
    refs = [(key, each["id"]) for key in keys if [*watched(key)] for each in view.all(key)]
    return Update(frozenset(refs), "", {ref: (None, view.cell(*ref)) for ref in refs})


def _stamp(cell: Cell | None) -> float:
    """When it was last written; what is gone without a trace went just now."""
    return cell.rev.stamp if cell is not None else math.inf


def _update_of(
    update: Update, ref: Ref, name: str, declared: DataType, now: Moment
) -> RealtimeUpdate | None:
    was, record = update.records(ref)
    became = came_to(was, record)
    if became is None:
        return None
    mark = _newer_mark(*update.steps[ref])
    return RealtimeUpdate(
        type=name,
        action=became[0],
        id=ref[1],
        timestamp=wall_of(mark.stamp) if mark is not None else int(now.wall),
        data=became[1],
        employee=declared.employee_of(record if record is not None else was),
        collection=ref[0],
        author=mark.author if mark is not None else "",
        tab=update.source,
        record=record,
        was=was,
    )


def _newer_mark(before: Cell | None, after: Cell | None) -> Mark | None:
    """Who made it what it is; None where it is something older again, or nobody knows."""
    if after is None or not after.rev.stamp:
        return None
    return None if before is not None and before.rev.after(after.rev) else after.rev
