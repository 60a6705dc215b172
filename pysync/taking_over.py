"""Taking over: a relay's state takes the place of what a device's store holds.

TAKEOVER-1 what of this device is not in that state is undecided again, and is pushed anew.
TAKEOVER-2 what had no effect has none when it is sent again. TAKEOVER-3 what is in the state though
its outcome was never heard is asked for, also by who comes later. All of it is in the transaction
that replaces the state. TAKEOVER-4 so nothing of people who were erased in it is kept. Floor:
`machines.void`, `machines.redaction`, `ports`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pysync.errors import StoreCorrupt
from pysync.machines.redaction import Redaction, erased_in, left_of
from pysync.machines.rounds import VOID_REF
from pysync.machines.void import all_void, pack_void
from pysync.model.schema import Schema
from pysync.model.snapshot import NO_RECORDS, UNHEARD_ROW, VOID_ROW, Rows, read_rows
from pysync.ports import Beginning, DecidedRow, LogRow, Store, StoreFault

Done = Callable[[int | StoreFault], None]


def take_over(
    store: Store,
    schema: Schema,
    term: int,
    state: Beginning,
    undecided: Mapping[str, str],
    done: Done,
) -> None:
    """Put a relay's state in the place of what the store holds, under the leader's `term`;
    `undecided` are the batches of this device that are not decided as far as it knows, by id.
    Answers as `Store.take_over`; `corrupt` for a state that cannot be read."""
    try:
        found = read_rows(state.rows).decode()
        gone = Redaction(schema, erased_in(state.rows, schema), wide=True)
    except StoreCorrupt as error:
        done(StoreFault("corrupt", str(error)))
    else:
        _TakeOver(store, term, state, undecided, found, gone, done).begin()


class _TakeOver:
    """One of them, step by step."""

    def __init__(
        self,
        store: Store,
        term: int,
        state: Beginning,
        undecided: Mapping[str, str],
        found: Rows,
        gone: Redaction,
        done: Done,
    ) -> None:
        self._store: Final = store
        self._term = term
        self._state = state
        self._rows = dict(state.rows)
        self._undecided = undecided
        self._found = found
        self._gone = gone
        self._done = done

    def begin(self) -> None:
        """Read what is kept of the states before."""
        self._store.rows(NO_RECORDS, self._read_kept)

    def _read_kept(self, kept: Mapping[str, str] | StoreFault) -> None:
        if isinstance(kept, StoreFault):
            self._done(kept)
            return
        try:
            before = read_rows(kept)
        except StoreCorrupt as error:
            self._done(StoreFault("corrupt", str(error)))
            return
        for batch, text in {**before.unheard, **self._undecided}.items():
            if self._found.holds(batch):
                self._rows[UNHEARD_ROW + batch] = left_of(self._gone, text)
        self._store.history(VOID_REF, lambda rows: self._read_void(before, rows))

    def _read_void(self, before: Rows, rows: Sequence[tuple[DecidedRow, str]] | StoreFault) -> None:
        if isinstance(rows, StoreFault):
            self._done(rows)
            return
        # Also what the state holds: it may be put back once more, behind that.
        try:
            void = all_void([*self._found.void, *before.void], rows)
        except StoreCorrupt as error:
            self._done(StoreFault("corrupt", str(error)))
            return
        if void:
            self._rows[VOID_ROW] = self._gone.row(VOID_ROW, pack_void(void))
        self._store.read_log(0, lambda _batch: not self._gone.ids, self._read_log)

    def _read_log(self, log: Sequence[LogRow] | StoreFault) -> None:
        if isinstance(log, StoreFault):
            self._done(log)
            return
        log_key = 0
        for row in log:
            if not self._found.holds(row.batch):
                break
            log_key = row.key
        texts = [(row, left_of(self._gone, row.body)) for row in log if row.body is not None]
        edited = [replace(row, body=text) for row, text in texts if text != row.body]
        state = replace(self._state, rows=self._rows, log=edited)
        self._store.take_over(self._term, state, log_key, self._done)
