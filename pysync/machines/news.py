"""What looks different since the application was last told, and which tab made it so.

NEWS-1 a record's source is the tab whose change, provisional or decided, made it look different,
also where that change is learned from the store or from somebody else; "" for this tab. What is
rolled back or predicted again on the way comes from the same. NEWS-2 each record is told once,
under the last tab that is not this one, if there is any. NEWS-3 with each record go its cell as it
was when the application was last told, and as it is now: one telling begins where the one before
ended. NEWS-4 `moved` of a collection is another number after any of its records looked different,
from that very moment on. Floor: `model.change`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from pysync.model.cell import Cell
from pysync.model.change import Ref

Steps = Mapping[Ref, tuple[Cell | None, Cell | None]]
"""Records with their cells before and after; None where there was none."""


class Shown(Protocol):
    """What is shown now."""

    def cell(self, key: str, rid: str) -> Cell | None: ...


class News:
    """Records of one replica that look different now."""

    __slots__ = ("_before", "_moved", "_refs", "_source", "_tab")

    def __init__(self, tab: str) -> None:
        self._tab = tab
        self._refs: dict[Ref, str] = {}
        self._before: dict[Ref, Cell | None] = {}
        self._source = ""
        self._moved: dict[str, int] = {}

    def because(self, tab: str) -> None:
        """What is added from here on comes from that tab."""
        self._source = "" if tab == self._tab else tab

    def add(self, ref: Ref, before: Cell | None) -> None:
        """This record looks different; `before`: its cell until just now."""
        self._moved[ref[0]] = self._moved.get(ref[0], 0) + 1
        if ref not in self._refs:
            self._before[ref] = before
            self._refs[ref] = self._source
        elif self._source:
            self._refs[ref] = self._source

    def take(self, shown: Shown) -> dict[str, Steps]:
        """All records by their source, once, with what they were and what is shown now."""
        if not self._refs:
            return {}
        refs, self._refs = self._refs, {}
        before, self._before = self._before, {}
        steps = {ref: (cell, shown.cell(*ref)) for ref, cell in before.items()}
        sources = dict.fromkeys(refs.values())
        if len(sources) == 1:
            return dict.fromkeys(sources, steps)
        return {s: {ref: steps[ref] for ref, by in refs.items() if by == s} for s in sources}

    def moved(self, key: str) -> int:
        """How often records of that collection have looked different."""
        return self._moved.get(key, 0)

    def clear(self) -> None:
        """Nothing of this is to be told."""
        self._refs.clear()
        self._before.clear()

    def __bool__(self) -> bool:
        return bool(self._refs)

    def __iter__(self) -> Iterator[Ref]:
        return iter(self._refs)
