"""A record's history: every version with who, when, what changed, and the way back.

Stands on `Hotel.history` and the timeline of `surfaces`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from pysync.history import Version, undecided
from pysync.model.conflict import Conflict
from pysync.model.guard import Record
from pysync.model.ordinary import HISTORY
from pysync.model.sealed import is_sealed
from pysync.values.clock import wall_of
from pysync_pms.calendar import is_date
from pysync_pms.expenses.words import CENTRES
from pysync_pms.indexes import full_name
from pysync_pms.queries import room_name
from pysync_pms.ui import html as h
from pysync_pms.ui.components.controls import Tone, button
from pysync_pms.ui.components.surfaces import Event, skeleton, timeline
from pysync_pms.ui.hotel import Hotel
from pysync_pms.ui.html import Child, Html, join
from pysync_pms.ui.parts.words import amount, label
from pysync_pms.ui.screen import Action
from pysync_pms.ui.sealed import SEALED
from pysync_pms.ui.wire import UiEvent
from pysync_pms.words import GUESTS, ROOM_TYPES, STAFF

__all__ = [
    "INSIDE",
    "Words",
    "candidate_text",
    "candidate_words",
    "field_name",
    "field_words",
    "history_actions",
    "history_view",
    "value_words",
]

SHOWN = 60
LONGEST = 240
"""Characters of a value; what it was in full is there again when the version is restored."""

_NAMES: Final[Mapping[str, str]] = {
    "guest_id": "Guest",
    "email": "E-mail",
    "document": "Identity document",
    "from": "Arrival",
    "to": "Departure",
    "eta": "Expected at",
    "condition_on": "Condition since",
    "attention_room": "Room that was taken",
}
INSIDE: Final = frozenset({"import_key", "erased", "tax_rate", "decided", "payment"})
"""Fields that tell a person nothing."""
_GUESTS: Final = frozenset({"guest_id", "merged_into"})
_RECORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(_GUESTS, GUESTS),
    "room_type": ROOM_TYPES,
    "housekeeper": STAFF,
    "staff": STAFF,
    **dict.fromkeys(("centre", "booked_centre"), CENTRES),
}
_CODES: Final = frozenset(
    {"status", "source", "board", "attention", "condition", "serviceability", "role"}
    | {"category", "booked_as", "decision", "method"}
)
_AMOUNTS: Final = frozenset({"rate", "amount", "tax"})

_OUTCOMES: Mapping[str, tuple[str, Tone]] = {
    "refused": ("refused", "danger"),
    "retry": ("run again", "idle"),
    "amended": ("changed by a rule", "act"),
    "conflict": ("met another change", "act"),
    "merged": ("merged", "idle"),
}


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


def history_view(hotel: Hotel, collection: str, record_id: str) -> Html:
    """The timeline, newest first; a skeleton while it is being read."""
    versions = hotel.history(collection, record_id)
    if versions is None:
        return skeleton(label="Reading the history")
    waiting = _waiting(hotel, collection, record_id)
    if not versions and not waiting:
        return h.p("muted")["Nothing has been written down about this record yet."]
    events = waiting + [
        _event(hotel, collection, record_id, version, newest=at == 0)
        for at, version in enumerate(versions[:SHOWN])
    ]
    more = len(versions) - SHOWN
    return join(
        timeline("History", events),
        h.p("muted")[f"and {more} earlier entries"] if more > 0 else None,
        h.p("muted")[_cut(hotel)] if versions and versions[-1].cut else None,
    )


def _cut(hotel: Hotel) -> str:
    """Why it does not go back to the beginning."""
    days = hotel.settings.get(HISTORY)
    if not days:
        return "Older versions are not on this device."
    return f"Older versions were cleaned up: the hotel keeps them for {days:,} days."


def _waiting(hotel: Hotel, collection: str, record_id: str) -> list[Event]:
    """What the server does not know yet, newest first; with a server that answers, and without one,
    nothing waits for longer than a moment."""
    space = hotel.space
    if space.status().relay in ("none", "online"):
        return []
    events = []
    for change in undecided(space.tab.replica, collection, record_id):
        told = hotel.app.formats.told(change.meta.label) or "changed"
        at = wall_of(change.mark.stamp)
        events.append(
            Event(
                event_id=f"waiting-{change.id}",
                title=f"{told[:1].upper()}{told[1:]} (not sent yet)",
                who=change.meta.author or f"tab {change.mark.tab[:4]}",
                when=hotel.app.formats.moment(at, day=True),
                iso=datetime.datetime.fromtimestamp(at / 1000, tz=datetime.UTC).isoformat(),
                changes=[
                    (
                        field_name(name),
                        "",
                        _text(hotel, {**op.fields, "id": op.rid}, name, value).short().html(),
                    )
                    for op in change.ops
                    if (op.key, op.rid) == (collection, record_id)
                    for name, value in op.fields.items()
                    if name not in INSIDE and not _nothing(value)
                ],
                tone="idle",
            )
        )
    return events[::-1]


def history_actions(hotel: Hotel) -> Mapping[str, Action]:
    """`history.restore` with `data-collection`, `data-id`, `data-change`."""

    def restore(event: UiEvent) -> None:
        hotel.restore(event.args["collection"], event.id, event.args["change"])

    return {"history.restore": restore}


def _event(
    hotel: Hotel, collection: str, record_id: str, version: Version, *, newest: bool
) -> Event:
    words, tone = _OUTCOMES.get(version.outcome, ("", "idle"))
    first = not version.seq and not version.cut
    formats = hotel.app.formats
    told = "set up" if first else formats.told(version.label) or "changed"
    title = told[:1].upper() + told[1:]
    if words:
        title = f"{title} ({words})"
    when = datetime.datetime.fromtimestamp(version.at / 1000, tz=datetime.UTC)
    changes: list[tuple[str, Child, Child]] = [
        (
            field_name(name),
            _text(hotel, version.record, name, old).short().html(),
            _text(hotel, version.record, name, new).short().html(),
        )
        for name, (old, new) in version.fields.items()
        if name not in INSIDE and not (_nothing(old) and _nothing(new))
    ]
    lost: list[tuple[str, Child, Child]] = [
        (
            f"{field_name(conflict.register)} not shown",
            candidate_words(hotel, conflict, conflict.other.value),
            "",
        )
        for conflict in version.lost
    ]
    if version.message:
        lost.append(("Because", "", version.message))
    restorable = not newest and version.record is not None and version.change_id
    return Event(
        event_id=f"history-{version.seq}",
        title=title,
        who="with the hotel's first data" if first else version.author or f"tab {version.tab[:4]}",
        when="" if first else formats.moment(version.at, day=True),
        iso=when.isoformat(),
        changes=[*changes, *lost],
        tone=tone,
        actions=button(
            "Restore",
            action="history.restore",
            small=True,
            kind="quiet",
            reason=hotel.beyond(collection, version.record or ()),
            data_collection=collection,
            data_id=record_id,
            data_change=version.change_id,
        )
        if restorable
        else None,
    )


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
        return _text(hotel, record, conflict.register, value)
    found = [
        (field_name(name), _text(hotel, record, name, each))
        for name, each in value.items()
        if name not in INSIDE and not _nothing(each)
    ]
    text = ", ".join(f"{name} {words.text}" for name, words in found)
    return Words(text, any(words.opened for _, words in found))


def field_words(hotel: Hotel, record: Record | None, name: str, value: Any) -> Html:
    """A field's value as the rest of the screen says it: money, a room's number, a guest's name."""
    return _text(hotel, record, name, value).html()


def _text(hotel: Hotel, record: Record | None, name: str, value: Any) -> Words:
    if not is_sealed(value):
        return Words(_plain(hotel, record, name, value))
    place = (GUESTS, str((record or {}).get("id") or ""), name, value)
    if not place[1]:
        return Words(SEALED)
    return Words(hotel.sealed.words(*place), hotel.sealed.look(*place) == "opened")


def _plain(hotel: Hotel, record: Record | None, name: str, value: Any) -> str:
    view = hotel.view
    if name in _AMOUNTS and isinstance(value, int):
        currency = str((record.get("currency") if record is not None else "") or hotel.currency)
        return amount(hotel.app.formats, value, currency)
    if name == "distance" and isinstance(value, int):
        return f"{value / 10:g} km"
    if name in ("room", "attention_room") and value:
        return room_name(view, str(value))
    if is_date(value):
        return hotel.app.formats.day(date.fromisoformat(value), "medium")
    if name in _CODES:
        return label(str(value or ""))
    named = view.get(_RECORDS[name], str(value)) if name in _RECORDS and value else None
    if named is None:
        return value_words(value)
    return full_name(named) if name in _GUESTS else str(named.get("name") or named["id"])


def _nothing(value: Any) -> bool:
    return value in (None, "", [], {})


def value_words(value: Any) -> str:
    """A stored value as a person reads it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_sealed(value):
        return SEALED
    if isinstance(value, (list, dict)):
        return ", ".join(str(item) for item in value)
    return str(value)
