"""What a tab must hold to lead: the leader's Web Lock, or where there are none, a lease.

SEAT-1  At most one attempt at the lease is open at a time.
SEAT-2  A lease is trusted until `ttl - margin` after it was *asked* for, by the monotonic clock.
SEAT-3  A lease that arrives after it was given up is given back.

Floor: `effects`, `presence`, the `Lease` of `ports`.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Literal, Protocol

from pysync.machines.effects import (
    ClearTimer,
    Effect,
    Moment,
    ReleaseLock,
    RequestLock,
    SetTimer,
    TakeLease,
)
from pysync.machines.presence import Presence
from pysync.ports import Lease, StoreFault

TTL_MS: Final = 3_000
"""How long a lease holds."""
RENEW_MS: Final = 1_000
"""How often the holder prolongs it."""
MARGIN_MS: Final = 500
"""How long before its end the holder stops trusting it."""
RETRY_MS: Final = 500
"""How long to wait after the store did not answer properly."""
STEP_MS: Final = 150
"""How much later each next in line tries for a free lease."""
TIMER: Final = "election.seat"


class Seat(Protocol):
    """What the election asks of either kind."""

    def queue(self, now: Moment, /) -> None:
        """Stand in line for it."""

    def leave(self) -> None:
        """Give it back, or leave the line."""

    def steal(self, now: Moment, /) -> None:
        """Take it from whoever has it, as far as that is possible."""

    def give_way(self) -> None:
        """Another was promised it."""

    def vacated(self, now: Moment, /) -> None:
        """The leader said bye."""

    def expired(self, now: Moment, /) -> bool:
        """Whether we held it and may no longer trust that."""

    def due(self, now: Moment, /) -> bool:
        """The timer is due: do what must be done, and answer whether the seat is lost by it."""


class LockSeat:
    """An exclusive Web Lock: the browser keeps the line and hands it on."""

    def __init__(self, name: str, out: list[Effect]) -> None:
        self.name = name
        self._out = out

    def queue(self, _: Moment) -> None:
        self._out.append(RequestLock(self.name))

    def leave(self) -> None:
        self._out.append(ReleaseLock(self.name))

    def steal(self, _: Moment) -> None:
        self._out.append(RequestLock(self.name, steal=True))

    def give_way(self) -> None:
        """It stays ours until it is stolen, so that nobody else in line is granted it."""

    def vacated(self, _: Moment) -> None:
        """The browser hands it on."""

    def expired(self, _: Moment) -> bool:
        return False

    def due(self, _: Moment) -> bool:
        return False


class LeaseSeat:
    """A lease in the store, prolonged by its holder; the line is kept by seniority."""

    def __init__(self, tab: str, presence: Presence, out: list[Effect]) -> None:
        self._tab = tab
        self._presence = presence
        self._out = out
        self._wanted = False
        self._held = False
        self._sent: deque[bool] = deque()
        """What the store has not answered yet, in order: an attempt, or giving back."""
        self._again = False
        self._asked_at = 0.0
        self._trusted_until = 0.0

    def queue(self, now: Moment) -> None:
        self._wanted = True
        self._ask(now)

    def leave(self) -> None:
        self._wanted = self._held = False
        self._out.append(ClearTimer(TIMER))
        self._return()

    def steal(self, now: Moment) -> None:
        self._again = True in self._sent
        self._ask(now)

    def give_way(self) -> None:
        self.leave()

    def vacated(self, now: Moment) -> None:
        if self._wanted and not self._held:
            self._later(now, self._presence.rank() * STEP_MS)

    def expired(self, now: Moment) -> bool:
        if self._held and now.mono >= self._trusted_until:  # SEAT-2
            self._held = False
            return True
        return False

    def due(self, now: Moment) -> bool:
        lost = self.expired(now)
        if self._wanted:
            self._ask(now)
        return lost

    def answered(
        self, answer: Lease | StoreFault, now: Moment
    ) -> Literal["won", "lost", "nothing"]:
        """The store's answer: `won` also when it was prolonged, `lost` if another has it now."""
        attempt = bool(self._sent) and self._sent.popleft()
        if not attempt:
            return "nothing"
        ours = isinstance(answer, Lease) and answer.holder == self._tab
        if not self._wanted:
            if ours:
                self._return()  # SEAT-3
            return "nothing"
        if isinstance(answer, StoreFault):
            self._later(now, RETRY_MS)
            return "nothing"
        if ours:
            self._trusted_until = self._asked_at + TTL_MS - MARGIN_MS
            self._held = now.mono < self._trusted_until
            self._later(now, RENEW_MS if self._held else 0)
            return "won" if self._held else "nothing"
        lost, self._held = self._held, False
        if self._again:
            self._again = False
            self._ask(now)
            return "lost" if lost else "nothing"
        left = min(max(answer.until - now.wall, 0), TTL_MS)
        self._later(now, left + self._presence.rank() * STEP_MS)
        return "lost" if lost else "nothing"

    def _ask(self, now: Moment) -> None:
        if True not in self._sent:  # SEAT-1
            self._sent.append(True)
            self._asked_at = now.mono
            self._out.append(TakeLease(TTL_MS))

    def _return(self) -> None:
        self._sent.append(False)
        self._out.append(TakeLease(0))

    def _later(self, now: Moment, ms: float) -> None:
        self._out.append(SetTimer(TIMER, now.mono + ms))
