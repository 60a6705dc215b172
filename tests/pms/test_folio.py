"""A stay's folio: what is charged, paid, reversed, moved and split, and what it comes to."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import Space
from pysync.errors import Refused
from pysync_pms.commands import (
    HOTEL,
    Charge,
    CheckIn,
    CheckOut,
    NameWindow,
    Pay,
    Reverse,
    SetSettings,
    Split,
    warnings,
    window_id,
)
from pysync_pms.ledger import lines_of, owed, sum_taxes, windows
from tests.pms.support import TODAY, book, give, open_house

pytestmark = pytest.mark.req("PMS-04")
TAXES = [["low", "VAT 7 %", 700], ["full", "VAT 19 %", 1900]]


def charge(id_: str, amount: int = 10_700, **more: Any) -> Charge:
    """A night of the stay `s`, with what most tests do not care about filled in."""
    values: dict[str, Any] = {"text": "Room", "category": "room", "stay": "s", "on": TODAY} | more
    return Charge(id=id_, amount=amount, **values)


def pay(id_: str, amount: int, **more: Any) -> Pay:
    """A payment in the stay `s`."""
    values: dict[str, Any] = {"method": "card", "stay": "s", "on": TODAY} | more
    return Pay(id=id_, amount=amount, **values)


@pytest.fixture
def house(request: pytest.FixtureRequest) -> Space:
    """Two stays, one of them in the house, and two taxes."""
    space = open_house(
        f"folio-{request.node.name}"[:100].replace("/", "-"),
        book("s"),
        book("t", room="102", guest_id="bob"),
        CheckIn(id="s", on=TODAY),
    )
    give(space, SetSettings(id=HOTEL, changes={"taxes": TAXES, "business_date": TODAY}))
    return space


def test_charges_and_payments_make_a_balance_by_window(house: Space) -> None:
    give(
        house,
        charge("1", tax="low"),
        charge("2", 450, quantity=3, text="Beer", category="beverage", tax="full", window=2),
        pay("3", 10_000),
        NameWindow(stay="s", window=2, name="Miller Ltd"),
    )
    own, company = windows(house.view, "s")
    assert (own.number, own.charges, own.payments, own.balance) == (1, 10_700, 10_000, 700)
    assert own.taxes == [["low", 700, 700]]
    assert (company.balance, company.taxes) == (1_350, [["full", 1900, 216]])
    assert owed(house.view, "s") == 2_050
    assert house.view.get("folios", window_id("s", 2)) is not None
    assert [line["on"] for line in lines_of(house.view, "s")] == [TODAY] * 3


def test_a_rate_that_changes_later_changes_nothing_that_was_posted(house: Space) -> None:
    give(house, charge("1", tax="low"))
    give(house, SetSettings(id=HOTEL, changes={"taxes": [["low", "VAT 8 %", 800]]}))
    give(house, charge("2", 10_800, tax="low"))
    assert windows(house.view, "s")[0].taxes == [["low", 700, 700], ["low", 800, 800]]


def test_a_reversal_leaves_both_lines_and_takes_neither_into_account(house: Space) -> None:
    give(house, charge("1", tax="low"), Reverse(id="r", line="1", on=TODAY, reason="Wrong room"))
    [own] = windows(house.view, "s")
    assert (own.balance, own.lines, own.taxes) == (0, (), [])
    assert [line["id"] for line in own.corrected] == ["1", "r"]
    assert own.corrected[1]["reason"] == "Wrong room"
    for again in ("1", "r"):
        with pytest.raises(Refused):
            give(house, Reverse(id="x", line=again, on=TODAY, reason="Again"))
    with pytest.raises(Refused, match="Say why"):
        give(house, charge("2"), Reverse(id="y", line="2", on=TODAY, reason=" "))


def test_a_line_is_moved_to_another_window_and_to_another_folio(house: Space) -> None:
    give(house, charge("1", tax="low"), Split(id="m", line="1", on=TODAY, parts=(("s", 2, 1),)))
    own, company = windows(house.view, "s")
    assert (own.balance, company.balance, company.taxes) == (0, 10_700, [["low", 700, 700]])
    give(house, Split(id="n", line="m.1", on=TODAY, parts=(("t", 1, 1),)))
    assert (owed(house.view, "s"), owed(house.view, "t")) == (0, 10_700)
    with pytest.raises(Refused, match="there already"):
        give(house, Split(id="o", line="n.1", on=TODAY, parts=(("t", 1, 5),)))


def test_a_split_sums_to_the_last_cent_and_every_tax_too(house: Space) -> None:
    give(house, charge("1", 10_000, tax="full"))
    give(house, Split(id="p", line="1", on=TODAY, parts=tuple(("s", n, 1) for n in (1, 2, 3))))
    parts = [line for line in lines_of(house.view, "s") if line.get("part_of") == "1"]
    assert [part["amount"] for part in parts] == [3_334, 3_333, 3_333]
    assert sum_taxes(parts) == [["full", 1900, 1_597]]
    assert owed(house.view, "s") == 10_000


def test_nothing_that_was_posted_can_be_changed_or_deleted(house: Space) -> None:
    give(house, charge("1"))
    with pytest.raises(Refused, match="reverse it"):
        house.run("", lambda d: d.update("folio_lines", "1", {"amount": 1}))
    with pytest.raises(Refused, match="reverse it"):
        house.run("", lambda d: d.delete("folio_lines", "1"))
    with pytest.raises(Refused, match="has a folio"):
        house.run("", lambda d: d.delete("reservations", "s"))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"stay": "nobody"}, "no-stay"),
        ({"reverses": "1", "amount": -1, "reason": "x"}, "not-opposite"),
        ({"reverses": "1", "amount": -10_700, "reason": "x", "window": 2}, "not-opposite"),
        ({"reverses": "1", "amount": -10_700}, "no-reason"),
        ({"reverses": "none", "reason": "x"}, "not-reversible"),
        ({"part_of": "1"}, "not-reversed"),
    ],
)
def test_a_line_that_no_command_makes_is_refused(
    house: Space, line: dict[str, Any], code: str
) -> None:
    give(house, charge("1"))
    row = {"id": "x", "stay": "s", "window": 1, "kind": "charge", "on": TODAY, "text": "x",
           "category": "room", "amount": 10_700, "currency": "EUR"}  # fmt: skip
    with pytest.raises(Refused) as refused:
        house.run("", lambda d: d.create("folio_lines", {**row, **line}))
    assert refused.value.code == code
    assert owed(house.view, "s") == 10_700


def test_parts_that_do_not_come_to_what_was_split_are_refused_as_a_whole(house: Space) -> None:
    give(house, charge("1", tax="low"))
    part = {"id": "x", "stay": "s", "window": 2, "kind": "charge", "on": TODAY, "text": "Room",
            "category": "room", "part_of": "1", "currency": "EUR"}  # fmt: skip

    def split(amount: int, tax: int) -> None:
        def work(draft: Any) -> None:
            Reverse(id="r", line="1", on=TODAY, reason="Moved").apply(draft)
            taxes = [["low", 700, tax]]
            draft.create("folio_lines", {**part, "amount": amount, "taxes": taxes})

        house.run("", work)

    for amount, tax in ((10_699, 700), (10_700, 701)):
        with pytest.raises(Refused, match="do not come to"):
            split(amount, tax)
    assert [line["id"] for line in lines_of(house.view, "s")] == ["1"]
    split(10_700, 700)
    assert windows(house.view, "s")[1].balance == 10_700


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (charge("x", 0), "amount"),
        (charge("x", 10**12, quantity=9), "amount"),
        (charge("x", text=" "), "field"),
        (charge("x", category="gold"), "field"),
        (charge("x", tax="none"), "tax"),
        (charge("x", stay="nobody"), "reservation-unknown"),
        (charge("x", window=10), "field"),
        (pay("x", -5), "amount"),
        (pay("x", 5, method="shells"), "field"),
        (Reverse(id="x", line="none", on=TODAY, reason="x"), "gone"),
        (Split(id="x", line="none", on=TODAY, parts=()), "gone"),
    ],
)
def test_what_cannot_be_posted_is_said_in_words(house: Space, wrong: Any, code: str) -> None:
    problems = wrong.check(house.view, TODAY)
    assert code in [problem.code for problem in problems]
    assert all(problem.message.endswith(".") for problem in problems)


def test_who_leaves_is_asked_for_what_is_still_to_be_paid(house: Space) -> None:
    give(house, charge("1"))
    problems = CheckOut(id="s", on=TODAY).check(house.view, TODAY)
    [due] = [problem for problem in warnings(problems) if problem.code == "balance"]
    assert due.message == "107.00 EUR is still to be paid."
    give(house, pay("2", 12_000))
    problems = CheckOut(id="s", on=TODAY).check(house.view, TODAY)
    assert "13.00 EUR was paid too much" in problems[-1].message
    give(house, pay("3", 1_300, refund=True), CheckOut(id="s", on=TODAY))
    with pytest.raises(Refused, match="late charge"):
        give(house, charge("4"))
    give(house, charge("5", 500, text="Minibar", category="beverage", late=True))
    assert (house.view.get("reservations", "s") or {}).get("attention") is None
    assert owed(house.view, "s") == 500
