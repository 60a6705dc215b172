"""A schema with people who can be erased, and what tests of it share."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from pysync.model.guard import Record
from pysync.model.schema import About, CollectionSchema, Field, Schema

MARKER = "Ottoline"


def _by(name: str) -> Any:
    def keys(record: Record) -> Iterable[Hashable]:
        return [record[name]] if record.get(name) else []

    return keys


PEOPLE = Schema(
    collections={
        "people": CollectionSchema(
            name="people",
            fields={
                "name": Field(personal=True, required=True),
                "mail": Field(personal=True, strategy="manual"),
                "likes": Field(kind="set", personal=True),
                "visits": Field(kind="counter", personal=True),
                "vip": Field(),
                "same_as": Field(),
            },
            indexes={"same": _by("same_as")},
            about=About("people", "same"),
        ),
        "trips": CollectionSchema(
            name="trips",
            fields={
                "who": Field(),
                "day": Field(),
                "state": Field(),
                "why": Field(personal=True),
                "note": Field(personal=True),
            },
            groups=(("state", "why"),),
            indexes={"who": _by("who")},
            about=About("people", "who"),
        ),
        "rooms": CollectionSchema(name="rooms"),
    }
)
