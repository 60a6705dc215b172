"""The demonstration hotel's house: five floors of twelve rooms, six types, nine people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pysync_pms.commands import CreateRoom, CreateRoomType, CreateStaff

CURRENCY: Final = "EUR"
FLOORS: Final = 5
PER_FLOOR: Final = 12

TYPES: Final = (
    CreateRoomType(id="SGL", name="Single", rank=0, capacity=1, rate=7_900, currency=CURRENCY),
    CreateRoomType(id="DBL", name="Double", rank=1, capacity=2, rate=10_900, currency=CURRENCY),
    CreateRoomType(id="TWN", name="Twin", rank=2, capacity=2, rate=11_200, currency=CURRENCY),
    CreateRoomType(id="SUP", name="Superior", rank=3, capacity=3, rate=14_900, currency=CURRENCY),
    CreateRoomType(id="FAM", name="Family", rank=4, capacity=4, rate=17_900, currency=CURRENCY),
    CreateRoomType(id="STE", name="Suite", rank=5, capacity=4, rate=28_900, currency=CURRENCY),
)
_BY_DOOR: Final = (
    "SGL", "SGL", "DBL", "DBL", "DBL", "DBL", "TWN", "TWN", "SUP", "SUP", "FAM", "STE",
)  # fmt: skip

_PEOPLE: Final = (
    ("rosa", "Rosa Almeida", "housekeeping", "Housekeeper", "housekeeping"),
    ("kofi", "Kofi Mensah", "housekeeping", "Housekeeper", "housekeeping"),
    ("yulia", "Yulia Bondarenko", "housekeeping", "Housekeeper", "housekeeping"),
    ("minh", "Minh Trần", "housekeeping", "Housekeeper", "housekeeping"),
    ("anna", "Anna Lindqvist", "reception", "Front desk", "rooms"),
    ("joao", "João Carvalho", "reception", "Front desk", "rooms"),
    ("priya", "Priya Nair", "reception", "Night auditor", "rooms"),
    ("marc", "Marc Dubois", "maintenance", "Technician", "upkeep"),
    ("ines", "Inês Teixeira", "manager", "General manager", "management"),
    ("tiago", "Tiago Fonseca", "other", "Chef", "kitchen"),
    ("amara", "Amara Okafor", "other", "Sous-chef", "kitchen"),
    ("luca", "Luca Bianchi", "other", "Waiter", "bar"),
    ("sofia", "Sofía Herrera", "other", "Bartender", "bar"),
    ("hana", "Hana Novák", "other", "Waitress", "bar"),
    ("duarte", "Duarte Pinto", "maintenance", "Gardener", "upkeep"),
    ("leila", "Leila Haddad", "other", "Accountant", "management"),
    ("bram", "Bram de Vries", "other", "Sales", "sales"),
    ("ewa", "Ewa Kowalczyk", "reception", "Concierge", "rooms"),
)
STAFF: Final = tuple(
    CreateStaff(id=f"s-{key}", name=name, role=role, job=job, centre=f"c-{centre}", account=key)
    for key, name, role, job, centre in _PEOPLE
)
HOUSEKEEPERS: Final = tuple(person.id for person in STAFF if person.role == "housekeeping")

OUT_OF_ORDER_ROOM: Final = "312"
"""Nobody is booked into it around today."""
FAULTY_ROOM: Final = "208"


@dataclass(frozen=True, slots=True)
class Door:
    """A room of the house."""

    number: str
    kind: str
    rate: int
    capacity: int


def doors() -> list[Door]:
    """All rooms by number."""
    by_id = {kind.id: kind for kind in TYPES}
    return [
        Door(f"{floor}{door + 1:02d}", kind, by_id[kind].rate or 0, by_id[kind].capacity or 1)
        for floor in range(1, FLOORS + 1)
        for door, kind in enumerate(_BY_DOOR)
    ]


def rooms() -> list[CreateRoom]:
    """The commands that build them."""
    return [
        CreateRoom(
            id=door.number,
            number=door.number,
            room_type=door.kind,
            floor=door.number[0],
            features=("sea view",) if door.number[1:] in ("09", "10", "12") else (),
        )
        for door in doors()
    ]
