"""When a waiting tab may reach for the seat: the guards around stealing.

SUCC-1  Only the next in line acts: the newest build, then the most senior awake tab.
SUCC-2  A leader is given up when its beats stopped (`presence` judges that), an unknown one when
        nobody was heard to lead for `LEADERLESS_MS` of our own ticks coming in time.
SUCC-3  At most one attempt in `WINDOW_MS`.

Floor: `presence`, `election_table`.
"""

from __future__ import annotations

from typing import Final

from pysync.machines.effects import Moment
from pysync.machines.election_table import Event
from pysync.machines.presence import Presence

LEADERLESS_MS: Final = 4_000
"""How long nobody may be heard to lead before the seat is taken from whoever has it."""
WINDOW_MS: Final = 10_000
"""The least time between two attempts of one tab."""


class Succession:
    """Watches the leader for one waiting tab; `judge` at every tick."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence
        self._beat_at = 0.0
        self._leaderless_from = 0.0
        self._away = 0.0
        """How much of the wait passed between ticks of ours that came late."""
        self._acted_at = float("-inf")

    def begin(self, now: Moment) -> None:
        """A wait begins anew: we started, returned, or have just heard of a leader."""
        self._leaderless_from, self._away = now.mono, 0.0

    def beat(self, now: Moment) -> None:
        """A tick came. If it came late, the silence before it proves nothing."""
        gap = now.mono - self._beat_at
        if gap > 2 * self._presence.pace.tick_ms:
            self._away += gap
        self._beat_at = now.mono

    def judge(self, leader: str | None, now: Moment) -> Event | None:
        """STALE to steal, FORCE to ask a leader of an older build to yield, None to wait on."""
        awake = leader is not None and self._presence.is_awake(leader)
        silent = leader is not None and self._presence.is_silent(leader)
        if awake and leader is not None:
            self.begin(now)
            build = self._presence.build_of(leader)
            older = build is not None and build < self._presence.build
            return self._act(Event.FORCE, now) if older else None
        leaderless = now.mono - self._leaderless_from - self._away
        if silent or leaderless > LEADERLESS_MS:  # SUCC-2
            return self._act(Event.STALE, now)
        return None

    def _act(self, event: Event, now: Moment) -> Event | None:
        if self._presence.rank() > 0 or now.mono - self._acted_at <= WINDOW_MS:  # SUCC-1, SUCC-3
            return None
        self._acted_at = now.mono
        return event
