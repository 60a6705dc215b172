"""Tokens: what a change shares with others, so that a replay knows which of them influence it.

A change's tokens are its records, whatever its guards weigh them against (a room), whom they are
about, and the conflicts that it resolves. Floor: `model`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from pysync.model.cell import Cell
from pysync.model.change import Change, Ref
from pysync.model.guard import Record
from pysync.model.schema import Schema
from pysync.model.state import Reader


def tokens_of(change: Change, view: Reader, schema: Schema) -> frozenset[Hashable]:
    """Of a change not yet decided: what it touches, as it is in the view and as it would be."""
    tokens: set[Hashable] = {(op.key, op.rid) for op in change.ops}
    tokens.update(change.meta.resolves)
    if schema.guarded:
        for op in change.ops:
            cell = view.cell(op.key, op.rid)
            before = cell.record(op.rid) if cell is not None else None
            after = {"id": op.rid, **(before or {}), **op.fields}
            tokens.update(_weighed(schema, op.key, before, after))
    return frozenset(tokens)


def weights_of(cells: Mapping[Ref, Cell], confirmed: Reader, schema: Schema) -> frozenset[Hashable]:
    """Of decided cells: what was weighed before and is weighed from now on."""
    tokens: set[Hashable] = set(cells)
    if schema.guarded:
        for (key, rid), cell in cells.items():
            known = confirmed.cell(key, rid)
            before = known.record(rid) if known is not None else None
            tokens.update(_weighed(schema, key, before, cell.record(rid)))
    return frozenset(tokens)


def _weighed(schema: Schema, key: str, *records: Record | None) -> Iterator[Hashable]:
    about = schema.abouts.get(key)
    for record in records if about is not None else ():
        if about is not None and record is not None:
            # Whether they were erased decides what may be written about them.
            for each in schema.collection(key).indexes[about.index](record):
                yield (about.people, each)
    for guard in schema.guards:
        if key in guard.collections:
            for record in records:
                if record is not None:
                    for token in guard.tokens(key, record):
                        yield (guard.name, "~", token)
