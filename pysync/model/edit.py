"""Edits: what a draft does to one record, folded into its ops with the versions its author saw.

Floor: `change`, `write`, `ordinary`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pysync.errors import InvalidValue
from pysync.model.cell import Cell
from pysync.model.change import ADD, CREATE, DELETE, SET, Base, Op, Ref
from pysync.model.ordinary import key_policy, seen_by_policy
from pysync.model.schema import CollectionSchema, sendable
from pysync.model.state import Reader
from pysync.model.write import mark_of, register_of
from pysync.values.jsonvalue import Json, add_numbers


class Edit:
    """What a draft does to one record; `below` is its cell when the draft first wrote to it."""

    __slots__ = ("below", "created", "deleted", "deltas", "fields", "gone", "only", "writes")

    def __init__(self, below: Cell | None) -> None:
        self.below = below
        self.created = False
        self.deleted = False
        self.fields: dict[str, Json] = {}
        self.gone: list[str] = []
        self.deltas: dict[str, Json] = {}
        self.writes = 0
        self.only: Op | None = None
        """The one write, as long as it is one and sets fields."""

    def begin_anew(self) -> None:
        """The record is created, perhaps where the draft deleted it before."""
        self.created, self.deleted = True, False
        self.fields, self.gone, self.deltas, self.only = {}, [], {}, None

    def take(self, op: Op) -> None:
        """Fold one more write in."""
        self.writes += 1
        if self.writes == 1 and op.kind == SET:
            self.only = op
            return
        if self.only is not None:
            first, self.only = self.only, None
            self._fold(first)
        self._fold(op)

    def _fold(self, op: Op) -> None:
        if op.kind == ADD:
            for path, delta in op.fields.items():
                into = self.fields if path in self.fields or self.created else self.deltas
                into[path] = add_numbers(into.get(path) or 0, delta)
            return
        self.fields.update(op.fields)
        for path in op.gone:
            self.fields.pop(path, None)
            if path not in self.gone:
                self.gone.append(path)
        for path in op.fields:
            self.deltas.pop(path, None)
            if path in self.gone:
                self.gone.remove(path)

    def ops(self, key: str, rid: str, declared: CollectionSchema) -> list[Op]:
        """The ops, with what the author saw below the draft."""
        cell = self.below
        if self.only is not None and not self.deleted and not self.created:
            op = self.only
            op.base = _base(cell, declared, [*op.fields, *op.gone] if op.gone else op.fields)
            return [op]
        if self.deleted:
            if cell is None or cell.dead:
                return []
            return [Op(DELETE, key, rid, {}, _all_versions(cell))]
        fields = self.fields
        gone = [path for path in self.gone if cell is not None and path in cell.fields]
        if self.created:
            if cell is None or cell.dead:
                return [Op(CREATE, key, rid, fields, cell.rev.version if cell is not None else "")]
            # Deleted and created again in one draft: what is left is the difference.
            gone = [path for path in cell.fields if path not in fields]
        ops: list[Op] = []
        if fields or gone:
            base = _base(cell, declared, [*fields, *gone])
            ops.append(Op(SET, key, rid, fields, base, tuple(gone)))
        if self.deltas:
            ops.append(Op(ADD, key, rid, self.deltas))
        return ops


def _all_versions(cell: Cell) -> Base:
    """Every version in a record, which is what a deletion has seen."""
    versions = dict.fromkeys(
        (cell.rev.version, cell.base.version, *(mark.version for mark in cell.marks.values())), ""
    )
    return cell.rev.version if len(versions) == 1 else versions


def _base(cell: Cell | None, declared: CollectionSchema, paths: Collection[str]) -> Base:
    """The versions seen, as one text where they are one."""
    if cell is None:
        return ""
    if len(paths) == 1 and not declared.groups:
        mark = cell.mark(next(iter(paths)))
        return mark.version if mark is not None else ""
    versions: dict[str, str] = {}
    for path in paths:
        register = register_of(declared, path)
        mark = mark_of(declared, cell, register)
        versions[register] = mark.version if mark is not None else ""
    distinct = set(versions.values())
    return distinct.pop() if len(distinct) == 1 else versions


def complete_groups(declared: CollectionSchema, cell: Cell, changed: dict[str, Json]) -> None:
    """A group travels whole: its members not given are sent as they were seen."""
    for name in tuple(changed):
        for member in declared.group_of(name) or ():
            if member not in changed:
                changed[member] = cell.fields.get(member)


def values_seen(ops: Iterable[Op], edits: Mapping[Ref, Edit], reader: Reader) -> dict[str, Json]:
    """Values that were there under the registers that merge three ways."""
    found: dict[str, Json] = {}
    for op in ops:
        declared = reader.schema.collection(op.key)
        cell = edits[op.key, op.rid].below if op.kind == SET else None
        if cell is None:
            continue
        by_key = key_policy(reader, op.key) is not None
        if not (declared.may_need_seen or by_key):
            continue
        for path in op.fields:
            if path in cell.fields and (
                declared.needs_seen(path) or (by_key and seen_by_policy(reader, op.key, path))
            ):
                found[f"{op.key}/{op.rid}/{path}"] = cell.fields[path]
    return found


def without_id(fields: Mapping[str, Any], record_id: str) -> dict[str, Any]:
    """The fields to set, without the `id`. Raises InvalidValue if that is another one."""
    if fields["id"] != record_id:
        raise InvalidValue("the id of a record cannot be changed", path=f"{record_id}/id")
    return {name: value for name, value in fields.items() if name != "id"}


def check_leaf(declared: CollectionSchema, path: str, value: Any, where: str) -> Json:
    """The checked, frozen value of one leaf, of which only a whole field declares something. Raises
    InvalidValue, SensitiveKey."""
    if path in declared.fields:
        return declared.check_field(path, value, where)
    name = path.partition("/")[0]
    if name in declared.fields and declared.field(name).kind in ("register", "counter"):
        raise InvalidValue("has no members", path=f"{where}/{name}", code="schema")
    return sendable(path, value, f"{where}/{path}")
