"""`ServerSync`: one value that all devices share through a relay, with how it stands and what is in
conflict about it. `SyncedKV` with the relay's side in view; the space below does the work.

A conflict is decided once, by one policy that all know. What the options say of it is therefore
declared in the space (`model.key_policy`), with the rights of whoever opens the key, and holds for
every device from that entry of the log on. What the schema says of the key stands above it: an
option that differs from that is an error, not a second policy. Floor: `kv`, `space`, `declaring`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, Literal, TypeVar

from pysync.broadcast_config import nearest
from pysync.declaring import Declaration, checked
from pysync.errors import Refused, Unknown, UsageError
from pysync.kv import VALUE, SyncedKV
from pysync.listeners import Unsubscribe
from pysync.machines.queue import QUEUE_FULL, Queue
from pysync.model.conflict import Conflict
from pysync.model.key_policy import KeyPolicy, Priority
from pysync.model.ordinary import rule_of
from pysync.model.policy import Rule, Strategy
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
    """How concurrent writes of the key are settled, on every device; not `custom`."""
    conflict_window_ms: int | None = None
    """How far apart two of them count as made in one moment; up to an hour."""
    priority: Priority | None = None
    """The class that says both where these two do not: `high`, `medium` or `low`."""
    policy_version: int = 1
    """Which edition of these three it is: an application that changes its mind counts it up. Of two
    that differ the higher counts, of one version the first that the relay got."""
    max_queue_size: int | None = None
    """How many changes of the key may wait on this device; besides the bound of the whole space."""
    on_status: Callable[[SyncStatus], None] | None = None
    """Called with the status whenever it is another one."""
    on_conflict: Callable[[list[Conflict]], None] | None = None
    """Called with the pending conflicts of the key whenever these are others."""
    on_problem: Callable[[str], None] | None = None
    """Called with `problem` whenever it is another one; at once if there is one from the first."""


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
        """Raises UsageError for an option that does not exist or cannot be, and for a policy that
        contradicts the schema or what is declared of the key already; InvalidValue for a key that
        is none. What turns out later is the `problem`."""
        self.options = merged_options(ServerSyncOptions(), options or {})
        self.space = space if space is not None else default_space()
        self._kv: SyncedKV[T] = SyncedKV(key, default, space=self.space)
        self._declaration = Declaration(self.space, key, _policy(self.options))
        self._declaration.begin()
        self._status = self.sync_status
        self._problem = ""
        self._waiting = self._names()
        self._endings = [
            self.space.on_status(lambda _: self._look()),
            self.space.on_conflicts(lambda _: self._look()),
        ]
        self._look_at_problem()

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
        and sent as soon as there is a way. `await receipt.acknowledged()` waits for the relay.
        Raises Refused (`queue-full`) when `max_queue_size` changes of the key wait."""
        bound = self.options.max_queue_size
        if bound is not None and self.queue_depth >= bound:
            words = f"{bound:,} changes of {self.key!r} wait for the server: this one was not made."
            raise Refused(QUEUE_FULL, words, {"waiting": self.queue_depth})
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
    def policy(self) -> Rule:
        """The strategy and the window that hold for the key now, whoever said so."""
        return rule_of(self.space.tab.replica.view, self.key, VALUE)

    @property
    def problem(self) -> str:
        """Why the policy that the options say does not hold, in words; "" if it does, or a higher
        version took its place."""
        return self._declaration.problem

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
        self._look_at_problem()

    def _look_at_problem(self) -> None:
        problem = self.problem
        known, self._problem = self._problem, problem
        if problem != known and self.options.on_problem is not None:
            self.options.on_problem(problem)


def _policy(options: ServerSyncOptions) -> KeyPolicy:
    """What they say of the key's policy. Raises UsageError for what cannot be."""
    bound = options.max_queue_size
    if bound is not None and (type(bound) is not int or bound < 1):
        raise UsageError(f"max_queue_size is a number of changes, not {bound!r}")
    return checked(
        KeyPolicy(
            options.conflict_strategy,
            options.conflict_window_ms,
            options.priority,
            options.policy_version,
        )
    )


def merged_options(base: ServerSyncOptions, more: Options) -> ServerSyncOptions:
    """The options with these put over them, of a ServerSyncOptions those that are not the defaults.
    Raises UsageError for one that does not exist."""
    known = [option.name for option in fields(ServerSyncOptions)]
    if isinstance(more, ServerSyncOptions):
        plain, said = ServerSyncOptions(), {name: getattr(more, name) for name in known}
        more = {name: what for name, what in said.items() if what != getattr(plain, name)}
    for name in more:
        if name not in known:
            raise UsageError(f"no option {name!r}{nearest(name, known)}")
    return replace(base, **more)
