"""Drafts: one atomic change in the making, on a view that shows its own writes.

A command is a function of a draft. It reads, it raises `Refused` when the intent makes no sense,
and it writes; what raises has done nothing, for nothing leaves the draft until it is finished.
DRAFT-1 a finished draft holds one op per record (two, if it also adds deltas), each with the
version seen of every register it touches. Floor: everything in `model` but the reducer.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from pysync.errors import InvalidValue, Unknown, UsageError
from pysync.model.cell import Cell, Mark
from pysync.model.change import ADD, CREATE, DELETE, ERASE, MAX_OPS, SET, Op, Ref
from pysync.model.edit import Edit, check_leaf, complete_groups, values_seen, without_id
from pysync.model.guard import Record, View
from pysync.model.leaves import difference, element_path, kind_of, leaves
from pysync.model.reads import Reads
from pysync.model.schema import CollectionSchema, check_key, sendable
from pysync.model.state import Patched, Reader
from pysync.model.write import apply_op, register_of
from pysync.values.jsonvalue import FrozenList, Json, add_numbers, freeze, is_number, same


class Draft:
    """A change in the making. Reading shows the view with the draft's own writes."""

    __slots__ = (
        "_cells",
        "_edits",
        "_erased",
        "_reader",
        "_reads",
        "_shown",
        "_view",
        "late",
        "mark",
        "schema",
    )

    def __init__(self, reader: Reader, mark: Mark, *, late: bool = False) -> None:
        self.late = late
        """Whether the reader shows some records as they were, not as they are."""
        self._reader = reader
        self._cells: dict[Ref, Cell | None] = {}
        self._view = Patched(reader, self._cells)
        self._shown: View = self._view
        self._reads: Reads | None = None
        self.mark = mark
        """What the change will be known by."""
        self._edits: dict[Ref, Edit] = {}
        self._erased: list[Op] = []
        self.schema = reader.schema

    def track(self) -> None:
        """Note from here on what is read, for a function that may have to run again."""
        self._shown = self._reads = Reads(self._view, self._reader)

    # -- reading ----------------------------------------------------------------------------------

    def get(self, collection: str, record_id: str) -> Record | None:
        """The record as this draft leaves it, or None."""
        return self._shown.get(collection, record_id)

    def find(self, collection: str, index: str, key: Hashable) -> Sequence[Record]:
        """Records that the declared index lists under `key`, by id."""
        return self._shown.find(collection, index, key)

    def all(self, collection: str) -> Iterable[Record]:
        """Every record of the collection."""
        return self._shown.all(collection)

    # -- writing ----------------------------------------------------------------------------------

    def create(self, collection: str, record: Mapping[str, Any], *, by_shape: bool = False) -> str:
        """Add a record, which names its own `id`, and answer the id. With `by_shape` values are
        kept by what they look like (`leaves.kind_of`) and not as their fields are declared.

        Raises InvalidValue if a field does not fit, a required one is missing, or the id is taken.
        """
        declared = self.schema.collection(collection)
        sendable(collection, None, collection)
        rid = check_key(record.get("id"))
        if self._view.get(collection, rid) is not None:
            raise InvalidValue(f"{collection}/{rid} exists already", code="exists")
        missing = declared.missing(record)
        if missing:
            raise InvalidValue(f"{', '.join(missing)} must be given", path=f"{collection}/{rid}")
        fields: dict[str, Json] = {}
        for name, value in record.items():
            if name != "id":
                checked = declared.check_field(name, value, f"{collection}/{rid}")
                kind = kind_of(checked) if by_shape else declared.field(name).kind
                fields.update(leaves(name, kind, checked, {}))
        edit = self._edit(collection, rid)
        edit.begin_anew()
        self._write(edit, Op(CREATE, collection, rid, fields), declared)
        return rid

    def update(
        self,
        collection: str,
        record_id: str,
        fields: Mapping[str, Any],
        *,
        even_if_equal: bool = False,
        by_shape: bool = False,
    ) -> None:
        """Set fields of a record; what is equal already is left alone unless asked otherwise. None
        empties a field. `by_shape` as in `create`.

        Raises Unknown if there is no such record, InvalidValue if a value does not fit.
        """
        declared = self.schema.collection(collection)
        cell = self._living(collection, record_id)
        changed: dict[str, Json] = {}
        gone: list[str] = []
        if "id" in fields:
            fields = without_id(fields, record_id)
        for name, value in fields.items():
            checked = declared.check_field(name, value, f"{collection}/{record_id}")
            kind = declared.field(name).kind
            if kind in ("register", "counter") and not by_shape:
                known = cell.fields
                if even_if_equal or name not in known or not same(known[name], checked):
                    changed[name] = checked
            else:
                kind = kind_of(checked) if by_shape else kind
                wanted = leaves(name, kind, checked, cell.fields)
                more, less = difference(name, cell.fields, wanted)
                changed.update(wanted if even_if_equal else more)
                gone.extend(less)
        if declared.groups:
            complete_groups(declared, cell, changed)
        self._set(collection, record_id, changed, gone, declared)

    def put(self, collection: str, record_id: str, path: str, value: Any) -> None:
        """Set one leaf by its path, also to the same value. Raises Unknown, InvalidValue."""
        self._living(collection, record_id)
        declared = self.schema.collection(collection)
        leaf = {path: check_leaf(declared, path, value, f"{collection}/{record_id}")}
        self._set(collection, record_id, leaf, [], declared)

    def delete(self, collection: str, record_id: str) -> None:
        """Delete a record. Raises Unknown if there is none."""
        self._living(collection, record_id)
        edit = self._edit(collection, record_id)
        edit.deleted = True
        op = Op(DELETE, collection, record_id, {})
        self._write(edit, op, self.schema.collection(collection))

    def erase(self, collection: str, record_id: str) -> None:
        """Erase a person for good: all that is kept about them, on every device. Nothing else may
        be in the change. Raises Unknown if there is no such record."""
        if self._view.cell(collection, record_id) is None:
            raise Unknown(f"no record {collection}/{record_id}")
        self._erased.append(Op(ERASE, collection, record_id, {}))

    def increment(self, collection: str, record_id: str, field: str, by: float) -> None:
        """Add to a number as a delta, which merges with every other delta.

        Raises Unknown if there is no such record, InvalidValue if `by` or what is there is no
        number, or the sum does not fit.
        """
        declared = self.schema.collection(collection)
        cell = self._living(collection, record_id)
        where = f"{collection}/{record_id}"
        delta, known = freeze(by, f"{where}/{field}"), cell.fields.get(field)
        if not is_number(delta) or not (known is None or is_number(known)):
            raise InvalidValue(f"{by!r} cannot be added to {known!r:.40}", path=f"{where}/{field}")
        declared.check_field(field, add_numbers(known or 0, delta), where)
        if delta:
            edit = self._edit(collection, record_id)
            self._write(edit, Op(ADD, collection, record_id, {field: delta}), declared)

    def add(self, collection: str, record_id: str, field: str, element: str) -> None:
        """Put an element into a set field. Raises UsageError if the field is declared as none."""
        declared, path = self._element(collection, field, element)
        cell = self._living(collection, record_id)
        if not cell.fields.get(path):
            marker = {} if field in cell.fields else {field: FrozenList()}
            self._set(collection, record_id, {**marker, path: True}, [], declared)

    def remove(self, collection: str, record_id: str, field: str, element: str) -> None:
        """Take an element out of a set field; nothing happens if it is not in it."""
        declared, path = self._element(collection, field, element)
        cell = self._living(collection, record_id)
        if path in cell.fields:
            self._set(collection, record_id, {}, [path], declared)

    def _element(self, collection: str, field: str, element: str) -> tuple[CollectionSchema, str]:
        declared = self.schema.collection(collection)
        sendable(field, element, f"{collection}/{field}")
        if declared.field(field).kind != "set":
            raise UsageError(f"{collection}/{field} is not declared as a set: set it as a whole")
        return declared, element_path(field, element)

    def restore(
        self, collection: str, record_id: str, cell: Cell | None, registers: Iterable[str] = ()
    ) -> None:
        """Bring back an earlier version: of these registers, or, without any, of the whole record
        (None: it did not exist). Places in lists and elements of sets come back as they were."""
        declared = self.schema.collection(collection)
        now = self._view.cell(collection, record_id)
        if cell is None or cell.dead:
            if now is not None and not now.dead:
                self.delete(collection, record_id)
        elif now is None or now.dead:
            edit = self._edit(collection, record_id)
            edit.begin_anew()
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
            complete_groups(declared, cell, changed)
            gone = [path for path in gone if path not in changed]
            self._set(collection, record_id, changed, gone, declared)

    def cells(self, ops: Sequence[Op]) -> dict[Ref, Cell]:
        """The cells as `ops`, what this draft comes to, leave them."""
        cells: dict[Ref, Cell] = {}
        for op in ops:
            ref = (op.key, op.rid)
            made = self._cells[ref]
            if self._edits[ref].writes > 1 or made is None:
                # Several writes became one op: what it makes is what everybody will have.
                below = cells[ref] if ref in cells else self._edits[ref].below
                made = apply_op(below, op, self.mark, self.schema.collection(op.key))
            cells[ref] = made
        return cells

    def is_current(self) -> bool:
        """Whether every record is still as the draft found it when it first wrote to it."""
        return all(self._reader.cell(*ref) is edit.below for ref, edit in self._edits.items())

    # -- finishing --------------------------------------------------------------------------------

    def ops(self) -> tuple[Op, ...]:
        """What the draft comes to. Raises InvalidValue if it is more than one change may hold,
        UsageError if it erases somebody and does more."""
        ops: list[Op] = [*self._erased]
        if ops and self._edits:
            raise UsageError("a change that erases somebody does nothing else")
        for (key, rid), edit in self._edits.items():
            ops.extend(edit.ops(key, rid, self.schema.collection(key)))
        if len(ops) > MAX_OPS:
            raise InvalidValue(f"more than {MAX_OPS} ops in one change: cut it into several")
        return tuple(ops)

    def seen(self, ops: Sequence[Op]) -> dict[str, Json]:
        """Values seen under the registers that merge three ways."""
        return values_seen(ops, self._edits, self._reader)

    def read(self, ops: Sequence[Op]) -> dict[str, str]:
        """Check sums of what was read, if that was noted, and is not in what the ops name."""
        return {} if self._reads is None else self._reads.beyond(ops)

    # -- inside -----------------------------------------------------------------------------------

    def _edit(self, collection: str, rid: str) -> Edit:
        edit = self._edits.get((collection, rid))
        if edit is None:
            edit = self._edits[collection, rid] = Edit(self._reader.cell(collection, rid))
        return edit

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
        edit = self._edit(collection, rid)
        self._write(edit, Op(SET, collection, rid, changed, "", tuple(gone)), declared)

    def _write(self, edit: Edit, op: Op, declared: CollectionSchema) -> None:
        ref = (op.key, op.rid)
        self._cells[ref] = apply_op(self._cells.get(ref, edit.below), op, self.mark, declared)
        edit.take(op)
