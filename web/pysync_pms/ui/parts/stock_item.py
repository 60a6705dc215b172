"""An item of the stock beside the list: what is where, and its movements, newest first.

Stands on `stock.queries`, `stock_words`.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from pysync.model.guard import Record
from pysync.values.clock import wall_of
from pysync_pms.stock.levels import is_count, is_short, kind_of, levels_of, place_name, quantity_of
from pysync_pms.stock.queries import ItemLine, is_used, item_line, movements
from pysync_pms.stock.words import ITEMS, MOVED, MOVES
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import MenuItem, button, chip, link, menu
from pysync_pms.ui.components.surfaces import banner, card, drawer, empty, facts
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.icons import icon
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.conflict import conflict_notice
from pysync_pms.ui.parts.conflict_view import who
from pysync_pms.ui.parts.history import history_view
from pysync_pms.ui.parts.pending import PENDING, pending_ids
from pysync_pms.ui.parts.stock_words import (
    GOODS_WORDS,
    kind_words,
    quantity,
    state_chip,
)
from pysync_pms.ui.router import Route

__all__ = ["item_drawer"]

SHOWN: Final = 25
"""Movements to begin with; each further look doubles them."""
MOST: Final = 1_600


def item_drawer(hotel: Hotel, route: Route) -> Html:
    """The page of the item that the address names."""
    item = hotel.view.get(ITEMS, route.record)
    if item is None:
        told = empty(
            tr("No such item"), tr("It may have been opened at another hotel."), icon_name="info"
        )
        return drawer("stock-item", tr("Stock item"), told)
    line = item_line(hotel.view, item)
    return drawer(
        "stock-item",
        str(item.get("name") or tr("An item")),
        hotel.company.line(ITEMS, line.id),
        conflict_notice(hotel, ITEMS, line.id),
        _flagged(hotel, line),
        card(tr("In stock"), _levels(hotel, line), note=state_chip(line.state)),
        _facts(hotel, line),
        card(tr("Movements"), _movements(hotel, line, route), flush=True),
        card(tr("History of the item's details"), history_view(hotel, ITEMS, line.id)),
        note=GOODS_WORDS.get(str(item.get("category"))),
        actions=_menu(line),
        footer=[
            button(tr("Issue…"), action="stock.issue", kind="primary", data_id=line.id),
            button(tr("Receive…"), action="stock.receive", data_id=line.id),
            button(tr("Count…"), action="stock.count", data_id=line.id),
        ],
    )


def _flagged(hotel: Hotel, line: ItemLine) -> Child:
    if not line.short_at:
        return None
    where = ", ".join(place_name(hotel.view, place) for place in line.short_at)
    return banner(
        tr("More was taken than was there: {where}. Count it to know what is left.", where=where),
        icon_name="triangle-alert",
        actions=button(tr("Count…"), action="stock.count", small=True, data_id=line.id,
                       data_place=line.short_at[0]),
    )  # fmt: skip


def _menu(line: ItemLine) -> Html:
    about = (("id", line.id),)
    used = is_used(line.item)
    items = [
        MenuItem(
            label=tr("Transfer…"), action="stock.transfer", args=about, icon_name="arrow-right-left"
        ),
        MenuItem(label=tr("Waste…"), action="stock.waste", args=about, icon_name="x"),
        None,
        MenuItem(
            label=tr("Edit…"), action="stock.edit-item", args=about, icon_name="notebook-tabs"
        ),
        MenuItem(
            label=tr("Take out of use") if used else tr("Use again"),
            action="stock.retire-item" if used else "stock.use-item",
            args=about,
            icon_name="ban" if used else "undo-2",
        ),
    ]
    return menu("stock-item-menu", icon("ellipsis"), items, label=tr("More for this item"))


def _facts(hotel: Hotel, line: ItemLine) -> Child:
    item, unit = line.item, line.unit
    level, batch = item.get("reorder_level"), item.get("reorder_quantity")
    pairs: list[tuple[str, Child]] = []
    if level is not None:
        pairs.append((tr("Reorder at"), quantity(hotel, level, unit)))
    if batch:
        pairs.append((tr("Order at a time"), quantity(hotel, batch, unit)))
    if item.get("supplier"):
        pairs.append((tr("Supplier"), str(item["supplier"])))
    if item.get("notes"):
        pairs.append((tr("Notes"), str(item["notes"])))
    if not is_used(item):
        pairs.append((tr("State"), tr("Out of use")))
    return facts(pairs) if pairs else None


def _levels(hotel: Hotel, line: ItemLine) -> Child:
    levels = [each for each in levels_of(hotel.view, line.id)
              if each.get("on_hand") or is_short(each) or each.get("counted_on")]  # fmt: skip
    if not levels:
        return h.p("muted")[tr("Nothing is there yet: receive some, or count what you have.")]
    named = sorted((place_name(hotel.view, str(each["place"])), each) for each in levels)
    return h.ul("stock-levels")[
        [
            h.li[
                h.span("anywhere", dir="auto")[name],
                each.get("counted_on") and h.span("muted")[
                    tr("counted {day}", day=_day(hotel, str(each["counted_on"])))
                ],
                is_short(each) and chip(tr("short"), tone="danger"),
                h.strong("num push")[quantity(hotel, each.get("on_hand") or 0, line.unit)],
            ]
            for name, each in named
        ],
        len(levels) > 1 and h.li[h.span[tr("Together")],
                                 h.strong("num push")[quantity(hotel, line.total, line.unit)]],
    ]  # fmt: skip


def _movements(hotel: Hotel, line: ItemLine, route: Route) -> Child:
    asked = route.query.get("moves", "")
    least = min(MOST, max(SHOWN, int(asked) if asked.isascii() and asked.isdigit() else 0))
    found, older = movements(hotel.view, line.id, hotel.calendar_day, least)
    if not found:
        return h.p("muted pad")[tr("Nothing has moved yet.")]
    pending = pending_ids(hotel, MOVES)
    ordered = sorted(found, key=lambda move: _newest(hotel, move), reverse=True)
    return [
        h.ul("list stock-moves")[
            [_move(hotel, line, move, provisional=move["id"] in pending) for move in ordered]
        ],
        older
        and least < MOST
        and h.p("pad")[link(tr("Show older"), route.with_query(moves=str(least * 2)).href)],
    ]


def _newest(hotel: Hotel, move: Record) -> tuple[str, int, str]:
    cell = hotel.space.tab.replica.view.cell(MOVES, move["id"])
    return move["on"], cell.base.stamp if cell is not None else 0, move["id"]


def _move(hotel: Hotel, line: ItemLine, move: Record, *, provisional: bool) -> Html:
    view = hotel.view
    undone = bool(view.find(MOVES, "reverses", move["id"]))
    rid = str(move["id"])
    where: str = place_name(view, str(move["place"]))
    if kind_of(move) == MOVED:
        into = place_name(view, str(move.get("into")))
        where = tr("{place} to {other}", place=where, other=into)
    return h.li("list-item stock-move" + (" is-undone" if undone else ""), id=f"move-{rid}",
                data_ref=f"{MOVES}/{rid}")[
        h.div("stock-move-head")[
            h.strong[kind_words(move)],
            undone and chip(tr("taken back")),
            provisional and chip(PENDING, tone="act"),
            h.strong("num push")[_changed(hotel, line, move)],
            _move_menu(hotel, move, undone=undone),
        ],
        h.p("anywhere", dir="auto")[where],
        _details(hotel, line, move),
        h.p("muted")[join(_day(hotel, str(move["on"])), " · ", _by(hotel, rid))],
    ]  # fmt: skip


def _changed(hotel: Hotel, line: ItemLine, move: Record) -> str:
    number = quantity_of(move)
    if kind_of(move) == MOVED:
        return quantity(hotel, abs(number), line.unit)
    if is_count(move):
        found = quantity(hotel, move.get("counted") or 0, line.unit)
        return f"{found} ({quantity(hotel, number, line.unit, signed=True)})" if number else found
    return quantity(hotel, number, line.unit, signed=True)


def _details(hotel: Hotel, line: ItemLine, move: Record) -> Child:
    said: list[str] = []
    if is_count(move) and quantity_of(move):
        said.append(
            tr(
                "expected {quantity}",
                quantity=quantity(hotel, move.get("expected") or 0, line.unit),
            )
        )
    said += [str(move[name]) for name in ("reason", "note") if move.get(name)]
    return h.p("anywhere", dir="auto")[" · ".join(map(str, said))] if said else None


def _by(hotel: Hotel, rid: str) -> str:
    cell = hotel.space.tab.replica.view.cell(MOVES, rid)
    if cell is None or not cell.base.tab:
        return tr("with the hotel's first data")
    at = hotel.app.formats.moment(wall_of(cell.base.stamp), day=True)
    return f"{who(hotel, cell.base)} · {at}"


def _move_menu(hotel: Hotel, move: Record, *, undone: bool) -> Child:
    if undone or move.get("reverses"):
        return None
    reason = hotel.beyond(MOVES, [kind_of(move)])
    return menu(
        f"move-menu-{move['id']}",
        icon("ellipsis"),
        [MenuItem(label=tr("Take back…"), action="stock.reverse", args=(("id", str(move["id"])),),
                  icon_name="undo-2", reason=reason)],
        label=tr("More for this movement"),
        small=True,
    )  # fmt: skip


def _day(hotel: Hotel, day: str) -> str:
    return hotel.app.formats.day(date.fromisoformat(day), "medium")
