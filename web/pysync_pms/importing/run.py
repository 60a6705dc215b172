"""Runs an import: plans, then books through the commands everybody uses, a few bookings a change.

Each booking is taken, checked in and out, cancelled or marked as no-show on the dates the file
names, so history is validated as the present is. Work comes in slices: iterate while there is time,
let the page breathe, go on. To cancel, stop iterating: what was booked stays, and a repeat goes on
from there, as bookings already held are passed over.

IMPORT-1 a repeat changes nothing. IMPORT-2 a booking that a rule refuses is listed with its line
and reason; the others of its change go in. Stands on `commands`, `importing.reader`, `plan`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pysync.errors import InvalidValue, Refused
from pysync.machines.queue import QUEUE_FULL
from pysync.model.guard import View
from pysync_pms.commands import (
    Cancel,
    CheckIn,
    CheckOut,
    Command,
    CreateGuest,
    CreateReservation,
    NoShow,
    SetCondition,
    errors,
    execute,
)
from pysync_pms.commands.base import Drafting
from pysync_pms.importing.plan import Plan, plan_rooms
from pysync_pms.importing.reader import BadRow, HotelFile, Progress
from pysync_pms.importing.rows import CURRENCY, Booking
from pysync_pms.names import guest_name
from pysync_pms.words import CANCELLED, CHECKED_OUT, CLEAN, DIRTY, GUESTS, RESERVATIONS, ROOMS

BATCH = 10
"""Bookings in one change. More make a slice too long for a page, fewer cost more a booking."""
SETUP_BATCH = 20
LABEL = "Import bookings"

T = TypeVar("T")


class Target(Protocol):
    """What an import needs of a space."""

    @property
    def view(self) -> View:
        """The space's data as it is now."""

    def run(self, label: str, command: Callable[[Any], T], *, author: str = "") -> Any:
        """Run a function of a draft as one atomic change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotelReport:
    """What an import did: `booked` + `known` + `bad` are the file's bookings of this hotel."""

    space: str
    name: str
    booked: int
    known: int
    """Held already, from an earlier import."""
    bad: tuple[BadRow, ...]
    rooms: int
    """Rooms that were added."""


def import_hotel(
    space: Target, hotel: HotelFile, *, author: str = "import", batch: int = BATCH
) -> Generator[Progress, None, HotelReport]:
    """Import one hotel's bookings into its space; the generator's value is the report.

    Args:
        space: an open space with the hotel's schema. Others may work in it meanwhile.
        author: who the history names.
        batch: bookings in one change.

    Raises:
        Refused: the device takes no more changes (`queue-full`); a repeat goes on from there.
    """
    plan = yield from plan_rooms(space.view, hotel.bookings)
    clean_before = {room["id"] for room in space.view.all(ROOMS) if room.get("condition") != DIRTY}
    yield from _set_up(space, plan, author)
    bad: list[BadRow] = []
    total = len(plan.new)
    for done in range(0, total, batch):
        yield Progress(stage="booking", done=done, total=total)
        bad.extend(_book(space, plan.new[done : done + batch], plan, author))
    clean_before.update(room.id for room in plan.rooms)
    yield from _make_up(space, clean_before, plan, author)
    return HotelReport(
        space=hotel.space,
        name=hotel.name,
        booked=total - len(bad),
        known=plan.known,
        bad=tuple(bad),
        rooms=len(plan.rooms),
    )


def _set_up(space: Target, plan: Plan, author: str) -> Iterator[Progress]:
    """Room types and rooms, before anything refers to them."""
    made: list[Command] = [*plan.types, *plan.rooms]
    for done in range(0, len(made), SETUP_BATCH):
        some = made[done : done + SETUP_BATCH]
        _run(space, some, author)
        yield Progress(stage="planning", done=done, total=len(made))


def _run(space: Target, commands: Sequence[Command], author: str) -> None:
    space.run("Import rooms", lambda draft: execute(draft, commands, ""), author=author)


def _book(space: Target, bookings: Sequence[Booking], plan: Plan, author: str) -> list[BadRow]:
    """Book some in one change; if it is refused as a whole, one by one."""
    try:
        receipt = space.run(LABEL, lambda draft: _write(draft, bookings, plan), author=author)
    except (Refused, InvalidValue) as error:
        if isinstance(error, Refused) and error.code == QUEUE_FULL:
            raise  # It says nothing of these bookings: the same file goes on from here.
        if len(bookings) == 1:
            return [_bad(bookings[0], str(error))]
        return [row for each in bookings for row in _book(space, [each], plan, author)]
    found: list[BadRow] = receipt.value
    return found


def _write(draft: Drafting, bookings: Sequence[Booking], plan: Plan) -> list[BadRow]:
    bad: list[BadRow] = []
    for booking in bookings:
        if draft.get(RESERVATIONS, booking.key) is not None:
            continue
        reason = _write_one(draft, booking, plan.room_of.get(booking.key))
        if reason is not None:
            bad.append(_bad(booking, reason))
            for collection, record_id in (
                (RESERVATIONS, booking.key),
                (GUESTS, guest_id(booking)),
            ):
                if draft.get(collection, record_id) is not None:
                    draft.delete(collection, record_id)
    return bad


def _write_one(draft: Drafting, booking: Booking, room: str | None) -> str | None:
    """Live through one booking; answers what stands against it."""
    for command, today in commands_of(booking, room):
        wrong = errors(command.check(draft, today))
        if wrong:
            return wrong[0].message
        command.apply(draft)
    return None


def guest_id(booking: Booking) -> str:
    """The id of the profile made for a booking."""
    return f"g-{booking.key}"


def commands_of(booking: Booking, room: str | None) -> Iterator[tuple[Command, str]]:
    """What happened, as commands with the business date of each."""
    first, last = guest_name(booking.key, booking.country)
    guest = guest_id(booking)
    yield (
        CreateGuest(id=guest, first_name=first, last_name=last, country=booking.country),
        booking.booked_on,
    )
    yield (
        CreateReservation(
            id=booking.key,
            guest_id=guest,
            room_type=booking.booked_type,
            arrival=booking.arrival,
            departure=booking.departure,
            room=room,
            adults=booking.adults,
            children=booking.children,
            infants=booking.infants,
            rate=booking.rate,
            currency=CURRENCY,
            source=booking.source,
            board=booking.board,
            agent=booking.agent,
            company=booking.company,
            group=booking.group,
            requests=booking.requests or None,
            parking=booking.parking or None,
            booked_on=booking.booked_on,
            import_key=booking.key,
            overbook=True,
        ),
        booking.booked_on,
    )
    if booking.status == CHECKED_OUT:
        yield CheckIn(id=booking.key, on=booking.arrival), booking.arrival
        yield CheckOut(id=booking.key, on=booking.departure), booking.departure
    elif booking.status == CANCELLED:
        yield Cancel(id=booking.key, on=booking.closed_on), booking.closed_on
    else:
        # The file dates a few no-shows before their arrival, when nobody could have known.
        on = max(booking.arrival, booking.closed_on)
        yield NoShow(id=booking.key, on=on), on


def _bad(booking: Booking, reason: str) -> BadRow:
    text = f"{booking.arrival} to {booking.departure}, {booking.status}"
    return BadRow(line=booking.line, reason=reason, text=text)


def _make_up(space: Target, clean_before: set[str], plan: Plan, author: str) -> Iterator[Progress]:
    """History left rooms dirty that are not: those that were clean before are so again."""
    used = sorted(set(plan.room_of.values()) & clean_before)
    for done in range(0, len(used), SETUP_BATCH):
        yield Progress(stage="finishing", done=done, total=len(used))
        some: list[Command] = []
        for room_id in used[done : done + SETUP_BATCH]:
            room = space.view.get(ROOMS, room_id)
            if room is not None and room.get("condition") == DIRTY:
                on = room.get("condition_on") or ""
                some.append(SetCondition(room=room_id, condition=CLEAN, on=on))
        if some:
            _run(space, some, author)


def run_all(steps: Generator[Progress, None, T], watch: Callable[[Progress], object] = bool) -> T:
    """Iterate to the end and answer the generator's value; `watch` sees each step."""
    while True:
        try:
            watch(next(steps))
        except StopIteration as end:
            value: T = end.value
            return value
