"""All that is kept about one person, as JSON that a program or the person can read.

EXPORT-1 it names every record that is about the person, those that were merged or deleted, too, as
it is now, with every version that is kept of it, who made it and when, and the conflicts about it.
Floor: `history`, `model.erasing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from pysync.durability import ask
from pysync.errors import Unknown
from pysync.history import Version, fold
from pysync.model.change import Ref
from pysync.model.conflict import Candidate, Conflict
from pysync.model.erasing import records_of
from pysync.model.schema import Schema
from pysync.model.snapshot import bucket_of
from pysync.model.state import Reader
from pysync.ports import DecidedRow
from pysync.space import Space
from pysync.values.clock import wall_of
from pysync.values.jsontext import json_text

FORMAT: Final = 1
Rows = Sequence[tuple[DecidedRow, str]]


def refs_of(view: Reader, key: str, rid: str) -> list[Ref]:
    """The records that an export of this person is made of. Raises Unknown if it is no person."""
    about = view.schema.abouts.get(key)
    if about is None or about.people != key or view.cell(key, rid) is None:
        raise Unknown(f"no person {key}/{rid}")
    return records_of(view, key, rid)


def export_text(
    space: str,
    view: Reader,
    found: Mapping[Ref, tuple[str | None, Rows]],
    conflicts: Iterable[Conflict],
    made: float,
) -> str:
    """The export. `found`: of each record the row of the first state that may hold it, and the
    verdict rows that name it; `made`: ms since 1970."""
    every = list(conflicts)
    records = [_record(view, ref, *of, every) for ref, of in found.items()]
    body = {"format": FORMAT, "space": space, "made": _time(int(made)), "records": records}
    return json_text(body)


async def export_here(space: Space, key: str, rid: str) -> str:
    """The export from what this device has stored: where it decides alone, that is everything.
    Raises Unknown, NotDurable."""
    host, view = space.host, space.tab.replica.view
    found: dict[Ref, tuple[str | None, Rows]] = {}
    for ref in refs_of(view, key, rid):
        seed = await ask(host, host.store.seed_row, bucket_of(*ref))
        found[ref] = seed, await ask(host, host.store.history, "/".join(ref))
    conflicts = space.tab.replica.conflicts.values()
    return export_text(space.name, view, found, conflicts, host.now().wall)


def _record(
    view: Reader, ref: Ref, seed: str | None, rows: Rows, conflicts: Iterable[Conflict]
) -> dict[str, Any]:
    cell = view.cell(*ref)
    return {
        "collection": ref[0],
        "id": ref[1],
        "deleted": cell is not None and cell.dead,
        "fields": _fields(cell.record(ref[1])) if cell is not None else {},
        "history": [_version(each) for each in _versions(view.schema, ref, seed, rows)],
        "conflicts": [_conflict(each) for each in conflicts if (each.key, each.rid) == ref],
    }


def _versions(schema: Schema, ref: Ref, seed: str | None, rows: Rows) -> list[Version]:
    return fold(schema, *ref, seed, rows)


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "id"}


def _version(version: Version) -> dict[str, Any]:
    return {
        "at": _time(version.at) if version.at else "",
        "author": version.author,
        "did": version.label,
        "outcome": version.outcome,
        "changes": {name: list(both) for name, both in version.fields.items()},
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "field": conflict.register,
        "status": conflict.status,
        "shown": _candidate(conflict.shown),
        "other": _candidate(conflict.other),
    }


def _candidate(of: Candidate) -> dict[str, Any]:
    return {"value": of.value, "author": of.mark.author, "at": _time(wall_of(of.mark.stamp))}


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")
