"""Void: changes of a device's tabs that had no effect, as its store finds them again.

They are marked in the index of histories by a reference of their own (`rounds.VOID_REF`), with
those that took the place of others; when a relay's state is taken over, a row of it carries them.

VOID-1 what was refused is found again, with its content and the reason, after all tabs were closed
and after the relay's state was taken over, until it was tried again or discarded. VOID-2 what is
kept so holds nothing about people who were erased by then. Floor: `rounds`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pysync.errors import ProtocolError, StoreCorrupt
from pysync.machines.batches import Batch, parse_batch
from pysync.machines.redaction import redact_late
from pysync.machines.rounds import VOID, judged
from pysync.model.change import Change
from pysync.model.decision import VOID_OUTCOMES, Decision, is_void
from pysync.model.erasing import TOO_LATE, spare
from pysync.model.schema import Schema
from pysync.model.state import Reader
from pysync.ports import DecidedRow
from pysync.values.jsontext import json_text, parse_json


class VoidRow(NamedTuple):
    """One batch, with the verdicts on it."""

    batch: str
    changes: int
    """How many it has."""
    special: list[Any]
    """Exceptions as JSON."""
    text: str


def pack_void(rows: Iterable[VoidRow]) -> str:
    """The row in which they are carried over."""
    return json_text([list(row) for row in rows])


def unpack_void(texts: Iterable[str]) -> list[VoidRow]:
    """The inverse, for some of them. Raises StoreCorrupt."""
    try:
        return [VoidRow(*row) for text in texts for row in parse_json(text)]
    except (ValueError, TypeError) as error:
        raise StoreCorrupt(f"the row of what is void cannot be read: {error}") from None


def void_row(batch: Batch, special: Mapping[int, Decision], reader: Reader) -> VoidRow:
    """A batch of which the relay said without an entry what became of it. What `reader` shows to be
    about people who were erased since it was made is not kept, whatever became of it (VOID-2)."""
    said = [[at, *decision.encode()] for at, decision in special.items()]
    late = {at for at, decision in special.items() if decision.code == TOO_LATE}
    spared = (spare(reader, change.fitting) for change in batch.changes)
    late |= {at for at, each in enumerate(spared) if each.dropped}
    text = redact_late(batch.text, late, reader.schema) if late else batch.text
    return VoidRow(batch.id, len(batch.changes), said, text)


def all_void(kept: Iterable[str], found: Iterable[tuple[DecidedRow, str]]) -> list[VoidRow]:
    """What is kept of former states, and what the store found since under VOID_REF. Raises
    StoreCorrupt."""
    rows = {row.batch: row for row in unpack_void(kept)}
    for row, text in found:
        said = [each for each in (parse_json(row.body) if row.body else []) if type(each) is list]
        if row.batch in rows:
            # It was sent again: then the reason is the one that was given at first.
            first = {each[0]: each for each in rows[row.batch].special}
            first |= {each[0]: each for each in said if each[2] != VOID.code}
            said = list(first.values())
        rows[row.batch] = VoidRow(row.batch, row.count, said, text)
    return list(rows.values())


def void_places(rows: Iterable[VoidRow]) -> dict[str, tuple[int, ...]]:
    """Batches of which changes had no effect -> which ones of them; () for all."""
    found: dict[str, tuple[int, ...]] = {}
    for row in rows:
        places = tuple([each[0] for each in row.special if each[1] in VOID_OUTCOMES])
        if places:
            found[row.batch] = places if len(places) < row.changes else ()
    return found


def unsettled(rows: Iterable[VoidRow], schema: Schema) -> list[tuple[Change, Decision]]:
    """Changes without effect of which nothing came since, and why, the oldest first. What cannot be
    read is left out."""
    found: dict[str, tuple[Change, Decision]] = {}
    done: set[str] = set()
    for row in rows:
        try:
            batch, special = judged(parse_batch(row.text, schema), row.special, row.changes)
        except ProtocolError:
            continue
        for at, change in enumerate(batch.changes):
            done.update(change.meta.supersedes)
            decision = special.get(at)
            if is_void(decision):
                found[change.id] = (change, decision)
    return [each for change_id, each in found.items() if change_id not in done]
