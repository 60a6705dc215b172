"""Expenses: what may be done with one in which state, by whom, and what it comes to."""

from __future__ import annotations

import csv
import io
import itertools
from typing import Any

import pytest

from pysync import Space
from pysync.errors import Refused
from pysync.model.rights import rights_of
from pysync_pms.commands import Command, CreateStaff, from_json
from pysync_pms.expenses.claim_commands import DiscardClaim, TakeBackClaim
from pysync_pms.expenses.claims import EVENTS, STATES, TABLE, follows, state_of, why_not
from pysync_pms.expenses.commands import BookExpense, CreateCentre, EditCentre, EditExpense
from pysync_pms.expenses.queries import expenses_csv, to_decide, totals
from pysync_pms.expenses.words import CENTRES, EXPENSES
from pysync_pms.roles import ROLES
from pysync_pms.schema import SCHEMA
from tests.pms.claims_support import STAFF, approve, pay, reject, submit, take_back, taxi
from tests.pms.support import TODAY, give, open_house

pytestmark = pytest.mark.req("PMS-06")


_numbers = itertools.count(1)


def space_of(name: str, *commands: Command) -> Space:
    return open_house(f"expenses-{name}-{next(_numbers)}", *STAFF, *commands)


def expense(space: Space, id_: str = "x") -> Any:
    return space.view.get(EXPENSES, id_)


def codes(space: Space, command: Command) -> list[str]:
    return [problem.code for problem in command.check(space.view, TODAY)]


def test_every_event_in_every_state_has_an_answer() -> None:
    """CLAIM-1: a state that follows, or a sentence that says what to do."""
    assert set(TABLE) == set(STATES)
    for state, row in TABLE.items():
        assert set(row) == set(EVENTS)
        for event in EVENTS:
            sentence = why_not(state, event)
            assert (sentence is None) == (follows(state, event) is not None)
            assert sentence is None or sentence.endswith(".")


def test_an_expense_goes_from_the_draft_to_the_payment() -> None:
    space = space_of("life", taxi())
    states = [state_of(expense(space))]
    for command in (submit(), approve(), pay(reference="SEPA-1")):
        give(space, command)
        states.append(state_of(expense(space)))
    assert states == ["draft", "submitted", "approved", "paid"]
    assert expense(space)["amount"] == 2_500


def test_what_was_rejected_is_changed_and_submitted_again() -> None:
    space = space_of("again", taxi(), submit(), reject())
    assert (state_of(expense(space)), expense(space)["reason"]) == ("rejected", "No receipt")
    give(space, EditExpense(id="x", changes={"receipt": "0042"}), submit())
    assert state_of(expense(space)) == "submitted"
    give(space, approve(number=2))
    assert state_of(expense(space)) == "approved"


def test_an_approval_is_taken_back_before_it_is_paid_and_says_why() -> None:
    """CLAIM-2, CLAIM-3: its owner changes it and submits it again; what was is in its history."""
    space = space_of("back", taxi(), submit(), approve())
    assert codes(space, take_back(reason=" ")) == ["no-reason"]
    with pytest.raises(Refused, match="says why"):
        space.run("", take_back(reason=" ").apply)
    give(space, take_back(reason="Wrong receipt"))
    assert (state_of(expense(space)), expense(space)["reason"]) == ("rejected", "Wrong receipt")
    give(space, EditExpense(id="x", changes={"amount": 2_400}), submit(), approve(number=2))
    assert (state_of(expense(space)), expense(space).get("reason")) == ("approved", None)
    assert codes(space, TakeBackClaim(collection="rooms", id="101", submission=1, on=TODAY,
                                      reason="x")) == ["gone"]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "command", "code"),
    [
        ((submit(),), EditExpense(id="x", changes={"amount": 1}), "claim-submitted"),
        ((submit(), approve()), EditExpense(id="x", changes={"amount": 1}), "claim-approved"),
        ((submit(), approve()), reject(), "claim-approved"),
        ((submit(), approve(), pay()), pay(), "claim-paid"),
        ((submit(), approve(), pay()), BookExpense(id="x", category="fees"), "claim-paid"),
        ((), approve(), "claim-draft"),
        ((submit(),), pay(), "claim-submitted"),
        ((submit(), reject()), approve(), "claim-rejected"),
        ((submit(),), DiscardClaim(collection=EXPENSES, id="x"), "claim-submitted"),
        ((submit(), reject(), submit()), approve(number=1), "older"),
        ((), EditExpense(id="x", changes={"paid_on": TODAY}), "unknown"),
        ((submit(),), take_back(), "claim-submitted"),
        ((submit(), approve(), pay()), take_back(), "claim-paid"),
        ((submit(), approve(), take_back()), take_back(reason="!"), "claim-rejected"),
        ((submit(), approve(), take_back()), pay(), "claim-rejected"),
        ((submit(), approve()), take_back(number=2), "older"),
    ],
)
def test_what_a_state_does_not_allow_is_told_and_refused(
    before: tuple[Command, ...], command: Command, code: str
) -> None:
    """CLAIM-2, CLAIM-3: by the command, and by the rule whoever writes it."""
    space = space_of("told", taxi(), *before)
    assert codes(space, command) == [code]
    if code != "unknown":
        with pytest.raises(Refused) as refused:
            space.run("", command.apply)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"on": "2026-11-22"}, "on"),
        ({"category": "fun"}, "category"),
        ({"staff": "nobody"}, ""),
        ({"tax": 2_501}, ""),
    ],
)
def test_what_is_no_expense_is_told(more: dict[str, Any], field: str) -> None:
    """EXPENSE-1: something was spent, by somebody, and the tax is a part of it."""
    space = space_of("misfit")
    command = taxi(**{"amount": 2_500, **more})
    [problem] = command.check(space.view, TODAY)
    assert (problem.field, problem.level) == (field, "error")
    if more != {"on": "2026-11-22"}:
        with pytest.raises(Exception, match=r"\w"):
            space.run("", command.apply)


def test_one_that_looks_like_another_and_an_old_one_are_asked_about() -> None:
    space = space_of("twice", taxi())
    assert codes(space, taxi("y")) == ["alike"]
    assert codes(space, taxi("y", supplier="TAXI ")) in (["alike"], [])
    assert codes(space, taxi("y", amount=2_600)) == []
    assert codes(space, taxi("y", on="2026-05-01")) == ["late"]
    give(space, taxi("y"))


def test_a_rejection_says_why() -> None:
    """CLAIM-3: also where the command was not asked."""
    space = space_of("why", taxi(), submit())
    [problem] = reject(reason=" ").check(space.view, TODAY)
    assert problem.field == "reason"
    with pytest.raises(Refused, match="says why"):
        space.run("", reject(reason=" ").apply)


def test_accounting_counts_it_otherwise_until_it_is_paid() -> None:
    space = space_of("book", taxi(centre="upkeep"), submit(), approve())
    give(space, BookExpense(id="x", category="meals", centre="upkeep"))
    assert (expense(space)["category"], expense(space)["booked_as"]) == ("travel", "meals")
    assert expense(space).get("booked_centre") is None, "as its owner said"
    [total] = totals(space.view.all(EXPENSES), "EUR")
    assert (total.category, total.amount, total.approved) == ("meals", 2_500, 2_500)
    give(space, BookExpense(id="x", category="travel"))
    assert expense(space).get("booked_as") is None


def test_one_payment_repays_what_one_person_was_paid_in_it() -> None:
    """CLAIM-5: its reference is known once; without one nobody can tell."""
    kofi = taxi("z", staff="kofi")
    space = space_of("paid", taxi(), taxi("y", amount=900), kofi, taxi("w", amount=1),
                     *(each(id_) for id_ in "xyzw" for each in (submit, approve)))  # fmt: skip
    assert codes(space, pay("x", "z", reference="1")) == ["two-people"]
    with pytest.raises(Refused, match="to one person"):
        space.run("", pay("x", "z", reference="1").apply)
    give(space, pay("x", "y", reference="1"))
    assert codes(space, pay("w", reference="1")) == ["paid-already"]
    with pytest.raises(Refused, match="posted already"):
        space.run("", pay("w", reference="1").apply)
    give(space, pay("w", "z", method="cash"))


def test_a_draft_is_discarded_and_its_label_says_whose_it_was() -> None:
    space = space_of("discard", taxi())
    command = DiscardClaim(collection=EXPENSES, id="x")
    assert command.label(space.view) == "Discard draft: expense of Marc"
    give(space, command)
    assert expense(space) is None
    assert codes(space, command) == ["gone"]


def test_cost_centres_have_names_of_their_own() -> None:
    space = space_of("centres")
    assert codes(space, CreateCentre(id="u", name="úpkeep ")) == ["name"]
    give(space, CreateCentre(id="bar", name="Bar"), EditCentre(id="bar", changes={"active": False}))
    assert codes(space, EditCentre(id="bar", changes={"name": "Upkeep"})) == ["name"]
    assert (space.view.get(CENTRES, "bar") or {})["active"] is False


def test_a_spreadsheet_takes_nothing_of_the_file_for_a_formula() -> None:
    space = space_of("csv", taxi(supplier='=HYPERLINK("http://x")', note="a,b\n@c", tax=399))
    text = expenses_csv(space.view, list(space.view.all(EXPENSES)), str.capitalize, "EUR")
    head, row = csv.reader(io.StringIO(text))
    cells = dict(zip(head, row, strict=True))
    assert cells["supplier"] == '\'=HYPERLINK("http://x")'
    assert (cells["amount"], cells["tax"], cells["employee"]) == ("25.00", "3.99", "Marc")
    assert cells["note"] == "a,b\n@c"


def test_commands_are_written_down_and_read_back() -> None:
    for command in (taxi(by="marc"), submit(), reject(), pay("x", "y", reference="1"),
                    EditExpense(id="x", changes={"amount": 5}),
                    BookExpense(id="x", category="fees"),
                    DiscardClaim(collection=EXPENSES, id="x"), CreateCentre(id="c", name="C"),
                    CreateStaff(id="a", name="A", role="other", account="a")):  # fmt: skip
        assert from_json(command.to_json()) == command


@pytest.mark.req("SRV-17")
def test_everybody_makes_expenses_few_decide_and_accounting_pays() -> None:
    may: dict[str, set[str]] = {}
    for role in ROLES:
        rights = rights_of(SCHEMA, role)
        assert rights is not None
        assert rights.may_add(EXPENSES)
        fields = ("amount", "submission", "decision", "booked_as", "paid_on", "owner")
        may[role] = {name for name in fields if rights.may_write(EXPENSES, name)}
    own = {"amount", "submission", "owner"}
    assert may["viewer"] == may["housekeeping"] == may["front-desk"] == own
    assert may["accounting"] == own | {"booked_as", "paid_on"}
    assert may["manager"] == may["owner"] == own | {"decision", "booked_as", "paid_on"}


def test_what_waits_is_listed_the_oldest_first() -> None:
    space = space_of("waits", taxi("b"), taxi("a", amount=5), taxi("c"), submit("b"), submit("a"))
    assert [each["id"] for each in to_decide(space.view, "ines")] == ["a", "b"]
    assert to_decide(space.view, "marc") == [], "his own"
