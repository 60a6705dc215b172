"""The keyring: the records by which the devices of a space share its data keys.

    root                      key: the id of the first data key
    member.<id>               a device that asked, or the recovery code: public key, name, when
    key.<key id>              a later data key: made when, after which, and the link that proves it
    grant.<key id>.<member>   a data key wrapped for a member, and the proof of who wrapped it

A key's id is a digest of the key, a member's one of its public key, so neither can be exchanged
under its id. A link and a proof can only be made by who holds the key they are made with; so what a
server, or anybody else without keys, puts here is never used. All that is here travels in clear,
and nothing of it is secret. RING-1 a record that is not what it should be counts as absent.
Floor: `schema`, `sealed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Final, NamedTuple

from pysync.errors import InvalidValue
from pysync.model.guard import Record
from pysync.model.policy import Policy
from pysync.model.schema import CollectionSchema, Field
from pysync.model.sealed import FOLLOWS, KEYRING, from_text, to_text
from pysync.values.jsonvalue import MAX_INT

ROOT: Final = "root"
MEMBER: Final = "member."
KEY: Final = "key."
GRANT: Final = "grant."
ID_BYTES: Final = 16
KEY_BYTES: Final = 32
NAME_MAX: Final = 120
LAST_DAY: Final = 253_402_300_799_999
"""The end of the year 9999, ms since 1970: a later time cannot be shown."""


def _text(limit: int) -> Field:
    return Field(types=(str,), max_length=limit)


RING: Final = CollectionSchema(
    name=KEYRING,
    fields={
        # What is there stays, whoever switches it on once more, and by whatever clock.
        "key": replace(_text(100), strategy="keep-remote", policy=Policy("keep-remote", MAX_INT)),
        "name": _text(NAME_MAX),
        "public": _text(1_000),
        "private": _text(6_000),
        "asked": Field(types=(int,), minimum=0, maximum=LAST_DAY),
        "made": Field(types=(int,), minimum=0, maximum=LAST_DAY),
        "after": _text(100),
        "link": _text(200),
        "wrapped": _text(1_000),
        "proof": _text(200),
    },
    indexes={FOLLOWS: lambda record: (record["after"],) if record.get("after") else ()},
    strategy="last-write-wins",
)
"""What a schema with encrypted fields has under the key KEYRING."""


@dataclass(frozen=True, slots=True)
class Member:
    """Whom keys are wrapped for. `private` is not None for a recovery code alone: its private key,
    sealed by the code."""

    id: str
    public: bytes
    name: str = ""
    asked: int = 0
    private: bytes | None = None


class Link(NamedTuple):
    """A data key that came after another one."""

    key_id: str
    after: str
    made: int
    proof: bytes


class Grant(NamedTuple):
    """A data key, wrapped for a member."""

    wrapped: bytes
    proof: bytes


@dataclass(frozen=True, slots=True)
class Ring:
    """What the records say. `links` are by the key they follow, `grants` by key and member."""

    root: str = ""
    members: Mapping[str, Member] = field(default_factory=dict)
    links: Mapping[str, tuple[Link, ...]] = field(default_factory=dict)
    grants: Mapping[tuple[str, str], Grant] = field(default_factory=dict)


def digest(*parts: bytes) -> bytes:
    """SHA-256 over these, each with its length."""
    made = sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "big"))
        made.update(part)
    return made.digest()


def key_id(key: bytes) -> str:
    """The id of a data key."""
    return to_text(digest(b"pysync key 1", key)[:ID_BYTES])


def member_id(public: bytes) -> str:
    """The id of who has this public key."""
    return to_text(digest(b"pysync member 1", public)[:ID_BYTES])


def code_of(public: bytes, root: str) -> str:
    """What two people compare: six groups of five digits, of the public key and of the first data
    key's id. So neither device can be shown another device, or other keys, without it being seen.

    >>> code_of(b"public", "root")
    '53600 71678 45505 35526 56341 25918'
    """
    number = int.from_bytes(digest(b"pysync code 1", public, root.encode()), "big")
    digits = f"{number % 10**30:030}"
    return " ".join(digits[at : at + 5] for at in range(0, 30, 5))


def read_ring(records: Iterable[Record]) -> Ring:
    """What these records say, as far as they say something (RING-1)."""
    root = ""
    members: dict[str, Member] = {}
    links: dict[str, tuple[Link, ...]] = {}
    grants: dict[tuple[str, str], Grant] = {}
    for record in records:
        rid = record.get("id")
        try:
            if rid == ROOT:
                root = _id(record.get("key"))
            elif not isinstance(rid, str):
                continue
            elif rid.startswith(MEMBER):
                member = _member(rid.removeprefix(MEMBER), record)
                members[member.id] = member
            elif rid.startswith(KEY):
                link = _link(rid.removeprefix(KEY), record)
                links[link.after] = (*links.get(link.after, ()), link)
            elif rid.startswith(GRANT):
                key, _, member_ = rid.removeprefix(GRANT).partition(".")
                grant = Grant(_bytes(record.get("wrapped")), _bytes(record.get("proof")))
                grants[_id(key), _id(member_)] = grant
        except InvalidValue:
            continue
    return Ring(root, members, links, grants)


def _member(id_: str, record: Record) -> Member:
    public = _bytes(record.get("public"))
    if member_id(public) != id_:
        raise InvalidValue("a public key under the id of another one")
    name, private = record.get("name"), record.get("private")
    return Member(
        id_,
        public,
        name if isinstance(name, str) else "",
        _time(record.get("asked", 0)),
        None if private is None else _bytes(private),
    )


def _link(id_: str, record: Record) -> Link:
    made, proof = _time(record.get("made")), _bytes(record.get("link"))
    return Link(_id(id_), _id(record.get("after")), made, proof)


def _id(value: Any) -> str:
    if len(_bytes(value)) != ID_BYTES:
        raise InvalidValue("not an id")
    return str(value)


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str):
        raise InvalidValue("text is expected")
    return from_text(value)


def _time(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= LAST_DAY:
        raise InvalidValue("a time is expected")
    return value
