"""Roles: what an application declares of who may read, write and settle what. Floor: `errors`.

One table: a role grants rights on collections (storage keys), and within them on fields. Who writes
a field reads it. Where an application declares no roles, everybody may do everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, TypeVar

from pysync.errors import UsageError

T = TypeVar("T")
_MODULE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


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
        return by_key(self.grants, key)


ANYBODY: Final = Role(title="Anybody", grants={"*": replace(EVERYTHING, erases=True, exports=True)})
"""Where nobody signs in."""


def by_key(table: Mapping[str, T], key: str) -> T | None:
    """What the table says of a key: its own entry, or that of the longest `beginning*`.

    >>> by_key({"report-*": 1, "*": 2}, "report-may"), by_key({"report-*": 1}, "rooms")
    (1, None)
    """
    if key in table:
        return table[key]
    wide = [name for name in table if name.endswith("*") and key.startswith(name[:-1])]
    return table[max(wide, key=len)] if wide else None


def check_modules(modules: Mapping[str, str], needed: Iterable[str]) -> None:
    """Raises UsageError for a name that cannot be sent, or where a collection that every device
    needs could be left out."""
    for name in modules.values():
        if not _MODULE.fullmatch(name):
            raise UsageError(f"a module is called by up to 64 of A-Z, a-z, 0-9, _, -: {name!r}")
    for key in needed:
        if by_key(modules, key) is not None:
            raise UsageError(f"{key!r} is needed on every device: it has no module")
