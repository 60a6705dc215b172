"""Carriage: which attachments of a device are sent, fetched and let go of next.

The bytes lie on the device's shelf, which all its tabs share; each tab has a carriage that knows
what is there, and the leader's sends. `model.attached` says what an attachment is.

CARRY-1 only a leader that is online sends, one at a time, and only what a record names. CARRY-2
what its relay has not acknowledged is never let go of while a record names it; what none names goes
after `UNNAMED_MS`, and at once when somebody was erased, for it may have been theirs. CARRY-3 of
what the relay has the device keeps `most` bytes, the last used. CARRY-4 while
there is something to send or to fetch and somebody who may answer, it is under way or a timer is
set: pauses grow and are `backoff`'s. What is refused for good is tried again after a reconnection,
and holds up nothing. CARRY-5 a relay has what it acknowledged in the epoch whose log is followed:
one that was put back, or another, is sent it anew. Floor: `carried`, `effects`, `backoff`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final, Literal

from pysync.machines.backoff import pause
from pysync.machines.carried import CarriageEffect, Drop, Give, Note, Shelved, Take, Wake
from pysync.machines.effects import Moment
from pysync.model.ordinary import Backoff

CACHE_BYTES: Final = 60_000_000
UNNAMED_MS: Final = 7 * 86_400_000
TOUCH_MS: Final = 3_600_000
"""How often it is noted that something was used, and for how long what is not sent may belong to a
form that somebody is filling in."""
AT_ONCE: Final = 2
"""Fetched side by side."""
TRIES: Final = 10
"""How often the relay is asked for what it does not have, before somebody asks again."""
MOST_WANTED: Final = 200
FORBIDDEN: Final = 403

Stands = Literal["here", "waiting", "refused", "coming", "away", "missing"]
"""On this device and at the relay; here alone, to be sent; here, and the relay does not take it;
being fetched; to be fetched when the relay answers; the relay does not have it (yet)."""


class Carriage:
    """What one tab does about attachments."""

    def __init__(
        self,
        named: Callable[[str], bool],
        most: int = CACHE_BYTES,
        backoff: Callable[[], Backoff] = lambda: "exponential",
    ) -> None:
        """`named` says whether a living record names a digest."""
        self.rows: dict[str, Shelved] = {}
        self.giving = ""
        """What is being sent; "" if nothing is."""
        self.leads = self.online = False
        self.epoch = ""
        self._named = named
        self._most = most
        self._backoff = backoff
        self._tries: dict[str, int] = {}
        """Of what could not be sent: how often it was tried."""
        self._again_at = 0.0
        """When something may be sent again (mono)."""
        self._refused: dict[str, int] = {}
        self._wanted: dict[str, tuple[int, float]] = {}
        """What is to be fetched: how often it was tried, when it may be (mono)."""
        self._taking: set[str] = set()
        self._missing: set[str] = set()
        self._to = ""
        """The epoch in which it is being sent."""
        self._erased = False
        """Whether somebody was erased meanwhile."""
        self._out: list[CarriageEffect] = []

    def take_effects(self) -> list[CarriageEffect]:
        """What is to be done, in order."""
        out, self._out = self._out, []
        return out

    # -- what is asked ----------------------------------------------------------------------------

    def stands(self, digest: str) -> Stands:
        """How it stands with that one."""
        row = self.rows.get(digest)
        if row is not None:
            return "here" if self._has(row) else "refused" if digest in self._refused else "waiting"
        if digest in self._missing:
            return "missing"
        return "coming" if self.online and digest in self._wanted else "away"

    def why(self, digest: str) -> int:
        """The status with which the relay refused it; 0 if it did not."""
        return self._refused.get(digest, 0)

    def unsent(self) -> list[str]:
        """What a record names and the relay does not have, the oldest first."""
        rows = sorted((row.made, row.digest) for row in self.rows.values() if not self._has(row))
        return [digest for _, digest in rows if self._named(digest)]

    # -- what happens -----------------------------------------------------------------------------

    def loaded(self, rows: Iterable[Shelved], now: Moment) -> None:
        """This lies on the shelf."""
        self.rows = {row.digest: row for row in rows}
        self._on(now)

    def stand(self, now: Moment, *, leads: bool, online: bool, epoch: str) -> None:
        """Whether this tab leads, and the relay answers; whose log is followed."""
        if (leads, online, epoch) == (self.leads, self.online, self.epoch):
            return
        if (online and not self.online) or epoch != self.epoch:  # Another server, or network.
            self._again_at = 0.0
            self._refused.clear()
            self._missing.clear()
            self._wanted = dict.fromkeys(self._wanted, (0, 0.0))
        self.leads, self.online, self.epoch = leads, online, epoch
        self._on(now)

    def shelved(self, row: Shelved, now: Moment) -> None:
        """It was put there, or stands so there by now, by this tab or another."""
        self.rows[row.digest] = row
        self._wanted.pop(row.digest, None)
        self._missing.discard(row.digest)
        self._on(now)

    def moved(self, now: Moment) -> None:
        """Records changed: they may name others."""
        self._on(now)

    def erased(self, now: Moment) -> None:
        """Somebody was erased."""
        if self.leads:
            self._erased = self.giving != ""
            self._forget(now, sent_ms=0.0, made_ms=TOUCH_MS)
        self._on(now)

    def want(self, digest: str, now: Moment, *, again: bool = False) -> None:
        """Somebody looks at it. Say so whenever it is shown: what was used last is kept.
        What the relay did not have, however often it was asked, is asked for `again` only."""
        row = self.rows.get(digest)
        if row is not None:
            if now.wall - row.used > TOUCH_MS:
                self._note(replace(row, used=now.wall))
            return
        if again:
            self._missing.discard(digest)
        if digest in self._wanted or digest in self._taking or digest in self._missing:
            return
        if len(self._wanted) >= MOST_WANTED:
            self._wanted.pop(next(iter(self._wanted)))
        self._wanted[digest] = (0, 0.0)
        self._on(now)

    def gone(self, digest: str, now: Moment) -> None:
        """It is not on the shelf, whatever was thought."""
        self.rows.pop(digest, None)
        self._on(now)

    def given(self, digest: str, status: int, now: Moment) -> None:
        """What the relay said of it: a status of HTTP, 0 if nobody answered."""
        erased, self._erased, self.giving = self._erased, False, ""
        row = self.rows.get(digest)
        if erased and row is not None and not self._named(digest):
            self._drop(digest)
        elif 200 <= status < 300 or (status == FORBIDDEN and row is not None and row.sent):
            # Who may not give what a relay had brings it back no more: others do.
            self._tries.pop(digest, None)
            if row is not None:
                self._note(replace(row, sent=self._to))
        elif _for_good(status):
            self._refused[digest] = status
        else:
            tries = self._tries.get(digest, 0)
            self._tries[digest] = tries + 1
            self._again_at = now.mono + pause(tries, self._backoff(), digest, tries, now.wall)
        self._on(now)

    def taken(self, digest: str, status: int, now: Moment) -> None:
        """What came of fetching it: 200 where it is on the shelf now (`shelved`)."""
        self._taking.discard(digest)
        tries, _ = self._wanted.get(digest, (0, 0.0))
        if digest in self._wanted:
            if _for_good(status) and tries + 1 >= TRIES:
                del self._wanted[digest]
                self._missing.add(digest)
            else:
                wait = pause(tries, self._backoff(), digest, tries, now.wall)
                self._wanted[digest] = (tries + 1, now.mono + wait)
        self._on(now)

    def woke(self, now: Moment) -> None:
        """The timer rang."""
        self._on(now)

    # -- inside -----------------------------------------------------------------------------------

    def _has(self, row: Shelved) -> bool:
        """CARRY-5."""
        return row.sent != "" and row.sent == self.epoch

    def _note(self, row: Shelved) -> None:
        self.rows[row.digest] = row
        self._out.append(Note(row))

    def _on(self, now: Moment) -> None:
        """Begin what may begin now, and wake for what may begin later."""
        if self.leads:
            self._let_go(now)
        due = [each for each in (self._give(now), self._take(now)) if each is not None]
        if due:
            self._out.append(Wake(min(due)))

    def _give(self, now: Moment) -> float | None:
        if not self.leads or not self.online or self.giving:
            return None
        found = [digest for digest in self.unsent() if digest not in self._refused]
        if not found:
            return None
        if now.mono < self._again_at:
            return self._again_at
        self.giving = min(found, key=lambda digest: self._tries.get(digest, 0))
        self._to = self.epoch
        self._out.append(Give(self.giving))
        return None

    def _take(self, now: Moment) -> float | None:
        if not self.online:
            return None
        later: list[float] = []
        for digest, (_, due) in self._wanted.items():
            if digest in self._taking:
                continue
            if due > now.mono:
                later.append(due)
            elif len(self._taking) < AT_ONCE:
                self._taking.add(digest)
                self._out.append(Take(digest))
        return min(later, default=None)

    def _let_go(self, now: Moment) -> None:
        """CARRY-2, CARRY-3."""
        self._forget(now, sent_ms=UNNAMED_MS, made_ms=UNNAMED_MS)
        sent = sorted(
            (row for row in self.rows.values() if self._has(row)), key=lambda row: row.used
        )
        size = sum(row.size for row in sent)
        for row in sent:
            if size <= self._most:
                break
            size -= row.size
            self._drop(row.digest)

    def _forget(self, now: Moment, *, sent_ms: float, made_ms: float) -> None:
        """Let go of what none names, and what was not used, or made, for so long."""
        for row in list(self.rows.values()):
            age, most = (row.used, sent_ms) if self._has(row) else (row.made, made_ms)
            if now.wall - age >= most and row.digest != self.giving and not self._named(row.digest):
                self._drop(row.digest)

    def _drop(self, digest: str) -> None:
        del self.rows[digest]
        self._refused.pop(digest, None)
        self._out.append(Drop(digest))


def _for_good(status: int) -> bool:
    """Whether another try would be answered alike."""
    return 400 <= status < 500 and status not in (401, 408, 429)
