"""What the tests of the stock share: a small store, and commands with little to fill in."""

from __future__ import annotations

from typing import Any

from pysync_pms.commands import Command
from pysync_pms.stock.commands import (
    IssueStock,
    ReceiveStock,
    ReverseStock,
    TransferStock,
    WasteStock,
)
from pysync_pms.stock.counting import CountStock
from pysync_pms.stock.items import CreatePlace, CreateStockItem
from pysync_pms.stock.levels import is_short, on_hand, quantity_of
from tests.pms.support import TODAY, Desk

STORE: tuple[Command, ...] = (
    CreatePlace(id="main", name="Main store", rank=1),
    CreatePlace(id="floor-1", name="Floor 1 pantry", rank=2),
    CreateStockItem(id="towel", name="Bath towels", category="amenity", unit="piece",
                    reorder_level=60, reorder_quantity=100, supplier="Linea"),
    CreateStockItem(id="flour", name="Flour", category="food", unit="kg"),
)  # fmt: skip
ITEMS = ("towel", "flour")
PLACES = ("main", "floor-1")


def receive(id_: str, quantity: int, item: str = "towel", place: str = "main") -> Command:
    """Something came in."""
    return ReceiveStock(id=id_, item=item, place=place, on=TODAY, quantity=quantity)


def issue(
    id_: str, quantity: int, item: str = "towel", place: str = "main", **more: Any
) -> Command:
    """Somebody takes some."""
    return IssueStock(id=id_, item=item, place=place, on=TODAY, quantity=quantity, **more)


def waste(id_: str, quantity: int, item: str = "towel", place: str = "main") -> Command:
    """Some are gone."""
    return WasteStock(id=id_, item=item, place=place, on=TODAY, quantity=quantity, reason="Stained")


def count(id_: str, counted: int, item: str = "towel", place: str = "main", **more: Any) -> Command:
    """Somebody counts."""
    return CountStock(id=id_, item=item, place=place, on=TODAY, counted=counted, **more)


def transfer(
    id_: str, quantity: int, place: str = "main", into: str = "floor-1", item: str = "towel"
) -> Command:
    """Some go to another location."""
    return TransferStock(id=id_, item=item, place=place, into=into, on=TODAY, quantity=quantity)


def reverse(id_: str, move: str) -> Command:
    """Taken back."""
    return ReverseStock(id=id_, move=move, on=TODAY, reason="Typed wrong")


def there(desk: Desk, item: str = "towel", place: str = "main") -> int:
    """How much of it there is, as it was decided."""
    return on_hand(desk.leader.state, item, place)


def flagged(desk: Desk, item: str = "towel", place: str = "main") -> bool:
    """Whether that level is flagged, as it was decided."""
    return is_short(desk.leader.state.get("stock_levels", f"{item}.{place}") or {})


def summed(view: Any) -> dict[str, int]:
    """What all movements come to, level by level: added up one by one, with no index."""
    sums: dict[str, int] = {}
    for move in view.all("stock_moves"):
        sides = [(move["place"], 1)] + ([(move["into"], -1)] if move.get("into") else [])
        for place, sign in sides:
            key = f"{move['item']}.{place}"
            sums[key] = sums.get(key, 0) + sign * quantity_of(move)
    return sums
