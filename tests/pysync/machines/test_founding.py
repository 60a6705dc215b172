"""What a device began with, as changes for a relay that does not know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pysync.machines.founding import found, founder_of
from pysync.machines.replica import Replica
from pysync.model.change import DELETE, SET, Change, Op
from pysync.model.conflict import Candidate, Conflict
from pysync.model.reducer import decide
from pysync.model.schema import CollectionSchema, Schema
from pysync.model.snapshot import (
    CONFLICTS_ROW,
    Rows,
    pack_conflicts,
    pack_seed,
    read_rows,
)
from pysync.values.jsonvalue import freeze
from tests.pysync.kit import WALL, mark

pytestmark = pytest.mark.req("SRV-21")

SCHEMA = Schema(
    collections={
        "types": CollectionSchema(name="types"),
        "rooms": CollectionSchema(name="rooms", groups=(("from", "to"),)),
    }
)
FOUNDER = founder_of("device")


def seed(*rooms: Mapping[str, Any], **rows: str) -> Rows:
    records = {
        ("rooms", room["id"]): freeze({k: v for k, v in room.items() if k != "id"})
        for room in rooms
    }
    return read_rows({**pack_seed(records), **rows})  # type: ignore[arg-type]


def relay(rows: Rows) -> Replica:
    there = Replica(SCHEMA)
    there.replace(rows, 0)
    return there


def ops(ours: Rows, theirs: Replica) -> list[tuple[str, str, dict[str, Any]]]:
    batches = found(ours, theirs, "device", WALL)
    return [
        (op.kind, op.rid, op.fields) for b in batches for change in b.changes for op in change.ops
    ]


def test_what_is_missing_is_made_in_the_order_of_the_collections() -> None:
    ours = read_rows(pack_seed({("rooms", "1"): {"clean": True}, ("types", "z"): {"beds": 2}}))
    made = found(ours, relay(seed()), "device", WALL)
    assert [op.key for b in made for c in b.changes for op in c.ops] == ["types", "rooms"]
    assert [b.id for b in made] == [f"{FOUNDER}.1"]
    more = relay(Rows(heads={FOUNDER: 2}))
    assert [b.id for b in found(ours, more, "device", WALL)] == [f"{FOUNDER}.3"]


def test_found_1_what_is_the_same_or_was_changed_since_is_not_touched() -> None:
    ours = seed(
        {"id": "1", "clean": True, "note": "x"}, {"id": "2"}, {"id": "3", "from": 1, "to": 2}
    )
    there = relay(seed({"id": "1", "clean": False, "note": "x"}, {"id": "2"}))
    there.confirm(1, Change(mark("b", 1), (Op(SET, "rooms", "1", {"note": "y"}, ".0"),)), None)
    there.confirm(2, Change(mark("b", 2), (Op(DELETE, "rooms", "2", {}, ".0"),)), None)
    assert ops(ours, there) == [("=", "1", {"clean": True}), ("*", "3", {"from": 1, "to": 2})]


def test_what_was_asked_already_is_not_asked_again() -> None:
    ours, theirs = seed({"id": "1", "clean": True}), {"id": "1", "clean": False}
    asked = Conflict(
        id=f"{FOUNDER}.1:0", key="rooms", rid="1", register="clean", status="resolved",
        strategy="manual", shown=Candidate(False, mark("b", 1)),
        other=Candidate(True, mark(FOUNDER, 1)),
    )  # fmt: skip
    assert ops(ours, relay(seed(theirs))) != []
    assert ops(ours, relay(seed(theirs, **{CONFLICTS_ROW: pack_conflicts([asked])}))) == []


@pytest.mark.parametrize("op", [Op(SET, "rooms", "1", {"clean": False}, ".0"),
                                Op(DELETE, "rooms", "1", {}, ".0"),
                                Op(DELETE, "rooms", "1", {}, {".0": ""})])  # fmt: skip
def test_who_saw_the_first_state_saw_what_a_founder_wrote(op: Op) -> None:
    there = Replica(SCHEMA)
    [batch] = found(seed({"id": "1", "clean": True}), there, "other", WALL)
    for at, change in enumerate(batch.changes, 1):
        there.confirm(at, change, decide(there.view, change))
    assert decide(there.view, Change(mark("a", 1), (op,))).as_sent
    stranger = Op(op.kind, op.key, op.rid, op.fields, "b.7")
    assert not decide(there.view, Change(mark("a", 1), (stranger,))).as_sent
