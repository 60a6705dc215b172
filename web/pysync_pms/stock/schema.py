"""The stock's collections: items, locations, movements, and the levels they come to.

A movement is written once; what was wrong is reversed by its opposite, with a reason. Its quantity
is what it changes at `place`; a transfer (`moved`) changes `into` by the opposite, so both sides
sum to nothing. Which field holds the quantity says what kind it is, so that a role may be granted
kinds. A level is never written by a person: the guard sets it as its movements come to (`STOCK-1`).
A count `follows` the one before it, by the guard's word; `unit` is what the first movements of an
item are in.
Stands on `fields`, `indexes`, `stock.words`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final

from pysync.model.guard import Record
from pysync.model.schema import CollectionSchema, Field
from pysync_pms.fields import (
    DAY,
    ID,
    NEEDED_DAY,
    NEEDED_ID,
    NOTES_MAX,
    count,
    is_not_blank,
    one_of,
    text,
)
from pysync_pms.indexes import by, listed
from pysync_pms.stock.words import GOODS, ITEMS, LEVELS, MOVES, PLACES, QUANTITY_MAX, UNITS

REASON_MAX: Final = 300
_QUANTITY: Final = Field(types=(int,), minimum=-QUANTITY_MAX, maximum=QUANTITY_MAX)
SUM_MAX: Final = 10**12
"""Of what is summed up: far beyond any store."""
_SUM: Final = Field(types=(int,), minimum=-SUM_MAX, maximum=SUM_MAX)


def item_month(move: Record) -> Iterable[Hashable]:
    """A movement under its item and month: a year of them is never read at once."""
    item, day = move.get("item"), move.get("on")
    return ((item, day[:7]),) if item and day else ()


def short(level: Record) -> Iterable[Hashable]:
    """Levels that went below nothing and were not counted since."""
    return ("short",) if level.get("short") else ()


_items = CollectionSchema(
    name=ITEMS,
    fields={
        "name": text(required=True, check=is_not_blank),
        "category": one_of(GOODS, required=True),
        "unit": one_of(UNITS, required=True),
        "reorder_level": count(QUANTITY_MAX),
        "reorder_quantity": count(QUANTITY_MAX),
        "supplier": text(),
        "notes": text(NOTES_MAX),
        "active": Field(types=(bool,)),
    },
    indexes={"all": listed},
)

_places = CollectionSchema(
    name=PLACES,
    fields={
        "name": text(required=True, check=is_not_blank),
        "rank": count(10_000),
        "active": Field(types=(bool,)),
    },
    indexes={"all": listed},
)

_levels = CollectionSchema(
    name=LEVELS,
    fields={
        "item": NEEDED_ID,
        "place": NEEDED_ID,
        "on_hand": _SUM,
        "adjusted": _SUM,
        "counted_on": DAY,
        "last_count": ID,
        "short": Field(types=(bool,)),
    },
    indexes={"item": by("item"), "place": by("place"), "short": short},
)

MOVE: Final = CollectionSchema(
    name=MOVES,
    fields={
        "item": NEEDED_ID,
        "place": NEEDED_ID,
        "into": ID,
        "on": NEEDED_DAY,
        "received": _QUANTITY,
        "issued": _QUANTITY,
        "wasted": _QUANTITY,
        "moved": _QUANTITY,
        "difference": _QUANTITY,
        "counted": count(QUANTITY_MAX),
        "expected": _SUM,
        "adjusted": _SUM,
        "taken": Field(types=(bool,)),
        "note": text(200),
        "reason": text(REASON_MAX),
        "reverses": ID,
        "follows": ID,
        "unit": one_of(UNITS),
    },
    indexes={"item_month": item_month, "reverses": by("reverses")},
)

STOCK: Final = (_items, _places, _levels, MOVE)
