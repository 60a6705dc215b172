"""Between nested values and leaves: what `object`, `set` and `list` fields are made of.

A nested field keeps a marker leaf under its own name ({} or []), so that an empty one exists, and
one leaf per register below it (`cell` has the spelling). Floor: `cell`, `places`, `schema`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pysync.errors import InvalidValue
from pysync.model.cell import ELEMENT, ITEM, escape
from pysync.model.places import is_place, rearrange
from pysync.model.schema import Kind
from pysync.values.jsonvalue import FrozenDict, FrozenList, Json, same


def kind_of(value: Json) -> Kind:
    """How a (frozen) value that nobody declared is kept, so that of a collection in it only the
    items that differ travel and merge: a list of objects with an `id`, or an object of objects, by
    item; everything else as one.

    >>> kind_of([{"id": "a"}]), kind_of({"a": {"beds": 1}}), kind_of({"from": 1, "to": 2})
    ('list', 'object', 'register')
    """
    if isinstance(value, list) and value:
        ids = [item.get("id") if isinstance(item, dict) else None for item in value]
        if all(isinstance(rid, str) and rid for rid in ids) and len(set(ids)) == len(ids):
            return "list"
    if isinstance(value, dict) and value and all(isinstance(v, dict) for v in value.values()):
        return "object"
    return "register"


def leaves(name: str, kind: Kind, value: Json, now: Mapping[str, Json]) -> dict[str, Json]:
    """The leaves of a whole (frozen) value of that kind; `now` holds the leaves it replaces, whose
    places in lists are kept. Raises InvalidValue if the value has not the kind's shape."""
    if value is None or kind in ("register", "counter"):
        return {name: value}
    if kind == "object":
        if not isinstance(value, dict):
            raise InvalidValue("must be an object", path=name, code="schema")
        found: dict[str, Json] = {}
        _object_leaves(name, value, found)
        return found
    if not isinstance(value, list):
        raise InvalidValue("must be a list", path=name, code="schema")
    if kind == "set":
        return {name: FrozenList(), **{element_path(name, item): True for item in value}}
    return _list_leaves(name, value, now)


def _object_leaves(path: str, value: Mapping[str, Json], found: dict[str, Json]) -> None:
    found[path] = FrozenDict()
    for key, item in value.items():
        below = f"{path}/{escape(key)}"
        if isinstance(item, dict):
            _object_leaves(below, item, found)
        else:
            found[below] = item


def element_path(name: str, element: Any) -> str:
    """The leaf of an element of a set. Elements are text: a path could not tell 5 from "5"."""
    if not isinstance(element, str):
        raise InvalidValue("elements of a set are text", path=name, code="schema")
    return f"{name}/{ELEMENT}{escape(element)}"


def item_path(name: str, item_id: str) -> str:
    """The stem of an item's leaves in a keyed list."""
    return f"{name}/{ITEM}{escape(item_id)}"


def _list_leaves(name: str, value: list[Json], now: Mapping[str, Json]) -> dict[str, Json]:
    stems: list[str] = []
    for item in value:
        if not isinstance(item, dict) or not isinstance(item.get("id"), str) or not item["id"]:
            raise InvalidValue("items of a list are objects with an `id`", path=name, code="schema")
        stems.append(item_path(name, item["id"]))
    if len(set(stems)) < len(stems):
        raise InvalidValue("two items of a list have one `id`", path=name, code="schema")
    known = [now.get(f"{stem}/{ITEM}") for stem in stems]
    places = rearrange([place if is_place(place) else None for place in known])
    found: dict[str, Json] = {name: FrozenList()}
    for stem, place, item in zip(stems, places, value, strict=True):
        found[f"{stem}/{ITEM}"] = place
        for key, leaf in item.items():
            if key != "id":
                found[f"{stem}/{escape(key)}"] = leaf
    return found


def difference(
    name: str, now: Mapping[str, Json], wanted: Mapping[str, Json]
) -> tuple[dict[str, Json], list[str]]:
    """Leaves to set and leaves to remove to get from `now` (a whole record's) to `wanted` (of the
    field `name`): only what differs travels."""
    changed = {
        path: value
        for path, value in wanted.items()
        if path not in now or not same(now[path], value)
    }
    below = name + "/"
    gone = [path for path in now if path.startswith(below) and path not in wanted]
    return changed, gone
