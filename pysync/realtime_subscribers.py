"""Who is told of live data, and who wants to hear of what.

LIVE-2 a callback that fails keeps nobody else from being told; it is printed and kept as a problem.
Floor: `listeners`, `realtime_filter`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pysync.errors import UsageError
from pysync.listeners import Listeners, Unsubscribe
from pysync.machines.updates import RealtimeUpdate
from pysync.realtime_filter import Filter, filter_of

OnUpdate = Callable[[RealtimeUpdate], None]


@dataclass(frozen=True, slots=True, eq=False)
class Subscription:
    """One subscription; a context manager that ends it."""

    id: str
    type: str
    filter: Filter
    callback: OnUpdate
    unsubscribe: Unsubscribe
    """Hear no more. A second call does nothing."""

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: object) -> None:
        self.unsubscribe()


class Subscribers:
    """Subscriptions, at most `most` of them, and listeners that hear of everything."""

    def __init__(self, most: int) -> None:
        self.listeners = Listeners()
        self._most = most
        self._subscriptions: dict[str, Subscription] = {}
        self._numbers = itertools.count(1)

    @property
    def open(self) -> tuple[Subscription, ...]:
        """Those that are open, the oldest first."""
        return tuple(self._subscriptions.values())

    def subscribe(
        self, name: str, callback: OnUpdate, given: Filter | Mapping[str, Any] | None
    ) -> Subscription:
        """One more. Raises UsageError for a filter that makes no sense, or one too many."""
        wanted = filter_of(given)
        if not callable(callback):
            raise UsageError(f"a callback is a function, not {callback!r:.60}")
        if len(self._subscriptions) >= self._most:
            raise UsageError(
                f"{self._most} subscriptions are open, and no more may be: unsubscribe one that is "
                "no longer shown, hear all types in one callback (on_update), or give "
                f"max_subscriptions={self._most + 1} or more"
            )
        id_ = f"live-{next(self._numbers)}"
        made = Subscription(id_, name, wanted, callback, lambda: self.unsubscribe(id_))
        self._subscriptions[id_] = made
        return made

    def unsubscribe(self, given: Subscription | str) -> None:
        """End one, given itself or its id."""
        id_ = given.id if isinstance(given, Subscription) else given
        self._subscriptions.pop(id_, None)

    def wants(self, name: str) -> bool:
        """Whether anybody wants to hear of that type."""
        return self.listeners.waits("update") or any(
            each.type == name for each in self._subscriptions.values()
        )

    def tell(self, update: RealtimeUpdate) -> None:
        """Tell it to everybody who wants to hear of it, as each sees it."""
        self.listeners.tell("update", update)
        for each in self.open:
            told = each.filter.seen(update) if each.type == update.type else None
            if told is not None and each.id in self._subscriptions:
                self.listeners.call(each.type, each.callback, told)

    def clear(self) -> None:
        """Nobody is told anything any more."""
        self._subscriptions.clear()
        self.listeners.clear()
