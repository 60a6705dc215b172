"""`RealtimeManager`: live data for dashboards and lists, as typed updates of records.

It hears the space's own changes, so whatever makes a record look different is told, in the same
way: this tab, another tab, another device, at once also offline. What was shown and is then refused
or loses is told as well, as the update that takes it back. Updates wait in a queue that joins what
belongs together and lets out a few at a time (`machines.update_queue`).

LIVE-1 a subscriber that applies every update to what it had when it subscribed holds what the view
shows of what it asked for, once nothing waits; while the space is being loaded it has nothing.
LIVE-3 `stop` leaves no listener and no timer behind. Floor: `space`, `realtime_subscribers`,
`realtime_updates`, `realtime_talk`, `connection`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pysync.connection import Connection, RealtimeStatus, confirmed_at, connection_of
from pysync.errors import UsageError
from pysync.listeners import Unsubscribe
from pysync.machines.effects import Effect
from pysync.machines.events import Problem
from pysync.machines.status import Status
from pysync.machines.update_queue import UpdateQueue
from pysync.machines.updates import Action, RealtimeUpdate
from pysync.realtime_analytics import AnalyticsReport, RealtimeAnalytics
from pysync.realtime_config import DataType, RealtimeConfig
from pysync.realtime_filter import Filter
from pysync.realtime_subscribers import OnUpdate, Subscribers, Subscription
from pysync.realtime_talk import Talk
from pysync.realtime_updates import of_all, updates_of
from pysync.runtime import default_space
from pysync.space import Space
from pysync.telling import Update


class RealtimeManager:
    """Tells subscribers what changes in a space (none given: the default one).

    >>> from pysync import Collection, RealtimeManager
    >>> from pysync.native import open_space
    >>> with open_space("doc-live") as desk, open_space("doc-live") as office:
    ...     with RealtimeManager(office) as live:
    ...         _ = live.subscribe("rooms", lambda update: print(update.action, update.data))
    ...         rooms = Collection("rooms", space=desk)
    ...         _ = rooms.create({"id": "101", "beds": 1})
    ...         _ = rooms.update("101", {"beds": 2})
    create {'beds': 1}
    update {'beds': 2}
    """

    def __init__(self, space: Space | None = None, config: RealtimeConfig | None = None) -> None:
        if config is not None and not isinstance(config, RealtimeConfig):
            raise UsageError("config is a RealtimeConfig; options go to use_realtime_sync")
        self.space = space if space is not None else default_space()
        self.config = config or RealtimeConfig()
        self._told = Subscribers(self.config.max_subscriptions)
        self._talk = Talk(
            self.space,
            self.config,
            changed=self._take,
            wanted=lambda name: self._told.listeners.tell("refresh", name),
            foreign=lambda why: self._told.listeners.problem(Problem("foreign", why)),
        )
        self._queue: UpdateQueue | None = None
        self._endings: list[Unsubscribe] = []
        self._connection: Connection = "disconnected"
        self._last_update: int | None = None
        self._analytics: RealtimeAnalytics | None = None

    # -- life -------------------------------------------------------------------------------------

    def initialize(self) -> RealtimeManager:
        """Begin to tell what changes from now on. A second call does nothing. Answers itself.

        Raises UsageError if the space is closed."""
        if self.is_active:
            return self
        space = self.space
        self._endings = [
            space.on_change(self._changed),
            space.on_status(self._look),
            space.on_message(self._talk.heard),
            space.on_erased(lambda _: self.flush()),
        ]
        self._queue = space.tab.add_gate(self._make_queue)
        if not space.is_ready:  # Who subscribes before the space is loaded had nothing yet.
            space.when_ready(lambda: self._changed(of_all(space.tab.replica.view, self._watched)))
        self._look(self.space.status())
        return self

    def _make_queue(self, out: list[Effect]) -> UpdateQueue:
        config = self.config
        return UpdateQueue(
            name=str(id(self)),
            throttle_ms=config.throttle_ms,
            batch_size=config.batch_size,
            max_pending=config.max_pending,
            out=out,
            send=self._send,
        )

    def stop(self) -> None:
        """Tell what waits (unless a callback calls this), then hear no more. Who subscribed stays,
        and is told again after `initialize`, from then on. A second call does nothing."""
        if self._queue is None:
            return
        self.flush()
        queue, endings = self._queue, self._endings
        self._queue, self._endings = None, []
        for end in endings:
            end()
        self.space.tab.gates.remove(queue)
        queue.close()
        if not self.space.closed:
            self.space.host.pump()
        self._look(self.space.status())

    def close(self) -> None:
        """Stop, and forget who subscribed. The space stays open."""
        self.stop()
        self._told.clear()
        self._analytics = None

    def __enter__(self) -> RealtimeManager:
        return self.initialize()

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- who is told ------------------------------------------------------------------------------

    def subscribe(
        self,
        type: str,  # noqa: A002 - the name that RT-02 gives it
        callback: OnUpdate,
        filter: Filter | Mapping[str, Any] | None = None,  # noqa: A002
    ) -> Subscription:
        """Call back with each update of that type, from now on; read the space for what is there.
        While the space is being loaded nothing is: what is stored is told then, as it comes.

        A type is a collection, or what `RealtimeConfig.types` makes of several. `filter` is a
        `Filter`, or a mapping like it, `{"where": {"status": "booked"}, "fields": ["room"]}`. Who
        subscribes in a callback is told what waits at that moment, too.

        Raises Unknown for a type that is not declared where types are, UsageError for a filter that
        makes no sense, or with `max_subscriptions` open: then unsubscribe one, or hear several
        types in one callback (`on_update`).
        """
        self.config.type_of(type)
        self.flush()  # What came before is not for who subscribes now.
        return self._told.subscribe(type, callback, filter)

    def unsubscribe(self, subscription: Subscription | str) -> None:
        """End a subscription, given itself or its id. A second call does nothing."""
        self._told.unsubscribe(subscription)

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """Those that are open, the oldest first."""
        return self._told.open

    def on_update(self, callback: OnUpdate) -> Unsubscribe:
        """Call back with each update of every type; it takes no place among subscriptions."""
        self.flush()
        return self._told.listeners.add("update", callback)

    def on_connection(self, callback: Callable[[Connection], None]) -> Unsubscribe:
        """Call back with the connection whenever it is another one."""
        return self._told.listeners.add("connection", callback)

    def on_refresh(self, callback: Callable[[str], None]) -> Unsubscribe:
        """Call back with the type when somebody, here or in another tab, asks to have it anew: who
        has data that is not in the space fetches it and says `notify_change`."""
        return self._told.listeners.add("refresh", callback)

    # -- how it stands ----------------------------------------------------------------------------

    @property
    def is_active(self) -> bool:
        """Whether it was initialized and not stopped, and its space is open."""
        return self._queue is not None and not self.space.closed

    @property
    def status(self) -> RealtimeStatus:
        """How live the data is, now."""
        state, reason = self._state(self.space.status())
        return RealtimeStatus(
            connection=state,
            reason=reason,
            active=self.is_active,
            subscriptions=len(self._told.open),
            max_subscriptions=self.config.max_subscriptions,
            pending=len(self._queue) if self._queue is not None else 0,
            last_update=self._last_update,
            confirmed=confirmed_at(self.space),
        )

    @property
    def problems(self) -> list[Problem]:
        """Callbacks that failed and messages that made no sense, newest last; the last hundred."""
        return list(self._told.listeners.problems)

    def analytics(self) -> AnalyticsReport:
        """Counts of what was told since this was first asked; updates of all types are counted
        from then on, also those that nobody subscribed to."""
        now = self.space.host.now()
        if self._analytics is None:
            self.flush()
            self._analytics = RealtimeAnalytics(now)
        return self._analytics.report(now)

    def flush(self) -> None:
        """Tell what waits, now."""
        if self._queue is not None and not self.space.closed:
            self._queue.flush(self.space.host.now())
            self.space.host.pump()

    # -- what can be asked of it ------------------------------------------------------------------

    def request_refresh(self, type: str) -> None:  # noqa: A002 - as in RT-08
        """Ask to have this type of data anew: the other tabs and the relay for what this one may
        have missed, and whoever has data of its own (`on_refresh`), in every tab. What a cache
        holds of it is dropped. Raises Unknown as `subscribe` does, UsageError while not active."""
        self._check_active()
        self._talk.ask(type)

    def notify_change(
        self,
        type: str,  # noqa: A002 - as in RT-08
        action: Action,
        data: Mapping[str, Any] | None = None,
        *,
        employee: str | None = None,
    ) -> None:
        """Tell subscribers here and in all other tabs that data changed which is not in the space.

        `data` names its record by `id`; without one it is about the type as a whole. It reaches
        open tabs of this device only, and does not last: what must, or what other devices need, is
        a change of the space, which is told by itself.

        Raises UsageError for a type that is in the space, an action that is none, or while not
        active; InvalidValue and SensitiveKey for data that cannot be sent. Nobody was told then.
        """
        self._check_active()
        self._talk.notify(type, action, data, employee)

    # -- inside -----------------------------------------------------------------------------------

    def _check_active(self) -> None:
        if not self.is_active:
            raise UsageError("live data is not started: call initialize() first")

    def _state(self, status: Status) -> tuple[Connection, str]:
        if self._queue is None:
            return "disconnected", "live data is not started"
        return connection_of(status, awake=self.space.tab.awake and not self.space.closed)

    def _look(self, status: Status) -> None:
        """The connection may be another one."""
        now, _ = self._state(status)
        was, self._connection = self._connection, now
        if now != was:
            if was == "connected" and self.is_active and self._analytics is not None:
                self._analytics.lost()
            self._told.listeners.tell("connection", now)

    def _watches(self, name: str) -> bool:
        """Whether anybody wants to hear of that type."""
        return self._analytics is not None or self._told.wants(name)

    def _watched(self, collection: str) -> Iterator[tuple[str, DataType]]:
        for name, declared in self.config.types_of(collection):
            if self._watches(name):
                yield name, declared

    def _changed(self, update: Update) -> None:
        """Records look different, whoever made them so."""
        now = self.space.host.now()
        if self._queue is not None and (made := updates_of(update, self._watched, now)):
            self._queue.put(made, now)
            self.space.host.pump()

    def _take(self, update: RealtimeUpdate) -> None:
        """Data changed that is not in the space."""
        if self._queue is not None and self._watches(update.type):
            self._queue.put([update], self.space.host.now())
            self.space.host.pump()

    def _send(self, batch: Sequence[RealtimeUpdate]) -> None:
        """The queue lets these out."""
        now, queue = self.space.host.now(), self._queue
        self._last_update = int(now.wall)
        for update in batch:
            if self._queue is not queue:  # A callback stopped it, and perhaps began anew.
                return
            if self._analytics is not None:
                self._analytics.count(update, now)
            self._told.tell(update)
