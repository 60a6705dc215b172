"""The screen about expenses: entering, approving several, paying, exporting, as people do it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from pysync.model.roles import Person
from pysync.native import open_space
from pysync_pms.commands import HOTEL, SetSettings
from pysync_pms.expenses.claims import state_of
from pysync_pms.expenses.words import CENTRES, EXPENSES
from pysync_pms.schema import SCHEMA
from tests.pms.claims_support import STAFF, approve, reject, submit, taxi
from tests.pms.support import TODAY, give, house
from tests.pms.test_folio import TAXES
from tests.pms_ui.support import read
from tests.pms_ui.test_screens import Page

pytestmark = pytest.mark.req("PMS-06")


class Clerk(Page):
    """A page at which somebody works on expenses."""

    def act(self, action: str, kind: str = "click", **args: str) -> str:
        """Press a button or a key; answers what is drawn then."""
        self.dom.user(kind=kind, action=action, args=args)
        return self.drawn()

    def answer(self, **values: str) -> str:
        """Send the dialog; answers what is drawn then."""
        self.dom.user(kind="submit", action="ask.submit", values=values)
        return self.drawn()

    def drawn(self) -> str:
        self.sent = self.dom.paint()
        return "".join(str(each.get("html", "")) for each in self.sent)

    def sign_in(self, name: str, role: str) -> None:
        self.space.tab.who.met(Person(name, role))

    def state(self, id_: str) -> str:
        return state_of(self.space.view.get(EXPENSES, id_) or {})

    def all(self) -> list[Any]:
        return list(self.space.view.all(EXPENSES))


@pytest.fixture
def clerk(request: pytest.FixtureRequest) -> Iterator[Clerk]:
    """The staff, taxes, and nobody signed in."""
    with open_space(f"expenses-{request.node.name}"[:90], schema=SCHEMA) as space:
        give(space, *house(), *STAFF, SetSettings(id=HOTEL, changes={"taxes": TAXES}))
        page = Clerk(space)
        yield page
        assert page.errors == []


FILLED = {
    "staff": "marc", "on": TODAY, "amount": "23,80", "category": "repairs", "supplier": "Silva",
    "tax_rate": "1900", "receipt": "0042",
}  # fmt: skip


def test_a_hotel_without_expenses_is_told_how_to_begin(clerk: Clerk) -> None:
    drawn = clerk.markup("expenses")
    assert "copies the amount from the receipt" in drawn
    assert "Nothing waits for you" in clerk.markup("expenses?show=approve")
    assert "Nothing is to be paid" in clerk.markup("expenses?show=pay")


def test_an_expense_is_entered_and_submitted_in_one_dialog(clerk: Clerk) -> None:
    clerk.show("expenses")
    assert "Submit it for approval at once" in clerk.act("expenses.new")
    clerk.answer(**FILLED, submit="on")
    [made] = clerk.all()
    assert (made["amount"], made["tax"], made["tax_rate"]) == (2_380, 380, 1_900)
    assert clerk.state(made["id"]) == "submitted"
    row = read(clerk.markup("expenses")).one("tbody", id="expenses-rows").text
    for words in ("Silva", "23.80", "To approve"):
        assert words in row


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(clerk: Clerk) -> None:
    clerk.show("expenses")
    clerk.act("expenses.new")
    drawn = clerk.answer(**{**FILLED, "staff": "", "amount": "12.3.4", "tax": "x", "on": ""})
    for words in ("Choose who spent it.", "is no amount", "Enter the day."):
        assert words in drawn
    assert 'value="12.3.4"' in drawn
    assert "Enter an amount above 0." in clerk.answer(**{**FILLED, "amount": "0"})
    assert "it cannot be more" in clerk.answer(**{**FILLED, "tax": "50.00"})
    assert clerk.all() == []


def test_a_draft_is_put_right_and_one_that_was_rejected_says_why(clerk: Clerk) -> None:
    give(clerk.space, taxi(), submit(), reject())
    drawn = clerk.markup("expenses/x")
    assert "No receipt" in drawn
    assert 'data-action="expenses.edit"' in drawn
    assert 'value="25.00"' in clerk.act("expenses.edit", id="x")
    clerk.answer(staff="marc", on=TODAY, amount="20", category="travel", supplier="",
                 submit="on")  # fmt: skip
    expense = clerk.space.view.get(EXPENSES, "x") or {}
    assert (expense["amount"], expense["supplier"], clerk.state("x")) == (2_000, None, "submitted")


def test_an_approval_is_taken_back_with_a_reason_that_its_owner_reads(clerk: Clerk) -> None:
    give(clerk.space, taxi(by=""), submit(), approve())
    assert 'data-action="expenses.take-back"' in clerk.markup("expenses/x")
    clerk.act("expenses.take-back", id="x")
    assert "Say why." in clerk.answer(reason=" ")
    assert "Wrong receipt" in clerk.answer(reason="Wrong receipt")
    assert clerk.state("x") == "rejected"
    give(clerk.space, submit(), approve(number=2))
    clerk.sign_in("anna", "accounting")
    clerk.show("expenses/x")
    clerk.act("expenses.take-back", id="x")
    assert "ask-form" not in clerk.drawn()


@pytest.mark.req("PMS-12")
def test_several_are_approved_by_keys_and_one_by_one_what_others_decided_stays(
    clerk: Clerk,
) -> None:
    for id_, amount in (("a", 1), ("b", 2), ("c", 3)):
        give(clerk.space, taxi(id_, amount=amount), submit(id_))
    assert "Choose some first" in clerk.markup("expenses?show=approve")
    clerk.act("expenses.pick", kind="key", id="a")
    assert "Approve 2 chosen" in clerk.act("expenses.pick", kind="change", id="b")
    clerk.act("expenses.approve", kind="key", id="c")
    assert [clerk.state(id_) for id_ in "abc"] == ["approved", "approved", "submitted"]
    assert "Approved: 2 expenses" in str(clerk.sent)
    clerk.act("expenses.approve", kind="key", id="c")
    assert clerk.state("c") == "approved", "the one in hand, where none is chosen"


def test_several_are_rejected_for_one_reason(clerk: Clerk) -> None:
    for id_, amount in (("a", 1), ("b", 2)):
        give(clerk.space, taxi(id_, amount=amount), submit(id_))
    clerk.show("expenses?show=approve")
    clerk.act("expenses.pick-all")
    assert "Reject 2 expenses?" in clerk.act("expenses.reject", chosen="1")
    assert "Say why." in clerk.answer(reason=" ")
    clerk.answer(reason="Not for the hotel")
    assert [clerk.state(id_) for id_ in "ab"] == ["rejected", "rejected"]


def test_what_was_chosen_and_then_submitted_anew_is_chosen_no_more(clerk: Clerk) -> None:
    give(clerk.space, taxi(), submit())
    clerk.show("expenses?show=approve")
    clerk.act("expenses.pick", id="x")
    give(clerk.space, reject(), submit())
    assert "Choose some first" in clerk.markup("expenses?show=approve")
    clerk.act("expenses.pick", id="x")
    clerk.show("expenses")
    clerk.act("expenses.approve", kind="key", id="")
    assert clerk.state("x") == "submitted", "what is not shown is not chosen"


def test_what_was_approved_is_paid_with_what_else_the_same_person_gets(clerk: Clerk) -> None:
    for id_, amount in (("a", 1_000), ("b", 250)):
        give(clerk.space, taxi(id_, amount=amount), submit(id_), approve(id_))
    clerk.show("expenses?show=pay")
    assert "Also approved for the same person" in clerk.act("expenses.pay", id="a")
    clerk.answer(method="bank-transfer", reference="S-1", also1="on")
    assert {(each["reference"], state_of(each)) for each in clerk.all()} == {("S-1", "paid")}
    give(clerk.space, taxi("c", amount=5), submit("c"), approve("c"))
    clerk.act("expenses.pay", id="c")
    assert "posted already" in clerk.answer(method="bank-transfer", reference="S-1")


def test_filters_totals_and_the_file_say_the_same(clerk: Clerk) -> None:
    give(
        clerk.space, taxi("a", amount=1_000), taxi("b", amount=500, category="meals"),
        taxi("c", amount=70, on="2026-10-02"), submit("a"), approve("a"),
    )  # fmt: skip
    totals = read(clerk.markup("expenses")).one("tbody", id="expense-totals-rows")
    assert [row.all("td")[2].text.replace("\xa0", " ") for row in totals.all("tr")] == [
        "EUR 10.70", "EUR 5.00", "EUR 15.70",
    ]  # fmt: skip
    clerk.show("expenses?category=travel&month=2026-11")
    clerk.act("expenses.csv")
    [file] = [each for each in clerk.sent if each["op"] == "download"]
    _, *rows = csv.reader(io.StringIO(file["text"]))
    assert [(row[0], row[6]) for row in rows] == [(TODAY, "10.00")]
    assert "Change the filters" in clerk.markup("expenses?state=paid")


def test_accounting_books_it_under_another_category(clerk: Clerk) -> None:
    give(clerk.space, taxi(), submit())
    clerk.show("expenses/x")
    assert "It was submitted as: Travel" in clerk.act("expenses.book", id="x")
    assert "submitted as Travel" in clerk.answer(category="meals", centre="upkeep")


def test_cost_centres_are_added_renamed_and_put_aside(clerk: Clerk) -> None:
    clerk.show("expenses?show=rules")
    clerk.act("expenses.new-centre")
    assert "of this name already" in clerk.answer(name="Upkeep")
    clerk.answer(name="Bar")
    [bar] = [each for each in clerk.space.view.all(CENTRES) if each["name"] == "Bar"]
    clerk.act("expenses.edit-centre", id=bar["id"])
    clerk.answer(name="Bar and terrace")
    clerk.act("expenses.use-centre", id=bar["id"])
    assert "not used" in clerk.markup("expenses?show=rules")
    clerk.show("expenses")
    assert "Bar and terrace" not in clerk.act("expenses.new")


@pytest.mark.req("SRV-17")
def test_who_may_not_decide_sees_their_own_and_no_way_to(clerk: Clerk) -> None:
    give(clerk.space, taxi(), taxi("y", staff="kofi", amount=100), submit("x"), submit("y"))
    clerk.sign_in("marc", "housekeeping")
    drawn = clerk.markup("expenses")
    assert "expense-x" in drawn
    assert "expense-y" not in drawn
    assert "show=approve" not in drawn
    assert clerk.frame.shell(clerk.app.route).counts["expenses"] == 0
    assert "may not do this" in clerk.markup("expenses/y")
    clerk.act("expenses.approve", id="y")
    assert clerk.state("y") == "submitted"


def test_a_manager_is_told_how_much_waits_and_not_asked_about_their_own(clerk: Clerk) -> None:
    give(clerk.space, taxi(), taxi("y", staff="ines", amount=100), submit("x"), submit("y"))
    clerk.sign_in("ines", "manager")
    assert clerk.frame.shell(clerk.app.route).counts["expenses"] == 1
    assert "expenses-approval-y" not in clerk.markup("expenses?show=approve")
    assert "Somebody else decides of it" in clerk.markup("expenses/y")
    clerk.show("expenses?show=rules")
    clerk.act("expenses.own-claims")
    assert "expenses-approval-y" in clerk.markup("expenses?show=approve")


def test_a_draft_of_somebody_else_says_whose_it_is(clerk: Clerk) -> None:
    clerk.sign_in("marc", "front-desk")
    clerk.show("expenses")
    assert 'value="marc" selected' in clerk.act("expenses.new"), "whose account this is"
    clerk.dom.user(kind="change", action="ask.change", target="ask-form-submit", value="")
    clerk.answer(**FILLED)
    [made] = clerk.all()
    clerk.sign_in("ines", "manager")
    assert "marc made it, and nobody else changes it" in clerk.markup(f"expenses/{made['id']}")
    clerk.sign_in("marc", "front-desk")
    clerk.show(f"expenses/{made['id']}")
    clerk.act("expenses.discard", id=made["id"])
    assert clerk.all() == []
