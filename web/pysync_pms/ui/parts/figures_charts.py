"""The dashboard's charts, each with the sheet of the same figures: occupancy, booking pace, revenue
by source, rooms by floor, expenses. Stands on `figures.queries`, `charts`, `sheets`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pysync_pms.calendar import from_day, to_day
from pysync_pms.figures import queries as q
from pysync_pms.ui import html as h
from pysync_pms.ui.components.charts import Bar, Columns, Stack, bars, columns_chart
from pysync_pms.ui.components.controls import button
from pysync_pms.ui.components.sheets import Cell, Sheet, sheet_table, text
from pysync_pms.ui.components.surfaces import card
from pysync_pms.ui.components.tables import Column
from pysync_pms.ui.html import Html
from pysync_pms.ui.language import tr
from pysync_pms.ui.needs import sees
from pysync_pms.ui.parts.figures_cells import share, split_sheet
from pysync_pms.ui.parts.figures_live import Live
from pysync_pms.ui.parts.figures_pace import AROUND, pace_picture, ticks
from pysync_pms.ui.parts.figures_picture import Picture
from pysync_pms.ui.parts.figures_staff import expenses_picture
from pysync_pms.ui.parts.figures_tiles import NONE, UNSEEN, Words, freshness
from pysync_pms.ui.parts.words import label
from pysync_pms.words import RESERVATIONS, ROOMS

__all__ = ["CHARTS", "chart_card", "picture"]

_COUNTED: Final = tr(
    "Rooms sold by rooms available; rooms that are out of order count as available. Nights ahead "
    "as they are booked now."
)
_LEFT_OUT: Final = tr(
    "Rooms sold by rooms available; rooms that are out of order are left out. Nights ahead as they "
    "are booked now."
)


def picture(live: Live, name: str) -> Picture:
    """One of CHARTS."""
    words = Words(live.hotel.app.formats, live.hotel.currency)
    return CHARTS[name](live, to_day(live.hotel.today), words)


def chart_card(live: Live, name: str, *, as_table: bool) -> Html:
    """A chart in its card: drawn, or as a table, and to be had as a file."""
    shown = picture(live, name)
    return card(
        shown.title,
        sheet_table(shown.sheet) if as_table else shown.drawing,
        h.div("chart-foot")[
            h.p("tile-basis")[shown.basis],
            freshness(live.fresh(*shown.of), live.wall(), live.hotel.app.formats),
        ],
        card_id=f"chart-{name}",
        actions=[
            button(
                tr("Diagram") if as_table else tr("Table"),
                action="chart.table",
                small=True,
                kind="quiet",
                data_chart=name,
                id=f"chart-{name}-table-toggle",
                aria_label=tr("{title} as a diagram", title=shown.title)
                if as_table
                else tr("{title} as a table", title=shown.title),
            ),
            button(
                "CSV",
                action="chart.csv",
                small=True,
                kind="quiet",
                icon_name="download",
                data_chart=name,
                aria_label=tr("{title} as a CSV file", title=shown.title),
            ),
        ],
    )


def _occupancy(live: Live, today: int, words: Words) -> Picture:
    first, until = today - AROUND, today + AROUND + 1
    basis = live.basis()
    found = [
        (q.rooms_sold(live.book, day), q.available(live.book, day, basis))
        for day in range(first, until)
    ]
    values = [q.tenths(sold, free) for sold, free in found]
    known = [(value, at) for at, value in enumerate(values) if value is not None]
    top = max([1000, *(value for value, _ in known)])
    summary = tr("Occupancy by night: no rooms yet")
    if known:
        best, at = max(known, key=lambda pair: (pair[0], -pair[1]))
        least, low = min(known)
        summary = tr(
            "Occupancy by night, 30 nights back and ahead: highest {highest} on {day}, lowest "
            "{lowest} on {other}",
            highest=words.percent(best),
            day=words.day(first + at),
            lowest=words.percent(least),
            other=words.day(first + low),
        )
    days = [words.day(day) for day in range(first, until)]
    drawing = columns_chart(
        Columns(
            chart_id="occupancy",
            summary=summary,
            hovers=[
                tr(
                    "{day}: {share}, {sold} of {free} rooms",
                    day=day,
                    share=words.percent(value),
                    sold=sold,
                    free=free,
                )
                for day, value, (sold, free) in zip(days, values, found, strict=True)
            ],
            stacks=[
                Stack(
                    tr("Nights past"),
                    "solid",
                    [v if at < AROUND else None for at, v in enumerate(values)],
                ),
                Stack(
                    tr("Tonight and ahead"),
                    "hatched",
                    [v if at >= AROUND else None for at, v in enumerate(values)],
                ),
            ],
            ticks=ticks(words, first, until - first),
            scale=[(0, "0 %"), (500, "50 %"), (1000, "100 %"), *_above(top, words)],
            mark=(AROUND, tr("Today")),
        )
    )
    return Picture(
        title=tr("Occupancy"),
        basis=_COUNTED if basis.out_of_order_counts else _LEFT_OUT,
        drawing=drawing,
        sheet=Sheet(
            name="occupancy",
            title=tr("Occupancy by night"),
            columns=(Column(label=tr("Night")), Column(label=tr("Sold"), numeric=True),
                     Column(label=tr("Available"), numeric=True),
                     Column(label=tr("Occupancy"), numeric=True)),
            rows=[
                (Cell(day, from_day(first + at)), text(str(sold)), text(str(free)),
                 share(words, values[at]))
                for at, (day, (sold, free)) in enumerate(zip(days, found, strict=True))
            ],
        ),
    )  # fmt: skip


def _above(top: int, words: Words) -> list[tuple[int, str]]:
    """An overbooked house goes beyond all of its rooms."""
    if top <= 1000:
        return []
    high = -(-top // 250) * 250
    return [(high, words.percent(high))]


def _sources(live: Live, today: int, words: Words) -> Picture:
    month = from_day(today)[:7]
    first, until = q.month_span(month)
    shown = split_sheet(live, words, (first, until), 1, name="sources", what=tr("Source"),
                        title=tr("Revenue by source"))  # fmt: skip
    rows = q.split(live.book, first, until, live.basis(), 1)
    whole = max((revenue for _, revenue in rows.values()), default=0)
    drawing: Html
    if not sees(RESERVATIONS, "rate"):
        drawing = h.p("muted")[UNSEEN]
    elif not rows:
        drawing = h.p("muted")[tr("Nobody has booked a night of this month yet.")]
    else:
        drawing = bars(
            tr("Revenue by source"),
            [
                Bar(label(code) or tr("Not said"), revenue, whole, words.money(revenue))
                for code, (_, revenue) in rows.items()
            ],
        )
    return Picture(
        title=tr("Revenue by source, this month"),
        basis=tr(
            "Booked rates of all nights of this month, without cancelled and no-show bookings."
        ),
        drawing=drawing,
        sheet=shown,
        of=(RESERVATIONS,),
    )


def _floors(live: Live, today: int, words: Words) -> Picture:
    floors = q.floors(live.book, today)
    return Picture(
        title=tr("Housekeeping by floor"),
        basis=tr("Rooms that are clean or inspected, without those that are out of order."),
        drawing=bars(
            tr("Rooms ready by floor"),
            [
                Bar(
                    _floor(floor.name),
                    floor.ready,
                    floor.rooms,
                    tr("{ready} of {rooms}", ready=floor.ready, rooms=floor.rooms),
                )
                for floor in floors
            ],
        ),
        sheet=Sheet(
            name="floors",
            title=tr("Housekeeping by floor"),
            columns=(
                Column(label=tr("Floor")),
                Column(label=tr("Ready"), numeric=True),
                Column(label=tr("Rooms"), numeric=True),
                Column(label=tr("Done"), numeric=True),
            ),
            rows=[
                (
                    Cell(_floor(f.name), f.name),
                    text(str(f.ready)),
                    text(str(f.rooms)),
                    share(words, q.tenths(f.ready, f.rooms)),
                )
                for f in floors
            ],
        ),
        of=(ROOMS,),
    )


def _floor(name: str) -> str:
    return tr("Floor {name}", name=name) if name else NONE


CHARTS: Final[Mapping[str, Callable[[Live, int, Words], Picture]]] = {
    "occupancy": _occupancy,
    "pace": pace_picture,
    "sources": _sources,
    "floors": _floors,
    "expenses": expenses_picture,
}
"""In their order."""
