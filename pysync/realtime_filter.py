"""Filters of live data: which records a subscriber wants to hear of, and which of their fields.

What becomes of a record is told as the subscriber sees it:

| wanted before | wanted now | told                                                          |
|---------------|------------|---------------------------------------------------------------|
| no            | no         | nothing                                                       |
| no            | yes        | create, with the whole record (`moved`, if it existed)        |
| yes           | no         | delete (`moved`, if it goes on to exist)                      |
| yes           | yes        | update, if one of `fields` is among those that differ         |

What an application told by itself (`notify_change`) is wanted by the data that came with it; of a
delete by those properties alone that came, for most say no more than the id.
Floor: `machines.updates`, `errors`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from pysync.broadcast_config import nearest
from pysync.errors import UsageError
from pysync.machines.updates import RealtimeUpdate, came_to
from pysync.model.guard import Record
from pysync.values.jsonvalue import Json, freeze, same


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which updates a subscriber wants. Raises UsageError for what makes no sense.

    >>> wanted = Filter(where={"status": ["booked", "in-house"], "room": "101"})
    >>> wanted.wants({"id": "7", "status": "booked", "room": "101"}), wanted.wants({"id": "8"})
    (True, False)
    """

    where: Mapping[str, Any] = field(default_factory=dict)
    """Properties and the value each must have; a list, tuple or set: any of these. A property that
    a record does not have is None."""
    fields: Iterable[str] = ()
    """Of what merely changed, only if one of these fields did; none named: any."""

    def __post_init__(self) -> None:
        if not isinstance(self.where, Mapping):
            raise UsageError(f"where maps properties to values, not {self.where!r:.60}")
        where = {_name(name): _choices(name, wanted) for name, wanted in self.where.items()}
        object.__setattr__(self, "where", where)
        if isinstance(self.fields, (str, bytes)) or not isinstance(self.fields, Iterable):
            raise UsageError(f"fields is a list of names, not {self.fields!r:.60}: put it in [ ]")
        object.__setattr__(self, "fields", frozenset(map(_name, self.fields)))

    def wants(self, record: Record | None) -> bool:
        """Whether a record has the properties that are asked for; None has none of anything."""
        return record is not None and self._fits(record, self.where)

    def _fits(self, record: Record, names: Container[str]) -> bool:
        """Whether those of the properties that are among these names are as they are asked for."""
        return all(
            any(same(record.get(name), each) for each in choices)
            for name, choices in self.where.items()
            if name in names
        )

    def seen(self, update: RealtimeUpdate) -> RealtimeUpdate | None:
        """The update as the subscriber is told it; None if it is not."""
        if not update.collection:
            said = {**update.data, "id": update.id}
            names = said if update.action == "delete" else self.where
            return update if self._fits(said, names) and self._touches(update) else None
        was = update.was if self.wants(update.was) else None
        now = update.record if self.wants(update.record) else None
        became = came_to(was, now)
        if became is None:
            return None
        action, data = became
        moved = action != update.action
        told_as = replace(update, action=action, data=data, moved=moved)
        return told_as if self._touches(told_as) else None

    def _touches(self, update: RealtimeUpdate) -> bool:
        if not self.fields or update.action != "update":
            return True
        return not update.data.keys().isdisjoint(self.fields)


def filter_of(given: Filter | Mapping[str, Any] | None) -> Filter:
    """A filter from what was given: `{"where": {...}, "fields": [...]}`, both of which may lack.

    >>> filter_of({"were": {"room": "101"}})
    Traceback (most recent call last):
    ...
    pysync.errors.UsageError: a filter has no 'were': did you mean 'where'?
    """
    if given is None:
        return Filter()
    if isinstance(given, Filter):
        return given
    if not isinstance(given, Mapping):
        raise UsageError(
            f"a filter is a Filter or a mapping with 'where' and 'fields', not {given!r:.60}"
        )
    known = [each.name for each in fields(Filter)]
    for name in given:
        if name not in known:
            hint = nearest(str(name), known) or ": properties go into 'where'"
            raise UsageError(f"a filter has no {name!r}{hint}")
    return Filter(**given)


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name:
        raise UsageError(f"a filter names properties and fields by text, not {name!r:.60}")
    return name


def _choices(name: str, wanted: Any) -> tuple[Json, ...]:
    """The values that will do. Raises InvalidValue, which is a UsageError."""
    if isinstance(wanted, (list, tuple, set, frozenset)):
        choices = tuple(freeze(each, name) for each in wanted)
        if not choices:
            raise UsageError(f"the filter on {name!r} allows no value at all: name at least one")
        return choices
    if callable(wanted):
        raise UsageError(f"the filter on {name!r} is a value or a list of values, not a function")
    return (freeze(wanted, name),)
