"""What expenses come to, by category, as a table. Stands on `expenses.queries`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pysync.model.guard import Record
from pysync_pms.expenses.queries import Total, totals
from pysync_pms.ui import html as h
from pysync_pms.ui.components.surfaces import card
from pysync_pms.ui.components.tables import Column, Row, table
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.words import amount, label

__all__ = ["totals_card"]

_TOTALS: Final = (
    Column(label=tr("Category")),
    Column(label=tr("Expenses"), numeric=True, priority=2),
    Column(label=tr("Amount"), numeric=True),
    Column(label=tr("Of it tax"), numeric=True, priority=2),
    Column(label=tr("Approved"), numeric=True),
)


def totals_card(hotel: Hotel, found: Sequence[Record]) -> Html:
    """Sums by category, and under them the sum of each currency."""
    rows = totals(found, hotel.currency)
    lines = [_line(hotel, each, str(at)) for at, each in enumerate(rows)]
    for currency in sorted({each.currency for each in rows}):
        of_it = [each for each in rows if each.currency == currency]
        whole = Total(
            category="",
            currency=currency,
            count=sum(each.count for each in of_it),
            amount=sum(each.amount for each in of_it),
            tax=sum(each.tax for each in of_it),
            approved=sum(each.approved for each in of_it),
        )
        lines.append(_line(hotel, whole, f"sum-{currency}"))
    shown = table(tr("Totals by category"), _TOTALS, lines, table_id="expense-totals")
    return card(tr("By category"), shown, flush=True)


def _line(hotel: Hotel, each: Total, key: str) -> Row:
    def money(minor: int) -> Child:
        words = amount(hotel.app.formats, minor, each.currency)
        return words if each.category else h.strong[words]

    return Row(
        row_id=f"expense-total-{key}",
        cells=[
            label(each.category) if each.category else h.strong[tr("Total")],
            f"{each.count:,}",
            money(each.amount),
            money(each.tax),
            money(each.approved),
        ],
    )
