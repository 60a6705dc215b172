"""From the frames of a log to the bytes that every runtime must come to.

Standard library and pysync alone, so that it runs in a page as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pysync.machines.batches import parse_batch
from pysync.model.change import Change, Ref
from pysync.model.decision import Decision
from pysync.model.guard import Amend, Guard, Refuse, Verdict, View
from pysync.model.policy import Policy
from pysync.model.reducer import decide
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.model.snapshot import pack, pack_conflicts, row_name
from pysync.model.state import State
from pysync.values.jsonvalue import canonical
from tests.pysync.fields import FIELDS


def _one_per_room(_b: View, after: View, _c: Change, refs: frozenset[Ref]) -> Verdict:
    for key, rid in sorted(refs):
        record = after.get(key, rid) if key == "stays" else None
        room = record.get("room") if record is not None else None
        if room == "closed":
            return Refuse("closed", "this room is closed", {"room": room})
        if room is not None and len(after.find("stays", "room", room)) > 1:
            return Amend("taken", {(key, rid): {"room": None}}, "kept without a room")
    return None


SCHEMA = Schema(
    collections={
        "items": CollectionSchema(
            name="items",
            fields={**FIELDS, "strict": Field(types=(int,), minimum=0)},
            groups=(("room", "from", "to"),),
        ),
        "stays": CollectionSchema(
            name="stays",
            indexes={"room": lambda r: [r["room"]] if r.get("room") is not None else []},
        ),
        "asks": CollectionSchema(
            name="asks",
            fields={"email": Field(strategy="manual"), "mine": Field(strategy="keep-local")},
            policy=Policy("keep-remote", 60_000),
        ),
    },
    guards=(Guard("rooms", frozenset({"stays"}), _one_per_room, lambda _, r: [r.get("room")]),),
)


def replay(frames: Iterable[str]) -> dict[str, Any]:
    """The decisions on these frames in their order, and the state they come to, as texts."""
    state = State(SCHEMA)
    decisions: list[Decision] = []
    for text in frames:
        for change in parse_batch(text, SCHEMA).changes:
            decision = decide(state, change, lambda tab: tab != "gone")
            decisions.append(decision)
            for (key, rid), cell in decision.cells.items():
                state.put(key, rid, cell)
    rows = {row_name(*bucket): state.bucket(*bucket) for bucket in sorted(state.buckets())}
    conflicts = [conflict for decision in decisions for conflict in decision.conflicts]
    return {
        "decisions": [canonical(decision.encode()) for decision in decisions],
        "snapshot": {name: pack(name, cells) for name, cells in rows.items()},
        "conflicts": pack_conflicts(conflicts),
        "records": canonical(
            {
                key: {rid: state.get(key, rid) for rid in sorted(state.cells[key])}
                for key in sorted(state.cells)
            }
        ),
    }
