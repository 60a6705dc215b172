"""Sealed texts: what an encrypted field holds, and what cannot be declared of one.

    e1.<key id>.<nonce>.<sealed>      each part base64url without padding

The text is the field's value everywhere: in registers, log, history, conflicts, stores and exports.
Who has the key opens it (`pysync.vault`); everybody else carries it. SEALED-1 an encrypted field
holds a sealed text or nothing: clear text is refused where it is written and where it is decided,
and no message repeats it. Floor: `errors`.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pysync.errors import InvalidValue, UsageError
from pysync.model.guard import Guard, Record, Refuse, Verdict, View

if TYPE_CHECKING:
    from pysync.model.change import Change
    from pysync.model.schema import CollectionSchema, Field, Schema

KEYRING: Final = "keyring"
"""The collection of a space's keys, wrapped for each device."""
FORMAT: Final = "e1"
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
SEALED_MAX: Final = 16_384
"""Characters of one sealed text."""
_ID: Final = re.compile(r"[A-Za-z0-9_-]{22}")
_SHAPE: Final = re.compile(r"e1\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}")
_NOT_SEALED: Final = "is encrypted and takes a sealed text: seal it first (Vault.seal)"


class Sealed(NamedTuple):
    """A sealed text taken apart."""

    key_id: str
    nonce: bytes
    body: bytes

    @property
    def text(self) -> str:
        """As a field holds it."""
        return ".".join((FORMAT, self.key_id, to_text(self.nonce), to_text(self.body)))


def to_text(data: bytes) -> str:
    """Bytes as base64url without padding.

    >>> to_text(b"any bytes"), from_text("YW55IGJ5dGVz")
    ('YW55IGJ5dGVz', b'any bytes')
    """
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """The inverse of `to_text`. Raises InvalidValue for anything that it does not write."""
    try:
        data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        raise InvalidValue("not base64url") from None
    if to_text(data) != text:  # what decoders pass over would be a second spelling
        raise InvalidValue("not base64url as it is written here")
    return data


def is_sealed(value: Any) -> bool:
    """Whether it looks like a sealed text."""
    return (
        isinstance(value, str) and len(value) <= SEALED_MAX and _SHAPE.fullmatch(value) is not None
    )


def parse_sealed(value: Any) -> Sealed:
    """Take a sealed text apart. Raises InvalidValue, which does not repeat the value."""
    try:
        if is_sealed(value):
            _, key_id, nonce, body = value.split(".")
            from_text(key_id)
            return Sealed(key_id, from_text(nonce), from_text(body))
    except InvalidValue:
        pass  # of the right shape, and yet no text that anybody wrote
    raise InvalidValue(_NOT_SEALED, code="not-sealed")


def sealed_problem(value: Any) -> str | None:
    """Why an encrypted field does not take this, in words, or None."""
    try:
        parse_sealed(value)
    except InvalidValue as error:
        return str(error)
    return None


def encrypted_fields(fields: Mapping[str, Field]) -> frozenset[str]:
    """The names of those that are declared encrypted."""
    return frozenset(name for name, each in fields.items() if each.encrypted)


def check_collection(declared: CollectionSchema) -> None:
    """Raises UsageError where something is declared of an encrypted field that needs its clear
    text. Indexes are asked what they read of an empty record."""
    names = encrypted_fields(declared.fields)
    for name in sorted(names):
        field, where = declared.fields[name], f"{declared.name}/{name} is encrypted"
        bounds = (field.choices, field.max_length, field.minimum, field.maximum, field.check)
        if field.types or any(each is not None for each in bounds):
            raise UsageError(f"{where}: its content cannot be checked, declare nothing of it")
        if field.kind != "register":
            raise UsageError(f"{where}: it is one value, not a {field.kind}")
        if declared.strategy_of(name) == "merge":
            raise UsageError(f"{where}: it cannot be merged, give it a strategy of its own")
    for index, keys in declared.indexes.items() if names else ():
        if read := _read(keys) & names:
            raise UsageError(f"{declared.name}/{min(read)} is encrypted: index {index!r} reads it")


def _keep(before: View, after: View, _change: Change, refs: Iterable[tuple[str, str]]) -> Verdict:
    """What is once in the keyring stays: a key that was taken out could not be made again."""
    for key, rid in refs:
        was, now = before.get(key, rid), after.get(key, rid)
        kind = rid.partition(".")[0]
        if was is not None and _is_lost(kind, was, now):
            return Refuse("keyring", "what stands in the keyring is neither changed nor taken out")
        follows = now.get("after") if now is not None and kind == "key" else None
        if was is None and follows and len(after.find(KEYRING, FOLLOWS, follows)) > 1:
            return Refuse("keyring", "somebody changed the keys in the same moment: try it again")
    return None


def _is_lost(kind: str, was: Record, now: Record | None) -> bool:
    if kind == "root" and _ID.fullmatch(str(was.get("key"))) is None:
        return False  # It never was one.
    if now is None:
        return kind in ("root", "key")
    return any(was.get(name) not in (None, now.get(name)) for name in _FIXED.get(kind, ()))


FOLLOWS: Final = "after"
"""The index of the keyring by which the keys that follow one are found."""
_FIXED: Final = {
    "root": ("key",),
    "key": ("after", "made", "link"),
    "member": ("public", "private"),
}
RULE: Final = Guard(
    "keyring",
    frozenset({KEYRING}),
    _keep,
    lambda _key, record: (record["id"], record.get("after")),
)
"""Of every schema with a keyring: one key follows another, and none of them is lost."""


def check_schema(schema: Schema) -> tuple[Guard, ...]:
    """The guards that hold, the keyring's among them. Raises UsageError where one weighs an
    encrypted field, or there is no keyring."""
    for key, declared in schema.collections.items():
        names = encrypted_fields(declared.fields)
        if names and KEYRING not in schema.collections:
            raise UsageError(
                f"{key}/{min(names)} is encrypted: declare the collection KEYRING, too"
            )
        for guard in schema.guards if names else ():
            weighed = _read(partial(guard.tokens, key)) if key in guard.collections else set()
            if read := weighed & names:
                raise UsageError(f"{key}/{min(read)} is encrypted: guard {guard.name!r} weighs it")
    rule = () if KEYRING not in schema.collections or RULE in schema.guards else (RULE,)
    return (*schema.guards, *rule)


class _Asked(dict[str, Any]):
    """An empty record that notes what is asked of it."""

    def __init__(self) -> None:
        super().__init__(id="")
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)


def _read(function: Callable[[Any], Iterable[Any]]) -> set[str]:
    asked = _Asked()
    try:
        tuple(function(asked))
    except Exception:  # noqa: BLE001 - an application's function may need more than there is
        return asked.names
    return asked.names
