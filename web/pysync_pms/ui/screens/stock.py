"""Stock: what there is and where, a sheet to count by, what to order, and the locations.

Stands on `stock.queries`, `stock_item`, `stock_count`, `stock_questions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pysync_pms.stock.items import EditPlace, EditStockItem
from pysync_pms.stock.levels import levels_of, place_name
from pysync_pms.stock.queries import (
    ItemLine,
    is_used,
    item_lines,
    order_csv,
    orders,
    places,
    short_count,
)
from pysync_pms.stock.words import GOODS, ITEMS, MOVES
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import MenuItem, Tab, button, chip, clipped, menu, tabs
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.components.surfaces import card, empty, page_head
from pysync_pms.ui.components.tables import Column, Row, table
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.icons import icon
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.pending import pending_ids
from pysync_pms.ui.parts.stock_count import CountSheets
from pysync_pms.ui.parts.stock_item import item_drawer
from pysync_pms.ui.parts.stock_lists import locations_view, orders_view
from pysync_pms.ui.parts.stock_questions import ISSUE, QUESTIONS, movement, reverse
from pysync_pms.ui.parts.stock_setup import edit_item, edit_place, new_item, new_place
from pysync_pms.ui.parts.stock_words import (
    GOODS_WORDS,
    place_choices,
    quantity,
    state_chip,
)
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.told import told
from pysync_pms.ui.wire import UiEvent

__all__ = ["Stock"]

FORM: Final = "stock-filter"
_COLUMNS: Final = (
    Column(label=tr("Item"), sorted="ascending", wraps=True),
    Column(label=tr("In stock"), numeric=True),
    Column(label=tr("State")),
    Column(label=tr("Where"), priority=2, wraps=True),
    Column(label=tr("Reorder at"), numeric=True, priority=3),
    Column(label=tr("Supplier"), priority=3),
)


class Stock(DeskScreen):
    """The store rooms."""

    name = "stock"
    label = tr("Stock")

    def __init__(self, *args: Any) -> None:
        DeskScreen.__init__(self, *args)
        self._sheets = CountSheets(self.hotel)

    def view(self, route: Route) -> Html:
        """One of its views, by `view` in the address."""
        shown = route.query.get("view", "")
        views: Mapping[str, Callable[[Route], Html]] = {
            "count": self._sheets.view,
            "order": lambda _: orders_view(self.hotel),
            "places": lambda here: locations_view(self.hotel, here),
        }
        if not places(self.hotel.view, all_=True):
            return join(page_head(tr("Stock")), self._begin())
        return join(
            page_head(tr("Stock"), note=self._note(), actions=self._ways()),
            self._tabs(route, shown),
            views.get(shown, self._items)(route),
        )

    def drawer(self, route: Route) -> Html | None:
        """The item that the address names."""
        return item_drawer(self.hotel, route)

    def shows_status(self, route: Route) -> bool:
        """What is not sent yet is marked."""
        return True

    def everywhere(self) -> Mapping[str, Action]:
        """Questions that other screens ask, too."""
        ask, hotel, asker = self.asker.ask, self.hotel, self.asker

        def moves(kind: str) -> Action:
            def about(event: UiEvent) -> None:
                known = {name: event.args.get(name, "") for name in ("place", "into", "many")}
                ask(movement(hotel, asker, kind, item=event.id or self._beside(), **known))

            return about

        return {f"stock.{kind}": moves(kind) for kind in QUESTIONS}

    def actions(self) -> Mapping[str, Action]:
        """Movements, filters, items, locations, the list on paper."""
        ask, hotel, asker = self.asker.ask, self.hotel, self.asker
        return {
            **super().actions(),
            **self._sheets.actions(),
            "stock.filter": self._filter,
            "stock.reverse": self._reverse,
            "stock.new-item": lambda _: ask(new_item(hotel, asker)),
            "stock.edit-item": lambda event: ask(edit_item(hotel, asker, event.id)),
            "stock.retire-item": self._use(EditStockItem, used=False),
            "stock.use-item": self._use(EditStockItem, used=True),
            "stock.new-place": lambda _: ask(new_place(hotel)),
            "stock.edit-place": lambda event: ask(edit_place(hotel, event.id)),
            "stock.retire-place": self._use(EditPlace, used=False),
            "stock.use-place": self._use(EditPlace, used=True),
            "stock.csv": lambda _: hotel.app.download(
                f"order-{hotel.today}.csv", "text/csv", order_csv(orders(hotel.view), told)
            ),
        }

    def shortcuts(self) -> Sequence[Shortcut]:
        """Movements of the item in hand, and a new one."""
        keys = {"i": ISSUE, "r": "receive", "w": "waste", "m": "transfer", "c": "count"}
        made = [
            Shortcut(keys=key, action=f"stock.{kind}", label=QUESTIONS[kind], group=tr("Stock"))
            for key, kind in keys.items()
        ]
        new = Shortcut(keys="n", action="stock.new-item", label=tr("New item"), group=tr("Stock"))
        return (*made, new)

    # -- the head ---------------------------------------------------------------------------------

    def _begin(self) -> Html:
        return empty(
            tr("Begin with a location"),
            tr("Name where things are kept: a main store, the kitchen, a pantry on each floor. "
               "Then add the items, and receive or count what is there. From then on every "
               "movement is written down, and the list of what to order makes itself."),
            icon_name="package",
            actions=button(tr("New location"), action="stock.new-place", kind="primary"),
        )  # fmt: skip

    def _note(self) -> Child:
        short = short_count(self.hotel.view)
        told = tr("{levels} to count", levels=plural(short, "level")) if short else None
        mine = len(pending_ids(self.hotel, MOVES))
        sent = tr("{movements} not sent yet: provisional", movements=plural(mine, "movement"))
        return " · ".join(str(each) for each in (told, mine and sent) if each) or None

    def _ways(self) -> Child:
        more = [
            MenuItem(label=tr("Transfer…"), action="stock.transfer", icon_name="arrow-right-left"),
            MenuItem(label=tr("Waste…"), action="stock.waste", icon_name="x"),
            MenuItem(label=tr("Count one item…"), action="stock.count", icon_name="check"),
            None,
            MenuItem(label=tr("New item…"), action="stock.new-item", icon_name="plus", hint="n"),
            MenuItem(label=tr("New location…"), action="stock.new-place", icon_name="plus"),
        ]
        return [
            button(tr("Issue"), action="stock.issue", kind="primary", shortcut="i"),
            button(tr("Receive"), action="stock.receive", shortcut="r"),
            menu("stock-menu", join(icon("ellipsis")), more, label=tr("More for the stock")),
        ]

    def _tabs(self, route: Route, shown: str) -> Html:
        due = len(orders(self.hotel.view))
        named = (("", tr("Items")), ("count", tr("Count sheet")), ("order", tr("To order")),
                 ("places", tr("Locations")))  # fmt: skip
        cleared = dict.fromkeys(route.query, "")
        return tabs(
            tr("Stock"),
            [
                Tab(name=name, label=words,
                    href=route.with_record("").with_query(**{**cleared, "view": name}).href,
                    count=due if name == "order" and due else None, tone="act")
                for name, words in named
            ],
            current=shown,
        )  # fmt: skip

    # -- items ------------------------------------------------------------------------------------

    def _items(self, route: Route) -> Html:
        query = route.query
        place, text = query.get("place", ""), query.get("q", "")
        state = query.get("state", "")
        lines = item_lines(self.hotel.view, place=place, text=text, all_=state == "all")
        lines = [line for line in lines if state in ("", "all", line.state)]
        groups = {code: [each for each in lines if each.item.get("category") == code]
                  for code in GOODS}  # fmt: skip
        pending = pending_ids(self.hotel, MOVES)
        return join(
            self._filters(route),
            [
                card(GOODS_WORDS[code], self._table(code, items, pending), flush=True,
                     note=plural(len(items), "item"))
                for code, items in groups.items()
                if items
            ],
            None if lines else card(tr("Items"), self._nothing(route), flush=True),
        )  # fmt: skip

    def _filters(self, route: Route) -> Html:
        view = FormView(form_id=FORM, values=route.query)
        live: dict[str, Any] = {"data_change": "stock.filter"}
        states = [("short", tr("Short: to count")), ("reorder", tr("To reorder")),
                  ("ok", tr("Enough")), ("all", tr("Also out of use"))]  # fmt: skip
        return h.form("filters", id=FORM, data_action="stock.filter")[
            view.text("q", tr("Item or supplier"), kind="search", data_input="stock.filter"),
            view.choose("place", tr("Location"), place_choices(self.hotel), empty=tr("All"),
                        **live),
            view.choose("state", tr("State"), states, empty=tr("All"), **live),
        ]  # fmt: skip

    def _filter(self, event: UiEvent) -> None:
        name = event.target.removeprefix(f"{FORM}-")
        values = {name: event.value} if event.kind != "submit" else dict(event.values)
        app = self.hotel.app
        app.go(app.route.with_query(**values).with_record(""), replace=True)

    def _nothing(self, route: Route) -> Html:
        if not any(True for _ in self.hotel.view.all(ITEMS)):
            return empty(
                tr("Nothing is kept yet"),
                tr("Add what you keep, such as bath towels or coffee, with the level at which it "
                   "is ordered."),
                icon_name="package",
                actions=button(tr("New item"), action="stock.new-item", kind="primary"),
            )  # fmt: skip
        return empty(tr("Nothing found"), tr("Change the filters to see more."), icon_name="search",
                     actions=h.a("link", href=route.to("stock").href, data_link=True)[
                         tr("Show all items")])  # fmt: skip

    def _table(self, code: str, lines: Sequence[ItemLine], pending: frozenset[str]) -> Html:
        rows = [self._row(line, pending) for line in lines]
        return table(GOODS_WORDS[code], _COLUMNS, rows, table_id=f"stock-{code}")

    def _row(self, line: ItemLine, pending: frozenset[str]) -> Row:
        view, item = self.hotel.view, line.item
        level = item.get("reorder_level")
        provisional = any((view.get(MOVES, rid) or {}).get("item") == line.id for rid in pending)
        return Row(
            row_id=f"item-{line.id}",
            cells=[
                h.span("anywhere", dir="auto")[str(item.get("name") or line.id)],
                [
                    h.strong[quantity(self.hotel, line.on_hand, line.unit)],
                    provisional and h.span("stock-provisional")[tr(" provisional")],
                ],
                state_chip(line.state) if is_used(item) else chip(tr("out of use")),
                self._where(line),
                quantity(self.hotel, level, line.unit) if level is not None else None,
                clipped(str(item.get("supplier") or "")),
            ],
            action="stay.open",
            key=line.id,
            ref=f"{ITEMS}/{line.id}",
            selected=self.hotel.app.route.record == line.id,
        )

    def _where(self, line: ItemLine) -> Child:
        found = [each for each in levels_of(self.hotel.view, line.id) if each.get("on_hand")]
        found.sort(key=lambda each: -(each.get("on_hand") or 0))
        return h.span("muted")[
            ", ".join(place_name(self.hotel.view, str(each["place"])) for each in found)
        ]

    def _beside(self) -> str:
        """The item that is open."""
        route = self.hotel.app.route
        here = route.screen == self.name and self.hotel.view.get(ITEMS, route.record) is not None
        return route.record if here else ""

    # -- doing ------------------------------------------------------------------------------------

    def _reverse(self, event: UiEvent) -> bool | None:
        move = self.hotel.view.get(MOVES, event.id)
        if move is None:
            return False
        self.asker.ask(reverse(self.hotel, move))
        return None

    def _use(self, kind: type[EditStockItem | EditPlace], *, used: bool) -> Action:
        def use(event: UiEvent) -> None:
            edit = kind(id=event.id, changes={"active": used})
            if self.hotel.view.get(kind.collection, event.id) is not None:
                self.hotel.perform(edit)

        return use
