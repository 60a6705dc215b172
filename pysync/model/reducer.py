"""The reducer: decides one change on one state. The only place where anything is decided.

The leader (later the relay) runs it on the confirmed state, and its answer is written to the log;
everywhere else it only predicts what that answer will be. Per register, with canonical version c
and the version b that the author saw:
  1. b is c, or c is an earlier write of the same tab        -> fast-forward, whatever clocks say
  2. equal values                                            -> merge, the later write's mark
  3. otherwise concurrent and divergent                      -> a durable conflict; strategy decides
A function's change (`rerun`) that is not a fast-forward is handed back to its author. A command
(`atomic`) that would lose one register is refused as a whole. Then the guards judge the result.

REDUCE-1 same state, change and schema: same decision, byte for byte. REDUCE-2 a divergent value
that loses is a candidate of a conflict of the decision, or the whole change is refused.
REDUCE-3 a refused or handed-back change writes nothing. Floor: everything else in `model`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pysync.errors import ProtocolError
from pysync.model.cell import ITEM, Cell, Mark, item_of
from pysync.model.change import ADD, CREATE, KINDS, SET, Change, Op, Ref
from pysync.model.conflict import Candidate, Conflict, decode_conflict
from pysync.model.guard import Amend, Guard, Refuse, Verdict
from pysync.model.merge import ABSENT, Side, merge3
from pysync.model.schema import CollectionSchema, Schema, Strategy
from pysync.model.state import Patched, Reader
from pysync.model.write import apply_op, mark_of, register_of
from pysync.values.jsonvalue import Json, freeze, same

Outcome = Literal["applied", "merged", "conflict", "amended", "refused", "retry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of a change. `plain` means applied exactly as sent: the ops are the writes."""

    outcome: Outcome
    writes: tuple[Op, ...] = ()
    cells: Mapping[Ref, Cell] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    code: str = ""
    message: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    plain: bool = False

    def encode(self) -> list[Any]:
        """As JSON: what a replica needs to apply it without deciding again."""
        return [
            self.outcome,
            self.code,
            self.message,
            dict(self.params),
            [op.encode() for op in self.writes],
            [conflict.encode() for conflict in self.conflicts],
        ]


def decode_decision(row: Any) -> Decision:
    """Read what `encode` wrote; `cells` is empty until it is applied. Raises ProtocolError."""
    try:
        outcome, code, message, params, writes, conflicts = row
        if outcome not in ("applied", "merged", "conflict", "amended", "refused", "retry"):
            raise ProtocolError(f"unknown outcome {outcome!r}")
        return Decision(
            outcome=outcome,
            code=str(code),
            message=str(message),
            params=freeze(dict(params)),
            writes=tuple([_decode_write(item) for item in writes]),
            conflicts=tuple([decode_conflict(item) for item in conflicts]),
        )
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise ProtocolError(f"malformed decision: {error}") from None


def _decode_write(row: Any) -> Op:
    """Values were checked by the decider: they are only frozen. The form is checked."""
    kind, key, rid, gone = row[0], row[1], row[2], row[5] if len(row) > 5 else []
    if kind not in KINDS or type(key) is not str or type(rid) is not str or type(gone) is not list:
        raise ProtocolError(f"malformed write {row!r:.80}")
    fields = {str(path): freeze(value) for path, value in row[3].items()}
    if kind == ADD and any(type(delta) not in (int, float) for delta in fields.values()):
        raise ProtocolError("a delta is no number")
    return Op(kind, key, rid, fields, "", tuple([str(path) for path in gone]))


def apply_writes(
    reader: Reader, writes: tuple[Op, ...], mark: Mark, schema: Schema
) -> dict[Ref, Cell]:
    """The cells after these writes, made on the reader's. Raises ProtocolError."""
    cells: dict[Ref, Cell] = {}
    for op in writes:
        ref = (op.key, op.rid)
        cell = cells[ref] if ref in cells else reader.cell(op.key, op.rid)
        cells[ref] = apply_op(cell, op, mark, schema.collection(op.key))
    return cells


def decide(
    reader: Reader, change: Change, alive: Callable[[str], bool] = lambda _tab: True
) -> Decision:
    """Decide the change on what the reader shows. `alive(tab)` tells whether a handed-back change
    still has an author to run it again."""
    schema = reader.schema
    work = _Work(change, plain=not change.dropped)
    for op in change.fitting:
        ref = (op.key, op.rid)
        cell = work.cells[ref] if ref in work.cells else reader.cell(op.key, op.rid)
        problem = work.take(op, cell, schema.collection(op.key))
        if problem:
            return Decision(outcome="refused", code=problem, message=_WORDS[problem])
    if work.concurrent and change.meta.rerun and alive(change.mark.tab):
        return Decision(outcome="retry", code="concurrent")
    if work.lost and change.meta.atomic:
        return Decision(
            outcome="refused",
            code="concurrent",
            message=_WORDS["concurrent"],
            params={"lost": sorted(work.lost)},
        )
    return _guarded(reader, work, schema)


_WORDS = {
    "missing": "the record is not there any more",
    "concurrent": "somebody else changed the same in the meantime",
}


class _Work:
    """The decision in the making."""

    __slots__ = (
        "cells",
        "change",
        "concurrent",
        "conflicts",
        "lost",
        "merged",
        "plain",
        "writes",
    )

    def __init__(self, change: Change, *, plain: bool) -> None:
        self.change = change
        self.plain = plain
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
        if not cell.dead and _fast_forward(op, cell, declared, self.change):
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
            if _saw(op, cell, declared, register, self.change):
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
        kept = {p for p in op.gone if not _saw(op, cell, declared, p, self.change)}
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
        if not _is_placed(op, cell, register):
            removed = Candidate(None, other)
            self._conflict(
                op, register, "auto", "item-removed", removed, won=False, ours=_one(ours)
            )
            self.lost.append(f"{op.key}/{op.rid}/{register}")
            return {}
        if not any(path in cell.fields for path in ours):
            self.merged = True  # add wins, also over a removal that came first
            return ours
        strategy = declared.strategy_of(register.split("/", maxsplit=1)[0])
        newer = self.change.mark.after(other)
        if strategy == "merge" and len(ours) == 1:
            return self._merge(op, register, ours, theirs, other, newer)
        wins = newer if strategy != "first-write-wins" else not newer
        status: Literal["auto", "open"] = "open" if strategy == "custom" else "auto"
        loser = Candidate(_one(theirs), other)
        self._conflict(op, register, status, strategy, loser, won=wins, ours=_one(ours))
        if not wins:
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
            self._conflict(op, register, "auto", "merge", loser, won=newer, ours=value)
        return {path: result.value}

    def _conflict(
        self,
        op: Op,
        register: str,
        status: Literal["auto", "open"],
        strategy: Strategy | str,
        theirs: Candidate,
        *,
        won: bool,
        ours: Json = None,
    ) -> None:
        mine = Candidate(ours, self.change.mark)
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
            )
        )

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
        if self._saw_all(op, cell):
            self.write(op, cell, declared)
            return ""
        self.plain = False
        self.concurrent = True
        self.lost.append(f"{op.key}/{op.rid}")
        self._conflict(op, "", "auto", "edit-survives", Candidate(None, cell.rev), won=False)
        return ""

    def _saw_all(self, op: Op, cell: Cell) -> bool:
        """Whether the author of a deletion had seen every write that it deletes: not only the last
        one, which may be his own on top of somebody else's."""
        for mark in (cell.rev, cell.base, *cell.marks.values()):
            saw = op.base == mark.version or (type(op.base) is dict and mark.version in op.base)
            if not saw and not _own(mark, self.change):
                return False
        return True


def _own(theirs: Mark, change: Change) -> bool:
    """Whether this is an earlier write of the same tab. For a function that is not enough: what it
    was given may have held others' writes on top of it that never came to be."""
    mine = change.mark
    return theirs.tab == mine.tab and theirs.n < mine.n and not change.meta.rerun


def _saw(op: Op, cell: Cell, declared: CollectionSchema, path: str, change: Change) -> bool:
    """Whether the author had seen what is there now. Where values merge the version does not tell:
    an earlier write of the author may have become a merged value, so the value seen does."""
    register = register_of(declared, path)
    mark = mark_of(declared, cell, register)
    if mark is None:
        return path not in op.fields or _is_placed(op, cell, path)
    if change.meta.seen:
        seen = change.meta.seen.get(f"{op.key}/{op.rid}/{path}", ABSENT)
        if seen is not ABSENT and not same(seen, cell.fields.get(path)):
            return False
    return op.saw(register) == mark.version or _own(mark, change)


def _is_placed(op: Op, cell: Cell, path: str) -> bool:
    """Whether a leaf of a keyed list belongs to an item that is there: of one that was removed no
    place is known any more to show it in."""
    stem = item_of(path)
    return not stem or f"{stem}/{ITEM}" in cell.fields or f"{stem}/{ITEM}" in op.fields


def _fast_forward(op: Op, cell: Cell, declared: CollectionSchema, change: Change) -> bool:
    for path in op.fields:
        if not _saw(op, cell, declared, path, change):
            return False
    return not op.gone or all(_saw(op, cell, declared, path, change) for path in op.gone)


def _one(values: dict[str, Json]) -> Json:
    """One value as itself, a group as an object."""
    if len(values) == 1:
        return next(iter(values.values()))
    return freeze(values)


def _guarded(reader: Reader, work: _Work, schema: Schema) -> Decision:
    touched = {key for key, _ in work.cells}
    guards = [g for g in schema.guards if not g.collections.isdisjoint(touched)]
    said = Amend("", {})
    for attempt in range(2):
        amended = False
        for guard in guards:
            verdict = _judge(guard, reader, work)
            if isinstance(verdict, Amend) and attempt == 0:
                _amend(reader, work, verdict, schema)
                said, amended = verdict, True
            elif verdict is not None:
                # A rule that is still broken after amending cannot be kept by amending.
                return Decision(
                    outcome="refused",
                    code=verdict.code,
                    message=verdict.message,
                    params=verdict.params,
                )
        if not amended:
            break
    return Decision(
        outcome=_outcome(work, said.code),
        writes=tuple(work.writes),
        cells=work.cells,
        conflicts=tuple(work.conflicts),
        code=said.code,
        message=said.message,
        params=said.params,
        plain=work.plain,
    )


def _outcome(work: _Work, code: str) -> Outcome:
    if code:
        return "amended"
    if work.conflicts:
        return "conflict"
    return "merged" if work.merged else "applied"


def _judge(guard: Guard, reader: Reader, work: _Work) -> Verdict:
    """What the rule says. A rule that fails must not stop the log: what it cannot judge is
    refused."""
    after = Patched(reader, work.cells)
    try:
        verdict = guard.check(reader, after, work.change, frozenset(work.cells))
    except Exception as error:  # noqa: BLE001 - whatever an application's rule may raise
        return Refuse("rule-failed", f"the rule {guard.name!r} failed: {error!r}")
    if isinstance(verdict, Amend):
        for ref in verdict.fields:
            if after.cell(*ref) is None:
                return Refuse("rule-failed", f"the rule {guard.name!r} amends {ref}: no record")
    return verdict


def _amend(reader: Reader, work: _Work, verdict: Amend, schema: Schema) -> None:
    work.plain = False
    for (key, rid), values in verdict.fields.items():
        cell = work.cells[key, rid] if (key, rid) in work.cells else reader.cell(key, rid)
        fields = {path: freeze(value) for path, value in values.items()}
        work.write(Op(SET, key, rid, fields, ""), cell, schema.collection(key))
