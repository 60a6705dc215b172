"""Reading invoices: what is billed already, what a paper comes to, and which number is next.

INVOICE-1 the numbers of a series have no gap: the next one is found, never remembered.
Stands on `ledger`, `taxes`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Any, Final

from pysync.model.guard import Record, View
from pysync_pms.ledger import FIRST, is_open, lines_of, sum_taxes
from pysync_pms.taxes import tax_name
from pysync_pms.words import (
    CHARGE,
    CREDIT_NOTE,
    HOTEL,
    INVOICE,
    INVOICES,
    LINES,
    PAYMENT,
    PRINTED,
    SETTINGS,
)

PREFIXES: Final = {INVOICE: ("invoice_prefix", ""), CREDIT_NOTE: ("credit_prefix", "C")}
"""By kind: the setting that holds the prefix, and what holds without one."""


def settings_of(view: View) -> Record:
    """The hotel's settings; empty before anybody set one."""
    return view.get(SETTINGS, HOTEL) or {"id": HOTEL}


def is_taken(view: View, kind: str, serial: int) -> bool:
    """Whether a paper has that number, or was printed under it."""
    key = (kind, serial)
    return bool(view.find(INVOICES, "serial", key) or view.find(PRINTED, "serial", key))


def next_serial(view: View, kind: str) -> int:
    """The lowest number of the series that no paper has, nor was printed on one.

    There is no gap below it, so it is found by doubling and halving steps (Bentley and Yao, An
    almost optimal algorithm for unbounded searching, 1976): a few look-ups among many thousands.
    Only where a log was put back a print may be ahead of its papers: gaps are looked for below it.
    """
    first = (settings_of(view).get("invoice_first") if kind == INVOICE else None) or 1
    if ahead := view.find(PRINTED, "ahead", kind):
        low = max(first, min(each["free_below"] for each in ahead))
        for serial in range(low, max(each.get("serial") or 0 for each in ahead)):
            if not is_taken(view, kind, serial):
                return serial
    low, step = first - 1, 1  # taken, or before the first
    while is_taken(view, kind, low + step):
        low, step = low + step, step * 2
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_taken(view, kind, middle) else (low, middle)
    return high


def prefix_of(settings: Record, kind: str) -> str:
    """What stands before the numbers of a series."""
    name, usual = PREFIXES[kind]
    given = settings.get(name)
    return usual if given is None else str(given)


def number_of(view: View, kind: str, serial: int) -> str:
    """The number as it stands on paper: with the prefix of its series."""
    return f"{prefix_of(settings_of(view), kind)}{serial}"


def credited_lines(view: View, invoice: str, but: str = "") -> set[str]:
    """The lines that credit notes took off that invoice; `but`: without that note."""
    notes = view.find(INVOICES, "credits", invoice)
    return {line for note in notes if note["id"] != but for line in note["lines"]}


def billed_on(view: View, line: str) -> Record | None:
    """The invoice that a line is on and was not credited from; None if it is on none."""
    for paper in view.find(INVOICES, "line", line):
        if paper.get("kind") == INVOICE and line not in credited_lines(view, paper["id"]):
            return paper
    return None


def standing_lines(view: View, invoice: Record) -> list[str]:
    """The lines of an invoice that were not credited."""
    gone = credited_lines(view, invoice["id"])
    return [line for line in invoice["lines"] if line not in gone]


def told_on(view: View, stay: str, but: str = "") -> set[str]:
    """The payments that invoices of a stay tell of which stand; `but`: without that invoice."""
    return {
        each
        for paper in view.find(INVOICES, "stay", stay)
        if paper.get("kind") == INVOICE and paper["id"] != but
        if paper.get("payments") and standing_lines(view, paper)
        for each in paper["payments"]
    }


def can_be_told(view: View, line: Record, told: Container[str]) -> bool:
    """Whether an invoice may mention a payment: it counts, and neither it nor what it is a part of
    is on another one."""
    return line.get("kind") == PAYMENT and is_open(view, line) and not _is_told(view, line, told)


def _is_told(view: View, line: Record, told: Container[str]) -> bool:
    if line["id"] in told:
        return True
    whole = view.get(LINES, line["part_of"]) if line.get("part_of") else None
    return whole is not None and _is_told(view, whole, told)


def to_bill(view: View, stay: str, window: int = FIRST) -> list[Record]:
    """The charges of a window that count and are on no invoice, as a bill lists them."""
    return billable(view, stay).get(window, [])


def billable(view: View, stay: str) -> dict[int, list[Record]]:
    """The same of all windows that have some."""
    found: dict[int, list[Record]] = {}
    for line in lines_of(view, stay):
        if line.get("kind") == CHARGE and is_open(view, line) and not billed_on(view, line["id"]):
            found.setdefault(line.get("window") or FIRST, []).append(line)
    return found


def paid(view: View, stay: str, window: int = FIRST) -> list[Record]:
    """The payments of a window that count and are on no invoice that stands."""
    told = told_on(view, stay)
    here = (line for line in lines_of(view, stay) if (line.get("window") or FIRST) == window)
    return [line for line in here if can_be_told(view, line, told)]


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
