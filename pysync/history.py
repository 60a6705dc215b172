"""A record's history: every version, who made it, when, and what it replaced. Floor: `model`.

Folded from the decided log, so it shows what was decided, also for what lost or was refused.

HISTORY-1 every entry decided while a tab is open is announced there (`Space.on_history`), whoever
wrote it and whatever became of it, by the records whose histories hold it, and can be read by then.
HISTORY-2 where older versions are not kept here, the first one is what the record was then: it says
who made it and when, claims to have changed nothing, and says that it is not the beginning (`cut`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pysync.errors import ProtocolError
from pysync.machines.batches import parse_batch
from pysync.machines.replica import Replica
from pysync.machines.rounds import UNREADABLE, judged
from pysync.model.cell import SEED_MARK, Cell
from pysync.model.change import Change, Op
from pysync.model.conflict import Candidate, Conflict
from pysync.model.decision import Decision
from pysync.model.merge import ABSENT
from pysync.model.schema import Schema
from pysync.model.snapshot import Packed, bucket_of
from pysync.model.write import apply_op, mark_of
from pysync.ports import DecidedRow
from pysync.values.clock import wall_of
from pysync.values.jsontext import parse_json
from pysync.values.jsonvalue import FrozenDict, freeze, same


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One entry of a record's history. `record` is the record right after it (None: deleted, or
    it never came to be); `fields` what differs from the entry before, as (before, after)."""

    change_id: str
    seq: int
    at: int
    """Wall-clock ms by the author's clock."""
    author: str
    tab: str
    label: str
    outcome: str
    code: str
    message: str
    record: FrozenDict | None
    fields: dict[str, tuple[Any, Any]]
    lost: tuple[Conflict, ...]
    """Conflicts of this entry: each keeps a value that is not shown."""
    cell: Cell | None
    """The stored form, for `restore`."""

    @property
    def cut(self) -> bool:
        """Whether there were older ones, which are not kept here: this one is the oldest."""
        return not self.seq and bool(self.change_id)


def undecided(replica: Replica, key: str, rid: str) -> list[Change]:
    """Changes of this record that are shown and not decided yet, in order: without a network that
    lasts, and `fold` has nothing of them."""
    pending = [entry.change for entry in replica.pending.values()]
    touching = [c for c in pending if any((op.key, op.rid) == (key, rid) for op in c.ops)]
    return sorted(touching, key=lambda change: change.order)


def fold(
    schema: Schema,
    key: str,
    rid: str,
    seed: str | None,
    rows: Sequence[tuple[DecidedRow, str]],
) -> list[Version]:
    """All versions of `key/rid`, oldest first, from its first-state row and its verdict rows."""
    versions: list[Version] = []
    cell = _seeded(key, rid, seed)
    if cell is not None:
        versions.append(_first(cell, rid))
    for seq, change, decision in _entries(schema, rows):
        writes = change.ops if decision is None else decision.writes
        named = any((op.key, op.rid) == (key, rid) for op in (*change.ops, *writes))
        if not named:
            continue
        before = cell
        cell = _apply(schema, cell, writes, change, key, rid)
        versions.append(_version(seq, change, decision, before, cell, rid))
    return versions


def _seeded(key: str, rid: str, seed: str | None) -> Cell | None:
    if seed is None:
        return None
    return Packed(bucket_of(key, rid), seed).cells().get(rid)


def _entries(
    schema: Schema, rows: Sequence[tuple[DecidedRow, str]]
) -> Iterable[tuple[int, Change, Decision | None]]:
    for row, text in rows:
        try:
            decided = parse_json(row.body) if row.body else 0
            batch, special = judged(parse_batch(text, schema), decided, row.count)
        except (ProtocolError, ValueError):
            continue
        if special.get(0) == UNREADABLE:
            # The leader could not read it: all of it is refused, also where it can be read.
            yield from ((row.seq, change, UNREADABLE) for change in batch.changes)
            continue
        for at, change in enumerate(batch.changes):
            yield row.seq + at, change, special.get(at)


def _apply(
    schema: Schema, cell: Cell | None, writes: tuple[Op, ...], change: Change, key: str, rid: str
) -> Cell | None:
    for op in writes:
        if (op.key, op.rid) == (key, rid):
            try:
                cell = apply_op(cell, op, change.mark, schema.collection(key))
            except ProtocolError:
                # Its beginning lies before what is kept: show what is known.
                cell = Cell(dict(op.fields), change.mark, {}, change.mark)
    return cell


def _first(cell: Cell, rid: str) -> Version:
    """What the state held with which this device's log begins. HISTORY-2."""
    record = None if cell.dead else cell.record(rid)
    seeded = cell.rev == SEED_MARK
    return Version(
        change_id="" if seeded else cell.rev.version,
        seq=0,
        at=0 if seeded else wall_of(cell.rev.stamp),
        author=cell.rev.author,
        tab=cell.rev.tab,
        label="first state" if seeded else "",
        outcome="applied",
        code="",
        message="",
        record=record,
        fields=_differences(None, record) if seeded else {},
        lost=(),
        cell=cell,
    )


def _version(
    seq: int,
    change: Change,
    decision: Decision | None,
    before: Cell | None,
    after: Cell | None,
    rid: str,
) -> Version:
    was = before.record(rid) if before is not None and not before.dead else None
    now = after.record(rid) if after is not None and not after.dead else None
    return Version(
        change_id=change.id,
        seq=seq,
        at=wall_of(change.mark.stamp),
        author=change.meta.author,
        tab=change.mark.tab,
        label=change.meta.label,
        outcome="applied" if decision is None else decision.outcome,
        code="" if decision is None else decision.code,
        message="" if decision is None else decision.message,
        record=now,
        fields=_differences(was, now),
        lost=() if decision is None else decision.conflicts,
        cell=after,
    )


def _differences(was: FrozenDict | None, now: FrozenDict | None) -> dict[str, tuple[Any, Any]]:
    old: Mapping[str, Any] = was or {}
    new: Mapping[str, Any] = now or {}
    names = [*old, *(name for name in new if name not in old)]
    return {
        name: (old.get(name), new.get(name))
        for name in names
        if name != "id" and not (name in old and name in new and same(old[name], new[name]))
    }


def ancestor_in(
    schema: Schema, conflict: Conflict, versions: Iterable[Version]
) -> Candidate | None:
    """What the incoming author of a conflict had seen, and who had written that; None if neither
    the conflict nor these versions of its record know. Where nothing was there, by nobody."""
    if conflict.base == "":
        return Candidate(None, SEED_MARK)
    declared = schema.collection(conflict.key)
    names = declared.group_of(conflict.register) or (conflict.register,)
    for version in versions:
        cell = version.cell
        made = None if cell is None else mark_of(declared, cell, conflict.register)
        if cell is not None and made is not None and made.version == conflict.base:
            held = {name: cell.fields.get(name) for name in names}
            value = freeze(held) if len(names) > 1 else held[conflict.register]
            return Candidate(value, made)
    return None if conflict.before is ABSENT else Candidate(conflict.before, SEED_MARK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One entry of the log, for lists of what happened. `refs` are the records it touched."""

    change_id: str
    seq: int
    at: int
    """Wall-clock ms by the author's clock."""
    author: str
    tab: str
    label: str
    outcome: str
    message: str
    refs: tuple[tuple[str, str], ...]


def waiting(replica: Replica) -> list[Happening]:
    """Changes that are shown and not decided yet, in order; `seq` is 0, `outcome` "waiting"."""
    changes = sorted((entry.change for entry in replica.pending.values()), key=lambda c: c.order)
    return [
        Happening(
            change_id=change.id,
            seq=0,
            at=wall_of(change.mark.stamp),
            author=change.meta.author,
            tab=change.mark.tab,
            label=change.meta.label,
            outcome="waiting",
            message="",
            refs=tuple(dict.fromkeys((op.key, op.rid) for op in change.ops)),
        )
        for change in changes
    ]


def happenings(schema: Schema, rows: Sequence[tuple[DecidedRow, str]]) -> list[Happening]:
    """What these verdict rows tell, oldest first."""
    found: list[Happening] = []
    for seq, change, decision in _entries(schema, rows):
        writes = change.ops if decision is None or not decision.writes else decision.writes
        found.append(
            Happening(
                change_id=change.id,
                seq=seq,
                at=wall_of(change.mark.stamp),
                author=change.meta.author,
                tab=change.mark.tab,
                label=change.meta.label,
                outcome="applied" if decision is None else decision.outcome,
                message="" if decision is None else decision.message,
                refs=tuple(dict.fromkeys((op.key, op.rid) for op in writes)),
            )
        )
    return found
