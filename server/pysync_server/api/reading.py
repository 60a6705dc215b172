"""What a program may see of a space: every read of the API goes through `Sight`.

READ-1 nothing is answered that is not on the disk. Floor: `model`, `relay.space`.
"""

from __future__ import annotations

from typing import Any

from pysync.kv import VALUE
from pysync.model.cell import Cell
from pysync.model.schema import check_key
from pysync_server.api.callers import Caller
from pysync_server.api.errors import Failed
from pysync_server.relay.space import SpaceHost


class Sight:
    """A space as a caller sees it."""

    def __init__(self, space: SpaceHost, caller: Caller) -> None:
        self._space = space
        self._rights = caller.rights(space.view.schema)

    @property
    def epoch(self) -> str:
        """The generation of the log."""
        return self._space.place.epoch

    def cell(self, key: str, rid: str) -> Cell | None:
        """The living cell as the caller sees it, None if it sees none."""
        cell = self._space.view.cell(check_key(key), check_key(rid))
        if self._rights is not None:
            cell = self._rights.seen(key, cell)
        return cell if cell is not None and not cell.dead else None

    def ids(self, key: str) -> list[str]:
        """The ids of what it sees under that key, sorted."""
        check_key(key)
        if self._rights is not None and not self._rights.knows(key):
            return []
        return sorted(record["id"] for record in self._space.view.all(key))


def one_record(sight: Sight, key: str, rid: str) -> dict[str, Any]:
    """A record as JSON. Raises Failed."""
    cell = sight.cell(key, rid)
    if cell is None:
        raise Failed(404, "unknown", f"there is no record {key}/{rid}")
    return _record(rid, cell)


def page(sight: Sight, key: str, after: str, limit: int) -> dict[str, Any]:
    """Records behind an id, by id."""
    ids = [rid for rid in sight.ids(key) if rid > after]
    cells = ((rid, sight.cell(key, rid)) for rid in ids[:limit])
    found: dict[str, Any] = {"records": [_record(rid, c) for rid, c in cells if c is not None]}
    if len(ids) > limit:
        found["next"] = ids[limit - 1]
    return found


def value(sight: Sight, key: str) -> dict[str, Any]:
    """A single value. Raises Failed."""
    cell = sight.cell(key, VALUE)
    record = cell.record(VALUE) if cell is not None else {}
    if cell is None or VALUE not in record:
        raise Failed(404, "unknown", f"there is no value under {key}")
    return {"value": record[VALUE], "version": cell.rev.version}


def _record(rid: str, cell: Cell) -> dict[str, Any]:
    known = {name: found for name, found in cell.record(rid).items() if name != "id"}
    return {"id": rid, "version": cell.rev.version, "fields": known}
