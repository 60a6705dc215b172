"""The chart of the booking pace: what is booked of the nights ahead, now, a week and a year ago.

Stands on `figures.queries`, `figures_picture`, `charts`, `sheets`.
"""

from __future__ import annotations

from typing import Final

from pysync_pms.calendar import from_day
from pysync_pms.figures import queries as q
from pysync_pms.ui.components.charts import Columns, Line, Stack, columns_chart
from pysync_pms.ui.components.sheets import Cell, Sheet, text
from pysync_pms.ui.components.tables import Column
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.figures_live import Live
from pysync_pms.ui.parts.figures_picture import Picture
from pysync_pms.ui.parts.figures_tiles import Words

__all__ = ["AROUND", "pace_picture", "ticks"]

AROUND: Final = 30
"""Nights before and after today."""
_TICK_EVERY: Final = 10
_ROUND: Final = (4, 10, 20, 40, 60, 80, 100, 150, 200, 300, 400, 600, 800, 1_000)


def ticks(words: Words, first: int, count: int) -> list[tuple[int, str]]:
    """The days that are named under a chart of nights."""
    return [(at, words.day(first + at)) for at in range(0, count, _TICK_EVERY)]


def pace_picture(live: Live, today: int, words: Words) -> Picture:
    """The nights ahead, as they are booked now and were before."""
    nights = q.pace(live.book, today, AROUND)
    had_year = any(night.year_ago is not None for night in nights)
    top = next((n for n in _ROUND if n >= max(_high(night) for night in nights)), 1_000)
    gained = sum(max(0, night.now - night.week_ago) for night in nights)
    lost = sum(max(0, night.week_ago - night.now) for night in nights)
    days = [words.day(night.day) for night in nights]
    drawing = columns_chart(
        Columns(
            chart_id="pace",
            summary=tr(
                "Booking pace of the next {nights} nights: since a week ago {gained} room nights "
                "were gained and {lost} lost",
                nights=AROUND,
                gained=gained,
                lost=lost,
            ),
            hovers=[
                _hover(day, night)
                for day, night in zip(days, nights, strict=True)
            ],
            stacks=[
                Stack(tr("On the books since before"), "solid",
                      [min(night.now, night.week_ago) for night in nights]),
                Stack(tr("Gained in 7 days"), "hatched",
                      [max(0, night.now - night.week_ago) for night in nights]),
                Stack(tr("Lost in 7 days"), "dotted",
                      [max(0, night.week_ago - night.now) for night in nights]),
            ],
            lines=[Line(tr("Last year at this time"), [night.year_ago for night in nights])]
            if had_year
            else (),
            ticks=ticks(words, today, AROUND),
            scale=[(0, "0"), (top // 2, str(top // 2)), (top, str(top))],
        )
    )  # fmt: skip
    columns = [
        Column(label=tr("Night")),
        Column(label=tr("Now"), numeric=True),
        Column(label=tr("A week ago"), numeric=True),
        Column(label=tr("Change"), numeric=True),
        Column(label=tr("Last year"), numeric=True),
    ]
    return Picture(
        title=tr("Booking pace"),
        basis=tr(
            "Rooms on the books of each night, by when they were booked and cancelled, with their "
            "dates as they are now. Last year: the same weekday, as far ahead."
        ),
        drawing=drawing,
        sheet=Sheet(
            name="pace",
            title=tr("Booking pace by night"),
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


def _hover(day: str, night: q.Pace) -> str:
    told = tr("{day}: {now} now, {before} a week ago", day=day, now=night.now,
              before=night.week_ago)  # fmt: skip
    if night.year_ago is None:
        return told
    return tr("{told}, {rooms} last year at this time", told=told, rooms=night.year_ago)


def _change(rooms: int) -> Cell:
    return Cell(f"{rooms:+}" if rooms else "0", str(rooms))


def _high(night: q.Pace) -> int:
    return max(night.now, night.week_ago, night.year_ago or 0)
