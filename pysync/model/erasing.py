"""Erasing a person: which records are about them, what goes, and what comes too late.

The op that erases names one record of a person; with the time of an earlier erasure it may name one
that is not known, in a log that was put back. Where it is decided, it becomes one write for every
record that is about them, with the names of the fields that go; replicas apply these writes and
never find out by themselves whom they concern.

ERASE-1 a person is all records that were merged into one another; what was about any of them is
about the person, also where it was deleted. ERASE-2 once decided, no personal field of such a
record is written any more: of a change that comes later its personal values are dropped and the
rest happens, and where nothing is left, or it would make another person of them, it is refused as a
whole. ERASE-3 what stays is the same in every replica, whether it ever held the values or not.
ERASE-4 a record that comes to be about an erased person is erased as it does: what was written to
it while nobody could tell whom it is about, and had no effect, goes from all that is stored, too.
Floor: `schema`, `change`, `cell`, `state`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from pysync.model.cell import Cell, Mark
from pysync.model.change import ADD, CREATE, DELETE, ERASE, Op, Ref
from pysync.model.conflict import Conflict
from pysync.model.merge import ABSENT
from pysync.model.schema import ERASED, About, CollectionSchema, Schema
from pysync.model.state import Reader
from pysync.values.clock import wall_of
from pysync.values.jsonvalue import Json, freeze

TOO_LATE: Final = "erased"
"""The code of what was refused, or dropped, because the person was erased."""
WORDS: Final = "this person's data were erased; what was written about them later is not kept"


class Spared(NamedTuple):
    """What is left of a change after it was looked through for people who were erased."""

    ops: tuple[Op, ...]
    dropped: bool = False
    """Whether something was taken out."""
    refused: bool = False
    """Whether nothing of it may happen."""
    born: frozenset[Ref] = frozenset()
    """Records that come to be about somebody who was erased (ERASE-4)."""


def erases(ops: Iterable[Op]) -> frozenset[Ref]:
    """The records that these writes erase."""
    return frozenset((op.key, op.rid) for op in ops if op.kind == ERASE)


def people_of(about: About, reader: Reader, key: str, *records: Mapping[str, Json]) -> set[str]:
    """The ids of the people that these records of the collection are about."""
    keys = reader.schema.collection(key).indexes[about.index]
    found = {str(id_) for record in records for id_ in keys(record)}
    if key == about.people:
        found.update(str(record["id"]) for record in records)
    return found


def _about(reader: Reader, key: str, people: set[str]) -> Iterator[Ref]:
    """Records of the collection about these people; of deleted ones the fields are still there."""
    about = reader.schema.abouts[key]
    for each in sorted(people):
        for rid in sorted(reader.ids(key, about.index, each)):
            yield (key, rid)
    for rid, cell in reader.dead(key):
        if people & people_of(about, reader, key, cell.record(rid)):
            yield (key, rid)


def records_of(reader: Reader, key: str, rid: str) -> list[Ref]:
    """All records about the person of whom this is one, theirs first (ERASE-1)."""
    found = {rid}
    todo = [rid]
    while todo:
        cell = reader.cell(key, one := todo.pop())
        record = cell.record(one) if cell is not None else {"id": one}
        into = people_of(reader.schema.abouts[key], reader, key, record)
        for each in [*into, *(other for _, other in _about(reader, key, {one}))]:
            if each not in found:
                found.add(each)
                todo.append(each)
    refs = dict.fromkeys((key, each) for each in sorted(found) if reader.cell(key, each))
    for other, about in sorted(reader.schema.abouts.items()):
        if about.people == key:
            refs.update(dict.fromkeys(_about(reader, other, found)))
    return list(refs)


def writes_of(reader: Reader, op: Op, mark: Mark) -> list[Op]:
    """What an op that erases comes to; nothing if it names nobody."""
    about = reader.schema.abouts.get(op.key)
    known = reader.cell(op.key, op.rid) is not None
    if about is None or about.people != op.key or not (known or ERASED in op.fields):
        return []
    made: list[Op] = [] if known else [Op(ERASE, op.key, op.rid, dict(op.fields))]
    for key, rid in records_of(reader, op.key, op.rid):
        cell, declared = reader.cell(key, rid), reader.schema.collection(key)
        facts: dict[str, Json] = {}
        if key == op.key:
            facts = {ERASED: op.fields.get(ERASED, wall_of(mark.stamp))}
        made.append(Op(ERASE, key, rid, facts, "", _personal(cell, declared)))
    return made


def erase_born(key: str, rid: str, cell: Cell, declared: CollectionSchema) -> Op:
    """The write that erases a record which just came to be (ERASE-4): of one that was deleted
    before there are fields left."""
    return Op(ERASE, key, rid, {}, "", _personal(cell, declared))


def _personal(cell: Cell | None, declared: CollectionSchema) -> tuple[str, ...]:
    """The fields of the record that are personal."""
    # Of what was removed before, an element of a set say, the name is in the marks.
    paths = {*cell.fields, *cell.marks} if cell is not None else set()
    names = {path.split("/", maxsplit=1)[0] for path in paths if declared.is_personal(path)}
    return tuple(sorted(names))


def is_erased(reader: Reader, people: str, ids: Iterable[str]) -> bool:
    """Whether one of these people was erased."""
    cells = (reader.cell(people, rid) for rid in ids)
    return any(cell is not None and ERASED in cell.fields for cell in cells)


def spare(reader: Reader, ops: tuple[Op, ...]) -> Spared:
    """What may happen of these ops (ERASE-2)."""
    left: list[Op] = []
    born: set[Ref] = set()
    dropped = False
    for op in ops:
        about = reader.schema.abouts.get(op.key)
        if about is None or op.kind in (DELETE, ERASE):
            left.append(op)
            continue
        if ERASED in op.fields or ERASED in op.gone:
            return Spared((), dropped=True, refused=True)
        declared = reader.schema.collection(op.key)
        kept = _without_personal(op, declared)
        if op.key != about.people and op.kind != CREATE and kept is op:
            left.append(op)
            continue
        cell = reader.cell(op.key, op.rid)
        before: Mapping[str, Json] = cell.record(op.rid) if cell is not None else {"id": op.rid}
        gone = dict.fromkeys(op.gone)
        after: Mapping[str, Json] = {**before, **op.fields, **gone} if op.kind != ADD else before
        had = people_of(about, reader, op.key, before)
        has = people_of(about, reader, op.key, after)
        if not is_erased(reader, about.people, had | has):
            left.append(op)
            continue
        anew = op.kind == CREATE and is_erased(reader, op.key, [op.rid])
        if op.key == about.people and (anew or had != has):
            return Spared((), dropped=True, refused=True)
        if op.kind == CREATE and (cell is None or cell.dead):
            born.add((op.key, op.rid))
        dropped = dropped or kept is not op
        if kept is op or kept.fields or kept.gone or op.kind == CREATE:
            left.append(kept)
    return Spared(tuple(left), dropped, refused=dropped and not left, born=frozenset(born))


def _without_personal(op: Op, declared: CollectionSchema) -> Op:
    fields = {path: v for path, v in op.fields.items() if not declared.is_personal(path)}
    gone = tuple([path for path in op.gone if not declared.is_personal(path)])
    base = op.base
    if isinstance(base, Mapping):
        # Of a set's element, say, the path is the value.
        base = {path: seen for path, seen in base.items() if not declared.is_personal(path)}
    if (fields, gone, base) == (op.fields, op.gone, op.base):
        return op
    return Op(op.kind, op.key, op.rid, fields, base, gone)


def redact_conflict(conflict: Conflict, schema: Schema) -> Conflict:
    """The conflict of an erased record without its values: nobody has to settle it any more. The
    same object where none of them is personal."""
    declared = schema.collection(conflict.key)
    name = conflict.register.split("/", maxsplit=1)[0]
    members = declared.group_of(name) or (name,)
    gone = frozenset(member for member in members if declared.is_personal(member))
    if not conflict.register or not gone:
        return conflict

    def left(value: Any) -> Any:
        if isinstance(value, dict) and len(members) > 1:
            return freeze({name: None if name in gone else kept for name, kept in value.items()})
        return None

    return replace(
        conflict,
        register=name,
        status="resolved" if conflict.status == "open" else conflict.status,
        shown=replace(conflict.shown, value=left(conflict.shown.value)),
        other=replace(conflict.other, value=left(conflict.other.value)),
        before=ABSENT if conflict.before is ABSENT else left(conflict.before),
    )
