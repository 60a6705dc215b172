"""Questions about what is kept in stock and where: an item, a location. Stands on `ask`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pysync_pms.commands import Command
from pysync_pms.stock.items import CreatePlace, CreateStockItem, EditPlace, EditStockItem
from pysync_pms.stock.quantities import parse, plain
from pysync_pms.stock.words import GOODS, ITEMS, PLACES, UNITS
from pysync_pms.ui import html as h
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.ask import Asker, Question, Values
from pysync_pms.ui.parts.stock_words import GOODS_WORDS, UNIT_WORDS
from pysync_pms.ui.told import told

__all__ = ["edit_item", "edit_place", "new_item", "new_place"]

_ORDER: Final = ("reorder_level", "reorder_quantity")


def new_item(hotel: Hotel, asker: Asker) -> Question:
    """Something new that is kept; its page is opened then."""
    item_id = hotel.new_id()

    def commands(values: Values) -> Sequence[Command]:
        return [CreateStockItem(id=item_id, **_item(values))]

    return Question(
        title=tr("New stock item"),
        submit=tr("Add"),
        fields=lambda view, _: _item_fields(hotel, view, asker),
        commands=commands,
        missing=_item_missing,
        values={"category": GOODS[0], "unit": next(iter(UNITS))},
        then=lambda done: hotel.app.go(hotel.app.route.to("stock", done.record_id)),
    )


def edit_item(hotel: Hotel, asker: Asker, item_id: str) -> Question:
    """What an item is called, when it is ordered, of whom."""
    now = hotel.view.get(ITEMS, item_id) or {}
    unit = str(now.get("unit") or "piece")

    def commands(values: Values) -> Sequence[Command]:
        given = {**_item(values), "notes": values.get("notes", "").strip() or None}
        given["supplier"] = given["supplier"] or None
        changes = {name: value for name, value in given.items() if value != now.get(name)}
        return [EditStockItem(id=item_id, changes=changes)]

    values = {name: str(now.get(name) or "") for name in ("name", "category", "supplier", "notes")}
    order = {name: plain(now[name], unit) for name in _ORDER if now.get(name) is not None}
    return Question(
        title=str(tr("Item {name}", name=now.get("name") or "")).strip(),
        about=f"stock-item/{item_id}",
        submit=tr("Save"),
        fields=lambda view, _: _item_fields(hotel, view, asker),
        commands=commands,
        missing=_item_missing,
        values={**values, **order, "unit": unit},
    )


def _item_fields(hotel: Hotel, view: FormView, asker: Asker) -> Child:
    suppliers = {str(item.get("supplier") or "") for item in hotel.view.all(ITEMS)} - {""}
    return h.div("grid-2")[
        view.text("name", tr("Name"), required=True),
        view.choose("category", tr("Category"), list(GOODS_WORDS.items()), required=True),
        view.choose(
            "unit", tr("Counted in"), list(UNIT_WORDS.items()), required=True, **asker.live()
        ),
        view.text("supplier", tr("Supplier"), suggestions=sorted(suppliers)),
        view.text(
            "reorder_level",
            tr("Reorder at"),
            hint=tr(
                "When so much or less is left at all locations it is on the list of what to order"
            ),
            inputmode="decimal",
        ),
        view.text(
            "reorder_quantity",
            tr("Order at a time"),
            hint=tr("A case, a pallet"),
            inputmode="decimal",
        ),
        view.text("notes", tr("Notes")),
    ]


def _item(values: Values) -> dict[str, Any]:
    unit = values.get("unit", "")
    typed = {name: values.get(name, "").strip() for name in _ORDER}
    return {
        "name": values.get("name", "").strip(),
        "category": values.get("category", ""),
        "unit": unit,
        "supplier": values.get("supplier", "").strip(),
        "notes": values.get("notes", "").strip(),
        **{name: parse(text, unit) if text else None for name, text in typed.items()},
    }


def _item_missing(values: Values) -> dict[str, str]:
    found: dict[str, str] = {} if values.get("name", "").strip() else {"name": tr("Enter a name.")}
    for name in _ORDER:
        typed = values.get(name, "").strip()
        try:
            parse(typed or "0", values.get("unit", ""))
        except ValueError as error:
            found[name] = told(str(error))
    return found


# -- locations ------------------------------------------------------------------------------------


def new_place(hotel: Hotel) -> Question:
    """A location: it stands at the end of the list."""
    place_id = hotel.new_id()
    ranks = [place.get("rank") or 0 for place in hotel.view.all(PLACES)]
    rank = max(ranks, default=0) + 1
    return Question(
        title=tr("New location"),
        submit=tr("Add"),
        fields=lambda view, _: view.text(
            "name",
            tr("Name"),
            required=True,
            hint=tr("Such as main store, kitchen, floor 2 pantry"),
        ),
        commands=lambda values: [CreatePlace(id=place_id, name=values["name"], rank=rank)],
        missing=_place_missing,
    )


def edit_place(hotel: Hotel, place_id: str) -> Question:
    """What a location is called."""
    now = hotel.view.get(PLACES, place_id) or {}
    return Question(
        title=str(tr("Location {name}", name=now.get("name") or "")).strip(),
        about=f"stock-place/{place_id}",
        submit=tr("Save"),
        fields=lambda view, _: view.text("name", tr("Name"), required=True),
        commands=lambda values: [EditPlace(id=place_id, changes={"name": values["name"].strip()})],
        missing=_place_missing,
        values={"name": str(now.get("name") or "")},
    )


def _place_missing(values: Values) -> dict[str, str]:
    return {} if values.get("name", "").strip() else {"name": tr("Enter a name.")}
