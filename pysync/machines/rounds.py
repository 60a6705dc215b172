"""Rounds: verdicts on batches, from the confirmed state to rows of the log, and back from them.

ROUND-1 deciding touches nothing: the state moves when the rows are committed. ROUND-2 a change that
was predicted on the very cells that are confirmed is not decided twice, unless a guard watches it.
Floor: `replica`, `batches`, `model.reducer`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pysync.errors import ProtocolError
from pysync.machines.batches import POINTER_CHARS, Batch, parse_batch
from pysync.machines.redaction import Redaction, redact_late
from pysync.machines.replica import Replica
from pysync.model.change import Change, Ref
from pysync.model.decision import Decision, decode_decision, is_void
from pysync.model.erasing import erases
from pysync.model.overlay import Indexed, Overlay
from pysync.model.reducer import decide
from pysync.model.rights import Rights
from pysync.model.schema import Schema
from pysync.ports import DecidedRow

UNREADABLE: Final = Decision(
    outcome="refused", code="unreadable", message="the leading tab could not read it: reload it"
)
"""The verdict on a batch of which the leader knows only that it is there."""
VOID_REF: Final = "~void"
"""Under which a device finds those of its own batches again (`void`)."""
VOID: Final = Decision(
    outcome="refused", code="void", message="it had no effect before this log was put back"
)


@dataclass(frozen=True, slots=True)
class Round:
    """Verdicts on their way into the store."""

    rows: tuple[DecidedRow, ...]
    batches: tuple[Batch, ...]
    decisions: tuple[dict[int, Decision], ...]

    @property
    def erases(self) -> frozenset[Ref]:
        """The records of people who are erased by it."""
        decided = (decision for special in self.decisions for decision in special.values())
        return frozenset(ref for decision in decided for ref in erases(decision.writes))

    def redacted(self, schema: Schema) -> Round:
        """The same without the text of what it erases, up to where it does. Raises
        ProtocolError."""
        if not self.erases:
            return self
        left = [(batch.text, row.body) for row, batch in zip(self.rows, self.batches, strict=True)]
        for at, special in enumerate(self.decisions):
            refs = erases(op for decision in special.values() for op in decision.writes)
            if refs:
                redaction = Redaction(schema, refs)
                left[: at + 1] = [redaction.entry(*each) for each in left[: at + 1]]
        rows = [
            replace(row, body=body, frame=text if row.frame or text != batch.text else "")
            for row, batch, (text, body) in zip(self.rows, self.batches, left, strict=True)
        ]
        return replace(self, rows=tuple(rows))

    def payload(self, term: int, generation: int) -> list[Any]:
        """What is announced of it. What the others cannot know goes along, unless it is long:
        then they read it from the store."""
        whole = sum(len(row.frame) for row in self.rows) <= POINTER_CHARS
        rows: list[list[Any]] = []
        for row in self.rows:
            rows.append([row.seq, row.count, row.log_key, row.batch])
            if row.body or row.frame:
                rows[-1].append(json.loads(row.body or "0"))
            if row.frame:
                rows[-1].append(row.frame if whole else STORED)
        return [term, rows, generation] if generation else [term, rows]


STORED: Final = 1
"""In the place of a batch: the store has its text, which may be less than who hears it holds."""


def refs_of(batch: Batch, special: Mapping[int, Decision], *, own: bool) -> tuple[str, ...]:
    """`collection/record` of every record that a batch with these exceptions touches; if a tab of
    this device made it (`own`), also VOID_REF where a change of it had no effect, or takes the
    place of one that had none."""
    refs: dict[str, None] = {}
    for at, change in enumerate(batch.changes):
        decision = special.get(at)
        for op in (*change.ops, *(decision.writes if decision is not None else ())):
            refs[f"{op.key}/{op.rid}"] = None
    replaces = any(change.meta.supersedes for change in batch.changes)
    if own and (replaces or any(map(is_void, special.values()))):
        refs[VOID_REF] = None
    return tuple(refs)


def decide_round(
    replica: Replica,
    found: Sequence[Batch],
    term: int,
    alive: Callable[[str], bool],
    rights: Rights | None = None,
    void: Container[int] = frozenset(),
    *,
    sees: Rights | None = None,
    asks: bool = False,
) -> Round:
    """Decide these batches under `term` on the confirmed state, without touching it. `alive` tells
    whether a tab is there to run a function again; `rights` are those of who sends the batches and
    `sees` what that device is shown, None: all; changes at the places `void` are to have no effect;
    `asks` as of `reducer.decide`."""
    reader = Indexed(replica.confirmed, Overlay(replica.schema))
    seq = replica.seq
    rows: list[DecidedRow] = []
    taken: list[Batch] = []
    verdicts: list[dict[int, Decision]] = []
    for batch in found:
        special: dict[int, Decision] = {} if batch.changes else {0: UNREADABLE}
        for at, change in enumerate(batch.changes):
            decision = (
                VOID
                if at in void
                else _decide_one(replica, reader, change, alive, rights, sees, asks=asks)
            )
            if decision is not None:
                special[at] = decision
        late = [at for at, decision in special.items() if decision.late]
        if late:
            batch = _without(batch, late, replica.schema)  # noqa: PLW2901
        taken.append(batch)
        rows.append(
            DecidedRow(
                seq + 1,
                max(1, len(batch.changes)),
                batch.key or 0,
                batch.id,
                term,
                encode_special(special),
                refs_of(batch, special, own=True),
                batch.text if late else "",
            )
        )
        verdicts.append(special)
        seq += max(1, len(batch.changes))
    return Round(tuple(rows), tuple(taken), tuple(verdicts))


def _without(batch: Batch, late: Sequence[int], schema: Schema) -> Batch:
    """The batch without what may not be kept, made when it was (its clock may have been set
    right)."""
    left = parse_batch(redact_late(batch.text, late, schema), schema)
    pairs = zip(batch.changes, left.changes, strict=True)
    changes = [Change(was.mark, c.ops, c.meta, c.dropped, c.fitting) for was, c in pairs]
    return replace(left, changes=tuple(changes), key=batch.key)


def _decide_one(
    replica: Replica,
    reader: Indexed,
    change: Change,
    alive: Callable[[str], bool],
    rights: Rights | None,
    sees: Rights | None,
    *,
    asks: bool,
) -> Decision | None:
    """Decide one change; None: as sent. A prediction made on these very cells stands, where no
    guard could have seen anything else."""
    beyond = rights.refusal(change, replica.conflicts) if rights is not None else None
    if beyond is not None:
        return Decision(
            outcome="refused", code=beyond.code, message=beyond.message, params=beyond.params
        )
    entry = replica.pending.get(change.id)
    if entry is not None and entry.plain and not _depends(replica, change):
        for ref, cell in entry.pre.items():
            if reader.cell(*ref) is not cell:
                break
        else:
            reader.take(entry.post)
            return None
    decision = decide(reader, change, alive, sees, asks=asks)
    reader.take(decision.cells)
    return None if decision.plain and decision.outcome == "applied" else decision


def _depends(replica: Replica, change: Change) -> bool:
    """Whether its outcome depends on more than the records it writes."""
    return bool(change.meta.reads) or replica.is_guarded(change)


def read_verdicts(payload: Any) -> tuple[int, list[Any], int]:
    """The term, the rows and the generation of an announcement. Raises ProtocolError."""
    if not isinstance(payload, list) or not 2 <= len(payload) <= 3 or type(payload[1]) is not list:
        raise ProtocolError("verdicts are a term, rows and perhaps a generation")
    term, rows, generation = (*payload, 0)[:3]
    if type(term) is not int or type(generation) is not int:
        raise ProtocolError("a term and a generation are integers")
    return term, rows, generation


def encode_special(special: dict[int, Decision]) -> str:
    """The verdicts that are not "applied as sent" as text; "" for none."""
    if not special:
        return ""
    rows = [[at, *decision.encode()] for at, decision in special.items()]
    return json.dumps(rows, separators=(",", ":"), ensure_ascii=False)


def with_clock(special: str, ms: int) -> str:
    """These exceptions, after a number that says by how much the stamps of the batch are moved."""
    if not ms:
        return special
    return f"[{ms},{special[1:]}" if special else f"[{ms}]"


def judged(batch: Batch, rows: Any, count: int) -> tuple[Batch, dict[int, Decision]]:
    """A batch of `count` changes as it was decided, and its exceptions, from JSON: a list of them,
    or 0, and before them perhaps a number of ms by which the relay set its author's clock right
    (`relay.pushed`). Raises ProtocolError."""
    return set_right(batch, rows), decode_special(rows, count)


def set_right(batch: Batch, rows: Any) -> Batch:
    """The batch with its author's clock set right, if that is said before its exceptions."""
    moved = isinstance(rows, list) and rows and type(rows[0]) is int
    return batch.moved(rows[0]) if moved else batch


def decode_special(rows: Any, count: int) -> dict[int, Decision]:
    """The inverse of `encode_special` for a batch of `count` changes, from JSON; of a clock that
    was set right it says nothing (`judged`). Raises ProtocolError."""
    if not rows:
        return {}
    if not isinstance(rows, list):
        raise ProtocolError("exceptions are a list")
    special: dict[int, Decision] = {}
    for row in rows[1:] if type(rows[0]) is int else rows:
        if not isinstance(row, list) or not row or type(row[0]) is not int:
            raise ProtocolError("an exception begins with a number")
        if not 0 <= row[0] < count:
            raise ProtocolError("an exception names its change")
        special[row[0]] = decode_decision(row[1:])
    return special


def unreadable(batch_id: str, text: str) -> Batch:
    """A stand-in for a stored batch that cannot be read: it takes its place and does nothing."""
    tab, _, first = batch_id.rpartition(".")
    return Batch(tab or "?", int(first) if first.isdecimal() else 1, (), text)
