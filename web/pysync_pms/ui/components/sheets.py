"""A sheet: figures in rows, drawn as a table and handed out as CSV, from the same cells.

A cell has what is shown and, where that is written for people, what a program reads: amounts and
shares as plain decimals, days as `YYYY-MM-DD`. Stands on `tables`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pysync_pms.csv_text import csv_text as rows_as_csv
from pysync_pms.ui import html as h
from pysync_pms.ui.components.tables import Column, Row, table
from pysync_pms.ui.html import Child, Html

__all__ = ["Cell", "Sheet", "csv_text", "sheet_table", "text"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What is `shown`, and what is `written` into a file."""

    shown: str
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table with a name (of its element and its file), a title and what stands where it is
    empty. `total` is a last row that sums up."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    when_empty: Child = None


def text(value: str) -> Cell:
    """A cell that is written as it is shown."""
    return Cell(value, value)


def sheet_table(sheet: Sheet) -> Html:
    """The sheet as a table; where it is wider than its place it is scrolled, by keys as well."""
    rows = list(sheet.rows) if sheet.rows else []
    if rows and sheet.total is not None:
        rows.append(sheet.total)
    return h.div("sheet", tabindex="0", role="region", aria_label=sheet.title)[
        table(
            sheet.title,
            sheet.columns,
            [
                Row(row_id=f"{sheet.name}-{at}", cells=[cell.shown for cell in row])
                for at, row in enumerate(rows)
            ],
            table_id=f"{sheet.name}-table",
            when_empty=sheet.when_empty,
        )
    ]


def csv_text(sheet: Sheet) -> str:
    """The sheet as CSV (RFC 4180), without the row that sums up: a program adds for itself.

    >>> csv_text(Sheet(name="s", title="S", columns=[Column(label="Due")],
    ...                rows=[[Cell("EUR 1,000.50", "1000.50")], [text("=1+1")], [text("a,b")]]))
    'Due\\r\\n1000.50\\r\\n\\'=1+1\\r\\n"a,b"\\r\\n'
    """
    lines = [[column.label for column in sheet.columns]]
    lines += [[cell.written for cell in row] for row in sheet.rows]
    return rows_as_csv(lines)
