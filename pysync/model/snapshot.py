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
from dataclasses import dataclass, field
from typing import Any, Final

from pysync.errors import ProtocolError, StoreCorrupt
from pysync.model.cell import SEED_MARK, Cell, Mark
from pysync.model.conflict import Conflict, decode_conflict
from pysync.values.jsontext import parse_json
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
        packed = parse_json(text)
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
        return [decode_conflict(row) for row in parse_json(text)]
    except (ValueError, TypeError, ProtocolError) as error:
        raise StoreCorrupt(f"the row of conflicts cannot be read: {error}") from None


def pack_heads(heads: Mapping[str, int], skipped: Mapping[str, Iterable[int]]) -> str:
    """The row of the highest decided change number per tab, with the numbers below it that were
    not decided: `{tab: n}`, or `{tab: [n, undecided, ...]}`."""
    rows = {tab: [n, *sorted(skipped[tab])] if tab in skipped else n for tab, n in heads.items()}
    return json.dumps(rows, separators=(",", ":"), ensure_ascii=False)


def unpack_heads(text: str) -> tuple[dict[str, int], dict[str, set[int]]]:
    """The inverse of `pack_heads`. Raises StoreCorrupt."""
    heads: dict[str, int] = {}
    skipped: dict[str, set[int]] = {}
    try:
        for tab, row in parse_json(text).items():
            numbers = row if type(row) is list else [row]
            if not numbers or any(type(n) is not int for n in numbers):
                raise TypeError(f"head {row!r:.80}")
            heads[tab] = numbers[0]
            if numbers[1:]:
                skipped[tab] = set(numbers[1:])
    except (ValueError, TypeError, AttributeError) as error:
        raise StoreCorrupt(f"the row of heads cannot be read: {error}") from None
    return heads, skipped


@dataclass(slots=True)
class Rows:
    """What a set of snapshot rows holds."""

    cells: list[tuple[str, str, Cell]] = field(default_factory=list)
    buckets: dict[str, list[str]] = field(default_factory=dict)
    """Record ids by the name of their row."""
    conflicts: list[Conflict] = field(default_factory=list)
    heads: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, set[int]] = field(default_factory=dict)


def unpack_rows(rows: Mapping[str, str]) -> Rows:
    """Everything of these rows, or StoreCorrupt: half a state is none."""
    found = Rows()
    for name, text in rows.items():
        if name == CONFLICTS_ROW:
            found.conflicts = unpack_conflicts(text)
        elif name == HEADS_ROW:
            found.heads, found.skipped = unpack_heads(text)
        else:
            key, ids = name.rpartition("/")[0], found.buckets.setdefault(name, [])
            for rid, cell in unpack(name, text):
                found.cells.append((key, rid, cell))
                ids.append(rid)
    return found
