"""What a function read: whoever decides its change sees whether it would read the same now.

Each record that it read is named with a check sum of what it held, unless the change itself says
what its author saw of all of it. A record that was not there has none.

READS-1 if a record that a function read holds something else where its change is decided, the
function runs again; what `find` and `all` would list besides is not seen. Floor: `change`, `state`.
"""

from __future__ import annotations

from binascii import crc32
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from pysync.errors import UsageError
from pysync.model.cell import Cell
from pysync.model.change import CREATE, DELETE, SET, Op, Ref
from pysync.model.guard import Record, View
from pysync.model.rights import Rights
from pysync.model.state import Reader
from pysync.values.jsonvalue import canonical

MAX_READS: Final = 1_000
"""Records that one function may read: more would travel with its change."""


class Reads:
    """A view that notes which records are read. They are noted as `below` holds them, not as the
    function's own writes leave them."""

    __slots__ = ("_below", "_noted", "_view")

    def __init__(self, view: View, below: Reader) -> None:
        self._view = view
        self._below = below
        self._noted: dict[Ref, Cell | None] = {}

    def get(self, collection: str, record_id: str) -> Record | None:
        """The record, or None."""
        self._note(collection, record_id)
        return self._view.get(collection, record_id)

    def find(self, collection: str, index: str, key: Hashable) -> Sequence[Record]:
        """Records that the declared index lists under `key`, by id."""
        found = self._view.find(collection, index, key)
        for record in found:
            self._note(collection, record["id"])
        return found

    def all(self, collection: str) -> Iterator[Record]:
        """Every record of the collection."""
        for record in self._view.all(collection):
            self._note(collection, record["id"])
            yield record

    def _note(self, collection: str, record_id: str) -> None:
        ref = (collection, record_id)
        if ref not in self._noted:
            if len(self._noted) >= MAX_READS:
                raise UsageError(f"a function that may run again reads at most {MAX_READS} records")
            self._noted[ref] = self._below.cell(*ref)

    def beyond(self, ops: Iterable[Op]) -> dict[str, str]:
        """Check sums of what was read and is not in what these ops say that their author saw."""
        noted = self._noted.copy()
        for op in ops:
            ref = (op.key, op.rid)
            if ref in noted and _is_seen_whole(op, noted[ref]):
                del noted[ref]
        return {f"{key}/{rid}": check_sum(cell) for (key, rid), cell in noted.items()}


def _is_seen_whole(op: Op, cell: Cell | None) -> bool:
    if cell is None or cell.dead:
        return op.kind == CREATE
    return op.kind == DELETE or (op.kind == SET and cell.fields.keys() <= op.fields.keys())


def check_sum(cell: Cell | None) -> str:
    """Of what a record holds; "" if there is none."""
    if cell is None or cell.dead:
        return ""
    return f"{crc32(canonical(cell.fields).encode()):08x}"


def is_stale(reads: Mapping[str, str], reader: Reader, rights: Rights | None) -> bool:
    """Whether one of the records read holds something else now, as far as its author sees it."""
    for name, sum_then in reads.items():
        key, _, rid = name.partition("/")
        cell = reader.cell(key, rid)
        if check_sum(cell if rights is None else rights.seen(key, cell)) != sum_then:
            return True
    return False
