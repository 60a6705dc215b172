"""What the dashboard and the reports show of the staff: what was spent, what waits, hours.

What was submitted counts as spent, whether it was decided already or not; drafts and what was
turned down do not. Amounts in other currencies than the hotel's are listed by their own and never
added up. Stands on `book`, `staff`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pysync_pms.expenses.claims import APPROVED, PAID, SUBMITTED
from pysync_pms.figures.book import Book
from pysync_pms.figures.queries import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What came together under one category in one currency, minor units."""

    currency: str
    category: str
    number: int
    amount: int
    approved: int
    """What of the amount was approved, paid or not."""


def spent(book: Book, first: int, until: int, basis: Basis) -> list[Spent]:
    """Expenses and trips of a span by category: the hotel's currency first, the largest first."""
    found: dict[tuple[str, str], list[int]] = {}
    for claims in (book.spent, book.driven):
        for day in range(first, until):
            for (named, category, state), (number, amount) in claims.by_day.get(day, {}).items():
                if state in (SUBMITTED, APPROVED, PAID):
                    row = found.setdefault((named or basis.currency, category), [0, 0, 0])
                    row[0] += number
                    row[1] += amount
                    row[2] += 0 if state == SUBMITTED else amount
    rows = [
        Spent(currency=currency, category=category, number=n, amount=amount, approved=approved)
        for (currency, category), (n, amount, approved) in found.items()
    ]
    return sorted(
        rows, key=lambda r: (r.currency != basis.currency, r.currency, -r.amount, r.category)
    )


def spent_in_all(book: Book, first: int, until: int, basis: Basis) -> int:
    """All of a span in the hotel's currency."""
    rows = spent(book, first, until, basis)
    return sum(row.amount for row in rows if row.currency == basis.currency)


def waiting(book: Book) -> int:
    """How many claims wait for a decision."""
    both = (book.spent.states, book.driven.states)
    return sum(
        number
        for states in both
        for (_, state), (number, _) in states.items()
        if state == SUBMITTED
    )


def hours(book: Book, first: int, until: int) -> dict[str, int]:
    """Minutes of a span by the id of who worked them, as far as they have clocked out."""
    found: dict[str, int] = {}
    for day in range(first, until):
        for staff, (_, minutes) in book.hours.by_day.get(day, {}).items():
            found[staff] = found.get(staff, 0) + minutes
    return found


def at_work(book: Book) -> int:
    """How many people are clocked in."""
    return len(book.hours.at_work)
