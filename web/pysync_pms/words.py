"""The hotel's vocabulary: names of collections and every closed set of codes. Stands on nothing.

Codes are what is stored and sent; the interface turns them into words. A code, once released, is
never given another meaning.
"""

from __future__ import annotations

from typing import Final, Literal

ROOM_TYPES: Final = "room_types"
ROOMS: Final = "rooms"
GUESTS: Final = "guests"
RESERVATIONS: Final = "reservations"
STAFF: Final = "staff"
SETTINGS: Final = "settings"
HOTEL: Final = "hotel"
"""Id of the settings record about the hotel."""
PREFERENCES: Final = "preferences"
REFUSALS: Final = "refusals"
"""What was shown and then refused, kept for a person."""
LINES: Final = "folio_lines"
"""The ledger: what was charged and paid, line by line, by stay and window."""
FOLIOS: Final = "folios"
"""Who pays a window of a stay's folio."""
AUDITS: Final = "audits"
"""The days that were closed, by date."""
INVOICES: Final = "invoices"
"""What was billed, and what of it was credited, under numbers without a gap."""
PRINTED: Final = "printed_papers"
"""Under which number a paper was printed, by the paper: what was given to a guest."""
ARTICLES: Final = "articles"
"""What is sold at the desk."""
MODULES: Final = {
    RESERVATIONS: "reservations",
    REFUSALS: "reservations",
    LINES: "reservations",
    FOLIOS: "reservations",
    AUDITS: "reservations",
    INVOICES: "reservations",
    PRINTED: "reservations",
    GUESTS: "guests",
}
"""What a device may leave out, by collection."""

Status = Literal["confirmed", "checked-in", "checked-out", "cancelled", "no-show"]
CONFIRMED: Final = "confirmed"
CHECKED_IN: Final = "checked-in"
CHECKED_OUT: Final = "checked-out"
CANCELLED: Final = "cancelled"
NO_SHOW: Final = "no-show"
STATUSES: Final = (CONFIRMED, CHECKED_IN, CHECKED_OUT, CANCELLED, NO_SHOW)
OPEN: Final = frozenset((CONFIRMED, CHECKED_IN))
"""Somebody is still expected to come or to leave."""
HOLDING: Final = frozenset((CONFIRMED, CHECKED_IN, CHECKED_OUT))
"""The stay takes its nights: nobody else may have the room in them."""

Condition = Literal["dirty", "clean", "inspected"]
DIRTY: Final = "dirty"
CLEAN: Final = "clean"
INSPECTED: Final = "inspected"
CONDITIONS: Final = (DIRTY, CLEAN, INSPECTED)

Serviceability = Literal["in-service", "out-of-order", "out-of-service"]
IN_SERVICE: Final = "in-service"
OUT_OF_ORDER: Final = "out-of-order"
"""Cannot be sold: taken out of what is available."""
OUT_OF_SERVICE: Final = "out-of-service"
"""A small fault: still counted as available, given out last and with a warning."""
SERVICEABILITIES: Final = (IN_SERVICE, OUT_OF_ORDER, OUT_OF_SERVICE)

Attention = Literal[
    "room-taken",
    "room-out-of-order",
    "room-unknown",
    "check-in-room-taken",
    "check-in-without-room",
    "cancelled-meanwhile",
    "charged-afterwards",
    "type-sold-out",
]
ROOM_TAKEN: Final = "room-taken"
ROOM_OUT_OF_ORDER: Final = "room-out-of-order"
ROOM_UNKNOWN: Final = "room-unknown"
CHECK_IN_ROOM_TAKEN: Final = "check-in-room-taken"
CHECK_IN_WITHOUT_ROOM: Final = "check-in-without-room"
CANCELLED_MEANWHILE: Final = "cancelled-meanwhile"
CHARGED_AFTERWARDS: Final = "charged-afterwards"
TYPE_SOLD_OUT: Final = "type-sold-out"
ATTENTION_WORDS: Final[dict[str, str]] = {
    ROOM_TAKEN: "Somebody else was given room {room} for these nights. Assign another room.",
    ROOM_OUT_OF_ORDER: "Room {room} is out of order. Assign another room.",
    ROOM_UNKNOWN: "Room {room} does not exist any more. Assign another room.",
    CHECK_IN_ROOM_TAKEN: (
        "This guest was checked in to room {room}, which another desk gave away at the same time. "
        "Assign another room, exchange the key and check in again."
    ),
    CHECK_IN_WITHOUT_ROOM: "This guest was checked in without a room. Assign one and check in.",
    CANCELLED_MEANWHILE: (
        "This guest is in the house, but the booking was closed at another desk meanwhile. "
        "Check with the guest and confirm."
    ),
    CHARGED_AFTERWARDS: (
        "Something was charged to this guest after they had checked out. Ask them for it, or "
        "reverse it."
    ),
    TYPE_SOLD_OUT: (
        "Another desk sold the last room of this type for these nights at the same time. Offer "
        "another type or other dates, or keep it as an overbooking."
    ),
}
"""What a person does about it; `{room}` is the record's `attention_room`."""

ROLES: Final = ("housekeeping", "reception", "manager", "maintenance", "other")
SOURCES: Final = (
    "direct",
    "walk-in",
    "phone",
    "online-agency",
    "agency",
    "corporate",
    "group",
    "complimentary",
    "other",
)
BOARDS: Final = ("room-only", "breakfast", "half-board", "full-board")

CHARGE: Final = "charge"
PAYMENT: Final = "payment"
KINDS: Final = (CHARGE, PAYMENT)
CATEGORIES: Final = (
    *("room", "food", "beverage", "amenity", "parking", "city-tax", "fee", "damage", "other"),
)
"""What revenue is counted under."""
INVOICE: Final = "invoice"
CREDIT_NOTE: Final = "credit-note"
PAPERS: Final = (INVOICE, CREDIT_NOTE)
"""What is issued under a number: each kind has a series of its own."""
METHODS: Final = ("cash", "card", "bank-transfer", "voucher", "company")
"""How somebody pays; `company`: it is put on their account."""
WINDOWS_MAX: Final = 9
