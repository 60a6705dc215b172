"""The sheet of a day's arrivals. Stands on `queries`, `sheets`."""

from __future__ import annotations

from collections.abc import Iterator

from pysync_pms.indexes import name_order
from pysync_pms.queries import StayLine, stay_line
from pysync_pms.ui import html as h
from pysync_pms.ui.components.sheets import Cell, Sheet, text
from pysync_pms.ui.components.tables import Column
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.figures_live import Live
from pysync_pms.ui.parts.figures_tiles import NONE
from pysync_pms.ui.parts.words import STATUS_LABELS, label
from pysync_pms.words import HOLDING, RESERVATIONS

__all__ = ["arrivals_sheet"]


def _coming(live: Live, day: str) -> Iterator[StayLine]:
    view = live.hotel.view
    for stay in view.find(RESERVATIONS, "arrival", day):
        found = stay_line(view, stay["id"]) if stay["status"] in HOLDING else None
        if found is not None:
            yield found


def arrivals_sheet(live: Live, day: str) -> Sheet:
    """Everybody who is expected on that day, or has come, by name."""
    lines = sorted(_coming(live, day), key=lambda line: name_order(line.guest or {}))
    return Sheet(
        name="arrivals",
        title=tr("Arrivals"),
        columns=(
            Column(label=tr("Guest")),
            Column(label=tr("Room")),
            Column(label=tr("Nights"), numeric=True),
            Column(label=tr("Party"), priority=2),
            Column(label=tr("Source"), priority=3),
            Column(label=tr("Status")),
        ),
        rows=[
            (
                text(line.guest_name or tr("A guest")),
                text(line.room_number or NONE),
                text(str(line.nights)),
                Cell(
                    plural(int(line.stay.get("adults") or 1), "adult"),
                    str(line.stay.get("adults") or 1),
                ),
                text(label(line.stay.get("source"))),
                text(STATUS_LABELS.get(line.status, label(line.status))),
            )
            for line in lines
        ],
        when_empty=h.p("muted")[tr("Nobody arrives on that day.")],
    )
