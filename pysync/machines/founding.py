"""Founding: what a device's first state held, as changes for a relay whose log lacks it.

Nobody made these records: a device began with them, and its log stands on them. So they go before
it, under the name of an author of their own (`cell.FOUNDER`): a change that had seen the first
state has seen what the founder wrote. What the relay has is not sent again, so whoever is
interrupted looks anew and goes on.

FOUND-1 a record that is the same there, or was changed there since it was founded, is not touched.
Floor: `batches`, `replica`.
"""

from __future__ import annotations

from typing import Final

from pysync.machines.batches import Batch, encode_batch
from pysync.machines.replica import Replica
from pysync.model.cell import FOUNDER, SEED_MARK, Cell, Mark
from pysync.model.change import CREATE, SET, Change, Meta, Op, Ref
from pysync.model.schema import Schema
from pysync.model.snapshot import Rows
from pysync.model.write import mark_of, register_of
from pysync.values.clock import stamp_at
from pysync.values.jsonvalue import same

LOT: Final = 200
"""Records of one batch; each is a change of its own, so that a rule which refuses one takes no
others with it."""
META: Final = Meta(label="Brought along")


def founder_of(device: str) -> str:
    """The name of the author that tells what this device began with."""
    return f"{FOUNDER}{device}"


def found(seed: Rows, there: Replica, device: str, wall: float) -> list[Batch]:
    """The changes that make the relay's state `there` have what `seed` held, at `wall` (ms)."""
    author = founder_of(device)
    asked = {
        (each.key, each.rid, each.register)
        for each in there.conflicts.values()
        if author in (each.shown.mark.tab, each.other.mark.tab)
    }
    schema, view = there.schema, there.view
    ops = [
        op
        for row in seed.packed
        for rid, cell in row.cells().items()
        if not cell.dead
        and (op := _op((row.key, rid), cell, view.cell(row.key, rid), asked, schema)) is not None
    ]
    order = {key: at for at, key in enumerate(schema.collections)}
    ops.sort(key=lambda op: (order.get(op.key, len(order)), op.key, op.rid))
    first, stamp = there.heads.get(author, 0) + 1, stamp_at(wall)
    changes = [Change(Mark(author, n, stamp), (op,), META) for n, op in enumerate(ops, first)]
    lots = (changes[at : at + LOT] for at in range(0, len(changes), LOT))
    return [encode_batch(author, lot, wall) for lot in lots]


def _op(
    ref: Ref, cell: Cell, there: Cell | None, asked: set[tuple[str, str, str]], schema: Schema
) -> Op | None:
    if there is None:
        return Op(CREATE, *ref, dict(cell.fields))
    declared = schema.collection(ref[0])
    fields = {
        path: value
        for path, value in cell.fields.items()
        if (*ref, register := register_of(declared, path)) not in asked
        and _is_first(mark_of(declared, there, register))
        and not (path in there.fields and same(value, there.fields[path]))
    }
    return None if there.dead or not fields else Op(SET, *ref, fields)


def _is_first(mark: Mark | None) -> bool:
    """Whether nobody changed it since a first state, this one's or another's."""
    return mark is None or mark is SEED_MARK or mark.tab.startswith(FOUNDER)
