"""Outcomes: what the relay says of this device's batches besides their entries, told to every tab.

A batch that the relay will never take is taken back. One that is in a state which was taken over
has no entry for this device any more: its leader sends it again, and is told what became of it.

OUTCOME-1 who made a change hears what became of it, also if its entry was never heard; and hears it
once. OUTCOME-2 what somebody discarded while it waited is not sent any more, and is kept as what
was refused is; if the relay had it already it happened, and is no such letter. Floor: `books`,
`confirming`, `owner`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pysync.errors import ProtocolError
from pysync.machines import messages
from pysync.machines.batches import Batch
from pysync.machines.books import Books
from pysync.machines.effects import Effect, Post
from pysync.machines.owner import Owner
from pysync.machines.relay_link import RelayLink
from pysync.machines.replica import Replica
from pysync.machines.rounds import decode_special
from pysync.machines.stragglers import SELDOM
from pysync.machines.void import pack_void, void_row
from pysync.model.decision import Decision, is_void
from pysync.model.snapshot import UNHEARD_ROW, VOID_ROW

DISCARDED: Final = "discarded"
"""The code of what somebody here said is not to be sent."""
LOT: Final = 1_000
"""Batches that are discarded at one go: a long message holds up every tab."""
_WORDS: Final = "discarded on this device before it was sent"


class Outcomes:
    """One tab's part in it."""

    def __init__(
        self,
        *,
        tab: str,
        replica: Replica,
        books: Books,
        out: list[Effect],
        owner: Owner,
        link: RelayLink,
    ) -> None:
        self._tab = tab
        self._ticks = 0
        self._replica = replica
        self._books = books
        self._out = out
        self._owner = owner
        self._link = link

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
        """A tab is new, or back, or this one leads from now on: tell what others may not have heard
        while nobody led."""
        alike: dict[tuple[str, str], list[str]] = {}
        for batch, why in self._books.rejected.items():
            alike.setdefault(why, []).append(batch)
        for (code, message), names in alike.items():
            lot = LOT if code == DISCARDED else 1
            for at in range(0, len(names), lot):
                batches = " ".join(names[at : at + lot])
                self._tell(messages.RELAY_REJECT, [batches, code, message])

    def remind(self) -> None:
        """A tick of the leader: what was said once may not have arrived everywhere."""
        self._ticks += 1
        if self._ticks % SELDOM == 0:
            self.greet()

    def discard(self, batches: Sequence[str]) -> None:
        """Said by any tab: these are not to be sent any more. Every tab is told."""
        for at in range(0, len(batches), LOT):
            names = " ".join(batches[at : at + LOT])
            self._refuse(names, DISCARDED, _WORDS)
            self._tell(messages.RELAY_REJECT, [names, DISCARDED, _WORDS])

    def _tell(self, type_: str, payload: list[Any]) -> None:
        self._out.append(Post(messages.encode(type_, self._tab, self._owner.now.wall, payload)))

    # -- and tells the others ---------------------------------------------------------------------

    def heard_reject(self, payload: Any) -> None:
        """The leader tells what the relay will never take, or a tab what is discarded. Raises
        ProtocolError."""
        if not isinstance(payload, list) or [type(part) for part in payload] != [str] * 3:
            raise ProtocolError("a rejection is batches, a code and a message")
        self._refuse(*payload)

    def heard_known(self, payload: Any) -> None:
        """The leader tells what became of a batch. Raises ProtocolError."""
        if not isinstance(payload, list) or len(payload) != 2 or type(payload[0]) is not str:
            raise ProtocolError("an outcome is a batch and its exceptions")
        self._settle(*payload)

    def _refuse(self, batches: str, code: str, message: str) -> None:
        """Of one batch, or of several with a space between their names."""
        names = batches.split(" ")
        if code == DISCARDED:  # However many these are: none is taken in again.
            self._books.void = {**self._books.void, **dict.fromkeys(names, ())}
            self._link.tell()  # Some may be under way.
        with self._replica.together():
            for batch_id in names:
                self._refuse_one(batch_id, code, message)

    def _refuse_one(self, batch_id: str, code: str, message: str) -> None:
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
            row = pack_void([void_row(batch, special, self._replica.confirmed)])
            owner.snapshots.keep(f"{VOID_ROW}.{batch.id}", row, now, term)
        if unheard is not None:
            owner.snapshots.keep(UNHEARD_ROW + batch.id, "", now, term)

    def decided(self, batch: Batch, special: Mapping[int, Decision]) -> None:
        """It is in the log. If it was discarded here and had an effect all the same, that came too
        late: nothing is kept of it any more, so that it is sent again if the relay loses it."""
        books, owner = self._books, self._owner
        had_none = all(is_void(special.get(at)) for at in range(len(batch.changes)))
        if not had_none and (books.void.get(batch.id) == () or batch.id in books.rejected):
            books.void = {each: at for each, at in books.void.items() if each != batch.id}
            books.rejected.pop(batch.id, None)
            name = f"{VOID_ROW}.{batch.id}"
            owner.snapshots.keep(name, pack_void([]), owner.now, owner.leads_under())

    def _settle(self, batch_id: str, special: Any) -> None:
        batch = self._books.unheard.get(batch_id)
        if batch is not None:
            decisions = decode_special(special, len(batch.changes))
            del self._books.unheard[batch_id]
            self._keep(batch, decisions, batch)
            self._owner.confirming.told(batch, decisions)
            self._owner.after_verdicts(self._owner.now)
