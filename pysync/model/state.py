"""State: all cells of a space with their declared indexes, and the same seen through a patch.

`State` is the one materialised copy. `Patched` shows it with some cells replaced: it is the
confirmed state under pending changes, the merged result that guards judge, and a draft that reads
its own writes. Both are `View`s.

STATE-1 an index lists a living record under exactly the keys its function gives. Floor: `cell`,
`schema`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pysync.errors import UsageError
from pysync.model.cell import Cell
from pysync.model.change import Ref
from pysync.model.guard import Record
from pysync.model.schema import Schema

IndexKeys = Callable[[Record], Iterable[Hashable]]


class Reader(Protocol):
    """What the reducer reads: a View that also shows cells."""

    schema: Schema

    def cell(self, key: str, rid: str) -> Cell | None: ...
    def get(self, collection: str, record_id: str) -> Record | None: ...
    def find(self, collection: str, index: str, key: Hashable) -> Sequence[Record]: ...
    def all(self, collection: str) -> Iterable[Record]: ...
    def ids(self, collection: str, index: str, key: Hashable) -> set[str]: ...


class State:
    """Cells by collection and record id. Deleted records keep their tombstone."""

    __slots__ = ("_functions", "_indexes", "cells", "schema")

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.cells: dict[str, dict[str, Cell]] = {}
        self._indexes: dict[tuple[str, str], dict[Hashable, set[str]]] = {}
        self._functions: dict[str, list[tuple[dict[Hashable, set[str]], IndexKeys]]] = {}
        for key, declared in schema.collections.items():
            functions = []
            for name, function in declared.indexes.items():
                table: dict[Hashable, set[str]] = {}
                self._indexes[key, name] = table
                functions.append((table, function))
            if functions:
                self._functions[key] = functions

    def cell(self, key: str, rid: str) -> Cell | None:
        """The cell, also of a deleted record."""
        records = self.cells.get(key)
        return records.get(rid) if records is not None else None

    def put(self, key: str, rid: str, cell: Cell | None) -> None:
        """Replace a cell (None: as if it had never been) and keep the indexes."""
        records = self.cells.get(key)
        if records is None:
            records = self.cells[key] = {}
        functions = self._functions.get(key)
        if functions is not None:
            old = records.get(rid)
            if old is not None and old.dead:
                old = None
            new = cell if cell is not None and not cell.dead else None
            _reindex(functions, rid, old, new)
        if cell is None:
            records.pop(rid, None)
        else:
            records[rid] = cell

    def get(self, collection: str, record_id: str) -> Record | None:
        """The living record or None."""
        cell = self.cell(collection, record_id)
        return None if cell is None or cell.dead else cell.record(record_id)

    def ids(self, collection: str, index: str, key: Hashable) -> set[str]:
        """Ids that the index lists under `key`; do not change the set."""
        table = self._indexes.get((collection, index))
        if table is None:
            raise UsageError(f"collection {collection!r} declares no index {index!r}")
        return table.get(key, _NOTHING)

    def find(self, collection: str, index: str, key: Hashable) -> Sequence[Record]:
        """Living records the index lists under `key`, by id."""
        cells = self.cells.get(collection, {})
        return [cells[rid].record(rid) for rid in sorted(self.ids(collection, index, key))]

    def all(self, collection: str) -> Iterator[Record]:
        """All living records, in no promised order."""
        for rid, cell in list(self.cells.get(collection, {}).items()):
            if not cell.dead:
                yield cell.record(rid)

    def count(self, collection: str) -> int:
        """How many living records."""
        return sum(not cell.dead for cell in self.cells.get(collection, {}).values())


_NOTHING: set[str] = set()


def _reindex(
    functions: list[tuple[dict[Hashable, set[str]], IndexKeys]],
    rid: str,
    old: Cell | None,
    new: Cell | None,
) -> None:
    was = old.record(rid) if old is not None else None
    now = new.record(rid) if new is not None else None
    for table, function in functions:
        before = tuple(function(was)) if was is not None else ()
        after = tuple(function(now)) if now is not None else ()
        if before == after:
            continue
        for key in dict.fromkeys(before):  # a function may name a key twice
            if key not in after:
                listed = table[key]
                listed.discard(rid)
                if not listed:
                    del table[key]
        for key in after:
            if key not in before:
                listed = table.get(key)  # type: ignore[assignment]
                if listed is None:
                    table[key] = {rid}
                else:
                    listed.add(rid)


class Patched:
    """A reader in which `cells` stand in front of those below (None: absent). The mapping may grow
    while the reader is in use."""

    __slots__ = ("below", "patch", "schema")

    def __init__(self, below: Reader, patch: Mapping[Ref, Cell | None]) -> None:
        self.schema = below.schema
        self.below = below
        self.patch = patch

    def cell(self, key: str, rid: str) -> Cell | None:
        """The cell, also of a deleted record."""
        ref = (key, rid)
        if ref in self.patch:
            return self.patch[ref]
        return self.below.cell(key, rid)

    def get(self, collection: str, record_id: str) -> Record | None:
        """The living record or None."""
        cell = self.cell(collection, record_id)
        return None if cell is None or cell.dead else cell.record(record_id)

    def ids(self, collection: str, index: str, key: Hashable) -> set[str]:
        """Ids that the index would list under `key`."""
        found = self.below.ids(collection, index, key)
        touched = [rid for name, rid in self.patch if name == collection]
        if not touched:
            return found
        found = set(found).difference(touched)
        function: Any = self.schema.collection(collection).indexes[index]
        for rid in touched:
            record = self.get(collection, rid)
            if record is not None and key in tuple(function(record)):
                found.add(rid)
        return found

    def find(self, collection: str, index: str, key: Hashable) -> Sequence[Record]:
        """Living records the index would list under `key`, by id."""
        found = (self.get(collection, rid) for rid in sorted(self.ids(collection, index, key)))
        return [record for record in found if record is not None]

    def all(self, collection: str) -> Iterator[Record]:
        """All living records."""
        touched = {rid for name, rid in self.patch if name == collection}
        for record in self.below.all(collection):
            if record["id"] not in touched:
                yield record
        for rid in touched:
            record = self.get(collection, rid)  # type: ignore[assignment]
            if record is not None:
                yield record


class Indexed(Patched):
    """A patch with indexes of its own, made on first use; it grows by `take` alone. What it stands
    on does not change while it is read."""

    __slots__ = ("_own", "_tables")

    def __init__(self, below: Reader, patch: Mapping[Ref, Cell | None]) -> None:
        self._own: dict[Ref, Cell | None] = dict(patch)
        super().__init__(below, self._own)
        self._tables: dict[tuple[str, str], _Table] = {}

    def take(self, cells: Mapping[Ref, Cell | None]) -> None:
        """Put these cells in front, too."""
        self._own.update(cells)
        for (collection, index), table in self._tables.items():
            function = self.schema.collection(collection).indexes[index]
            for name, rid in cells:
                if name == collection:
                    table.enter(rid, self._keys(function, collection, rid))

    def ids(self, collection: str, index: str, key: Hashable) -> set[str]:
        """Ids that the index would list under `key`."""
        found = self.below.ids(collection, index, key)
        table = self._tables.get((collection, index))
        if table is None:
            table = self._tables[collection, index] = self._table(collection, index)
        kept = {rid for rid in found if rid not in table.keys}
        return kept | table.listed.get(key, _NOTHING)

    def _table(self, collection: str, index: str) -> _Table:
        function = self.schema.collection(collection).indexes[index]
        table = _Table({}, {})
        for name, rid in self._own:
            if name == collection:
                table.enter(rid, self._keys(function, collection, rid))
        return table

    def _keys(self, function: IndexKeys, collection: str, rid: str) -> tuple[Hashable, ...]:
        record = self.get(collection, rid)
        return tuple(function(record)) if record is not None else ()


@dataclass(frozen=True, slots=True)
class _Table:
    """One index over a patch: the keys of each record in it, and the records of each key."""

    keys: dict[str, tuple[Hashable, ...]]
    listed: dict[Hashable, set[str]]

    def enter(self, rid: str, keys: tuple[Hashable, ...]) -> None:
        """List a record under these keys and no others."""
        for key in self.keys.get(rid, ()):
            self.listed[key].discard(rid)
        self.keys[rid] = keys
        for key in keys:
            self.listed.setdefault(key, set()).add(rid)
