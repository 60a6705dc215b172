"""The stock in words: quantities as the locale writes them, states, kinds of movements, and what
waits for the server.

Stands on `Hotel`, `stock.quantities`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pysync.model.guard import Record
from pysync_pms.stock.levels import kind_of, on_hand, place_name, quantity_of, stocked
from pysync_pms.stock.quantities import amount_of, digits_of, plain
from pysync_pms.stock.queries import State, is_used, item_lines, places
from pysync_pms.stock.words import (
    DIFFERENCE,
    GOODS,
    ISSUED,
    ITEMS,
    MOVED,
    MOVES,
    RECEIVED,
    WASTED,
)
from pysync_pms.ui.components.controls import Tone, button, chip
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Html
from pysync_pms.ui.language import tr

__all__ = [
    "GOODS_WORDS",
    "KIND_WORDS",
    "UNIT_WORDS",
    "issue_again",
    "item_choices",
    "kind_words",
    "place_choices",
    "quantity",
    "state_chip",
    "unit_of",
]

GOODS_WORDS: Final[Mapping[str, str]] = dict(
    zip(GOODS, (tr("Food and drink"), tr("Amenities and linen"), tr("Materials")), strict=True)
)
UNIT_WORDS: Final[Mapping[str, str]] = {
    "piece": tr("Pieces"),
    "pack": tr("Packs"),
    "bottle": tr("Bottles"),
    "box": tr("Boxes"),
    "roll": tr("Rolls"),
    "pair": tr("Pairs"),
    "kg": tr("Kilograms"),
    "litre": tr("Litres"),
}
KIND_WORDS: Final[Mapping[str, str]] = {
    RECEIVED: tr("Received"),
    ISSUED: tr("Issued from stock"),
    WASTED: tr("Wasted"),
    MOVED: tr("Transferred"),
    DIFFERENCE: tr("Counted"),
}
_STATES: Final[Mapping[State, tuple[str, Tone, str | None]]] = {
    "ok": (tr("enough"), "idle", None),
    "reorder": (tr("reorder"), "act", "calendar-plus"),
    "short": (tr("short: count it"), "danger", "triangle-alert"),
}


def state_chip(state: State) -> Html:
    """How it stands with an item, in words."""
    words, tone, icon_name = _STATES[state]
    return chip(words, tone=tone, icon_name=icon_name)


def unit_of(hotel: Hotel, item: str) -> str:
    """What an item is measured in."""
    return str((hotel.view.get(ITEMS, item) or {}).get("unit") or "")


def quantity(hotel: Hotel, number: int, unit: str, *, signed: bool = False) -> str:
    """A quantity with its unit as the locale writes it; `signed` says what was added, too."""
    typed = plain(abs(number), unit)
    digits = len(typed.partition(".")[2])
    shown = hotel.app.formats.number(abs(number) / 10 ** digits_of(unit), digits)
    words = tr(amount_of(abs(number), unit).replace(typed, "{n}", 1), n=shown)
    sign = "−" if number < 0 else "+" if signed and number > 0 else ""
    return f"{sign}{words}"


def kind_words(move: Record) -> str:
    """What a movement was."""
    words = KIND_WORDS.get(kind_of(move), tr("Moved"))
    if move.get("reverses"):
        return tr("{words}: taken back", words=words)
    return tr("Taken") if move.get("taken") and kind_of(move) == ISSUED else words


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
            name += f" · {quantity(hotel, on_hand(hotel.view, item, place['id']), unit)}"
        found.append((str(place["id"]), name))
    return found


def issue_again(hotel: Hotel, content: Sequence[tuple[Any, Any, Any]]) -> Html | None:
    """The way on from a movement that was refused because too little was left: asked again, from
    where there is enough, else from where it was, to say that it was taken already."""
    rows = [(name, value) for key, name, value in content if key == MOVES]
    move = dict(rows)
    kind = {ISSUED: "stock.issue", MOVED: "stock.transfer"}.get(kind_of(move))
    if kind is None or len(move) != len(rows) or not isinstance(move.get("item"), str):
        return None
    item, many = move["item"], -quantity_of(move)
    best = stocked(hotel.view, item, many)
    place = best[0][0] if best else str(move.get("place") or "")
    words = (
        tr("Take it from {place}…", place=place_name(hotel.view, place))
        if best
        else tr("Record it again…")
    )
    return button(words, action=kind, small=True, kind="primary", data_id=item, data_place=place,
                  data_into=move.get("into"),
                  data_many=plain(many, unit_of(hotel, item)))  # fmt: skip
