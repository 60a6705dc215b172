"""Two tabs of one device, a rule that may refuse, and a record to write to."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from pysync import (
    Change,
    CollectionSchema,
    Draft,
    Field,
    Guard,
    Record,
    Refuse,
    Schema,
    Space,
    View,
)
from tests.pysync.rig import Device


def one_guest_a_room(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Refuse | None:
    for key, rid in refs:
        stay = after.get(key, rid)
        if stay is None:
            continue
        others = [other["id"] for other in after.find("stays", "room", stay["room"])]
        if len(others) > 1:
            return Refuse("taken", "the room is taken", {"alternatives": ["102"]})
    return None


def by_room(key: str, record: Record) -> Iterable[Hashable]:
    return [record.get("room")]


SCHEMA = Schema(
    collections={
        "stays": CollectionSchema(
            name="stays",
            fields={"room": Field(types=(str,))},
            indexes={"room": lambda record: [record["room"]]},
        )
    },
    guards=(Guard("one guest a room", frozenset({"stays"}), one_guest_a_room, by_room),),
)


class House:
    def __init__(self, schema: Schema | None = None) -> None:
        self.device = Device()
        self.one, self.two = (self.device.open(schema=schema) for _ in range(2))
        self.host = self.device.hosts[0]
        self.settle()

    def settle(self) -> None:
        self.device.settle()


def book(rid: str, room: str) -> Any:
    return lambda draft: draft.create("stays", {"id": rid, "room": room})


def put(**fields: Any) -> Any:
    """A command that sets fields of the record notes/n."""

    def command(draft: Draft) -> None:
        if draft.get("notes", "n") is None:
            draft.create("notes", {"id": "n", **fields})
        else:
            draft.update("notes", "n", fields)

    return command


def note(space: Space) -> Any:
    record = space.view.get("notes", "n")
    return None if record is None else {k: v for k, v in record.items() if k != "id"}
