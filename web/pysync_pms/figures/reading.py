"""Reading a hotel into its figures: the first time in slices, from then on what is told.

A slice is short enough for a page to stay usable; what changes between two slices is told, and
counts at once. Buckets of the stored state that nobody looked at are read and left packed: the
figures remember a few bytes of each record, not the record.

READING-1 once `done`, the book holds every record as it is, whatever changed while it was read.

Pure. Stands on `book`, `pysync.model.state`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, Protocol

from pysync.model.cell import Cell
from pysync.model.snapshot import Packed
from pysync_pms.figures.book import FOLLOWED, Book

__all__ = ["AT_ONCE", "SLICE", "Reading", "State"]

SLICE: Final = 250
"""Records in one slice."""
AT_ONCE: Final = 250
"""Changes that are taken in as they are told; of more (a return from offline, another state) the
rest waits for its slices."""

Ref = tuple[str, str]


class State(Protocol):
    """What is read of `pysync.model.state.State`."""

    def cell(self, key: str, rid: str) -> Cell | None: ...
    def buckets(self) -> list[tuple[str, int]]: ...
    def bucket(self, key: str, number: int) -> dict[str, Cell]: ...
    def packed(self, key: str, number: int) -> Packed | None: ...


class Reading:
    """Keeps a book up to date with a state. Call `step` until it answers False, then again
    whenever `heard` answers True. A slice has `size` records."""

    def __init__(self, state: State, book: Book, *, size: int = SLICE) -> None:
        self._state = state
        self._size = size
        self._book = book
        self._told: set[Ref] = set()
        """What was told since the bucket in hand was opened: what that says of it is old."""
        self._first: Iterator[None] | None = self._read()
        self._waiting: deque[tuple[Ref, int]] = deque()

    @property
    def done(self) -> bool:
        """Whether the figures are the state's."""
        return self._first is None and not self._waiting

    @property
    def begun(self) -> bool:
        """Whether everything was read once: what waits since then is only late."""
        return self._first is None

    def step(self) -> bool:
        """Read one slice; whether more is to be read."""
        if self._first is not None:
            try:
                next(self._first)
            except StopIteration:
                self._first = None
                self._told.clear()
            return not self.done
        for _ in range(min(self._size, len(self._waiting))):
            ref, at = self._waiting.popleft()
            self._take(ref, at)
        return not self.done

    def heard(self, refs: Collection[Ref], at: int) -> bool:
        """These records look different since `at` (wall ms); whether there is something to `step`
        through."""
        ours = [ref for ref in refs if ref[0] in FOLLOWED]
        for ref in ours[:AT_ONCE]:
            self._take(ref, at)
        self._waiting.extend((ref, at) for ref in ours[AT_ONCE:])
        return not self.done

    def _take(self, ref: Ref, at: int) -> None:
        cell = self._state.cell(*ref)
        self._book.put(*ref, fields_of(cell), at=at)
        if self._first is not None:
            self._told.add(ref)

    def _read(self) -> Iterator[None]:
        for collection in FOLLOWED:
            numbers = [number for key, number in self._state.buckets() if key == collection]
            for number in numbers:
                self._told.clear()
                yield from self._bucket(collection, self._open(collection, number))

    def _open(self, collection: str, number: int) -> Iterable[tuple[str, Mapping[str, Any]]]:
        packed = self._state.packed(collection, number)
        if packed is not None:
            return packed.leaves()
        cells = self._state.bucket(collection, number)
        return [(rid, cell.fields) for rid, cell in cells.items() if not cell.dead]

    def _bucket(
        self, collection: str, records: Iterable[tuple[str, Mapping[str, Any]]]
    ) -> Iterator[None]:
        for at, (rid, fields) in enumerate(records, start=1):
            if (collection, rid) not in self._told:
                self._book.put(collection, rid, fields, at=0)
            if at % self._size == 0:
                yield
        yield


def fields_of(cell: Cell | None) -> Mapping[str, Any] | None:
    """What a followed record holds; None if it is gone. All that the figures read are plain fields,
    so no record is made and kept for them."""
    return None if cell is None or cell.dead else cell.fields
