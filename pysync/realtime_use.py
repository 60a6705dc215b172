"""Live data in a few words, for pages: one manager per space, which starts with the page and stops
with it. Floor: `realtime`.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pysync.connection import Connection, RealtimeStatus
from pysync.errors import UsageError
from pysync.realtime import RealtimeManager
from pysync.realtime_analytics import AnalyticsReport
from pysync.realtime_config import RealtimeConfig
from pysync.realtime_filter import Filter
from pysync.realtime_subscribers import OnUpdate, Subscription
from pysync.runtime import default_space
from pysync.space import Space

_managers: dict[Space, RealtimeManager] = {}
"""The one of each open space that these functions share."""


def use_realtime_sync(
    enabled: bool = True,
    on_update: OnUpdate | None = None,
    on_connection_change: Callable[[Connection], None] | None = None,
    *,
    space: Space | None = None,
    **options: Any,
) -> RealtimeManager:
    """The live data of a space (none given: the default one), which runs as long as the page, or in
    CPython as the program; `enabled=False` stops it until it is called with True.

    `on_update` gets every update of every type, `on_connection_change` the connection whenever it
    is another one. Options are those of `RealtimeConfig`. All calls for one space share one
    manager: a later call adds its callbacks. Raises UsageError for an option that does not exist,
    or that the manager, which was made before, has otherwise.

    >>> from pysync.native import open_space
    >>> with open_space("doc-use-live") as space:
    ...     live = use_realtime_sync(on_connection_change=print, space=space)
    ...     live.status.max_subscriptions
    connected
    10
    disconnected
    """
    manager = _manager(space, options)
    if on_connection_change is not None:
        manager.on_connection(on_connection_change)
    if on_update is not None:
        manager.on_update(on_update)
    if enabled:
        manager.initialize()
    else:
        manager.stop()
    return manager


def use_realtime_subscription(
    type: str,  # noqa: A002 - as in RT-02
    callback: OnUpdate,
    filter: Filter | Mapping[str, Any] | None = None,  # noqa: A002
    *,
    space: Space | None = None,
) -> Subscription:
    """Subscribe to a type of data of the space, as `RealtimeManager.subscribe` does, until the page
    ends or `unsubscribe`."""
    return _started(space).subscribe(type, callback, filter)


def use_realtime_status(
    on_change: Callable[[RealtimeStatus], None] | None = None, *, space: Space | None = None
) -> RealtimeStatus:
    """How live the data of the space is; `on_change` gets it whenever the connection is another
    one, until `unsubscribe` of any of these is called."""
    manager = _started(space)
    if on_change is None:
        return manager.status

    def status() -> RealtimeStatus:
        return replace(manager.status, unsubscribe=end)

    end = manager.on_connection(lambda _: on_change(status()))
    return status()


def use_realtime_analytics(*, space: Space | None = None) -> AnalyticsReport:
    """Counts of the updates of the space since this was first asked: by type and action, when last,
    how many a minute. Ask again for newer ones."""
    return _started(space).analytics()


def _started(space: Space | None) -> RealtimeManager:
    """The manager of the space; one that is made here is started, one that was stopped is not."""
    space = space if space is not None else default_space()
    return _managers.get(space) or use_realtime_sync(space=space)


def _manager(space: Space | None, options: Mapping[str, Any]) -> RealtimeManager:
    space = space if space is not None else default_space()
    config = RealtimeConfig(**options)
    for closed in [each for each in _managers if each.closed]:
        _managers.pop(closed).close()
    manager = _managers.get(space)
    if manager is None:
        manager = _managers[space] = RealtimeManager(space, config)
    elif options and config != manager.config:
        raise UsageError(
            f"live data of the space {space.name!r} was started with other options: give them in "
            "the first call, or make a RealtimeManager"
        )
    return manager


@atexit.register
def _end() -> None:
    """The program ends."""
    while _managers:
        _managers.popitem()[1].close()
