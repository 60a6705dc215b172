"""Records: the cells of one collection, those of a loaded snapshot packed until somebody looks.

A tab that opens beside thousands of records shows forty of them: a bucket of the snapshot is
decoded when one of its records is asked for. How many records live is known without that.

RECORDS-1 whether a bucket is packed cannot be seen from outside. RECORDS-2 `living` is the number
of cells that are no tombstones. Floor: `cell`, `snapshot`.
"""

from __future__ import annotations

from collections.abc import Iterator

from pysync.model.cell import Cell
from pysync.model.snapshot import Packed, bucket_number


class Records:
    """`cells` are those that were looked at; `packed` the other buckets, by number; `members` the
    ids of the cells by bucket, so that a snapshot looks only at what changed."""

    __slots__ = ("cells", "living", "members", "packed")

    def __init__(self) -> None:
        self.cells: dict[str, Cell] = {}
        self.packed: dict[int, Packed] = {}
        self.members: dict[int, set[str]] = {}
        self.living = 0

    def hold(self, packed: Packed) -> None:
        """Take in a bucket of a snapshot; none of its records is here yet."""
        self.packed[packed.number] = packed
        self.living += packed.living

    def get(self, rid: str) -> Cell | None:
        """The cell, also of a deleted record. Raises StoreCorrupt as `Packed.cells` does."""
        cell = self.cells.get(rid)
        if cell is None and self.packed:
            number = bucket_number(rid)
            if number in self.packed:
                self.open(number)
                cell = self.cells.get(rid)
        return cell

    def put(self, rid: str, old: Cell | None, cell: Cell | None) -> None:
        """Replace `old`, which `get` answered, by another cell; None: as if it had never been."""
        if cell is None:
            if self.cells.pop(rid, None) is not None:
                self.members[bucket_number(rid)].discard(rid)
        else:
            if old is None:
                self.members.setdefault(bucket_number(rid), set()).add(rid)
            self.cells[rid] = cell
        was, now = old is not None and not old.dead, cell is not None and not cell.dead
        if was != now:
            self.living += now - was

    def open(self, number: int) -> None:
        """Decode a bucket that is packed."""
        cells = self.packed[number].cells()
        del self.packed[number]
        self.cells.update(cells)
        self.members[number] = set(cells)

    def open_all(self) -> None:
        """Decode everything."""
        for number in list(self.packed):
            self.open(number)

    def bucket(self, number: int) -> dict[str, Cell]:
        """The cells of one bucket, in a dict that is the caller's."""
        if number in self.packed:
            self.open(number)
        cells = self.cells
        return {rid: cells[rid] for rid in self.members.get(number, ())}

    def numbers(self) -> list[int]:
        """The buckets that hold something."""
        return sorted({*self.packed, *(number for number, ids in self.members.items() if ids)})

    def __iter__(self) -> Iterator[tuple[str, Cell]]:
        """All cells as they were when the iteration began; bucket by bucket, so that who stops
        early has decoded no more than that."""
        found, packed = list(self.cells.items()), list(self.packed.items())
        yield from found
        for number, bucket in packed:
            cells = bucket.cells()
            if self.packed.get(number) is bucket:
                self.open(number)
            yield from cells.items()
