"""The dashboard's charts, each with the sheet of the same figures: occupancy, booking pace, revenue
by source, rooms by floor, expenses. Stands on `figures.queries`, `charts`, `sheets`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pysync_pms.calendar import from_day, to_day
from pysync_pms.figures import queries as q
from pysync_pms.ui import html as h
from pysync_pms.ui.components.charts import Bar, Columns, Line, Stack, bars, columns_chart
from pysync_pms.ui.components.controls import button
from pysync_pms.ui.components.sheets import Cell, Sheet, sheet_table, text
from pysync_pms.ui.components.surfaces import card
from pysync_pms.ui.components.tables import Column
from pysync_pms.ui.html import Html
from pysync_pms.ui.needs import sees
from pysync_pms.ui.parts.figures_cells import share, split_sheet
from pysync_pms.ui.parts.figures_live import Live
from pysync_pms.ui.parts.figures_picture import Picture
from pysync_pms.ui.parts.figures_staff import expenses_picture
from pysync_pms.ui.parts.figures_tiles import NONE, UNSEEN, Words, freshness
from pysync_pms.ui.parts.words import label
from pysync_pms.words import RESERVATIONS, ROOMS

__all__ = ["CHARTS", "chart_card", "picture"]

AROUND: Final = 30
"""Nights before and after today."""
_TICK_EVERY: Final = 10
_ROUND: Final = (4, 10, 20, 40, 60, 80, 100, 150, 200, 300, 400, 600, 800, 1_000)


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
                "Chart" if as_table else "Table",
                action="chart.table",
                small=True,
                kind="quiet",
                data_chart=name,
                id=f"chart-{name}-table-toggle",
                aria_label=f"{shown.title} as a {'chart' if as_table else 'table'}",
            ),
            button(
                "CSV",
                action="chart.csv",
                small=True,
                kind="quiet",
                icon_name="download",
                data_chart=name,
                aria_label=f"{shown.title} as a CSV file",
            ),
        ],
    )


def _ticks(words: Words, first: int, count: int) -> list[tuple[int, str]]:
    return [(at, words.day(first + at)) for at in range(0, count, _TICK_EVERY)]


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
    summary = "Occupancy by night: no rooms yet"
    if known:
        best, at = max(known, key=lambda pair: (pair[0], -pair[1]))
        least, low = min(known)
        summary = (
            f"Occupancy by night, 30 nights back and ahead: highest {words.percent(best)} on "
            f"{words.day(first + at)}, lowest {words.percent(least)} on {words.day(first + low)}"
        )
    days = [words.day(day) for day in range(first, until)]
    drawing = columns_chart(
        Columns(
            chart_id="occupancy",
            summary=summary,
            hovers=[
                f"{day}: {words.percent(value)}, {sold} of {free} rooms"
                for day, value, (sold, free) in zip(days, values, found, strict=True)
            ],
            stacks=[
                Stack("Nights past", "solid", [v if at < AROUND else None
                                               for at, v in enumerate(values)]),
                Stack("Tonight and ahead", "hatched", [v if at >= AROUND else None
                                                       for at, v in enumerate(values)]),
            ],
            ticks=_ticks(words, first, until - first),
            scale=[(0, "0 %"), (500, "50 %"), (1000, "100 %"), *_above(top, words)],
            mark=(AROUND, "Today"),
        )
    )  # fmt: skip
    counts = "count as available" if basis.out_of_order_counts else "are left out"
    return Picture(
        title="Occupancy",
        basis=f"Rooms sold by rooms available; rooms that are out of order {counts}. Nights ahead "
        "as they are booked now.",
        drawing=drawing,
        sheet=Sheet(
            name="occupancy",
            title="Occupancy by night",
            columns=(Column(label="Night"), Column(label="Sold", numeric=True),
                     Column(label="Available", numeric=True),
                     Column(label="Occupancy", numeric=True)),
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


def _pace(live: Live, today: int, words: Words) -> Picture:
    nights = q.pace(live.book, today, AROUND)
    had_year = any(night.year_ago is not None for night in nights)
    top = next((n for n in _ROUND if n >= max(_high(night) for night in nights)), 1_000)
    gained = sum(max(0, night.now - night.week_ago) for night in nights)
    lost = sum(max(0, night.week_ago - night.now) for night in nights)
    days = [words.day(night.day) for night in nights]
    drawing = columns_chart(
        Columns(
            chart_id="pace",
            summary=f"Booking pace of the next {AROUND} nights: since a week ago {gained} room "
            f"nights were gained and {lost} lost",
            hovers=[
                f"{day}: {night.now} now, {night.week_ago} a week ago"
                + ("" if night.year_ago is None else f", {night.year_ago} last year at this time")
                for day, night in zip(days, nights, strict=True)
            ],
            stacks=[
                Stack("On the books since before", "solid",
                      [min(night.now, night.week_ago) for night in nights]),
                Stack("Gained in 7 days", "hatched",
                      [max(0, night.now - night.week_ago) for night in nights]),
                Stack("Lost in 7 days", "dotted",
                      [max(0, night.week_ago - night.now) for night in nights]),
            ],
            lines=[Line("Last year at this time", [night.year_ago for night in nights])]
            if had_year
            else (),
            ticks=_ticks(words, today, AROUND),
            scale=[(0, "0"), (top // 2, str(top // 2)), (top, str(top))],
        )
    )  # fmt: skip
    columns = [Column(label="Night"), Column(label="Now", numeric=True),
               Column(label="A week ago", numeric=True), Column(label="Change", numeric=True),
               Column(label="Last year", numeric=True)]  # fmt: skip
    return Picture(
        title="Booking pace",
        basis="Rooms on the books of each night, by when they were booked and cancelled, with "
        "their dates as they are now. Last year: the same weekday, as far ahead.",
        drawing=drawing,
        sheet=Sheet(
            name="pace",
            title="Booking pace by night",
            columns=columns if had_year else columns[:-1],
            rows=[
                (
                    Cell(day, from_day(night.day)),
                    text(str(night.now)),
                    text(str(night.week_ago)),
                    _change(night.now - night.week_ago),
                    *([text(str(night.year_ago))] if had_year else ()),
                )
                for day, night in zip(days, nights, strict=True)
            ],
        ),
    )


def _change(rooms: int) -> Cell:
    return Cell(f"{rooms:+}" if rooms else "0", str(rooms))


def _high(night: q.Pace) -> int:
    return max(night.now, night.week_ago, night.year_ago or 0)


def _sources(live: Live, today: int, words: Words) -> Picture:
    month = from_day(today)[:7]
    first, until = q.month_span(month)
    shown = split_sheet(live, words, (first, until), 1, name="sources", what="Source")
    rows = q.split(live.book, first, until, live.basis(), 1)
    whole = max((revenue for _, revenue in rows.values()), default=0)
    drawing: Html
    if not sees(RESERVATIONS, "rate"):
        drawing = h.p("muted")[UNSEEN]
    elif not rows:
        drawing = h.p("muted")["Nobody has booked a night of this month yet."]
    else:
        drawing = bars(
            "Revenue by source",
            [
                Bar(label(code) or "Not said", revenue, whole, words.money(revenue))
                for code, (_, revenue) in rows.items()
            ],
        )
    return Picture(
        title="Revenue by source, this month",
        basis="Booked rates of all nights of this month, without cancelled and no-show bookings.",
        drawing=drawing,
        sheet=shown,
        of=(RESERVATIONS,),
    )


def _floors(live: Live, today: int, words: Words) -> Picture:
    floors = q.floors(live.book, today)
    return Picture(
        title="Housekeeping by floor",
        basis="Rooms that are clean or inspected, without those that are out of order.",
        drawing=bars(
            "Rooms ready by floor",
            [
                Bar(_floor(floor.name), floor.ready, floor.rooms, f"{floor.ready} of {floor.rooms}")
                for floor in floors
            ],
        ),
        sheet=Sheet(
            name="floors",
            title="Housekeeping by floor",
            columns=(Column(label="Floor"), Column(label="Ready", numeric=True),
                     Column(label="Rooms", numeric=True), Column(label="Done", numeric=True)),
            rows=[
                (Cell(_floor(f.name), f.name), text(str(f.ready)), text(str(f.rooms)),
                 share(words, q.tenths(f.ready, f.rooms)))
                for f in floors
            ],
        ),
        of=(ROOMS,),
    )  # fmt: skip


def _floor(name: str) -> str:
    return f"Floor {name}" if name else NONE


CHARTS: Final[Mapping[str, Callable[[Live, int, Words], Picture]]] = {
    "occupancy": _occupancy,
    "pace": _pace,
    "sources": _sources,
    "floors": _floors,
    "expenses": expenses_picture,
}
"""In their order."""
