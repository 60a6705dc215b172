"""The rules of the house that hold whatever the timing and whoever is offline.

The same functions run in the tab when somebody acts and again where the change is decided, on the
merged result. Commands say the same earlier and in more words; these have the last one.

GUARD-1 no two stays share a room and a night. A stay that has no valid place yet (new, being
assigned, reinstated) is kept, confirmed but unassigned, and asks for attention; one that has a
place (moved, extended) stays where it was and the change is refused. GUARD-2 a guest in the house
has a room: of two desks that check two guests into one room, the second's guest goes back to
confirmed, in the place the stay had before, and asks for attention. GUARD-3 a status only becomes
what `MAY_BECOME` allows. GUARD-4 arrival comes before departure, and a stay that is over stays as
it was; a guest who has left takes no night after that. GUARD-5 a room with open stays is not
deleted.
A second judgement of an amended result answers None. Stands on `occupancy`, `statuses`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final

from pysync.model.guard import Amend, Guard, Record, Refuse, Verdict, View
from pysync_pms.calendar import MAX_NIGHTS, is_date, nights
from pysync_pms.guest_guards import MERGED_GUESTS
from pysync_pms.occupancy import Place, clash, free_rooms, out_of_order, places
from pysync_pms.statuses import MAY_BECOME, No
from pysync_pms.words import (
    ATTENTION_WORDS,
    CANCELLED,
    CANCELLED_MEANWHILE,
    CHECK_IN_ROOM_TAKEN,
    CHECK_IN_WITHOUT_ROOM,
    CHECKED_IN,
    CHECKED_OUT,
    CONFIRMED,
    NO_SHOW,
    RESERVATIONS,
    ROOM_OUT_OF_ORDER,
    ROOM_TAKEN,
    ROOM_UNKNOWN,
    ROOMS,
)

Fields = Mapping[str, Any]
LEFT_EARLY: Final = "The guest has left: the nights that were added meanwhile are free again."
ALTERNATIVES: Final = 5
"""Free rooms suggested to who loses a room."""


def check_stays(
    before: View, after: View, _change: Any, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The rules of rooms and reservations, for every record the change touched."""
    evicted: dict[str, Fields] = {}
    trimmed: dict[tuple[str, str], Fields] = {}
    first: tuple[str, Record] | None = None
    for collection, record_id in sorted(refs):
        if collection == ROOMS:
            refusal = _room_deleted(before, after, record_id)
            if refusal is not None:
                return refusal
            continue
        new = after.get(RESERVATIONS, record_id)
        if new is None:
            continue
        old = before.get(RESERVATIONS, record_id)
        refusal = _dates(new) or _transition(old, new)
        if refusal is not None:
            return refusal
        verdict = _judge_place(after, old, new, evicted)
        if isinstance(verdict, Refuse):
            return verdict
        if verdict is not None:
            evicted[record_id] = verdict
            first = first or (verdict["attention"], new)
        elif (end := _real_end(old, new)) is not None:
            trimmed[RESERVATIONS, record_id] = {"to": end}
    if first is None:
        return Amend("left-early", trimmed, LEFT_EARLY) if trimmed else None
    code, stay = first
    return Amend(
        code,
        trimmed | {(RESERVATIONS, record_id): fields for record_id, fields in evicted.items()},
        ATTENTION_WORDS[code].format(room=_number(after, stay.get("room"))),
        _suggest(after, stay),
    )


def found_stays(
    before: View, after: View, change: Any, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The same of stays that a device began with. They are where they are, also in a room that was
    closed or given up since: only what is here already can be in their way (GUARD-1)."""
    for _, record_id in sorted(ref for ref in refs if ref[0] == RESERVATIONS):
        stay = after.get(RESERVATIONS, record_id) or {}
        if refusal := _dates(stay):
            return refusal
        if any(clash(after, p.room, p.start, p.end, (record_id,)) for p in places(stay)):
            return check_stays(before, after, change, refs)
    return None


def _real_end(old: Record | None, new: Record) -> str | None:
    """Where a stay ends whose check-out meets an extension its desk had not seen, else None."""
    closed_on = new.get("closed_on")
    if old is None or new.get("status") != CHECKED_OUT:
        return None
    end = max(closed_on or new["to"], new.get("since") or new["from"])
    return end if end < new["to"] else None


def _room_deleted(before: View, after: View, room: str) -> Refuse | None:
    if after.get(ROOMS, room) is not None or before.get(ROOMS, room) is None:
        return None
    stays = after.find(RESERVATIONS, "open_room", room)
    if not stays:
        return None
    return Refuse(
        "room-in-use",
        f"Room {_number(before, room)} has {len(stays)} open stays: move them first.",
        {"reservations": [stay["id"] for stay in stays]},
    )


def _dates(stay: Record) -> Refuse | None:
    start, end = stay.get("from"), stay.get("to")
    if not is_date(start) or not is_date(end):
        return Refuse("dates-missing", "A reservation needs an arrival and a departure date.")
    if start > end:
        return Refuse("dates-reversed", f"The departure {end} lies before the arrival {start}.")
    since = stay.get("since")
    if since and not start <= since <= end:
        return Refuse("dates-reversed", f"The guest moved on {since}, outside of the stay.")
    if start[:4] != end[:4] and nights(start, end) > MAX_NIGHTS:
        return Refuse("too-long", f"A stay has at most {MAX_NIGHTS} nights: check the years.")
    return None


def _transition(old: Record | None, new: Record) -> Refuse | None:
    if old is None:
        return None
    row = MAY_BECOME.get(old.get("status") or CONFIRMED, MAY_BECOME[CONFIRMED])
    answer = row.get(new.get("status") or "", No("status", "This is no status of a stay."))
    if answer is not None:
        return Refuse(answer.code, answer.message)
    had = places(old)
    over = old.get("status") == CHECKED_OUT == new.get("status")
    if over and not all(any(_covers(one, place) for one in had) for place in places(new)):
        return Refuse("already-left", "The guest has left; the stay cannot be changed any more.")
    return None


def _judge_place(
    after: View, old: Record | None, new: Record, evicted: Mapping[str, Fields]
) -> Refuse | Fields | None:
    """What becomes of one stay: None (it may have its place), a refusal, or fields to set."""
    arriving = new.get("status") == CHECKED_IN and (old is None or old.get("status") != CHECKED_IN)
    homeless = new.get("status") == CHECKED_IN and not new.get("room")
    if homeless and not arriving:
        return Refuse("in-house-needs-room", "A guest in the house needs a room: move instead.")
    code = CHECK_IN_WITHOUT_ROOM if homeless else _obstacle(after, old, new, evicted)
    if code is None:
        if arriving and _was_closed(old) and not new.get("attention"):
            return {"attention": CANCELLED_MEANWHILE, "attention_room": new.get("room")}
        return None
    if arriving:
        reason = CHECK_IN_ROOM_TAKEN if code == ROOM_TAKEN else code
        return _step_back(after, old, new, reason, evicted)
    if old is not None and places(old):
        number = _number(after, new.get("room"))
        hint = _suggest(after, new, besides=old.get("room"))
        return Refuse(code, _WHY_NOT[code].format(room=number), hint)
    return {"room": None, "attention": code, "attention_room": new.get("room")}


_WHY_NOT: Final = {
    ROOM_TAKEN: "Room {room} is taken in these nights; the stay was left where it was.",
    ROOM_OUT_OF_ORDER: "Room {room} is out of order in these nights; the stay was left as it was.",
    ROOM_UNKNOWN: "Room {room} does not exist; the stay was left where it was.",
}


def _was_closed(old: Record | None) -> bool:
    return old is not None and old.get("status") in (CANCELLED, NO_SHOW)


def _obstacle(
    view: View, old: Record | None, new: Record, evicted: Mapping[str, Fields]
) -> str | None:
    """Why the stay cannot have the places that are new to it, or None.

    Only what is new is weighed: a past move keeps its nights, and a room that breaks down later
    does not throw out who has it (the board shows it instead).
    """
    had = places(old) if old is not None else ()
    for place in places(new):
        if any(_covers(one, place) for one in had):
            continue
        room = view.get(ROOMS, place.room)
        if room is None:
            return ROOM_UNKNOWN
        if clash(view, place.room, place.start, place.end, (new["id"], *evicted)) is not None:
            return ROOM_TAKEN
        if out_of_order(room, *_gained(had, place)):
            return ROOM_OUT_OF_ORDER
    return None


def _covers(old: Place, new: Place) -> bool:
    return old.room == new.room and old.start <= new.start and new.end <= old.end


def _gained(had: tuple[Place, ...], place: Place) -> tuple[str, str]:
    """The nights that are new: all of them, or those an extension adds at the end."""
    for old in had:
        if old.room == place.room and old.start == place.start and old.end < place.end:
            return old.end, place.end
    return place.start, place.end


_RESTORED: Final = ("from", "to", "since", "earlier", "closed_on", "close_reason")


def _step_back(
    view: View, old: Record | None, new: Record, code: str, evicted: Mapping[str, Fields]
) -> Fields:
    """A check-in that cannot stand: back to what was before, kept, and calling for attention."""
    fields: dict[str, Any] = {"status": CONFIRMED, "room": None}
    if old is not None:
        kept = {"status": old.get("status") or CONFIRMED, "room": old.get("room")}
        kept |= {name: old.get(name) for name in _RESTORED}
        free = all(
            clash(view, p.room, p.start, p.end, (new["id"], *evicted)) is None for p in places(old)
        )
        if free and not _was_closed(old):
            fields = {name: value for name, value in kept.items() if new.get(name) != value}
    return {**fields, "attention": code, "attention_room": new.get("room")}


def _number(view: View, room: str | None) -> str:
    record = view.get(ROOMS, room) if room else None
    return str(record.get("number") or room) if record is not None else str(room or "")


def _suggest(view: View, stay: Record, besides: str | None = None) -> dict[str, Any]:
    """The next best: free rooms for the nights the stay wants, other than the one it has."""
    start, end = stay.get("since") or stay["from"], stay["to"]
    free = free_rooms(view, start, end, room_type=stay.get("room_type"), besides=(stay["id"],))
    return {
        "reservation": stay["id"],
        "room": stay.get("room"),
        "alternatives": [room["id"] for room in free if room["id"] != besides][:ALTERNATIVES],
    }


def _stay_tokens(collection: str, record: Record) -> Iterable[Hashable]:
    """The rooms a record has to do with: what may stand in each other's way."""
    if collection == ROOMS:
        return (record["id"],)
    return {place.room for place in places(record)}


GUARDS: Final = (
    Guard("stays", frozenset((RESERVATIONS, ROOMS)), check_stays, _stay_tokens, found_stays),
    MERGED_GUESTS,
)
