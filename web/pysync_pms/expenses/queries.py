"""What the screen about expenses shows: who may see what first, totals, and the file for a
spreadsheet. Each costs one pass over the expenses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pysync.model.guard import Record, View
from pysync_pms.csv_text import csv_text
from pysync_pms.expenses.claim_guard import decides_own
from pysync_pms.expenses.claims import APPROVED, SUBMITTED, state_of
from pysync_pms.expenses.words import CENTRES, EXPENSES
from pysync_pms.indexes import fold
from pysync_pms.money import plain
from pysync_pms.words import STAFF

__all__ = [
    "Total",
    "active_centres",
    "booked_category",
    "booked_centre",
    "employee_of",
    "expenses",
    "expenses_csv",
    "name_of",
    "to_decide",
    "totals",
    "waiting",
]


def booked_category(expense: Record) -> str:
    """What it is counted under: what accounting says, else what its owner said."""
    return str(expense.get("booked_as") or expense.get("category") or "")


def booked_centre(expense: Record) -> str:
    """The id of the cost centre that it is counted under; "" for none."""
    return str(expense.get("booked_centre") or expense.get("centre") or "")


def name_of(view: View, collection: str, record_id: str | None) -> str:
    """The name of a person or a cost centre."""
    return str((view.get(collection, record_id or "") or {}).get("name") or "")


def employee_of(view: View, account: str) -> Record | None:
    """The person of the staff whose account this is."""
    return next(iter(view.find(STAFF, "account", account)), None) if account else None


def active_centres(view: View, *also: str) -> list[Record]:
    """Cost centres that are used, by name, and `also` those of these ids."""
    found = [
        each
        for each in view.find(CENTRES, "all", "all")
        if each.get("active") is not False or each["id"] in also
    ]
    return sorted(found, key=lambda each: (fold(each.get("name") or ""), each["id"]))


def expenses(view: View, keep: Callable[[Record], bool] = lambda _: True) -> list[Record]:
    """Those that are to be kept, the newest first."""
    found = [each for each in view.all(EXPENSES) if each.get("on") and keep(each)]
    return sorted(found, key=lambda each: (each["on"], each["id"]), reverse=True)


def is_mine(view: View, expense: Record, account: str) -> bool:
    """Whether that account made it, or it is for the person whose account this is."""
    person = view.get(STAFF, expense.get("staff") or "") or {}
    return account in (expense.get("owner") or "", person.get("account"))


def to_decide(view: View, account: str, collection: str = EXPENSES) -> list[Record]:
    """What waits for a decision that this account may make, the oldest first."""
    found = view.find(collection, "state", SUBMITTED)
    mine = [each for each in found if not decides_own(view, each, account)]
    return sorted(mine, key=lambda each: (each.get("submitted_on") or "", each["id"]))


def waiting(view: View, account: str, collection: str = EXPENSES) -> int:
    """How much of it there is."""
    found = view.find(collection, "state", SUBMITTED)
    return sum(not decides_own(view, each, account) for each in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What was spent under one category, in one currency: minor units."""

    category: str
    currency: str
    count: int
    amount: int
    tax: int
    approved: int
    """What of the amount was approved, paid or not."""


def totals(found: Iterable[Record], usual: str) -> list[Total]:
    """Sums by category, the largest first; `usual` is the currency of what names none."""
    sums: dict[tuple[str, str], list[int]] = {}
    for each in found:
        key = (each.get("currency") or usual, booked_category(each))
        row = sums.setdefault(key, [0, 0, 0, 0])
        stands = state_of(each) in (APPROVED, "paid")
        amount = each.get("amount") or 0
        for at, more in enumerate((1, amount, each.get("tax") or 0, amount if stands else 0)):
            row[at] += more
    rows = [
        Total(category=category, currency=currency, count=n, amount=amount, tax=tax,
              approved=approved)
        for (currency, category), (n, amount, tax, approved) in sums.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda each: (each.currency, -each.amount, each.category))


# -- for a spreadsheet ----------------------------------------------------------------------------

_HEAD: Final = (
    *("date", "employee", "state", "category", "cost centre", "supplier", "amount", "tax"),
    *("tax rate %", "currency", "receipt", "note", "submitted", "decided", "decided by"),
    *("reason", "paid", "method", "reference"),
)


def expenses_csv(
    view: View,
    found: Sequence[Record],
    label: Callable[[str], str],
    usual: str,
    say: Callable[[str], str] = str,
) -> str:
    """The expenses as a CSV with a heading, amounts as plain decimals. `label` turns codes into
    words, `say` puts a heading into the user's language."""
    rows = (_cells(view, each, label, usual) for each in found)
    return csv_text(
        [[say(name) for name in _HEAD], *([row.get(name, "") for name in _HEAD] for row in rows)]
    )


def _cells(view: View, each: Record, label: Callable[[str], str], usual: str) -> Mapping[str, str]:
    currency = each.get("currency") or usual
    tax, rate = each.get("tax"), each.get("tax_rate")
    texts = {name: str(each.get(name) or "") for name in ("supplier", "receipt", "note", "reason")}
    return texts | {
        "date": each["on"],
        "employee": name_of(view, STAFF, each.get("staff")),
        "state": label(state_of(each)),
        "category": label(booked_category(each)),
        "cost centre": name_of(view, CENTRES, booked_centre(each)),
        "amount": plain(each.get("amount") or 0, currency),
        "tax": "" if tax is None else plain(tax, currency),
        "tax rate %": "" if rate is None else plain(rate),
        "currency": currency,
        "submitted": str(each.get("submitted_on") or ""),
        "decided": str(each.get("decided_on") or ""),
        "decided by": str(each.get("decided_by") or ""),
        "paid": str(each.get("paid_on") or ""),
        "method": label(each.get("method") or ""),
        "reference": str(each.get("reference") or ""),
    }
