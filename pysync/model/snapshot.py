"""Snapshot rows: confirmed cells packed by bucket into text, and read back.

A collection's records are spread over BUCKETS rows by a checksum of their id, so that a new
snapshot rewrites only rows whose records changed. A row is one line of facts and one of JSON, which
keeps each mark once and numbers it:

    <checksum> <how many live> <newest stamp>
    {"m": [[tab, n, stamp, author], ...], "r": {id: [fields, base, {register: mark}, rev, dead]}}

The checksum is over the row's name and all that follows. So a row can be told to be whole without
being decoded, which is left to whoever asks for one of its records.

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
NO_RECORDS: Final = "~"
"""How the names of rows begin that hold no records."""
VOID_ROW: Final = "~void"
"""Batches without effect (`machines.void`): those of former states, and behind a "." and its name
each that was heard of since, by other ways than its entry."""
UNHEARD_ROW: Final = "~unheard."
"""Before the name of a batch of which it was not heard what became of it: its frame, or ""."""
"""Of a device: what had no effect in a log whose place another one took."""


def bucket_number(rid: str) -> int:
    """Which of the rows of its collection holds this record."""
    return crc32(rid.encode()) % BUCKETS


def row_name(key: str, number: int) -> str:
    """The name of a row."""
    return f"{key}/{number}"


def bucket_of(key: str, rid: str) -> str:
    """The name of the row that holds this record."""
    return row_name(key, bucket_number(rid))


def pack(name: str, records: Mapping[str, Cell]) -> str:
    """The row of that name with these cells."""
    marks: dict[Mark, int] = {}

    def number(mark: Mark) -> int:
        return marks.setdefault(mark, len(marks))

    rows: dict[str, Any] = {}
    living = newest = 0
    for rid in sorted(records):
        cell = records[rid]
        own = {register: number(mark) for register, mark in cell.marks.items()}
        rows[rid] = [cell.fields, number(cell.base), own, number(cell.rev), int(cell.dead)]
        living += not cell.dead
        newest = max(newest, cell.rev.stamp)
    packed = {"m": [mark.encode() for mark in marks], "r": rows}
    body = json.dumps(packed, separators=(",", ":"), ensure_ascii=False)
    rest = f"{living} {newest}\n{body}"
    return f"{_checksum(name, rest):08x} {rest}"


def _checksum(name: str, rest: str) -> int:
    return crc32(rest.encode(), crc32(name.encode()))


class Packed:
    """A row as it was written, whole but not decoded."""

    __slots__ = ("_cells", "key", "living", "name", "newest", "number", "text")

    def __init__(self, name: str, text: str) -> None:
        """Raises StoreCorrupt if the row is not the one that was written under that name."""
        self.name = name
        self.text = text
        self._cells: dict[str, Cell] | None = None
        try:
            self.key, _, number = name.rpartition("/")
            self.number = int(number)
            checksum, living, newest = text[: text.index("\n")].split(" ")
            self.living, self.newest = int(living), int(newest)
            if int(checksum, 16) != _checksum(name, text[len(checksum) + 1 :]):
                raise ValueError("it is not what was written")
        except (ValueError, TypeError, AttributeError) as error:
            raise StoreCorrupt(f"snapshot row {name!r} cannot be read: {error}") from None

    def cells(self) -> dict[str, Cell]:
        """The cells of the row by record id. Raises StoreCorrupt if whoever wrote it, or made its
        checksum, was none of us."""
        if self._cells is None:
            self._cells = self.peek()
        return self._cells

    def peek(self) -> dict[str, Cell]:
        """The same, for who looks once: they are not kept. Raises StoreCorrupt."""
        try:
            return self._cells or _cells(parse_json(self.text[self.text.index("\n") :]))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise StoreCorrupt(f"snapshot row {self.name!r} cannot be read: {error}") from None

    def leaves(self) -> Iterator[tuple[str, Mapping[str, Json]]]:
        """Ids and leaves of the living records, for who looks once and at plain leaves only: no
        cells are made, which is most of the work. Raises StoreCorrupt."""
        if self._cells is not None:
            yield from ((rid, cell.fields) for rid, cell in self._cells.items() if not cell.dead)
            return
        try:
            rows = parse_json(self.text[self.text.index("\n") :])["r"]
            found = [(rid, row[0]) for rid, row in rows.items() if not row[4]]
            if any(type(fields) is not dict for _, fields in found):
                raise ValueError("a record's leaves")
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise StoreCorrupt(f"snapshot row {self.name!r} cannot be read: {error}") from None
        yield from found


def _cells(packed: Any) -> dict[str, Cell]:
    marks = [_mark(row) for row in packed["m"]]
    cells: dict[str, Cell] = {}
    for rid, (fields, base, own, rev, dead) in packed["r"].items():
        if base < 0 or rev < 0 or type(fields) is not dict or type(own) is not dict:
            raise ValueError(f"record {rid!r}")
        for path, value in fields.items():
            if type(value) is dict or type(value) is list:
                fields[path] = freeze(value)
        if own:
            if min(own.values()) < 0:
                raise ValueError(f"record {rid!r}")
            own = {register: marks[at] for register, at in own.items()}  # noqa: PLW2901
        cells[rid] = Cell(fields, marks[base], own, marks[rev], bool(dead))
    return cells


def _mark(row: Any) -> Mark:
    tab, n, stamp, author = row
    if type(tab) is not str or type(author) is not str:
        raise TypeError(f"mark {row!r:.80}")
    if type(n) is not int or type(stamp) is not int:
        raise TypeError(f"mark {row!r:.80}")
    return Mark(tab, n, stamp, author) if tab else SEED_MARK


def pack_seed(records: Mapping[tuple[str, str], Mapping[str, Json]]) -> dict[str, str]:
    """Rows of a first state from plain leaves: (collection, id) -> leaves."""
    buckets: dict[str, dict[str, Cell]] = {}
    for (key, rid), fields in sorted(records.items()):
        cell = Cell(dict(fields), SEED_MARK, {}, SEED_MARK)
        buckets.setdefault(bucket_of(key, rid), {})[rid] = cell
    return {name: pack(name, cells) for name, cells in buckets.items()}


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

    packed: list[Packed] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    heads: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, set[int]] = field(default_factory=dict)
    void: list[str] = field(default_factory=list)
    """The rows of what is void (`machines.void`), as they are."""
    unheard: dict[str, str] = field(default_factory=dict)
    """Batches whose outcome was not heard, by id: their frames."""

    @property
    def newest_stamp(self) -> int:
        """The stamp of the last change that touched one of these records."""
        return max((packed.newest for packed in self.packed), default=0)

    def holds(self, batch: str) -> bool:
        """Whether the batch of that name (`tab.first`) was decided before these rows were made."""
        tab, _, first = batch.rpartition(".")
        n = int(first) if first.isdecimal() else 0
        return n <= self.heads.get(tab, 0) and n not in self.skipped.get(tab, ())

    def decode(self) -> Rows:
        """Decode every row now, because it comes from somebody else. Answers itself. Raises
        StoreCorrupt."""
        for packed in self.packed:
            packed.cells()
        return self


def read_rows(rows: Mapping[str, str]) -> Rows:
    """Everything of these rows, or StoreCorrupt: half a state is none."""
    found = Rows()
    for name, text in rows.items():
        if name == CONFLICTS_ROW:
            found.conflicts = unpack_conflicts(text)
        elif name == HEADS_ROW:
            found.heads, found.skipped = unpack_heads(text)
        elif name.startswith(VOID_ROW):
            found.void.append(text)
        elif name.startswith(UNHEARD_ROW):
            if text:
                found.unheard[name.removeprefix(UNHEARD_ROW)] = text
        else:
            found.packed.append(Packed(name, text))
    return found
