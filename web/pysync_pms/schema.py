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
Stands on `fields`, `occupancy`, `indexes`, `guards`, `ledger_schema`, `stock`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pysync.model.keyring import RING
from pysync.model.ordinary import FIELDS as SYNC_FIELDS
from pysync.model.policy import HIGH, LOW, MEDIUM
from pysync.model.schema import About, CollectionSchema, Field, Schema
from pysync_pms.calendar import is_date
from pysync_pms.claim_kinds import CLAIM_GUARDS
from pysync_pms.day_guards import DAY_GUARDS
from pysync_pms.expenses.schema import EXPENSE_COLLECTIONS
from pysync_pms.fields import (
    AMOUNT,
    CURRENCY,
    DAY,
    ID,
    NEEDED_DAY,
    NEEDED_ID,
    NOTES_MAX,
    are_texts,
    count,
    is_country,
    is_day,
    is_email,
    is_not_blank,
    one_of,
    text,
)
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
    with_deposit,
)
from pysync_pms.invoice_guards import INVOICE_GUARDS
from pysync_pms.invoice_schema import INVOICE_SETTINGS, PAPER, PRINTED_PAPER
from pysync_pms.ledger_guards import LEDGER_GUARDS
from pysync_pms.ledger_schema import LEDGER, TAXES_MAX, are_taxes
from pysync_pms.occupancy import room_months
from pysync_pms.roles import ROLES as PEOPLE
from pysync_pms.staffing.guards import STAFF_GUARDS
from pysync_pms.staffing.schema import STAFF_COLLECTIONS
from pysync_pms.stock.guards import STOCK_GUARDS
from pysync_pms.stock.schema import STOCK
from pysync_pms.type_guards import TYPE_GUARDS
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
EARLIER_MAX: Final = 50  # moves within one stay
THEMES: Final = ("system", "light", "dark", "contrast")
DENSITIES: Final = ("comfortable", "compact")


def _earlier(value: Any) -> str | None:
    if len(value) > EARLIER_MAX:
        return f"holds more than {EARLIER_MAX} moves"
    for row in value:
        if not isinstance(row, list) or len(row) != 3 or not isinstance(row[0], str):
            return "must list [room, from, to]"
        if not is_date(row[1]) or not is_date(row[2]) or row[1] > row[2]:
            return "must list [room, from, to] with dates in order"
    return None


# -- collections ----------------------------------------------------------------------------------

_room_types = CollectionSchema(
    name=ROOM_TYPES,
    fields={
        "name": text(required=True, check=is_not_blank),
        "rank": count(1_000),
        "capacity": count(50),
        "rate": AMOUNT,
        "currency": CURRENCY,
    },
    indexes={"all": listed},
)

_rooms = CollectionSchema(
    name=ROOMS,
    fields={
        "number": text(20, required=True, check=is_not_blank),
        "floor": text(20),
        "room_type": NEEDED_ID,
        # Merged, so that a check-out, which leaves the room dirty, is not refused for what
        # housekeeping said in the same moment: the newer word stands, the other is kept.
        "condition": one_of(CONDITIONS, strategy="merge"),
        "condition_on": Field(types=(str,), check=is_day, strategy="merge"),
        "serviceability": one_of(SERVICEABILITIES, policy=HIGH),
        "closed_reason": text(500),
        "closed_from": DAY,
        "closed_until": DAY,
        "housekeeper": ID,
        "notes": text(NOTES_MAX),
        "features": Field(types=(list,), max_length=50, check=are_texts),
    },
    groups=(("serviceability", "closed_reason", "closed_from", "closed_until"),),
    indexes={name: by(name) for name in ("room_type", "floor", "number", "housekeeper")},
)

_guests = CollectionSchema(
    name=GUESTS,
    fields={
        "first_name": text(personal=True),
        "last_name": text(personal=True, required=True, check=is_not_blank),
        # An address of two that were typed in one moment goes to the wrong person: somebody asks.
        "email": text(254, personal=True, check=is_email, strategy="manual"),
        "phone": text(40, personal=True),
        "country": Field(types=(str,), check=is_country, personal=True),
        "language": text(35, personal=True),
        "birth_date": Field(types=(str,), check=is_day, personal=True),
        "company": text(personal=True),
        # Of two that were typed in one moment somebody who can read them chooses.
        "document": Field(personal=True, encrypted=True, strategy="manual"),
        "vip": Field(types=(bool,)),
        "notes": text(NOTES_MAX, personal=True),
        "merged_into": text(200, strategy="last-write-wins"),
    },
    policy=MEDIUM,
    indexes={"search": guest_search, "same": guest_same, "merged_into": by("merged_into")},
    about=About(GUESTS, "merged_into"),
)

_reservations = CollectionSchema(
    name=RESERVATIONS,
    fields={
        "guest_id": NEEDED_ID,
        "room_type": NEEDED_ID,
        "room": ID,
        "from": NEEDED_DAY,
        "to": NEEDED_DAY,
        "since": DAY,
        "earlier": Field(types=(list,), check=_earlier),
        "status": one_of(STATUSES, required=True),
        "adults": count(500),
        "children": count(500),
        "infants": count(500),
        "rate": AMOUNT,
        "currency": CURRENCY,
        "source": one_of(SOURCES),
        "board": one_of(BOARDS),
        "agent": text(),
        "company": text(),
        "group": text(),
        "eta": text(20),
        "notes": text(NOTES_MAX, personal=True),
        "booked_on": DAY,
        "closed_on": DAY,
        "close_reason": text(500, personal=True),
        "attention": one_of(ATTENTION_WORDS, strategy="last-write-wins"),
        "attention_room": ID,
        "overbook": Field(types=(bool,)),
        "deposit": replace(AMOUNT, minimum=0),
        "deposit_by": DAY,
        "left_owing": replace(AMOUNT, strategy="last-write-wins"),
        "import_key": text(200),
        "requests": count(100),
        "parking": count(100),
    },
    groups=(PLACE, STANDING, ("attention", "attention_room"), ("deposit", "deposit_by")),
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
        "deposit": with_deposit,
        "attention": attention,
    },
    about=About(GUESTS, "guest"),
)

_staff = CollectionSchema(
    name=STAFF,
    fields={
        "name": text(required=True, check=is_not_blank, personal=True),
        "role": one_of(ROLES, required=True),
        "active": Field(types=(bool,)),
        "job": text(),
        "centre": ID,
        "account": text(personal=True),
    },
    indexes={"role": by("role"), "all": listed, "account": by("account")},
)

_settings = CollectionSchema(
    name=SETTINGS,
    fields={
        "name": text(),
        "currency": CURRENCY,
        "check_in_time": text(5),
        "check_out_time": text(5),
        "time_zone": text(60),
        "business_date": DAY,
        "taxes": Field(types=(list,), max_length=TAXES_MAX, check=are_taxes),
        "room_tax": text(20),
        "city_tax": AMOUNT,
        **INVOICE_SETTINGS,
        "out_of_order_counts": Field(types=(bool,)),
        "own_claims": Field(types=(bool,)),
        "mileage_rate": count(1_000_000),
        **SYNC_FIELDS,
    },
    policy=LOW,
    indexes={"all": listed},
)

_preferences = CollectionSchema(
    name=PREFERENCES,
    fields={
        "theme": one_of(THEMES),
        "locale": text(35),
        "font_size": Field(types=(int,), minimum=75, maximum=200),
        "density": one_of(DENSITIES),
        "sidebar_collapsed": Field(types=(bool,)),
    },
)

_refusals = CollectionSchema(
    name=REFUSALS,
    fields={
        "label": text(200, personal=True),
        "message": text(NOTES_MAX, personal=True),
        "at": Field(types=(int,), minimum=0),
        "content": Field(types=(list,), personal=True),
        "guests": Field(types=(list,), max_length=50, check=are_texts),
    },
    indexes={"guest": refused_guests},
    about=About(GUESTS, "guest"),
)

_COLLECTIONS: Final = (
    *(_room_types, _rooms, _guests, _reservations),
    *(_staff, _settings, _preferences, _refusals, *LEDGER, PAPER, PRINTED_PAPER, RING),
    *(*STOCK, *EXPENSE_COLLECTIONS, *STAFF_COLLECTIONS),
)
SCHEMA: Final = Schema(
    version=1,
    collections={each.name: each for each in _COLLECTIONS},
    guards=(
        *(*GUARDS, *TYPE_GUARDS, *LEDGER_GUARDS, *INVOICE_GUARDS, *DAY_GUARDS),
        *(*STOCK_GUARDS, *CLAIM_GUARDS, *STAFF_GUARDS),
    ),
    roles=PEOPLE,
    settings=(SETTINGS, HOTEL),
    housekeeping=("preference-",),
    modules=MODULES,
)
"""The hotel's data: give it to whatever opens the space."""
