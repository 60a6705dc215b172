"""How much is where: what a movement changes, and what levels say. Pure.

Stands on `stock.words`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pysync.model.guard import Record, View
from pysync_pms.stock.words import DIFFERENCE, ISSUED, ITEMS, LEVELS, MOVED, PLACES, QUANTITIES

__all__ = [
    "Seen",
    "counted_since",
    "effects",
    "is_count",
    "is_fact",
    "is_short",
    "item_name",
    "kind_of",
    "level_id",
    "levels_of",
    "on_hand",
    "place_name",
    "quantity_of",
    "seen",
    "stocked",
    "total",
]


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody who counts sees of a level: how much is expected, and how much of that earlier
    counts came to, by which one of two counts knows that it had not seen the other."""

    expected: int = 0
    adjusted: int = 0


def level_id(item: str, place: str) -> str:
    """The id of the level of an item at a location."""
    return f"{item}.{place}"


def seen(view: View, item: str, place: str) -> Seen:
    """The level as it is now."""
    level = view.get(LEVELS, level_id(item, place)) or {}
    return Seen(level.get("on_hand") or 0, level.get("adjusted") or 0)


def on_hand(view: View, item: str, place: str) -> int:
    """How much of it is there, in the item's smallest part."""
    return seen(view, item, place).expected


def levels_of(view: View, item: str) -> list[Record]:
    """The levels of an item, wherever something of it ever was."""
    return list(view.find(LEVELS, "item", item))


def total(view: View, item: str) -> int:
    """How much of it there is at all locations."""
    return sum(level.get("on_hand") or 0 for level in levels_of(view, item))


def is_short(level: Record) -> bool:
    """Whether more went out than was there, and nobody has counted since."""
    return bool(level.get("short"))


def stocked(view: View, item: str, least: int, *, but: str = "") -> list[tuple[str, int]]:
    """Locations in use that have at least so much of it, the most first."""
    found = [
        (str(level["place"]), level.get("on_hand") or 0)
        for level in levels_of(view, item)
        if level.get("place") != but and (level.get("on_hand") or 0) >= max(1, least)
    ]
    used = [(at, n) for at, n in found if (view.get(PLACES, at) or {}).get("active") is not False]
    return sorted(used, key=lambda each: (-each[1], each[0]))


# -- movements ------------------------------------------------------------------------------------


def kind_of(move: Record) -> str:
    """Which of `QUANTITIES` it has; "" if it is not exactly one."""
    given = [name for name in QUANTITIES if move.get(name) is not None]
    return given[0] if len(given) == 1 else ""


def quantity_of(move: Record) -> int:
    """What it changes at its place; 0 for what is no movement."""
    return int(move.get(kind_of(move)) or 0)


def effects(move: Record) -> Iterator[tuple[str, int]]:
    """What it changes: level ids and by how much."""
    quantity = quantity_of(move)
    yield level_id(str(move.get("item")), str(move.get("place"))), quantity
    if kind_of(move) == MOVED:
        yield level_id(str(move.get("item")), str(move.get("into"))), -quantity


def is_fact(move: Record) -> bool:
    """Whether it says what has happened, and is recorded whatever is there: all but what somebody
    asks to take away or to transfer."""
    asks = kind_of(move) in (ISSUED, MOVED) and not move.get("taken")
    return not asks or bool(move.get("reverses"))


def is_count(move: Record) -> bool:
    """Whether it is a count, and not what takes one back."""
    return kind_of(move) == DIFFERENCE and not move.get("reverses")


def counted_since(view: View, count: Record) -> bool:
    """Whether another count of the same was decided after this one, and stands."""
    level = view.get(LEVELS, level_id(str(count.get("item")), str(count.get("place")))) or {}
    return level.get("last_count") not in (None, count["id"])


def item_name(view: View, item: str) -> str:
    """What an item is called."""
    return str((view.get(ITEMS, item) or {}).get("name") or "this item")


def place_name(view: View, place: str) -> str:
    """What a location is called."""
    return str((view.get(PLACES, place) or {}).get("name") or "there")
