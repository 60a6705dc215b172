"""Attendance: who is here in a space, told to those who are here themselves.

It is a lane beside the log: kept in memory, told at intervals, only what is newest, and lost
whenever it cannot be had at once. Nothing of a row but its records comes from the device: the name
is that of the connection's account, and the server says what the device is called.

ATTEND-1 a reader is told of no record of a collection that its role does not read. ATTEND-2 a
device is gone when its connection is, or when nothing was heard on it for GONE_MS; of two
connections of one device the newer counts. ATTEND-3 who says nothing is told nothing, and everyone
is told only what is news to them, at most once in `pace_ms`; a slow reader not before it has
drained. ATTEND-4 what one device claims is bounded, and nothing of it is in the log. Floor:
`machines.present`, `effects`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pysync.machines.effects import ClearTimer, Moment, SetTimer
from pysync.machines.present import MOST_TOLD, encode_present, present_line, read_here
from pysync.machines.relay_frames import RelayFrame
from pysync.model.change import Ref
from pysync.model.rights import Rights
from pysync.relay.effects import RelayEffect, Send
from pysync.relay.guest import Guest

TELL_MS: Final = 200.0
READER_MS: Final = 2.0
"""What each reader adds to the interval: many of them are told less often."""
GONE_MS: Final = 40_000.0
"""More than twice the time after which a device that lives repeats what it said."""
TIMER: Final = "attendance.next"


@dataclass(slots=True)
class _Row:
    """One who is here."""

    guest: Guest
    records: tuple[Ref, ...]
    heard: float
    told: int | None = None
    """The hash of what it was told last."""

    def line_for(self, sees: Rights | None) -> str:
        """As readers of these rights are told it (ATTEND-1)."""
        guest = self.guest
        return present_line(guest.name, guest.browser, _known(self.records, sees))


def _known(records: tuple[Ref, ...], sees: Rights | None) -> tuple[Ref, ...]:
    return records if sees is None else tuple(ref for ref in records if sees.knows(ref[0]))


class Attendance:
    """Who is here, by connection."""

    def __init__(self, out: list[RelayEffect]) -> None:
        self._out = out
        self._here: dict[str, _Row] = {}
        self._told_at = 0.0
        self._news = False

    @property
    def pace_ms(self) -> float:
        """The least time between two tellings."""
        return TELL_MS + READER_MS * len(self._here)

    # -- what happens -----------------------------------------------------------------------------

    def said(self, conn: str, guest: Guest, frame: RelayFrame, now: Moment) -> None:
        """A device says what it looks at. Raises ProtocolError."""
        records = read_here(frame)
        if records is None:
            self.left(conn)
            return
        row, records = self._here.get(conn), _known(records, guest.sees)
        if row is None:
            self._replace(guest)
            self._here[conn] = _Row(guest, records, now.mono)
        elif row.records == records:
            return
        else:
            row.records = records
        self._tell_soon()

    def _replace(self, guest: Guest) -> None:
        """ATTEND-2. The relay may not know yet that an earlier connection is dead."""
        for conn, row in list(self._here.items()):
            if (row.guest.device, row.guest.person) == (guest.device, guest.person):
                del self._here[conn]

    def heard(self, conn: str, now: Moment) -> None:
        """Something came on that connection."""
        if (row := self._here.get(conn)) is not None:
            row.heard = now.mono

    def left(self, conn: str) -> None:
        """The connection is gone, or nobody looks there any more."""
        if self._here.pop(conn, None) is not None:
            self._tell_soon()

    def drained(self, conn: str) -> None:
        """What was sent on it and piled up is gone."""
        if conn in self._here:
            self._tell_soon()

    def clear(self) -> None:
        """Everyone has to go."""
        self._here.clear()
        self._out.append(ClearTimer(TIMER))

    def woke(self, name: str, now: Moment) -> None:
        """A timer is due; others' are ignored."""
        if name != TIMER:
            return
        gone = [c for c, each in self._here.items() if now.mono - each.heard >= GONE_MS]
        for conn in gone:
            del self._here[conn]
        if self._news or gone:
            self._tell(now)
        if self._here:
            oldest = min(each.heard for each in self._here.values())
            self._out.append(SetTimer(TIMER, max(oldest + GONE_MS, now.mono + 1)))

    # -- telling ----------------------------------------------------------------------------------

    def _tell_soon(self) -> None:
        self._news = True
        if self._here:
            self._out.append(SetTimer(TIMER, self._told_at + self.pace_ms))

    def _tell(self, now: Moment) -> None:
        """ATTEND-3."""
        self._told_at, self._news = now.mono, False
        lines: dict[Rights | None, dict[str, str]] = {}
        for conn, reader in self._here.items():
            if reader.guest.congested:
                continue
            sees = reader.guest.sees
            if sees not in lines:
                lines[sees] = {c: each.line_for(sees) for c, each in self._here.items()}
            text = self._text(conn, reader, lines[sees])
            if reader.told != hash(text):
                reader.told = hash(text)
                self._out.append(Send(conn, text))

    def _text(self, conn: str, reader: _Row, lines: dict[str, str]) -> str:
        others = [other for other in lines if other != conn]
        more = max(0, len(others) - MOST_TOLD)
        if more:  # Those who are where the reader is come first.
            mine = {*reader.records}
            others.sort(key=lambda other: mine.isdisjoint(self._here[other].records))
        return encode_present([lines[other] for other in others[:MOST_TOLD]], more)
