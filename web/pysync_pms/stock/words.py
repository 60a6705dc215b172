"""The vocabulary of the stock: names of collections, categories, units, kinds of movements.

A quantity is an integer of the item's smallest part: pieces, or grams where it is kept in kilograms
(`UNITS`). Stands on nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ITEMS: Final = "stock_items"
PLACES: Final = "stock_places"
"""Locations: the main store, the kitchen, a floor's pantry."""
LEVELS: Final = "stock_levels"
"""How much of an item is at a location, as its movements come to."""
MOVES: Final = "stock_moves"
"""What was received, issued, wasted, transferred and counted, one record each."""

GOODS: Final = ("food", "amenity", "material")
"""Categories of items."""
UNITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("piece", "pack", "bottle", "box", "roll", "pair"), 0),
    **dict.fromkeys(("kg", "litre"), 3),
}
"""How an item is measured, and how many digits it has after the point."""

RECEIVED: Final = "received"
ISSUED: Final = "issued"
WASTED: Final = "wasted"
MOVED: Final = "moved"
DIFFERENCE: Final = "difference"
"""What a count found more (or, below 0, less) than what was expected when it was made."""
QUANTITIES: Final = (RECEIVED, ISSUED, WASTED, MOVED, DIFFERENCE)
"""A movement has exactly one of these fields, and is of that kind. A role may write some."""
OUT: Final = frozenset((ISSUED, WASTED, MOVED))
"""What goes out is below 0, unless it takes something back."""
QUANTITY_MAX: Final = 10**9
