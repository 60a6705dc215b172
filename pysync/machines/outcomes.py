"""Outcomes: what the relay says of this device's batches besides their entries, told to every tab.

A batch that the relay will never take is taken back. One that is in a state which was taken over
has no entry for this device any more: its leader sends it again, and is told what became of it.

OUTCOME-1 who made a change hears what became of it, also if its entry was never heard; and hears it
once. Floor: `books`, `confirming`, `owner`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pysync.errors import ProtocolError
from pysync.machines import messages
from pysync.machines.batches import Batch
from pysync.machines.books import Books
from pysync.machines.effects import Effect, Post
from pysync.machines.owner import Owner
from pysync.machines.rounds import decode_special
from pysync.machines.void import pack_void, void_row
from pysync.model.decision import Decision, is_void
from pysync.model.snapshot import UNHEARD_ROW, VOID_ROW


class Outcomes:
    """One tab's part in it."""

    def __init__(self, *, tab: str, books: Books, out: list[Effect], owner: Owner) -> None:
        self._tab = tab
        self._books = books
        self._out = out
        self._owner = owner

    # -- the leader hears them --------------------------------------------------------------------

    def rejected(self, batch: str, code: str, message: str) -> None:
        """The relay will never take this batch: every tab is told."""
        self._refuse(batch, code, message)
        self._tell(messages.RELAY_REJECT, [batch, code, message])

    def known(self, batch: str, special: Any) -> None:
        """The batch was in the state that was taken over, decided so: every tab is told. Raises
        ProtocolError."""
        self._settle(batch, special)
        self._tell(messages.RELAY_KNOWN, [batch, special])

    def greet(self) -> None:
        """A tab is new, or back: tell it what it may not have heard."""
        for batch, (code, message) in self._books.rejected.items():
            self._tell(messages.RELAY_REJECT, [batch, code, message])

    def _tell(self, type_: str, payload: list[Any]) -> None:
        self._out.append(Post(messages.encode(type_, self._tab, self._owner.now.wall, payload)))

    # -- and tells the others ---------------------------------------------------------------------

    def heard_reject(self, payload: Any) -> None:
        """The leader tells what the relay will never take. Raises ProtocolError."""
        if not isinstance(payload, list) or [type(part) for part in payload] != [str] * 3:
            raise ProtocolError("a rejection is a batch, a code and a message")
        self._refuse(*payload)

    def heard_known(self, payload: Any) -> None:
        """The leader tells what became of a batch. Raises ProtocolError."""
        if not isinstance(payload, list) or len(payload) != 2 or type(payload[0]) is not str:
            raise ProtocolError("an outcome is a batch and its exceptions")
        self._settle(*payload)

    def _refuse(self, batch_id: str, code: str, message: str) -> None:
        books = self._books
        unheard = books.unheard.pop(batch_id, None)
        batch = books.open.get(batch_id) or unheard
        books.reject(batch_id, code, message)
        if batch is not None:
            refused = Decision(outcome="refused", code=code, message=message)
            books.forget(batch)
            self._keep(batch, dict.fromkeys(range(len(batch.changes)), refused), unheard)
            self._owner.confirming.dropped(batch, refused)

    def _keep(self, batch: Batch, special: Mapping[int, Decision], unheard: Batch | None) -> None:
        """No entry will tell of it, so what had no effect is kept by itself (VOID-1); and that it
        need not be asked for any more."""
        owner, now, term = self._owner, self._owner.now, self._owner.leads_under()
        if any(map(is_void, special.values())):
            row = pack_void([void_row(batch, special, owner.schema)])
            owner.snapshots.keep(f"{VOID_ROW}.{batch.id}", row, now, term)
        if unheard is not None:
            owner.snapshots.keep(UNHEARD_ROW + batch.id, "", now, term)

    def _settle(self, batch_id: str, special: Any) -> None:
        batch = self._books.unheard.get(batch_id)
        if batch is not None:
            decisions = decode_special(special, len(batch.changes))
            del self._books.unheard[batch_id]
            self._keep(batch, decisions, batch)
            self._owner.confirming.told(batch, decisions)
            self._owner.after_verdicts(self._owner.now)
