"""Invoices and credit notes: what is billed to whom, under which number, and that it stays."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import Space
from pysync.errors import Refused
from pysync_pms.commands import (
    HOTEL,
    Charge,
    CheckIn,
    CreditInvoice,
    Extend,
    IssueInvoice,
    Reverse,
    SetSettings,
    Split,
    from_json,
    warnings,
)
from pysync_pms.invoices import next_serial, paid, papers_of, standing_lines, to_bill
from pysync_pms.words import CREDIT_NOTE, INVOICE, INVOICES
from tests.pms.support import TODAY, book, give, open_house
from tests.pms.test_folio import TAXES, charge, pay

pytestmark = pytest.mark.req("PMS-04")
ISSUER = {"name": "Hotel Aurora", "address": "Main Street 1\nLisbon", "tax_id": "PT 5000"}


def issue(id_: str, *lines: str, **more: Any) -> IssueInvoice:
    """An invoice of the stay `s`."""
    values: dict[str, Any] = {"stay": "s", "on": TODAY, "to_name": "Ana Souza"} | more
    return IssueInvoice(id=id_, lines=lines, **values)


def credit(id_: str, invoice: str, *lines: str, reason: str = "Wrong name") -> CreditInvoice:
    """A credit note."""
    return CreditInvoice(id=id_, invoice=invoice, on=TODAY, lines=lines, reason=reason)


@pytest.fixture
def house(request: pytest.FixtureRequest) -> Space:
    """A stay in the house with a night, two beers in a window of their own, and a deposit."""
    return open_house(
        f"invoices-{request.node.name}"[:100].replace("/", "-"),
        book("s"),
        CheckIn(id="s", on=TODAY),
        SetSettings(id=HOTEL, changes={"taxes": TAXES, "business_date": TODAY, **ISSUER}),
        charge("night", tax="low"),
        charge("beer", 450, quantity=2, text="Beer", category="beverage", tax="full"),
        pay("deposit", 5_000),
    )


def paper(space: Space, id_: str) -> Any:
    """The record of a paper."""
    return space.view.get(INVOICES, id_)


def test_an_invoice_says_what_is_billed_by_whom_to_whom_and_what_of_it_is_tax(house: Space) -> None:
    ids = [line["id"] for line in to_bill(house.view, "s")]
    assert ids == ["night", "beer"]
    give(house, issue("i", *ids, payments=("deposit",), to_address="Rua 5", to_tax_id="X1"))
    made = paper(house, "i")
    assert (made["number"], made["on"], made["total"], made["currency"]) == (
        "1",
        TODAY,
        11_600,
        "EUR",
    )
    assert made["taxes"] == [
        ["full", "VAT 19 %", 1900, 900, 144],
        ["low", "VAT 7 %", 700, 10_700, 700],
    ]
    assert (made["to_name"], made["to_address"], made["to_tax_id"]) == ("Ana Souza", "Rua 5", "X1")
    assert (made["from_name"], made["from_address"]) == ("Hotel Aurora", "Main Street 1\nLisbon")
    assert (made["from_tax_id"], list(made["payments"])) == ("PT 5000", ["deposit"])
    assert to_bill(house.view, "s") == []


def test_what_the_settings_say_later_changes_no_invoice(house: Space) -> None:
    give(house, issue("i", "night"))
    before = paper(house, "i")
    renamed = [[code, "New name", rate] for code, _, rate in TAXES]
    give(house, SetSettings(id=HOTEL, changes={"taxes": renamed, "name": "Hotel Boreal"}))
    assert paper(house, "i") == before


def test_invoice_1_numbers_go_on_without_a_gap_each_kind_by_itself(house: Space) -> None:
    give(house, SetSettings(id=HOTEL, changes={"invoice_prefix": "R-", "invoice_first": 41}))
    for n in range(20):
        give(house, charge(f"c{n}", 100), issue(f"i{n}", f"c{n}"))
        if n % 3 == 0:
            give(house, credit(f"k{n}", f"i{n}", f"c{n}"))
    papers = papers_of(house.view, "s")
    assert [p["number"] for p in papers if p["kind"] == INVOICE] == [
        f"R-{n}" for n in range(41, 61)
    ]
    assert [p["number"] for p in papers if p["kind"] == CREDIT_NOTE] == [
        f"C{n}" for n in range(1, 8)
    ]
    assert (next_serial(house.view, INVOICE), next_serial(house.view, CREDIT_NOTE)) == (61, 8)


def test_invoice_7_the_first_number_stays_once_an_invoice_has_it(house: Space) -> None:
    give(house, issue("i", "night"))
    with pytest.raises(Refused, match="go on from there"):
        give(house, SetSettings(id=HOTEL, changes={"invoice_first": 500}))
    give(house, SetSettings(id=HOTEL, changes={"invoice_note": "Thank you"}))


def test_invoice_4_a_line_is_on_one_invoice(house: Space) -> None:
    give(house, issue("i", "night"))
    with pytest.raises(Refused, match="on invoice 1 already"):
        give(house, issue("j", "night", "beer"))
    give(house, issue("j", "beer"))
    assert paper(house, "j")["number"] == "2"


def test_invoice_5_what_is_billed_is_not_reversed_or_moved_before_it_was_credited(
    house: Space,
) -> None:
    give(house, issue("i", "night", "beer"))
    for wrong in (
        Reverse(id="r", line="night", on=TODAY, reason="Late"),
        Split(id="r", line="night", on=TODAY, parts=(("s", 2, 1),)),
    ):
        with pytest.raises(Refused, match="on invoice 1: issue a credit note"):
            give(house, wrong)
    give(house, credit("k", "i", "night"), Reverse(id="r", line="night", on=TODAY, reason="Late"))
    with pytest.raises(Refused, match="on invoice 1"):
        give(house, Reverse(id="r2", line="beer", on=TODAY, reason="Flat"))


def test_invoice_6_a_credit_note_takes_lines_off_once_and_says_why(house: Space) -> None:
    give(house, issue("i", "night", "beer"))
    give(house, credit("k", "i", "beer"))
    made = paper(house, "k")
    assert (made["kind"], made["number"], made["total"]) == (CREDIT_NOTE, "C1", -900)
    assert made["taxes"] == [["full", "VAT 19 %", 1900, -900, -144]]
    assert (made["to_name"], made["credits"], made["reason"]) == ("Ana Souza", "i", "Wrong name")
    assert standing_lines(house.view, paper(house, "i")) == ["night"]
    with pytest.raises(Refused, match="credited already"):
        give(house, credit("k2", "i", "night", "beer"))
    with pytest.raises(Refused, match="Say why"):
        give(house, credit("k2", "i", "night", reason=" "))
    give(house, issue("j", "beer", to_name="Beer Company"))
    assert paper(house, "j")["number"] == "2"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (issue("i"), "nothing to be billed"),
        (issue("i", "night", "none"), "Only charges"),
        (issue("i", "deposit"), "Only charges"),
        (issue("i", "night", window=2), "Only charges"),
        (issue("i", "night", to_name=" "), "empty"),
        (issue("i", "night", stay="nobody"), "does not exist"),
        (issue("i", "night", payments=("beer",)), "payment was moved"),
        (credit("k", "nothing", "night"), "no such invoice"),
    ],
)
def test_a_wrong_invoice_says_what_to_do_and_changes_nothing(
    house: Space, wrong: Any, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        give(house, wrong)
    assert papers_of(house.view, "s") == []


def test_a_reversed_charge_is_on_no_invoice(house: Space) -> None:
    give(house, Reverse(id="r", line="beer", on=TODAY, reason="Flat"))
    assert [line["id"] for line in to_bill(house.view, "s")] == ["night"]
    with pytest.raises(Refused, match="reversed or moved"):
        give(house, issue("i", "night", "beer"))


def test_who_has_no_address_is_warned_and_may_go_on(house: Space) -> None:
    give(house, SetSettings(id=HOTEL, changes={"tax_id": None}))
    [warning] = warnings(issue("i", "night").check(house.view, TODAY))
    assert warning.code == "no-issuer"
    give(house, issue("i", "night"))


def test_papers_are_written_down_and_read_back() -> None:
    for each in (issue("i", "night", payments=("p",)), credit("k", "i", "night")):
        assert from_json(each.to_json()) == each


def test_a_line_without_a_tax_is_in_the_total_and_in_no_tax(house: Space) -> None:
    give(house, Charge(id="fee", stay="s", on=TODAY, amount=500, text="Fee", category="fee"))
    give(house, issue("i", "fee", "night"))
    made = paper(house, "i")
    assert (made["total"], [row[3] for row in made["taxes"]]) == (11_200, [10_700])


def test_what_becomes_of_the_stay_later_changes_no_invoice(house: Space) -> None:
    give(house, issue("i", "night"))
    before = paper(house, "i")
    assert (before["room"], before["from"], before["to"]) == ("101", TODAY, "2026-11-22")
    give(house, Extend(id="s", departure="2026-11-25"))
    assert paper(house, "i") == before


def test_a_payment_is_on_one_invoice_until_that_is_credited(house: Space) -> None:
    assert [line["id"] for line in paid(house.view, "s")] == ["deposit"]
    give(house, issue("i", "night", payments=("deposit",)))
    assert paid(house.view, "s") == []
    give(house, credit("k", "i", "night"))
    assert [line["id"] for line in paid(house.view, "s")] == ["deposit"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"invoice_prefix": "C"}, "something else before their numbers"),
        ({"invoice_prefix": "R-", "credit_prefix": "R-"}, "something else before their numbers"),
        ({"invoice_prefix": "2026"}, "end in a digit"),
    ],
)
def test_invoice_8_no_prefix_makes_two_papers_of_one_number(
    house: Space, changes: dict[str, str], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        give(house, SetSettings(id=HOTEL, changes=changes))
    give(house, SetSettings(id=HOTEL, changes={"invoice_prefix": "2026-"}), issue("i", "night"))
    assert paper(house, "i")["number"] == "2026-1"


def test_invoice_3_days_of_a_series_never_run_back(house: Space) -> None:
    give(house, SetSettings(id=HOTEL, changes={"business_date": "2026-12-20"}))
    give(house, issue("i", "night"), today="2026-12-20")
    give(house, SetSettings(id=HOTEL, changes={"business_date": TODAY}))
    give(house, issue("j", "beer"))
    assert (paper(house, "j")["number"], paper(house, "j")["on"]) == ("2", "2026-12-20")


def test_invoice_9_a_payment_is_told_once_also_where_it_was_moved(house: Space) -> None:
    give(house, issue("i", "night", payments=("deposit",)))
    give(house, charge("c", 3_000, window=2))
    give(house, Split(id="m", line="deposit", on=TODAY, parts=(("s", 2, 1),)))
    assert paid(house.view, "s", 2) == []
    [part] = list(house.view.find("folio_lines", "part_of", "deposit"))
    with pytest.raises(Refused, match="payment was moved"):
        give(house, issue("j", "c", window=2, payments=(part["id"],)))
    with pytest.raises(Refused, match="payment was moved"):
        give(house, issue("j", "beer", payments=("deposit", "deposit")))
