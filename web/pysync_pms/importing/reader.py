"""Reads the public hotel booking demand data: CSV text to bookings and a list of bad rows.

The format is that of Antonio, de Almeida and Nunes, "Hotel booking demand datasets" (Data in Brief
22, 2019): a line per booking, an arrival as year, month name and day, nights in two columns,
"NULL" or "NA" where nothing is known.

READ-1 a bad line is listed with its number and the reason, and stops nothing. READ-2 a booking's
key comes from what the line says and how many equal lines came before: equal lines are group
bookings, not mistakes, and reading a file twice gives equal keys. Lines are taken one by one, so an
unclosed quote spoils its own line only. Stands on `importing.rows`.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pysync.errors import InvalidValue
from pysync_pms.importing.rows import COLUMNS, REQUIRED, Booking, read_booking

SLICE: Final = 100
"""Lines between two pauses of `read_bookings`: about 2 ms, 10 in a browser."""
SHOWN: Final = 200
"""Characters of a bad line that are kept to be shown."""


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
    yield Progress(stage="reading", done=0, total=1)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        yield Progress(stage="reading", done=0, total=1)
    lines = text.split("\n")
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
        booking = read_booking(number, f"{content}-{times}", row, self.separator != ",")
        seen[content] = times + 1
        return hotel, booking
