"""What a hotel's space may hold: collections, fields, indexes, and the guards that hold always.

Records are kept small: an optional field that has no value is absent, so readers use `.get`. Only
`id` and the fields marked required are always there. What can be derived (occupancy, availability,
totals) is never stored. Fields marked personal are erased with the person whom `about` names.

SCHEMA-1 a stay's place (room, from, to, since, earlier) merges as one register, and so does how it
stands (status, closed on, why): no merge makes a stay that nobody meant. SCHEMA-2 an index lists a
record under few keys: a stay under its rooms and months, never under each night. SCHEMA-3 what two
write in one moment is decided by a person for a guest's e-mail, a stay and whether a room can be
used; the newest word holds for a room's condition; the rest merges, and of the hotel's settings the
earlier stands.
Stands on `words`, `calendar`, `money`, `occupancy`, `indexes`, `guards`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pysync.model.keyring import RING
from pysync.model.ordinary import FIELDS as SYNC_FIELDS
from pysync.model.policy import HIGH, LOW, MEDIUM
from pysync.model.schema import About, CollectionSchema, Field, Schema
from pysync_pms.calendar import is_date
from pysync_pms.guards import GUARDS
from pysync_pms.indexes import (
    attention,
    by,
    guest_same,
    guest_search,
    leaving,
    listed,
    open_room,
    refused_guests,
    status_keys,
    stay_months,
)
from pysync_pms.money import MAX_AMOUNT, is_currency
from pysync_pms.occupancy import room_months
from pysync_pms.roles import ROLES as PEOPLE
from pysync_pms.words import (
    ATTENTION_WORDS,
    BOARDS,
    CONDITIONS,
    GUESTS,
    HOTEL,
    MODULES,
    PREFERENCES,
    REFUSALS,
    RESERVATIONS,
    ROLES,
    ROOM_TYPES,
    ROOMS,
    SERVICEABILITIES,
    SETTINGS,
    SOURCES,
    STAFF,
    STATUSES,
)

PLACE: Final = ("room", "from", "to", "since", "earlier")
STANDING: Final = ("status", "closed_on", "close_reason")
NAME_MAX: Final = 120
NOTES_MAX: Final = 4_000
EARLIER_MAX: Final = 50  # moves within one stay
THEMES: Final = ("system", "light", "dark", "contrast")
DENSITIES: Final = ("comfortable", "compact")


def _date(value: Any) -> str | None:
    return None if is_date(value) else "must be a date such as 2026-11-20"


def _currency(value: Any) -> str | None:
    return None if is_currency(value) else "must be a currency code such as EUR"


def _not_blank(value: Any) -> str | None:
    return None if value.strip() else "must not be empty"


def _email(value: Any) -> str | None:
    name, at, host = value.rpartition("@")
    good = at and name and "." in host.strip(".") and not any(c.isspace() for c in value)
    return None if good else "must be an address such as name@example.org"


def _country(value: Any) -> str | None:
    good = value.isascii() and value.isupper() and value.isalpha() and len(value) in (2, 3)
    return None if good else "must be a country code such as PRT"


def _earlier(value: Any) -> str | None:
    if len(value) > EARLIER_MAX:
        return f"holds more than {EARLIER_MAX} moves"
    for row in value:
        if not isinstance(row, list) or len(row) != 3 or not isinstance(row[0], str):
            return "must list [room, from, to]"
        if not is_date(row[1]) or not is_date(row[2]) or row[1] > row[2]:
            return "must list [room, from, to] with dates in order"
    return None


def _texts(value: Any) -> str | None:
    return None if all(isinstance(item, str) for item in value) else "must list texts"


def _text(limit: int = NAME_MAX, **more: Any) -> Field:
    return Field(types=(str,), max_length=limit, **more)


def _one_of(codes: Iterable[str], **more: Any) -> Field:
    return Field(types=(str,), choices=frozenset(codes), **more)


def _count(limit: int, **more: Any) -> Field:
    return Field(types=(int,), minimum=0, maximum=limit, **more)


_ID: Final = _text(200)
_NEEDED_ID: Final = _text(200, required=True, check=_not_blank)
_DAY: Final = Field(types=(str,), check=_date)
_NEEDED_DAY: Final = Field(types=(str,), check=_date, required=True)
_MONEY: Final = Field(types=(int,), minimum=-MAX_AMOUNT, maximum=MAX_AMOUNT)
_CURRENCY: Final = Field(types=(str,), check=_currency)


# -- collections ----------------------------------------------------------------------------------

_room_types = CollectionSchema(
    name=ROOM_TYPES,
    fields={
        "name": _text(required=True, check=_not_blank),
        "rank": _count(1_000),
        "capacity": _count(50),
        "rate": _MONEY,
        "currency": _CURRENCY,
    },
    indexes={"all": listed},
)

_rooms = CollectionSchema(
    name=ROOMS,
    fields={
        "number": _text(20, required=True, check=_not_blank),
        "floor": _text(20),
        "room_type": _NEEDED_ID,
        # Merged, so that a check-out, which leaves the room dirty, is not refused for what
        # housekeeping said in the same moment: the newer word stands, the other is kept.
        "condition": _one_of(CONDITIONS, strategy="merge"),
        "condition_on": Field(types=(str,), check=_date, strategy="merge"),
        "serviceability": _one_of(SERVICEABILITIES, policy=HIGH),
        "closed_reason": _text(500),
        "closed_from": _DAY,
        "closed_until": _DAY,
        "housekeeper": _ID,
        "notes": _text(NOTES_MAX),
        "features": Field(types=(list,), max_length=50, check=_texts),
    },
    groups=(("serviceability", "closed_reason", "closed_from", "closed_until"),),
    indexes={name: by(name) for name in ("room_type", "floor", "number", "housekeeper")},
)

_guests = CollectionSchema(
    name=GUESTS,
    fields={
        "first_name": _text(personal=True),
        "last_name": _text(personal=True, required=True, check=_not_blank),
        # An address of two that were typed in one moment goes to the wrong person: somebody asks.
        "email": _text(254, personal=True, check=_email, strategy="manual"),
        "phone": _text(40, personal=True),
        "country": Field(types=(str,), check=_country, personal=True),
        "language": _text(35, personal=True),
        "birth_date": Field(types=(str,), check=_date, personal=True),
        "company": _text(personal=True),
        # Of two that were typed in one moment somebody who can read them chooses.
        "document": Field(personal=True, encrypted=True, strategy="manual"),
        "vip": Field(types=(bool,)),
        "notes": _text(NOTES_MAX, personal=True),
        "merged_into": _text(200, strategy="last-write-wins"),
    },
    policy=MEDIUM,
    indexes={"search": guest_search, "same": guest_same, "merged_into": by("merged_into")},
    about=About(GUESTS, "merged_into"),
)

_reservations = CollectionSchema(
    name=RESERVATIONS,
    fields={
        "guest_id": _NEEDED_ID,
        "room_type": _NEEDED_ID,
        "room": _ID,
        "from": _NEEDED_DAY,
        "to": _NEEDED_DAY,
        "since": _DAY,
        "earlier": Field(types=(list,), check=_earlier),
        "status": _one_of(STATUSES, required=True),
        "adults": _count(500),
        "children": _count(500),
        "infants": _count(500),
        "rate": _MONEY,
        "currency": _CURRENCY,
        "source": _one_of(SOURCES),
        "board": _one_of(BOARDS),
        "agent": _text(),
        "company": _text(),
        "group": _text(),
        "eta": _text(20),
        "notes": _text(NOTES_MAX, personal=True),
        "booked_on": _DAY,
        "closed_on": _DAY,
        "close_reason": _text(500, personal=True),
        "attention": _one_of(ATTENTION_WORDS, strategy="last-write-wins"),
        "attention_room": _ID,
        "import_key": _text(200),
        "requests": _count(100),
        "parking": _count(100),
    },
    groups=(PLACE, STANDING, ("attention", "attention_room")),
    policy=HIGH,
    indexes={
        "room_month": room_months,
        "month": stay_months,
        "open_room": open_room,
        "arrival": by("from"),
        "departure": leaving,
        "status": status_keys,
        "guest": by("guest_id"),
        "group": by("group"),
        "attention": attention,
    },
    about=About(GUESTS, "guest"),
)

_staff = CollectionSchema(
    name=STAFF,
    fields={
        "name": _text(required=True, check=_not_blank, personal=True),
        "role": _one_of(ROLES, required=True),
        "active": Field(types=(bool,)),
    },
    indexes={"role": by("role"), "all": listed},
)

_settings = CollectionSchema(
    name=SETTINGS,
    fields={
        "name": _text(),
        "currency": _CURRENCY,
        "check_in_time": _text(5),
        "check_out_time": _text(5),
        "time_zone": _text(60),
        "business_date": _DAY,
        **SYNC_FIELDS,
    },
    policy=LOW,
    indexes={"all": listed},
)

_preferences = CollectionSchema(
    name=PREFERENCES,
    fields={
        "theme": _one_of(THEMES),
        "locale": _text(35),
        "font_size": Field(types=(int,), minimum=75, maximum=200),
        "density": _one_of(DENSITIES),
        "sidebar_collapsed": Field(types=(bool,)),
    },
)

_refusals = CollectionSchema(
    name=REFUSALS,
    fields={
        "label": _text(200, personal=True),
        "message": _text(NOTES_MAX, personal=True),
        "at": Field(types=(int,), minimum=0),
        "content": Field(types=(list,), personal=True),
        "guests": Field(types=(list,), max_length=50, check=_texts),
    },
    indexes={"guest": refused_guests},
    about=About(GUESTS, "guest"),
)

_COLLECTIONS: Final = (
    *(_room_types, _rooms, _guests, _reservations),
    *(_staff, _settings, _preferences, _refusals, RING),
)
SCHEMA: Final = Schema(
    version=1,
    collections={each.name: each for each in _COLLECTIONS},
    guards=GUARDS,
    roles=PEOPLE,
    settings=(SETTINGS, HOTEL),
    housekeeping=("preference-",),
    modules=MODULES,
)
"""The hotel's data: give it to whatever opens the space."""
