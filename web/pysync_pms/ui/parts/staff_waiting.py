"""What of claims and times waits for somebody's word. Stands on `staffing.weeks`.

Finding the weeks costs a pass over all times, so what was found is kept until one of the
collections moves that it depends on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from weakref import WeakKeyDictionary

from pysync import Update
from pysync_pms.expenses.queries import waiting
from pysync_pms.staffing.weeks import Week, weeks_to_approve
from pysync_pms.staffing.words import MILEAGE, SHEETS, TIMES
from pysync_pms.ui.hotel import Hotel
from pysync_pms.words import SETTINGS, STAFF

__all__ = ["me", "staff_waiting", "to_approve", "weeks_waiting"]

_DEPENDS: Final = frozenset((TIMES, SHEETS, STAFF, SETTINGS))


def me(hotel: Hotel) -> str:
    """The account of whoever works here; "" where nobody signs in."""
    return hotel.space.tab.who.author(hotel.author)


def to_approve(hotel: Hotel, collection: str) -> int:
    """How many claims wait for this person's word; 0 for who has none."""
    if hotel.beyond(collection, ("decision",)):
        return 0
    return waiting(hotel.view, me(hotel), collection)


class _Kept:
    """The weeks of one hotel, and for whom they were found."""

    def __init__(self, hotel: Hotel) -> None:
        self._asked: object = None
        self._found: Sequence[Week] = ()
        hotel.space.on_change(self._moved)

    def _moved(self, update: Update) -> None:
        if any(collection in _DEPENDS for collection, _ in update.refs):
            self._asked = None

    def weeks(self, hotel: Hotel) -> Sequence[Week]:
        asked = (hotel.today, me(hotel))
        if self._asked != asked:
            self._asked, self._found = asked, weeks_to_approve(hotel.view, *asked)
        return self._found


_kept: WeakKeyDictionary[Hotel, _Kept] = WeakKeyDictionary()


def weeks_waiting(hotel: Hotel) -> Sequence[Week]:
    """The weeks that this person may approve; none for who may approve no time."""
    rights = hotel.rights
    if rights is not None and not rights.may_add(SHEETS):
        return ()
    kept = _kept.get(hotel)
    if kept is None:
        kept = _kept[hotel] = _Kept(hotel)
    return kept.weeks(hotel)


def staff_waiting(hotel: Hotel) -> int:
    """How many weeks and trips wait for this person."""
    return len(weeks_waiting(hotel)) + to_approve(hotel, MILEAGE)
