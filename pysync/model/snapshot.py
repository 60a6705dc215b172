"""Snapshot rows: confirmed cells packed by bucket into text, and read back.

A collection's records are spread over BUCKETS rows by a checksum of their id, so that a new
snapshot rewrites only rows whose records changed. A row keeps each mark once and numbers it:
`{"m": [[tab, n, stamp, author], ...], "r": {id: [fields, base, {register: mark}, rev, dead]}}`.

SNAP-1 reading what was written gives equal cells. SNAP-2 a malformed row raises StoreCorrupt and
is not guessed at. Floor: `cell`, `conflict`.
"""

from __future__ import annotations

import json
from binascii import crc32
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pysync.errors import ProtocolError, StoreCorrupt
from pysync.model.cell import SEED_MARK, Cell, Mark
from pysync.model.conflict import Conflict, decode_conflict
from pysync.values.jsonvalue import Json, freeze

BUCKETS: Final = 64
CONFLICTS_ROW: Final = "~conflicts"
HEADS_ROW: Final = "~heads"


def bucket_of(key: str, rid: str) -> str:
    """The name of the row that holds this record."""
    return f"{key}/{crc32(rid.encode()) % BUCKETS}"


def pack(records: Iterable[tuple[str, Cell]]) -> str:
    """One row of text for these cells."""
    marks: dict[Mark, int] = {}

    def number(mark: Mark) -> int:
        return marks.setdefault(mark, len(marks))

    rows: dict[str, Any] = {}
    for rid, cell in records:
        own = {register: number(mark) for register, mark in cell.marks.items()}
        rows[rid] = [cell.fields, number(cell.base), own, number(cell.rev), int(cell.dead)]
    packed = {"m": [mark.encode() for mark in marks], "r": rows}
    return json.dumps(packed, separators=(",", ":"), ensure_ascii=False)


def unpack(name: str, text: str) -> Iterator[tuple[str, Cell]]:
    """The cells of a row. Raises StoreCorrupt."""
    try:
        packed = json.loads(text)
        marks = [_mark(row) for row in packed["m"]]
        rows = packed["r"].items()
        for rid, (fields, base, own, rev, dead) in rows:
            if min(base, rev, *own.values()) < 0 or type(fields) is not dict:
                raise ValueError(f"record {rid!r}")
            for path, value in fields.items():
                if type(value) is dict or type(value) is list:
                    fields[path] = freeze(value)
            named = {register: marks[at] for register, at in own.items()}
            yield rid, Cell(fields, marks[base], named, marks[rev], bool(dead))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise StoreCorrupt(f"snapshot row {name!r} cannot be read: {error}") from None


def _mark(row: Any) -> Mark:
    tab, n, stamp, author = row
    if type(tab) is not str or type(author) is not str:
        raise TypeError(f"mark {row!r:.80}")
    if type(n) is not int or type(stamp) is not int:
        raise TypeError(f"mark {row!r:.80}")
    return Mark(tab, n, stamp, author) if tab else SEED_MARK


def pack_seed(records: Mapping[tuple[str, str], Mapping[str, Json]]) -> dict[str, str]:
    """Rows of a first state from plain leaves: (collection, id) -> leaves."""
    buckets: dict[str, list[tuple[str, Cell]]] = {}
    for (key, rid), fields in sorted(records.items()):
        cell = Cell(dict(fields), SEED_MARK, {}, SEED_MARK)
        buckets.setdefault(bucket_of(key, rid), []).append((rid, cell))
    return {name: pack(cells) for name, cells in buckets.items()}


def pack_conflicts(conflicts: Iterable[Conflict]) -> str:
    """The row of conflicts."""
    rows = [conflict.encode() for conflict in conflicts]
    return json.dumps(rows, separators=(",", ":"), ensure_ascii=False)


def unpack_conflicts(text: str) -> list[Conflict]:
    """The conflicts of the row. Raises StoreCorrupt."""
    try:
        return [decode_conflict(row) for row in json.loads(text)]
    except (ValueError, TypeError, ProtocolError) as error:
        raise StoreCorrupt(f"the row of conflicts cannot be read: {error}") from None


def pack_heads(heads: Mapping[str, int]) -> str:
    """The row of the highest decided change number per tab."""
    return json.dumps(heads, separators=(",", ":"))


def unpack_heads(text: str) -> dict[str, int]:
    """The inverse of `pack_heads`. Raises StoreCorrupt."""
    try:
        heads: dict[str, int] = json.loads(text)
        if any(type(n) is not int for n in heads.values()):
            raise TypeError("a head is no number")
        return heads
    except (ValueError, TypeError, AttributeError) as error:
        raise StoreCorrupt(f"the row of heads cannot be read: {error}") from None
