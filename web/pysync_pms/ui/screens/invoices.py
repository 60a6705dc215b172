"""Invoices and credit notes by month, one of them beside the list as it is printed.

Stands on `invoices`, `parts.paper`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from pysync.model.guard import Record
from pysync_pms.calendar import is_date
from pysync_pms.indexes import fold
from pysync_pms.invoices import order, standing_lines
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, clipped, link
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.components.surfaces import banner, card, drawer, empty, page_head
from pysync_pms.ui.components.tables import Column, Row
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Html, join
from pysync_pms.ui.language import grouped, tr
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.files import invoices_csv
from pysync_pms.ui.parts.invoice_questions import ISSUING
from pysync_pms.ui.parts.invoices import Invoices, paper_state, paper_words
from pysync_pms.ui.parts.online import why_offline
from pysync_pms.ui.parts.paper import paper_view
from pysync_pms.ui.parts.reservation import Desk
from pysync_pms.ui.parts.words import amount
from pysync_pms.ui.router import Route
from pysync_pms.ui.screen import Action
from pysync_pms.ui.screens.base import DeskScreen
from pysync_pms.ui.shortcuts import Shortcut
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import INVOICE, INVOICES, PAPERS

__all__ = ["InvoicesScreen"]

FORM: Final = "papers-filter"
MONTHS: Final = 36
"""Months back that are offered; any other is reached by its address."""
_COLUMNS: Final = (
    Column(label=tr("Number")),
    Column(label=tr("Date"), sorted="descending"),
    Column(label=tr("To")),
    Column(label=tr("Total"), numeric=True),
    Column(label=tr("State"), priority=2),
)


class InvoicesScreen(DeskScreen):
    """What was issued, month by month."""

    name = "invoices"
    label = tr("Invoices")

    def __init__(self, hotel: Hotel, desk: Desk, asker: Asker) -> None:
        super().__init__(hotel, desk, asker)
        self._invoices = Invoices(hotel, asker)

    def view(self, route: Route) -> Html:
        """Filters over the list."""
        found = self.remembered(tuple(sorted(route.query.items())), lambda: self._matching(route))
        return join(
            page_head(
                tr("Invoices"),
                actions=button(tr("Export CSV"), action="papers.csv", icon_name="download",
                               kind="quiet"),
            ),
            self._filters(route),
            card(
                tr("Issued"),
                self.long_list(tr("Invoices"), _COLUMNS, found, self._row, prefix="paper",
                               table_id="papers", when_empty=None if found else _nothing(route)),
                flush=True,
                note=grouped(len(found)),
            ),
        )  # fmt: skip

    def drawer(self, route: Route) -> Html | None:
        """The paper that the address names."""
        paper = self.hotel.view.get(INVOICES, route.record)
        if paper is None:
            return None
        title = paper_words(self.hotel, paper)
        guess = self.hotel.space.is_undecided(INVOICES, paper["id"])
        stands = paper["kind"] == INVOICE and standing_lines(self.hotel.view, paper)
        return drawer(
            "paper-drawer",
            title,
            guess and banner(tr("The server has not given its number yet: print it then."),
                             tone="live", icon_name="clock"),
            paper_view(self.hotel, paper, title),
            note=paper_state(self.hotel, paper),
            actions=link(tr("Reservation"), route.to("reservations", str(paper["stay"])).href),
            footer=[
                button(tr("Print"), action="invoice.print", kind="primary", icon_name="printer",
                       data_prints="paper", data_id=paper["id"],
                       reason=tr("The server has not given its number yet") if guess else None),
                stands
                and button(tr("Credit note…"), action="invoice.credit", data_id=paper["id"],
                           reason=why_offline(self.hotel, ISSUING)),
            ],
        )  # fmt: skip

    def actions(self) -> Mapping[str, Action]:
        """Filters live in the address."""
        return {
            **super().actions(),
            **self._invoices.actions(),
            "papers.filter": self._filter,
            "papers.csv": self._export,
            "papers.open": lambda event: self.hotel.app.go(
                self.hotel.app.route.with_record(event.id)
            ),
        }

    def shortcuts(self) -> Sequence[Shortcut]:
        """None of its own."""
        return ()

    def _filters(self, route: Route) -> Html:
        month = self._month(route)
        view = FormView(form_id=FORM, values={**route.query, "month": month})
        live: dict[str, Any] = {"data_change": "papers.filter"}
        offered = {month, *_months_until(self.hotel.today[:7])}
        months = [(each, self._named(each)) for each in sorted(offered, reverse=True)]
        return h.form("filters", id=FORM, data_action="papers.filter")[
            view.choose("month", tr("Month"), months, **live),
            view.text(
                "q",
                tr("Number, or a name in this month"),
                kind="search",
                data_input="papers.filter",
            ),
        ]

    def _filter(self, event: UiEvent) -> None:
        name = event.target.removeprefix(f"{FORM}-")
        values = {name: event.value} if event.kind != "submit" else dict(event.values)
        app = self.hotel.app
        app.go(app.route.with_query(**values).with_record(""), replace=True)

    def _export(self, _: UiEvent) -> None:
        """What is listed, the oldest first, as books are kept."""
        hotel, route = self.hotel, self.hotel.app.route
        text = invoices_csv(hotel.view, self._matching(route)[::-1], hotel.currency)
        hotel.app.download(f"invoices-{self._month(route)}.csv", "text/csv", text)

    def _month(self, route: Route) -> str:
        asked = route.query.get("month", "")
        return asked if is_date(f"{asked}-01") else self.hotel.today[:7]

    def _named(self, month: str) -> str:
        first = date.fromisoformat(f"{month}-01")
        return f"{self.hotel.app.formats.day(first, 'month')} {first.year}"

    def _matching(self, route: Route) -> list[Record]:
        asked = fold(route.query.get("q", ""))
        month = self.hotel.view.find(INVOICES, "month", self._month(route))
        found = {paper["id"]: paper for paper in month if not asked or asked in _told(paper)}
        digits = "".join(each for each in asked if each.isdecimal())
        for kind in PAPERS if digits else ():  # a number is found in whatever month
            for paper in self.hotel.view.find(INVOICES, "serial", (kind, int(digits[-9:]))):
                found[paper["id"]] = paper
        return sorted(found.values(), key=order, reverse=True)

    def _row(self, paper: Record) -> Row:
        formats = self.hotel.app.formats
        currency = str(paper.get("currency") or self.hotel.currency)
        return Row(
            row_id=f"paper-{paper['id']}",
            cells=[
                paper_words(self.hotel, paper),
                formats.day(date.fromisoformat(paper["on"]), "medium"),
                clipped(str(paper["to_name"])),
                amount(formats, paper["total"], currency),
                paper_state(self.hotel, paper),
            ],
            action="papers.open",
            key=paper["id"],
            ref=f"{INVOICES}/{paper['id']}",
            selected=self.hotel.app.route.record == paper["id"],
        )


def _months_until(month: str) -> Iterator[str]:
    year, number = int(month[:4]), int(month[5:])
    for back in range(MONTHS):
        years, at = divmod(year * 12 + number - 1 - back, 12)
        yield f"{years:04d}-{at + 1:02d}"


def _told(paper: Record) -> str:
    return fold(f"{paper.get('number') or ''} {paper.get('to_name') or ''}")


def _nothing(route: Route) -> Html:
    if route.query.get("q") or route.query.get("month"):
        return empty(tr("Nothing found"), tr("Choose another month, or search for something else."),
                     icon_name="search")  # fmt: skip
    return empty(
        tr("No invoices this month"),
        tr("An invoice is issued from a reservation's folio, once something was charged."),
        icon_name="receipt-text",
        actions=link(tr("Reservations"), route.to("reservations").href),
    )
