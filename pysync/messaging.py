"""Application messages between the tabs of a device (TAB-06): `use_broadcast`.

Messages are not kept: a tab that opens later does not get them. What must last is a change of the
space, so the kinds that speak of values *are* changes and need no second message: sending kv-update
or kv-delete sets or deletes the value, and whoever's tab did that, by whatever way, the others hear
it as kv-update or kv-delete. user-activity is what each heartbeat of a tab is to its peers (every
2 s, at once when it is hidden or shown): nobody sends it. Floor: `space`, `kv`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pysync.errors import UsageError
from pysync.kv import VALUE, SyncedKV, last_mark
from pysync.listeners import Unsubscribe
from pysync.machines.events import Message
from pysync.machines.messages import CACHE_INVALIDATION, USER_ACTIVITY
from pysync.runtime import default_space
from pysync.space import Space
from pysync.telling import Update
from pysync.values.jsonvalue import bounded

KV_UPDATE: Final = "kv-update"
KV_DELETE: Final = "kv-delete"
NOTIFICATION: Final = "notification"
KINDS: Final = (KV_UPDATE, KV_DELETE, NOTIFICATION, CACHE_INVALIDATION, USER_ACTIVITY)
"""The kinds built in; any other text of up to KIND_MAX characters is a kind as well."""
KIND_MAX: Final = 100

OnMessage = Callable[[Message], None]


class Broadcast:
    """Sends and hears application messages. Made by `use_broadcast`; a context manager."""

    def __init__(self, on_message: OnMessage | None, space: Space) -> None:
        self._space = space
        self._on_message = on_message
        self._endings: list[Unsubscribe] = []
        self._told: dict[str, str] = {}
        """Key -> the version that was told last: its verdict is no second update."""
        if on_message is not None:
            self._endings = [space.on_message(on_message), space.on_change(self._changed)]

    @property
    def tab_id(self) -> str:
        """This tab's id: the `tab` of what the others hear from it."""
        return self._space.tab_id

    def broadcast(self, kind: str, key: str = "", value: Any = None) -> None:
        """Tell all other tabs. They hear `Message(kind, key, value, tab)`; this tab does not.

        The kinds kv-update and kv-delete set and delete the value of `key`, which lasts. Raises
        UsageError for a kind that is no text, InvalidValue for a value that is not JSON,
        SensitiveKey for a name in it that is never sent.

        >>> from pysync.native import open_space
        >>> with open_space("doc-talk") as one, open_space("doc-talk") as two:
        ...     talk = use_broadcast(lambda m: print(m.kind, m.key, m.value), space=two)
        ...     use_broadcast(space=one).broadcast("notification", "kitchen", "Order 12 is ready")
        notification kitchen Order 12 is ready
        """
        if not isinstance(kind, str) or not 0 < len(kind) <= KIND_MAX:
            raise UsageError(f"a kind is text of 1 to {KIND_MAX} characters, not {kind!r:.60}")
        if kind == USER_ACTIVITY:
            raise UsageError("user-activity is told by the heartbeat of each tab: do not send it")
        if kind == KV_UPDATE:
            SyncedKV(key, None, space=self._space).set(bounded(value, key))
        elif kind == KV_DELETE:
            SyncedKV(key, None, space=self._space).delete()
        else:
            self._space.broadcast(kind, key, value)

    def close(self) -> None:
        """Hear no more. A second call does nothing."""
        endings, self._endings = self._endings, []
        for end in endings:
            end()

    def __enter__(self) -> Broadcast:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _changed(self, update: Update) -> None:
        """A value that another tab wrote is told as a message."""
        assert self._on_message is not None
        view = self._space.tab.replica.view
        for key, rid in sorted(update.refs):
            cell = view.cell(key, rid) if rid == VALUE else None
            mark = last_mark(cell) if cell is not None else None
            if cell is None or mark is None or self._told.get(key) == mark.version:
                continue
            self._told[key] = mark.version
            if mark.tab in ("", self.tab_id):
                continue
            kind = KV_DELETE if cell.dead else KV_UPDATE
            value = None if cell.dead else cell.record(rid).get(VALUE)
            self._on_message(Message(kind, key, value, mark.tab))


def use_broadcast(on_message: OnMessage | None = None, *, space: Space | None = None) -> Broadcast:
    """Hear and send application messages in the space (none given: the default one).

    `on_message` gets a `Message` with `kind`, `key`, `value` and `tab`, the sender.
    """
    return Broadcast(on_message, space if space is not None else default_space())
