"""One line of the hotel booking demand data, understood: cells to a booking, or why not.

Every function answers or raises ValueError with a reason in words that names the column.
Stands on `calendar`, `money`, `words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pysync_pms.calendar import add_days, is_date
from pysync_pms.money import parse
from pysync_pms.words import CANCELLED, CHECKED_OUT, NO_SHOW

REQUIRED: Final = (
    "hotel", "arrival_date_year", "arrival_date_month", "arrival_date_day_of_month",
    "stays_in_weekend_nights", "stays_in_week_nights", "adults", "reserved_room_type",
    "assigned_room_type", "adr", "reservation_status",
)  # fmt: skip
COLUMNS: Final = (
    *REQUIRED,
    "is_canceled", "lead_time", "arrival_date_week_number", "children", "babies", "meal", "country",
    "market_segment", "distribution_channel", "is_repeated_guest", "previous_cancellations",
    "previous_bookings_not_canceled", "booking_changes", "deposit_type", "agent", "company",
    "days_in_waiting_list", "customer_type", "required_car_parking_spaces",
    "total_of_special_requests", "reservation_status_date",
)  # fmt: skip
"""The columns a booking's key is made of, whatever their order in the file."""
UNKNOWN: Final = frozenset(("", "NULL", "NA", "N/A", "UNDEFINED"))
MAX_NIGHTS: Final = 999
MAX_LEAD: Final = 5_000

_MONTHS: Final = {
    name: number
    for number, full in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september",
         "october", "november", "december"), 1)
    for name in (full, full[:3], str(number), f"{number:02d}")
}  # fmt: skip
_STATUS: Final = {
    "CHECK-OUT": CHECKED_OUT,
    "CANCELED": CANCELLED,
    "CANCELLED": CANCELLED,
    "NO-SHOW": NO_SHOW,
}
_SOURCES: Final = {
    "ONLINE TA": "online-agency",
    "OFFLINE TA/TO": "agency",
    "GROUPS": "group",
    "DIRECT": "direct",
    "CORPORATE": "corporate",
    "COMPLEMENTARY": "complimentary",
}
_BOARDS: Final = {
    "BB": "breakfast",
    "HB": "half-board",
    "FB": "full-board",
    "SC": "room-only",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One line of the file, understood. `key` names it for ever."""

    line: int
    key: str
    status: str
    arrival: str
    departure: str
    booked_type: str
    given_type: str
    rate: int
    """Minor units a night, in `CURRENCY`."""
    adults: int
    children: int
    infants: int
    country: str | None
    board: str | None
    source: str | None
    agent: str | None
    company: str | None
    group: str | None
    requests: int
    parking: int
    booked_on: str
    closed_on: str


CURRENCY: Final = "EUR"
"""The data set's rates are in euro."""


def _text(row: Mapping[str, str], name: str) -> str | None:
    value = row[name]
    return None if value.upper() in UNKNOWN else value


def _count(row: Mapping[str, str], name: str, limit: int, *, required: bool = False) -> int:
    value = _text(row, name)
    if value is None:
        if required:
            raise ValueError(f"{name} is empty: a number is needed")
        return 0
    whole = value.removesuffix(".0")
    if not (whole.isascii() and whole.isdecimal()):
        raise ValueError(f"{name} is {value[:20]!r}: a whole number of 0 or more is needed")
    if len(whole) > 9 or int(whole) > limit:
        raise ValueError(f"{name} is {value[:20]}: at most {limit} is possible")
    return int(whole)


def _arrival(row: Mapping[str, str]) -> str:
    month = _MONTHS.get(row["arrival_date_month"].casefold())
    if month is None:
        raise ValueError(f"arrival_date_month is {row['arrival_date_month'][:20]!r}: no month")
    year = _count(row, "arrival_date_year", 9999, required=True)
    day = _count(row, "arrival_date_day_of_month", 31, required=True)
    found = f"{year:04d}-{month:02d}-{day:02d}"
    if not is_date(found):
        raise ValueError(f"the arrival {found} is no date of the calendar")
    return found


def _status_date(text: str | None) -> str | None:
    """A date written month/day/year, or as ISO."""
    if text is None:
        return None
    parts = text.split("/")
    if len(parts) == 3 and all(part.isdecimal() for part in parts):
        text = f"{int(parts[2]):04d}-{int(parts[0]):02d}-{int(parts[1]):02d}"
    if not is_date(text):
        raise ValueError(
            f"reservation_status_date is {text[:20]!r}: month/day/year is needed, as 7/31/2015"
        )
    return text


def read_booking(line: int, key: str, row: Mapping[str, str], comma: bool) -> Booking:
    status = _STATUS.get(row["reservation_status"].upper())
    if status is None:
        raise ValueError(
            f"reservation_status is {row['reservation_status'][:20]!r}: "
            "Check-Out, Canceled or No-Show is needed"
        )
    arrival = _arrival(row)
    stay = _count(row, "stays_in_weekend_nights", MAX_NIGHTS, required=True)
    stay += _count(row, "stays_in_week_nights", MAX_NIGHTS, required=True)
    if stay > MAX_NIGHTS:
        raise ValueError(f"{stay} nights: at most {MAX_NIGHTS} are possible")
    departure = add_days(arrival, stay)
    if not is_date(departure):
        raise ValueError(f"the departure {departure} is no date of the calendar")
    closed_on = _status_date(_text(row, "reservation_status_date"))
    given = _text(row, "assigned_room_type")
    booked = _text(row, "reserved_room_type") or given
    if booked is None:
        raise ValueError("reserved_room_type is empty: a room type is needed")
    lead = _count(row, "lead_time", MAX_LEAD)
    return Booking(
        line=line,
        key=key,
        status=status,
        arrival=arrival,
        departure=departure,
        booked_type=booked[:20],
        given_type=(given or booked)[:20],
        rate=_rate(row["adr"], comma),
        adults=_count(row, "adults", 500, required=True),
        children=_count(row, "children", 500),
        infants=_count(row, "babies", 500),
        country=_country(row),
        board=_BOARDS.get(row["meal"].upper()),
        source=_SOURCES.get(row["market_segment"].upper()),
        agent=_text(row, "agent"),
        company=_text(row, "company"),
        group=row["customer_type"] if row["customer_type"] in ("Group", "Contract") else None,
        requests=_count(row, "total_of_special_requests", 100),
        parking=_count(row, "required_car_parking_spaces", 100),
        booked_on=add_days(arrival, -lead),
        closed_on=closed_on or (departure if status == CHECKED_OUT else arrival),
    )


def _rate(text: str, comma: bool) -> int:
    if text.upper() in UNKNOWN:
        raise ValueError("adr is empty: a rate is needed, 0 for none")
    try:
        return parse(text.replace(",", ".") if comma else text, CURRENCY)
    except ValueError as error:
        raise ValueError(f"adr: {error}") from None


def _country(row: Mapping[str, str]) -> str | None:
    code = (_text(row, "country") or "").upper()
    return code if code.isascii() and code.isalpha() and len(code) in (2, 3) else None
