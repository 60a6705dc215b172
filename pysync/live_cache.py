"""`LiveCache`: computed figures that are kept until their data changes, in every tab.

A change of the space is seen in every tab, so it clears what depends on it in all of them, without
a message; other invalidations are told to the other tabs of the device (`cache-invalidation`).
A result is never kept longer than its time to live, and nothing outlives the erasure of a person.

CACHE-1 `get` never answers what was computed before the last change that it depends on.
CACHE-2 `close` leaves no listener behind. Floor: `machines.kept`, `connection`, `space`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from pysync.connection import confirmed_at
from pysync.errors import UsageError
from pysync.listeners import Unsubscribe
from pysync.machines.events import Message
from pysync.machines.kept import MAX_ENTRIES, TTL_MS, Kept, is_below
from pysync.machines.messages import CACHE_INVALIDATION
from pysync.model.names import check_key
from pysync.runtime import default_space
from pysync.space import Space
from pysync.telling import Update

T = TypeVar("T")
STALE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class _Held:
    """A result and what it was computed from: collection -> how often that had changed."""

    value: Any
    made_of: Mapping[str, int]


class LiveCache:
    """Results by name. `dependencies` says which names a collection, or a type of live data, clears
    when it changes; a name stands for all below it, too (`revenue` for `revenue/2026-11`). One that
    is not declared clears the name that is like its own.

    >>> from pysync import Collection, LiveCache
    >>> from pysync.native import open_space
    >>> with open_space("doc-cache") as space:
    ...     cache = LiveCache({"bookings": ("bookings", "kpis", "revenue")}, space=space)
    ...     bookings = Collection("bookings", space=space)
    ...     def revenue():
    ...         return sum(booking["price"] for booking in bookings)
    ...     first = cache.get("revenue/2026", revenue)
    ...     _ = bookings.create({"id": "1", "price": 90})
    ...     first, cache.get("revenue/2026", revenue), cache.stale("revenue/2026")
    (0, 90, False)
    """

    def __init__(
        self,
        dependencies: Mapping[str, Iterable[str]] | None = None,
        *,
        space: Space | None = None,
        ttl_ms: float = TTL_MS,
        stale_ms: float = STALE_MS,
        max_entries: int = MAX_ENTRIES,
    ) -> None:
        """Raises UsageError for settings that make no sense, or if the space is closed."""
        self.space = space if space is not None else default_space()
        self._kept = Kept(ttl_ms=ttl_ms, max_entries=max_entries)
        self._stale_ms = stale_ms
        self._depends = {
            check_key(name): _names(name, given) for name, given in (dependencies or {}).items()
        }
        self._of_space = {name for names in self._depends.values() for name in names}
        self._endings: list[Unsubscribe] = [
            self.space.on_change(self._changed),
            self.space.on_message(self._heard),
            self.space.on_erased(lambda _: self._kept.clear()),
        ]
        self._loading = not self.space.is_ready
        self.space.when_ready(self._ready)

    # -- reading ----------------------------------------------------------------------------------

    def get(self, name: str, compute: Callable[[], T]) -> T:
        """What `compute` answers, kept under that name until its data changes or it grows old.
        What `compute` raises comes out here, and nothing is kept."""
        _check_name(name)
        if self._loading or not self._endings:
            return compute()
        found = self._kept.find(name, self.space.host.now())
        if found is not None and not self._is_right(found.value):
            self._kept.drop((name,), self.space.host.now())
            found = None
        if found is None:
            moved = self.space.tab.replica.dirty.moved
            made_of = {collection: moved(collection) for collection in self._sources(name)}
            drops = self._kept.drops
            held = _Held(compute(), made_of)
            if self._kept.drops != drops or not self._endings:
                # Cleared meanwhile: it may be of what was before.
                return cast("T", held.value)
            found = self._kept.put(name, held, self.space.host.now())
        return cast("T", found.value.value)

    def __len__(self) -> int:
        return len(self._kept)

    def updated(self, name: str) -> int | None:
        """When the data of this name last changed, as far as this tab knows, else when it was first
        computed (wall ms); None while there is nothing: "Waiting for data"."""
        found = self._kept.peek(name)
        return None if found is None else int(found.since)

    def confirmed(self, name: str) -> int | None:
        """Until when it was surely right (wall ms); None if that is not known.

        What depends on the space is right for as long as this tab is connected, since a change
        would have cleared it (`connection.confirmed_at`); anything else when it was computed.
        """
        found = self._kept.peek(name)
        if found is None:
            return None
        return confirmed_at(self.space) if self._is_of_space(name) else int(found.at.wall)

    def age(self, name: str) -> float | None:
        """How long ago (ms) it was last surely right; None if that is not known."""
        confirmed = self.confirmed(name)
        return None if confirmed is None else max(0, self.space.host.now().wall - confirmed)

    def stale(self, name: str) -> bool:
        """Whether it was not confirmed for `stale_ms`, or nobody knows."""
        age = self.age(name)
        return age is None or age > self._stale_ms

    # -- clearing ---------------------------------------------------------------------------------

    def invalidate(self, *names: str) -> None:
        """Drop these and what is below them, here and in all other tabs; none named: everything."""
        for name in names:
            _check_name(name)
        if names:
            self._kept.drop(names, self.space.host.now())
        else:
            self._kept.clear()
        for name in names or ("",):
            self.space.broadcast(CACHE_INVALIDATION, name)

    def touch(self, changed: str) -> None:
        """Data of that collection or type changed: drop what depends on it, in this tab."""
        self._kept.drop(self._depends.get(changed, (changed,)), self.space.host.now())

    def close(self) -> None:
        """Keep nothing any more, and leave nothing behind: `get` computes each time. A second call
        does nothing."""
        endings, self._endings = self._endings, []
        for end in endings:
            end()
        self._kept.clear()

    def __enter__(self) -> LiveCache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- inside -----------------------------------------------------------------------------------

    def _ready(self) -> None:
        self._loading = False

    def _is_of_space(self, name: str) -> bool:
        declared = (*self._of_space, *self.space.tab.schema.collections)
        return any(is_below(name, each) for each in declared)

    def _sources(self, name: str) -> list[str]:
        """The collections that clear this name. CACHE-1"""
        own = name.partition("/")[0]
        sources = [] if own in self._depends else [own]
        return sources + [
            collection
            for collection, names in self._depends.items()
            if any(is_below(name, each) for each in names)
        ]

    def _is_right(self, held: _Held) -> bool:
        moved = self.space.tab.replica.dirty.moved
        return all(moved(collection) == then for collection, then in held.made_of.items())

    def _changed(self, update: Update) -> None:
        for collection in sorted({key for key, _ in update.refs}):
            names = self._depends.get(collection, (collection,))
            self._kept.drop(names, self.space.host.now(), still_right=self._is_right)

    def _heard(self, message: Message) -> None:
        if message.kind != CACHE_INVALIDATION:
            return
        if message.key:
            self._kept.drop((message.key,), self.space.host.now())
        else:
            self._kept.clear()


def _names(collection: str, given: Any) -> Collection[str]:
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise UsageError(f"dependencies[{collection!r}] is a list of names: write [{given!r:.60}]")
    names = tuple(given)
    for name in names:
        _check_name(name)
    return names


def _check_name(name: Any) -> None:
    if not isinstance(name, str) or not name:
        raise UsageError(f"a cached result is named by text, not {name!r:.60}")
