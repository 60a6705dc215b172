"""Cells: one version of one record, immutable, and the marks that say who wrote what.

A record is kept flat: a leaf per register, under its path. A plain field's path is its name; a leaf
inside a nested object, set or keyed list is `field/inner/...` with `~0` and `~1` for `~` and `/` as
in JSON Pointer (RFC 6901). Cells never change: an edit makes a new one, so that history, rollback
and snapshots are free, and identity tells whether two replicas of a record stand at one version.

CELL-1 a cell is never changed after it was made. CELL-2 every path in `fields` has a mark.
Floor: `values`.
"""

from __future__ import annotations

import re
from typing import Any, Final

from pysync.values.jsonvalue import FrozenDict, FrozenList, Json


class Mark:
    """One write: by which tab (`tab`, its `n`-th change), when (`stamp`), by whom (`author`).

    (tab, n) is the id of the change, and so the version of what it wrote.
    """

    __slots__ = ("author", "n", "stamp", "tab", "version")

    def __init__(self, tab: str, n: int, stamp: int, author: str = "") -> None:
        self.tab = tab
        self.n = n
        self.stamp = stamp
        self.author = author
        self.version = f"{tab}.{n}"
        """The change id, which names this version."""

    def after(self, other: Mark) -> bool:
        """Whether this write is the more recent: by stamp, ties by tab and number."""
        return (self.stamp, self.tab, self.n) > (other.stamp, other.tab, other.n)

    def encode(self) -> list[Any]:
        """As JSON."""
        return [self.tab, self.n, self.stamp, self.author]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mark) and self.tab == other.tab and self.n == other.n

    def __hash__(self) -> int:
        return hash((self.tab, self.n))

    def __repr__(self) -> str:
        return f"Mark({self.version} @{self.stamp})"


SEED_MARK: Final = Mark("", 0, 0)
"""The mark of everything in a first state: older than any write."""
FOUNDER: Final = "~"
"""How the names of authors begin that only tell what a device's first state held, where a relay's
log did not begin with it: who saw a record in the first state has seen what they wrote."""


class Cell:
    """One version of a record. `base` marks every register that `marks` does not; `rev` is the last
    change that touched the record at all; `dead` is a tombstone (fields stay, for a revival)."""

    __slots__ = ("_record", "base", "dead", "fields", "marks", "rev")

    def __init__(
        self,
        fields: dict[str, Json],
        base: Mark,
        marks: dict[str, Mark],
        rev: Mark,
        dead: bool = False,
    ) -> None:
        self.fields = fields
        self.base = base
        self.marks = marks
        self.rev = rev
        self.dead = dead
        self._record: FrozenDict | None = None

    def mark(self, register: str) -> Mark | None:
        """Who wrote this register last; None if nobody did."""
        found = self.marks.get(register)
        if found is not None:
            return found
        return self.base if register in self.fields else None

    def record(self, record_id: str) -> FrozenDict:
        """The record as people see it: nested again, frozen, with its `id`. Made once."""
        made = self._record
        if made is None:
            fields = self.fields
            for path in fields:
                if "/" in path:
                    made = FrozenDict({"id": record_id, **_nest(fields)})
                    break
            else:
                made = FrozenDict({"id": record_id, **fields})
            self._record = made
        return made

    def __repr__(self) -> str:
        return f"Cell({self.fields} by {self.rev.version}{', dead' if self.dead else ''})"


ELEMENT: Final = "#"
"""Prefix of an element of a set (`tags/#vip`): present while its leaf is true."""
ITEM: Final = "@"
"""Prefix of an item of a keyed list (`lines/@7/qty`); its place is the leaf `lines/@7/@`."""
_CODES: Final = (("~", "~0"), ("/", "~1"), (ELEMENT, "~2"), (ITEM, "~3"))
_CODED: Final = re.compile(f"[{''.join(char for char, _ in _CODES)}]")


def escape(part: str) -> str:
    """One step of a path: RFC 6901, and `~2`, `~3` for the prefixes of elements and items."""
    if _CODED.search(part) is not None:
        for char, code in _CODES:
            part = part.replace(char, code)
    return part


def unescape(part: str) -> str:
    """The inverse of `escape`."""
    if "~" in part:
        for char, code in reversed(_CODES):
            part = part.replace(code, char)
    return part


def item_of(path: str) -> str:
    """The stem of the keyed list's item that this leaf belongs to; "" if it belongs to none."""
    at = path.find(f"/{ITEM}")
    return path[: path.find("/", at + 1)] if at >= 0 and path.find("/", at + 1) >= 0 else ""


def _nest(fields: dict[str, Json]) -> dict[str, Any]:
    """Rebuild nested values from leaves."""
    tree: dict[str, Any] = {}
    for path in sorted(fields):
        value = fields[path]
        if "/" not in path:
            tree[path] = value
            continue
        parts = path.split("/")
        node = tree
        for part in parts[:-1]:
            below = node.get(part)
            if type(below) is not dict:
                below = node[part] = {}
            node = below
        node[parts[-1]] = value
    return {name: _collapse(value) for name, value in tree.items()}


def _collapse(node: Any) -> Any:
    if type(node) is not dict:
        return node
    if not node:
        return FrozenDict()
    first = next(iter(node))
    if first.startswith(ELEMENT):
        return FrozenList([unescape(k[1:]) for k, present in sorted(node.items()) if present])
    if first.startswith(ITEM):
        return _items(node)
    return FrozenDict({unescape(k): _collapse(v) for k, v in node.items()})


def _items(node: dict[str, Any]) -> FrozenList:
    """A keyed list in the order of its places; ties by id. An item without a place is gone."""
    placed = []
    for key, leaves in node.items():
        place = leaves.get(ITEM) if type(leaves) is dict else None
        if isinstance(place, str):
            item_id = unescape(key[1:])
            rest = {unescape(k): _collapse(v) for k, v in leaves.items() if k != ITEM}
            placed.append((place, item_id, FrozenDict({"id": item_id, **rest})))
    return FrozenList([item for _, _, item in sorted(placed, key=lambda row: row[:2])])
