"""What the stock's screens show: items with what is there, what to order, and an item's movements.

Costs one pass over the items and their levels; movements are read by item and month. Stands on
`stock.levels`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pysync.model.guard import Record, View
from pysync_pms.csv_text import csv_text
from pysync_pms.indexes import fold
from pysync_pms.stock.levels import is_short, levels_of
from pysync_pms.stock.quantities import plain
from pysync_pms.stock.words import GOODS, ITEMS, LEVELS, MOVES, PLACES

__all__ = [
    "ItemLine",
    "Order",
    "State",
    "is_used",
    "item_line",
    "item_lines",
    "movements",
    "order_csv",
    "orders",
    "places",
    "short_count",
]

State = Literal["ok", "reorder", "short"]
MONTHS: Final = 36
"""How far back movements are looked for."""


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item with how much of it is there: at one location, or at all."""

    item: Record
    on_hand: int
    state: State
    total: int
    """At all locations."""
    short_at: tuple[str, ...]
    """Where more went out than was there."""
    counted_on: str = ""
    """When it was last counted at the location that is looked at."""

    @property
    def id(self) -> str:
        """The item's id."""
        return str(self.item["id"])

    @property
    def unit(self) -> str:
        """What it is measured in."""
        return str(self.item.get("unit") or "")


@dataclass(frozen=True, slots=True)
class Order:
    """What to order of an item."""

    line: ItemLine
    quantity: int
    supplier: str


def is_used(record: Record) -> bool:
    """Whether an item or a location is in use."""
    return record.get("active") is not False


def places(view: View, *, all_: bool = False) -> list[Record]:
    """Locations by rank and name; those out of use last, and only with `all_` or while there is
    something at them."""
    found = [
        place
        for place in view.all(PLACES)
        if all_ or is_used(place) or any(
            level.get("on_hand") for level in view.find(LEVELS, "place", place["id"])
        )
    ]  # fmt: skip
    return sorted(found, key=_place_order)


def _place_order(place: Record) -> tuple[bool, bool, int, str, str]:
    rank = place.get("rank")
    name = fold(place.get("name") or "")
    return not is_used(place), rank is None, rank or 0, name, place["id"]


def item_line(view: View, item: Record, place: str = "") -> ItemLine:
    """An item with what is at `place`, or everywhere."""
    levels = levels_of(view, item["id"])
    whole = sum(level.get("on_hand") or 0 for level in levels)
    mine = [level for level in levels if not place or level.get("place") == place]
    short = tuple(sorted(str(level["place"]) for level in mine if is_short(level)))
    least = item.get("reorder_level")
    state: State = "ok"
    if short:
        state = "short"
    elif is_used(item) and least is not None and whole <= least:
        state = "reorder"
    counted = [str(level.get("counted_on") or "") for level in mine] if place else []
    return ItemLine(
        item=item,
        on_hand=sum(level.get("on_hand") or 0 for level in mine),
        state=state,
        total=whole,
        short_at=short,
        counted_on=max(counted, default=""),
    )


def item_lines(
    view: View, *, place: str = "", text: str = "", all_: bool = False
) -> list[ItemLine]:
    """Items by category and name. At a `place` only what is or ever was there; out of use only
    with `all_`, or while there is some."""
    words = fold(text).split()
    found = []
    for item in view.all(ITEMS):
        named = fold(f"{item.get('name') or ''} {item.get('supplier') or ''}")
        if not all(word in named for word in words):
            continue
        line = item_line(view, item, place)
        there = not place or any(level["place"] == place for level in levels_of(view, line.id))
        if there and (all_ or is_used(item) or line.on_hand):
            found.append(line)
    return sorted(found, key=_item_order)


def _item_order(line: ItemLine) -> tuple[int, str, str]:
    category = line.item.get("category")
    rank = GOODS.index(category) if category in GOODS else len(GOODS)
    return rank, fold(line.item.get("name") or ""), line.id


def short_count(view: View) -> int:
    """How many levels are flagged."""
    return len(view.find(LEVELS, "short", "short"))


def orders(view: View) -> list[Order]:
    """What is at or below its reorder level over all locations, by supplier and name: as many times
    the quantity that is ordered as bring it above that level."""
    found = []
    for line in item_lines(view):
        least = line.item.get("reorder_level")
        if least is None or line.total > least or not is_used(line.item):
            continue
        batch = line.item.get("reorder_quantity") or 1
        lacks = least + 1 - max(0, line.total)
        quantity = -(-lacks // batch) * batch
        found.append(Order(line, quantity, str(line.item.get("supplier") or "")))
    return sorted(found, key=lambda each: (not each.supplier, fold(each.supplier)))


_HEAD: Final = ("Supplier", "Item", "Category", "Unit", "On hand", "Reorder level", "Order")


def order_csv(rows: Iterable[Order], say: Callable[[str], str] = str) -> str:
    """The list as CSV, for a spreadsheet: what would be taken for a formula is a text there. `say`
    puts a heading, a category or a unit into the user's language."""
    lines = [[say(each) for each in _HEAD]]
    for each in rows:
        item, unit = each.line.item, each.line.unit
        numbers = (each.line.total, item.get("reorder_level") or 0, each.quantity)
        names = (each.supplier, item.get("name"))
        codes = (say(item.get("category") or ""), say(unit))
        lines.append(
            [*(str(text or "") for text in names), *codes, *(plain(n, unit) for n in numbers)]
        )
    return csv_text(lines)


def movements(view: View, item: str, until: str, least: int) -> tuple[list[Record], bool]:
    """The newest movements of an item, whole months of them until there are `least`, in the order
    of their days; and whether there are older ones. `until` is a day of the newest month."""
    found: list[Record] = []
    month = _month(until) + 1  # whoever is a day ahead has recorded something, too
    for back in range(MONTHS):
        year, number = divmod(month - back, 12)
        here: Sequence[Record] = view.find(
            MOVES, "item_month", (item, f"{year:04d}-{number + 1:02d}")
        )
        if here and len(found) >= least:
            return found, True
        found += sorted(here, key=lambda move: move["on"], reverse=True)
    return found, False


def _month(day: str) -> int:
    return int(day[:4]) * 12 + int(day[5:7]) - 1
