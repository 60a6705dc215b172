"""Functions of the application on records they do not expect: told, and harmless."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import Collection, CollectionSchema, Guard, Refuse, Schema
from pysync.model.total import TOLD, total
from tests.pysync.rig import Device


def full(before: object, after: Any, change: object, refs: Any) -> Refuse | None:
    floors = [after.get(*ref)["floor"] for ref in refs if after.get(*ref)]
    return Refuse("high") if any(floor > 99 for floor in floors) else None


STRICT = Schema(
    collections={
        "rooms": CollectionSchema(
            name="rooms",
            indexes={
                "tens": lambda room: [room["floor"] // 10],
                "tags": lambda room: [tuple(room.get("tags", ()))],
            },
        )
    },
    guards=(Guard("low", frozenset({"rooms"}), full, lambda _, room: [room["floor"] + 1]),),
)


@pytest.mark.req("TAB-10")
def test_total_1_an_odd_record_of_another_build_is_told_and_breaks_nothing() -> None:
    device = Device()
    older = device.open(schema=Schema())
    space = device.open(schema=STRICT)
    device.settle()
    theirs, ours = Collection("rooms", space=older), Collection("rooms", space=space)
    theirs.create({"id": "odd", "floor": "ground", "tags": [[1]]})
    theirs.create({"id": "none"})
    ours.create({"id": "fine", "floor": 12})
    device.settle()
    assert space.view.find("rooms", "tags", ()) == [ours.get("fine"), ours.get("none")]
    assert [room["id"] for room in space.view.find("rooms", "tens", 1)] == ["fine"]
    theirs.update("odd", {"floor": None})
    theirs.delete("none")
    device.settle()
    device.beat()
    assert sorted(record["id"] for record in ours) == ["fine", "odd"]
    assert [room["id"] for room in space.view.find("rooms", "tens", 1)] == ["fine"]
    assert (space.status().pending, older.status().pending) == (0, 0)
    assert {problem.kind for problem in space.problems} == {"function-failed"}
    details = "\n".join(problem.detail for problem in space.problems)
    assert "the index rooms/tens failed on the record 'odd': TypeError" in details
    assert "the index rooms/tags failed on the record 'odd': TypeError" in details
    assert "the index rooms/tens failed on the record 'none': KeyError" in details
    assert "tokens of the rule 'low' failed on the record 'odd'" in details
    assert device.open(schema=STRICT).view.get("rooms", "odd") == {
        "id": "odd",
        "floor": None,
        "tags": [[1]],
    }


def test_total_1_each_record_is_told_once_and_not_without_end() -> None:
    told: list[str] = []
    declared = total(STRICT, told.append).collection("rooms")
    for _ in range(2):
        for n in range(TOLD + 5):
            assert declared.indexes["tens"]({"id": str(n)}) == ()
    assert len(told) == TOLD
    assert told[3] == "the index rooms/tens failed on the record '3': KeyError('floor')"


def test_what_does_not_fail_answers_the_same() -> None:
    schema = total(STRICT, pytest.fail)
    assert schema.collection("rooms").indexes["tens"]({"id": "a", "floor": 31}) == (3,)
    assert schema.guards[0].tokens("rooms", {"id": "a", "floor": 31}) == (32,)
    assert schema.collection("others") is schema.collection("others")
