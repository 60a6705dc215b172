"""What looks different since the application was last told, and which tab made it so.

NEWS-1 a record's source is the tab whose change, provisional or decided, made it look different,
also where that change is learned from the store or from somebody else; "" for this tab. What is
rolled back or predicted again on the way comes from the same. NEWS-2 each record is told once,
under the last tab that is not this one, if there is any. NEWS-3 with each record go its cell as it
was when the application was last told, and as it is now: one telling begins where the one before
ended. NEWS-4 `moved` of a collection is another number after any of its records looked different,
from that very moment on. NEWS-5 of a state that takes the place of another one only records that
look different are told. Floor: `model.change`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from pysync.model.cell import Cell
from pysync.model.change import Ref
from pysync.values.jsonvalue import same

Steps = Mapping[Ref, tuple[Cell | None, Cell | None]]
"""Records with their cells before and after; None where there was none."""


class Shown(Protocol):
    """What is shown now."""

    def cell(self, key: str, rid: str) -> Cell | None: ...


class News:
    """Records of one replica that look different now."""

    __slots__ = ("_before", "_moved", "_perhaps", "_refs", "_source", "_tab")

    def __init__(self, tab: str) -> None:
        self._tab = tab
        self._refs: dict[Ref, str] = {}
        self._before: dict[Ref, Cell | None] = {}
        self._perhaps: set[Ref] = set()
        """Of these it is looked at whether they look different at all."""
        self._source = ""
        self._moved: dict[str, int] = {}

    def because(self, tab: str) -> None:
        """What is added from here on comes from that tab."""
        self._source = "" if tab == self._tab else tab

    def add(self, ref: Ref, before: Cell | None, *, perhaps: bool = False) -> None:
        """This record looks different; `before`: its cell until just now. `perhaps`: its cell is
        another one, which may look the same."""
        if perhaps:
            self._perhaps.add(ref)
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
        perhaps, self._perhaps = self._perhaps, set()
        steps = {ref: (cell, shown.cell(*ref)) for ref, cell in before.items()}
        for ref in perhaps:
            if _look_alike(*steps[ref]):
                del steps[ref], refs[ref]
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
        self._perhaps.clear()

    def __bool__(self) -> bool:
        return bool(self._refs)

    def __iter__(self) -> Iterator[Ref]:
        return iter(self._refs)


def _look_alike(before: Cell | None, after: Cell | None) -> bool:
    """Whether people see the same in both: no record, or one with the same values."""
    was = before.fields if before is not None and not before.dead else None
    now = after.fields if after is not None and not after.dead else None
    if was is None or now is None:
        return was is now
    return was.keys() == now.keys() and all(
        value is now[name] or same(value, now[name]) for name, value in was.items()
    )
