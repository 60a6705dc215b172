"""Reads the public hotel booking demand data: CSV text to bookings and a list of bad rows.

The format is that of Antonio, de Almeida and Nunes, "Hotel booking demand datasets" (Data in Brief
22, 2019): a line per booking, an arrival as year, month name and day, nights in two columns,
"NULL" or "NA" where nothing is known.

READ-1 a bad line is listed with its number and the reason, and stops nothing. READ-2 a booking's
key comes from what the line says and how many equal lines came before: equal lines are group
bookings, not mistakes, and reading a file twice gives equal keys. Lines are taken one by one, so an
unclosed quote spoils its own line only. Stands on `calendar`, `money`.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pysync.errors import InvalidValue
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
SLICE: Final = 100
"""Lines between two pauses of `read_bookings`: about 2 ms, 10 in a browser."""
SHOWN: Final = 200
"""Characters of a bad line that are kept to be shown."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A line that was left out: its number in the file (the first is 1), why, how it began."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HotelFile:
    """One hotel's bookings, for a space of its own."""

    space: str
    """The hotel's name as the name of a space: `city-hotel`."""
    name: str
    bookings: tuple[Booking, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file holds. Bookings and bad rows together are all its lines that are not empty."""

    hotels: Mapping[str, HotelFile]
    bad: tuple[BadRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a long task is: `done` of `total` steps of this stage."""

    stage: Literal["reading", "planning", "booking", "finishing"]
    done: int
    total: int


def decode(data: bytes) -> str:
    """The text of a file: UTF-8 with or without a mark, UTF-16 with one, else Windows' Latin."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def space_name(hotel: str) -> str:
    """The name of a hotel's space.

    >>> space_name("City Hotel")
    'city-hotel'
    """
    words = "".join(c if c.isalnum() else " " for c in hotel.casefold()).split()
    return "-".join(words)[:60]


def read_bookings(data: str | bytes) -> Generator[Progress, None, Reading]:
    """Read a file in slices: iterate, and take the `Reading` as the generator's value.

    Raises:
        InvalidValue: the text is no such file: it is empty, or columns are missing (all are named).
    """
    text = decode(data) if isinstance(data, bytes) else data.removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise InvalidValue("the file is empty: choose a CSV file of bookings", code="empty")
    table = _Table(lines[start])
    hotels: dict[str, tuple[str, list[Booking]]] = {}
    bad: list[BadRow] = []
    seen: dict[str, int] = {}
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if (number - start) % SLICE == 0:
            yield Progress(stage="reading", done=number, total=len(lines))
        if not line.strip(" ,;\t"):
            continue
        try:
            hotel, booking = table.read(number + 1, line, seen)
            hotels.setdefault(space_name(hotel), (hotel, []))[1].append(booking)
        except (ValueError, csv.Error) as error:
            bad.append(BadRow(line=number + 1, reason=str(error), text=line[:SHOWN]))
    yield Progress(stage="reading", done=len(lines), total=len(lines))
    found = {
        space: HotelFile(space=space, name=name, bookings=tuple(bookings))
        for space, (name, bookings) in hotels.items()
    }
    return Reading(hotels=found, bad=tuple(bad))


class _Table:
    """The heading: which field is where."""

    def __init__(self, heading: str) -> None:
        self.separator = max(",;\t", key=heading.count)
        names = ["_".join(name.casefold().split()) for name in self.split(heading)]
        missing = [name for name in REQUIRED if name not in names]
        if missing:
            raise InvalidValue(
                f"the file has no column {', '.join(missing)}: choose a file in the format of the "
                "hotel booking demand data",
                code="columns",
            )
        self.width = len(names)
        at = {name: i for i, name in enumerate(names)}
        self.places = [at.get(name, -1) for name in COLUMNS]

    def split(self, line: str) -> list[str]:
        return next(csv.reader([line], delimiter=self.separator))

    def read(self, number: int, line: str, seen: dict[str, int]) -> tuple[str, Booking]:
        """The hotel and the booking of one line. Raises ValueError with the reason."""
        cells = self.split(line)
        if len(cells) != self.width:
            raise ValueError(
                f"has {len(cells)} fields instead of {self.width}: look for a missing or surplus "
                "separator or quote"
            )
        values = [cells[i].strip() if i >= 0 else "" for i in self.places]
        row = dict(zip(COLUMNS, values, strict=True))
        hotel = row["hotel"]
        if not space_name(hotel):
            raise ValueError("hotel is empty: every booking belongs to one")
        digest = hashlib.blake2b("\x1f".join(values).encode("utf-8", "replace"), digest_size=8)
        content = digest.hexdigest()
        times = seen.get(content, 0)
        booking = _booking(number, f"{content}-{times}", row, self.separator != ",")
        seen[content] = times + 1
        return hotel, booking


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


def _booking(line: int, key: str, row: Mapping[str, str], comma: bool) -> Booking:
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
