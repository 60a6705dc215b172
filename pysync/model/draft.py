"""Drafts: one atomic change in the making, on a view that shows its own writes.

A command is a function of a draft. It reads, it raises `Refused` when the intent makes no sense,
and it writes; nothing leaves the draft until it is finished, so a command that raises has done
nothing. DRAFT-1 a finished draft holds one op per record (two, if it also adds deltas), each with
the version seen of every register it touches. Floor: everything in `model` but the reducer.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from pysync.errors import InvalidValue, Unknown
from pysync.model.cell import Cell, Mark
from pysync.model.change import ADD, CREATE, DELETE, MAX_OPS, SET, Base, Op, Ref
from pysync.model.guard import Record
from pysync.model.leaves import difference, element_path, leaves
from pysync.model.schema import CollectionSchema, check_key
from pysync.model.state import Patched, Reader
from pysync.model.write import apply_op, register_of
from pysync.values.jsonvalue import Json, canonical, same

SEEN_MAX = 2_000
"""Characters of a seen value that may travel with a change for the sake of a merge."""


class Draft:
    """A change in the making. Reading shows the view with the draft's own writes."""

    __slots__ = ("_cells", "_edits", "_mark", "_reader", "_schema", "_view", "late")

    def __init__(self, reader: Reader, mark: Mark, *, late: bool = False) -> None:
        self.late = late
        """Whether the reader shows some records as they were, not as they are."""
        self._reader = reader
        self._cells: dict[Ref, Cell | None] = {}
        self._view = Patched(reader, self._cells)
        self._mark = mark
        self._edits: dict[Ref, _Edit] = {}
        self._schema = reader.schema

    # -- reading ----------------------------------------------------------------------------------

    def get(self, collection: str, record_id: str) -> Record | None:
        """The record as this draft leaves it, or None."""
        return self._view.get(collection, record_id)

    def find(self, collection: str, index: str, key: Hashable) -> Sequence[Record]:
        """Records that the declared index lists under `key`, by id."""
        return self._view.find(collection, index, key)

    def all(self, collection: str) -> Iterable[Record]:
        """Every record of the collection."""
        return self._view.all(collection)

    # -- writing ----------------------------------------------------------------------------------

    def create(self, collection: str, record: Mapping[str, Any]) -> str:
        """Add a record, which names its own `id`, and answer the id.

        Raises InvalidValue if a field does not fit, a required one is missing, or the id is taken.
        """
        declared = self._schema.collection(collection)
        rid = check_key(record.get("id"))
        if self.get(collection, rid) is not None:
            raise InvalidValue(f"{collection}/{rid} exists already", code="exists")
        missing = declared.missing(record)
        if missing:
            raise InvalidValue(f"{', '.join(missing)} must be given", path=f"{collection}/{rid}")
        fields: dict[str, Json] = {}
        for name, value in record.items():
            if name != "id":
                checked = declared.check_field(name, value, f"{collection}/{rid}")
                fields.update(leaves(name, declared.field(name).kind, checked, {}))
        edit = self._edits[collection, rid] = _Edit(created=True)
        self._write(edit, Op(CREATE, collection, rid, fields), declared)
        return rid

    def update(
        self,
        collection: str,
        record_id: str,
        fields: Mapping[str, Any],
        *,
        even_if_equal: bool = False,
    ) -> None:
        """Set fields of a record; what is equal already is left alone unless asked otherwise. None
        empties a field.

        Raises Unknown if there is no such record, InvalidValue if a value does not fit.
        """
        declared = self._schema.collection(collection)
        cell = self._living(collection, record_id)
        changed: dict[str, Json] = {}
        gone: list[str] = []
        for name, value in fields.items():
            checked = declared.check_field(name, value, f"{collection}/{record_id}")
            kind = declared.field(name).kind
            if kind in ("register", "counter"):
                known = cell.fields
                if even_if_equal or name not in known or not same(known[name], checked):
                    changed[name] = checked
            else:
                wanted = leaves(name, kind, checked, cell.fields)
                more, less = difference(name, cell.fields, wanted)
                changed.update(more)
                gone.extend(less)
        if declared.groups:
            _complete_groups(declared, cell, changed)
        self._set(collection, record_id, changed, gone, declared)

    def delete(self, collection: str, record_id: str) -> None:
        """Delete a record. Raises Unknown if there is none."""
        self._living(collection, record_id)
        ref = (collection, record_id)
        edit = self._edits.setdefault(ref, _Edit())
        edit.deleted = True
        self._write(edit, Op(DELETE, *ref, {}), self._schema.collection(collection))

    def increment(self, collection: str, record_id: str, field: str, by: float) -> None:
        """Add to a number as a delta, which merges with every other delta."""
        declared = self._schema.collection(collection)
        self._living(collection, record_id)
        delta = declared.check_field(field, by, f"{collection}/{record_id}") if by else 0
        edit = self._edits.setdefault((collection, record_id), _Edit())
        self._write(edit, Op(ADD, collection, record_id, {field: delta}), declared)

    def add(self, collection: str, record_id: str, field: str, element: str | int) -> None:
        """Put an element into a set field."""
        declared = self._schema.collection(collection)
        cell = self._living(collection, record_id)
        path = element_path(field, element)
        if not cell.fields.get(path):
            self._set(collection, record_id, {path: True}, [], declared)

    def remove(self, collection: str, record_id: str, field: str, element: str | int) -> None:
        """Take an element out of a set field; nothing happens if it is not in it."""
        declared = self._schema.collection(collection)
        cell = self._living(collection, record_id)
        path = element_path(field, element)
        if path in cell.fields:
            self._set(collection, record_id, {}, [path], declared)

    def restore(
        self, collection: str, record_id: str, cell: Cell | None, registers: Iterable[str] = ()
    ) -> None:
        """Bring back an earlier version: of these registers, or, without any, of the whole record
        (None: it did not exist). Places in lists and elements of sets come back as they were."""
        declared = self._schema.collection(collection)
        now = self._view.cell(collection, record_id)
        if cell is None or cell.dead:
            if now is not None and not now.dead:
                self.delete(collection, record_id)
        elif now is None or now.dead:
            edit = self._edits[collection, record_id] = _Edit(created=True)
            self._write(edit, Op(CREATE, collection, record_id, dict(cell.fields)), declared)
        else:
            wanted = set(registers)

            def meant(path: str) -> bool:
                return not wanted or register_of(declared, path) in wanted

            old, new = cell.fields, now.fields
            changed = {
                path: value
                for path, value in old.items()
                if meant(path) and (path not in new or not same(new[path], value))
            }
            gone = [path for path in new if meant(path) and path not in old]
            self._set(collection, record_id, changed, gone, declared)

    @property
    def mark(self) -> Mark:
        """What the change will be known by."""
        return self._mark

    def cells(self) -> dict[Ref, Cell]:
        """The cells as this draft leaves them; do not change it."""
        return {ref: cell for ref, cell in self._cells.items() if cell is not None}

    # -- finishing --------------------------------------------------------------------------------

    def ops(self) -> tuple[Op, ...]:
        """What the draft comes to. Raises InvalidValue if it is more than one change may hold."""
        ops: list[Op] = []
        for (key, rid), edit in self._edits.items():
            ops.extend(
                edit.ops(key, rid, self._reader.cell(key, rid), self._schema.collection(key))
            )
        if len(ops) > MAX_OPS:
            raise InvalidValue(f"more than {MAX_OPS} ops in one change: cut it into several")
        return tuple(ops)

    def seen(self, ops: Sequence[Op]) -> dict[str, Json]:
        """Values seen under the registers that merge three ways, as far as they are small."""
        found: dict[str, Json] = {}
        for op in ops:
            declared = self._schema.collection(op.key)
            cell = self._reader.cell(op.key, op.rid)
            if op.kind != SET or cell is None:
                continue
            for path in op.fields:
                if declared.strategy_of(path.split("/")[0]) == "merge" and path in cell.fields:
                    value = cell.fields[path]
                    if len(canonical(value)) <= SEEN_MAX:
                        found[f"{op.key}/{op.rid}/{path}"] = value
        return found

    # -- inside -----------------------------------------------------------------------------------

    def _living(self, collection: str, record_id: str) -> Cell:
        cell = self._view.cell(collection, record_id)
        if cell is None or cell.dead:
            raise Unknown(f"no record {collection}/{record_id}: it may have been deleted")
        return cell

    def _set(
        self,
        collection: str,
        rid: str,
        changed: dict[str, Json],
        gone: list[str],
        declared: CollectionSchema,
    ) -> None:
        if not changed and not gone:
            return
        edit = self._edits.setdefault((collection, rid), _Edit())
        self._write(edit, Op(SET, collection, rid, changed, "", tuple(gone)), declared)

    def _write(self, edit: _Edit, op: Op, declared: CollectionSchema) -> None:
        ref = (op.key, op.rid)
        self._cells[ref] = apply_op(self._view.cell(*ref), op, self._mark, declared)
        edit.take(op)


def _complete_groups(declared: CollectionSchema, cell: Cell, changed: dict[str, Json]) -> None:
    """A group travels whole: its members not given are sent as they were seen."""
    for name in tuple(changed):
        for member in declared.group_of(name) or ():
            if member not in changed:
                changed[member] = cell.fields.get(member)


class _Edit:
    """What a draft does to one record."""

    __slots__ = ("created", "deleted", "deltas", "fields", "gone")

    def __init__(self, *, created: bool = False) -> None:
        self.created = created
        self.deleted = False
        self.fields: dict[str, Json] = {}
        self.gone: list[str] = []
        self.deltas: dict[str, Json] = {}

    def take(self, op: Op) -> None:
        """Fold one more write in."""
        if op.kind == ADD:
            for path, delta in op.fields.items():
                self.deltas[path] = self.deltas.get(path, 0) + delta
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

    def ops(self, key: str, rid: str, cell: Cell | None, declared: CollectionSchema) -> list[Op]:
        """The ops, with what the author saw below the draft."""
        if self.deleted:
            if self.created or cell is None:
                return []
            return [Op(DELETE, key, rid, {}, cell.rev.version)]
        if self.created:
            fields = dict(self.fields)
            for path, delta in self.deltas.items():
                fields[path] = (fields.get(path) or 0) + delta
            return [Op(CREATE, key, rid, fields, cell.rev.version if cell is not None else "")]
        ops: list[Op] = []
        if self.fields or self.gone:
            base = _base(cell, declared, [*self.fields, *self.gone])
            ops.append(Op(SET, key, rid, self.fields, base, tuple(self.gone)))
        if self.deltas:
            ops.append(Op(ADD, key, rid, self.deltas))
        return ops


def _base(cell: Cell | None, declared: CollectionSchema, paths: Iterable[str]) -> Base:
    """The versions seen, as one text where they are one."""
    if cell is None:
        return ""
    versions: dict[str, str] = {}
    for path in paths:
        register = register_of(declared, path)
        mark = cell.mark(register)
        versions[register] = mark.version if mark is not None else ""
    distinct = set(versions.values())
    return distinct.pop() if len(distinct) == 1 else versions
