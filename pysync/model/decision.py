"""Decisions: what became of a change, and how it is written into the log.

Floor: `change`, `conflict`, `write`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeGuard

from pysync.errors import InvalidValue, ProtocolError
from pysync.model.cell import Cell, Mark
from pysync.model.change import ADD, KINDS, Op, Ref
from pysync.model.conflict import Conflict, decode_conflict
from pysync.model.names import check_key
from pysync.model.schema import Schema
from pysync.model.state import Reader
from pysync.model.write import apply_op
from pysync.values.jsonvalue import freeze

Outcome = Literal["applied", "merged", "conflict", "amended", "refused", "retry"]

VOID_OUTCOMES: Final = ("refused", "retry")
"""Those of a change that had no effect."""


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
    late: bool = False
    """Whether personal values were taken out because the person was erased: the text of the batch
    must not be kept."""

    @property
    def as_sent(self) -> bool:
        """Whether nothing but the ops needs to be known of it."""
        return self.plain and self.outcome == "applied"

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


def is_void(decision: Decision | None) -> TypeGuard[Decision]:
    """Whether the change had no effect: it was refused, or its function is to run again."""
    return decision is not None and decision.outcome in VOID_OUTCOMES


def decode_decision(row: Any) -> Decision:
    """Read what `encode` wrote; `cells` is empty until it is applied. Raises ProtocolError."""
    try:
        outcome, code, message, params, writes, conflicts = row
        if outcome not in ("applied", "merged", "conflict", "amended", "refused", "retry"):
            raise ProtocolError(f"unknown outcome {outcome!r}")
        return Decision(
            outcome=outcome,
            code=freeze(str(code)),
            message=freeze(str(message)),
            params=freeze(dict(params)),
            writes=tuple([_decode_write(item) for item in writes]),
            conflicts=tuple([decode_conflict(item) for item in conflicts]),
        )
    except (TypeError, ValueError, LookupError, AttributeError, InvalidValue) as error:
        raise ProtocolError(f"malformed decision: {error}") from None


def _decode_write(row: Any) -> Op:
    """Values were checked by the decider: they are only frozen. The form is checked."""
    kind, key, rid, gone = row[0], row[1], row[2], row[5] if len(row) > 5 else []
    if kind not in KINDS or type(key) is not str or type(rid) is not str or type(gone) is not list:
        raise ProtocolError(f"malformed write {row!r:.80}")
    check_key(key)
    freeze(rid)
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
