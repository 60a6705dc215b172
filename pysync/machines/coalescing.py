"""Coalescing: two changes of one task as one, where the queue is full.

A batch is sealed when it is posted, which is when the first change of a task is made, every CHUNK
changes, and when the task ends. So only what came since then in the same task can be changed any
more: nobody but this tab knows it. A loop that sets one value a thousand times therefore fills a
queue no further than to its bound, and what it sets last is what is sent.

COALESCE-1 what two changes come to as one is what they come to one after the other, on what the
author of the first one saw. COALESCE-2 only what is alike is put together: writes of the same
author under the same label to nothing but what the first one wrote as well. Floor: `replica`.
"""

from __future__ import annotations

from dataclasses import replace

from pysync.machines.replica import Replica
from pysync.model.cell import Mark
from pysync.model.change import ADD, CREATE, SET, Change, Meta, Op
from pysync.values.jsonvalue import add_numbers


def coalesced(first: Change, second: Change) -> Change | None:
    """Both as one change, under the number of the first; None where they stay two."""
    written = {(op.key, op.rid): op for op in first.ops}
    if not _are_alike(first.meta, second.meta) or len(written) < len(first.ops):
        return None
    for op in second.ops:
        after = _together(written.get((op.key, op.rid)), op)
        if after is None:
            return None
        written[op.key, op.rid] = after
    made = second.mark
    mark = Mark(made.tab, first.mark.n, made.stamp, made.author)
    return Change(mark, tuple(written.values()), first.meta)


def take_back(replica: Replica, change_id: str) -> None:
    """Take the newest pending change out of the view; another one that writes to all of its records
    is admitted next (REPLICA-2). Without predicting the others again, which would cost as much as
    there are, for each turn of a loop."""
    entry = replica.pending[change_id]
    if not replica.pending.is_last(entry):
        replica.drop([change_id])
        return
    replica.pending.forget(entry)
    for ref, cell in entry.pre.items():
        replica.dirty.add(ref, replica.view.cell(*ref))
        replica.view.put(*ref, cell)


def _are_alike(one: Meta, other: Meta) -> bool:
    """Whether both say of themselves nothing but whose they are, what they are called, whether they
    are one intent, and what their author saw."""
    alike = Meta(author=one.author, label=one.label, atomic=one.atomic, stale=one.stale)
    return replace(one, seen={}) == replace(other, seen={}) == alike


def _together(first: Op | None, second: Op) -> Op | None:
    """Both writes to one record as one."""
    if first is None or first.gone or second.gone:
        return None
    fields = dict(first.fields)
    if first.kind == second.kind == ADD:
        for path, by in second.fields.items():
            fields[path] = add_numbers(fields.get(path, 0), by)
    elif second.kind == SET and (
        first.kind == CREATE or (first.kind == SET and second.fields.keys() <= fields.keys())
    ):
        fields.update(second.fields)
    else:
        return None
    return Op(first.kind, first.key, first.rid, fields, first.base)
