"""State: all cells of a space with their declared indexes, and the same seen through a patch.

`State` is the one materialised copy. `Patched` shows it with some cells replaced: it is the
confirmed state under pending changes, the merged result that guards judge, and a draft that reads
its own writes. Both are `View`s.

STATE-1 an index lists a living record under exactly the keys its function gives. Floor: `records`,
`schema`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from pysync.errors import UsageError
from pysync.model.cell import Cell
from pysync.model.change import Ref
from pysync.model.guard import Record
from pysync.model.records import Records
from pysync.model.schema import Schema
from pysync.model.snapshot import Packed

IndexKeys = Callable[[Record], Iterable[Hashable]]


class Reader(Protocol):
    """What the reducer reads: a View that also shows cells."""

    schema: Schema

    def cell(self, key: str, rid: str) -> Cell | None: ...
    def get(self, collection: str, record_id: str) -> Record | None: ...
    def find(self, collection: str, index: str, key: Hashable) -> Sequence[Record]: ...
    def all(self, collection: str) -> Iterable[Record]: ...
    def ids(self, collection: str, index: str, key: Hashable) -> set[str]: ...
    def dead(self, collection: str) -> Iterable[tuple[str, Cell]]: ...


class State:
    """Cells by collection and record id. Deleted records keep their tombstone."""

    __slots__ = ("_functions", "_indexes", "_records", "schema")

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._records: dict[str, Records] = {}
        self._indexes: dict[tuple[str, str], dict[Hashable, set[str]]] = {}
        """The indexes that were asked for; each is made then, from all of its collection."""
        self._functions: dict[str, list[tuple[dict[Hashable, set[str]], IndexKeys]]] = {}

    @property
    def cells(self) -> Mapping[str, Mapping[str, Cell]]:
        """All cells, decoded. For who needs them all."""
        for records in self._records.values():
            records.open_all()
        return {key: records.cells for key, records in self._records.items()}

    def hold(self, rows: Iterable[Packed]) -> None:
        """Be what these rows hold, and nothing else."""
        self._records.clear()
        self._indexes.clear()
        self._functions.clear()
        for packed in rows:
            records = self._records.get(packed.key)
            if records is None:
                records = self._records[packed.key] = Records()
            records.hold(packed)

    def cell(self, key: str, rid: str) -> Cell | None:
        """The cell, also of a deleted record."""
        records = self._records.get(key)
        if records is None:
            return None
        cell = records.cells.get(rid)
        return records.get(rid) if cell is None and records.packed else cell

    def put(self, key: str, rid: str, cell: Cell | None) -> None:
        """Replace a cell (None: as if it had never been) and keep the indexes."""
        records = self._records.get(key)
        if records is None:
            records = self._records[key] = Records()
        old = records.get(rid)
        functions = self._functions.get(key)
        if functions is not None:
            was = old if old is not None and not old.dead else None
            now = cell if cell is not None and not cell.dead else None
            _reindex(functions, rid, was, now)
        records.put(rid, old, cell)

    def get(self, collection: str, record_id: str) -> Record | None:
        """The living record or None."""
        cell = self.cell(collection, record_id)
        return None if cell is None or cell.dead else cell.record(record_id)

    def ids(self, collection: str, index: str, key: Hashable) -> set[str]:
        """Ids that the index lists under `key`; do not change the set."""
        table = self._indexes.get((collection, index))
        if table is None:
            table = self._index(collection, index)
        return table.get(key, _NOTHING)

    def _index(self, collection: str, index: str) -> dict[Hashable, set[str]]:
        function = self.schema.collection(collection).indexes.get(index)
        if function is None:
            raise UsageError(f"collection {collection!r} declares no index {index!r}")
        table: dict[Hashable, set[str]] = {}
        for rid, cell in self._records.get(collection, ()):
            if not cell.dead:
                _enter(table, function(cell.record(rid)), rid)
        self._indexes[collection, index] = table
        self._functions.setdefault(collection, []).append((table, function))
        return table

    def find(self, collection: str, index: str, key: Hashable) -> Sequence[Record]:
        """Living records the index lists under `key`, by id."""
        ids = self.ids(collection, index, key)
        if not ids:
            return []
        cells = self._records[collection].cells
        return [cells[rid].record(rid) for rid in sorted(ids)]

    def all(self, collection: str) -> Iterator[Record]:
        """All living records, in no promised order."""
        for rid, cell in self._records.get(collection, ()):
            if not cell.dead:
                yield cell.record(rid)

    def dead(self, collection: str) -> Iterator[tuple[str, Cell]]:
        """The tombstones, in no promised order. Reads every record."""
        for rid, cell in self._records.get(collection, ()):
            if cell.dead:
                yield rid, cell

    def count(self, collection: str) -> int:
        """How many living records; costs nothing."""
        records = self._records.get(collection)
        return records.living if records is not None else 0

    # -- by buckets -------------------------------------------------------------------------------

    def buckets(self) -> list[tuple[str, int]]:
        """Collection and number of every bucket that holds something."""
        return [(key, n) for key, records in self._records.items() for n in records.numbers()]

    def bucket(self, key: str, number: int) -> dict[str, Cell]:
        """The cells of a bucket, in a dict that is the caller's."""
        records = self._records.get(key)
        return records.bucket(number) if records is not None else {}

    def packed(self, key: str, number: int) -> Packed | None:
        """The bucket as it was read, if none of its records was looked at since."""
        records = self._records.get(key)
        return records.packed.get(number) if records is not None else None


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
        _enter(table, [key for key in after if key not in before], rid)


def _enter(table: dict[Hashable, set[str]], keys: Iterable[Hashable], rid: str) -> None:
    for key in keys:
        listed = table.get(key)
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

    def dead(self, collection: str) -> Iterator[tuple[str, Cell]]:
        """The tombstones."""
        touched = {rid: cell for (key, rid), cell in self.patch.items() if key == collection}
        for rid, cell in self.below.dead(collection):
            if rid not in touched:
                yield rid, cell
        for rid, mine in touched.items():
            if mine is not None and mine.dead:
                yield rid, mine
