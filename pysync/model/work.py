"""The decision in the making: one change taken op by op, register by register (rules of `reducer`).

Floor: `seen`, `merge`, `policy`, `conflict`, `write`.
"""

from __future__ import annotations

from typing import Any, Literal

from pysync.model.cell import Cell, Mark, item_of
from pysync.model.change import ADD, CREATE, SET, Change, Op, Ref
from pysync.model.conflict import Candidate, Conflict
from pysync.model.merge import ABSENT, Side, merge3
from pysync.model.ordinary import rule_of
from pysync.model.policy import judge
from pysync.model.schema import CollectionSchema
from pysync.model.seen import fast_forward, is_placed, saw, saw_all
from pysync.model.state import Reader
from pysync.model.write import apply_op, mark_of, register_of
from pysync.values.jsonvalue import Json, freeze, same


class Work:
    """The decision in the making."""

    __slots__ = (
        "asks",
        "cells",
        "change",
        "concurrent",
        "conflicts",
        "lost",
        "merged",
        "plain",
        "reader",
        "writes",
    )

    def __init__(self, change: Change, reader: Reader, *, plain: bool, asks: bool = False) -> None:
        self.change = change
        self.reader = reader
        self.plain = plain
        self.asks = asks
        self.cells: dict[Ref, Cell] = {}
        self.writes: list[Op] = []
        self.conflicts: list[Conflict] = []
        self.concurrent = False
        self.lost: list[str] = []
        self.merged = False

    def write(self, op: Op, cell: Cell | None, declared: CollectionSchema) -> None:
        """Apply one write and keep it."""
        self.writes.append(op)
        self.cells[op.key, op.rid] = apply_op(cell, op, self.change.mark, declared)

    def take(self, op: Op, cell: Cell | None, declared: CollectionSchema) -> str:
        """Decide one op; answers a reason to refuse the whole, or ""."""
        if op.kind == SET:
            return self._take_set(op, cell, declared)
        if op.kind == ADD:
            if cell is None:
                return "missing"
            if cell.dead:
                self._revive(op, cell)
                self.plain = False
            self.write(op, cell, declared)
            return ""
        if op.kind == CREATE:
            return self._take_create(op, cell, declared)
        return self._take_delete(op, cell, declared)

    def _take_set(self, op: Op, cell: Cell | None, declared: CollectionSchema) -> str:
        if cell is None:
            return "missing"
        if not cell.dead and fast_forward(op, cell, declared, self.change):
            self.write(op, cell, declared)
            return ""
        if cell.dead:
            self._revive(op, cell)
        self.plain = False
        fields, gone = self._settle_registers(op, cell, declared)
        self.write(Op(SET, op.key, op.rid, fields, "", gone), cell, declared)
        return ""

    def _revive(self, op: Op, cell: Cell) -> None:
        """An edit whose author had not seen the deletion: the edit survives, flagged."""
        self.concurrent = True
        self._conflict(op, "", "auto", "edit-survives", Candidate(None, cell.rev), won=True)

    def _settle_registers(
        self, op: Op, cell: Cell, declared: CollectionSchema
    ) -> tuple[dict[str, Json], tuple[str, ...]]:
        fields: dict[str, Json] = {}
        paths_of: dict[str, list[str]] = {}
        for path in op.fields:
            paths_of.setdefault(register_of(declared, path), []).append(path)
        for register, paths in paths_of.items():
            ours = {path: op.fields[path] for path in paths}
            if saw(op, cell, declared, register, self.change):
                fields.update(ours)
                continue
            for member in declared.group_of(register) or ():
                if member in cell.fields:
                    ours.setdefault(member, None)  # a group is written whole, or it tears
            fields.update(self._settle(op, cell, declared, register, ours))
        return fields, self._settle_removals(op, cell, declared)

    def _settle_removals(self, op: Op, cell: Cell, declared: CollectionSchema) -> tuple[str, ...]:
        """Add wins: what somebody set while it was being removed stays, and of an item of a list
        the whole item."""
        kept = {p for p in op.gone if not saw(op, cell, declared, p, self.change)}
        if not kept:
            return op.gone
        stems = {stem for path in kept if (stem := item_of(path))}
        kept.update(path for path in op.gone if item_of(path) in stems)
        self.concurrent = self.merged = True
        self.lost.extend(f"{op.key}/{op.rid}/{path}" for path in sorted(kept))
        return tuple(path for path in op.gone if path not in kept)

    def _settle(
        self,
        op: Op,
        cell: Cell,
        declared: CollectionSchema,
        register: str,
        ours: dict[str, Json],
    ) -> dict[str, Json]:
        """Concurrent writes of one register: which values are written."""
        theirs = {path: cell.fields.get(path) for path in ours}
        self.concurrent = True
        if all(same(ours[path], theirs[path]) for path in ours):
            self.merged = True
            return ours
        other = mark_of(declared, cell, register) or cell.rev
        if not is_placed(op, cell, register):
            removed = Candidate(None, other)
            self._conflict(op, register, "auto", "item-removed", removed, won=False, ours=ours)
            self.lost.append(f"{op.key}/{op.rid}/{register}")
            return {}
        if not any(path in cell.fields for path in ours):
            self.merged = True  # add wins, also over a removal that came first
            return ours
        rule = rule_of(self.reader, op.key, register.split("/", maxsplit=1)[0])
        said = judge(rule, self.change.mark, other, stale=self.change.meta.stale)
        if said.strategy == "merge" and len(ours) == 1:
            return self._merge(op, register, ours, theirs, other, said.wins)
        loser = Candidate(_one(theirs), other)
        self._conflict(op, register, said.status, said.strategy, loser, won=said.wins, ours=ours)
        if not said.wins:
            self.lost.append(f"{op.key}/{op.rid}/{register}")
            return {}
        return ours

    def _merge(
        self,
        op: Op,
        register: str,
        ours: dict[str, Json],
        theirs: dict[str, Json],
        other: Mark,
        newer: bool,
    ) -> dict[str, Json]:
        [(path, value)] = ours.items()
        seen = self.change.meta.seen.get(f"{op.key}/{op.rid}/{path}", ABSENT)
        prefer: Side = "ours" if newer else "theirs"
        result = merge3(seen, value, theirs[path], prefer)
        self.merged = True
        if result.clashes:
            loser = Candidate(theirs[path], other)
            self._conflict(op, register, "auto", "merge", loser, won=newer, ours=ours)
        return {path: result.value}

    def _conflict(
        self,
        op: Op,
        register: str,
        status: Literal["auto", "open"],
        strategy: str,
        theirs: Candidate,
        *,
        won: bool,
        ours: dict[str, Json] | None = None,
    ) -> None:
        """Keep both values; `ours` is None where it is about the whole record."""
        mine = Candidate(None if ours is None else _one(ours), self.change.mark)
        if self.asks and ours is not None and strategy != "item-removed":
            status = "open"
        self.conflicts.append(
            Conflict(
                id=f"{self.change.id}:{len(self.conflicts)}",
                key=op.key,
                rid=op.rid,
                register=register,
                status=status,
                strategy=strategy,
                shown=mine if won else theirs,
                other=theirs if won else mine,
                base=op.saw(register) if register else None,
                before=self._before(op, ours or {}),
            )
        )

    def _before(self, op: Op, ours: dict[str, Json]) -> Any:
        """What the author saw under these paths, if that travelled with the change."""
        seen = self.change.meta.seen
        found = {path: seen.get(f"{op.key}/{op.rid}/{path}", ABSENT) for path in ours}
        return _one(found) if found and ABSENT not in found.values() else ABSENT

    def _take_create(self, op: Op, cell: Cell | None, declared: CollectionSchema) -> str:
        if cell is None or (cell.dead and op.base == cell.rev.version):
            self.write(op, cell, declared)
            return ""
        if cell.dead:
            self._revive(op, cell)
            self.plain = False
            self.write(op, cell, declared)
            return ""
        # Two creations of one id merge field by field, as concurrent edits of one record.
        self.plain = False
        fields, _ = self._settle_registers(op, cell, declared)
        self.concurrent = True
        self.write(Op(SET, op.key, op.rid, fields, ""), cell, declared)
        return ""

    def _take_delete(self, op: Op, cell: Cell | None, declared: CollectionSchema) -> str:
        if cell is None or cell.dead:
            self.plain = False
            self.merged = True
            return ""
        if saw_all(op, cell, self.change):
            self.write(op, cell, declared)
            return ""
        self.plain = False
        self.concurrent = True
        self.lost.append(f"{op.key}/{op.rid}")
        self._conflict(op, "", "auto", "edit-survives", Candidate(None, cell.rev), won=False)
        return ""


def _one(values: dict[str, Json]) -> Json:
    """One value as itself, a group as an object."""
    if len(values) == 1:
        return next(iter(values.values()))
    return freeze(values)
