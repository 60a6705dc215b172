"""What live data came to: how many updates of what, when last, how often. Floor: `updates`."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pysync.machines.effects import Moment
from pysync.machines.updates import ACTIONS, Action, RealtimeUpdate

WINDOW_MS: Final = 60_000
TYPES_KEPT: Final = 500
OTHERS: Final = "*"
"""Under which the updates of further types are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsReport:
    """Counts since `since`, of updates as they are told: what was aggregated is one. Wall ms."""

    since: int
    total: int
    by_type: Mapping[str, int]
    by_action: Mapping[Action, int]
    counts: Mapping[str, Mapping[Action, int]]
    """Type -> action -> how many; all three actions are there."""
    last_update: int | None
    """When the last one was told."""
    last_by_type: Mapping[str, int]
    per_minute: int
    """Updates that were told within the last minute."""
    own: int
    """How many of them this tab made itself."""
    losses: int
    """How often a connection was lost."""


class RealtimeAnalytics:
    """Counts updates. `RealtimeManager.analytics` is one.

    >>> counts = RealtimeAnalytics(Moment(1_000, 0))
    >>> counts.count(
    ...     RealtimeUpdate(type="rooms", action="update", id="101", timestamp=0, data={}),
    ...     Moment(2_000, 1_000),
    ... )
    >>> report = counts.report(Moment(3_000, 2_000))
    >>> report.by_type, report.last_by_type, report.per_minute
    ({'rooms': 1}, {'rooms': 2000}, 1)
    """

    def __init__(self, now: Moment) -> None:
        self._since = int(now.wall)
        self._counts: dict[str, dict[Action, int]] = {}
        self._last: dict[str, int] = {}
        self._seconds: deque[tuple[float, int]] = deque()
        """Second (mono) -> updates in it, for as long as the window is."""
        self._own = 0
        self._losses = 0

    def count(self, update: RealtimeUpdate, now: Moment) -> None:
        """An update is told."""
        full = len(self._counts) >= TYPES_KEPT and update.type not in self._counts
        name = OTHERS if full else update.type
        counts = self._counts.setdefault(name, dict.fromkeys(ACTIONS, 0))
        counts[update.action] += 1
        self._last[name] = int(now.wall)
        self._own += not update.tab
        second = now.mono // 1_000
        known = self._seconds.pop()[1] if self._seconds and self._seconds[-1][0] == second else 0
        self._seconds.append((second, known + 1))
        self._forget(now)

    def lost(self) -> None:
        """The connection was lost."""
        self._losses += 1

    def report(self, now: Moment) -> AnalyticsReport:
        """How it stands."""
        self._forget(now)
        by_type = {name: sum(counts.values()) for name, counts in self._counts.items()}
        return AnalyticsReport(
            since=self._since,
            total=sum(by_type.values()),
            by_type=by_type,
            by_action={
                action: sum(counts[action] for counts in self._counts.values())
                for action in ACTIONS
            },
            counts={name: dict(counts) for name, counts in self._counts.items()},
            last_update=max(self._last.values(), default=None),
            last_by_type=dict(self._last),
            per_minute=sum(count for _, count in self._seconds),
            own=self._own,
            losses=self._losses,
        )

    def _forget(self, now: Moment) -> None:
        first = (now.mono - WINDOW_MS) // 1_000
        while self._seconds and self._seconds[0][0] <= first:
            self._seconds.popleft()
