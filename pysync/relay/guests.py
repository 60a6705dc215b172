"""Guests: the connections of one space: how each begins, and what each was sent.

RELAY-2 a connection gets entries in order of seq, each once, without a gap. RELAY-5 a slow reader
costs one bounded queue: it is sent nothing while it is congested, and reads the log when it drains.
Floor: `machines`, `effects`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pysync.errors import ProtocolError
from pysync.machines.effects import Moment
from pysync.machines.relay_frames import (
    DIVERGED,
    HERE,
    PROTOCOL,
    REFUSE,
    RENEW,
    RESUME,
    Cursor,
    EntryRow,
    RelayFrame,
    Welcome,
    encode_frame,
    read_hello,
    read_resume,
)
from pysync.model.rights import Rights, rights_of, sees_of
from pysync.model.roles import Person
from pysync.model.schema import Schema
from pysync.relay.attendance import Attendance
from pysync.relay.behind import Behind
from pysync.relay.effects import Close, ReadEntries, RelayEffect, Send
from pysync.relay.guest import Guest
from pysync.relay.projection import log_of, shown_epoch
from pysync.relay.told import Told, known_to

POLICY: Final = 1008
AGAIN_MS: Final = 3_600_000
MAX_LOT: Final = 1_000_000
"""Characters of batches that go in one frame; a single larger one goes alone."""


def in_lots(rows: Iterable[EntryRow]) -> Iterator[list[EntryRow]]:
    """These entries in their order, cut so that a frame can hold each part."""
    lot: list[EntryRow] = []
    size = 0
    for row in rows:
        length = len(row.text) + len(row.special)
        if lot and size + length > MAX_LOT:
            yield lot
            lot, size = [], 0
        lot.append(row)
        size += length
    if lot:
        yield lot


class Guests:
    """Who is connected, by connection. `head` is the newest entry that may be sent."""

    def __init__(
        self, epoch: str, ancestors: Iterable[str], schema: Schema, out: list[RelayEffect]
    ) -> None:
        self.head = 0
        self.floor = 1
        """The first entry that can be sent."""
        self._epoch = epoch
        self._ancestors = frozenset(ancestors)
        """Epochs of which this log is a restored copy."""
        self._schema = schema
        self._diverged: dict[str, float] = {}
        """Devices that were told so, and when."""
        self._came: dict[str, tuple[Person | None, str]] = {}
        self._by_conn: dict[str, Guest] = {}
        self._over: set[str] = set()
        """Connections that were refused, and may still be heard until they are closed."""
        self._attendance = Attendance(out)
        self._out = out

    def came(self, conn: str, person: Person | None, browser: str) -> None:
        """A connection was made, in the session of that person, by a device called so."""
        self._came[conn] = person, browser

    def get(self, conn: str) -> Guest | None:
        """Who said hello on this connection."""
        return self._by_conn.get(conn)

    def is_over(self, conn: str) -> bool:
        """Whether it was refused: whatever still comes on it is nobody's."""
        return conn in self._over

    def hello(
        self, conn: str, frame: RelayFrame, now: Moment, decided: int, *, has_state: bool
    ) -> None:
        """Somebody connects, and is told that `decided` is the newest entry that there is.
        `has_state`: the log alone is not the way to begin. Raises ProtocolError."""
        hello = read_hello(frame)
        if conn in self._by_conn:
            raise ProtocolError("hello was said")
        if hello.protocol != PROTOCOL:
            older = "the relay" if hello.protocol > PROTOCOL else "the page"
            self._refuse(
                conn,
                "protocol",
                f"the page speaks protocol {hello.protocol}, the relay {PROTOCOL}: update {older};"
                " what was changed is kept until then",
            )
            return
        person, browser = self._came.get(conn, (None, ""))
        role = person.role if person is not None else ""
        rights, sees = rights_of(self._schema, role), sees_of(self._schema, role, hello.without)
        if hello.joins and rights is not None and not rights.does_all:
            self._refuse(
                conn,
                "joins",
                f"{rights.role.title} may not bring a hotel to this server: ask somebody who may"
                " change everything",
            )
            return
        guest = Guest(hello.device, hello.life, person, rights, sees, hello.joins, browser)
        guest.behind = Behind(waits=hello.waits)
        epoch = shown_epoch(self._epoch, guest.sees)
        if hello.cursor is not None and not self._knows(conn, guest, hello.cursor):
            return
        self._by_conn[conn] = guest
        begins = hello.cursor is None and not has_state
        cursor = Cursor(epoch, 0) if begins else hello.cursor
        welcome = Welcome(
            epoch=epoch,
            head=decided,
            resumes=cursor is not None,
            now=int(now.wall),
            person=person,
        )
        self._out.append(Send(conn, welcome.encode()))
        if cursor is not None:
            self._follow(conn, guest, cursor)

    def _knows(self, conn: str, guest: Guest, cursor: Cursor) -> bool:
        """Whether a state of that log, up to there, may be this log's, as this guest may see it;
        refuses it else."""
        log = log_of(cursor.epoch)
        if log != self._epoch and log not in self._ancestors:
            self._refuse(
                conn,
                "epoch",
                "this server's log of the space is another one than this device has followed:"
                " what is here is kept, and nothing is sent",
            )
        elif cursor.epoch != shown_epoch(self._epoch, guest.sees) or cursor.seq > self.head:
            self._renew(conn)
        elif cursor.seq + 1 < self.floor:
            self._renew(conn, "what follows where this device stood was cleaned up")
        else:
            return True
        return False

    def heard(self, conn: str, now: Moment) -> None:
        """Something came on that connection."""
        self._attendance.heard(conn, now)

    def woke(self, name: str, now: Moment) -> None:
        """A timer is due."""
        self._attendance.woke(name, now)

    def take(self, conn: str, guest: Guest, frame: RelayFrame, now: Moment) -> None:
        """A frame that is no change. Raises ProtocolError."""
        if frame.type == HERE:
            self._attendance.said(conn, guest, frame, now)
        elif frame.type == RESUME:
            self._resume(conn, guest, frame)
        else:
            raise ProtocolError(f"a device does not send {frame.type}")

    def _resume(self, conn: str, guest: Guest, frame: RelayFrame) -> None:
        """A device took the state over. Raises ProtocolError."""
        cursor = read_resume(frame)
        if guest.follows:
            raise ProtocolError("it follows the log already")
        if self._knows(conn, guest, cursor):
            self._follow(conn, guest, cursor)

    def _renew(self, conn: str, why: str = "the log was restored, or other rights hold") -> None:
        """What the device has stored was this log's once, and is no more."""
        self._refuse(conn, RENEW, f"{why}: take its state over anew")

    def diverged(self, conn: str, guest: Guest, now: Moment) -> None:
        """It holds something else than it should. To begin anew is tried once in AGAIN_MS: if that
        does not help, it is no fault of the device."""
        recent = {who: at for who, at in self._diverged.items() if now.mono - at < AGAIN_MS}
        self._diverged = recent
        if guest.device not in recent:
            recent[guest.device] = now.mono
            why = "what this device holds is not what the log makes of it: take its state over anew"
            self._refuse(conn, DIVERGED, why)

    def _refuse(self, conn: str, code: str, message: str) -> None:
        self._by_conn.pop(conn, None)
        self._attendance.left(conn)
        self._over.add(conn)
        self._out.append(Send(conn, encode_frame(REFUSE, code, message)))
        self._out.append(Close(conn, POLICY, code))

    def leave(self, conn: str) -> None:
        """The connection is gone, or to be closed."""
        self._by_conn.pop(conn, None)
        self._over.discard(conn)
        self._came.pop(conn, None)
        self._attendance.left(conn)

    def leave_all(self) -> list[str]:
        """Everyone has to go; answers their connections."""
        conns = list(self._by_conn)
        self._by_conn.clear()
        self._came.clear()
        self._attendance.clear()
        return conns

    def is_here(self, device: str | None) -> bool:
        """Whether that device is connected."""
        return any(guest.device == device for guest in self._by_conn.values())

    def congested(self, conn: str) -> None:
        """What was sent on it piles up."""
        if conn in self._by_conn:
            self._by_conn[conn].congested = True

    def drained(self, conn: str) -> None:
        """What was sent on it is gone."""
        guest = self._by_conn.get(conn)
        if guest is not None and guest.congested:
            guest.congested = False
            self._go_on(conn, guest)
            self._attendance.drained(conn)

    def _follow(self, conn: str, guest: Guest, cursor: Cursor) -> None:
        """Send it the entries behind its cursor, and from then on those that are committed."""
        guest.follows = True
        guest.began = guest.sent = cursor.seq
        if cursor.last:
            guest.reading = guest.checking = True
            self._out.append(ReadEntries(conn, cursor.seq, cursor.last))
        else:
            self._go_on(conn, guest)

    def _go_on(self, conn: str, guest: Guest) -> None:
        """Read on for a connection that is behind the log and may be sent something."""
        behind = guest.follows and guest.sent < self.head
        if behind and not guest.reading and not guest.congested:
            guest.reading = True
            self._out.append(ReadEntries(conn, guest.sent))

    def entries_read(self, conn: str, rows: Sequence[EntryRow], *, follows: bool) -> None:
        """Entries behind what was sent on this connection, in order."""
        guest = self._by_conn.get(conn)
        if guest is None:
            return
        checked, guest.reading, guest.checking = guest.checking, False, False
        rows = [row for row in rows if guest.sent < row.seq <= self.head]
        gap = rows[0].seq != guest.sent + 1 if rows else not checked
        if gap or not follows:
            self._renew(conn)
            return
        if rows:
            told = Told(rows, guest.sees)
            self._send(conn, guest, rows, told.to(guest.origin, guest.name))
        self._go_on(conn, guest)

    def tell_known(self, conn: str, row: EntryRow) -> None:
        """It sent a batch again; if its entry stands before those it is sent, say what it was."""
        guest = self._by_conn.get(conn)
        if guest is not None and guest.follows and row.last <= guest.began:
            self._out.append(Send(conn, known_to(row, guest.sees, guest.name)))

    def committed(self, rows: Sequence[EntryRow]) -> None:
        """These entries follow the head and are on the disk: everyone who is there gets them."""
        for lot in in_lots(rows):
            self._send_all(lot)

    def _send_all(self, rows: Sequence[EntryRow]) -> None:
        self.head = rows[-1].last
        told: dict[Rights | None, Told] = {}
        for conn, guest in self._by_conn.items():
            if not guest.follows or guest.reading or guest.congested:
                continue
            sees = guest.sees
            if sees not in told:
                told[sees] = Told(rows, sees)
            self._send(conn, guest, rows, told[sees].to(guest.origin, guest.name))

    def _send(self, conn: str, guest: Guest, rows: Sequence[EntryRow], text: str) -> None:
        guest.sent = rows[-1].last
        self._out.append(Send(conn, text))
