"""What the simulated application keeps: one collection per way of merging, and one rule.

Floor: `model`.
"""

from __future__ import annotations

from typing import Final

from pysync.model.change import Change
from pysync.model.guard import Guard, Record, Refuse, Verdict, View
from pysync.model.policy import HIGH
from pysync.model.schema import About, CollectionSchema, Field, Schema

SLOTS: Final = 4


def _free_slot(
    _before: View, after: View, _change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """No two records of `stays` share a slot."""
    for key, rid in refs:
        record = after.get(key, rid) if key == "stays" else None
        slot = record.get("slot") if record is not None else None
        if slot is not None and len(after.find("stays", "slot", slot)) > 1:
            return Refuse("taken", f"slot {slot} is taken")
    return None


def _slots(_key: str, record: Record) -> list[int]:
    slot = record.get("slot")
    return [] if slot is None else [slot]


SCHEMA: Final = Schema(
    collections={
        "items": CollectionSchema(
            name="items",
            fields={
                "count": Field(kind="counter"),
                "tags": Field(kind="set"),
                "doc": Field(kind="object"),
            },
            groups=(("room", "from"),),
        ),
        "firsts": CollectionSchema(name="firsts", strategy="first-write-wins"),
        "texts": CollectionSchema(name="texts", strategy="merge"),
        "asks": CollectionSchema(
            name="asks",
            fields={
                "email": Field(strategy="manual"),
                "mine": Field(strategy="keep-local"),
                "theirs": Field(strategy="keep-remote"),
            },
            policy=HIGH,
        ),
        "people": CollectionSchema(
            name="people",
            fields={
                "name": Field(personal=True),
                "mail": Field(personal=True, strategy="manual"),
                "likes": Field(kind="set", personal=True),
            },
            indexes={"same": lambda _: ()},
            about=About("people", "same"),
        ),
        "trips": CollectionSchema(
            name="trips",
            fields={"note": Field(personal=True)},
            indexes={"who": lambda record: (record["who"],) if record.get("who") else ()},
            about=About("people", "who"),
        ),
        "stays": CollectionSchema(
            name="stays", indexes={"slot": lambda record: _slots("stays", record)}
        ),
    },
    modules={"firsts": "plain", "texts": "plain", "asks": "asked"},
    guards=(Guard("free-slot", frozenset({"stays"}), _free_slot, _slots),),
)
