"""Expenses: what the staff spent, what waits for approval, what is to be paid, what it comes to.

Filters live in the address. Arrows walk the rows; of what waits, `x` chooses, `a` approves and `r`
rejects. Stands on `expenses.queries`, `Claims`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from pysync.model.guard import Record
from pysync_pms.expenses.claims import APPROVED, STATES, state_of
from pysync_pms.expenses.queries import (
    booked_category,
    expenses,
    expenses_csv,
    is_mine,
    name_of,
)
from pysync_pms.expenses.words import EXPENSE_CATEGORIES, EXPENSES
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tab, button, clipped, tabs
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.components.surfaces import card, empty, page_head
from pysync_pms.ui.components.tables import Column, Row
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.language import grouped, tr
from pysync_pms.ui.parts.claim_state import state_chip
from pysync_pms.ui.parts.claims import Claims
from pysync_pms.ui.parts.cost_centres import CostCentres
from pysync_pms.ui.parts.expense_card import EXPENSE_WORDS, expense_actions, expense_drawer
from pysync_pms.ui.parts.expense_totals import totals_card
from pysync_pms.ui.parts.staff_waiting import me, to_approve
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.told import told
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import STAFF

__all__ = ["Expenses"]

FORM: Final = "expense-filter"
OPEN: Final = f"{EXPENSES}.open"
_FILTERS: Final = ("state", "category", "month")
_COLUMNS: Final = (
    Column(label=tr("Day"), sorted="descending"),
    Column(label=tr("Who"), priority=2),
    Column(label=tr("What")),
    Column(label=tr("Category"), priority=3),
    Column(label=tr("Amount"), numeric=True),
    Column(label=tr("State")),
)


class Expenses(DeskScreen):
    """What was spent for the hotel."""

    name = "expenses"
    label = tr("Expenses")

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.claims = Claims(self.hotel, self.asker, EXPENSE_WORDS)
        self.centres = CostCentres(self.hotel, self.asker)

    # -- drawing ----------------------------------------------------------------------------------

    def view(self, route: Route) -> Html:
        """The tabs, and what the chosen one shows."""
        chosen = self._tab(route)
        if chosen != "approve":
            self.claims.forget()
        if chosen == "approve":
            body = self.claims.approvals(action=OPEN)
        elif chosen == "rules":
            body = self.centres.view()
        else:
            body = self._list(route, chosen)
        return join(
            page_head(
                tr("Expenses"),
                note=tr("What the staff spent for the hotel, from the receipt to the money back"),
                actions=[
                    button(
                        tr("Export CSV"), action="expenses.csv", icon_name="download", kind="quiet"
                    ),
                    button(
                        tr("New expense"),
                        action="expenses.new",
                        kind="primary",
                        icon_name="plus",
                        shortcut="n",
                    ),
                ],
            ),
            tabs(tr("Show"), self._tabs(route), current=chosen),
            body,
        )

    def _decides(self) -> bool:
        return self.hotel.beyond(EXPENSES, ("decision",)) is None

    def _tab(self, route: Route) -> str:
        wanted = route.query.get("show", "")
        if wanted in {tab.name for tab in self._tabs(route)}:
            return wanted
        return "all" if not me(self.hotel) or self._decides() else "mine"

    def _tabs(self, route: Route) -> list[Tab]:
        def tab(name: str, words: str, count: int | None = None) -> Tab:
            href = route.with_query(show=name).with_record("").href
            return Tab(name=name, label=words, href=href, count=count or None, tone="act")

        found = [tab("mine", tr("Mine"))] if me(self.hotel) else []
        found.append(tab("all", tr("All")))
        if self._decides():
            found.append(tab("approve", tr("To approve"), to_approve(self.hotel, EXPENSES)))
        if self.hotel.beyond(EXPENSES, ("paid_on",)) is None:
            waits = self.hotel.view.find(EXPENSES, "state", APPROVED)
            found.append(tab("pay", tr("To pay"), len(waits)))
        return [*found, tab("rules", tr("Cost centres"))]

    def drawer(self, route: Route) -> Html | None:
        """The expense that the address names."""
        return expense_drawer(self.hotel, self.claims, route.record)

    def _list(self, route: Route, chosen: str) -> Html:
        found = self._chosen(route, chosen)
        titles = {"pay": tr("To pay"), "mine": tr("Mine")}
        return join(
            self._filters(route) if chosen != "pay" else None,
            card(
                titles.get(chosen, tr("All expenses")),
                self.long_list(tr("Expenses"), _COLUMNS, found, self._row, prefix="expense",
                               table_id="expenses",
                               when_empty=None if found else self._nothing(route, chosen)),
                flush=True,
                note=grouped(len(found)),
            ),
            totals_card(self.hotel, found) if found else None,
        )  # fmt: skip

    def _chosen(self, route: Route, chosen: str) -> list[Any]:
        query = route.query
        asked = (chosen, *(query.get(name) for name in _FILTERS))
        return self.remembered(asked, lambda: self._matching(query, chosen))

    def _matching(self, query: Mapping[str, str], chosen: str) -> Iterator[Record]:
        view, who = self.hotel.view, me(self.hotel)
        state = APPROVED if chosen == "pay" else query.get("state")
        category, month = query.get("category"), query.get("month")
        if chosen == "pay":
            category = month = None

        def keep(each: Record) -> bool:
            return (
                (not state or state_of(each) == state)
                and (not category or booked_category(each) == category)
                and (not month or each["on"].startswith(month))
                and (chosen != "mine" or is_mine(view, each, who))
            )

        yield from expenses(view, keep)

    def _filters(self, route: Route) -> Html:
        view = FormView(form_id=FORM, values=route.query)
        live: dict[str, Any] = {"data_change": "expenses.filter"}
        months = sorted({each["on"][:7] for each in expenses(self.hotel.view)}, reverse=True)
        named = [(each, self._month(each)) for each in months]
        categories = [(code, label(code)) for code in EXPENSE_CATEGORIES]
        return h.form("filters", id=FORM, data_action="expenses.filter")[
            view.choose(
                "state",
                tr("State"),
                [(code, label(code)) for code in STATES],
                empty=tr("All"),
                **live,
            ),
            view.choose("category", tr("Category"), categories, empty=tr("All"), **live),
            view.choose("month", tr("Month"), named, empty=tr("All"), **live),
        ]

    def _month(self, month: str) -> str:
        """A month as the filter names it: "Nov 2026"."""
        name = self.hotel.app.formats.day(date.fromisoformat(f"{month}-01"), "month")
        return f"{name} {month[:4]}"

    def _row(self, each: Record) -> Row:
        who = name_of(self.hotel.view, STAFF, each.get("staff"))
        what = EXPENSE_WORDS.title(self.hotel, each)
        row = self.record_row(
            "expense",
            EXPENSES,
            str(each["id"]),
            [
                clipped(self.claims.day(each["on"])),
                clipped(who),
                clipped(what),
                label(booked_category(each)),
                self.claims.money(each),
                state_chip(each),
            ],
        )
        return Row(row_id=row.row_id, cells=row.cells, action=OPEN, key=row.key, ref=row.ref,
                   selected=row.selected)  # fmt: skip

    def _nothing(self, route: Route, chosen: str) -> Html:
        if chosen == "pay":
            return empty(
                tr("Nothing is to be paid"),
                tr("What was approved is listed here until somebody paid it back."),
            )
        if any(route.query.get(name) for name in _FILTERS):
            return empty(
                tr("Nothing found"), tr("Change the filters to see more."), icon_name="search"
            )
        return empty(
            tr("No expenses yet"),
            tr(
                "Who paid something for the hotel presses n, copies the amount from the receipt "
                "and submits it. A manager approves it, accounting pays it back. It works "
                "offline, too."
            ),
            icon_name="receipt",
            actions=button(tr("New expense"), action="expenses.new", icon_name="plus"),
        )

    # -- doing ------------------------------------------------------------------------------------

    def actions(self) -> Mapping[str, Action]:
        """Filters live in the address."""
        hotel = self.hotel
        return {
            **super().actions(),
            **self.claims.actions(),
            **self.centres.actions(),
            **expense_actions(hotel, self.asker),
            OPEN: lambda event: hotel.app.go(hotel.app.route.with_record(event.id)),
            "expenses.filter": self._filter,
            "expenses.csv": self._export,
        }

    def shortcuts(self) -> Sequence[Shortcut]:
        """A new expense, and what is done with those in hand."""
        new = Shortcut(
            keys="n", action="expenses.new", label=tr("New expense"), group=tr("Expenses")
        )
        return (new, *(self.claims.shortcuts() if self._decides() else ()))

    def _filter(self, event: UiEvent) -> None:
        name = event.target.removeprefix(f"{FORM}-")
        values = {name: event.value} if event.kind != "submit" else dict(event.values)
        app = self.hotel.app
        app.go(app.route.with_query(**values).with_record(""), replace=True)

    def _export(self, _: UiEvent) -> None:
        route = self.hotel.app.route
        chosen = self._tab(route)
        found = self._chosen(route, "all" if chosen in ("approve", "rules") else chosen)
        text = expenses_csv(self.hotel.view, found, label, self.hotel.currency, told)
        self.hotel.app.download(f"expenses-{self.hotel.today}.csv", "text/csv", text)
