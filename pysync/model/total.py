"""A schema whose functions answer for every record, whatever a peer or a newer build put there.

TOTAL-1 an index function or a guard's tokens that raise, or name a key that cannot be one, list the
record under nothing; that is told, once a record. The same in every tab, so all stay equal.
Floor: `schema`, `guard`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import Any, Final

from pysync.model.guard import Record
from pysync.model.schema import Schema

TOLD: Final = 100
"""Failures that are told of one schema; a collection full of them says no more."""

Keys = Callable[..., tuple[Hashable, ...]]


def total(schema: Schema, failed: Callable[[str], None]) -> Schema:
    """The same schema, with functions that do not raise. `failed` is told in words what does."""
    told: set[str] = set()

    def guarded(name: str, function: Callable[..., Iterable[Hashable]]) -> Keys:
        def keys(*args: Any) -> tuple[Hashable, ...]:
            try:
                found = tuple(function(*args))
                hash(found)
            except Exception as error:  # noqa: BLE001 - whatever an application's function raises
                record: Record = args[-1]
                what = f"{name} failed on the record {record.get('id')!r}"
                if what not in told and len(told) < TOLD:
                    told.add(what)
                    failed(f"{what}: {error!r}")
                return ()
            return found

        return keys

    return replace(
        schema,
        collections={
            key: replace(
                declared,
                indexes={
                    name: guarded(f"the index {key}/{name}", function)
                    for name, function in declared.indexes.items()
                },
            )
            for key, declared in schema.collections.items()
        },
        guards=tuple(
            replace(guard, tokens=guarded(f"tokens of the rule {guard.name!r}", guard.tokens))
            for guard in schema.guards
        ),
    )
