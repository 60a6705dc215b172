"""Erasing what a device has stored: read what names the records, write it anew with the verdict.

Between the reads and the write nobody else writes verdicts: the write is refused under a term that
was overtaken, and where it does not follow. Floor: `machines.redaction`, `ports`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pysync.errors import ProtocolError, StoreCorrupt
from pysync.machines.effects import WriteDecisions
from pysync.machines.redaction import Redaction, is_redacted, left_of
from pysync.machines.rounds import VOID_REF
from pysync.model.schema import Schema
from pysync.model.snapshot import NO_RECORDS, bucket_of
from pysync.ports import DecidedRow, Edited, LogRow, Store, StoreFault

Done = Callable[[int | StoreFault], None]


def write_decided(store: Store, schema: Schema, effect: WriteDecisions, done: Done) -> None:
    """Write verdicts; where they erase somebody, with all that is stored about them (LEDGER-5).
    What of a batch must not be kept leaves the log of the device, too."""
    if effect.erases:
        _Erasing(store, Redaction(schema, effect.erases), effect, done).begin()
        return
    late = {row.batch: row.frame for row in effect.rows if is_redacted(row.frame)}
    edited = Edited((), late, {}, {}) if late else None
    store.write_decisions(effect.term, effect.rows, done, edited)


class _Erasing:
    """One write, step by step."""

    def __init__(
        self, store: Store, redaction: Redaction, effect: WriteDecisions, done: Done
    ) -> None:
        self._store: Final = store
        self._redaction = redaction
        self._effect = effect
        self._done = done
        # Of what had no effect of this device's own, the record may never have come to be.
        self._refs = [VOID_REF, *sorted(f"{key}/{rid}" for key, rid in effect.erases)]
        self._names = {bucket_of(*ref) for ref in effect.erases}
        self._decided: dict[int, DecidedRow] = {}
        self._log = {row.batch: row.frame for row in effect.rows if is_redacted(row.frame)}
        self._seed: dict[str, str] = {}
        self._snapshot: dict[str, str] = {}

    def begin(self) -> None:
        """Read one history after the other, then the rows."""
        if self._refs:
            self._store.history(self._refs.pop(), self._read_history)
        else:
            self._store.rows(NO_RECORDS, self._read_kept)

    def _read_history(self, found: Sequence[tuple[DecidedRow, str]] | StoreFault) -> None:
        if isinstance(found, StoreFault):
            self._done(found)
            return
        for row, text in found:
            frame, body = _redacted(self._redaction, row, text)
            if (frame, body) == (text, row.body):
                continue
            self._decided[row.seq] = replace(row, body=body, frame=frame if row.frame else "")
            self._log[row.batch] = frame
        self.begin()

    def _read_kept(self, kept: Mapping[str, str] | StoreFault) -> None:
        """Rows without records; they may be the snapshot's, or of the state below it."""
        if isinstance(kept, StoreFault):
            self._done(kept)
            return
        left = {name: self._row(name, text) for name, text in kept.items()}
        self._snapshot = {name: text for name, text in left.items() if text != kept[name]}
        self._names.update(kept)
        self._read_seed()

    def _read_seed(self) -> None:
        if self._names:
            name = self._names.pop()
            self._store.seed_row(name, lambda text: self._with_seed(name, text))
        else:
            self._store.read_log(0, lambda batch: batch in self._log, self._read_log)

    def _read_log(self, log: Sequence[LogRow] | StoreFault) -> None:
        """What is in no history any more, because a state was taken over since, is still here."""
        if isinstance(log, StoreFault):
            self._done(log)
            return
        for row in log:
            if row.body is not None:
                text = left_of(self._redaction, row.body)
                if text != row.body:
                    self._log[row.batch] = text
        edited = Edited(tuple(self._decided.values()), self._log, self._seed, self._snapshot)
        effect = self._effect
        self._store.write_decisions(effect.term, effect.rows, self._done, edited)

    def _with_seed(self, name: str, text: str | StoreFault | None) -> None:
        if isinstance(text, StoreFault):
            self._done(text)
            return
        if text is not None:
            self._seed[name] = self._row(name, text)
        self._read_seed()

    def _row(self, name: str, text: str) -> str:
        """Without what goes. What cannot be read is none of ours: it is left."""
        try:
            return self._redaction.row(name, text)
        except (StoreCorrupt, ProtocolError, ValueError):
            return text


def _redacted(redaction: Redaction, row: DecidedRow, text: str) -> tuple[str, str]:
    """The batch and its verdicts without what goes; of what cannot be read nothing is kept."""
    try:
        return redaction.entry(text, row.body)
    except (ProtocolError, ValueError):
        return "[]", ""
