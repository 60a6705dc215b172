"""What of the staff portal waits for somebody's word. Stands on `staffing.queries`."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from pysync_pms.staffing.queries import Week, weeks_to_approve
from pysync_pms.staffing.words import MILEAGE, SHEETS
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.parts.claims import me, to_approve

__all__ = ["staff_waiting", "weeks_waiting"]

_known: WeakKeyDictionary[Hotel, tuple[object, list[Week]]] = WeakKeyDictionary()
"""What was found for each hotel, until its data moves: finding it costs a pass over all times."""


def weeks_waiting(hotel: Hotel) -> Sequence[Week]:
    """The weeks that this person may approve; none for who may approve no time."""
    rights = hotel.rights
    if rights is not None and not rights.may_add(SHEETS):
        return ()
    asked = (hotel.moves, hotel.today, me(hotel))
    found = _known.get(hotel)
    if found is None or found[0] != asked:
        found = (asked, weeks_to_approve(hotel.view, hotel.today, me(hotel)))
        _known[hotel] = found
    return found[1]


def staff_waiting(hotel: Hotel) -> int:
    """How many weeks and trips wait for this person."""
    return len(weeks_waiting(hotel)) + to_approve(hotel, MILEAGE)
