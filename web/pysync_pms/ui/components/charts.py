"""Charts as SVG, drawn by Python: columns over days, and bars with their values beside them.

Everything inside is in percent of the drawing, so that it fits from a phone to a wall while texts
keep their size. Nothing is told by colour alone: kinds of columns differ in their filling, lines in
their strokes, each is named in the legend, and the same figures stand in a table. Colours come from
the theme, by classes. The drawing is one image to a screen reader, with a sentence that sums it up.
Stands on `html`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pysync_pms.ui import html as h
from pysync_pms.ui.html import Child, Html, Tag, join

__all__ = ["Bar", "Columns", "Line", "Stack", "bars", "columns_chart"]

_g, _rect, _text, _line = Tag("g"), Tag("rect"), Tag("text"), Tag("line")
_title, _defs, _pattern, _circle = Tag("title"), Tag("defs"), Tag("pattern"), Tag("circle")

Look = Literal["solid", "hatched", "dotted"]
_FILLED: Final = 0.76
"""How much of its place a column takes."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Columns that stand on each other: one value for each place, None for no column."""

    name: str
    look: Look
    values: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Line:
    """A dashed line with a dot at each place that has a value."""

    name: str
    values: Sequence[int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A chart of columns. `ticks` are (place, words) below it, `scale` (value, words) beside it,
    lowest first, from 0 to the highest; `hovers` are what each place says; `mark` is (place, word)
    of a line across, such as today."""

    chart_id: str
    summary: str
    hovers: Sequence[str]
    stacks: Sequence[Stack]
    lines: Sequence[Line] = ()
    ticks: Sequence[tuple[int, str]] = ()
    scale: Sequence[tuple[int, str]] = ()
    mark: tuple[int, str] | None = None


def columns_chart(chart: Columns) -> Html:
    """The drawing with its legend."""
    top = max(1, chart.scale[-1][0]) if chart.scale else 1
    width = 100 / max(1, len(chart.hovers))
    return h.div("chart")[
        _legend(chart),
        h.svg("chart-plot", role="img", aria_label=chart.summary, width="100%", height="100%")[
            _patterns(chart.chart_id),
            (_grid(value, words, top) for value, words in chart.scale),
            (
                _g("chart-place")[_title[words], _place(chart, at, width, top)]
                for at, words in enumerate(chart.hovers)
            ),
            (_strokes(line, width, top) for line in chart.lines),
            chart.mark and _mark(chart.mark, width),
            (_tick(at, words, width) for at, words in chart.ticks),
        ],
    ]


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _fill(chart_id: str, look: Look) -> str | None:
    return None if look == "solid" else f"url(#{chart_id}-{look})"


def _patterns(chart_id: str) -> Html:
    """Fillings that differ without colour. HTML spells SVG's names in small letters."""
    size = {"width": "6", "height": "6", "patternunits": "userSpaceOnUse"}
    return _defs[
        _pattern(id=f"{chart_id}-hatched", patterntransform="rotate(45)", **size)[
            _rect("chart-paper", width="6", height="6")[()],
            _rect("chart-ink", width="3", height="6")[()],
        ],
        _pattern(id=f"{chart_id}-dotted", **size)[
            _rect("chart-paper", width="6", height="6")[()],
            _circle("chart-ink", cx="3", cy="3", r="1.6")[()],
        ],
    ]


def _legend(chart: Columns) -> Html:
    keys: list[Html] = [
        h.li[
            h.svg("chart-key", width="14", height="14", aria_hidden="true")[
                _rect(
                    "chart-bar", width="14", height="14", rx="2",
                    fill=_fill(chart.chart_id, stack.look),
                )[()]
            ],
            stack.name,
        ]
        for stack in chart.stacks
    ]  # fmt: skip
    keys += [
        h.li[
            h.svg("chart-key", width="20", height="14", aria_hidden="true")[
                _line("chart-line", x1="0", y1="7", x2="20", y2="7")[()],
                _circle("chart-dot", cx="10", cy="7", r="2.5")[()],
            ],
            line.name,
        ]
        for line in chart.lines
    ]
    return h.ul("chart-legend", aria_hidden="true")[keys]


def _grid(value: int, words: str, top: int) -> Html:
    y = _percent(100 - 100 * value / top)
    return join(
        _line("chart-grid", x1="0", y1=y, x2="100%", y2=y)[()],
        _text("chart-scale", x="-8", y=y, dy="0.32em")[words],
    )


def _place(chart: Columns, at: int, width: float, top: int) -> Iterator[Html]:
    """What stands at one place, and a pane over it that can be hovered wherever one points."""
    base = 0.0
    for stack in chart.stacks:
        value = stack.values[at]
        if not value or value < 0:
            continue
        height = 100 * value / top
        yield _rect(
            "chart-bar",
            x=_percent(width * (at + (1 - _FILLED) / 2)),
            y=_percent(100 - base - height),
            width=_percent(width * _FILLED),
            height=_percent(height),
            fill=_fill(chart.chart_id, stack.look),
        )[()]
        base += height
    yield _rect("chart-pane", x=_percent(width * at), y="0", width=_percent(width), height="100%")[
        ()
    ]


def _strokes(line: Line, width: float, top: int) -> Iterator[Html]:
    before: tuple[str, str] | None = None
    for at, value in enumerate(line.values):
        if value is None:
            before = None
            continue
        x, y = _percent(width * (at + 0.5)), _percent(100 - 100 * value / top)
        if before is not None:
            yield _line("chart-line", x1=before[0], y1=before[1], x2=x, y2=y)[()]
        yield _circle("chart-dot", cx=x, cy=y, r="2.5")[()]
        before = (x, y)


def _mark(mark: tuple[int, str], width: float) -> Html:
    x = _percent(width * mark[0])
    return join(
        _line("chart-mark", x1=x, y1="-4", x2=x, y2="100%")[()],
        _text("chart-word", x=x, y="-8")[mark[1]],
    )


def _tick(at: int, words: str, width: float) -> Html:
    return _text("chart-tick", x=_percent(width * (at + 0.5)), y="100%", dy="1.5em")[words]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a list: its name, `part` of `whole`, and its value in words."""

    name: Child
    part: int
    whole: int
    words: str


def bars(label: str, rows: Sequence[Bar]) -> Html:
    """Names, bars and values, one below the other: read without a scale."""
    return h.ul("chart-bars", aria_label=label)[
        (
            h.li[
                h.span("chart-name")[row.name],
                h.svg("chart-track", width="100%", height="12", aria_hidden="true")[
                    _rect("chart-rail", width="100%", height="100%", rx="3")[()],
                    _rect("chart-bar", width=_share(row), height="100%", rx="3")[()]
                    if row.part > 0
                    else None,
                ],
                h.span("chart-value tnum")[row.words],
            ]
            for row in rows
        )
    ]


def _share(row: Bar) -> str:
    return _percent(min(100.0, 100 * row.part / row.whole) if row.whole > 0 else 0)
