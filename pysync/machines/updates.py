"""Updates of live data: what became of one record, and what two in a row come to.

Two updates of one record are one: what became of it from before the first to after the second. So
the table is total, and follows from whether the record was there before and is there afterwards:

| first \\ second | create                   | update          | delete  |
|----------------|--------------------------|-----------------|---------|
| create         | create, the newest data  | create, merged  | nothing |
| update         | update                   | update, merged  | delete  |
| delete         | update                   | update          | delete  |

Of data that an application told by itself nobody knows what it was. There, what is created where
something was (both `update` at the left below) is a create, which takes the place of that
(`replaces`), and a delete after it is a delete.

UPDATES-1 who applies an aggregate holds what who applies both one after the other holds. UPDATES-2
an update carries the fields that differ and no others; one that comes to nothing is none.
Floor: `model.guard`, `values`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from pysync.model.guard import Record
from pysync.values.jsonvalue import FrozenDict, Json, same

Action = Literal["create", "update", "delete"]
ACTIONS: Final[tuple[Action, ...]] = ("create", "update", "delete")
_CAME_TO: Final[Mapping[tuple[bool, bool], Action | None]] = {
    (False, True): "create",
    (True, True): "update",
    (True, False): "delete",
    (False, False): None,
}
"""Whether it was there before, whether it is there afterwards -> what that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RealtimeUpdate:
    """One record that is different now, as a subscriber is told it."""

    type: str
    """The type of data that was subscribed to."""
    action: Action
    id: str
    """The record's id."""
    timestamp: int
    """When it was done, wall ms: by its author's clock, which the relay sets right. Where something
    was taken back, when that was."""
    data: Mapping[str, Json]
    """Of a create all its fields, of an update those that differ (None: it has it no more), of a
    delete nothing; of what an application told by itself, what it gave."""
    employee: str | None = None
    """Who of the staff it is about, where it is about one."""
    collection: str = ""
    """Where the record is; "" of what an application told by itself."""
    author: str = ""
    """Who did it, as the space knows them."""
    tab: str = ""
    """The tab that did it; "" for this one."""
    record: Record | None = None
    """The whole record now; None if there is none, or an application told it by itself."""
    was: Record | None = None
    """The whole record when it was told last."""
    moved: bool = False
    """Whether it came under the subscriber's filter, or left it, and goes on to exist: "create" and
    "delete" are what that is to the subscriber."""

    replaces: bool = False
    """Of a create that an application told by itself: whether there was something before, in whose
    place the data are."""

    @property
    def entity(self) -> tuple[str, str, str]:
        """What it is an update of."""
        return self.type, self.collection, self.id


def difference(was: Record | None, now: Record | None) -> FrozenDict:
    """The fields of `now` that `was` has otherwise, but for the id; None for those that are gone.

    >>> difference({"id": "1", "a": 1, "b": 2}, {"id": "1", "a": 1, "c": 3})
    {'c': 3, 'b': None}
    """
    if now is None:
        return FrozenDict()
    before: Record = was or {}
    changed = {
        name: value
        for name, value in now.items()
        if name != "id" and not (name in before and same(before[name], value))
    }
    return FrozenDict({**changed, **{name: None for name in before if name not in now}})


def came_to(was: Record | None, now: Record | None) -> tuple[Action, FrozenDict] | None:
    """What became of a record, and the fields that differ; None if nothing did.

    >>> came_to({"id": "1", "a": 1}, {"id": "1", "a": 2})
    ('update', {'a': 2})
    """
    action = _CAME_TO[was is not None, now is not None]
    if action is None:
        return None
    data = difference(was, now)
    return None if action == "update" and not data else (action, data)


def together(first: RealtimeUpdate, second: RealtimeUpdate) -> RealtimeUpdate | None:
    """Both updates of one entity as one; None where nothing is left of them.

    >>> one = RealtimeUpdate(type="n", action="create", id="1", timestamp=1, data={"a": 1, "b": 1})
    >>> two = RealtimeUpdate(type="n", action="update", id="1", timestamp=2, data={"b": 2})
    >>> both = together(one, two)
    >>> both.action, both.data, both.timestamp
    ('create', {'a': 1, 'b': 2}, 2)
    """
    assert first.entity == second.entity, (first.entity, second.entity)
    if second.collection:
        known = came_to(first.was, second.record)
        if known is None:
            return None
        return replace(second, action=known[0], data=known[1], was=first.was)
    was_there = first.action != "create" or first.replaces
    action = _CAME_TO[was_there, second.action != "delete"]
    if action is None:
        return None
    fresh = first.action == "delete" or second.action != "update"
    replaces = action == "update" and (fresh or first.replaces)
    data = second.data if fresh else FrozenDict({**first.data, **second.data})
    employee = second.employee if second.employee is not None else first.employee
    made = replace(second, action="create" if replaces else action, data=data, employee=employee)
    return replace(made, replaces=replaces)
