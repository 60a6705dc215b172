"""The stock in words: quantities as the locale writes them, states, kinds of movements, and what
waits for the server.

Stands on `Hotel`, `stock.quantities`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pysync.model.guard import Record
from pysync_pms.stock.levels import kind_of, on_hand
from pysync_pms.stock.quantities import amount_of
from pysync_pms.stock.queries import State, is_used, item_lines, places
from pysync_pms.stock.words import (
    DIFFERENCE,
    GOODS,
    ISSUED,
    ITEMS,
    MOVED,
    MOVES,
    RECEIVED,
    UNITS,
    WASTED,
)
from pysync_pms.ui.components.controls import Tone, chip
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Html

__all__ = [
    "GOODS_WORDS",
    "KIND_WORDS",
    "UNIT_WORDS",
    "item_choices",
    "kind_words",
    "place_choices",
    "quantity",
    "state_chip",
    "unit_of",
    "waiting",
]

GOODS_WORDS: Final[Mapping[str, str]] = dict(
    zip(GOODS, ("Food and drink", "Amenities and linen", "Materials"), strict=True)
)
UNIT_WORDS: Final[Mapping[str, str]] = {
    unit: {"kg": "Kilograms", "litre": "Litres", "box": "Boxes"}.get(unit, f"{unit}s".capitalize())
    for unit in UNITS
}
KIND_WORDS: Final[Mapping[str, str]] = {
    RECEIVED: "Received",
    ISSUED: "Issued",
    WASTED: "Wasted",
    MOVED: "Transferred",
    DIFFERENCE: "Counted",
}
_STATES: Final[Mapping[State, tuple[str, Tone, str | None]]] = {
    "ok": ("enough", "idle", None),
    "reorder": ("reorder", "act", "calendar-plus"),
    "short": ("short: count it", "danger", "triangle-alert"),
}


def state_chip(state: State) -> Html:
    """How it stands with an item, in words."""
    words, tone, icon_name = _STATES[state]
    return chip(words, tone=tone, icon_name=icon_name)


def unit_of(hotel: Hotel, item: str) -> str:
    """What an item is measured in."""
    return str((hotel.view.get(ITEMS, item) or {}).get("unit") or "")


def quantity(number: int, unit: str, *, signed: bool = False) -> str:
    """A quantity with its unit, with a real minus; `signed` says what was added, too."""
    words = amount_of(abs(number), unit)
    sign = "−" if number < 0 else "+" if signed and number > 0 else ""
    return f"{sign}{words}"


def kind_words(move: Record) -> str:
    """What a movement was."""
    words = KIND_WORDS.get(kind_of(move), "Moved")
    if move.get("reverses"):
        return f"{words}: taken back"
    return "Taken" if move.get("taken") and kind_of(move) == ISSUED else words


def item_choices(hotel: Hotel, chosen: str = "") -> list[tuple[str, str]]:
    """Items in use, and the chosen one."""
    lines = item_lines(hotel.view, all_=True)
    return [
        (line.id, str(line.item.get("name") or line.id))
        for line in lines
        if is_used(line.item) or line.id == chosen
    ]


def place_choices(hotel: Hotel, item: str = "", *, all_: bool = False) -> list[tuple[str, str]]:
    """Locations, each with how much of the item is there."""
    unit = unit_of(hotel, item)
    found = []
    for place in places(hotel.view, all_=all_):
        name = str(place.get("name") or place["id"])
        if item:
            name += f" · {quantity(on_hand(hotel.view, item, place['id']), unit)}"
        found.append((str(place["id"]), name))
    return found


def waiting(hotel: Hotel) -> frozenset[str]:
    """The movements that the server does not know yet: they are provisional. With a server that
    answers, and without one, nothing waits for longer than a moment."""
    space = hotel.space
    if space.status().relay in ("none", "online"):
        return frozenset()
    pending = space.tab.replica.pending.values()
    return frozenset(op.rid for each in pending for op in each.change.ops if op.key == MOVES)
