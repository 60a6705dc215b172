"""Entries of a relay's log as a device reads them: the batch, the verdicts on it, and where it is
in the device's own log. Floor: `relay_frames`, `batches`, `rounds`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from pysync.errors import ProtocolError
from pysync.machines.batches import Batch, parse_batch
from pysync.machines.redaction import is_redacted
from pysync.machines.relay_frames import Heard
from pysync.machines.rounds import judged, refs_of
from pysync.model.decision import Decision
from pysync.model.schema import Schema
from pysync.ports import DecidedRow


class Unreadable(ProtocolError):
    """This build cannot read an entry. Nothing behind it can be followed: what was passed over once
    would be missing for ever."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, understood."""

    heard: Heard
    batch: Batch
    special: dict[int, Decision]
    own: bool
    """Whether a tab of this device made it, also if the relay tells less of it than is here."""
    whole: bool
    """Whether the relay tells of it all that is here."""

    def row(self, term: int, key: int) -> DecidedRow:
        """As it is stored; `key` is its batch's place in the device's log, 0 if it has none."""
        heard, body = self.heard, ""
        if heard.special:
            body = json.dumps(heard.special, separators=(",", ":"), ensure_ascii=False)
        return DecidedRow(
            heard.seq,
            heard.count,
            key,
            heard.batch,
            term,
            body,
            refs_of(self.batch, self.special, own=self.own),
            "" if key and self.whole and not is_redacted(self.batch.text) else self.batch.text,
        )


def read_entry(heard: Heard, own: Batch | None, schema: Schema, *, given_up: bool = False) -> Entry:
    """Understand an entry; `own` is its batch where the device has it, `given_up`: it had it.

    Raises Unreadable for what only another build can have written, ProtocolError for what makes no
    sense: a new connection brings it again, in full.
    """
    if own is None and not heard.text:
        raise ProtocolError(f"entry {heard.seq} lacks its batch")
    try:
        batch = own
        if batch is None or not batch.changes or heard.text not in ("", batch.text):
            batch = parse_batch(heard.text, schema)  # A relay may tell less of it than is here.
        decided, special = judged(batch, heard.special, heard.count)
    except ProtocolError as error:
        raise Unreadable("this page is older than what others wrote: reload it") from error
    if batch.id != heard.batch or len(batch.changes) != heard.count:
        raise ProtocolError(f"entry {heard.seq} is not of its batch")
    ours = given_up or (own is not None and own.key is not None)
    return Entry(heard, decided, special, ours, own is None or batch is own)
