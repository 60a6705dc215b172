"""Admission: one space at the relay. It puts what devices push into one order, decides it with the
reducer and the guards that every tab has, and sends on what was committed.

A device is admitted by `hello`, gets the entries behind its cursor and then those that are
committed, in order and without a gap. What it pushes is decided in the order of arrival; its own
entries, which carry the verdicts, are the acknowledgement, and nobody is sent an entry that is not
on the disk.

RELAY-1 no entry is sent before it was committed. RELAY-3 a batch that is in the log is not decided
again: its entry is the answer. RELAY-4 what is refused as a whole (malformed, someone else's, other
bytes under a known name), or failed on, changes nothing, and holds up nothing behind it. RELAY-6
after a commit that failed nothing more is decided or sent. RELAY-7 whoever was erased before a log
was put back is erased in it before anything of it is sent. RELAY-8 a device that holds something
else than the log makes of it, as far as it may see that, takes the state over. RELAY-9 whoever is
welcomed is told of a head behind all that was pushed before. Floor: `guests`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

from pysync.errors import ProtocolError
from pysync.machines.batches import Batch, parse_batch
from pysync.machines.check_sum import Claim, read_claim
from pysync.machines.effects import Moment, SetTimer
from pysync.machines.push_frames import read_push
from pysync.machines.redaction import is_same
from pysync.machines.relay_frames import (
    HELLO,
    PING,
    PONG,
    PROBLEM,
    PUSH,
    REJECT,
    WAITS,
    EntryRow,
    RelayFrame,
    decode_frame,
    encode_frame,
)
from pysync.machines.rounds import Round, decide_round, with_clock
from pysync.model.conflict import Conflict
from pysync.model.ordinary import ordinary_of
from pysync.model.roles import Person
from pysync.model.schema import Schema
from pysync.model.state import State
from pysync.relay.effects import Close, Commit, Compare, RelayEffect, Send
from pysync.relay.erased import erased_again
from pysync.relay.folding import Folding
from pysync.relay.guest import Guest
from pysync.relay.guests import Guests
from pysync.relay.pushed import Pushed, not_taken, notes_of
from pysync.relay.standing import Standing
from pysync.relay.stored import StoredSpace

ROUND: Final = 100  # ops decided at one go: others must be able to breathe in between
TIMER: Final = "admission.next"
TERM: Final = 1  # a relay's log has one writer: its term never moves
TRY_LATER: Final = 1013


class Admission:
    """One space. The host calls a method per event and executes `take_effects()`."""

    def __init__(self, schema: Schema, stored: StoredSpace) -> None:
        """Raises StoreCorrupt or ProtocolError if what is stored cannot be read."""
        self.epoch = stored.epoch
        self.failure = ""  # why nothing more is decided; "" while all is well
        self._out: list[RelayEffect] = []
        machine_effects: list = self._out  # type: ignore[type-arg]
        self._standing = Standing(schema, stored, machine_effects)
        self._replica, self._snapshots = self._standing.replica, self._standing.snapshots
        self.conflicts: Mapping[str, Conflict] = self._replica.conflicts
        """Those at hand, by id."""
        self._guests = Guests(stored.epoch, stored.ancestors, schema, self._out)
        self._guests.head, self._guests.floor = self._replica.seq, stored.floor
        self._folding = Folding(stored.floor, self._out)
        self._authors = dict(stored.authors)
        self._waiting: deque[Pushed] = deque()
        self._uncommitted: deque[EntryRow] = deque()
        for batch in erased_again(self._replica, self.epoch, stored.erased):
            self._commit(decide_round(self._replica, [batch], TERM, lambda _tab: False), "relay/")

    # -- connections ------------------------------------------------------------------------------

    @property
    def backlog(self) -> int:
        """Batches and entries that wait; if many, read no more."""
        return len(self._waiting) + len(self._uncommitted)

    @property
    def view(self) -> State:
        """The state, with what is decided and not yet on the disk; not to be changed."""
        return self._replica.view

    @property
    def seq(self) -> int:
        """Where `view` stands."""
        return self._replica.seq

    @property
    def floor(self) -> int:
        """The first entry that can still be read."""
        return self._guests.floor

    @property
    def head(self) -> int:
        """Up to where it is on the disk."""
        return self._guests.head

    def heard(self, conn: str, text: object, now: Moment) -> None:
        """A frame arrived. Whatever it is, nothing is raised."""
        if self.failure or self._guests.is_over(conn):
            return
        try:
            self._guests.heard(conn, now)
            self._take(conn, decode_frame(text), now)
        except ProtocolError as error:
            self._out.append(Send(conn, encode_frame(PROBLEM, "malformed", str(error))))

    def came(self, conn: str, person: Person | None, browser: str = "") -> None:
        """A connection was made; `person` is whose session it is in, None where nobody signs in,
        `browser` what the device is called. Said before anything is heard on it."""
        self._guests.came(conn, person, browser)

    def left(self, conn: str) -> None:
        """The connection is gone. What it pushed is decided all the same."""
        self._guests.leave(conn)

    def congested(self, conn: str) -> None:
        """What was sent on it piles up: it is sent nothing more until `drained`."""
        self._guests.congested(conn)

    def drained(self, conn: str) -> None:
        """What was sent on it is gone: it may be sent more."""
        self._guests.drained(conn)

    def entries_read(self, conn: str, rows: Sequence[EntryRow], *, follows: bool = True) -> None:
        """The answer to ReadEntries."""
        if not self.failure:
            self._guests.entries_read(conn, rows, follows=follows)

    def _take(self, conn: str, frame: RelayFrame, now: Moment) -> None:
        if frame.type == PING:
            self._out.append(Send(conn, encode_frame(PONG, *frame.parts[:1])))
            self._hold_against(conn, read_claim(frame), now)
        elif frame.type == HELLO:
            self._folding.begin(now)
            while self._waiting:
                self._step(now)  # RELAY-9
            self._guests.hello(conn, frame, now, self.seq, has_state=self._standing.has_state)
        elif frame.type == PONG:
            return
        elif (guest := self._guests.get(conn)) is None:
            raise ProtocolError("say hello first")
        elif frame.type == PUSH:
            self._pushed(conn, guest, frame, now)
        else:
            self._guests.take(conn, guest, frame, now)

    def _hold_against(self, conn: str, claim: Claim | None, now: Moment) -> None:
        """RELAY-8. Nothing is known of a state with entries that are not on the disk yet."""
        guest = self._guests.get(conn)
        if guest is None or claim is None or claim.seq != self.head:
            return
        if not self._standing.agrees(claim, guest.sees, now):
            self._guests.diverged(conn, guest, now)

    # -- deciding ---------------------------------------------------------------------------------

    def _pushed(self, conn: str, guest: Guest, frame: RelayFrame, now: Moment) -> None:
        push = read_push(frame)
        self._waiting.extend(Pushed(conn, guest, text, push, now.wall) for text in frame.lines)
        self._step(now)

    def woke(self, name: str, now: Moment) -> None:
        """A timer is due."""
        if self.failure:
            return
        if name == TIMER:
            self._step(now)
        self._guests.woke(name, now)
        self._snapshots.woke(name, TERM, now)
        days = ordinary_of(self._replica.view).history_days
        self._folding.woke(name, now, days, self._snapshots.stored_seq)

    def _step(self, now: Moment) -> None:
        room = ROUND
        while self._waiting and room > 0:
            pushed = self._waiting.popleft()
            try:
                made = self._admit(pushed, parse_batch(pushed.text, self._replica.schema))
            except Exception as error:  # noqa: BLE001 - whatever an application's function raises
                self._out.extend(not_taken(pushed, error))
            else:
                room -= self._commit(*made) if made is not None else 1
        self._replica.dirty.clear()
        if self._waiting:
            self._out.append(SetTimer(TIMER, now.mono))

    def _admit(self, pushed: Pushed, batch: Batch) -> tuple[Round, str, int] | None:
        """For `_commit`: decide it, unless it is known or not the sender's. Touches nothing."""
        conn, guest = pushed.conn, pushed.guest
        numbers, was_decided = range(batch.first, batch.last + 1), self._replica.was_decided
        known = [n for n in numbers if was_decided(batch.tab, n)]
        if self._authors.setdefault(batch.tab, guest.device) != guest.device:
            self._reject(conn, batch.id, "author", "another device sent changes of this tab")
        elif len(known) == len(batch.changes):
            self._compare(conn, batch)
        elif known:
            self._reject(conn, batch.id, "numbers", f"change {known[0]} is in the log already")
        elif not guest.may_author(batch):
            self._reject(conn, batch.id, "author", "somebody else made it: sign in as its author")
        elif first := guest.behind.first(batch.text, pushed.push.void):
            self._reject(conn, batch.id, WAITS, first)
        else:
            return self._decide(pushed, batch)
        return None

    def compared(self, asked: Compare, row: EntryRow | None) -> None:
        """What the log holds under the name of a batch that was sent again. If it is that batch,
        its entry is, or was, among those the connection is sent, unless it stands before them."""
        if row is None or not is_same(asked.text, row.text, self._replica.schema):
            message = "the log holds something else under this name"
            self._reject(asked.conn, asked.batch, "altered", message)
        else:
            self._guests.tell_known(asked.conn, row)

    def _compare(self, conn: str, batch: Batch) -> None:
        asked = Compare(conn, batch.id, batch.text)
        for row in self._uncommitted:
            if row.batch == batch.id:
                self.compared(asked, row)
                return
        self._out.append(asked)

    def _decide(self, pushed: Pushed, batch: Batch) -> tuple[Round, str, int]:
        guest, push = pushed.guest, pushed.push

        def alive(tab: str) -> bool:
            return tab not in push.gone and self._guests.is_here(self._authors.get(tab))

        (batch, clock), void = pushed.timed(batch), push.void.get(batch.id, frozenset())
        may, sees, asks = guest.rights, guest.sees, guest.joins
        made = decide_round(self._replica, [batch], TERM, alive, may, void, sees=sees, asks=asks)
        self._out += notes_of(made, pushed.conn)
        return made, guest.origin, clock

    def _commit(self, made: Round, origin: str, clock: int = 0) -> int:
        """It is the next entry. Answers how many ops this took."""
        said, batch = made.rows[0], made.batches[0]
        self._standing.apply(said.seq, batch, made.decisions[0])
        special = with_clock(said.body, clock)
        row = EntryRow(said.seq, said.count, batch.id, origin, batch.text, special)
        self._uncommitted.append(row)
        self._out.append(Commit(row, made.erases))
        return sum(len(change.ops) for change in batch.changes)

    def _reject(self, conn: str, batch: str, code: str, message: str) -> None:
        self._out.append(Send(conn, encode_frame(REJECT, batch, code, message)))

    # -- what the disk says -----------------------------------------------------------------------

    def committed(self, seq: int, now: Moment) -> None:
        """Entries up to this one are on the disk."""
        rows: list[EntryRow] = []
        while self._uncommitted and self._uncommitted[0].last <= seq:
            rows.append(self._uncommitted.popleft())
        if rows:
            self._guests.committed(rows)
            self._snapshots.grown(now, TERM)

    def failed(self, detail: str) -> None:
        """The disk did not take entries: what is in memory is ahead of it, and of no more use. The
        host drops this space and loads it anew; devices push again what was not acknowledged."""
        self.failure = detail
        for conn in self._guests.leave_all():
            self._out.append(Close(conn, TRY_LATER, "the relay could not store changes"))
        self._waiting.clear()
        self._uncommitted.clear()

    def opened(self, now: Moment) -> None:
        """It is served from now on: the snapshot that a former process owes is due."""
        self._snapshots.grown(now, TERM)

    def snapshot_written(self, now: Moment) -> None:
        """The snapshot that was asked for is on the disk."""
        self._snapshots.written(self._guests.head, TERM, now)

    def folded(self, floor: int, now: Moment, *, more: bool = False) -> None:
        """The answer to Fold: `floor` is the first seq that can be read; there may be `more`."""
        self._folding.folded(floor, now, more=more)
        self._guests.floor = floor

    def take_effects(self) -> list[RelayEffect]:
        """What the host is to do, in order; the list is the caller's."""
        taken, self._out[:] = self._out[:], []
        return taken
