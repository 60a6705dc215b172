"""`ServerSync`: one value that all devices share through a relay, with how it stands and what is in
conflict about it. `SyncedKV` with the relay's side in view; the space below does the work.

Which strategy settles what is written in one moment is the space's policy (`Schema.strategies`, on
both ends), so that it is the same on every device: an option that says otherwise is an error, not a
second policy. Floor: `kv`, `space`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, Literal, TypeVar

from pysync.broadcast_config import nearest
from pysync.errors import Unknown, UsageError
from pysync.kv import VALUE, SyncedKV
from pysync.listeners import Unsubscribe
from pysync.machines.queue import Queue
from pysync.model.conflict import Conflict
from pysync.model.ordinary import ordinary_of
from pysync.model.policy import Strategy
from pysync.receipt import Receipt
from pysync.runtime import default_space
from pysync.settling import Way
from pysync.space import Space
from pysync.values.jsonvalue import Json

T = TypeVar("T")
SyncStatus = Literal["synced", "syncing", "offline", "conflict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSyncOptions:
    """How one key is synced. What is None is as the space has it."""

    conflict_strategy: Strategy | None = None
    """The strategy that the key must have in the space; another one there is an error."""
    conflict_window_ms: int | None = None
    """The window that the key must have there."""
    on_status: Callable[[SyncStatus], None] | None = None
    """Called with the status whenever it is another one."""
    on_conflict: Callable[[list[Conflict]], None] | None = None
    """Called with the pending conflicts of the key whenever these are others."""


Options = ServerSyncOptions | Mapping[str, Any]


class ServerSync(Generic[T]):
    """One JSON value that the devices of a relay share, in a page and in CPython alike.

    Without a space it is in the default one. `options` are those of `ServerSyncOptions`, also as a
    mapping. Use it as a context manager, or `close` it, if it has callbacks.

    >>> from pysync.native import open_space
    >>> with open_space("doc-server-sync") as space:
    ...     towels = ServerSync("towels", 0, space=space)
    ...     _ = towels.set(150)
    ...     towels.value, towels.sync_status, towels.queue_depth, towels.conflicts
    (150, 'offline', 0, [])

    It is offline because this space follows no relay: with `open_space(..., relay=...)` it would be
    `synced` once the relay has it.
    """

    def __init__(
        self,
        key: str,
        default: T,
        options: Options | None = None,
        *,
        space: Space | None = None,
    ) -> None:
        """Raises UsageError for an option that does not exist, or a policy that the space has
        otherwise; InvalidValue for a key that is none."""
        self.options = _options(ServerSyncOptions(), options or {})
        self.space = space if space is not None else default_space()
        self._kv: SyncedKV[T] = SyncedKV(key, default, space=self.space)
        self._check_policy()
        self._status = self.sync_status
        self._waiting = self._names()
        self._endings = [
            self.space.on_status(lambda _: self._look()),
            self.space.on_conflicts(lambda _: self._look()),
        ]

    @property
    def key(self) -> str:
        """The key."""
        return self._kv.key

    @property
    def value(self) -> T:
        """The newest value known on this device, frozen."""
        return self._kv.value

    def set(self, new: T | Callable[[T], T]) -> Receipt[None] | None:
        """Set a value, or a pure function of the newest one, as `SyncedKV.set` does: at once here,
        and sent as soon as there is a way. `await receipt.acknowledged()` waits for the relay."""
        return self._kv.set(new)

    def subscribe(self, callback: Callable[[T], None]) -> Unsubscribe:
        """Call back with the new value whenever it changes, whoever changed it."""
        return self._kv.subscribe(callback)

    # -- how it stands ----------------------------------------------------------------------------

    @property
    def sync_status(self) -> SyncStatus:
        """`conflict` while one of the key waits for somebody, `offline` while the relay is not
        there (or the space follows none), `syncing` until this tab has all that the relay had and
        the relay all that was written, then `synced`."""
        if self.pending_conflicts:
            return "conflict"
        status = self.space.status()
        if status.relay not in ("online", "connecting"):
            return "offline"
        linked = status.ready and status.relay == "online" and not status.behind
        behind = not linked or self.queue_depth
        return "syncing" if behind else "synced"

    @property
    def queue_depth(self) -> int:
        """How many changes of the key the relay has not decided yet; without one, the leader."""
        pending = self.space.tab.replica.pending.values()
        return sum(any(op.key == self.key for op in entry.change.ops) for entry in pending)

    @property
    def queue(self) -> Queue:
        """How many changes of the whole space wait on this device, of how many that may: when there
        is no room left, `set` raises Refused (`queue-full`) and nothing is set."""
        return self.space.status().queue

    @property
    def last_sync_time(self) -> int | None:
        """When something was last heard or decided (wall-clock ms); None if never."""
        return self.space.status().last_sync or None

    def force_sync(self) -> None:
        """Ask the relay and the other tabs now for what may have been missed, and send what
        waits."""
        self.space.request_state()

    # -- conflicts --------------------------------------------------------------------------------

    @property
    def conflicts(self) -> list[Conflict]:
        """Conflicts of the key that are at hand, settled ones included, the oldest first."""
        return self.space.conflicts(settled=True, record=(self.key, VALUE))

    @property
    def pending_conflicts(self) -> list[Conflict]:
        """Those that wait for somebody and were not ignored."""
        waiting = self.space.conflicts(record=(self.key, VALUE))
        return [conflict for conflict in waiting if conflict.id not in self.space.ignored]

    def resolve_conflict(
        self, conflict_id: str, strategy: Way, value: Json = None
    ) -> Receipt[None]:
        """Settle a conflict of the key for every device: `keep-local`, `keep-remote`, `merge`, or
        `manual` with the value that holds. Raises as `Space.resolve` does."""
        return self.space.resolve(self._own(conflict_id).id, strategy, value)

    def ignore_conflict(self, conflict_id: str, *, ignored: bool = True) -> None:
        """Put a conflict aside for now, or take it up again: see `Space.ignore`."""
        self.space.ignore(self._own(conflict_id).id, ignored=ignored)

    def _own(self, conflict_id: str) -> Conflict:
        conflict = self.space.conflict(conflict_id)
        if (conflict.key, conflict.rid) != (self.key, VALUE):
            raise Unknown(f"the conflict {conflict_id} is not one of {self.key!r}")
        return conflict

    # -- life -------------------------------------------------------------------------------------

    def close(self) -> None:
        """Call back no more. A second call does nothing; the space stays open."""
        endings, self._endings = self._endings, []
        for end in endings:
            end()

    def __enter__(self) -> ServerSync[T]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"ServerSync({self.key!r}, {self.value!r}, {self.sync_status})"

    # -- inside -----------------------------------------------------------------------------------

    def _check_policy(self) -> None:
        declared, options = self.space.tab.schema.collection(self.key), self.options
        rule = ordinary_of(self.space.tab.replica.view).of(declared.rule_of(VALUE))
        if options.conflict_strategy not in (None, rule.strategy):
            raise UsageError(
                f"{self.key!r} in the space {self.space.name!r} is settled by {rule.strategy!r}: "
                "declare the strategy in its schema"
            )
        if options.conflict_window_ms not in (None, rule.window_ms):
            raise UsageError(
                f"{self.key!r} in the space {self.space.name!r} has a window of {rule.window_ms} "
                "ms: declare another policy in its schema"
            )

    def _names(self) -> list[str]:
        return [conflict.id for conflict in self.pending_conflicts]

    def _look(self) -> None:
        """Something happened: tell what is different."""
        status, waiting = self.sync_status, self._names()
        was, self._status = self._status, status
        before, self._waiting = self._waiting, waiting
        if waiting != before and self.options.on_conflict is not None:
            self.options.on_conflict(self.pending_conflicts)
        if status != was and self.options.on_status is not None:
            self.options.on_status(status)


class ServerSyncProvider:
    """What all keys of an application have in common: the space, and options that a key may
    override. Inside `with provider:` `use_server_sync` needs neither; the values it made are closed
    at the end.

    >>> from pysync.native import open_space
    >>> with open_space("doc-provider") as space, ServerSyncProvider(space, on_status=print):
    ...     use_server_sync("theme", "light").value
    'light'
    """

    def __init__(self, space: Space | None = None, **options: Any) -> None:
        self.space = space if space is not None else default_space()
        self.options = _options(ServerSyncOptions(), options)
        self._made: list[ServerSync[Any]] = []

    def use(self, key: str, default: T, **options: Any) -> ServerSync[T]:
        """A value with the provider's options and these."""
        made = ServerSync(key, default, _options(self.options, options), space=self.space)
        self._made.append(made)
        return made

    def close(self) -> None:
        """Close what it made. The space stays open."""
        made, self._made = self._made, []
        for each in made:
            each.close()

    def __enter__(self) -> ServerSyncProvider:
        _providers.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        _providers.remove(self)
        self.close()


_providers: list[ServerSyncProvider] = []
"""Those that are entered, the innermost last."""


def use_server_sync(
    key: str, default: T, *, space: Space | None = None, **options: Any
) -> ServerSync[T]:
    """A `ServerSync` of the innermost provider, or, where a space is named or there is no provider,
    by itself."""
    if space is None and _providers:
        return _providers[-1].use(key, default, **options)
    return ServerSync(key, default, options, space=space)


def _options(base: ServerSyncOptions, more: Options) -> ServerSyncOptions:
    """The options with these put over them. Raises UsageError for one that does not exist."""
    if isinstance(more, ServerSyncOptions):
        return more
    known = [option.name for option in fields(ServerSyncOptions)]
    for name in more:
        if name not in known:
            raise UsageError(f"no option {name!r}{nearest(name, known)}")
    return replace(base, **more)
