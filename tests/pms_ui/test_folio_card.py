"""The folio in a reservation's drawer: charging, paying, reversing, moving, as a person does it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pysync.native import open_space
from pysync_pms.commands import HOTEL, CheckIn, CheckOut, CreateArticle, SetSettings
from pysync_pms.ledger import lines_of, owed
from pysync_pms.schema import SCHEMA
from tests.pms.support import TODAY, book, give, house
from tests.pms.test_folio import TAXES
from tests.pms_ui.support import read
from tests.pms_ui.test_screens import Page

pytestmark = pytest.mark.req("PMS-04")
PLACE = "reservations/s"


class Desk(Page):
    """A page at which somebody works on the folio of `s`."""

    def ask(self, action: str, **args: str) -> str:
        """Press a button; answers the dialog that it opens."""
        self.dom.user(kind="click", action=action, args=args)
        return self.drawn()

    def answer(self, **values: str) -> str:
        """Send the dialog; answers what is drawn then."""
        self.dom.user(kind="submit", action="ask.submit", values=values)
        return self.drawn()

    def drawn(self) -> str:
        return "".join(str(each.get("html", "")) for each in self.dom.paint())

    def lines(self) -> list[Any]:
        return list(lines_of(self.space.view, "s"))

    def owed(self) -> int:
        return owed(self.space.view, "s")


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A guest in the house, taxes, and an article."""
    with open_space(f"card-{request.node.name}"[:90], schema=SCHEMA) as space:
        settings = {"taxes": TAXES, "room_tax": "low", "city_tax": 300, "business_date": TODAY}
        give(
            space,
            *house(),
            SetSettings(id=HOTEL, changes=settings),
            CreateArticle(id="beer", name="Beer", category="beverage", price=450, tax="full"),
            book("s", "2026-11-18", "2026-11-22", adults=2),
            book("t", room="102", guest_id="bob"),
            CheckIn(id="s", on=TODAY),
            CheckIn(id="t", on=TODAY),
        )
        page = Desk(space)
        yield page
        assert page.errors == []


def test_an_empty_folio_says_what_comes_into_it(desk: Desk) -> None:
    drawn = desk.markup(PLACE)
    assert "Nothing was charged yet" in drawn
    for words in ("Charge…", "Payment…", "Charge nights"):
        assert words in drawn


def test_an_article_is_charged_by_its_name_at_its_price(desk: Desk) -> None:
    desk.show(PLACE)
    assert "Beer" in desk.ask("folio.charge", id="s")
    drawn = desk.answer(article="beer", quantity="3", amount="", window="1")
    [line] = desk.lines()
    assert (line["amount"], line["text"], line["taxes"]) == (1_350, "Beer", [["full", 1900, 216]])
    assert "Beer × 3" in drawn
    assert "VAT 19 %" in drawn


def test_what_is_missing_is_said_beside_its_field(desk: Desk) -> None:
    desk.show(PLACE)
    desk.ask("folio.charge", id="s")
    drawn = desk.answer(article="", text=" ", amount="1.5.0", quantity="0")
    for words in ("Say what is charged.", "is no amount", "Enter a whole number"):
        assert words in drawn
    assert desk.lines() == []


def test_the_nights_so_far_are_charged_once_with_their_taxes(desk: Desk) -> None:
    desk.show(PLACE)
    desk.dom.user(kind="click", action="folio.nights", args={"id": "s"})
    assert [(line["id"], line["amount"]) for line in desk.lines()] == [
        ("room.s.2026-11-18", 10_000),
        ("city-tax.s.2026-11-18", 600),
        ("room.s.2026-11-19", 10_000),
        ("city-tax.s.2026-11-19", 600),
    ]
    assert desk.lines()[0]["taxes"] == [["low", 700, 654]]
    assert "Charge nights" not in desk.markup(PLACE)


def test_a_payment_settles_the_folio_and_a_reversal_opens_it_again(desk: Desk) -> None:
    desk.show(PLACE)
    desk.dom.user(kind="click", action="folio.nights", args={"id": "s"})
    assert 'value="212.00"' in desk.ask("folio.pay", id="s"), "what is due"
    drawn = desk.answer(amount="212.00", method="card", reference="7001", window="1")
    assert desk.owed() == 0
    assert "settled" in drawn
    assert "Card · 7001" in drawn
    sums = {each.one("dt").text: each.one("dd").text for each in
            read(drawn).one("dl", class_="folio-sum").all("div")}  # fmt: skip
    assert [text.replace("\xa0", " ") for text in sums.values()] == [
        "EUR 212.00",
        "EUR 212.00",
        "EUR 0.00",
    ]
    [paid] = [line for line in desk.lines() if line["kind"] == "payment"]
    assert "Say why." not in desk.ask("folio.reverse", line=paid["id"])
    assert "Say why." in desk.answer(reason=" ")
    drawn = desk.answer(reason="Card declined")
    assert desk.owed() == 21_200
    card = read(drawn).one("details")
    assert "1 correction" in card.text
    assert "Card declined" in card.text


def test_a_line_goes_to_a_named_window_and_to_another_guest(desk: Desk) -> None:
    desk.show(PLACE)
    desk.dom.user(kind="click", action="folio.nights", args={"id": "s"})
    desk.ask("folio.split", line="room.s.2026-11-18")
    assert "less than 100.00" in desk.answer(amount="100", window="2")
    desk.answer(amount="30", window="2")
    desk.ask("folio.name", stay="s", window="2")
    drawn = desk.answer(name="Souza & Sons Ltd")
    assert "2 · Souza &amp; Sons Ltd" in drawn
    assert "1 · Guest" in drawn
    assert "Bob Miller, room 102" in desk.ask("folio.move", line="room.s.2026-11-19")
    desk.answer(stay="t", window="1")
    assert (desk.owed(), owed(desk.space.view, "t")) == (11_200, 10_000)


def test_who_checks_out_with_something_to_pay_is_asked(desk: Desk) -> None:
    desk.show(PLACE)
    desk.dom.user(kind="click", action="folio.nights", args={"id": "s"})
    assert "212.00 EUR is still to be paid." in desk.ask("stay.check-out", id="s")
    assert (desk.space.view.get("reservations", "s") or {})["status"] == "checked-in"
    desk.answer()
    desk.answer()
    assert (desk.space.view.get("reservations", "s") or {})["status"] == "checked-out"
    assert "the guest has left" in desk.ask("folio.charge", id="s")
    desk.answer(article="beer", quantity="1", late="on")
    assert [line["text"] for line in desk.lines() if line.get("late")] == ["Beer"]


@pytest.mark.req("PMS-10")
def test_what_was_charged_to_somebody_who_had_left_asks_for_a_word(desk: Desk) -> None:
    give(desk.space, CheckOut(id="s", on=TODAY))
    row = {"id": "bar", "stay": "s", "window": 1, "kind": "charge", "on": TODAY, "text": "Bar",
           "category": "beverage", "amount": 900}  # fmt: skip
    desk.space.run("", lambda draft: draft.create("folio_lines", row))
    assert "had checked out" in desk.markup("attention")
    drawn = desk.markup(PLACE)
    assert "had checked out" in drawn
    assert "Free rooms" not in drawn
    desk.dom.user(kind="click", action="attention.clear", args={"id": "s"})
    assert "had checked out" not in desk.markup("attention")
    assert desk.owed() == 900


def test_what_is_posted_offers_no_undo(desk: Desk) -> None:
    desk.show(PLACE)
    desk.ask("folio.charge", id="s")
    desk.dom.user(kind="submit", action="ask.submit", values={"article": "beer", "quantity": "1"})
    told = [each for each in desk.dom.paint() if "hotel.undo" in str(each)]
    assert told == []


def test_a_deposit_is_asked_for_and_paid_before_the_guest_is_here(desk: Desk) -> None:
    give(desk.space, book("d", "2026-12-01", "2026-12-03", room="103"))
    desk.show("reservations/d")
    assert 'value="2026-11-27"' in desk.ask("folio.deposit", id="d")
    assert "is no amount" in desk.answer(amount="much", by="2026-11-27")
    drawn = desk.answer(amount="120,50", by="2026-11-25")
    assert "Deposit of EUR 120.50, to be paid by 25 Nov" in drawn
    assert "EUR 120.50 missing" in drawn
    assert 'value="120.50"' in desk.ask("folio.pay", id="d")
    drawn = desk.answer(amount="120.50", method="card", reference="", window="1")
    assert "EUR 120.50 missing" not in drawn
    [line] = lines_of(desk.space.view, "d")
    assert (line["text"], line["amount"]) == ("Deposit", -12_050)
    assert 'value=""' in desk.ask("folio.pay", id="d"), "nobody is owed anything back"
