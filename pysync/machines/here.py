"""Here: what the tabs of a device look at, told to the relay by the leader, and who else is here.

Every tab says with its presence what it shows (`cards`), so a new leader knows it at once. What
those that are visible show goes to the relay, and its answer to every tab. A device of which
nobody looks, or no tab takes part, says and is told nothing.

HERE-1 frames are at least PACE_MS apart, the last state always goes, and none if it is what the
relay knows; repeated every REPEAT_MS, which is how the relay knows that the device lives. HERE-2
what the relay told counts only while it tells: on a connection, and while somebody looks. Floor:
`present`, `gate`, `owner`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pysync.machines import messages
from pysync.machines.effects import Effect, Moment, Post, Transmit
from pysync.machines.events import StatusChanged
from pysync.machines.gate import Gate
from pysync.machines.owner import Owner
from pysync.machines.present import (
    MOST_RECORDS,
    NOBODY,
    Company,
    company_payload,
    encode_here,
    read_company,
    read_present,
)
from pysync.machines.relay_frames import RelayFrame
from pysync.model.change import Ref

PACE_MS: Final = 300.0
REPEAT_MS: Final = 15_000.0
_NAME: Final = "here"


class Here:
    """Presence beyond this device, in one of its tabs."""

    def __init__(self, *, tab: str, out: list[Effect], owner: Owner) -> None:
        self.company = NOBODY
        """Who else is here, as this tab heard last."""
        self._tab = tab
        self._out = out
        self._owner = owner
        self._gate: Gate | None = None
        """To the relay; None without a connection."""
        self._said: tuple[Ref, ...] | None = None
        self._said_at = self._told_at = 0.0

    def linked(self, *, following: bool) -> None:
        """The session of this tab is on a connection, or on none any more. Harmless when
        repeated."""
        if following == (self._gate is not None):
            return
        self._said = self._gate = None
        self._take(NOBODY)
        if following:
            self._gate = Gate(
                name=_NAME,
                throttle_ms=PACE_MS,
                should_sync=lambda known, now: bool(known != now),
                out=self._out,
                send=self._send,
            )
            self._tell()  # Others may have heard something else of the leader before.
            self.look(self._owner.now)

    def look(self, now: Moment) -> None:
        """The tabs may show something else; called on every beat as well, for the timers of a
        hidden leader are late."""
        if self._gate is not None:
            self._gate.offer(_NAME, self._shown(), now)

    def beat(self, now: Moment) -> None:
        """A moment passed."""
        self.look(now)
        if self._said is not None and now.mono - self._said_at >= REPEAT_MS:
            self._send({_NAME: self._said})
        if self._gate is not None and now.mono - self._told_at >= REPEAT_MS:
            self._tell()  # A tab may have missed it.

    def woke(self, timer: str, now: Moment) -> None:
        """A timer is due; others' are ignored."""
        if self._gate is not None:
            self._gate.woke(timer, now)

    def heard(self, frame: RelayFrame) -> None:
        """The relay tells who is here. Raises ProtocolError."""
        company = read_present(frame)
        if self._said is not None:  # else it crossed what we said last
            self._take(company)

    def told(self, payload: Any) -> None:
        """The leader tells. Raises ProtocolError."""
        company = read_company(payload)
        if self._gate is None and company != self.company:
            self.company = company
            self._owner.tell(StatusChanged())

    def greet(self) -> None:
        """A tab is new, or back and may know what was: the leader tells it."""
        if self._gate is not None:
            self._tell()

    def _shown(self) -> tuple[Ref, ...] | None:
        seen = [tab.looks for tab in self._owner.tabs() if not tab.hidden]
        if all(looks is None for looks in seen):
            return None
        records = dict.fromkeys((looks[0], looks[1]) for looks in seen if looks)
        return tuple(records)[:MOST_RECORDS]

    def _send(self, waiting: Mapping[str, Any]) -> None:
        self._said = waiting[_NAME]
        self._said_at = self._owner.now.mono
        self._out.append(Transmit(encode_here(self._said)))
        if self._said is None:
            self._take(NOBODY)

    def _take(self, company: Company) -> None:
        if company != self.company:
            self.company = company
            self._tell()
            self._owner.tell(StatusChanged())

    def _tell(self) -> None:
        payload = company_payload(self.company)
        wall = self._owner.now.wall
        self._told_at = self._owner.now.mono
        self._out.append(Post(messages.encode(messages.RELAY_PRESENT, self._tab, wall, payload)))
