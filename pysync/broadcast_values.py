"""What of a store's value may travel, and what an arriving one leaves as it is.

SECRET-1 nothing under a sensitive name, however deep, is in what is sent. SECRET-2 an arriving
value leaves the local content of sensitive names where it was. Floor: `values`, `model.schema`.
"""

from __future__ import annotations

from typing import Any, Protocol

from pysync.broadcast_config import Validator
from pysync.errors import UsageError
from pysync.model.names import normal_name
from pysync.model.schema import Field
from pysync.values.jsonvalue import Json, canonical, freeze, thaw


class Store(Protocol):
    """What `BroadcastSync` keeps the same: any object with these three.

    If it also has `keys()`, what it holds at the start is offered to the others; if it has
    `delete(key)`, a key that was deleted elsewhere is deleted, else it is set to None.
    """

    def get(self, key: str, /) -> Any:
        """The value, or None (or a KeyError) if there is none."""

    def set(self, key: str, value: Any, /) -> Any:
        """Put a value there."""

    def subscribe(self, callback: Any, /) -> Any:
        """Call `callback(key, value)` after every change, whoever made it, at once or later; answer
        a function that ends it."""


def check_store(store: Any) -> None:
    """Raises UsageError, which names what is missing."""
    missing = [
        name for name in ("get", "set", "subscribe") if not callable(getattr(store, name, 0))
    ]
    if missing:
        raise UsageError(
            f"a store has get(key), set(key, value) and subscribe(callback): "
            f"{type(store).__name__} lacks {', '.join(missing)}"
        )


def read_store(store: Store, key: str) -> Any:
    """What the store holds under `key`, None if nothing."""
    try:
        return store.get(key)
    except KeyError:
        return None


def without_secrets(value: Json, names: frozenset[str]) -> Json:
    """The frozen value without members of sensitive names; the same object if it has none.

    >>> without_secrets(freeze({"name": "Ann", "login": {"API-Key": 1}}), frozenset({"apikey"}))
    {'name': 'Ann', 'login': {}}
    """
    if isinstance(value, dict):
        kept = {k: without_secrets(v, names) for k, v in value.items() if not _is_secret(k, names)}
        if len(kept) == len(value) and all(kept[k] is value[k] for k in kept):
            return value
        return freeze(kept)
    if isinstance(value, list):
        items = [without_secrets(item, names) for item in value]
        return value if all(a is b for a, b in zip(items, value, strict=True)) else freeze(items)
    return value


def with_secrets(value: Json, local: Any, names: frozenset[str]) -> Any:
    """A thawed copy of an arriving value, with the members that are sensitive in the local one.

    Objects in lists are recognised by their `id`, or by being equal but for what is sensitive.

    >>> with_secrets({"name": "Bo"}, {"name": "Ann", "ssn": 7}, frozenset({"ssn"}))
    {'name': 'Bo', 'ssn': 7}
    """
    if isinstance(value, dict):
        was = local if isinstance(local, dict) else {}
        merged = {k: with_secrets(v, was.get(k), names) for k, v in value.items()}
        merged.update((k, v) for k, v in was.items() if _is_secret(k, names))
        return merged
    if isinstance(value, list):
        known = _known(local, names) if isinstance(local, (list, tuple)) else {}
        return [with_secrets(item, known.get(_identity(item)), names) for item in value]
    return thaw(value)


def _known(local: Any, names: frozenset[str]) -> dict[str, Any]:
    items = [item for item in local if isinstance(item, dict)]
    return {_identity(without_secrets(freeze(item), names)): item for item in items}


def _identity(item: Any) -> str:
    if isinstance(item, dict) and isinstance(item.get("id"), (str, int)):
        return f"id {item['id']!r}"
    return canonical(item)


def _is_secret(name: Any, names: frozenset[str]) -> bool:
    return isinstance(name, str) and normal_name(name) in names


def is_secret(key: str, names: frozenset[str]) -> bool:
    """Whether the key itself is sensitive.

    >>> is_secret("Session-Token", frozenset({"sessiontoken"}))
    True
    """
    return _is_secret(key, names)


def problem_of(validator: Validator | None, value: Json) -> str | None:
    """Why the value does not fit, in words; None if it does."""
    if validator is None:
        return None
    try:
        return validator.problem(value) if isinstance(validator, Field) else validator(value)
    except Exception as error:  # noqa: BLE001 - a validator that cannot judge it does not accept it
        return f"could not be judged: {error!r}"
