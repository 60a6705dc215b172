"""The schema of the soak: run in its pages, and imported by the relay that carries them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pysync import Amend, CollectionSchema, Field, Guard, Schema, View
from pysync.model.change import Ref


def _one_a_room(_before: View, after: View, _change: Any, refs: Iterable[Ref]) -> Amend | None:
    """No two stays share a room: who comes second stays without."""
    out: dict[Ref, dict[str, Any]] = {}
    for key, rid in sorted(refs):
        stay = after.get(key, rid)
        room = stay and stay.get("room")
        if room and len(after.find("stays", "room", room)) > 1:
            out[key, rid] = {"room": None}
    return Amend("room-taken", out) if out else None


SCHEMA = Schema(
    collections={
        "stays": CollectionSchema(
            name="stays",
            indexes={"room": lambda stay: [stay["room"]] if stay.get("room") else []},
            groups=(("room", "nights"),),
        ),
        "notes": CollectionSchema(
            name="notes",
            fields={
                "tags": Field(kind="set"),
                "lines": Field(kind="list"),
                "by": Field(kind="object"),
                "seen": Field(kind="counter"),
            },
            strategy="merge",
        ),
    },
    guards=(Guard("one", frozenset({"stays"}), _one_a_room, lambda _, stay: [stay.get("room")]),),
)
