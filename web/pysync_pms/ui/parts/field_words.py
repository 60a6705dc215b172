"""Fields and their values as people read them: in histories, conflicts, and what was refused.

Stands on `sealed`, `words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from pysync.model.conflict import Conflict
from pysync.model.guard import Record
from pysync.model.sealed import is_sealed
from pysync_pms.calendar import is_date
from pysync_pms.expenses.words import CENTRES
from pysync_pms.indexes import full_name
from pysync_pms.queries import room_name
from pysync_pms.stock.words import ITEMS, PLACES
from pysync_pms.ui import html as h
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.language import tr
from pysync_pms.ui.parts.words import amount, label
from pysync_pms.ui.sealed import SEALED
from pysync_pms.ui.told import told
from pysync_pms.words import GUESTS, ROOM_TYPES, STAFF

__all__ = [
    "INSIDE",
    "Words",
    "candidate_text",
    "candidate_words",
    "field_name",
    "field_text",
    "field_words",
    "is_nothing",
    "value_words",
]

LONGEST: Final = 240
"""Characters of a value; what it was in full is there again when the version is restored."""

_NAMES: Final[Mapping[str, str]] = {
    "guest_id": tr("Guest"),
    "email": tr("E-mail"),
    "document": tr("Identity document"),
    "from": tr("Arrival"),
    "to": tr("Departure"),
    "eta": tr("Expected at"),
    "condition_on": tr("Condition since"),
    "attention_room": tr("Room that was taken"),
}
INSIDE: Final = frozenset({"import_key", "erased", "tax_rate", "decided", "payment"})
"""Fields that tell a person nothing."""
_GUESTS: Final = frozenset({"guest_id", "merged_into"})
_RECORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(_GUESTS, GUESTS),
    "room_type": ROOM_TYPES,
    "housekeeper": STAFF,
    "item": ITEMS,
    "place": PLACES,
    "into": PLACES,
    "staff": STAFF,
    **dict.fromkeys(("centre", "booked_centre"), CENTRES),
}
_CODES: Final = frozenset(
    {"status", "source", "board", "attention", "condition", "serviceability", "role"}
    | {"category", "booked_as", "decision", "method"}
)
_AMOUNTS: Final = frozenset({"rate", "amount", "tax", "deposit", "left_owing"})


class Words(NamedTuple):
    """A value in words. `opened` says that something sealed was opened for it: what is drawn of
    that, by `html`, is in no stored picture of a page (SHOWN-1)."""

    text: str
    opened: bool = False

    def html(self, marked: Child = None) -> Html:
        """As it is drawn: the text, or that text with `marked` parts; nothing where it is empty."""
        shown = join(self.text if marked is None else marked)
        return h.span(data_no_cache=True)[shown] if self.opened and shown else shown

    def short(self) -> Words:
        """As much of it as a line of the history takes."""
        text = self.text
        return self if len(text) <= LONGEST else self._replace(text=f"{text[:LONGEST].rstrip()}…")


def field_name(name: str) -> str:
    """A field as people call it; a register within one is called by its beginning."""
    return _NAMES.get(name) or label(name.partition("/")[0])


def candidate_words(hotel: Hotel, conflict: Conflict, value: Any) -> Html:
    """One of the values of a conflict in words: of fields that go together, each that is set."""
    return candidate_text(hotel, conflict, value).html()


def candidate_text(hotel: Hotel, conflict: Conflict, value: Any) -> Words:
    """The same for whoever compares two of them before they are drawn."""
    record = hotel.view.get(conflict.key, conflict.rid)
    if not isinstance(value, Mapping):
        return field_text(hotel, record, conflict.register, value)
    found = [
        (field_name(name), field_text(hotel, record, name, each))
        for name, each in value.items()
        if name not in INSIDE and not is_nothing(each)
    ]
    text = ", ".join(f"{name} {words.text}" for name, words in found)
    return Words(text, any(words.opened for _, words in found))


def field_words(hotel: Hotel, record: Record | None, name: str, value: Any) -> Html:
    """A field's value as the rest of the screen says it: money, a room's number, a guest's name."""
    return field_text(hotel, record, name, value).html()


def field_text(hotel: Hotel, record: Record | None, name: str, value: Any) -> Words:
    if not is_sealed(value):
        return Words(str(_plain(hotel, record, name, value)))
    place = (GUESTS, str((record or {}).get("id") or ""), name, value)
    if not place[1]:
        return Words(str(SEALED))
    return Words(str(hotel.sealed.words(*place)), hotel.sealed.look(*place) == "opened")


def _plain(hotel: Hotel, record: Record | None, name: str, value: Any) -> str:
    view = hotel.view
    if name in _AMOUNTS and isinstance(value, int):
        currency = str((record.get("currency") if record is not None else "") or hotel.currency)
        return amount(hotel.app.formats, value, currency)
    if name == "distance" and isinstance(value, int):
        return f"{hotel.app.formats.number(value / 10, 1 if value % 10 else 0)} km"
    if name in ("room", "attention_room") and value:
        return room_name(view, str(value))
    if is_date(value):
        return hotel.app.formats.day(date.fromisoformat(value), "medium")
    if name in _CODES:
        return str(label(str(value or "")))
    if name == "unit" and value:
        return told(str(value))
    if name == "picture" and value:
        value = str(value)[:6]
    named = view.get(_RECORDS[name], str(value)) if name in _RECORDS and value else None
    if named is None:
        return value_words(value)
    return full_name(named) if name in _GUESTS else str(named.get("name") or named["id"])


def is_nothing(value: Any) -> bool:
    return value in (None, "", [], {})


def value_words(value: Any) -> str:
    """A stored value as a person reads it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if is_sealed(value):
        return SEALED
    if isinstance(value, (list, dict)):
        return ", ".join(str(item) for item in value)
    return str(value)
