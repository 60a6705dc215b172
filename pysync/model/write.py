"""Applying decided writes to cells: deterministic, decides nothing. Floor: `cell`, `change`.

APPLY-1 the same writes on equal cells give equal cells in every runtime.
"""

from __future__ import annotations

from pysync.errors import ProtocolError
from pysync.model.cell import Cell, Mark
from pysync.model.change import ADD, CREATE, DELETE, ERASE, SET, Op
from pysync.model.schema import CollectionSchema
from pysync.values.jsonvalue import Json, add_numbers


def register_of(declared: CollectionSchema, path: str) -> str:
    """The register a path merges in: its group's first field, or the path itself."""
    group = declared.group_of(path)
    return group[0] if group is not None else path


def mark_of(declared: CollectionSchema, cell: Cell, register: str) -> Mark | None:
    """Who wrote this register last; None if nobody did. A group is written where one member is."""
    found = cell.mark(register)
    if found is None and declared.groups:
        for member in declared.group_of(register) or ():
            if member in cell.fields:
                return cell.base
    return found


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
    if kind == ERASE:
        return erase(cell or Cell({}, mark, {}, mark, dead=True), op, mark, declared)
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
        # Only what is named: a leaf below it that the author had not seen stays.
        fields.pop(path, None)
        marks[register_of(declared, path)] = mark
    return Cell(fields, cell.base, marks, mark)


def _add(cell: Cell, op: Op, mark: Mark) -> Cell:
    fields = dict(cell.fields)
    marks = cell.marks.copy()
    for path, delta in op.fields.items():
        fields[path] = _sum(fields.get(path), delta)
        marks[path] = mark
    return Cell(fields, cell.base, marks, mark)


def _sum(value: Json, delta: int | float) -> Json:
    start = value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0
    return add_numbers(start, delta)


def erase(cell: Cell, op: Op, mark: Mark, declared: CollectionSchema) -> Cell:
    """The cell without the fields that go. A group of which something stays keeps its mark."""
    names = frozenset(op.gone)

    def goes(path: str) -> bool:
        return path.split("/", maxsplit=1)[0] in names

    def unmarked(register: str) -> bool:
        group = declared.group_of(register)
        return goes(register) if group is None else names.issuperset(group)

    fields = {path: value for path, value in cell.fields.items() if not goes(path)} | op.fields
    marks = {register: each for register, each in cell.marks.items() if not unmarked(register)}
    marks.update(dict.fromkeys(op.fields, mark))
    return Cell(fields, cell.base, marks, mark, cell.dead)
