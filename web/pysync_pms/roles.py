"""Who may do what in the hotel: the roles that people have, one table.

The names are those that accounts carry at the server. Who checks a guest out also says that the
room is dirty, so the desk writes a room's condition. A screen reads what is hidden as a field that
has no value. Stands on `words`, `stock.words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pysync.model.roles import EVERYTHING, Grant, Role, all_but, only
from pysync.model.sealed import KEYRING
from pysync_pms.expenses.claims import PAYMENT, SUBMISSION
from pysync_pms.expenses.schema import BOOKED
from pysync_pms.expenses.schema import OWN as SPENT
from pysync_pms.expenses.words import CENTRES, EXPENSES
from pysync_pms.invoice_schema import INVOICE_SETTINGS
from pysync_pms.staffing.schema import CLOCK, TRIP
from pysync_pms.staffing.words import MILEAGE, SHEETS, SHIFTS, TIMES
from pysync_pms.stock.words import ITEMS, LEVELS, MOVES, PLACES
from pysync_pms.words import (
    ARTICLES,
    AUDITS,
    FOLIOS,
    GUESTS,
    INVOICES,
    LINES,
    PRINTED,
    REFUSALS,
    RESERVATIONS,
    ROOM_TYPES,
    ROOMS,
    SETTINGS,
    STAFF,
)

FULL: Final = replace(EVERYTHING, erases=True, exports=True)
"""Also to erase guests, and to hand out all that is kept about one."""
_MINE: Final = (*SPENT, *SUBMISSION, "owner")
"""Of a claim: what whoever makes it writes. Which claims are theirs is a matter of the guards."""
_DRIVEN: Final = (*TRIP, *SUBMISSION, "owner")
_CLOCKED: Final = ("staff", "on", *CLOCK, "note", "in_by", "out_by")
OWN: Final[Mapping[str, Grant]] = {
    "preference*": EVERYTHING,
    EXPENSES: Grant(write=only(*_MINE), resolve=only(*_MINE), adds=True, removes=True),
    CENTRES: Grant(),
    MILEAGE: Grant(write=only(*_DRIVEN), resolve=only(*_DRIVEN), adds=True, removes=True),
    TIMES: Grant(write=only(*_CLOCKED), resolve=only(*_CLOCKED), adds=True),
    SHEETS: Grant(),
    SHIFTS: Grant(),
}
"""What everybody has: how the hotel looks on their device, and what they spent for it."""
_REPAYS: Final = only(*_DRIVEN, *PAYMENT)
_PAYS: Final = only(*_MINE, *BOOKED, *PAYMENT)
_CARE: Final = ("condition", "condition_on", "housekeeper", "notes")
_SERVICE: Final = ("serviceability", "closed_reason", "closed_from", "closed_until")
_MONEY: Final = ("rate", "currency")
_OWED: Final = ("left_owing", "deposit", "deposit_by")
_TAXES: Final = (
    *("taxes", "room_tax", "city_tax", "business_date", "mileage_rate"),
    *INVOICE_SETTINGS,
)
_ASKS: Final = ("public", "name", "asked")
"""What a device writes to ask for the keys of encrypted fields."""
_READS: Final[Mapping[str, Grant]] = dict.fromkeys((ITEMS, PLACES, LEVELS, MOVES), Grant())
_LEVEL: Final = Grant(write=only("item", "place"), adds=True)
_RECEIVED: Final = only("item", "place", "on", "received", "note", "reason", "reverses", "unit")
_HANDLES: Final[Mapping[str, Grant]] = {
    **_READS,
    LEVELS: _LEVEL,
    MOVES: Grant(write=all_but("received"), adds=True),
}
"""Takes from the stock, brings it from place to place and counts it."""

ROLES: Final[Mapping[str, Role]] = {
    "owner": Role(title="Owner", grants={"*": FULL}),
    "manager": Role(title="Manager", grants={"*": FULL}),
    "front-desk": Role(
        title="Front desk",
        grants={
            "*": Grant(),
            GUESTS: EVERYTHING,
            RESERVATIONS: EVERYTHING,
            REFUSALS: EVERYTHING,
            LINES: EVERYTHING,
            FOLIOS: EVERYTHING,
            AUDITS: EVERYTHING,
            INVOICES: EVERYTHING,
            PRINTED: EVERYTHING,
            ROOMS: Grant(write=only(*_CARE, *_SERVICE), resolve=only(*_CARE, *_SERVICE)),
            SETTINGS: Grant(write=only("business_date"), resolve=only("business_date")),
            KEYRING: Grant(write=only(*_ASKS), adds=True),
            **_HANDLES,
            **OWN,
        },
    ),
    "housekeeping": Role(
        title="Housekeeping",
        grants={
            ROOMS: Grant(write=only(*_CARE), resolve=only(*_CARE)),
            ROOM_TYPES: Grant(read=all_but(*_MONEY)),
            GUESTS: Grant(read=only("first_name", "last_name", "language", "vip", "merged_into")),
            RESERVATIONS: Grant(
                read=all_but(*_MONEY, *_OWED, "agent", "company", "source", "import_key")
            ),
            STAFF: Grant(),
            SETTINGS: Grant(),
            **_HANDLES,
            **OWN,
        },
    ),
    "accounting": Role(
        title="Accounting",
        grants={
            "*": Grant(),
            GUESTS: Grant(read=all_but("document")),
            RESERVATIONS: Grant(
                write=only(*_MONEY, "agent", "company"), resolve=only(*_MONEY, "agent", "company")
            ),
            ROOM_TYPES: Grant(write=only(*_MONEY), resolve=only(*_MONEY)),
            REFUSALS: EVERYTHING,
            LINES: EVERYTHING,
            FOLIOS: EVERYTHING,
            AUDITS: EVERYTHING,
            INVOICES: EVERYTHING,
            PRINTED: EVERYTHING,
            ARTICLES: EVERYTHING,
            SETTINGS: Grant(write=only(*_TAXES), resolve=only(*_TAXES)),
            LEVELS: _LEVEL,
            MOVES: Grant(write=_RECEIVED, adds=True),
            **OWN,
            EXPENSES: replace(OWN[EXPENSES], write=_PAYS, resolve=_PAYS),
            CENTRES: EVERYTHING,
            MILEAGE: replace(OWN[MILEAGE], write=_REPAYS, resolve=_REPAYS),
        },
    ),
    "viewer": Role(
        title="Viewer",
        grants={
            GUESTS: Grant(read=all_but("email", "phone", "birth_date", "document", "notes")),
            RESERVATIONS: Grant(read=all_but(*_OWED)),
            ROOMS: Grant(),
            ROOM_TYPES: Grant(),
            STAFF: Grant(),
            SETTINGS: Grant(),
            **_READS,
            **OWN,
        },
    ),
}
