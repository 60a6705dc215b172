"""Rooms for bookings whose data set names only a room's type: interval colouring per type.

A type gets as many rooms as its stays fill in its fullest night, and not one more. Bookings that
the space holds already keep their rooms: a repeated import plans the rest around them.

PLAN-1 no two planned stays of a room share a night, nor one with a stay that is there. PLAN-2 the
same bookings on the same view give the same plan. Stands on `calendar`, `occupancy`.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from pysync.model.guard import View
from pysync_pms.commands import CreateRoom, CreateRoomType
from pysync_pms.importing.reader import Progress
from pysync_pms.importing.rows import Booking
from pysync_pms.occupancy import is_free, natural
from pysync_pms.words import CHECKED_OUT, RESERVATIONS, ROOM_TYPES, ROOMS

PER_FLOOR = 20
LOOKED_UP = 2_000
SLICE = 400
"""Bookings planned, or rooms looked at, between two pauses: about 2 ms, 10 in a browser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import creates. `room_of` maps a booking's key to its room."""

    types: tuple[CreateRoomType, ...]
    rooms: tuple[CreateRoom, ...]
    room_of: dict[str, str]
    new: tuple[Booking, ...]
    """Bookings the space does not hold yet, in the order of the file."""
    known: int
    """Bookings it holds already."""


def plan_rooms(view: View, bookings: Sequence[Booking]) -> Generator[Progress, None, Plan]:
    """Plan in slices; the generator's value is the plan. Changes nothing."""
    new: list[Booking] = []
    for done in range(0, len(bookings), LOOKED_UP):
        yield Progress(stage="planning", done=done, total=len(bookings))
        some = bookings[done : done + LOOKED_UP]
        new.extend(b for b in some if view.get(RESERVATIONS, b.key) is None)
    yield Progress(stage="planning", done=0, total=len(new))
    ranks = sorted({kind for b in new for kind in (b.booked_type, b.given_type)}, key=natural)
    yield Progress(stage="planning", done=0, total=len(new))
    types = tuple(
        CreateRoomType(id=kind, name=f"Type {kind}", rank=rank)
        for rank, kind in enumerate(ranks)
        if view.get(ROOM_TYPES, kind) is None
    )
    pools: dict[str, _Pool] = {kind: _Pool(view, kind) for kind in ranks}
    room_of: dict[str, str] = {}
    yield Progress(stage="planning", done=0, total=len(new))
    stays = [b for b in new if b.status == CHECKED_OUT]
    stays.sort(key=lambda b: (b.arrival, b.departure, b.key))
    worked = 0
    for done, booking in enumerate(stays):
        pool = pools[booking.given_type]
        before = pool.looked
        room_of[booking.key] = pool.take(booking.arrival, booking.departure)
        worked += 1 + pool.looked - before
        if worked >= SLICE:
            worked = 0
            yield Progress(stage="planning", done=done, total=len(stays))
    return Plan(
        types=types,
        rooms=tuple(room for kind in ranks for room in pools[kind].made),
        room_of=room_of,
        new=tuple(new),
        known=len(bookings) - len(new),
    )


class _Pool:
    """The rooms of one type while they are being given out, by arrival."""

    def __init__(self, view: View, kind: str) -> None:
        self._view = view
        self._kind = kind
        there = sorted(
            view.find(ROOMS, "room_type", kind), key=lambda r: natural(r.get("number") or r["id"])
        )
        self._ids: list[str] = [room["id"] for room in there]
        self._there = {room["id"]: room for room in there}
        self._free = list(range(len(there)))
        self._busy: list[tuple[str, int]] = []
        self._numbered = 0
        self.looked = 0
        """How often a room that was there already was looked at: what takes the time."""
        self.made: list[CreateRoom] = []

    def take(self, start: str, end: str) -> str:
        """The lowest room that is free all the while; a new one if none is."""
        while self._busy and self._busy[0][0] <= start:
            heapq.heappush(self._free, heapq.heappop(self._busy)[1])
        passed: list[int] = []
        chosen = None
        while self._free:
            place = heapq.heappop(self._free)
            room = self._there.get(self._ids[place])
            self.looked += room is not None
            if room is None or is_free(self._view, room, start, end):
                chosen = place
                break
            passed.append(place)
        for place in passed:
            heapq.heappush(self._free, place)
        if chosen is None and start == end and self._ids:
            # Day use takes no night: a room of the type will do, without being held.
            return self._ids[0]
        if chosen is None:
            chosen = self._add()
        if start < end:
            heapq.heappush(self._busy, (end, chosen))
        else:
            heapq.heappush(self._free, chosen)
        return self._ids[chosen]

    def _add(self) -> int:
        number = self._next_number()
        while self._view.get(ROOMS, number) is not None or self._view.find(ROOMS, "number", number):
            number = self._next_number()
        floor = str((self._numbered - 1) // PER_FLOOR + 1)
        self.made.append(CreateRoom(id=number, number=number, room_type=self._kind, floor=floor))
        self._ids.append(number)
        return len(self._ids) - 1

    def _next_number(self) -> str:
        floor, door = divmod(self._numbered, PER_FLOOR)
        self._numbered += 1
        return f"{self._kind}{floor + 1}{door + 1:02d}"
