"""Which day it is for who works here. Stands on `Hotel`."""

from __future__ import annotations

from pysync_pms.calendar import nights
from pysync_pms.ui.hotel import Hotel

__all__ = ["work_day"]


def work_day(hotel: Hotel) -> str:
    """The calendar's day, which the business date follows when the day is closed. Where that date
    is another one altogether, as in a hotel with data of other years, it is the business date."""
    day, today = hotel.calendar_day, hotel.today
    return day if abs(nights(today, day)) <= 1 else today
