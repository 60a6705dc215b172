"""Lists of the stock: what to order, by supplier, and the locations.

Stands on `stock.queries`, `stock_words`.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from pysync_pms.stock.queries import Order, is_used, orders, places
from pysync_pms.stock.words import LEVELS
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button
from pysync_pms.ui.components.surfaces import card, empty
from pysync_pms.ui.components.tables import Column, Row, table
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.stock_words import quantity
from pysync_pms.ui.router import Route

__all__ = ["locations_view", "orders_view"]

_ORDERS: Final = (
    Column(label=tr("Item"), wraps=True),
    Column(label=tr("Order"), numeric=True),
    Column(label=tr("In stock"), numeric=True, priority=2),
    Column(label=tr("Reorder at"), numeric=True, priority=3),
    Column(label=tr("What can be done"), hide_label=True),
)
_PLACES: Final = (
    Column(label=tr("Location")),
    Column(label=tr("Items"), numeric=True),
    Column(label=tr("State"), priority=2),
    Column(label=tr("What can be done"), hide_label=True),
)


def orders_view(hotel: Hotel) -> Html:
    """What to order, a card for each supplier; on paper, and as a file."""
    groups: dict[str, list[Order]] = {}
    for each in orders(hotel.view):
        groups.setdefault(each.supplier, []).append(each)
    if not groups:
        told = empty(
            tr("Nothing has to be ordered"),
            tr(
                "What is at or below its reorder level over all locations is listed here, by "
                "supplier. Edit an item to say at how many it is ordered."
            ),
        )
        return card(tr("To order"), told, flush=True)
    today = hotel.app.formats.day(date.fromisoformat(hotel.today), "long")
    return join(
        h.h2("paper-only")[
            tr(
                "To order · {hotel} · {today}",
                hotel=hotel.settings.get("name") or tr("Hotel"),
                today=today,
            )
        ],
        h.div("row wrap")[
            button(tr("Print"), action="ui.print", icon_name="printer", data_part="stock"),
            button(tr("Save as CSV"), action="stock.csv", icon_name="download"),
        ],
        [
            card(
                supplier or tr("No supplier"),
                table(
                    tr("To order: {supplier}", supplier=supplier or tr("no supplier")),
                    _ORDERS,
                    [_order(hotel, each) for each in found],
                    table_id=f"orders-{number}",
                ),
                flush=True,
                note=plural(len(found), "item"),
            )
            for number, (supplier, found) in enumerate(groups.items())
        ],
    )


def _order(hotel: Hotel, order: Order) -> Row:
    line = order.line
    name = str(line.item.get("name") or line.id)
    return Row(
        row_id=f"order-{line.id}",
        cells=[
            h.span("anywhere", dir="auto")[name],
            h.strong[quantity(hotel, order.quantity, line.unit)],
            quantity(hotel, line.total, line.unit),
            quantity(hotel, line.item.get("reorder_level") or 0, line.unit),
            _way(tr("Receive…"), name, "stock.receive", line.id),
        ],
    )


def locations_view(hotel: Hotel, route: Route) -> Html:
    """All locations, those out of use last; each leads to what is there."""
    rows = []
    for place in places(hotel.view, all_=True):
        rid, name = str(place["id"]), str(place.get("name") or place["id"])
        levels = hotel.view.find(LEVELS, "place", rid)
        used = is_used(place)
        turn = tr("Take out of use") if used else tr("Use again")
        action = "stock.retire-place" if used else "stock.use-place"
        here = h.a("link anywhere", href=route.to("stock", place=rid).href, data_link=True)
        ways = h.span("row")[
            _way(tr("Edit"), name, "stock.edit-place", rid), _way(turn, name, action, rid)
        ]
        there = sum(bool(each.get("on_hand")) for each in levels)
        cells = [here[name], str(there), tr("In use") if used else tr("Out of use"), ways]
        rows.append(Row(row_id=f"place-{rid}", cells=cells))
    return card(
        tr("Locations"),
        table(tr("Locations"), _PLACES, rows, table_id="places"),
        flush=True,
        actions=button(tr("New location"), action="stock.new-place", small=True),
    )


def _way(words: str, name: str, action: str, record: str) -> Html:
    """A button of a row, told apart from those of other rows for who cannot see them."""
    named = join(words, h.span("sr-only")[f" {name}"])
    return button(named, action=action, data_id=record, small=True)
