"""Deposits: asked for before the arrival, paid like anything else, seen to when they are late."""

from __future__ import annotations

import pytest

from pysync import Space
from pysync.errors import Refused
from pysync.model.rights import Rights
from pysync_pms.commands import (
    AskDeposit,
    Cancel,
    CheckIn,
    EditReservation,
    NoShow,
    from_json,
    warnings,
)
from pysync_pms.ledger import deposit_missing, received
from pysync_pms.queries import needs_attention
from pysync_pms.roles import ROLES
from pysync_pms.schema import SCHEMA
from pysync_pms.words import LINES, RESERVATIONS
from tests.pms.support import TODAY, book, give, open_house
from tests.pms.test_folio import charge, pay

pytestmark = pytest.mark.req("PMS-04")
ASKED = AskDeposit(id="s", amount=5_000, by="2026-11-25")


@pytest.fixture
def house(request: pytest.FixtureRequest) -> Space:
    """A stay to come, and one that begins today."""
    name = f"deposits-{request.node.name}"[:100].replace("/", "-")
    return open_house(name, book("s", "2026-12-01", "2026-12-04"), book("t", room="102"))


def missing(space: Space) -> int:
    """What of the deposit is missing."""
    stay = space.view.get(RESERVATIONS, "s")
    assert stay is not None
    return deposit_missing(space.view, stay)


def codes(space: Space, today: str) -> list[str]:
    """What needs attention on that day."""
    return [line.code for line in needs_attention(space.view, today) if line.line.id == "s"]


def test_what_is_paid_before_the_arrival_counts_towards_it(house: Space) -> None:
    give(house, ASKED)
    assert missing(house) == 5_000
    give(house, pay("p", 3_000))
    assert (missing(house), received(house.view, "s")) == (2_000, 3_000)
    give(house, pay("q", 1_000, refund=True), pay("r", 9_000))
    assert (missing(house), received(house.view, "s")) == (0, 11_000)


def test_one_that_is_late_needs_attention_until_it_is_paid(house: Space) -> None:
    give(house, ASKED)
    assert codes(house, "2026-11-25") == []
    assert codes(house, "2026-11-26") == ["overdue-deposit"]
    give(house, pay("p", 5_000))
    assert codes(house, "2026-11-26") == []


def test_it_is_asked_for_no_longer(house: Space) -> None:
    give(house, ASKED, AskDeposit(id="s", amount=0))
    stay = house.view.get(RESERVATIONS, "s") or {}
    assert stay.get("deposit") is stay.get("deposit_by") is None
    assert codes(house, "2026-11-26") == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (AskDeposit(id="s", amount=-1, by=TODAY), "above 0"),
        (AskDeposit(id="s", amount=100), "Enter a date"),
        (AskDeposit(id="s", amount=100, by="2026-12-02"), "by the arrival"),
        (AskDeposit(id="s", amount=100, by="2026-11-19"), "That day is over"),
        (AskDeposit(id="nobody", amount=100, by=TODAY), "does not exist"),
    ],
)
def test_what_cannot_be_asked_for_says_what_to_do(
    house: Space, wrong: AskDeposit, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        give(house, wrong)


def test_who_is_here_pays_and_is_asked_for_no_deposit(house: Space) -> None:
    give(house, CheckIn(id="t", on=TODAY))
    with pytest.raises(Refused, match="post a payment"):
        give(house, AskDeposit(id="t", amount=100, by=TODAY))


def test_who_cancels_with_something_on_the_folio_is_asked_about(house: Space) -> None:
    give(house, ASKED, pay("p", 5_000))
    [said] = warnings(Cancel(id="s", on=TODAY).check(house.view, TODAY))
    assert said.message == "50.00 EUR was paid: give it back, or charge a fee."
    give(house, charge("c", 7_000, stay="t"))
    [said] = warnings(NoShow(id="t", on=TODAY).check(house.view, TODAY))
    assert said.message == "70.00 EUR was charged: reverse it, or ask for it."
    give(house, Cancel(id="s", on=TODAY))
    assert codes(house, "2026-11-26") == []


def test_it_is_written_down_and_read_back() -> None:
    assert from_json(ASKED.to_json()) == ASKED


def test_in_another_currency_it_is_asked_for_anew(house: Space) -> None:
    give(house, ASKED, EditReservation(id="s", changes={"currency": "JPY"}))
    assert missing(house) == 0


def test_who_sees_no_payments_sees_no_deposits() -> None:
    for role in ("viewer", "housekeeping"):
        rights = Rights(SCHEMA, ROLES[role])
        assert not rights.may_read(LINES, "amount")
        assert not rights.may_read(RESERVATIONS, "deposit")
