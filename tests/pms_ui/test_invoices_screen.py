"""Invoices as the desk issues, shows, prints and credits them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pysync.native import open_space
from pysync_pms.commands import HOTEL, Charge, CheckIn, NameWindow, Pay, SetSettings
from pysync_pms.invoices import papers_of
from pysync_pms.schema import SCHEMA
from pysync_pms.words import PRINTED
from tests.pms.support import TODAY, book, give, house
from tests.pms.test_folio import TAXES
from tests.pms.test_invoices import ISSUER, credit, issue
from tests.pms_ui.test_folio_card import PLACE, Desk

pytestmark = pytest.mark.req("PMS-04")


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A guest in the house with a night, a beer that the company pays, and a deposit."""
    with open_space(f"paper-{request.node.name}"[:90], schema=SCHEMA) as space:
        values: dict[str, Any] = {"stay": "s", "on": TODAY}
        give(
            space,
            *house(),
            SetSettings(id=HOTEL, changes={"taxes": TAXES, "business_date": TODAY, **ISSUER}),
            book("s", "2026-11-18", "2026-11-22"),
            CheckIn(id="s", on=TODAY),
            Charge(id="n", amount=10_700, text="Room", category="room", tax="low", **values),
            Charge(id="b", amount=450, text="Beer", category="beverage", window=2, **values),
            NameWindow(stay="s", window=2, name="Beer & Sons"),
            Pay(id="p", amount=5_000, method="card", reference="T-1", **values),
        )
        page = Desk(space)
        yield page
        assert page.errors == []


def papers(desk: Desk) -> list[Any]:
    """What was issued for the stay."""
    return list(papers_of(desk.space.view, "s"))


def test_an_invoice_is_issued_from_the_folio_and_shown_as_it_is_printed(desk: Desk) -> None:
    desk.show(PLACE)
    drawn = desk.ask("invoice.issue", id="s")
    assert 'value="Ana Souza"' in drawn and "EUR 107.00" in drawn
    drawn = desk.answer(window="1", to_name="Ana Souza", to_address="Rua 5\nPorto", to_tax_id="")
    [paper] = papers(desk)
    assert ([*paper["lines"]], [*paper["payments"]]) == (["n"], ["p"])
    assert desk.app.route.screen == "invoices" and desk.app.route.record == paper["id"]
    for words in ("Invoice 1", "Hotel Aurora", "PT 5000", "Rua 5\nPorto", "VAT 7 % (7 %)",
                  "EUR 100.00", "EUR 7.00", "T-1", "EUR 57.00"):  # fmt: skip
        assert words in drawn, words
    assert "Invoice 1" in desk.markup(PLACE)


def test_a_paper_that_is_printed_is_noted_and_one_that_lost_its_number_says_so(desk: Desk) -> None:
    """INVOICE-12"""
    give(desk.space, issue("i", "n"))
    assert 'data-prints="paper"' in desk.markup("invoices/i")
    for _ in range(2):
        desk.ask("invoice.print", id="i")
        assert (desk.space.view.get(PRINTED, "i") or {})["number"] == "1"
    give(desk.space, credit("c", "i", "n"))
    was = {"kind": "credit-note", "serial": 1, "number": "C1", "on": TODAY}
    desk.space.run("Elsewhere", lambda draft: draft.create(PRINTED, {"id": "lost", **was}))
    desk.space.run("Here", lambda draft: draft.create(PRINTED, {"id": "c", **was, "number": "C9",
                                                                "serial": None}))  # fmt: skip
    assert "was printed as C9" in desk.markup("invoices/c")


def test_another_window_is_billed_to_who_pays_it(desk: Desk) -> None:
    desk.show(PLACE)
    desk.ask("invoice.issue", id="s")
    desk.dom.user(kind="change", action="ask.change", target="ask-form-window", value="2")
    drawn = desk.drawn()
    assert "EUR 4.50" in drawn
    assert 'value="Beer &amp; Sons"' in drawn, "it pays this window"
    desk.answer(window="2", to_name="Beer & Sons", to_address="", to_tax_id="")
    [paper] = papers(desk)
    assert (paper["to_name"], paper["total"], paper["window"]) == ("Beer & Sons", 450, 2)


def test_who_is_billed_is_needed(desk: Desk) -> None:
    desk.show(PLACE)
    desk.ask("invoice.issue", id="s")
    assert "Say who is billed." in desk.answer(window="1", to_name=" ")
    assert papers(desk) == []


def test_what_is_billed_already_disables_the_button_with_its_reason(desk: Desk) -> None:
    give(desk.space, issue("i", "n"), issue("j", "b", window=2))
    assert "Everything here is on an invoice already" in desk.markup(PLACE)


def test_a_credit_note_names_the_invoice_and_the_reason(desk: Desk) -> None:
    give(desk.space, issue("i", "n"))
    desk.show("invoices/i")
    drawn = desk.ask("invoice.credit", id="i")
    assert "Room, EUR 107.00" in drawn
    assert "Say why." in desk.answer(**{"line-n": "on", "reason": ""})
    assert "Choose what is credited." in desk.answer(**{"line-n": "", "reason": "Wrong name"})
    drawn = desk.answer(**{"line-n": "on", "reason": "Wrong name"})
    for words in ("Credit note C1", "Credits invoice", "Wrong name", "EUR -107.00"):
        assert words in drawn, words
    assert [paper["kind"] for paper in papers(desk)] == ["invoice", "credit-note"]
    assert ">credited<" in desk.markup("invoices")
    assert "Credit note…" not in desk.markup("invoices/i")


def test_the_list_finds_by_number_and_name_within_a_month(desk: Desk) -> None:
    give(desk.space, issue("i", "n"), issue("j", "b", window=2, to_name="Beer & Sons"))
    desk.show("invoices")
    drawn = desk.markup("invoices?q=beer")
    assert "Beer &amp; Sons" in drawn and "Ana Souza" not in drawn
    drawn = desk.markup("invoices?q=1")
    assert "Ana Souza" in drawn and "Beer &amp; Sons" not in drawn
    assert "Nothing found" in desk.markup("invoices?month=2026-10")
    assert "Ana Souza" in desk.markup("invoices?month=2026-10&q=1"), "a number in any month"
    give(desk.space, credit("k", "i", "n"))
    drawn = desk.markup("invoices")
    assert drawn.index("paper-k") < drawn.index("paper-j") < drawn.index("paper-i")


def test_an_empty_month_says_where_invoices_come_from(desk: Desk) -> None:
    assert "An invoice is issued from a reservation" in desk.markup("invoices")


def test_who_issues_is_said_in_the_settings(desk: Desk) -> None:
    desk.show("settings?section=charges")
    desk.ask("invoice.issuer")
    desk.answer(
        address="New Street 2", tax_id="PT 1", invoice_note="Thanks", invoice_prefix="R-",
        credit_prefix="", invoice_first="100",
    )  # fmt: skip
    desk.show("settings")
    drawn = desk.markup("settings?section=charges")
    for words in ("New Street 2", "PT 1", "R-100"):
        assert words in drawn, words
    give(desk.space, issue("i", "n"))
    assert "First invoice number" not in desk.ask("invoice.issuer")
    desk.show("settings")
    assert "R-101" in desk.markup("settings?section=charges")


def test_a_first_number_that_is_none_is_said(desk: Desk) -> None:
    desk.show("settings?section=charges")
    desk.ask("invoice.issuer")
    assert "Enter a whole number from 1." in desk.answer(invoice_first="0")
