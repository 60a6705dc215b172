"""The hotel's figures, kept up to date by what changes: nothing is ever counted anew.

Each followed collection has a *part* that remembers, per record, what it added, so that a changed
record is taken out as it was and put in as it is, whoever changed it and in whatever order it is
heard of. To follow another collection is one more line in `FOLLOWED`.

FIGURE-1 after any sequence of changes every sum is what counting all records anew gives, to the
cent and to the room. FIGURE-2 to be told of a record twice, late or early changes nothing: what is
told is how the record is now. FIGURE-3 a part's `moved` is when a figure of it moved last, and only
then.

Pure: the time comes in as an argument. Stands on `stays`, `lines`, `rooms`,
`staff`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from pysync_pms.expenses.words import EXPENSES
from pysync_pms.figures.lines import Lines
from pysync_pms.figures.rooms import Rooms
from pysync_pms.figures.staff import Claims, Employed, Hours, driven, spent
from pysync_pms.figures.stays import Stays
from pysync_pms.staffing.words import MILEAGE, TIMES
from pysync_pms.words import LINES, RESERVATIONS, ROOMS, STAFF

__all__ = ["FOLLOWED", "Book", "Followed"]


class Followed(Protocol):
    """The sums over one collection."""

    def put(self, record_id: str, fields: Mapping[str, Any] | None) -> bool:
        """The record is these fields now, or is gone; whether a figure moved."""
        ...

    def __len__(self) -> int:
        """How many records count."""
        ...


FOLLOWED: Final[Mapping[str, Callable[[], Followed]]] = {
    ROOMS: Rooms,
    RESERVATIONS: Stays,
    LINES: Lines,
    EXPENSES: spent,
    MILEAGE: driven,
    STAFF: Employed,
    TIMES: Hours,
}
"""By collection, in the order in which they are first read: what the first tiles need comes
first."""


class Book:
    """All figures of a hotel. `moved` is when each part moved last, in wall ms."""

    def __init__(self) -> None:
        self.parts: dict[str, Followed] = {name: make() for name, make in FOLLOWED.items()}
        self.moved: dict[str, int] = {}
        self.stays: Stays = self.parts[RESERVATIONS]  # type: ignore[assignment]
        self.lines: Lines = self.parts[LINES]  # type: ignore[assignment]
        self.rooms: Rooms = self.parts[ROOMS]  # type: ignore[assignment]
        self.spent: Claims = self.parts[EXPENSES]  # type: ignore[assignment]
        self.driven: Claims = self.parts[MILEAGE]  # type: ignore[assignment]
        self.employed: Employed = self.parts[STAFF]  # type: ignore[assignment]
        self.hours: Hours = self.parts[TIMES]  # type: ignore[assignment]

    def put(
        self, collection: str, record_id: str, fields: Mapping[str, Any] | None, *, at: int
    ) -> bool:
        """A record of a followed collection is these fields now, or is gone (None); whether a
        figure moved. `at` is when that was, 0 while what was there before is read."""
        changed = self.parts[collection].put(record_id, fields)
        if changed and at:
            self.moved[collection] = at
        return changed
