"""Relayed: a space whose order comes from a relay, as the tabs of one device carry it.

The store says whose log a space follows: its `epoch`, "" where the device decides alone. Authors
write and post as ever, so every tab works alone. The leader pushes what the log of the device holds
and has no entry for, takes the relay's entries as verdicts, and writes them like its own: in one
transaction with the cursor, which is their seq. Followers are told verdicts as ever, and of the
session how it stands.

RELAYED-1 what is pushed is in the device's log, first a founder's, and a tab's in their order.
RELAYED-2 the log of the device counts as decided only up to where all of it has its entry, so a new
leader finds whatever has none. RELAYED-3 with no leader, no connection, or another log at the relay
nothing is decided and nothing is lost. Floor: `session`, `books`, `rounds`, `ordering`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Any, Final

from pysync.machines.batches import Batch
from pysync.machines.books import Books
from pysync.machines.effects import Effect, Moment, Renew
from pysync.machines.entries import Entry, read_entry
from pysync.machines.events import StatusChanged
from pysync.machines.here import Here
from pysync.machines.outcomes import Outcomes
from pysync.machines.outgoing import Outgoing
from pysync.machines.owner import Owner
from pysync.machines.relay_frames import Cursor, Heard, RelayFrame
from pysync.machines.relay_link import RelayLink
from pysync.machines.replica import Replica
from pysync.machines.rounds import Round
from pysync.machines.session import Session
from pysync.model.decision import Decision
from pysync.model.ordinary import Ordinary, ordinary_of
from pysync.model.roles import Person
from pysync.ports import DecidedRow, StoreFault, StoreMeta

ROUND: Final = 200
"""Ops of one round: the page must be able to breathe in between."""
SCHEMA: Final = 1


class Relayed:
    """The leader's session, and what every tab knows of it. Idle until `follow`."""

    def __init__(
        self, *, tab: str, replica: Replica, books: Books, out: list[Effect], owner: Owner
    ) -> None:
        self.epoch = ""
        """Whose log this space follows; "" for its own."""
        self.joins = False
        """Whether what is pushed was made before the device knew of that log, whoever made it."""
        self.device = ""
        """What the relay knows this device by; "" without one."""
        self.left_out: frozenset[str] = frozenset()
        """Modules of the schema that this device is without while it follows a relay."""
        self.link = RelayLink(tab=tab, books=books, out=out, owner=owner)
        self.outcomes = Outcomes(
            tab=tab, replica=replica, books=books, out=out, owner=owner, link=self.link
        )
        self.rejected, self.known = self.outcomes.rejected, self.outcomes.known
        self.here = Here(tab=tab, out=out, owner=owner)
        self._tab = tab
        self._replica = replica
        self._books = books
        self._out = out
        self._owner = owner
        self._session: Session | None = None
        self._leads = False
        self._entries: deque[Entry] = deque()
        """Heard and not yet in the store."""
        self._heard: set[str] = set()
        """Their batches."""
        self._outgoing = Outgoing(replica, books)

    def follow(self, meta: StoreMeta, newest: int = 0) -> None:
        """The store was read, perhaps anew: whose log it follows, and as which device; `newest` is
        the stamp of the newest entry that it holds."""
        self.epoch = meta.epoch
        self.device = meta.incarnation if meta.epoch else ""
        if not meta.epoch:
            return
        self._owner.who.leaves_out(self.left_out)
        if self._owner.who.person is None:
            self._owner.who.met(self._owner.who.remembered)
        self.link.begin(meta.generation, newest)
        if self._session is None:
            self._session = Session(
                tab=self._tab, schema=SCHEMA, device=self.device, carrier=self, out=self._out
            )
            self._session.joins, self.link.under_way = self.joins, self._session.pushing.sent

    @property
    def caught_up(self) -> bool:
        """Whether this tab has all that the relay had when it was last met, and nobody here waits
        for an answer about what was discarded."""
        return self.link.state == "online" and not self.link.is_behind(self._replica.seq)

    # -- leading ----------------------------------------------------------------------------------

    def led(self, now: Moment) -> None:
        """This tab leads, and has read the log. Harmless when repeated."""
        if self._session is not None and not self._leads:
            self._leads = self.link.tells = True
            self.outcomes.greet()
            if self.link.paused:
                self.link.tell()
            else:
                self._session.led(now)

    def pause(self, paused: bool, now: Moment) -> None:
        """Send and ask for nothing until told otherwise: what is changed is kept meanwhile."""
        self._owner.now = now
        if paused != self.link.paused:
            self.link.pause(paused)
            if self._session is not None and self._leads and paused:
                self._session.unled()
            elif self._session is not None and self._leads:
                self._session.led(now)

    def leave_out(self, modules: frozenset[str], now: Moment) -> None:
        """This device is without these modules and has all others, if a relay keeps them."""
        self._owner.now = now
        if modules == self.left_out:
            return
        self.left_out = modules
        if self.epoch:
            self._owner.who.leaves_out(modules)
            self._owner.tell(StatusChanged())
        if self._session is not None and self._session.state in ("greeting", "following"):
            self._session.unled()  # To say so: it is a reader of something else.
            self._session.led(now)

    def unled(self) -> None:
        """It leads no more, sleeps or stops; harmless when repeated."""
        self._leads = self.link.tells = False
        self._entries.clear()
        self._outgoing.clear()
        self._heard.clear()
        if self._session is not None:
            self._session.unled()

    def logged(self, found: Sequence[Batch], now: Moment) -> bool:
        """The leader read these from the log, behind what it read before. Answers whether some of
        it waits for what its author wrote before."""
        if self._outgoing.logged(found, now) and self._session is not None:
            self._session.offer(now)
        return self._outgoing.waits

    def next_round(self, term: int) -> Round | None:
        """The next verdicts to write, if there are any; the same again until they are applied."""
        self._prune()
        made: list[tuple[DecidedRow, Batch, dict[int, Decision]]] = []
        places = self._outgoing.places()
        ops = 0
        for entry in self._entries:
            row = entry.row(term, places.take(entry.batch))
            made.append((row, entry.batch, entry.special))
            ops += sum(len(change.ops) for change in entry.batch.changes)
            if ops >= ROUND:
                break
        if not made:
            return None
        rows, batches, specials = zip(*made, strict=True)
        return Round(rows, batches, specials)

    def _prune(self) -> None:
        while self._entries and self._entries[0].heard.seq <= self._replica.seq:
            self._heard.discard(self._entries.popleft().heard.batch)

    # -- the session's carrier --------------------------------------------------------------------

    def cursor(self) -> Cursor | None:
        """Where to go on: behind what is stored, and what is about to be."""
        if self._entries:
            last = self._entries[-1].heard
            return Cursor(self.epoch, last.seq + last.count - 1, last.batch)
        return Cursor(self.epoch, self._replica.seq, self._books.last)

    def unsent(self) -> Iterator[tuple[str, str]]:
        """What the log of the device holds and has no entry for, in the order to be pushed; before
        it what became part of a state, so that its outcome was not heard."""
        self._prune()
        heard, who = self._heard, self._owner.who
        left = (b for b in self._outgoing.undecided() if b.id not in heard)
        asked = (*self._books.unheard.values(),)
        return ((b.id, b.text) for b in chain(asked, left) if self.joins or who.may_send(b.changes))

    def void(self, batch: str) -> Collection[int]:
        """Which of its changes had no effect in the log that was here before."""
        return self._books.void.get(batch, ())

    def check_sum(self) -> tuple[Any, ...]:
        """What is confirmed, if that is all that was heard."""
        now, kept = self._owner.now, self._owner.snapshots
        return () if self._entries else kept.sums[0].claim(now, self.epoch, kept.decided)

    def welcomed(self, person: Person | None, ahead: int) -> None:
        """Whose session this is, and how far the clock here is ahead of the relay's."""
        self.link.compared(ahead)
        self.link.met(person)

    def ordinary(self) -> Ordinary:
        """As the space says."""
        return ordinary_of(self._replica.view)

    def runs_again(self, batch: str) -> bool:
        """Whether its author is there to run a function in it again."""
        return batch not in self._books.told and self._owner.is_present(batch.rpartition(".")[0])

    def entries(self, epoch: str, rows: list[Heard]) -> None:
        """The relay's next entries. Raises Unreadable or ProtocolError for one that cannot be
        taken; what stands before it is."""
        try:
            for row in rows:
                if row.seq > self._replica.seq:
                    own, gone = self._books.open.get(row.batch), row.batch in self._books.void
                    entry = read_entry(row, own, self._replica.schema, given_up=gone)
                    self._entries.append(entry)
                    self._heard.add(row.batch)
        finally:
            self._owner.step()

    def renew(self, *, diverged: bool) -> None:
        """What is stored is not of the relay's log any more, or not what that makes of it."""
        self.link.divergences += diverged
        self._entries.clear()
        self._heard.clear()
        known = chain(self._books.open.values(), self._books.unheard.values())
        undecided = {batch.id: batch.text for batch in known}
        self._out.append(Renew(self._owner.leads_under(), undecided, self.left_out))

    def renewed(self, result: int | StoreFault, now: Moment) -> None:
        """The relay's state was put in the place of what was stored, or could not be."""
        self._owner.now = now
        if not isinstance(result, StoreFault) or result.reason == "anew":
            self._owner.anew()
        elif self._session is not None:
            self._session.not_renewed(now)

    def session_changed(self) -> None:
        """The session is in another state."""
        if self._session is not None:
            self.link.head = self._session.head
            self.link.session_is(self._session.state, self._session.reason)
            self.here.linked(following=self._session.state == "following")

    def present(self, frame: RelayFrame) -> None:
        """Who else is here. Raises ProtocolError."""
        self.here.heard(frame)

    # -- what every tab knows ---------------------------------------------------------------------

    def greet(self) -> None:
        """A tab is new, or back: the leader tells it what it may not have heard."""
        self.link.tell()
        self.here.greet()
        if self._leads:
            self.outcomes.greet()

    def remind(self) -> None:
        """A tick: say again what may have been lost."""
        self.link.tell()
        if self._leads:
            self.outcomes.remind()

    # -- what the host reports --------------------------------------------------------------------

    def connected(self, now: Moment) -> None:
        """The connection that was asked for stands."""
        self._owner.now = now
        if self._session is not None:
            self._session.connected(now)

    def heard(self, text: object, now: Moment) -> None:
        """A frame came from the relay. Nothing is raised, whatever it is."""
        self._owner.now = now
        if self._session is not None:
            self._session.heard(text, now)

    def disconnected(self, now: Moment) -> None:
        """The connection is gone, or could not be made."""
        self._owner.now = now
        if self._session is not None:
            self._session.disconnected(now)

    def hurry(self, now: Moment) -> None:
        """The network is back, or somebody looks: try at once."""
        self._owner.now = now
        if self._session is not None:
            self._session.hurry(now)

    def woke(self, name: str, now: Moment) -> None:
        """A timer is due; others' are ignored."""
        self.here.woke(name, now)
        if self._session is not None:
            self._session.woke(name, now)
