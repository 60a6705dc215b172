"""Redaction: stored text without the personal values of people who were erased.

What is left of a batch can be read like any other: which fields were written, when and by whom, but
not what; labels, and the words of rules, which name people, go with the values. So who follows the
log later comes to the same records, for the entry that erases stands in it (ERASE-3).

REDACT-1 no personal value of the records named is in a text made here, wherever it stood: op, value
seen, check sum, label, verdict or conflict; nor of what a change without effect would have made
about these people. REDACT-2 what is redacted again stays as it is; what
nothing goes from is answered as it is. Floor: `messages`, `model`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from pysync.errors import ProtocolError
from pysync.machines import messages
from pysync.model.change import ADD, ERASE, Change, Op, Ref, decode_change
from pysync.model.conflict import decode_conflict
from pysync.model.decision import VOID_OUTCOMES, Decision
from pysync.model.erasing import TOO_LATE, people_of, records_of, redact_conflict
from pysync.model.schema import ERASED, Schema
from pysync.model.snapshot import (
    CONFLICTS_ROW,
    HEADS_ROW,
    UNHEARD_ROW,
    VOID_ROW,
    Packed,
    pack,
    read_rows,
)
from pysync.model.state import State
from pysync.model.write import erase
from pysync.values.jsontext import json_text, parse_json

Json = Any
_KIND, _KEY, _RID, _FIELDS, _BASE, _GONE = range(6)
"""Places in an op as it is written (`model.change`)."""
_OPS: Final = 2
_META: Final = 3
_MARK: Final = ',"redacted"]'
"""How the text of a batch ends from which something went: as a part of its frame that says so."""


def is_redacted(text: str) -> bool:
    """Whether something went from the text of this batch, so that it is not its author's any more.

    >>> is_redacted('[1,"state-update","t1",1700000000000,[4,[]],"redacted"]')
    True
    """
    return text.endswith(_MARK)


def as_redacted(text: str) -> str:
    """The text of a batch, which says then that it is not its author's any more."""
    return text if is_redacted(text) else f"{text[:-1]}{_MARK}"


class Redaction:
    """For these records; None: for all that are about people. `wide`: also for what was written to
    others about these people, for text that nobody makes a state of."""

    def __init__(self, schema: Schema, refs: Collection[Ref] | None, *, wide: bool = False) -> None:
        self._wide = wide
        self._schema = schema
        self._refs = refs
        self._reader = State(schema)
        self.ids = frozenset(json_text(rid)[1:-1] for _, rid in refs or ())
        """Of the records, as they stand in JSON."""

    @property
    def people(self) -> list[Ref]:
        """Those of the records that are people."""
        abouts = self._schema.abouts
        found = (ref for ref in self._refs or () if ref[0] in abouts)
        return sorted(ref for ref in found if abouts[ref[0]].people == ref[0])

    def names(self, text: str) -> bool:
        """Whether the text may say anything of these records: cheap, and sometimes wrongly yes."""
        return self._refs is None or any(rid in text for rid in self.ids)

    def batch(self, text: str, places: Collection[int] | None = None) -> str:
        """The text of a batch; `places`: only of these of its changes. Raises ProtocolError."""
        if not self.names(text):
            return text
        return self._batch(text, places, frozenset())

    def _batch(self, text: str, places: Collection[int] | None, void: Collection[int]) -> str:
        frame = messages.decode(text)
        first, rows = frame.payload[0], frame.payload[1]
        left = [
            self._change(row, void=at in void) if places is None or at in places else row
            for at, row in enumerate(rows)
        ]
        if left == rows:
            return text
        return as_redacted(messages.encode(frame.type, frame.tab, frame.ts, [first, left]))

    def change(self, change: Change) -> Change:
        """A change, as the text of its batch would have it."""
        n = change.mark.n
        row = change.encode(n)
        left = self._change(row)
        return change if left == row else decode_change(change.mark.tab, left, self._schema, n)

    def entry(self, text: str, special: str) -> tuple[str, str]:
        """The text of a batch and of the verdicts on it. Raises ProtocolError."""
        if not self.names(text) and not self.names(special):
            return text, special
        rows = messages.decode(text).payload[1]
        told = parse_json(special) if special else []
        left = self._special(told, rows)
        void = {row[0] for row in told if type(row) is list and row[1] in VOID_OUTCOMES}
        return self._batch(text, None, void), special if left == told else json_text(left)

    def void(self, row: list[Json]) -> list[Json]:
        """A batch of which something had no effect, as `machines.void` carries it over."""
        batch, count, special, text = row
        if not self.names(text):
            return row
        rows = messages.decode(text).payload[1]
        void = {each[0] for each in special if each[1] in VOID_OUTCOMES}
        return [batch, count, self._special(special, rows), self._batch(text, None, void)]

    def row(self, name: str, text: str) -> str:
        """A row of a snapshot or a first state. Raises StoreCorrupt."""
        if not self.names(text) or name == HEADS_ROW:
            return text
        if name == CONFLICTS_ROW:
            rows = parse_json(text)
            left = [self._conflict(row) for row in rows]
            return text if left == rows else json_text(left)
        if name.startswith(VOID_ROW):
            return json_text([self.void(row) for row in parse_json(text)])
        if name.startswith(UNHEARD_ROW):
            return self.batch(text) if text else text
        packed = Packed(name, text)
        declared = self._schema.collection(packed.key)
        cells = packed.cells()
        changed = {}
        for rid, cell in cells.items():
            paths = {*cell.fields, *cell.marks}
            gone = {path.split("/", 1)[0] for path in paths if declared.is_personal(path)}
            if gone and self._concerns(packed.key, rid):
                op = Op(ERASE, packed.key, rid, {}, "", tuple(gone))
                changed[rid] = erase(cell, op, cell.rev, declared)
        return pack(name, {**cells, **changed}) if changed else text

    # -- inside -----------------------------------------------------------------------------------

    def _concerns(self, key: str, rid: str) -> bool:
        return key in self._schema.abouts and (self._refs is None or (key, rid) in self._refs)

    def _touches(self, row: list[Json]) -> bool:
        """Whether the change writes to one of the records, or names one of the people."""
        return any(self._concerns(op[_KEY], op[_RID]) or self._mentions(op) for op in row[_OPS])

    def _mentions(self, op: list[Json]) -> bool:
        about = self._schema.abouts.get(op[_KEY])
        if about is None or self._refs is None:
            return False
        record = {"id": op[_RID], **op[_FIELDS]}
        people = people_of(about, self._reader, op[_KEY], record)
        return any((about.people, each) in self._refs for each in people)

    def _change(self, row: list[Json], *, void: bool = False) -> list[Json]:
        """`void`: nobody makes a state of it, and what it would have made is no record."""
        if not self._touches(row):
            return row
        named = {op[_RID] for op in row[_OPS] if self._mentions(op)} if void or self._wide else ()
        left = [*row[:_OPS], [self._op(op, wide=op[_RID] in named) for op in row[_OPS]]]
        if len(row) > _META:
            left.append(self._meta(row[_META], erases=any(op[_KIND] == ERASE for op in row[_OPS])))
        return left

    def _op(self, op: list[Json], *, wide: bool = False) -> list[Json]:
        key = op[_KEY]
        concerns = self._concerns(key, op[_RID]) or (wide and key in self._schema.abouts)
        if not concerns or op[_KIND] == ERASE:
            return op
        left = [*op]
        is_personal = self._schema.collection(key).is_personal
        empty = 0 if op[_KIND] == ADD else None
        # That a field was written stays, and so its mark; a name below it may be a value.
        left[_FIELDS] = {
            path: empty if is_personal(path) else value
            for path, value in op[_FIELDS].items()
            if "/" not in path or not is_personal(path)
        }
        if type(op[_BASE]) is dict:
            left[_BASE] = {p: v for p, v in op[_BASE].items() if "/" not in p or not is_personal(p)}
        if len(op) > _GONE:
            left[_GONE] = [p for p in op[_GONE] if "/" not in p or not is_personal(p)]
        return left

    def _meta(self, meta: Mapping[str, Json], *, erases: bool) -> dict[str, Json]:
        left = {name: value for name, value in meta.items() if name != "l" or erases}
        left.pop("d", None)  # With a check sum somebody could try values out.
        if "w" in left:
            left["w"] = {place: v for place, v in left["w"].items() if not self._is_at(place)}
        return left

    def _is_at(self, place: str) -> bool:
        key, _, rest = place.partition("/")
        rid, _, path = rest.partition("/")
        return self._concerns(key, rid) and self._schema.collection(key).is_personal(path)

    def _special(self, special: Json, rows: list[Json]) -> Json:
        left: list[Json] = []
        for row in special or ():
            if type(row) is int:  # by how much a clock was set right
                left.append(row)
                continue
            at, outcome, code, message, params, writes, conflicts = row
            if at >= len(rows) or self._touches(rows[at]):
                kept = [message, params] if code == TOO_LATE else ["", {}]
            else:
                kept = [message, params]
            made = [self._conflict(conflict) for conflict in conflicts]
            done = [self._op(op, wide=self._wide and self._mentions(op)) for op in writes]
            left.append([at, outcome, code, *kept, done, made])
        return left

    def _conflict(self, row: list[Json]) -> list[Json]:
        conflict = decode_conflict(row)
        if not self._concerns(conflict.key, conflict.rid):
            return row
        left = redact_conflict(conflict, self._schema)
        return row if left is conflict else left.encode()


def without_erased(change: Change, decision: Decision, schema: Schema) -> Change:
    """The change as it is kept after that decision: as it is, unless it was about people who were
    erased. Nothing of it is kept then."""
    late = decision.late or decision.code == TOO_LATE
    return Redaction(schema, None).change(change) if late else change


def erased_in(rows: Mapping[str, str], schema: Schema) -> frozenset[Ref]:
    """All records in these rows of a state that are about people who were erased. Raises
    StoreCorrupt."""
    state = State(schema)
    if any(f'"{ERASED}"' in text for text in rows.values()):
        state.hold(read_rows(rows).packed)
    people = {about.people for about in schema.abouts.values()}
    found = ((key, rid, cell) for key in people for rid, cell in state.cells.get(key, {}).items())
    erased = [(key, rid) for key, rid, cell in found if ERASED in cell.fields]
    return frozenset(ref for key, rid in erased for ref in records_of(state, key, rid))


def left_of(redaction: Redaction, text: str) -> str:
    """The batch without what goes; of what cannot be read nothing is kept."""
    try:
        return redaction.batch(text)
    except (ProtocolError, ValueError):
        return "[]"


def redact_late(text: str, places: Collection[int], schema: Schema) -> str:
    """A batch of which the changes at these places wrote about people who were erased: nothing
    personal that they hold is kept, whomever it is about."""
    try:
        return Redaction(schema, None).batch(text, places)
    except ValueError as error:
        raise ProtocolError(f"a batch cannot be redacted: {error}") from None


def is_same(text: str, stored: str, schema: Schema) -> bool:
    """Whether what is stored is this batch, or may be it after something went from it."""
    if text == stored or not is_redacted(stored):
        return text == stored
    redaction = Redaction(schema, None)
    mine, theirs = redaction.batch(text), redaction.batch(stored)
    return _frame(mine) == _frame(theirs)


def _frame(text: str) -> str:
    """Without the part that says that something went."""
    return text.removesuffix(_MARK).removesuffix("]")
