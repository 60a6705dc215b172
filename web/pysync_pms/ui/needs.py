"""What a control needs: the right without which its action would be refused.

Controls are drawn without knowing who looks: they ask here, by the name of their action, and are
drawn disabled with the reason. The last word is the relay's. Stands on `pysync.model.rights`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, Literal

from pysync.model.rights import Rights
from pysync.model.sealed import KEYRING
from pysync_pms.expenses.words import CENTRES, EXPENSES
from pysync_pms.staffing.words import MILEAGE, SHEETS, SHIFTS, TIMES
from pysync_pms.stock.words import ITEMS, MOVES, PLACES
from pysync_pms.ui.language import tr
from pysync_pms.ui.told import told
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

__all__ = ["drawn_for", "sees", "why_not"]

Need = tuple[str, str]
"""A collection, and one of its fields; ADD, REMOVE, ERASE or EXPORT."""
ADD: Final[Literal["+"]] = "+"
REMOVE: Final[Literal["-"]] = "-"
ERASE: Final[Literal["!"]] = "!"
EXPORT: Final[Literal[">"]] = ">"

_STANDING: Final = (RESERVATIONS, "status")
_PLACE: Final = (RESERVATIONS, "room")
_CONDITION: Final = (ROOMS, "condition")
_TAXES: Final = (SETTINGS, "taxes")


def claim_needs(kind: str) -> Mapping[str, Need]:
    """What the deeds with a kind of claims need."""
    return {
        f"{kind}.new": (kind, ADD),
        f"{kind}.edit": (kind, "staff"),
        f"{kind}.submit": (kind, "submission"),
        f"{kind}.discard": (kind, REMOVE),
        **dict.fromkeys((f"{kind}.approve", f"{kind}.reject"), (kind, "decision")),
        f"{kind}.take-back": (kind, "decision"),
        f"{kind}.pay": (kind, "paid_on"),
    }


NEEDS: Final[Mapping[str, Need]] = {
    "stay.new": (RESERVATIONS, ADD),
    "stay.walk-in": (RESERVATIONS, ADD),
    "tape.pick": (RESERVATIONS, ADD),
    "stay.notes": (RESERVATIONS, "notes"),
    "stay.give-room": _PLACE,
    "stay.check-in": _STANDING,
    "stay.check-out": _STANDING,
    "stay.undo-check-in": _STANDING,
    "stay.undo-check-out": _STANDING,
    "stay.reinstate": _STANDING,
    "stay.no-show": _STANDING,
    "stay.cancel": _STANDING,
    "stay.assign": _PLACE,
    "stay.move": _PLACE,
    "stay.extend": _PLACE,
    "stay.shorten": _PLACE,
    "stay.unassign": _PLACE,
    "folio.charge": (LINES, ADD),
    "folio.pay": (LINES, ADD),
    "folio.deposit": (RESERVATIONS, "deposit"),
    "folio.nights": (LINES, ADD),
    "folio.reverse": (LINES, ADD),
    "folio.move": (LINES, ADD),
    "folio.split": (LINES, ADD),
    "folio.name": (FOLIOS, "name"),
    "invoice.issue": (INVOICES, ADD),
    "invoice.credit": (INVOICES, ADD),
    "invoice.print": (PRINTED, ADD),
    "invoice.issuer": _TAXES,
    "tape.drag": _PLACE,
    "room.clean": _CONDITION,
    "room.dirty": _CONDITION,
    "room.inspect": _CONDITION,
    "room.assign": (ROOMS, "housekeeper"),
    "room.service": (ROOMS, "serviceability"),
    "guest.new": (GUESTS, ADD),
    "guest.save": (GUESTS, "last_name"),
    "guest.merge": (GUESTS, "merged_into"),
    "guest.erase": (GUESTS, ERASE),
    "guest.export": (GUESTS, EXPORT),
    "attention.clear": (RESERVATIONS, "attention"),
    "attention.discard": (REFUSALS, REMOVE),
    "home.day": (SETTINGS, "business_date"),
    "home.close": (AUDITS, ADD),
    "settings.save": (SETTINGS, "name"),
    "sync.save": (SETTINGS, "conflict_window"),
    "settings.new-type": (ROOM_TYPES, ADD),
    "settings.new-room": (ROOMS, ADD),
    "settings.new-staff": (STAFF, ADD),
    "charges.new-tax": _TAXES,
    "charges.edit-tax": _TAXES,
    "charges.remove-tax": _TAXES,
    "charges.night": (SETTINGS, "room_tax"),
    "charges.new-article": (ARTICLES, ADD),
    "charges.edit-article": (ARTICLES, "price"),
    "charges.stop": (ARTICLES, "active"),
    "charges.sell": (ARTICLES, "active"),
    "stock.issue": (MOVES, "issued"),
    "stock.receive": (MOVES, "received"),
    "stock.waste": (MOVES, "wasted"),
    "stock.transfer": (MOVES, "moved"),
    "stock.count": (MOVES, "counted"),
    "stock.save-count": (MOVES, "counted"),
    "stock.reverse": (MOVES, "reason"),
    "stock.new-item": (ITEMS, ADD),
    "stock.edit-item": (ITEMS, "name"),
    "stock.retire-item": (ITEMS, "active"),
    "stock.use-item": (ITEMS, "active"),
    "stock.new-place": (PLACES, ADD),
    "stock.edit-place": (PLACES, "name"),
    "stock.retire-place": (PLACES, "active"),
    "stock.use-place": (PLACES, "active"),
    "import.start": (ROOMS, ADD),
    **claim_needs(EXPENSES),
    **claim_needs(MILEAGE),
    "staff.rate": (SETTINGS, "mileage_rate"),
    "staff.approve": (MILEAGE, "decision"),
    "staff.reject": (MILEAGE, "decision"),
    **dict.fromkeys(("time.in", "time.add"), (TIMES, ADD)),
    **dict.fromkeys(("time.out", "time.break", "time.back"), (TIMES, "end")),
    "time.correct": (TIMES, "reason"),
    "time.aside": (TIMES, REMOVE),
    "time.approve": (SHEETS, ADD),
    "time.reopen": (SHEETS, REMOVE),
    "rota.add": (SHIFTS, ADD),
    **dict.fromkeys(("rota.edit", "rota.copy", "rota.publish"), (SHIFTS, "start")),
    "people.new": (STAFF, ADD),
    "people.edit": (STAFF, "name"),
    "expenses.book": (EXPENSES, "booked_as"),
    "expenses.own-claims": (SETTINGS, "own_claims"),
    "expenses.new-centre": (CENTRES, ADD),
    "expenses.edit-centre": (CENTRES, "name"),
    "expenses.use-centre": (CENTRES, "active"),
    "vault.on": (KEYRING, "key"),
    "vault.ask": (KEYRING, "public"),
    "vault.recover": (KEYRING, "wrapped"),
    "vault.compare": (KEYRING, "wrapped"),
    "vault.remove": (KEYRING, REMOVE),
    "vault.code": (KEYRING, "private"),
}
"""By action; what is not here everybody may."""

_looking: ContextVar[Rights | None] = ContextVar("looking", default=None)


@contextmanager
def drawn_for(rights: Rights | None) -> Iterator[None]:
    """Controls made inside are for somebody with these rights; None: all."""
    token = _looking.set(rights)
    try:
        yield
    finally:
        _looking.reset(token)


def sees(collection: str, field: str) -> bool:
    """Whether whoever looks may see this field: one without a value may only be hidden."""
    rights = _looking.get()
    return rights is None or rights.may_read(collection, field)


def why_not(action: str | None) -> str | None:
    """Why whoever looks may not do this, in a sentence; None if they may."""
    rights, need = _looking.get(), NEEDS.get(action or "")
    if rights is None or need is None:
        return None
    key, what = need
    if rights.leaves_out(key):
        return tr("This device does not keep {what}", what=told(key))
    if what == ADD:
        allowed = rights.may_add(key)
    elif what == REMOVE:
        allowed = rights.may_remove(key)
    elif what == ERASE:
        allowed = rights.may_erase(key)
    elif what == EXPORT:
        allowed = rights.may_export(key)
    else:
        allowed = rights.may_write(key, what)
    return None if allowed else tr("{role} may not do this", role=told(rights.role.title))
