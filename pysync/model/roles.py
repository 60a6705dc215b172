"""Roles: what an application declares of who may read, write and settle what. Floor: nothing.

One table: a role grants rights on collections (storage keys), and within them on fields. Who writes
a field reads it. Where an application declares no roles, everybody may do everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple


class Person(NamedTuple):
    """Whose session it is: the name that histories show, and the role."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields of a record by name: these, or, with `but`, all others.

    >>> "email" in all_but("email"), "name" in all_but("email")
    (False, True)
    """

    names: frozenset[str] = frozenset()
    but: bool = False

    def __contains__(self, name: str) -> bool:
        return (name in self.names) is not self.but


def only(*names: str) -> Fields:
    """These fields."""
    return Fields(frozenset(names))


def all_but(*names: str) -> Fields:
    """Every field but these, also those that are not declared."""
    return Fields(frozenset(names), but=True)


ALL: Final = all_but()
NONE: Final = only()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a role may do with the records of a collection. `resolve` names the fields whose
    conflicts it may settle. Who `removes` records has to read all of them."""

    read: Fields = ALL
    write: Fields = NONE
    resolve: Fields = NONE
    adds: bool = False
    removes: bool = False
    erases: bool = False
    """People for good: their data, wherever they are."""
    exports: bool = False
    """All that is kept about one of them."""


EVERYTHING: Final = Grant(write=ALL, resolve=ALL, adds=True, removes=True)
"""But for erasing and exporting people, which are rights of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role under its name, with its rights by collection.

    A key that ends in `*` stands for all keys with that beginning, the longest counts; what no key
    names the role neither reads nor writes.
    """

    title: str
    grants: Mapping[str, Grant] = field(default_factory=dict)

    def grant(self, key: str) -> Grant | None:
        """What it may do with the records under that key; None: it does not know of them."""
        found = self.grants.get(key)
        if found is not None:
            return found
        wide = [k for k in self.grants if k.endswith("*") and key.startswith(k[:-1])]
        return self.grants[max(wide, key=len)] if wide else None
