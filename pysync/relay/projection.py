"""Projection: an entry, or a state, as a role may see it.

Fields and collections that the role does not read are taken out of ops, decided writes, conflicts
and everything else that carries values; a record that it knows of keeps an op without fields, so
that every reader has the same records at the same versions. A guard's words are the author's, and
nobody else's who does not read everything: write them so that the author may read them.

PROJECT-1 what a role may not read is in no text made for it. PROJECT-2 what nothing is hidden of is
answered as it is, the same object. PROJECT-3 applying projected entries on a projected state gives
the projection of what applying all of them gives. Floor: `machines`, `model.rights`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pysync.machines import messages
from pysync.machines.redaction import as_redacted, is_redacted
from pysync.machines.relay_frames import EntryRow
from pysync.model.change import META_NAMES
from pysync.model.decision import VOID_OUTCOMES
from pysync.model.rights import Rights
from pysync.model.snapshot import CONFLICTS_ROW, HEADS_ROW, Packed, pack
from pysync.values.jsontext import json_text, parse_json

Json = Any
_KEY, _RID, _FIELDS, _BASE, _GONE = 1, 2, 3, 4, 5
"""Places in an op as it is written (`model.change`)."""
_OPS: Final = 2
_META: Final = 3


def project_entry(row: EntryRow, rights: Rights, *, own: bool) -> EntryRow:
    """The entry for a reader of this role; `own`: who sent it, and may know why it was refused.

    It is one that our own relay wrote: what cannot be read raises ProtocolError or ValueError.
    """
    if rights.reads_all:
        return row
    text = row.text if own and _may_stay(row, rights) else _batch(row.text, rights)
    special = _special(row.special, rights, own=own) if row.special else ""
    return (
        row
        if (text, special) == (row.text, row.special)
        else replace(row, text=text, special=special)
    )


def authors_of(row: EntryRow) -> set[str]:
    """Who made the changes of this entry; "" where that is not said."""
    changes = messages.decode(row.text).payload[1]
    return {change[_META].get("a", "") if len(change) > _META else "" for change in changes}


def _may_stay(row: EntryRow, rights: Rights) -> bool:
    """Whether the device that wrote it can hold it as it is: of what happened in a module that it
    leaves out by now it keeps nothing. What had no effect is its to keep."""
    if not rights.left_out:
        return True
    special = parse_json(row.special) if row.special else []
    void = {each[0] for each in special if type(each) is list and each[1] in VOID_OUTCOMES}
    changes = messages.decode(row.text).payload[1]
    happened = (change for at, change in enumerate(changes) if at not in void)
    return all(rights.knows(op[_KEY]) for change in happened for op in change[_OPS])


def _batch(text: str, rights: Rights) -> str:
    frame = messages.decode(text)
    first, changes = frame.payload[0], frame.payload[1]
    shown = [_change(change, rights) for change in changes]
    if shown == changes:
        return text
    made = messages.encode(frame.type, frame.tab, frame.ts, [first, shown])
    return as_redacted(made) if is_redacted(text) else made


def _change(change: list[Json], rights: Rights) -> list[Json]:
    ops = _ops(change[_OPS], rights)
    if len(change) <= _META:
        return [*change[:_OPS], ops]
    # What this build does not know it cannot tell whether anybody may read.
    meta = {name: value for name, value in change[_META].items() if name in META_NAMES}
    if "w" in meta:
        meta["w"] = {place: v for place, v in meta["w"].items() if _sees(place, rights)}
    meta.pop("d", None)  # With a check sum somebody could try values out.
    if ops != change[_OPS]:
        meta.pop("l", None)  # It is made of what was changed.
    return [*change[:_OPS], ops, meta]


def _sees(place: str, rights: Rights) -> bool:
    key, _, rest = place.partition("/")
    return rights.may_read(key, rest.partition("/")[2])


def _ops(ops: list[list[Json]], rights: Rights) -> list[list[Json]]:
    return [_op(op, rights) for op in ops if rights.knows(op[_KEY])]


def _op(op: list[Json], rights: Rights) -> list[Json]:
    key = op[_KEY]
    shown = [*op]
    shown[_FIELDS] = {p: value for p, value in op[_FIELDS].items() if rights.may_read(key, p)}
    if type(op[_BASE]) is dict and op[0] != "-":
        shown[_BASE] = {r: seen for r, seen in op[_BASE].items() if rights.may_read(key, r)}
    if len(op) > _GONE:
        shown[_GONE] = [path for path in op[_GONE] if rights.may_read(key, path)]
    return shown


def _special(special: str, rights: Rights, *, own: bool) -> str:
    rows = parse_json(special)
    shown: list[Json] = []
    for row in rows:
        if type(row) is int:  # by how much a clock was set right
            shown.append(row)
            continue
        at, outcome, code, message, params, writes, conflicts = row
        words = [message, params] if own else ["", {}]
        told = [conflict for conflict in conflicts if _sees_conflict(conflict, rights)]
        shown.append([at, outcome, code, *words, _ops(writes, rights), told])
    return special if shown == rows else json_text(shown)


def _sees_conflict(conflict: list[Json], rights: Rights) -> bool:
    _, key, _, register = conflict[:4]
    return rights.may_read(key, register) if register else rights.knows(key)


def shown_epoch(epoch: str, sees: Rights | None) -> str:
    """What the epoch is called to readers of these rights: a state that was made for somebody who
    may read something else is of another log for them."""
    return epoch if sees is None or sees.reads_all else f"{epoch}.{sees.digest}"


def log_of(shown: str) -> str:
    """The epoch that is called so to somebody."""
    return shown.partition(".")[0]


def project_rows(rows: Mapping[str, str], rights: Rights) -> dict[str, str]:
    """A state, as rows of a snapshot, for this role. Takes time: every record is read.

    Raises StoreCorrupt for rows that are none.
    """
    if rights.reads_all:
        return dict(rows)
    shown: dict[str, str] = {}
    for name, text in rows.items():
        if name == CONFLICTS_ROW:
            told = [row for row in parse_json(text) if _sees_conflict(row, rights)]
            shown[name] = json_text(told)
        elif name == HEADS_ROW:
            shown[name] = text
        elif rights.knows(name.rpartition("/")[0]):
            shown[name] = _bucket(name, text, rights)
    return shown


def _bucket(name: str, text: str, rights: Rights) -> str:
    packed = Packed(name, text)
    seen = {rid: rights.seen(packed.key, cell) for rid, cell in packed.cells().items()}
    return pack(name, {rid: cell for rid, cell in seen.items() if cell is not None})
