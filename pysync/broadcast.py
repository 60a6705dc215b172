"""`BroadcastSync`: any store of the application, the same in every tab (TAB-05).

A bridge and no protocol of its own: each key of the store is the value under that key in the space
named `channel_name`, which is what `SyncedKV` reads there, and a local change is an ordinary change
of that space. SYNC-4 `stop` leaves no listener, timer, lock or channel behind. SYNC-6 where tabs
cannot hear each other `start` does nothing, and no method raises. Floor: `broadcast_bridge`,
`broadcast_resolver`, `runtime`.
"""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from pysync.broadcast_bridge import Bridge
from pysync.broadcast_config import BroadcastConfig
from pysync.broadcast_log import LogEntry
from pysync.broadcast_resolver import Resolver
from pysync.broadcast_values import Store, check_store
from pysync.broadcast_voice import Voice
from pysync.errors import UsageError
from pysync.listeners import Unsubscribe
from pysync.machines.cards import TabInfo
from pysync.machines.events import Problem
from pysync.machines.status import Status
from pysync.model.policy import DEFAULT
from pysync.model.schema import Schema
from pysync.runtime import is_supported, open_space
from pysync.space import Space

UNAVAILABLE: Final = "Sync unavailable"


class BroadcastSync:
    """Keeps a store the same in all tabs that name the same channel.

    `store` is any object with `get(key)`, `set(key, value)` and `subscribe(callback)`, which calls
    `callback(key, value)` after every change and answers how to stop. Nothing happens before
    `start`. A space that is given is used and left open; else the one named `channel_name` is
    opened by `start` and closed by `stop`.

    >>> from pysync import ObservableStore
    >>> one, two = ObservableStore(theme="dark"), ObservableStore()
    >>> with create_broadcast_sync(one, channel_name="doc"):
    ...     with create_broadcast_sync(two, channel_name="doc") as sync:
    ...         two.set("size", 12)
    ...         two.get("theme"), one.get("size"), len(sync.connected_tabs)
    ('dark', 12, 2)
    """

    def __init__(
        self,
        store: Store,
        config: BroadcastConfig | None = None,
        *,
        space: Space | None = None,
    ) -> None:
        check_store(store)
        if config is not None and not isinstance(config, BroadcastConfig):
            raise UsageError("config is a BroadcastConfig; options go to create_broadcast_sync")
        self.config = config or BroadcastConfig()
        self._store = store
        self._given = space
        self._space: Space | None = None
        self._bridge: Bridge | None = None
        self._resolver: Resolver | None = None
        self._endings: list[Unsubscribe] = []
        self._voice = Voice(self.config)
        if space is not None:
            _check_strategy(space, self.config)

    # -- life -------------------------------------------------------------------------------------

    def start(self, *, to_the_end: bool = False) -> BroadcastSync:
        """Begin: take over what the other tabs hold, offer what only this one has. Answers itself.
        With `to_the_end` it stops by itself when the program ends.

        A second call does nothing, nor does one where tabs cannot hear each other: then `status` is
        "Sync unavailable", which is said once. What the store raises in `subscribe` comes out here.
        """
        if self.is_active:
            return self
        space = self._open()
        if space is None:
            _warn_once()
            return self
        self._space = self._voice.space = space
        config = self.config
        self._bridge = bridge = Bridge(
            store=self._store,
            space=space,
            config=config,
            voice=self._voice,
        )
        if config.custom_resolver is not None:
            self._resolver = Resolver(
                space, config.custom_resolver, bridge.covers, self._voice.problem
            )
        self._endings = [bridge.close, self._speak_often(space)]
        try:
            stop = self._store.subscribe(bridge.changed_here)
            if not callable(stop):
                raise UsageError("subscribe(callback) of a store answers a function that ends it")
        except Exception:
            self.stop()
            raise
        self._endings += [
            stop,
            space.on_change(bridge.changed_there),
            space.on_change(lambda _: self._look()),
            space.on_status(self._status_changed),
        ]
        if to_the_end:
            atexit.register(self.stop)
            self._endings.append(lambda: atexit.unregister(self.stop))
        self._voice.note("started", "", ())
        space.when_ready(lambda: self._hydrate(bridge))
        return self

    def stop(self) -> None:
        """End: send what waits, then let go of everything. A second call does nothing."""
        space, endings = self._space, self._endings
        self._endings = []
        if space is None or not endings:
            return
        for end in endings:
            end()
        self._space = self._bridge = self._resolver = None
        self._voice.ended()
        if space is not self._given:
            space.close()

    def __enter__(self) -> BroadcastSync:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- how it stands ----------------------------------------------------------------------------

    @property
    def is_active(self) -> bool:
        """Whether it was started and not stopped."""
        return self._space is not None and not self._space.closed

    @property
    def is_leader(self) -> bool:
        """Whether this tab leads. Always False where leader election is switched off."""
        space = self._space
        return space is not None and self.config.enable_leader_election and space.is_leader

    @property
    def tab_id(self) -> str:
        """This tab's id in the channel, new with every start; "" while it is not active."""
        return self._space.tab_id if self._space is not None else ""

    @property
    def connected_tabs(self) -> tuple[TabInfo, ...]:
        """The open tabs of the channel, this one included, the oldest first; none while it is not
        active."""
        return self._space.tabs() if self._space is not None else ()

    @property
    def status(self) -> str:
        """`stopped`, `connecting` (the stored state is being read), `connected`, or
        `Sync unavailable`."""
        if self._space is None:
            return "stopped" if _is_possible(self._given) else UNAVAILABLE
        return "connected" if self._space.is_ready else "connecting"

    @property
    def problems(self) -> list[Problem]:
        """What could not be sent or applied, newest last; the last hundred."""
        return list(self._voice.problems)

    @property
    def log(self) -> list[LogEntry]:
        """What debugging noted, newest last; the last 500 entries."""
        return list(self._voice.log.entries)

    # -- what can be asked of it; nothing happens while it is not active ---------------------------

    def request_state(self) -> None:
        """Ask the other tabs for what this one may have missed; what comes is applied."""
        if self._space is not None and self.is_active:
            self._space.request_state()

    def broadcast_state(self, keys: Iterable[str] | None = None) -> None:
        """Send these keys (None: all) now, also what did not change, past throttle and filter."""
        if isinstance(keys, str):
            raise UsageError(f"keys are a list of names: write [{keys!r}]")
        if self._bridge is not None and self.is_active:
            self._bridge.send_all(keys)

    def force_leader(self) -> None:
        """Make this tab the leader. Does nothing where leader election is switched off."""
        if self._space is not None and self.is_active and self.config.enable_leader_election:
            self._space.force_leader()

    # -- inside -----------------------------------------------------------------------------------

    def _open(self) -> Space | None:
        """The space to use; None where tabs cannot hear each other."""
        if not _is_possible(self._given):
            return None
        if self._given is not None:
            return self._given
        schema = Schema(strategy=self.config.conflict_strategy)
        space = open_space(self.config.channel_name, schema)
        if space.tab.channel == "none":
            space.close()
            return None
        return space

    def _speak_often(self, space: Space) -> Unsubscribe:
        """A leader is not silent for longer than `leader_heartbeat_ms`."""
        presence = space.tab.presence
        before = presence.pace
        beat_ms = max(before.tick_ms, min(before.beat_ms, int(self.config.leader_heartbeat_ms)))
        presence.pace = replace(before, beat_ms=beat_ms)

        def back() -> None:
            presence.pace = before

        return back

    def _hydrate(self, bridge: Bridge) -> None:
        if bridge is self._bridge and self._space is not None:
            bridge.hydrate()
            self._status_changed(self._space.status())

    def _status_changed(self, status: Status) -> None:
        if self._space is not None:
            self._voice.status(status, awake=self._space.tab.awake)
            self._look()

    def _look(self) -> None:
        if self._resolver is not None:
            self._resolver.look()


def create_broadcast_sync(
    store: Store, *, space: Space | None = None, **options: Any
) -> BroadcastSync:
    """A `BroadcastSync` with these options of `BroadcastConfig`, not started yet.

    Raises UsageError for an option that does not exist or makes no sense.
    """
    return BroadcastSync(store, BroadcastConfig(**options), space=space)


def use_broadcast_sync(
    store: Store, *, space: Space | None = None, **options: Any
) -> BroadcastSync:
    """A `BroadcastSync` that runs as long as the page, or in CPython as the program.

    In a page it pauses when the page is put away and goes on when that comes back. As a context
    manager it ends with the block.
    """
    sync = create_broadcast_sync(store, space=space, **options)
    return sync.start(to_the_end=True)


def _is_possible(given: Space | None) -> bool:
    return given.tab.channel != "none" if given is not None else is_supported()


def _check_strategy(space: Space, config: BroadcastConfig) -> None:
    """In a space that others use as well, the space's policy holds."""
    schema = space.tab.schema
    for key in config.sync_keys or ("",):
        holds = schema.collection(key).strategy_of("value") if key else schema.strategy or DEFAULT
        if holds != config.conflict_strategy:
            where = f"{key!r} in the space {space.name!r}" if key else f"the space {space.name!r}"
            raise UsageError(
                f"{where} settles conflicts by {holds!r}: give conflict_strategy={holds!r}"
            )


_warned: list[bool] = []


def _warn_once() -> None:
    if not _warned:
        _warned.append(True)
        sys.stderr.write(
            f"pysync: {UNAVAILABLE}: this browser has no BroadcastChannel and no storage events. "
            "What is stored here stays, but other tabs are not told.\n"
        )
