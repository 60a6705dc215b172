"""Fills a space with the demonstration hotel, through the commands everybody uses.

DEMO-1 the same seed and date give the same records. DEMO-2 every state a front desk meets is there:
guests in the house, arrivals and departures of today done and to do, rooms of every condition, one
out of order, one with a fault, a stay that needs attention, a group, cancellations and no-shows,
long names, one guest entered twice. Stands on `commands`, `demo.calendar`, `demo.guests`,
`demo.folios`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Final

from pysync_pms.calendar import add_days
from pysync_pms.commands import (
    HOTEL,
    AssignHousekeeper,
    Cancel,
    CheckIn,
    CheckOut,
    Command,
    CreateGuest,
    CreateReservation,
    NoShow,
    SetCondition,
    SetServiceability,
    SetSettings,
)
from pysync_pms.demo.batches import Step, batches, give
from pysync_pms.demo.calendar import Planned, plan_stays
from pysync_pms.demo.dice import Dice
from pysync_pms.demo.expenses import CENTRES, expense_steps
from pysync_pms.demo.folios import ARTICLES, CHARGES, Folios
from pysync_pms.demo.guests import SPECIAL, make_guest
from pysync_pms.demo.house import (
    CURRENCY,
    FAULTY_ROOM,
    HOUSEKEEPERS,
    OUT_OF_ORDER_ROOM,
    STAFF,
    TYPES,
    doors,
    rooms,
)
from pysync_pms.demo.staff import staff_steps
from pysync_pms.importing.reader import Progress
from pysync_pms.importing.run import Target
from pysync_pms.stock.demo import stock_steps
from pysync_pms.words import CLEAN, DIRTY, INSPECTED, OUT_OF_ORDER, OUT_OF_SERVICE

RESERVATIONS: Final = 400
GROUP: Final = "Oliveira–Schmidt wedding"
GROUP_ROOMS: Final = 6
CANCELLED: Final = 14
NO_SHOWS: Final = 4
UNASSIGNED: Final = 9
HOTEL_NAME: Final = "Hotel Miradouro"

LONG_NOTE: Final = (
    "Quiet room if possible. Was unhappy with the noise from the bar last time, see the letters of "
    "spring; a bottle of water and a note from the manager would be a good idea."
)
_SOURCES: Final = ("direct", "direct", "online-agency", "online-agency", "online-agency", "agency",
                   "corporate", "phone")  # fmt: skip
_NOTES: Final = (
    "Late arrival, after 22:00.",
    "Baby cot in the room.",
    "Anniversary: flowers on arrival.",
    "Invoice to the company, breakfast to the guest.",
    "Asked for two keys.",
    LONG_NOTE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """What was made."""

    rooms: int
    guests: int
    reservations: int


def build_demo(
    space: Target, today: str, seed: str = "miradouro", *, author: str = "demo"
) -> Generator[Progress, None, DemoReport]:
    """Fill an empty space, in slices; the generator's value says what was made.

    Raises Refused or InvalidValue if the space is not empty.
    """
    dice = Dice(f"{seed}/{today}")
    bookings = list(_bookings(today, dice, Folios(today, seed)))
    steps = [*_house(today), *bookings, *_housekeeping(today, dice), *stock_steps(today, seed)]
    done = 0
    for batch in batches(steps):
        yield Progress(stage="booking", done=done, total=len(steps))
        give(space, batch, author)
        done += len(batch)
    for batch in batches([*expense_steps(today, seed), *staff_steps(today, seed)]):
        give(space, batch, "")
    _attention(space, today, author)
    made = [command for command, _ in steps]
    return DemoReport(
        rooms=len(doors()),
        guests=sum(isinstance(command, CreateGuest) for command in made) + 1,
        reservations=sum(isinstance(command, CreateReservation) for command in made) + 1,
    )


def _house(today: str) -> Iterator[Step]:
    hotel = {"name": HOTEL_NAME, "currency": CURRENCY, "check_in_time": "15:00"}
    yield SetSettings(id=HOTEL, changes=hotel | {"check_out_time": "11:00"} | CHARGES), today
    for command in (*TYPES, *rooms(), *CENTRES, *STAFF, *ARTICLES):
        yield command, today


def _bookings(today: str, dice: Dice, folios: Folios) -> Iterator[Step]:
    """Guests and all reservations but the one that needs attention."""
    number = 0
    specials = list(SPECIAL)
    known: list[str] = []
    extra = CANCELLED + NO_SHOWS + UNASSIGNED + GROUP_ROOMS + 1
    stays = plan_stays(today, RESERVATIONS - extra, dice)
    for stay in stays:
        number += 1
        guest, new = _guest(number, stay, today, specials, known, dice)
        if new is not None:
            yield new, today
        booking = folios.named(_booking(number, guest, stay, today, dice))
        yield from _live(booking, stay, today, folios)
    for booking, closing in _others(today, number, dice):
        yield make_guest(int(booking.id[2:]), dice), booking.booked_on or today
        yield booking, booking.booked_on or today
        if closing is not None:
            yield closing, today


def _guest(
    number: int,
    stay: Planned,
    today: str,
    specials: list[CreateGuest],
    known: list[str],
    dice: Dice,
) -> tuple[str, CreateGuest | None]:
    """Whose stay it is: now and then somebody who has been here before."""
    if specials and stay.start >= today:
        new = specials.pop(0)
        return new.id, new
    if known and dice.chance(8):
        return known.pop(0), None
    new = make_guest(number, dice)
    if stay.end < today:
        known.append(new.id)
    return new.id, new


def _booking(number: int, guest: str, stay: Planned, today: str, dice: Dice) -> CreateReservation:
    door = stay.door
    adults = min(door.capacity, dice.pick((1, 2, 2, 2)))
    return CreateReservation(
        id=f"r-{number:04d}",
        guest_id=guest,
        room_type=door.kind,
        room=door.number,
        arrival=stay.start,
        departure=stay.end,
        adults=adults,
        children=dice.number(0, door.capacity - adults) if door.capacity > 2 else 0,
        rate=door.rate + 500 * dice.number(-3, 6),
        currency=CURRENCY,
        source=dice.pick(_SOURCES),
        board=dice.pick(("breakfast", "breakfast", "breakfast", "half-board", "room-only")),
        eta=f"{dice.number(13, 22)}:{dice.pick(('00', '15', '30'))}" if dice.chance(40) else None,
        notes=dice.pick(_NOTES) if dice.chance(15) else None,
        # Nobody has booked tomorrow: what is still far away was booked in the last four weeks.
        booked_on=min(
            add_days(stay.start, -dice.number(1, 90)), add_days(today, -(number * 11 % 28))
        ),
    )


def _live(booking: CreateReservation, stay: Planned, today: str, folios: Folios) -> Iterator[Step]:
    """What has happened to the stay by now."""
    yield booking, booking.booked_on or today
    if stay.fate in ("due", "future"):
        yield from ((payment, today) for payment in folios.deposit(booking))
        return
    left = stay.fate in ("past", "left-today")
    yield CheckIn(id=booking.id, on=stay.start), stay.start
    yield from ((posted, today) for posted in folios.lived(booking, left=left))
    if left:
        yield CheckOut(id=booking.id, on=stay.end), stay.end


def _others(
    today: str, number: int, dice: Dice
) -> Iterator[tuple[CreateReservation, Command | None]]:
    """Reservations without a room: cancelled, no-show, unassigned, and a group's."""
    house = doors()
    for i in range(CANCELLED + NO_SHOWS + UNASSIGNED):
        number += 1
        absent = CANCELLED <= i < CANCELLED + NO_SHOWS
        start = add_days(today, dice.number(-9, -1) if absent else dice.number(1, 20))
        stay = Planned(
            door=dice.pick(house),
            start=start,
            end=add_days(start, dice.number(1, 5)),
            fate="future",
        )
        booking = replace(
            _booking(number, f"g-{number:04d}", stay, today, dice), room=None, overbook=True
        )
        closing: Command | None = None
        if i < CANCELLED:
            gone = max(booking.booked_on or today, add_days(today, -i))
            closing = Cancel(id=booking.id, on=gone, reason=dice.pick(("Flight", "Illness", "")))
        elif absent:
            closing = NoShow(id=booking.id, on=today)
        yield booking, closing
    start = add_days(today, 12)
    wedding = Planned(door=house[2], start=start, end=add_days(start, 3), fate="future")
    for _ in range(GROUP_ROOMS):
        number += 1
        booking = _booking(number, f"g-{number:04d}", wedding, today, dice)
        yield replace(booking, room=None, group=GROUP, source="group", overbook=True), None


def _housekeeping(today: str, dice: Dice) -> Iterator[Step]:
    """Sections, conditions, and what is broken."""
    for i, door in enumerate(doors()):
        person = HOUSEKEEPERS[i * len(HOUSEKEEPERS) // len(doors())]
        if not dice.chance(8):
            yield AssignHousekeeper(room=door.number, housekeeper=person), today
        if dice.chance(50):
            condition = dice.pick((CLEAN, CLEAN, INSPECTED, INSPECTED, DIRTY))
            yield SetCondition(room=door.number, condition=condition, on=today), today
    yield (
        SetServiceability(
            room=OUT_OF_ORDER_ROOM,
            serviceability=OUT_OF_ORDER,
            reason="Water damage in the bathroom",
            since=add_days(today, -1),
            until=add_days(today, 4),
        ),
        today,
    )
    yield (
        SetServiceability(
            room=FAULTY_ROOM, serviceability=OUT_OF_SERVICE, reason="Television has no picture"
        ),
        today,
    )


def _attention(space: Target, today: str, author: str) -> None:
    """Two desks gave one room away: the rule of the house keeps the second stay, unassigned."""
    house = doors()
    taken = next(
        stay
        for door in house
        for stay in space.view.find("reservations", "open_room", door.number)
        if stay["status"] == "confirmed" and stay["from"] > today
    )
    guest = make_guest(RESERVATIONS, Dice(today))
    booking = CreateReservation(
        id=f"r-{RESERVATIONS:04d}",
        guest_id=guest.id,
        room_type=taken["room_type"],
        room=taken["room"],
        arrival=taken["from"],
        departure=taken["to"],
        adults=1,
        rate=10_900,
        currency=CURRENCY,
        source="phone",
        booked_on=today,
    )

    def write(draft: object) -> None:
        guest.apply(draft)  # type: ignore[arg-type]
        booking.apply(draft)  # type: ignore[arg-type]

    space.run("Demonstration data", write, author=author)
