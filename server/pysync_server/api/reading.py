"""What a program may see of a space: everything the API reads goes through `Sight`.

READ-1 nothing is answered that is not on the disk. Floor: `model`, `relay.space`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from pysync.kv import VALUE
from pysync.model.cell import Cell
from pysync.model.guard import Record
from pysync.model.names import check_key
from pysync_server.api.callers import Caller
from pysync_server.api.errors import Failed
from pysync_server.relay.space import SpaceHost


class Sight:
    """A space as a caller sees it: what is read of it and what changes are drafted on, so that no
    answer tells what the caller may not read. A `Reader` of the model."""

    def __init__(self, space: SpaceHost, caller: Caller) -> None:
        self.schema = space.view.schema
        self.rights = caller.rights(self.schema)
        """None: it sees everything."""
        self._space = space

    @property
    def epoch(self) -> str:
        """The generation of the log."""
        return self._space.place().epoch

    def cell(self, key: str, rid: str) -> Cell | None:
        """The cell, also of a deleted record."""
        cell = self._space.view.cell(key, rid)
        return self.rights.seen(key, cell) if self.rights is not None else cell

    def get(self, collection: str, record_id: str) -> Record | None:
        """The living record or None."""
        cell = self.cell(collection, record_id)
        return None if cell is None or cell.dead else cell.record(record_id)

    def all(self, collection: str) -> Iterator[Record]:
        """All living records."""
        if self.rights is None or self.rights.knows(collection):
            for record in self._space.view.all(collection):
                seen = self.get(collection, record["id"])
                if seen is not None:
                    yield seen

    def dead(self, collection: str) -> Iterator[tuple[str, Cell]]:
        """The tombstones."""
        for rid, _ in self._space.view.dead(collection):
            cell = self.cell(collection, rid)
            if cell is not None:
                yield rid, cell

    def ids(self, collection: str, index: str, key: Hashable) -> set[str]:
        """Ids that an index lists; none where something is hidden that it may list by."""
        hidden = self.rights is not None and not self.rights.reads_all
        return set() if hidden else self._space.view.ids(collection, index, key)

    def find(self, collection: str, index: str, key: Hashable) -> Sequence[Record]:
        """Living records of an index, by id."""
        found = (self.get(collection, rid) for rid in sorted(self.ids(collection, index, key)))
        return [record for record in found if record is not None]


def _living(sight: Sight, key: str, rid: str) -> Cell | None:
    cell = sight.cell(check_key(key), check_key(rid))
    return cell if cell is not None and not cell.dead else None


def one_record(sight: Sight, key: str, rid: str) -> dict[str, Any]:
    """A record as JSON. Raises Failed."""
    cell = _living(sight, key, rid)
    if cell is None:
        raise Failed(404, "unknown", f"there is no record {key}/{rid}")
    return _record(rid, cell)


def page(sight: Sight, key: str, after: str, limit: int) -> dict[str, Any]:
    """Records behind an id, by id."""
    every = (record["id"] for record in sight.all(check_key(key)))
    ids = sorted(rid for rid in every if rid > after)
    cells = ((rid, sight.cell(key, rid)) for rid in ids[:limit])
    found: dict[str, Any] = {"records": [_record(rid, c) for rid, c in cells if c is not None]}
    if len(ids) > limit:
        found["next"] = ids[limit - 1]
    return found


def value(sight: Sight, key: str) -> dict[str, Any]:
    """A single value. Raises Failed."""
    cell = _living(sight, key, VALUE)
    record = cell.record(VALUE) if cell is not None else {}
    if cell is None or VALUE not in record:
        raise Failed(404, "unknown", f"there is no value under {key}")
    return {"value": record[VALUE], "version": cell.rev.version}


def _record(rid: str, cell: Cell) -> dict[str, Any]:
    known = {name: found for name, found in cell.record(rid).items() if name != "id"}
    return {"id": rid, "version": cell.rev.version, "fields": known}
