"""The tape chart: rooms by day, a bar for every stay.

Owns the geometry. A day has two half columns; a stay runs from the afternoon half of its arrival to
the morning half of its departure, so that one guest's departure and the next one's arrival share a
day without touching. Day use takes the half of its arrival. Bars that would cover each other (day
use in a room where somebody arrives, a double claim that is not decided yet) stand one below the
other. Positions are class names of `places.css` (`at-N`, `wide-N`), because inline styles are
refused by the content security policy; hence at most `MAX_DAYS` days at once.

Dragging a bar (move) or its right edge (extend, shorten) asks for `tape.drag` with the target;
each bar also opens with Enter, and its menu has "Move…", so nothing needs a pointer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeAlias

from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tone, clipped
from pysync_pms.ui.html import Attr, Child, Html
from pysync_pms.ui.icons import icon
from pysync_pms.ui.language import drawn_in, tr
from pysync_pms.ui.needs import why_not

__all__ = ["MAX_DAYS", "Bar", "Lane", "Tape", "gap", "lane", "span_of", "tape_chart"]

MAX_DAYS = 60
"""Days a chart can show; `places.css` has a class for each half of them."""
MAX_LINES = 3
"""Lines a lane can be drawn in; what would need more shares the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stay on the chart. `tone` is what needs doing about it; `phase` how solid it is drawn:
    booked (outlined), inside (filled), gone (faded), block (a room out of order)."""

    stay_id: str
    label: str
    arrive: date
    depart: date
    phase: str = "booked"
    tone: Tone = "idle"
    hint: str = ""
    marks: tuple[str, ...] = ()
    movable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A room's line, or one line of the stays without a room."""

    room_id: str
    label: str
    note: str = ""
    bars: tuple[Bar, ...] = ()
    tone: Tone = "idle"
    at: int | None = None
    """Its number where not all lanes are drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """The chart: `days` from `start`, the business day, and labels for the days' heads."""

    tape_id: str
    start: date
    days: int
    today: date
    heads: Sequence[tuple[str, str, str]]
    """(weekday, day of the month, month where one begins) for every day, from the locale."""


Span: TypeAlias = tuple[int, int, bool, bool]
"""First half column from 1, width in halves, cut at the left, cut at the right."""


def span_of(start: date, days: int, arrive: date, depart: date) -> Span | None:
    """Where a stay is drawn; `None` when nothing of it is in view.

    >>> span_of(date(2026, 11, 20), 14, date(2026, 11, 21), date(2026, 11, 23))
    (4, 4, False, False)
    """
    begin = (arrive - start).days * 2 + 2
    end = max((depart - start).days * 2 + 2, begin + 1)
    left, right = max(begin, 1), min(end, days * 2 + 1)
    if left >= right:
        return None
    return left, right - left, begin < 1, end > days * 2 + 1


def gap(at: int, lanes: int) -> Html:
    """Stands for lanes that are not drawn because they are not in view."""
    return h.li(
        "tape-gap", id=f"lane-gap-{at}", aria_hidden="true", data_at=at, data_rows=lanes,
        data_no_cache=True,
    )[()]  # fmt: skip


def tape_chart(tape: Tape, lanes: Iterable[Html | Lane], **attrs: Attr) -> Html:
    """The whole chart. Pass lanes already drawn by `lane` to reuse what did not change; `attrs` are
    those of a `Window`."""
    if not 1 <= tape.days <= MAX_DAYS:
        raise ValueError(f"a chart shows 1 to {MAX_DAYS} days, not {tape.days}")
    rows: Child = [item if isinstance(item, Html) else lane(tape, item) for item in lanes]
    return h.div(
        "tape-wrap",
        id=f"{tape.tape_id}-wrap",
        tabindex="0",
        role="region",
        aria_label=tr("Tape chart"),
        data_scroller=True,
    )[
        h.div(f"tape days-{tape.days}", id=tape.tape_id, data_drag_area=tape.days)[
            h.div("tape-head")[
                h.span("tape-corner")[tr("Room")],
                h.div("tape-days")[
                    (_day_head(tape, offset, head) for offset, head in enumerate(tape.heads))
                ],
            ],
            h.ul(
                "tape-lanes",
                id=f"{tape.tape_id}-lanes",
                data_roving="tape",
                data_hold_order=True,
                **attrs,
            )[rows],
        ]
    ]


def _day_head(tape: Tape, offset: int, head: tuple[str, str, str]) -> Html:
    day = tape.start + timedelta(days=offset)
    classes = "tape-day" + _day_class(tape, day)
    weekday, number, month = head
    return h.div(classes, aria_current="date" if day == tape.today else None)[
        h.span("tape-weekday")[weekday],
        h.span("tape-number tnum")[number],
        month and h.span("tape-month")[month],
    ]


def _day_class(tape: Tape, day: date) -> str:
    return (" is-today" if day == tape.today else "") + (
        " is-weekend" if day.weekday() >= 5 else ""
    )


def lane(tape: Tape, item: Lane) -> Html:
    """One room's line, keyed `lane-<room id>`. An equal one is remembered, so that drawing a chart
    of 200 rooms again costs what changed."""
    return _lane(tape.start, tape.days, tape.today, item)


@lru_cache(maxsize=1_024)
def _lane(start: date, days: int, business_day: date, item: Lane) -> Html:
    offset = (business_day - start).days
    today = f" today-{offset}" if 0 <= offset < days else ""
    spans = [span_of(start, days, bar.arrive, bar.depart) for bar in item.bars]
    lines = _lines(spans)
    stacked = max(lines, default=1)
    return h.li(
        "tape-lane" + (f" stacked-{stacked}" if stacked > 1 else ""),
        id=f"lane-{item.room_id}",
        data_at=item.at,
    )[
        h.span(f"tape-room tone-{item.tone}")[
            h.strong("tnum clip")[item.label], h.span("faint clip")[item.note]
        ],
        h.div(
            f"tape-track weekday-{start.weekday()}{today}",
            data_drop=item.room_id,
            data_action="tape.pick",
            data_room=item.room_id,
        )[
            (
                _bar(bar, span, line)
                for bar, span, line in zip(item.bars, spans, lines, strict=True)
                if span is not None
            )
        ],
    ]


drawn_in(_lane.cache_clear)


def _lines(spans: Sequence[Span | None]) -> list[int]:
    """The line of each bar, from 1, so that no two of a line share a half day; of two that begin
    together the longer one keeps the upper line.

    >>> _lines([(1, 4, False, False), (5, 1, False, False), (5, 6, False, False)])
    [1, 2, 1]
    """
    ends = [0] * MAX_LINES
    lines = [1] * len(spans)
    order = sorted((s[0], -s[1], at) for at, s in enumerate(spans) if s is not None)
    for begin, wide, at in order:
        free = next((n for n, end in enumerate(ends) if end <= begin), MAX_LINES - 1)
        lines[at] = free + 1
        ends[free] = begin - wide
    return lines


def _bar(bar: Bar, span: Span, line: int) -> Html:
    at, wide, cut_left, cut_right = span
    classes = f"bar bar-{bar.phase} tone-{bar.tone} at-{at} wide-{wide}"
    classes += (" cut-left" if cut_left else "") + (" cut-right" if cut_right else "")
    classes += f" line-{line}" if line > 1 else ""
    movable = bar.movable and why_not("tape.drag") is None
    return h.button(
        classes,
        type="button",
        id=f"bar-{bar.stay_id}",
        tabindex="-1",
        title=f"{bar.label}, {bar.hint}" if bar.hint else bar.label,
        data_action="stay.open",
        data_id=bar.stay_id,
        data_ref=f"reservations/{bar.stay_id}",
        data_drag="tape.drag" if movable else None,
    )[
        (icon(name) for name in bar.marks),
        clipped(bar.label, "bar-label", hover=False),
        bar.hint and h.span("sr-only")[f", {bar.hint}"],
        movable and not cut_right and h.span("bar-edge", data_drag_edge=True),
    ]
