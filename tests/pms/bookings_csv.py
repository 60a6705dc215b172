"""Files in the format of the hotel booking demand data, made by tests with every quirk of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Literal

HEADER = (
    "hotel,is_canceled,lead_time,arrival_date_year,arrival_date_month,arrival_date_week_number,"
    "arrival_date_day_of_month,stays_in_weekend_nights,stays_in_week_nights,adults,children,babies,"
    "meal,country,market_segment,distribution_channel,is_repeated_guest,previous_cancellations,"
    "previous_bookings_not_canceled,reserved_room_type,assigned_room_type,booking_changes,"
    "deposit_type,agent,company,days_in_waiting_list,customer_type,adr,"
    "required_car_parking_spaces,total_of_special_requests,reservation_status,"
    "reservation_status_date"
).split(",")

PLAIN: Mapping[str, str] = {
    "hotel": "City Hotel", "is_canceled": "0", "lead_time": "14", "arrival_date_year": "2015",
    "arrival_date_month": "July", "arrival_date_week_number": "27",
    "arrival_date_day_of_month": "3", "stays_in_weekend_nights": "1", "stays_in_week_nights": "1",
    "adults": "2", "children": "0", "babies": "0", "meal": "BB", "country": "PRT",
    "market_segment": "Online TA", "distribution_channel": "TA/TO", "is_repeated_guest": "0",
    "previous_cancellations": "0", "previous_bookings_not_canceled": "0",
    "reserved_room_type": "A", "assigned_room_type": "A", "booking_changes": "0",
    "deposit_type": "No Deposit", "agent": "240", "company": "NULL", "days_in_waiting_list": "0",
    "customer_type": "Transient", "adr": "98.5", "required_car_parking_spaces": "0",
    "total_of_special_requests": "0", "reservation_status": "Check-Out",
    "reservation_status_date": "7/5/2015",
}  # fmt: skip


def row(**changes: str) -> dict[str, str]:
    """A plain booking with some cells changed."""
    return {**PLAIN, **changes}


def table(
    rows: Iterable[Mapping[str, str]],
    *,
    columns: Iterable[str] = HEADER,
    delimiter: str = ",",
    quoting: Literal[0, 1, 2, 3] = csv.QUOTE_MINIMAL,
    end: str = "\r\n",
) -> str:
    """The text of a file."""
    out = io.StringIO()
    names = list(columns)
    writer = csv.DictWriter(
        out, names, delimiter=delimiter, quoting=quoting, lineterminator=end, extrasaction="ignore"
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


GOOD: tuple[dict[str, str], ...] = (
    row(),
    row(),  # equal on purpose: a group booking
    row(),
    row(hotel="Resort Hotel"),
    row(children="NULL", country="NULL", agent="NULL", meal="Undefined"),
    row(children="NA", babies=""),
    row(adr="0", stays_in_weekend_nights="0", stays_in_week_nights="0",
        reservation_status_date="7/3/2015"),
    row(adr="-6.385"),
    row(adr="5400", adults="0", children="2"),
    row(adults="55", stays_in_week_nights="40", reservation_status_date="8/13/2015"),
    row(arrival_date_month="February", arrival_date_day_of_month="29", arrival_date_year="2016",
        reservation_status_date="2016-03-02"),
    row(reserved_room_type="A", assigned_room_type="D"),
    row(is_canceled="1", reservation_status="Canceled", reservation_status_date="6/1/2015"),
    row(is_canceled="1", reservation_status="No-Show", reservation_status_date="3/14/2015"),
    row(lead_time="737", arrival_date_month="Dec", arrival_date_day_of_month="31",
        reservation_status_date="1/2/2016"),
    row(company="Smith, Sons & Co \"Ltd\""),
)  # fmt: skip
"""Every one of these is a booking."""

BAD: tuple[tuple[dict[str, str], str], ...] = (
    (row(arrival_date_month="Februray"), "no month"),
    (row(arrival_date_month="February", arrival_date_day_of_month="30"), "no date"),
    (row(arrival_date_day_of_month="0"), "no date"),
    (row(arrival_date_year="15"), "no date"),
    (row(adults=""), "adults is empty"),
    (row(adults="two"), "whole number"),
    (row(adults="999999999999"), "at most 500"),
    (row(stays_in_week_nights="-3"), "whole number"),
    (row(stays_in_week_nights="2e9"), "whole number"),
    (row(stays_in_weekend_nights="900", stays_in_week_nights="900"), "at most 999"),
    (row(lead_time="1" * 400), "at most"),
    (row(adr="NULL"), "adr is empty"),
    (row(adr="1,234.50"), "adr"),
    (row(adr="9" * 30), "adr"),
    (row(reservation_status="Sleeping"), "Check-Out, Canceled or No-Show"),
    (row(reservation_status_date="31/12/2015"), "month/day/year"),
    (row(hotel=" "), "hotel is empty"),
    (row(reserved_room_type="NULL", assigned_room_type=""), "room type"),
)
"""Each of these is refused, with this in the reason."""
