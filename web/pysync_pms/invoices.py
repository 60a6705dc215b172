"""Reading invoices: what is billed already, what a paper comes to, and which number is next.

INVOICE-1 the numbers of a series have no gap: the next one is found, never remembered.
Stands on `ledger`, `taxes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from pysync.model.guard import Record, View
from pysync_pms.ledger import FIRST, is_open, lines_of, sum_taxes
from pysync_pms.taxes import tax_name
from pysync_pms.words import CHARGE, HOTEL, INVOICE, INVOICES, PAYMENT, SETTINGS

PREFIXES: Final = {INVOICE: "invoice_prefix"}


def settings_of(view: View) -> Record:
    """The hotel's settings; empty before anybody set one."""
    return view.get(SETTINGS, HOTEL) or {"id": HOTEL}


def next_serial(view: View, kind: str) -> int:
    """The first number of the series that no paper has.

    There is no gap below it, so it is found by doubling and halving steps (Bentley and Yao, An
    almost optimal algorithm for unbounded searching, 1976): a few look-ups among many thousands.
    """
    first = settings_of(view).get("invoice_first") if kind == INVOICE else None
    low = (first or 1) - 1  # taken, or before the first

    def taken(serial: int) -> bool:
        return bool(view.find(INVOICES, "serial", (kind, serial)))

    step = 1
    while taken(low + step):
        low, step = low + step, step * 2
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if taken(middle) else (low, middle)
    return high


def number_of(view: View, kind: str, serial: int) -> str:
    """The number as it stands on paper: with the prefix of its series."""
    prefix = settings_of(view).get(PREFIXES.get(kind, "credit_prefix"))
    return f"{prefix if prefix is not None else '' if kind == INVOICE else 'C'}{serial}"


def billed_on(view: View, line: str) -> Record | None:
    """The invoice that a line is on and was not credited from; None if it is on none."""
    for paper in view.find(INVOICES, "line", line):
        if paper.get("kind") == INVOICE and not is_credited(view, paper["id"], line):
            return paper
    return None


def is_credited(view: View, invoice: str, line: str) -> bool:
    """Whether a credit note took that line off that invoice."""
    return any(line in note["lines"] for note in view.find(INVOICES, "credits", invoice))


def standing_lines(view: View, invoice: Record) -> list[str]:
    """The lines of an invoice that were not credited."""
    gone = {
        line for note in view.find(INVOICES, "credits", invoice["id"]) for line in note["lines"]
    }
    return [line for line in invoice["lines"] if line not in gone]


def to_bill(view: View, stay: str, window: int = FIRST) -> list[Record]:
    """The charges of a window that count and are on no invoice, as a bill lists them."""
    return [
        line
        for line in lines_of(view, stay)
        if line.get("kind") == CHARGE
        and (line.get("window") or FIRST) == window
        and is_open(view, line)
        and billed_on(view, line["id"]) is None
    ]


def paid(view: View, stay: str, window: int = FIRST) -> list[Record]:
    """The payments of a window that count and are on no invoice that stands."""
    told = {
        each
        for paper in view.find(INVOICES, "stay", stay)
        if paper.get("kind") == INVOICE and standing_lines(view, paper)
        for each in paper.get("payments") or ()
    }
    return [
        line
        for line in lines_of(view, stay)
        if line.get("kind") == PAYMENT
        and (line.get("window") or FIRST) == window
        and is_open(view, line)
        and line["id"] not in told
    ]


def papers_of(view: View, stay: str) -> Sequence[Record]:
    """Invoices and credit notes of a stay, in the order of their issue."""
    return sorted(view.find(INVOICES, "stay", stay), key=order)


def order(paper: Record) -> tuple[str, bool, int]:
    """By day, invoices first, then by number."""
    return paper.get("on") or "", paper.get("kind") != INVOICE, paper.get("serial") or 0


def taxed(view: View, lines: Iterable[Record], sign: int = 1) -> list[list[Any]]:
    """What of these lines is under which tax, as `[code, name, basis points, gross, tax]`."""
    found = list(lines)
    rows = []
    for code, rate, tax in sum_taxes(found):
        gross = sum(
            line["amount"]
            for line in found
            if any([*row[:2]] == [code, rate] for row in line.get("taxes") or ())
        )
        rows.append([code, tax_name(view, code) or code, rate, sign * gross, sign * tax])
    return rows
