"""What others did, said once for all of a while: "Anna and 2 others: 5 bookings changed".

Others are people on other devices: what this device's tabs do is one's own. The first change opens
a window of GATHER_S, after it one notice stands for TOAST_S and is read out once; the next comes
REST_S later at the earliest, so that a busy hotel or an import elsewhere is told of now and then.
Stands on `Hotel`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final

from pysync import Update
from pysync.model.change import Ref
from pysync_pms.expenses.words import EXPENSES
from pysync_pms.staffing.words import MILEAGE, TIMES
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.language import plural, tr
from pysync_pms.words import GUESTS, LINES, RESERVATIONS, ROOMS, STAFF

__all__ = ["Others", "told"]

GATHER_S: Final = 1.0
REST_S: Final = 10.0
TOAST_S: Final = 3.0
LOOKED_AT: Final = 200
"""Of so many records it is looked up who changed them; of more, how many there are is news
enough."""
NOUNS: Final[Mapping[str, tuple[str, str]]] = {
    RESERVATIONS: ("booking", "bookings"),
    ROOMS: ("room", "rooms"),
    GUESTS: ("guest", "guests"),
    LINES: ("folio line", "folio lines"),
    EXPENSES: ("expense", "expenses"),
    MILEAGE: ("trip", "trips"),
    TIMES: ("time entry", "time entries"),
    STAFF: ("employee", "employees"),
}
"""What is told of, in this order: one, and several."""


class Others:
    """Gathers what came from other devices, and tells it."""

    def __init__(self, hotel: Hotel, rest: Callable[[float], Awaitable[None]]) -> None:
        self._hotel = hotel
        self._rest = rest
        self._refs: set[Ref] = set()
        self._names: set[str] = set()
        self._gathering = False
        hotel.space.on_change(self._changed)

    def _changed(self, update: Update) -> None:
        space = self._hotel.space
        if not update.source or any(tab.id == update.source for tab in space.tabs()):
            return
        refs = [ref for ref in update.refs if ref[0] in NOUNS]
        if not refs:
            return
        for ref in refs[: max(0, LOOKED_AT - len(self._refs))]:
            cell = space.tab.replica.view.cell(*ref)
            if cell is not None and cell.rev.tab == update.source:
                self._names.add(cell.rev.author)
        self._refs.update(refs)
        if not self._gathering:
            self._gathering = True
            self._hotel.spawn(self._tell())

    async def _tell(self) -> None:
        await self._rest(GATHER_S)
        while self._refs:
            refs, names = self._refs, self._names
            self._refs, self._names = set(), set()
            self._hotel.app.toast(told(refs, names), seconds=TOAST_S)
            await self._rest(REST_S)
        self._gathering = False


def told(refs: Collection[Ref], names: Collection[str]) -> str:
    """Who changed how many of what; without a name it is somebody.

    >>> told([("rooms", "1"), ("reservations", "a"), ("reservations", "b")], ["Anna", "Ben", ""])
    'Anna and 2 others: 2 bookings and 1 room changed'
    """
    known = sorted(name for name in names if name)
    who: str = known[0] if known else tr("Somebody")
    if len(names) > 1:
        who = tr("{who} and {others}", who=who, others=plural(len(names) - 1, "other"))
    kinds = [(nouns, sum(key == name for key, _ in refs)) for name, nouns in NOUNS.items()]
    counts = [plural(number, *nouns) for nouns, number in kinds if number]
    what = counts[-1]
    if len(counts) > 1:
        what = tr("{some} and {last}", some=", ".join(map(str, counts[:-1])), last=what)
    return tr("{who}: {what} changed", who=who, what=what)
