"""The section of the settings about charges: taxes, what a night includes, articles.

Who may not change something sees it with its buttons disabled (`needs`). Stands on `ask`,
`charge_questions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pysync.model.guard import Record
from pysync_pms.commands import HOTEL, EditArticle, SetSettings
from pysync_pms.ledger_schema import TAXES_MAX
from pysync_pms.money import decimals
from pysync_pms.queries.articles import articles, is_sold
from pysync_pms.taxes import NAMED_AT_MOST, ROOM_PRICES, Tax, tax_name, taxes_of, uses_of
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Kind, button, chip
from pysync_pms.ui.components.surfaces import card, empty, facts
from pysync_pms.ui.components.tables import Column, Row, table
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.needs import sees
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.charge_questions import (
    MANY,
    edit_article,
    edit_tax,
    new_article,
    new_tax,
    night,
)
from pysync_pms.ui.parts.invoices import Invoices
from pysync_pms.ui.parts.words import label
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import ARTICLES

__all__ = ["Charges"]

_WAYS: Final = Column(label=tr("What can be done"), hide_label=True)


class Charges:
    """What prices hold and what is sold, as the settings show it."""

    def __init__(self, hotel: Hotel, asker: Asker) -> None:
        self._hotel = hotel
        self._asker = asker
        self._invoices = Invoices(hotel, asker)

    def view(self) -> Html:
        """All of it."""
        invoices = self._invoices.issuer_card()
        return join(self._taxes(), self._night(), self._articles(), invoices)

    def actions(self) -> Mapping[str, Action]:
        """Adding, editing, removing; selling or not."""
        hotel, ask = self._hotel, self._asker.ask
        return {
            "invoice.issuer": self._invoices.actions()["invoice.issuer"],
            "charges.new-tax": lambda _: ask(new_tax(hotel)),
            "charges.edit-tax": lambda event: ask(edit_tax(hotel, event.id)),
            "charges.remove-tax": self._remove_tax,
            "charges.night": lambda _: ask(night(hotel)),
            "charges.new-article": lambda _: ask(new_article(hotel)),
            "charges.edit-article": lambda event: ask(edit_article(hotel, event.id)),
            "charges.stop": lambda event: self._sell(event.id, active=False),
            "charges.sell": lambda event: self._sell(event.id, active=True),
        }

    # -- taxes ------------------------------------------------------------------------------------

    def _taxes(self) -> Html:
        rows = taxes_of(self._hotel.view)
        none = empty(
            tr("No taxes yet"),
            tr(
                "Add the taxes that your prices include, such as VAT at 7 %. Every charge then "
                "says how much of it is tax."
            ),
            icon_name="layers",
        )
        return card(
            tr("Taxes"),
            table(
                tr("Taxes"),
                (Column(label=tr("Name")), Column(label=tr("Tax rate"), numeric=True),
                 Column(label=tr("Used by"), priority=2, wraps=True), _WAYS),
                [self._tax_row(row) for row in rows],
                table_id="taxes",
                when_empty=none,
            ),
            actions=button(tr("New tax"), action="charges.new-tax", small=True,
                           reason=MANY if len(rows) >= TAXES_MAX else None),
            note=tr("Prices include them"),
            flush=True,
        )  # fmt: skip

    def _tax_row(self, row: Tax) -> Row:
        code, name, rate = row
        uses = uses_of(self._hotel.view, code, self._hotel.settings.get("room_tax"))
        named = _few(uses)
        return Row(
            row_id=f"tax-{code}",
            cells=[
                name,
                self._percent(rate),
                named[:1].upper() + named[1:],
                h.span("row")[
                    _way(tr("Edit"), name, "charges.edit-tax", code),
                    _way(tr("Remove"), name, "charges.remove-tax", code, kind="quiet",
                         reason=tr("Used by {what}", what=named) if uses else None),
                ],
            ],
        )  # fmt: skip

    def _percent(self, rate: int) -> str:
        digits = 0 if rate % 100 == 0 else 1 if rate % 10 == 0 else 2
        return f"{self._hotel.app.formats.number(rate / 100, digits)} %"

    def _remove_tax(self, event: UiEvent) -> None:
        rows = [row for row in taxes_of(self._hotel.view) if row[0] != event.id]
        self._hotel.perform(SetSettings(id=HOTEL, changes={"taxes": rows}))

    # -- a night ----------------------------------------------------------------------------------

    def _night(self) -> Html:
        now = self._hotel.settings
        room_tax, city_tax = now.get("room_tax"), now.get("city_tax")
        pairs: Sequence[tuple[str, Child]] = [
            (tr("Room prices include"), self._tax_words(room_tax)),
            (
                tr("City tax"),
                tr("{amount} for each adult and night", amount=self._money(city_tax))
                if city_tax
                else tr("None"),
            ),
        ]
        return card(
            tr("Nights"),
            facts(pairs),
            actions=button(tr("Edit"), action="charges.night", small=True),
        )

    def _tax_words(self, code: str | None) -> Child:
        if not code:
            return tr("No tax")
        return tax_name(self._hotel.view, code) or chip(tr("A tax that was removed"), tone="danger")

    # -- articles ---------------------------------------------------------------------------------

    def _articles(self) -> Html:
        if not sees(ARTICLES, "name"):
            return card(
                tr("Articles"), h.p("muted")[tr("Your role does not see what is sold at the desk.")]
            )
        found = articles(self._hotel.view)
        none = empty(
            tr("Nothing is sold yet"),
            tr(
                "Add what guests buy at the desk, such as breakfast, drinks or parking. It is then "
                "charged to a stay with its price and tax."
            ),
            icon_name="notebook-tabs",
        )
        return card(
            tr("Articles"),
            table(
                tr("Articles"),
                (
                    Column(label=tr("Name")),
                    Column(label=tr("Category"), priority=2),
                    Column(label=tr("Price"), numeric=True),
                    Column(label=tr("Tax"), priority=2),
                    _WAYS,
                ),
                [self._article_row(article) for article in found],
                table_id="articles",
                when_empty=none,
            ),
            actions=button(tr("New article"), action="charges.new-article", small=True),
            note=str(sum(map(is_sold, found))),
            flush=True,
        )

    def _article_row(self, article: Record) -> Row:
        rid, name = article["id"], str(article.get("name") or "")
        sold, price = is_sold(article), article.get("price")
        turn = (tr("Stop selling"), "charges.stop") if sold else (tr("Sell again"), "charges.sell")
        return Row(
            row_id=f"article-{rid}",
            cells=[
                name if sold else h.span("row")[name, chip(tr("not sold"))],
                label(article.get("category")),
                tr("open") if price is None else self._money(price),
                self._tax_words(article.get("tax")),
                h.span("row")[
                    _way(tr("Edit"), name, "charges.edit-article", rid),
                    _way(turn[0], name, turn[1], rid, kind="quiet"),
                ],
            ],
        )

    def _sell(self, article_id: str, *, active: bool) -> None:
        self._hotel.perform(EditArticle(id=article_id, changes={"active": active}))

    def _money(self, amount: int) -> str:
        currency = self._hotel.currency
        return self._hotel.app.formats.money(amount, currency, digits=decimals(currency))


def _few(uses: Sequence[str]) -> str:
    """The first of what holds a tax by name, and how many there are besides."""
    shown = (str(tr("room prices")) if each == ROOM_PRICES else each for each in uses)
    named = ", ".join(list(shown)[:NAMED_AT_MOST])
    rest = len(uses) - NAMED_AT_MOST
    return str(tr("{names} and {count} more", names=named, count=rest)) if rest > 0 else named


def _way(
    words: str, name: str, action: str, record: Any, *, kind: Kind = "plain",
    reason: str | None = None,
) -> Html:  # fmt: skip
    """A button of a row, told apart from those of other rows for who cannot see them."""
    named = join(words, h.span("sr-only")[f" {name}"])
    return button(named, action=action, data_id=record, small=True, kind=kind, reason=reason)
