"""What the tests of claims share: people who sign in, and work offline on what they saw."""

from __future__ import annotations

import itertools

from pysync_pms.commands import HOTEL, Command, CreateStaff, SetSettings
from pysync_pms.expenses.claim_commands import (
    DecideClaim,
    PayClaims,
    SubmitClaim,
    TakeBackClaim,
)
from pysync_pms.expenses.commands import CreateCentre, CreateExpense
from pysync_pms.expenses.words import EXPENSES
from tests.pms.support import TODAY, Desk, Leader, two_desks

STAFF = (
    CreateStaff(id="ines", name="Inês", role="manager", account="ines"),
    CreateStaff(id="marc", name="Marc", role="maintenance", account="marc"),
    CreateCentre(id="upkeep", name="Upkeep"),
    SetSettings(id=HOTEL, changes={"currency": "EUR", "business_date": TODAY}),
)


class Clerk(Desk):
    """A desk at which somebody is signed in: what they do is theirs."""

    author = ""


def clerks(*authors: str, given: tuple[Command, ...] = ()) -> list[Clerk]:
    """People at a desk each, who know the staff, and what was given before by nobody."""
    leader: Leader = two_desks(*STAFF, *given)[0]
    made = []
    for number, author in enumerate(authors):
        desk = Clerk(f"desk{number}", leader)
        desk.author = author
        made.append(desk)
    return made


def taxi(id_: str = "x", by: str = "", amount: int = 2_500, **more: object) -> CreateExpense:
    """An expense of Marc's."""
    values = {"staff": "marc", "on": TODAY, "category": "travel", "supplier": "Taxi"} | more
    return CreateExpense(id=id_, amount=amount, by=by, **values)  # type: ignore[arg-type]


def submit(id_: str = "x", by: str = "", collection: str = EXPENSES) -> SubmitClaim:
    return SubmitClaim(collection=collection, id=id_, on=TODAY, by=by)


def approve(
    id_: str = "x", by: str = "", number: int = 1, collection: str = EXPENSES
) -> DecideClaim:
    return DecideClaim(collection=collection, id=id_, submission=number, on=TODAY, by=by)


def reject(
    id_: str = "x", by: str = "", number: int = 1, reason: str = "No receipt",
    collection: str = EXPENSES,
) -> DecideClaim:  # fmt: skip
    return DecideClaim(collection=collection, id=id_, submission=number, on=TODAY, by=by,
                       approve=False, reason=reason)  # fmt: skip


def take_back(
    id_: str = "x", by: str = "", number: int = 1, reason: str = "Wrong receipt"
) -> TakeBackClaim:
    return TakeBackClaim(collection=EXPENSES, id=id_, submission=number, on=TODAY, by=by,
                         reason=reason)  # fmt: skip


_payments = itertools.count(1)


def pay(*ids: str, by: str = "", reference: str = "", method: str = "bank-transfer") -> PayClaims:
    """A payment of its own."""
    claims = tuple(f"{EXPENSES}/{id_}" for id_ in ids or ("x",))
    return PayClaims(id=f"payment-{next(_payments)}", claims=claims, method=method,
                     reference=reference, on=TODAY, by=by)  # fmt: skip
