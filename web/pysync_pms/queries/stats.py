"""Figures over the whole of a hotel's data, as an import is checked by. Reads every reservation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pysync.model.guard import Record, View
from pysync_pms.calendar import nights, peak
from pysync_pms.money import stay_total
from pysync_pms.words import CANCELLED, HOLDING, NO_SHOW, RESERVATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Totals. Stays, nights and revenue leave out cancelled and no-show bookings."""

    bookings: int
    stays: int
    nights: int
    revenue: int
    """Minor units: rate a night times nights."""
    cancellations: int
    no_shows: int
    unassigned: int
    """Stays without a room."""
    peak_rooms: int
    """Most rooms sold in one night."""
    peak_date: str
    """The first night in which they were; "" if there is none."""


def stats(view: View) -> Stats:
    """The figures of a view."""
    return stats_of(view.all(RESERVATIONS))


def stats_of(reservations: Iterable[Record]) -> Stats:
    """The figures of these reservations."""
    bookings = slept = revenue = cancelled = absent = unassigned = 0
    held: list[tuple[str, str]] = []
    for stay in reservations:
        bookings += 1
        status = stay.get("status")
        cancelled += status == CANCELLED
        absent += status == NO_SHOW
        if status in HOLDING:
            held.append((stay["from"], stay["to"]))
            length = nights(stay["from"], stay["to"])
            slept += length
            revenue += stay_total(stay.get("rate") or 0, length)
            unassigned += not stay.get("room")
    height, when = peak(held)
    return Stats(
        bookings=bookings,
        stays=len(held),
        nights=slept,
        revenue=revenue,
        cancellations=cancelled,
        no_shows=absent,
        unassigned=unassigned,
        peak_rooms=height,
        peak_date=when,
    )
