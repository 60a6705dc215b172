"""The sheets of the reports: months, bookings, revenue, charges, payments, expenses,
hours, arrivals.

Stands on `figures.queries`, `figures_cells`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from pysync_pms.calendar import months
from pysync_pms.figures import queries as q
from pysync_pms.staffing.words import TIMES
from pysync_pms.ui import html as h
from pysync_pms.ui.components.sheets import Cell, Sheet, text
from pysync_pms.ui.components.tables import Column
from pysync_pms.ui.language import tr
from pysync_pms.ui.needs import sees
from pysync_pms.ui.parts.figures_arrivals import arrivals_sheet
from pysync_pms.ui.parts.figures_cells import count, money, share, split_sheet, written_share
from pysync_pms.ui.parts.figures_live import Live
from pysync_pms.ui.parts.figures_staff import (
    HOURS_BASIS,
    SPENT_BASIS,
    SPENT_OF,
    expenses_sheet,
    hours_sheet,
)
from pysync_pms.ui.parts.figures_tiles import NONE, UNSEEN, Words
from pysync_pms.ui.parts.words import label
from pysync_pms.words import CHARGE, LINES, PAYMENT, RESERVATIONS, ROOM_TYPES, ROOMS, STAFF

__all__ = ["MONTHS_AT_MOST", "SHEETS", "Period", "named_months"]

MONTHS_AT_MOST = 60


class Period:
    """What a report is of: months from the first to the last, both included, and a day for the
    list of arrivals."""

    def __init__(self, first: str, last: str, day: str) -> None:
        self.first, self.last, self.day = first, last, day

    @property
    def span(self) -> tuple[int, int]:
        """Its days."""
        return q.month_span(self.first)[0], q.month_span(self.last)[1]


def named_months(live: Live, period: Period) -> list[tuple[str, str]]:
    """The months of the period that bookings touch, as (`YYYY-MM`, words)."""
    known = q.span(live.book)
    formats = live.hotel.app.formats
    found = []
    for month in months(period.first, period.last, at_most=MONTHS_AT_MOST):
        first, until = q.month_span(month)
        if known is not None and first < known[1] and known[0] < until:
            day = date.fromisoformat(f"{month}-01")
            found.append((month, f"{formats.day(day, 'month')}\N{NO-BREAK SPACE}{day.year}"))
    return found


def _words(live: Live) -> Words:
    return Words(live.hotel.app.formats, live.hotel.currency)


def _months(live: Live, period: Period) -> Sheet:
    words, basis, priced = _words(live), live.basis(), sees(RESERVATIONS, "rate")

    def row(first: Cell, nights: q.Nights) -> Sequence[Cell]:
        return (
            first,
            count(words, nights.sold),
            count(words, nights.available),
            share(words, nights.occupancy),
            money(words, nights.revenue if priced else None),
            money(words, nights.adr if priced else None),
            money(words, nights.revpar if priced else None),
        )

    rows = [
        row(Cell(name, month), q.nights(live.book, *q.month_span(month), basis))
        for month, name in named_months(live, period)
    ]
    whole = q.nights(live.book, *_of_rows(live, period), basis)
    return Sheet(
        name="months",
        title=tr("Occupancy and rates by month"),
        columns=(
            Column(label=tr("Month")),
            Column(label=tr("Sold"), numeric=True, priority=2),
            Column(label=tr("Available"), numeric=True, priority=3),
            Column(label=tr("Occupancy"), numeric=True),
            Column(label=tr("Room revenue"), numeric=True, priority=2),
            Column(label="ADR", numeric=True),
            Column(label=tr("RevPAR"), numeric=True),
        ),
        rows=rows,
        total=row(text(tr("Together")), whole),
        when_empty=h.p("muted")[tr("No nights are booked in this period.")],
    )


def _of_rows(live: Live, period: Period) -> tuple[int, int]:
    """The days of the months that are listed: what sums up is of nothing else."""
    listed = named_months(live, period)
    if not listed:
        return 0, 0
    return q.month_span(listed[0][0])[0], q.month_span(listed[-1][0])[1]


def _bookings(live: Live, period: Period) -> Sheet:
    words = _words(live)

    def row(first: Cell, found: q.Bookings) -> Sequence[Cell]:
        lead = found.lead_time
        days = (
            NONE if lead is None else tr("{number} days", number=words.formats.number(lead / 10, 1))
        )
        return (
            first,
            count(words, found.booked),
            count(words, found.kept),
            count(words, found.cancelled),
            share(words, found.cancel_rate),
            count(words, found.no_shows),
            Cell(days, written_share(lead)),
        )

    rows = [
        row(Cell(name, month), q.bookings(live.book, *q.month_span(month)))
        for month, name in named_months(live, period)
    ]
    return Sheet(
        name="bookings",
        title=tr("Bookings, cancellations and lead time by month of arrival"),
        columns=(
            Column(label=tr("Month")),
            Column(label=tr("Booked"), numeric=True),
            Column(label=tr("Kept"), numeric=True, priority=2),
            Column(label=tr("Cancelled"), numeric=True),
            Column(label=tr("Cancelled share"), numeric=True, priority=2),
            Column(label=tr("No-shows"), numeric=True, priority=2),
            Column(label=tr("Lead time"), numeric=True),
        ),
        rows=rows,
        total=row(text(tr("Together")), q.bookings(live.book, *_of_rows(live, period))),
        when_empty=h.p("muted")[tr("Nobody was to arrive in this period.")],
    )


def _sources(live: Live, period: Period) -> Sheet:
    return split_sheet(
        live,
        _words(live),
        period.span,
        1,
        name="sources",
        what=tr("Source"),
        title=tr("Revenue by source"),
    )


def _types(live: Live, period: Period) -> Sheet:
    view = live.hotel.view

    def named(code: str) -> str:
        return str((view.get(ROOM_TYPES, code) or {}).get("name") or code)

    return split_sheet(
        live,
        _words(live),
        period.span,
        2,
        name="types",
        what=tr("Room type"),
        title=tr("Revenue by room type"),
        named=named,
    )


def _lines(live: Live, period: Period, kind: str) -> Sheet:
    words, seen = _words(live), sees(LINES, "amount")
    found = q.posted(live.book, *period.span, live.basis(), kind) if seen else {}
    total = sum(found.values())
    paid = kind == PAYMENT
    empty = (
        tr("Nothing was paid in this period.")
        if paid
        else tr("Nothing was charged in this period.")
    )
    return Sheet(
        name="payments" if paid else "charges",
        title=tr("Payments by method") if paid else tr("Charges by category"),
        columns=(
            Column(label=tr("Method") if paid else tr("Category")),
            Column(label=tr("Amount"), numeric=True),
            Column(label=tr("Share"), numeric=True),
        ),
        rows=[
            (
                text(label(code) or tr("Not said")),
                money(words, sum_),
                share(words, q.tenths(sum_, total)),
            )
            for code, sum_ in found.items()
        ],
        total=(text(tr("Together")), money(words, total), share(words, q.tenths(total, total))),
        when_empty=h.p("muted")[empty if seen else UNSEEN],
    )


def _charges(live: Live, period: Period) -> Sheet:
    return _lines(live, period, CHARGE)


def _payments(live: Live, period: Period) -> Sheet:
    return _lines(live, period, PAYMENT)


def _arrivals(live: Live, period: Period) -> Sheet:
    return arrivals_sheet(live, period.day)


def _expenses(live: Live, period: Period) -> Sheet:
    return expenses_sheet(live, _words(live), period.span)


def _hours(live: Live, period: Period) -> Sheet:
    return hours_sheet(live, _words(live), period.span)


class Made(NamedTuple):
    """A sheet of the reports: how it is made, of what in words, and the collections in it."""

    make: Callable[[Live, Period], Sheet]
    basis: str
    of: tuple[str, ...] = (RESERVATIONS, ROOMS)


SHEETS: Final[Mapping[str, Made]] = {
    "months": Made(
        _months,
        tr(
            "Booked rates of the nights of each month, without cancelled and no-show bookings; the "
            "rooms as they are today."
        ),
    ),
    "bookings": Made(
        _bookings,
        tr(
            "Counted in the month in which the guest was to arrive. Lead time: from booking to "
            "arrival, of bookings that were kept."
        ),
    ),
    "sources": Made(
        _sources, tr("Booked rates of the nights of the period, by where they were booked.")
    ),
    "types": Made(
        _types, tr("Booked rates of the nights of the period, by the room type that was booked.")
    ),
    "charges": Made(
        _charges,
        tr("Lines of folios by the day they were posted, less what was reversed."),
        (LINES,),
    ),
    "payments": Made(
        _payments, tr("Payments by the day they were posted, less refunds and reversals."), (LINES,)
    ),
    "expenses": Made(_expenses, SPENT_BASIS, SPENT_OF),
    "hours": Made(_hours, HOURS_BASIS, (TIMES, STAFF)),
    "arrivals": Made(_arrivals, tr("Everybody who is expected or has come on that day.")),
}
"""By name, in their order."""
