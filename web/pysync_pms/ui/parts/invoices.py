"""Invoices where others are looked at: on a stay's folio, and in the settings. Stands on `ask`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pysync.model.guard import Record
from pysync_pms.commands import NotePrinted
from pysync_pms.invoices import next_serial, number_of, papers_of, standing_lines
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import button, chip, link
from pysync_pms.ui.components.surfaces import card, facts
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import tr
from pysync_pms.ui.needs import sees
from pysync_pms.ui.parts.ask import Asker
from pysync_pms.ui.parts.invoice_questions import ISSUING, credit, issue, issuer, unbilled
from pysync_pms.ui.parts.online import why_offline
from pysync_pms.ui.parts.words import amount
from pysync_pms.ui.screen import Action
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import INVOICE, INVOICES, PRINTED, RESERVATIONS

__all__ = ["Invoices", "paper_state", "paper_words"]


def paper_words(hotel: Hotel, paper: Record) -> str:
    """What a paper is called: "Invoice 17"; without a number while that may become another."""
    kind = tr("Invoice") if paper.get("kind") == INVOICE else tr("Credit note")
    if hotel.space.is_undecided(INVOICES, paper["id"]):
        return tr("{kind} (the number is being given)", kind=kind)
    return f"{kind} {paper.get('number') or ''}".strip()


def paper_state(hotel: Hotel, paper: Record) -> Html | None:
    """Whether it was credited, or somebody has it under another number, as a chip."""
    if paper.get("printed_as"):
        return chip(tr("was printed as {number}", number=paper["printed_as"]), tone="danger")
    if paper.get("kind") != INVOICE:
        return chip(tr("credit note"), tone="live")
    left = standing_lines(hotel.view, paper)
    if len(left) == len(paper["lines"]):
        return None
    return chip(tr("partly credited") if left else tr("credited"), tone="idle")


class Invoices:
    """What a folio and the settings say of invoices, and what their buttons do."""

    def __init__(self, hotel: Hotel, asker: Asker) -> None:
        self._hotel = hotel
        self._asker = asker

    def actions(self) -> Mapping[str, Action]:
        """Issuing, crediting, saying who issues."""
        ask = self._asker.ask
        return {
            "invoice.issue": self._about(
                RESERVATIONS, lambda stay: ask(issue(self._hotel, self._asker, stay))
            ),
            "invoice.credit": self._about(INVOICES, lambda paper: ask(credit(self._hotel, paper))),
            "invoice.print": self._printed,
            "invoice.issuer": lambda _: ask(issuer(self._hotel)),
        }

    def _printed(self, event: UiEvent) -> None:
        """The page prints by itself; that somebody has the number then is written down."""
        if self._hotel.view.get(PRINTED, event.id) is None:
            self._hotel.perform(NotePrinted(id=event.id), quiet=True)

    def issue_button(self, stay: Record) -> Child:
        """For a folio that holds charges."""
        reason = why_offline(self._hotel, ISSUING)
        if reason is None and not unbilled(self._hotel, stay["id"]):
            reason = tr("Everything here is on an invoice already")
        return button(
            tr("Invoice…"), action="invoice.issue", small=True, data_id=stay["id"], reason=reason
        )

    def listed(self, stay: Record) -> Child:
        """The papers of a stay; nothing for who sees none."""
        papers = papers_of(self._hotel.view, stay["id"])
        if not papers or not sees(INVOICES, "total"):
            return None
        return h.section("bill-papers", aria_label=tr("Invoices"))[
            h.ul("bill-lines")[[self._line(paper) for paper in papers]]
        ]

    def issuer_card(self) -> Html:
        """Who issues invoices, in the settings."""
        now, view = self._hotel.settings, self._hotel.view
        rows: list[tuple[str, Child]] = [
            (
                tr("Address"),
                h.span("lines")[now["address"]] if now.get("address") else tr("Not set"),
            ),
            (tr("Tax number"), str(now.get("tax_id") or tr("Not set"))),
            (tr("Next invoice"), number_of(view, INVOICE, next_serial(view, INVOICE))),
            (tr("At the foot"), h.span("lines")[now.get("invoice_note") or tr("Nothing")]),
        ]
        change = button(
            tr("Change…"),
            action="invoice.issuer",
            small=True,
            aria_label=tr("Change what invoices say"),
        )
        return card(tr("Invoices"), facts(rows), card_id="issuer", actions=change)

    def _line(self, paper: Record) -> Html:
        formats = self._hotel.app.formats
        address = self._hotel.app.route.to("invoices", paper["id"]).href
        currency = str(paper.get("currency") or self._hotel.currency)
        return h.li(id=f"paper-line-{paper['id']}")[
            h.span("row wrap")[
                link(paper_words(self._hotel, paper), address),
                h.span("muted")[formats.day(date.fromisoformat(paper["on"]))],
                paper_state(self._hotel, paper) if paper.get("kind") == INVOICE else None,
            ],
            h.span("num")[amount(formats, paper["total"], currency)],
        ]

    def _about(self, collection: str, do: Any) -> Action:
        def act(event: UiEvent) -> bool | None:
            record = self._hotel.view.get(collection, event.id or self._hotel.app.route.record)
            if record is None:
                return False
            do(record)
            return None

        return act
