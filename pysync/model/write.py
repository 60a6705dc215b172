"""Applying decided writes to cells: deterministic, decides nothing. Floor: `cell`, `change`.

APPLY-1 the same writes on equal cells give equal cells in every runtime.
"""

from __future__ import annotations

from pysync.errors import ProtocolError
from pysync.model.cell import Cell, Mark
from pysync.model.change import ADD, CREATE, DELETE, SET, Op
from pysync.model.schema import CollectionSchema
from pysync.values.jsonvalue import MAX_INT, Json


def register_of(declared: CollectionSchema, path: str) -> str:
    """The register a path merges in: its group's first field, or the path itself."""
    group = declared.group_of(path)
    return group[0] if group is not None else path


def apply_op(cell: Cell | None, op: Op, mark: Mark, declared: CollectionSchema) -> Cell:
    """The cell after this write. Raises ProtocolError if there is nothing to write to."""
    kind = op.kind
    if kind == SET:
        if cell is None:
            raise ProtocolError(f"no record {op.key}/{op.rid} to set fields of")
        return _set(cell, op, mark, declared)
    if kind == CREATE:
        return Cell(dict(op.fields), mark, {}, mark)
    if kind == ADD:
        if cell is None:
            raise ProtocolError(f"no record {op.key}/{op.rid} to add to")
        return _add(cell, op, mark)
    if kind == DELETE:
        if cell is None:
            raise ProtocolError(f"no record {op.key}/{op.rid} to delete")
        return Cell(cell.fields, cell.base, cell.marks, mark, dead=True)
    raise ProtocolError(f"unknown kind of op {kind!r}")


def _set(cell: Cell, op: Op, mark: Mark, declared: CollectionSchema) -> Cell:
    fields = {**cell.fields, **op.fields}
    marks = cell.marks.copy()
    if declared.groups:
        for path in op.fields:
            marks[register_of(declared, path)] = mark
    else:
        for path in op.fields:
            marks[path] = mark
    for path in op.gone:
        for inner in [p for p in fields if p == path or p.startswith(path + "/")]:
            del fields[inner]
            marks[inner] = mark
        marks[path] = mark
    return Cell(fields, cell.base, marks, mark)


def _add(cell: Cell, op: Op, mark: Mark) -> Cell:
    fields = dict(cell.fields)
    marks = cell.marks.copy()
    for path, delta in op.fields.items():
        fields[path] = _sum(fields.get(path), delta)
        marks[path] = mark
    return Cell(fields, cell.base, marks, mark, cell.dead)


def _sum(value: Json, delta: int | float) -> Json:
    """A counter stays inside the integers that every runtime holds exactly."""
    start = value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0
    total = start + delta
    if isinstance(total, float) and total.is_integer():
        total = int(total)
    return max(-MAX_INT, min(MAX_INT, total))
