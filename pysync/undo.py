"""Undo: this tab's recent changes, and how one is taken back by another.

UNDO-1 what others changed since stays: a register is set back only if the change wrote it last, an
increment is taken back by its own amount, an item of a list that others went on with stays whole.
Floor: `model`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from typing import Any, Final

from pysync.model.cell import ITEM, Cell, item_of
from pysync.model.change import ADD, ERASE, Change, Op, Ref
from pysync.model.draft import Draft
from pysync.model.state import Reader
from pysync.values.jsonvalue import is_number

RECENT: Final = 200
"""Own changes that can be undone: the last ones."""


class Recent:
    """The last own changes, each with the cells as they were before it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Change, Mapping[Ref, Cell | None]]] = OrderedDict()

    def keep(self, change: Change, before: Mapping[Ref, Cell | None]) -> None:
        """Remember it; the oldest is forgotten."""
        self._kept[change.id] = (change, before)
        if len(self._kept) > RECENT:
            self._kept.popitem(last=False)

    def forget(self, refs: Collection[Ref]) -> None:
        """What was about these records cannot be undone any more: somebody was erased."""
        for change_id, (change, before) in list(self._kept.items()):
            if not before.keys().isdisjoint(refs) or any(op.kind == ERASE for op in change.ops):
                del self._kept[change_id]

    def __contains__(self, change_id: str) -> bool:
        return change_id in self._kept

    def take_back(self, change_id: str, draft: Draft, view: Reader) -> None:
        """Write into the draft what undoes it; nothing, if nothing of it is left."""
        change, before = self._kept[change_id]
        for (key, rid), was in before.items():
            now = view.cell(key, rid)
            if now is None:
                continue
            if was is None or was.dead or now.dead:
                if now.rev.version == change_id:
                    draft.restore(key, rid, was)
                continue
            added = _added(change, (key, rid))
            mine = _registers_of(now, change_id) - added.keys() - _gone_on_with(was, now, change_id)
            if mine:
                draft.restore(key, rid, was, sorted(mine))
            for path, delta in added.items():
                if is_number(now.fields.get(path)):
                    draft.increment(key, rid, path, -delta)


def _added(change: Change, ref: Ref) -> dict[str, Any]:
    """What the change added to numbers of that record."""
    ops: list[Op] = [op for op in change.ops if op.kind == ADD and (op.key, op.rid) == ref]
    return {path: delta for op in ops for path, delta in op.fields.items()}


def _registers_of(cell: Cell, change_id: str) -> set[str]:
    """Registers that this change wrote last."""
    named = {register for register, mark in cell.marks.items() if mark.version == change_id}
    if cell.base.version == change_id:
        named.update(path for path in cell.fields if path not in cell.marks)
    return named


def _gone_on_with(was: Cell, now: Cell, change_id: str) -> set[str]:
    """Leaves of list items that the change made or removed, and that others went on with or made
    anew: taking back a part of an item would take away the rest."""
    mine = _registers_of(now, change_id)
    kept: set[str] = set()
    for path in mine:
        stem = item_of(path)
        place = f"{stem}/{ITEM}"
        if not stem:
            continue
        if place in mine:
            leaves = {leaf for leaf in now.fields if item_of(leaf) == stem}
            if place not in was.fields and leaves - mine:
                kept |= leaves
        elif path not in now.fields and now.mark(place) != was.mark(place):
            kept.add(path)
    return kept
