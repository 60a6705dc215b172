"""Rooms as choices: free ones first, the next best order, with what a clerk wants to know of each.

Stands on `queries`.
"""

from __future__ import annotations

from pysync import View
from pysync_pms.queries import free_rooms, room_name
from pysync_pms.ui.language import tr
from pysync_pms.words import ROOM_TYPES, ROOMS

__all__ = ["room_choices", "room_words", "type_choices"]

OFFERED = 60


def room_words(view: View, room_id: str) -> str:
    """A room in words: "104 · Double · clean"."""
    room = view.get(ROOMS, room_id)
    if room is None:
        return room_id
    kind = view.get(ROOM_TYPES, str(room.get("room_type")))
    parts = [room_name(view, room_id), str(kind["name"]) if kind else ""]
    if room.get("condition"):
        parts.append(str(tr(room["condition"])))
    return " · ".join(part for part in parts if part)


def room_choices(
    view: View, start: str, end: str, room_type: str | None, besides: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    """Free rooms for these nights as (id, words), the best first."""
    if not start or not end or start > end:
        return []
    rooms = free_rooms(view, start, end, room_type=room_type or None, besides=besides)
    return [(str(room["id"]), room_words(view, str(room["id"]))) for room in rooms[:OFFERED]]


def type_choices(view: View) -> list[tuple[str, str]]:
    """Room types as (id, name), by rank."""
    kinds = sorted(view.find(ROOM_TYPES, "all", "all"), key=lambda k: (k.get("rank") or 0, k["id"]))
    return [(str(kind["id"]), str(kind.get("name") or kind["id"])) for kind in kinds]
