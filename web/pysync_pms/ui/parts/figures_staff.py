"""Figures of the staff: what was spent, who is at work, hours; as tiles, a chart and sheets.

Stands on `figures.staff_queries`, `figures_tiles`, `figures_picture`, `sheets`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pysync_pms.calendar import from_day, to_day
from pysync_pms.expenses.queries import name_of
from pysync_pms.expenses.words import EXPENSES
from pysync_pms.figures import queries as q
from pysync_pms.figures import staff_queries as sq
from pysync_pms.indexes import fold
from pysync_pms.money import plain, quotient
from pysync_pms.staffing.words import MILEAGE, TIMES
from pysync_pms.ui import html as h
from pysync_pms.ui.components.charts import Bar, bars
from pysync_pms.ui.components.sheets import Cell, Sheet, text
from pysync_pms.ui.components.tables import Column
from pysync_pms.ui.html import Html
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.needs import why_not
from pysync_pms.ui.parts.figures_cells import count, share
from pysync_pms.ui.parts.figures_live import Live
from pysync_pms.ui.parts.figures_picture import Picture
from pysync_pms.ui.parts.figures_tiles import NONE, Tile, Words
from pysync_pms.ui.parts.words import amount, label
from pysync_pms.words import STAFF

__all__ = [
    "HOURS_BASIS",
    "NAMES",
    "SPENT_BASIS",
    "SPENT_OF",
    "expenses_picture",
    "expenses_sheet",
    "hours_sheet",
    "tiles",
]

NAMES: Final = (("expenses", tr("Expenses this month")), ("at-work", tr("At work now")))
SPENT_OF: Final = (EXPENSES, MILEAGE)
SPENT_BASIS: Final = tr(
    "Submitted, approved and paid, by the day it was spent, with mileage; without drafts and what "
    "was rejected."
)
HOURS_BASIS: Final = tr(
    "Clocked times without breaks, on the day they began; not who is still at work."
)
UNSEEN_CLAIMS: Final = tr("For those who approve or pay expenses.")
UNSEEN_HOURS: Final = tr("For those who approve working times.")


def tiles(live: Live) -> Iterator[Tile]:
    """The tiles about the staff, as the hotel stands."""
    today = to_day(live.hotel.today)
    words = Words(live.hotel.app.formats, live.hotel.currency)
    yield _expenses(live, today, words)
    yield _at_work(live, today, words)


def _month(day: int) -> tuple[int, int]:
    return q.month_span(from_day(day)[:7])


def _expenses(live: Live, today: int, words: Words) -> Tile:
    fresh = live.fresh(*SPENT_OF)
    if not _sees_spending():
        return Tile(name="expenses", value=NONE, basis=UNSEEN_CLAIMS, fresh=fresh)
    first, until = _month(today)
    before = sq.spent_in_all(live.book, *_month(first - 1), live.basis())
    waiting = sq.waiting(live.book)
    return Tile(
        name="expenses",
        value=words.money(sq.spent_in_all(live.book, first, until, live.basis())),
        basis=tr("Submitted, approved and paid, with mileage. {claims} to decide.",
                 claims=plural(waiting, "claim")),
        fresh=fresh,
        beside=[(tr("last month"), words.money(before))] if before else (),
    )  # fmt: skip


def _sees_spending() -> bool:
    """Rights do not tell one's own claims from others': sums are for who decides or pays them."""
    return why_not("expenses.approve") is None or why_not("expenses.pay") is None


def _sees_hours() -> bool:
    return why_not("time.approve") is None


def _at_work(live: Live, today: int, words: Words) -> Tile:
    fresh = live.fresh(TIMES, STAFF)
    if not _sees_hours():
        return Tile(name="at-work", value=NONE, basis=UNSEEN_HOURS, fresh=fresh)
    book = live.book
    worked = sum(sq.hours(book, today, today + 1).values())
    return Tile(
        name="at-work",
        value=str(sq.at_work(book)),
        basis=tr("Clocked in, of {people}. {hours} hours worked and clocked out today.",
                 people=plural(len(book.employed), "employee"), hours=_hours(words, worked)),
        fresh=fresh,
    )  # fmt: skip


def _hours(words: Words, minutes: int) -> str:
    return words.formats.number(minutes / 60, 1)


def _category(code: str) -> str:
    return label(code) or tr("Not said")


def expenses_picture(live: Live, today: int, words: Words) -> Picture:
    """This month's expenses by category, as bars."""
    span = _month(today)
    drawing: Html
    if not _sees_spending():
        drawing = h.p("muted")[UNSEEN_CLAIMS]
    else:
        rows = [
            row
            for row in sq.spent(live.book, *span, live.basis())
            if row.currency == live.hotel.currency
        ]
        whole = max((row.amount for row in rows), default=0)
        drawing = _bars(words, rows, whole)
    return Picture(
        title=tr("Expenses by category, this month"),
        basis=SPENT_BASIS,
        drawing=drawing,
        sheet=expenses_sheet(live, words, span),
        of=SPENT_OF,
    )


def _bars(words: Words, rows: list[sq.Spent], whole: int) -> Html:
    if not rows:
        return h.p("muted")[tr("Nobody has spent anything for the hotel this month.")]
    return bars(
        tr("Expenses by category"),
        [Bar(_category(row.category), row.amount, whole, words.money(row.amount)) for row in rows],
    )


def expenses_sheet(live: Live, words: Words, span: tuple[int, int]) -> Sheet:
    """Expenses of a span by category; amounts in other currencies in rows of their own."""
    seen, home = _sees_spending(), live.hotel.currency
    rows = sq.spent(live.book, *span, live.basis()) if seen else []
    ours = [row for row in rows if row.currency == home]
    total, approved = (sum(getattr(row, of) for row in ours) for of in ("amount", "approved"))

    def line(row: sq.Spent) -> list[Cell]:
        part = q.tenths(row.amount, total) if row.currency == home else None
        return [text(_category(row.category)), count(words, row.number),
                _money(words, row.amount, row.currency), _money(words, row.approved, row.currency),
                text(row.currency), share(words, part)]  # fmt: skip

    return Sheet(
        name="expenses",
        title=tr("Expenses by category"),
        columns=(
            Column(label=tr("Category")),
            Column(label=tr("Claims"), numeric=True, priority=2),
            Column(label=tr("Amount"), numeric=True),
            Column(label=tr("Approved"), numeric=True),
            Column(label=tr("Currency"), priority=3),
            Column(label=tr("Share"), numeric=True, priority=2),
        ),
        rows=[line(row) for row in rows],
        total=(text(tr("Together")), count(words, sum(row.number for row in ours)),
               _money(words, total, home), _money(words, approved, home), text(home),
               share(words, q.tenths(total, total))),
        when_empty=h.p("muted")[
            tr("Nothing was spent in this period.") if seen else UNSEEN_CLAIMS
        ],
    )  # fmt: skip


def _money(words: Words, minor: int, currency: str) -> Cell:
    return Cell(amount(words.formats, minor, currency), plain(minor, currency))


def hours_sheet(live: Live, words: Words, span: tuple[int, int]) -> Sheet:
    """Hours of a span by person."""
    seen = _sees_hours()
    found = sq.hours(live.book, *span) if seen else {}
    total = sum(found.values())
    named = sorted(
        ((name_of(live.hotel.view, STAFF, staff), minutes) for staff, minutes in found.items()),
        key=lambda row: (fold(row[0]), row[1]),
    )

    def hours(minutes: int) -> Cell:
        return Cell(_hours(words, minutes), plain(quotient(100 * minutes, 60)))

    return Sheet(
        name="hours",
        title=tr("Hours worked by person"),
        columns=(
            Column(label=tr("Person")),
            Column(label=tr("Hours"), numeric=True),
            Column(label=tr("Share"), numeric=True),
        ),
        rows=[
            (
                text(name or tr("Somebody who is gone")),
                hours(minutes),
                share(words, q.tenths(minutes, total)),
            )
            for name, minutes in named
        ],
        total=(text(tr("Together")), hours(total), share(words, q.tenths(total, total))),
        when_empty=h.p("muted")[
            tr("Nobody has clocked out in this period.") if seen else UNSEEN_HOURS
        ],
    )
