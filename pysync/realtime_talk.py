"""What tabs tell each other of data that is not in the space: that it changed, that it is wanted.

Two kinds of application messages, which reach the open tabs of this device and do not last:

| kind            | key  | value                                                             |
|-----------------|------|-------------------------------------------------------------------|
| data-change     | type | `{"action", "id", "data", "timestamp", "employee"}`               |
| refresh-request | type |                                                                   |

Floor: `space`, `realtime_config`, `machines.updates`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pysync.errors import Unknown, UsageError
from pysync.machines.effects import Moment
from pysync.machines.events import Message
from pysync.machines.updates import ACTIONS, Action, RealtimeUpdate
from pysync.realtime_config import RealtimeConfig
from pysync.space import Space
from pysync.values.jsonvalue import FrozenDict, freeze

DATA_CHANGE: Final = "data-change"
REFRESH_REQUEST: Final = "refresh-request"


class Talk:
    """Speaks and hears for one manager: `changed` gets each update, this tab's own included, and
    `wanted` the type that somebody wants anew."""

    def __init__(
        self,
        space: Space,
        config: RealtimeConfig,
        *,
        changed: Callable[[RealtimeUpdate], None],
        wanted: Callable[[str], None],
        foreign: Callable[[str], None],
    ) -> None:
        """`foreign` gets the reason why a message of another tab was passed over."""
        self._space = space
        self._config = config
        self._changed = changed
        self._wanted = wanted
        self._foreign = foreign

    def ask(self, name: str) -> None:
        """Ask everybody for that type anew. Raises Unknown."""
        self._config.type_of(name)
        self._space.broadcast(REFRESH_REQUEST, name)
        self._space.request_state()
        self._touch(name)
        self._wanted(name)

    def notify(self, name: str, action: Any, data: Any, employee: str | None) -> None:
        """Tell everybody of a change. Raises UsageError, InvalidValue, SensitiveKey."""
        if self._is_in_space(name):
            raise UsageError(
                f"{name!r} is in the space {self._space.name!r}: change it there, and everybody is "
                "told of it"
            )
        value = _message(name, action, data, employee, self._space.host.now())
        self._space.broadcast(DATA_CHANGE, name, value)
        self._touch(name)
        self._changed(_update(name, value, ""))

    def heard(self, message: Message) -> None:
        """A message of another tab, perhaps one of these."""
        if message.kind not in (REFRESH_REQUEST, DATA_CHANGE):
            return
        try:
            in_space = self._is_in_space(message.key)
            told = None if message.kind == REFRESH_REQUEST else _read(message)
        except Unknown:
            return  # A tab of another build has types that this one lacks.
        except UsageError as error:
            self._foreign(str(error))
            return
        if told is None:
            self._touch(message.key)
            self._wanted(message.key)
        elif not in_space:
            self._touch(message.key)
            self._changed(told)

    def _is_in_space(self, name: str) -> bool:
        declared = self._config.type_of(name)
        if self._config.types:
            return bool(declared.collections)
        return name in self._space.tab.schema.collections

    def _touch(self, name: str) -> None:
        if self._config.cache is not None:
            self._config.cache.touch(name)


def _message(name: str, action: Any, data: Any, employee: Any, now: Moment) -> dict[str, Any]:
    if action not in ACTIONS:
        raise UsageError(f"an action is one of {', '.join(ACTIONS)}, not {action!r:.60}")
    if data is not None and not isinstance(data, Mapping):
        raise UsageError(f"data is a mapping of fields, not {data!r:.60}")
    fields = {} if data is None else dict(data)
    id_ = fields.pop("id", "")
    if not isinstance(id_, str):
        raise UsageError(f"data['id'] is text, not {id_!r:.60}")
    if not isinstance(employee, str | None):
        raise UsageError(f"employee is the id of one, as text, not {employee!r:.60}")
    return {
        "action": action,
        "id": id_,
        "data": freeze(fields, name),
        "timestamp": int(now.wall),
        "employee": employee,
    }


def _read(message: Message) -> RealtimeUpdate:
    """The update that another tab told. Raises UsageError for what is none."""
    value = message.value
    fits = isinstance(value, Mapping) and (
        value.get("action") in ACTIONS
        and isinstance(value.get("id"), str)
        and isinstance(value.get("data"), FrozenDict)
        and isinstance(value.get("timestamp"), int)
        and isinstance(value.get("employee"), str | None)
    )
    if not fits:
        raise UsageError(f"a message {message.kind!r} of another tab makes no sense")
    return _update(message.key, value, message.tab)


def _update(name: str, message: Mapping[str, Any], tab: str) -> RealtimeUpdate:
    action: Action = message["action"]
    return RealtimeUpdate(
        type=name,
        action=action,
        id=message["id"],
        timestamp=message["timestamp"],
        data=message["data"],
        employee=message["employee"],
        tab=tab,
    )
