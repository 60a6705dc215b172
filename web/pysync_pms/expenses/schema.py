"""What an expense is, and where expenses and cost centres are kept. Stands on `claims`, `fields`.

Amounts include their tax, and the tax stands beside them as it is on the receipt. EXPENSE-1 an
expense is more than nothing, its tax is a part of it, and somebody of the staff spent it. What its
owner called it stays: `booked_as` and `booked_centre` are what accounting counts it under instead.
"""

from __future__ import annotations

from typing import Final

from pysync.model.guard import Record, View
from pysync.model.schema import CollectionSchema, Field
from pysync_pms.expenses.claim_guard import ClaimKind
from pysync_pms.expenses.claims import CLAIM_FIELDS, CLAIM_GROUPS, by_state, repaid_by
from pysync_pms.expenses.words import CENTRES, EXPENSE_CATEGORIES, EXPENSES
from pysync_pms.fields import (
    ATTACHMENT,
    CURRENCY,
    ID,
    NEEDED_DAY,
    NEEDED_ID,
    count,
    is_not_blank,
    one_of,
    text,
)
from pysync_pms.indexes import by, listed
from pysync_pms.money import BASIS, MAX_AMOUNT
from pysync_pms.words import STAFF

NOTE_MAX: Final = 1_000
OWN: Final = (
    *("staff", "on", "category", "centre", "supplier", "amount", "currency"),
    *("tax_rate", "tax", "note", "receipt", "picture"),
)
"""What whoever spent it fills in."""
BOOKED: Final = ("booked_as", "booked_centre")
"""What accounting counts it under instead."""

_expenses = CollectionSchema(
    name=EXPENSES,
    fields={
        "staff": NEEDED_ID,
        "on": NEEDED_DAY,
        "category": one_of(EXPENSE_CATEGORIES, required=True),
        "centre": ID,
        "supplier": text(),
        "amount": Field(types=(int,), minimum=1, maximum=MAX_AMOUNT, required=True),
        "currency": CURRENCY,
        "tax_rate": count(BASIS),
        "tax": count(MAX_AMOUNT),
        "note": text(NOTE_MAX),
        "receipt": text(60),
        "picture": ATTACHMENT,
        "booked_as": one_of(EXPENSE_CATEGORIES),
        "booked_centre": ID,
        **CLAIM_FIELDS,
    },
    groups=(("amount", "currency", "tax_rate", "tax"), BOOKED, *CLAIM_GROUPS),
    indexes={
        "all": listed,
        "state": by_state,
        "staff": by("staff"),
        "picture": by("picture"),
        "repaid_by": repaid_by,
    },
)

_centres = CollectionSchema(
    name=CENTRES,
    fields={
        "name": text(required=True, check=is_not_blank),
        "active": Field(types=(bool,)),
    },
    indexes={"all": listed},
)

EXPENSE_COLLECTIONS: Final = (_expenses, _centres)


def _misfit(after: View, expense: Record) -> str | None:
    """Why it is no expense."""
    if (expense.get("tax") or 0) > expense["amount"]:
        return "The tax is a part of the amount: it cannot be more."
    if after.get(STAFF, expense["staff"]) is None:
        return "Choose who of the staff spent it."
    return None


EXPENSE: Final = ClaimKind(schema=_expenses, own=OWN, booked=BOOKED, misfit=_misfit)
