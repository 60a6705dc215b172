"""`SyncedKV`: one value under one key, the same in every tab. Floor: `space`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar, cast

from pysync.listeners import Unsubscribe
from pysync.machines.present import Present
from pysync.model.cell import Cell, Mark
from pysync.model.draft import Draft
from pysync.model.guard import View
from pysync.model.names import check_key, sendable
from pysync.receipt import Receipt
from pysync.runtime import default_space
from pysync.space import Space
from pysync.telling import Update
from pysync.values.jsonvalue import freeze

T = TypeVar("T")
Written = Callable[[Receipt[None] | Exception], None]
VALUE: Final = "value"
"""The record, and its field, that hold a key's single value."""


class _Deleted:
    """Stands for a deletion among early writes."""


DELETED: Final = _Deleted()


def read_value(view: View, key: str, default: Any) -> Any:
    """The value stored under `key` in that view, or the default."""
    record = view.get(key, VALUE)
    return default if record is None else record.get(VALUE, default)


def put_value(draft: Draft, key: str, value: Any, *, even_if_equal: bool = False) -> None:
    """Set the value under `key` in a draft: of a collection in it the items that differ. Where a
    resolver is to settle conflicts it is kept as one. Raises SensitiveKey, InvalidValue."""
    by_shape = draft.schema.collection(key).strategy_of(VALUE) != "custom"
    if draft.get(key, VALUE) is None:
        draft.create(key, {"id": VALUE, VALUE: value}, by_shape=by_shape)
    else:
        draft.update(key, VALUE, {VALUE: value}, even_if_equal=even_if_equal, by_shape=by_shape)


def last_mark(cell: Cell) -> Mark:
    """Who wrote last of a key's value, or deleted it."""
    newest = cell.rev if cell.dead else cell.base
    for mark in () if cell.dead else cell.marks.values():
        if mark.after(newest):
            newest = mark
    return newest


class SyncedKV(Generic[T]):
    """One JSON value that all tabs share and that outlives them.

    `default` is what `value` answers while nothing was set; it is not stored. Made before the space
    is loaded it answers the default, takes writes, and joins what was stored as soon as it can.

    >>> from pysync.native import open_space
    >>> with open_space("doc-kv") as one, open_space("doc-kv") as two:
    ...     here, there = SyncedKV("n", 0, space=one), SyncedKV("n", 0, space=two)
    ...     stop = there.subscribe(lambda n: print("now", n))
    ...     _ = here.set(lambda n: n + 1)
    ...     there.value
    now 1
    1
    """

    def __init__(self, key: str, default: T, *, space: Space | None = None) -> None:
        self.key = check_key(key)
        self.default: T = freeze(default, key)
        self._space = space if space is not None else default_space()
        self._early: list[tuple[T | Callable[[T], T] | _Deleted, list[Written]]] = []
        """What was written while the space was loading, in order, and who is told of it."""

    @property
    def value(self) -> T:
        """The newest value known in this tab. Frozen: to change it, `set` a new one."""
        value = read_value(self._space.view, self.key, self.default)
        for new, _ in self._early:
            deleted = new is DELETED
            value = self.default if deleted else freeze(_result(new, value), self.key)
        return cast("T", value)

    def set(self, new: T | Callable[[T], T]) -> Receipt[None] | None:
        """Set a value, or a pure function of the newest value.

        Of a list of objects with an `id`, and of an object of objects, only the items that differ
        travel, and concurrent changes merge item by item, field by field. (Such objects are handed
        out with their members in order of name.) Everything else is one value.

        A function is run at once and, if another tab wrote in the same moment, run again on what
        that tab wrote: two tabs counting to 1,000 each end at 2,000. Raises InvalidValue if the
        result is not JSON, SensitiveKey if the key or a member of the value, however deep, has a
        name that is never sent; then the value is as it was. Answers a receipt (None while the
        space is still loading).
        """
        if not self._space.is_ready:
            sendable(self.key, _result(new, self.value), self.key)
            self._write_later(new)
            return None

        def write(draft: Draft) -> None:
            put_value(draft, self.key, _result(new, read_value(draft, self.key, self.default)))

        return self._space.run("", write, atomic=False, rerun=callable(new))

    def delete(self) -> Receipt[None] | None:
        """Forget the value: `value` answers the default again, in every tab."""
        if not self._space.is_ready:
            self._write_later(DELETED)
            return None

        def write(draft: Draft) -> None:
            if draft.get(self.key, VALUE) is not None:
                draft.delete(self.key, VALUE)

        return self._space.run("", write, atomic=False)

    def when_written(self, told: Written) -> None:
        """Of the newest `set` or `delete` that answered None: be called with its receipt once the
        space is loaded, or with the error it came to."""
        self._early[-1][1].append(told)

    def subscribe(self, callback: Callable[[T], None]) -> Unsubscribe:
        """Call back with the new value whenever it changes, whoever changed it; answers how to
        stop."""

        def changed(update: Update) -> None:
            if (self.key, VALUE) in update.refs:
                callback(self.value)

        return self._space.on_change(changed)

    def here(self) -> None:
        """Say that this tab shows this value: see `Space.here`."""
        self._space.here((self.key, VALUE))

    @property
    def present(self) -> tuple[Present, ...]:
        """Who else shows it, on other devices: see `Space.present`."""
        return self._space.present_on((self.key, VALUE))

    def _write_later(self, new: T | Callable[[T], T] | _Deleted) -> None:
        self._early.append((new, []))
        self._space.when_ready(self._write_first)

    def _write_first(self) -> None:
        new, told = self._early.pop(0)
        try:
            written = self.delete() if isinstance(new, _Deleted) else self.set(new)
        except Exception as error:
            for each in told:
                each(error)
            raise
        assert written is not None
        for each in told:
            each(written)

    def __repr__(self) -> str:
        return f"SyncedKV({self.key!r}, {self.value!r})"


def _result(new: Any, value: Any) -> Any:
    return new(value) if callable(new) else new
