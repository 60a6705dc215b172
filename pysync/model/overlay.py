"""Overlays: cells that stand in front of others, with the indexes over them that were asked for.

An index over a patch costs its size once, and from then on only what changes: so looking up a key
costs the same whether three changes wait to be decided or a thousand.

OVERLAY-1 a table lists what its function gives for each cell of the overlay. Floor: `state`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from pysync.model.cell import Cell
from pysync.model.change import Ref
from pysync.model.schema import Schema
from pysync.model.state import IndexKeys, Patched, Reader

_NO_KEYS: tuple[Hashable, ...] = ()


class _Table:
    """One index over an overlay: the keys of each record in it, and the records of each key."""

    __slots__ = ("function", "keys", "listed")

    def __init__(self, function: IndexKeys) -> None:
        self.function = function
        self.keys: dict[str, tuple[Hashable, ...]] = {}
        self.listed: dict[Hashable, set[str]] = {}

    def enter(self, rid: str, cell: Cell | None) -> None:
        """List a record as this cell has it, and not as another had it."""
        self.leave(rid)
        keys = _NO_KEYS
        if cell is not None and not cell.dead:
            # A function may name a key twice.
            keys = tuple(dict.fromkeys(self.function(cell.record(rid))))
        self.keys[rid] = keys
        for key in keys:
            self.listed.setdefault(key, set()).add(rid)

    def leave(self, rid: str) -> None:
        """Forget a record."""
        for key in self.keys.pop(rid, _NO_KEYS):
            listed = self.listed[key]
            listed.discard(rid)
            if not listed:
                del self.listed[key]


class Overlay(dict[Ref, "Cell | None"]):
    """Cells by record (None: absent). It is changed by assignment, `pop` and `clear` alone."""

    __slots__ = ("_schema", "_tables")

    def __init__(self, schema: Schema) -> None:
        super().__init__()
        self._schema = schema
        self._tables: dict[str, dict[str, _Table]] = {}
        """By collection and index."""

    def __setitem__(self, ref: Ref, cell: Cell | None) -> None:
        super().__setitem__(ref, cell)
        for table in self._tables.get(ref[0], {}).values():
            table.enter(ref[1], cell)

    def pop(self, ref: Any, *default: Any) -> Any:
        """As a dict's."""
        for table in self._tables.get(ref[0], {}).values():
            table.leave(ref[1])
        return super().pop(ref, *default)

    def clear(self) -> None:
        """As a dict's."""
        self._tables.clear()
        super().clear()

    def table(self, collection: str, index: str) -> _Table:
        """The index, made if this is the first time; what stands below has made sure of its
        name."""
        tables = self._tables.setdefault(collection, {})
        table = tables.get(index)
        if table is None:
            table = tables[index] = _Table(self._schema.collection(collection).indexes[index])
            for (key, rid), cell in self.items():
                if key == collection:
                    table.enter(rid, cell)
        return table


class Indexed(Patched):
    """A reader in which an overlay stands in front of what is below. It may change meanwhile, and
    so may what is below where the overlay hides it."""

    __slots__ = ("overlay",)

    def __init__(self, below: Reader, overlay: Overlay) -> None:
        super().__init__(below, overlay)
        self.overlay = overlay

    def take(self, cells: Mapping[Ref, Cell | None]) -> None:
        """Put these cells in front, too."""
        for ref, cell in cells.items():
            self.overlay[ref] = cell

    def ids(self, collection: str, index: str, key: Hashable) -> set[str]:
        """Ids that the index would list under `key`."""
        found = self.below.ids(collection, index, key)
        table = self.overlay.table(collection, index)
        listed = table.listed.get(key)
        kept = found.difference(table.keys) if table.keys else found
        return kept | listed if listed else kept
