"""Tables: short ones drawn whole, and those of thousands of rows drawn where they are looked at.

Owns the markup of a list that is walked with the arrow keys. Every table is a real one with a
caption. Stands on `window`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pysync_pms.ui import html as h
from pysync_pms.ui.components.window import Window
from pysync_pms.ui.html import Attr, Child, Html

__all__ = ["Column", "Row", "long_table", "table", "table_row"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column. `priority` 1 stays on a phone, 2 needs a tablet, 3 a desk. One with a hidden label
    holds buttons: it is as wide as they are."""

    label: str
    numeric: bool = False
    priority: Literal[1, 2, 3] = 1
    hide_label: bool = False
    wraps: bool = False
    """Its texts take as many lines as they need."""
    sorted: Literal["ascending", "descending"] | None = None
    """Where the rows stand in the order of this column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a table: its element id (for keyed updates), its cells, and what opening it does
    (`action`, with `key` as `data-id`). `ref` names its record, `guests/g7`."""

    row_id: str
    cells: Sequence[Child]
    action: str | None = None
    key: str | None = None
    ref: str | None = None
    selected: bool = False


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    table_id: str,
    when_empty: Child = None,
) -> Html:
    """A table whose rows are walked with the arrow keys and opened with Enter or a click.

    Rows keep their order while one of them has the focus, whatever changes elsewhere.
    """
    body = [table_row(columns, row) for row in rows]
    return _table(caption, columns, body, table_id, when_empty, {})


def long_table(
    caption: str,
    columns: Sequence[Column],
    ids: Sequence[str],
    row_of: Callable[[int], Row],
    *,
    window: Window,
    action: str,
    table_id: str,
    when_empty: Child = None,
) -> Html:
    """A table of thousands of rows: `row_of(index)` is asked only for those near the view.

    Args:
        ids: the `row_id` of every row, in their order.
        action: what the page asks for when other rows come into view; hand it to `window`.
    """

    def draw(index: int) -> Html:
        return table_row(columns, row_of(index), at=index)

    def gap(index: int, rows: int) -> Html:
        return h.tr(
            "gap", id=f"{table_id}-gap-{index}", aria_hidden="true", data_at=index,
            data_rows=rows, data_no_cache=True,
        )[h.td(colspan=len(columns))[()]]  # fmt: skip

    body = list(window.rows(ids, draw, gap))
    attrs = window.attributes(len(ids), action)
    return _table(caption, columns, body, table_id, when_empty, attrs, count=len(ids))


def _table(
    caption: str,
    columns: Sequence[Column],
    body: Sequence[Html],
    table_id: str,
    when_empty: Child,
    attrs: Mapping[str, Attr],
    count: int | None = None,
) -> Html:
    if not body and when_empty is not None:
        return h.div(id=table_id)[when_empty]
    return h.div("table-wrap" + (" is-long" if attrs else ""), id=table_id)[
        h.table("table", aria_rowcount=None if count is None else count + 1)[
            h.caption("sr-only")[caption],
            h.thead[
                h.tr[
                    (
                        h.th(_cell_class(column), scope="col", aria_sort=column.sorted)[
                            h.span("sr-only")[column.label] if column.hide_label else column.label
                        ]
                        for column in columns
                    )
                ]
            ],
            h.tbody(data_roving="y", data_hold_order=True, id=f"{table_id}-rows", **attrs)[body],
        ]
    ]


def table_row(columns: Sequence[Column], row: Row, *, at: int | None = None) -> Html:
    """One line alone, for a keyed update of `row.row_id`; `at` is its number in a long table."""
    return h.tr(
        "table-row" + (" is-open" if row.action else ""),
        id=row.row_id,
        tabindex="-1" if row.action else None,
        data_action=row.action,
        data_id=row.key,
        data_ref=row.ref,
        aria_selected="true" if row.selected else None,
        aria_rowindex=None if at is None else at + 2,
        data_at=at,
    )[(h.td(_cell_class(column))[cell] for column, cell in zip(columns, row.cells, strict=True))]


def _cell_class(column: Column) -> str:
    kind = "num " if column.numeric else "do " if column.hide_label else ""
    kind += "wraps " if column.wraps else ""
    return f"{kind}prio-{column.priority}"
