"""The roles people have, who may manage whom, and what each may do, in words. What that is the
schema of the spaces declares.

Floor: the core's `rights`.
"""

from __future__ import annotations

from typing import Final

from pysync.model.rights import Rights
from pysync.model.schema import Schema

OWNER: Final = "owner"
MANAGER: Final = "manager"
ROLES: Final = {
    OWNER: "Owner",
    MANAGER: "Manager",
    "front-desk": "Front desk",
    "housekeeping": "Housekeeping",
    "accounting": "Accounting",
    "viewer": "Viewer",
}
"""Each role with its name as people read it."""


def managed_by(role: str) -> tuple[str, ...]:
    """The roles whose people somebody with `role` may invite and disable: the owner all, a manager
    those who manage nobody.

    >>> managed_by("manager")
    ('front-desk', 'housekeeping', 'accounting', 'viewer')
    """
    if role == OWNER:
        return tuple(ROLES)
    if role == MANAGER:
        return tuple(each for each in ROLES if each not in (OWNER, MANAGER))
    return ()


def rights_in_words(schema: Schema) -> dict[str, list[str]]:
    """Of each role what it changes and what is hidden from it; {} where the schema declares none:
    then everybody who signs in sees and changes everything."""
    return {name: _words(Rights(schema, role), schema) for name, role in schema.roles.items()}


def _words(rights: Rights, schema: Schema) -> list[str]:
    changes: list[str] = []
    hidden: list[str] = []
    for key, declared in schema.collections.items():
        fields = list(declared.fields)
        writes = [name for name in fields if rights.may_write(key, name)]
        unseen = [name for name in fields if not rights.may_read(key, name)]
        for found, names in ((changes, writes), (hidden, unseen)):
            if names and len(names) == len(fields):
                found.append(_title(key))
            elif names:
                found.append(f"{_title(key)} ({', '.join(map(_title, names))})")
    told = [f"Changes {', '.join(changes)}." if changes else "Changes nothing."]
    if len(changes) == len(schema.collections) and rights.reads_all:
        return ["Sees and changes everything."]
    return [*told, f"Does not see {', '.join(hidden)}." if hidden else "Sees everything."]


def _title(code: str) -> str:
    return code.replace("_", " ")
