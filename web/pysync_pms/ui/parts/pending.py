"""What is provisional: shown as it was done here, and not decided by the server yet.

A room given or a check-in made without the server may turn out to be another device's: it is shown
at once and marked until the server has decided. Notes, tasks and times merge whatever happens, and
bear no mark; what only the server can answer is `online`'s. With a server that answers, nothing
waits for longer than a moment, and without one this device decides: nothing is marked then.
PENDING-1 a mark is on a record exactly while the server is away and has not decided a change of it.

Stands on `hotel`.
"""

from __future__ import annotations

from typing import Any, Final

from pysync_pms.ui.components.controls import chip
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.words import status_chip
from pysync_pms.words import RESERVATIONS

__all__ = [
    "PENDING",
    "Apart",
    "is_apart",
    "is_pending",
    "pending_chip",
    "pending_ids",
    "stay_state",
]

PENDING: Final = tr("not sent yet")
_WHY: Final = tr("Kept on this device. The server decides it when it is reached again.")


def is_apart(hotel: Hotel) -> bool:
    """Whether there is a server, and it does not answer: what is done now is provisional."""
    return hotel.space.tab.relayed.link.state not in ("none", "online")


def pending_ids(hotel: Hotel, collection: str) -> frozenset[str]:
    """The records of a collection that are provisional."""
    if not is_apart(hotel):
        return frozenset()
    return frozenset(rid for key, rid in hotel.space.tab.replica.under if key == collection)


def is_pending(hotel: Hotel, collection: str, record_id: str) -> bool:
    """Whether one record is."""
    return is_apart(hotel) and hotel.space.is_undecided(collection, record_id)


def pending_chip(hotel: Hotel, record_id: str, collection: str = RESERVATIONS) -> Child:
    """The mark of a record that is provisional; nothing for another one."""
    if not is_pending(hotel, collection, record_id):
        return None
    return chip(PENDING, tone="act", icon_name="clock", title=_WHY)


def stay_state(hotel: Hotel, stay: Any) -> Html:
    """A reservation's state, with the mark."""
    return join(status_chip(stay, hotel.today), pending_chip(hotel, str(stay["id"])))


class Apart:
    """Whether marks have to be drawn anew, though no record moved: the server came or went."""

    def __init__(self, hotel: Hotel) -> None:
        self._hotel = hotel
        self._was = is_apart(hotel)

    def turned(self) -> bool:
        """Whether that is so since this was last asked."""
        was, self._was = self._was, is_apart(self._hotel)
        return was != self._was
