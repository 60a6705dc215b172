"""Three-way merge of JSON values, for fields whose strategy is `merge`.

`base` is what both sides started from. Objects merge by key, lists of objects by their `id`, other
lists by element, numbers by delta (base 150, one counts 150, one takes 5: 145); what one side left
alone is taken from the other. Where both changed one leaf differently, `prefer` decides and the
leaf is reported. After the diff3 family (Khanna, Kunal, Pierce, "A Formal Investigation of Diff3",
2007), with identity by key instead of by alignment.

MERGE-1 merge(b, x, x) = x; merge(b, b, x) = x; merge(b, x, b) = x. MERGE-2 the result does not
depend on which runtime runs it. Floor: `values`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from pysync.values.jsonvalue import (
    FrozenDict,
    FrozenList,
    Json,
    add_numbers,
    canonical,
    is_number,
    same,
)

Side = Literal["ours", "theirs"]


class _Absent:
    """A leaf that is not there."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged value and the JSON-pointer paths of leaves on which both sides insisted."""

    value: Json
    clashes: tuple[str, ...] = ()


def merge3(base: Any, ours: Any, theirs: Any, prefer: Side) -> Merged:
    """Merge two descendants of `base`; `ABSENT` stands for no base.

    >>> merge3(150, 150, 145, "ours").value
    145
    >>> merge3({"a": 1}, {"a": 2}, {"a": 1, "b": 3}, "ours").value
    {'a': 2, 'b': 3}
    """
    clashes: list[str] = []
    value = _merge(base, ours, theirs, prefer, "", clashes)
    return Merged(value, tuple(clashes))


def _equal(a: Any, b: Any) -> bool:
    if a is ABSENT or b is ABSENT:
        return a is b
    return same(a, b)


def _merge(base: Any, ours: Any, theirs: Any, prefer: Side, path: str, clashes: list[str]) -> Any:
    if _equal(ours, theirs) or _equal(base, theirs):
        return ours
    if _equal(base, ours):
        return theirs
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _merge_objects(base, ours, theirs, prefer, path, clashes)
    if isinstance(ours, list) and isinstance(theirs, list):
        return _merge_lists(base, ours, theirs, prefer, path, clashes)
    if is_number(base) and is_number(ours) and is_number(theirs):
        return add_numbers(ours + theirs, -base)
    clashes.append(path)
    return ours if prefer == "ours" else theirs


def _merge_objects(
    base: Any,
    ours: dict[str, Any],
    theirs: dict[str, Any],
    prefer: Side,
    path: str,
    clashes: list[str],
) -> FrozenDict:
    start = base if isinstance(base, dict) else {}
    merged: dict[str, Any] = {}
    for key in [*ours, *(k for k in theirs if k not in ours)]:
        value = _merge(
            start.get(key, ABSENT),
            ours.get(key, ABSENT),
            theirs.get(key, ABSENT),
            prefer,
            f"{path}/{key}",
            clashes,
        )
        if value is not ABSENT:
            merged[key] = value
    return FrozenDict(merged)


def _merge_lists(
    base: Any, ours: list[Any], theirs: list[Any], prefer: Side, path: str, clashes: list[str]
) -> FrozenList:
    """Lists as sets of elements, kept in our order, what they added behind."""
    start = base if isinstance(base, list) else []
    by_key = [_keyed(items) for items in (start, ours, theirs)]
    was, mine, other = by_key
    merged: list[Any] = []
    for key in [*mine, *(k for k in other if k not in mine)]:
        value = _merge(
            was.get(key, ABSENT),
            mine.get(key, ABSENT),
            other.get(key, ABSENT),
            prefer,
            f"{path}/{key[0]}",
            clashes,
        )
        if value is not ABSENT:
            merged.append(value)
    return FrozenList(merged)


def _keyed(items: list[Any]) -> dict[tuple[str, int], Any]:
    """Elements by identity: an object's `id`, else its text, and how often that came before."""
    keyed: dict[tuple[str, int], Any] = {}
    seen: dict[str, int] = {}
    for item in items:
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            key = f"#{item['id']}"
        else:
            key = canonical(item)
        times = seen.get(key, 0)
        seen[key] = times + 1
        keyed[key, times] = item
    return keyed
