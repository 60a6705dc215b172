"""Closing the day at the desk: what stands against it, what it posts. Stands on `ask`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pysync.model.guard import Record
from pysync_pms.commands import (
    CloseDay,
    batches,
    figures,
    lines_of_day,
    not_arrived,
    not_left,
)
from pysync_pms.queries import guest_name
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import link
from pysync_pms.ui.components.forms import FormView
from pysync_pms.ui.components.surfaces import facts
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child
from pysync_pms.ui.language import plural, tr
from pysync_pms.ui.parts.ask import Question, Values
from pysync_pms.ui.parts.online import why_offline
from pysync_pms.ui.parts.words import amount

__all__ = ["close_day", "why_not_closed"]

SHOWN = 12


def why_not_closed(hotel: Hotel) -> str | None:
    """Why the day cannot be closed on this device now; None if it can."""
    if reason := why_offline(hotel, tr("when a day is closed")):
        return reason
    if hotel.today > hotel.calendar_day:
        return tr("The hotel's day has not begun yet")
    return None


def close_day(hotel: Hotel) -> Question:
    """What closing the business day does, and who has to be seen to first."""
    day = hotel.today

    def fields(_: FormView, __: Values) -> Child:
        late, staying = not_arrived(hotel.view, day), not_left(hotel.view, day)
        if late or staying:
            return [
                _people(hotel, tr("Not arrived"), late),
                _people(hotel, tr("Should have left"), staying),
            ]
        found = figures(hotel.view, day, list(lines_of_day(hotel.view, day)))
        formats, currency = hotel.app.formats, hotel.currency
        room = amount(formats, found["room"], currency)
        rows: list[tuple[str, Child]] = [
            (tr("In the house"), plural(found["stays"], "stay")),
            (tr("Room charges"), f"{plural(found['nights'], 'night')}, {room}"),
        ]
        if found["city_tax"]:
            rows.append((tr("City tax"), amount(formats, found["city_tax"], currency)))
        return [
            h.p[
                tr("These are posted to the folios, and the hotel's date moves on to the next day.")
            ],
            facts(rows),
        ]

    return Question(
        title=tr("Close {day}", day=hotel.app.formats.day(date.fromisoformat(day), "long")),
        about=f"close {day}",
        submit=tr("Close the day"),
        fields=fields,
        first=lambda: list(batches(hotel.view, day)),
        commands=lambda _: [CloseDay(day=day)] if why_not_closed(hotel) is None else [],
    )


def _people(hotel: Hotel, title: str, stays: Sequence[Record]) -> Child:
    if not stays:
        return None
    route = hotel.app.route.to("reservations")
    return h.section("stack")[
        h.h3[f"{title} ({len(stays)})"],
        h.ul("list")[
            [
                h.li[link(guest_name(hotel.view, each), route.with_record(each["id"]).href)]
                for each in stays[:SHOWN]
            ],
            len(stays) > SHOWN and h.li("muted")[tr("and {count} more", count=len(stays) - SHOWN)],
        ],
    ]
