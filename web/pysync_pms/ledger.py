"""Reading the ledger: what a folio's lines come to, and which of them still count.

FOLIO-5 a balance is the plain sum of a window's lines; nothing is remembered beside them.
Stands on `money`, `taxes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pysync.model.guard import Record, View
from pysync_pms.money import share, tax_within
from pysync_pms.taxes import rate_of
from pysync_pms.words import CATEGORIES, CHARGE, LINES, PAYMENT

TaxRow = list[Any]
"""`[code, basis points, amount]`."""
FIRST: Final = 1
"""The window that every stay has: the guest's own."""


def lines_of(view: View, stay: str) -> Sequence[Record]:
    """All lines of a stay as a bill lists them: day by day, a night under its own."""
    return sorted(view.find(LINES, "stay", stay), key=_order)


def _order(line: Record) -> tuple[str, bool, int, str]:
    category = line.get("category")
    rank = CATEGORIES.index(category) if category in CATEGORIES else len(CATEGORIES)
    day = line.get("night") or line.get("on") or ""
    return day, line.get("kind") == PAYMENT, rank, line["id"]


def balance(lines: Iterable[Record]) -> int:
    """What is still to be paid; below 0, what was paid too much."""
    return sum(line.get("amount") or 0 for line in lines)


def owed(view: View, stay: str) -> int:
    """What a stay has still to pay, over all its windows."""
    return balance(view.find(LINES, "stay", stay))


def received(view: View, stay: str) -> int:
    """What was paid in a stay, less what was given back: above 0."""
    lines = view.find(LINES, "stay", stay)
    return -balance(line for line in lines if line.get("kind") == PAYMENT)


def deposit_missing(view: View, stay: Record) -> int:
    """What of the deposit that was asked for is not paid yet."""
    return max(0, (stay.get("deposit") or 0) - received(view, stay["id"]))


def known_due(view: View, stay: str) -> int:
    """What of it somebody has to hear of: without late charges, which whoever posted them knew."""
    return balance(line for line in view.find(LINES, "stay", stay) if not line.get("late"))


def reversal_of(view: View, line: str) -> Record | None:
    """The line that reverses this one."""
    return next(iter(view.find(LINES, "reverses", line)), None)


def is_open(view: View, line: Record) -> bool:
    """Whether it counts as it stands: it neither was reversed nor reverses another."""
    return not line.get("reverses") and reversal_of(view, line["id"]) is None


def stands(view: View, line: Record) -> bool:
    """Whether something of it counts, here or where it was moved."""
    if reversal_of(view, line["id"]) is None:
        return True
    return any(stands(view, part) for part in view.find(LINES, "part_of", line["id"]))


@dataclass(frozen=True, slots=True)
class Window:
    """One payer's part of a folio. `lines` are those that count, `corrected` those that were
    reversed, and what reversed them: together they come to nothing."""

    number: int
    lines: tuple[Record, ...]
    corrected: tuple[Record, ...]

    @property
    def balance(self) -> int:
        """What this payer has still to pay."""
        return balance(self.lines) + balance(self.corrected)

    @property
    def charges(self) -> int:
        """What was charged."""
        return balance(line for line in self.lines if line.get("kind") == CHARGE)

    @property
    def payments(self) -> int:
        """What was paid, as a positive amount."""
        return -balance(line for line in self.lines if line.get("kind") == PAYMENT)

    @property
    def taxes(self) -> list[TaxRow]:
        """What of the charges is tax, by code and rate, as `[code, basis points, amount]`."""
        return sum_taxes(self.lines)


def windows(view: View, stay: str) -> list[Window]:
    """The windows of a stay's folio that hold lines, by number; the first one always."""
    counting: dict[int, list[Record]] = {FIRST: []}
    corrected: dict[int, list[Record]] = {}
    for line in lines_of(view, stay):
        into = counting if is_open(view, line) else corrected
        into.setdefault(line.get("window") or FIRST, []).append(line)
    numbers = sorted({*counting, *corrected})
    return [Window(n, tuple(counting.get(n, ())), tuple(corrected.get(n, ()))) for n in numbers]


def sum_taxes(lines: Iterable[Record]) -> list[TaxRow]:
    """The tax in these lines, by code and rate."""
    found: dict[tuple[str, int], int] = {}
    for line in lines:
        for code, rate, amount in line.get("taxes") or ():
            found[code, rate] = found.get((code, rate), 0) + amount
    return [[code, rate, amount] for (code, rate), amount in sorted(found.items())]


def taxes_in(view: View, gross: int, code: str | None) -> list[TaxRow]:
    """The tax rows of an amount that includes this tax; none without a tax."""
    rate = rate_of(view, code)
    return [] if not code or rate is None else [[code, rate, tax_within(gross, rate)]]


def portions(line: Record, weights: Sequence[int]) -> list[tuple[int, list[TaxRow]]]:
    """A line's amount and its taxes in parts by these weights; each sums exactly to the line's."""
    amounts = share(line["amount"], weights)
    rows: list[list[TaxRow]] = [[] for _ in weights]
    for code, rate, tax in line.get("taxes") or ():
        for part, amount in zip(rows, share(tax, weights), strict=True):
            part.append([code, rate, amount])
    return list(zip(amounts, rows, strict=True))
