"""Figures as cells of a sheet, for people and for files. Stands on `figures_tiles`, `sheets`."""

from __future__ import annotations

from collections.abc import Callable

from pysync_pms.figures import queries as q
from pysync_pms.money import plain
from pysync_pms.ui import html as h
from pysync_pms.ui.components.sheets import Cell, Sheet, text
from pysync_pms.ui.components.tables import Column
from pysync_pms.ui.language import tr
from pysync_pms.ui.needs import sees
from pysync_pms.ui.parts.figures_live import Live
from pysync_pms.ui.parts.figures_tiles import UNSEEN, Words
from pysync_pms.ui.parts.words import label
from pysync_pms.words import RESERVATIONS

__all__ = ["count", "money", "share", "split_sheet", "written_share"]


def share(words: Words, tenths: int | None) -> Cell:
    """A share as a cell."""
    return Cell(words.percent(tenths), written_share(tenths))


def written_share(tenths: int | None) -> str:
    """Tenths as a plain decimal, for files.

    >>> written_share(633), written_share(-5), written_share(None)
    ('63.3', '-0.5', '')
    """
    if tenths is None:
        return ""
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole}.{rest}"


def count(words: Words, number: int) -> Cell:
    """A count as a cell."""
    return Cell(words.number(number), str(number))


def money(words: Words, minor: int | None) -> Cell:
    """An amount as a cell."""
    return Cell(words.money(minor), "" if minor is None else plain(minor, words.currency))


def split_sheet(
    live: Live,
    words: Words,
    span: tuple[int, int],
    by: int,
    *,
    name: str,
    what: str,
    title: str,
    named: Callable[[str], str] = label,
) -> Sheet:
    """Room nights and revenue of a span by source or type, with the share of each."""
    rows = q.split(live.book, *span, live.basis(), by) if sees(RESERVATIONS, "rate") else {}
    total = sum(revenue for _, revenue in rows.values())
    rooms = sum(sold for sold, _ in rows.values())
    return Sheet(
        name=name,
        title=title,
        columns=(
            Column(label=what),
            Column(label=tr("Room nights"), numeric=True, priority=2),
            Column(label=tr("Revenue"), numeric=True),
            Column(label=tr("Share"), numeric=True),
        ),
        rows=[
            (
                text(named(code) or tr("Not said")),
                count(words, sold),
                money(words, revenue),
                share(words, q.tenths(revenue, total)),
            )
            for code, (sold, revenue) in rows.items()
        ],
        total=(
            text(tr("Together")),
            count(words, rooms),
            money(words, total),
            share(words, q.tenths(total, total)),
        ),
        when_empty=h.p("muted")[
            tr("No nights are booked in this period.") if sees(RESERVATIONS, "rate") else UNSEEN
        ],
    )
