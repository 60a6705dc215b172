"""The reducer: decides one change on one state. The only place where anything is decided.

The leader (later the relay) runs it on the confirmed state, and its answer is written to the log;
everywhere else it only predicts what that answer will be. Per register, with canonical version c
and the version b that the author saw:
  1. b is c, or c is an earlier write of the same tab        -> fast-forward, whatever clocks say
  2. equal values                                            -> merge, the later write's mark
  3. otherwise concurrent and divergent                      -> a durable conflict; `policy` decides
A function's change (`rerun`) that is not a fast-forward, or whose function would read something
else now, is handed back to its author. A command (`atomic`) that would lose one register is refused
as a whole, and so is the resolution of a conflict that did not see what it replaces: the first one
in the log counts, and what somebody wrote meanwhile stands. Then the guards judge the result.

REDUCE-1 same state, change and schema: same decision, byte for byte. REDUCE-2 a divergent value
that loses is a candidate of a conflict of the decision, or the whole change is refused.
REDUCE-3 a refused or handed-back change writes nothing. REDUCE-4 of two resolutions of one conflict
that differ the first counts and the second is refused (`settled`).
Floor: everything else in `model`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pysync.model.cell import Cell
from pysync.model.change import ERASE, SET, Change, Op, Ref
from pysync.model.decision import Decision, Outcome
from pysync.model.erasing import TOO_LATE, WORDS, Spared, erase_born, spare, writes_of
from pysync.model.guard import Amend, Guard, Refuse, Verdict
from pysync.model.reads import is_stale
from pysync.model.rights import Rights
from pysync.model.schema import Schema
from pysync.model.seen import fast_forward
from pysync.model.state import Patched, Reader
from pysync.model.work import Work
from pysync.model.write import apply_op
from pysync.values.jsonvalue import freeze

_WORDS = {
    "missing": "the record is not there any more",
    "concurrent": "somebody else changed the same in the meantime",
    "settled": "somebody else settled this, or changed it again, in the meantime",
}


def decide(
    reader: Reader,
    change: Change,
    alive: Callable[[str], bool] = lambda _tab: True,
    rights: Rights | None = None,
    *,
    asks: bool = False,
) -> Decision:
    """Decide the change on what the reader shows. `alive(tab)` tells whether a handed-back change
    still has an author to run it again; `rights` are the author's, where something may be hidden
    from them. With `asks` a person is asked of whatever diverges, instead of a rule or of refusing
    the whole: its author had never heard of this log."""
    schema = reader.schema
    if any(op.kind == ERASE for op in change.ops):
        return _erase(reader, change)
    spared = spare(reader, change.fitting) if schema.abouts else Spared(change.fitting)
    late = spared.dropped
    if spared.refused:
        return Decision(outcome="refused", code=TOO_LATE, message=WORDS, late=late)
    decision = _decide(reader, change, spared, alive, rights, asks=asks)
    if late and decision.outcome != "refused" and not decision.code:
        return replace(decision, outcome="amended", code=TOO_LATE, message=WORDS)
    return decision


def _decide(
    reader: Reader,
    change: Change,
    spared: Spared,
    alive: Callable[[str], bool],
    rights: Rights | None,
    *,
    asks: bool,
) -> Decision:
    """Decide what is left of the change."""
    schema, late, born = reader.schema, spared.dropped, spared.born
    work = Work(change, reader, plain=not (change.dropped or late or born), asks=asks)
    for op in spared.ops:
        ref = (op.key, op.rid)
        cell = work.cells[ref] if ref in work.cells else reader.cell(op.key, op.rid)
        declared = schema.collection(op.key)
        problem = work.take(op, cell, declared)
        if problem:
            return Decision(outcome="refused", code=problem, message=_WORDS[problem], late=late)
        if ref in born:
            work.write(erase_born(*ref, work.cells[ref], declared), work.cells[ref], declared)
    meta = change.meta
    if (
        meta.rerun
        and (work.concurrent or is_stale(meta.reads, reader, rights))
        and alive(change.mark.tab)
    ):
        return Decision(outcome="retry", code="concurrent", late=late)
    if meta.resolves and work.conflicts:
        return Decision(outcome="refused", code="settled", message=_WORDS["settled"], late=late)
    if work.lost and change.meta.atomic and not asks:
        return Decision(
            outcome="refused",
            code="concurrent",
            message=_WORDS["concurrent"],
            params={"lost": sorted(work.lost)},
            late=late,
        )
    decision = _guarded(reader, work, schema)
    return replace(decision, late=True) if late else decision


def _erase(reader: Reader, change: Change) -> Decision:
    """Erase people. No rule has a say in it, and it beats whatever came before it; so nothing else
    is in such a change."""
    work = Work(change, reader, plain=False)
    for op in change.ops:
        writes = writes_of(Patched(reader, work.cells), op, change.mark)
        if op.kind != ERASE or not writes:
            return Decision(outcome="refused", code="missing", message=_WORDS["missing"])
        for write in writes:
            ref = (write.key, write.rid)
            cell = work.cells[ref] if ref in work.cells else reader.cell(*ref)
            work.write(write, cell, reader.schema.collection(write.key))
    return Decision(outcome="applied", writes=tuple(work.writes), cells=work.cells)


def foresee(reader: Reader, change: Change) -> dict[Ref, Cell] | None:
    """The cells after a change that only edits living records as its author saw them, None for any
    other. Where no guard has a say `decide` would answer the same: applied, exactly as sent."""
    if change.dropped:
        return None
    cells: dict[Ref, Cell] = {}
    for op in change.ops:
        ref = (op.key, op.rid)
        cell = cells[ref] if ref in cells else reader.cell(op.key, op.rid)
        declared = reader.schema.collection(op.key)
        if op.kind != SET or cell is None or cell.dead:
            return None
        if not fast_forward(op, cell, declared, change):
            return None
        cells[ref] = apply_op(cell, op, change.mark, declared)
    return cells


def _guarded(reader: Reader, work: Work, schema: Schema) -> Decision:
    touched = {key for key, _ in work.cells}
    guards = [g for g in schema.guards if not g.collections.isdisjoint(touched)]
    said = Amend("", {})
    for attempt in range(2):
        amended = False
        for guard in guards:
            verdict = _judge(guard, reader, work)
            if isinstance(verdict, Amend) and attempt == 0:
                _amend(reader, work, verdict, schema)
                said, amended = (said if said.code else verdict), True  # the first one is told
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


def _outcome(work: Work, code: str) -> Outcome:
    if code:
        return "amended"
    if work.conflicts:
        return "conflict"
    return "merged" if work.merged else "applied"


def _judge(guard: Guard, reader: Reader, work: Work) -> Verdict:
    """What the rule says. A rule that fails must not stop the log: what it cannot judge is
    refused."""
    after, refs = Patched(reader, work.cells), frozenset(work.cells)
    try:
        is_new = all(reader.cell(op.key, op.rid) is None for op in work.change.ops)
        verdict = guard.judges(work.change, is_new=is_new)(reader, after, work.change, refs)
    except Exception as error:  # noqa: BLE001 - whatever an application's rule may raise
        return Refuse("rule-failed", f"the rule {guard.name!r} failed: {error!r}")
    if isinstance(verdict, Amend):
        for ref in verdict.fields:
            if after.cell(*ref) is None:
                return Refuse("rule-failed", f"the rule {guard.name!r} amends {ref}: no record")
    return verdict


def _amend(reader: Reader, work: Work, verdict: Amend, schema: Schema) -> None:
    work.plain = False
    for (key, rid), values in verdict.fields.items():
        cell = work.cells[key, rid] if (key, rid) in work.cells else reader.cell(key, rid)
        fields = {path: freeze(value) for path, value in values.items()}
        work.write(Op(SET, key, rid, fields, ""), cell, schema.collection(key))
