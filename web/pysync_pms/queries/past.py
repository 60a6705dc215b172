"""A hotel that holds only history, as an imported file gives: which years, and what to look at.

Stands on `availability`, `calendar`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pysync.model.guard import Record, View
from pysync_pms.availability import stays_of_months
from pysync_pms.calendar import add_days, months, peak
from pysync_pms.occupancy import natural
from pysync_pms.queries.front_desk import StayLine, line
from pysync_pms.words import HOLDING, OPEN, RESERVATIONS

NEAR_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The first and the last date that stays touch, and the night in which most rooms were sold."""

    first: str
    last: str
    busiest: str


def past_only(view: View, today: str) -> Past | None:
    """What the hotel holds, if none of it is open or near today; None if the day has its work.

    Reads a few index entries, and every reservation only where the answer is not None.
    """
    if any(view.find(RESERVATIONS, "status", code) for code in OPEN):
        return None
    near = months(add_days(today, -NEAR_DAYS), add_days(today, NEAR_DAYS))
    if any(view.find(RESERVATIONS, "month", month) for month in near):
        return None
    held = [(s["from"], s["to"]) for s in view.all(RESERVATIONS) if s.get("status") in HOLDING]
    _, busiest = peak(held)
    if not busiest:
        return None
    return Past(
        first=min(start for start, _ in held), last=max(end for _, end in held), busiest=busiest
    )


def open_stays(view: View, today: str) -> list[Record]:
    """Everybody who is in the house or expected, in no order. Of a hotel in which nothing is open,
    as an imported file gives: whoever is there on that day or comes after it, whatever became of
    it since (reads every reservation)."""
    found = [stay for code in OPEN for stay in view.find(RESERVATIONS, "status", code)]
    return found or [
        stay
        for stay in view.all(RESERVATIONS)
        if stay.get("status") in HOLDING and stay["to"] > today
    ]


def slept(view: View, day: str) -> list[StayLine]:
    """Everybody whose stay takes the night of that day, whatever became of it, by room number."""
    stays = stays_of_months(view, day, day)
    taken = [line(view, stay) for stay in stays if stay["from"] <= day < stay["to"]]
    return sorted(taken, key=lambda item: natural(item.room_number))
