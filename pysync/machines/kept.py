"""Kept results: what was computed, by name, for a time, and no more of them than a bound.

KEPT-1 a result is answered for at most `ttl_ms` after it was computed, and never after it was
dropped. KEPT-2 no more than `max_entries` are kept: the one that was asked for longest ago goes.
KEPT-3 dropping `name` drops `name` itself and everything below it (`name/...`).
Floor: `effects`, `errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from pysync.errors import UsageError
from pysync.machines.effects import Moment

TTL_MS: Final = 60_000
MAX_ENTRIES: Final = 200


@dataclass(frozen=True, slots=True)
class Result:
    """One result. `at` is when it was computed, `since` when its data last changed, or if that is
    not known, when it was first computed (wall ms)."""

    value: Any
    at: Moment
    since: float


def is_below(name: str, other: str) -> bool:
    """Whether it is that name, or below it.

    >>> is_below("revenue/2026-11", "revenue"), is_below("revenues", "revenue")
    (True, False)
    """
    return name == other or name.startswith(f"{other}/")


class Kept:
    """Results by name.

    >>> kept = Kept(ttl_ms=100)
    >>> _ = kept.put("kpis/today", 7, Moment(5_000, 0))
    >>> kept.find("kpis/today", Moment(5_100, 100)).value, kept.find("kpis/today", Moment(0, 101))
    (7, None)
    """

    def __init__(self, *, ttl_ms: float = TTL_MS, max_entries: int = MAX_ENTRIES) -> None:
        if ttl_ms < 0 or max_entries < 1:
            raise UsageError("ttl_ms is 0 or more, max_entries is 1 or more")
        self._ttl = ttl_ms
        self._most = max_entries
        self._results: dict[str, Result] = {}
        """The one that was asked for longest ago first."""
        self._changed: dict[str, float] = {}
        """When the data of these names last changed; as many names at most."""
        self.drops = 0
        """How often anything was dropped."""

    def __len__(self) -> int:
        return len(self._results)

    def peek(self, name: str) -> Result | None:
        """What is kept under that name, however old."""
        return self._results.get(name)

    def find(self, name: str, now: Moment) -> Result | None:
        """What is kept and not too old; it counts as asked for now."""
        found = self._results.pop(name, None)
        if found is not None:
            self._results[name] = found
            if now.mono - found.at.mono > self._ttl:
                return None
        return found

    def put(self, name: str, value: Any, now: Moment) -> Result:
        """Keep a result. One in the place of another that only grew old has that one's `since`."""
        old = self._results.pop(name, None)
        known = (at for each, at in self._changed.items() if is_below(name, each))
        since = max(known, default=now.wall) if old is None else old.since
        self._results[name] = made = Result(value, now, since)
        while len(self._results) > self._most:
            del self._results[next(iter(self._results))]
        return made

    def drop(
        self,
        names: Collection[str],
        now: Moment,
        *,
        still_right: Callable[[Any], bool] = lambda _: False,
    ) -> None:
        """The data of these changed: forget them and what is below them, but for values that were
        computed from it as it is now."""
        self.drops += 1
        for each in names:
            self._changed.pop(each, None)
            self._changed[each] = now.wall
        while len(self._changed) > self._most:
            del self._changed[next(iter(self._changed))]
        for name, result in list(self._results.items()):
            if any(is_below(name, each) for each in names) and not still_right(result.value):
                del self._results[name]

    def clear(self) -> None:
        """Forget all."""
        self.drops += 1
        self._results.clear()
