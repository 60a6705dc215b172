"""What is handed out as a file for a spreadsheet: invoices, trips, times.

Amounts and hours are plain decimals, days are `YYYY-MM-DD`, times of the day are on this device's
clock. Stands on `csv_text`, `expenses`, `staffing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pysync.model.guard import Record, View
from pysync_pms.csv_text import csv_text
from pysync_pms.expenses.claims import state_of
from pysync_pms.expenses.queries import name_of
from pysync_pms.expenses.words import CENTRES
from pysync_pms.money import plain, quotient
from pysync_pms.staffing.times import approval_of, monday, worked
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.words import label
from pysync_pms.words import INVOICE, INVOICES, STAFF

__all__ = ["invoices_csv", "times_csv", "trips_csv"]


def invoices_csv(view: View, papers: Iterable[Record], usual: str) -> str:
    """Invoices and credit notes, each in a row for each of its taxes and one for what bears none:
    the amounts of a paper's rows add up to its total, and credit notes are negative. `usual` is the
    currency of what names none."""
    head = (tr("Number"), tr("Kind"), tr("Date"), tr("To"), tr("Tax number"), tr("Tax"),
            tr("Tax rate %"), tr("Amount"), tr("Of it tax"), tr("Currency"),
            tr("Credits"))  # fmt: skip
    rows = [row for paper in papers for row in _paper_rows(view, paper, usual)]
    return _file(head, rows)


def _paper_rows(view: View, paper: Record, usual: str) -> Iterator[list[str]]:
    currency = str(paper.get("currency") or usual)
    kind = tr("Invoice") if paper["kind"] == INVOICE else tr("Credit note")
    first = [str(paper.get("number") or ""), str(kind),
             paper["on"], str(paper["to_name"]), str(paper.get("to_tax_id") or "")]  # fmt: skip
    credited = view.get(INVOICES, str(paper.get("credits") or "")) or {}
    last = [currency, str(credited.get("number") or "")]
    taxes = paper.get("taxes") or ()
    for _code, name, rate, gross, tax in taxes:
        amounts = [plain(gross, currency), plain(tax, currency)]
        yield [*first, name, plain(rate), *amounts, *last]
    rest = paper["total"] - sum(row[3] for row in taxes)
    if rest or not taxes:
        yield [*first, "", "", plain(rest, currency), plain(0, currency), *last]


def trips_csv(view: View, trips: Iterable[Record], usual: str) -> str:
    """Trips, each in a row. `usual` is the currency of what names none."""
    head = (tr("Date"), tr("Employee"), tr("State"), tr("Purpose"), tr("Route"), tr("Kilometres"),
            tr("Rate for 100 km"), tr("Amount"), tr("Currency"), tr("Cost centre"),
            tr("Paid"))  # fmt: skip
    return _file(head, (_trip_row(view, trip, usual) for trip in trips))


def _trip_row(view: View, trip: Record, usual: str) -> list[str]:
    currency = str(trip.get("currency") or usual)
    return [
        trip["on"],
        name_of(view, STAFF, trip["staff"]),
        f"{label(state_of(trip))}",
        str(trip["purpose"]),
        str(trip.get("route") or ""),
        f"{trip['distance'] // 10}.{trip['distance'] % 10}",
        plain(trip["rate"], currency),
        plain(trip["amount"], currency),
        currency,
        name_of(view, CENTRES, trip.get("centre")),
        str(trip.get("paid_on") or ""),
    ]


def times_csv(view: View, entries: Iterable[Record], clock: Callable[[int], str]) -> str:
    """Time entries, each in a row; one that is not closed has no end and no hours. `clock` says a
    minute since 1970 as a time of the day."""
    head = (tr("Date"), tr("Employee"), tr("From"), tr("Until"), tr("Break, minutes"), tr("Hours"),
            tr("Week approved"), tr("Note"))  # fmt: skip
    return _file(head, (_time_row(view, entry, clock) for entry in entries))


def _time_row(view: View, entry: Record, clock: Callable[[int], str]) -> list[str]:
    end, week = entry.get("end"), monday(entry["on"])
    approved = approval_of(view, entry["staff"], week) is not None
    return [
        entry["on"],
        name_of(view, STAFF, entry["staff"]),
        clock(entry["start"]),
        "" if end is None else clock(end),
        str(entry.get("break_total") or 0),
        "" if end is None else plain(quotient(100 * worked(entry), 60)),
        str(tr("yes") if approved else tr("no")),
        str(entry.get("note") or ""),
    ]


def _file(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return csv_text([[str(name) for name in head], *rows])
