"""Rights: what one role may read and change in a space.

The same judgement is made in the tab, where it says at once what will not be taken, and at the
relay, whose word it is. A group of fields is one register: a role may do with it what it may do
with all of its members.

RIGHTS-1 a change is refused as a whole if one of its ops, or a conflict that it settles, is beyond
the role. RIGHTS-2 what a device leaves out it neither sees nor changes, whatever the role.
Floor: `roles`, `schema`, `change`, `conflict`.
"""

from __future__ import annotations

from binascii import crc32
from collections.abc import Collection, Mapping
from typing import Final

from pysync.errors import UsageError
from pysync.model.cell import Cell, Mark
from pysync.model.change import CREATE, DELETE, ERASE, Change, Op
from pysync.model.conflict import Conflict
from pysync.model.guard import Refuse
from pysync.model.roles import ALL, ANYBODY, NONE, Fields, Grant, Role, by_key
from pysync.model.schema import ERASED, Schema

NOT_PERMITTED: Final = "not-permitted"
"""Of the refusal of what a role may not do."""
NOT_KEPT: Final = "not-kept"
"""Of the refusal of what the device leaves out."""
NOBODY: Final = Role(title="No role")
"""The rights of a role that the application does not know."""
_NOTHING: Final = Grant(read=NONE)


class Rights:
    """The rights of one role, where some modules may be left out. Made by `rights_of`: one object
    per schema, role and modules."""

    def __init__(self, schema: Schema, role: Role, left_out: frozenset[str] = frozenset()) -> None:
        """Raises UsageError for a role that removes what it does not read."""
        self.role = role
        self.left_out = left_out
        """Modules that are not there."""
        self._schema = schema
        for key, grant in role.grants.items():
            if grant.removes and ALL not in (grant.read, grant.write):
                raise UsageError(f"{role.title} removes records of {key!r} without reading them")
        self.reads_all = (
            not left_out
            and "*" in role.grants
            and all(ALL in (grant.read, grant.write) for grant in role.grants.values())
        )
        """Whether nothing of the space is hidden from it."""
        self.does_all = "*" in role.grants and all(
            (each.write, each.resolve, each.adds, each.removes) == (ALL, ALL, True, True)
            for each in role.grants.values()
        )
        """Whether there is no change of records that it may not make. To erase is another thing."""
        self.digest = self._digest()
        """A short name of what it may read: whoever may read something else has another one."""

    # -- reading ----------------------------------------------------------------------------------

    def knows(self, key: str) -> bool:
        """Whether it sees records under that key at all."""
        return self._grant(key) is not None

    def leaves_out(self, key: str) -> bool:
        """Whether records under that key are not there because the device does not want them."""
        return bool(self.left_out) and by_key(self._schema.modules, key) in self.left_out

    def _grant(self, key: str) -> Grant | None:
        return None if self.leaves_out(key) else self.role.grant(key)

    def may_read(self, key: str, path: str) -> bool:
        """Whether it sees this field, or what lies below it."""
        grant = self._grant(key)
        if path == ERASED:
            return grant is not None
        return grant is not None and all(
            name in grant.read or name in grant.write for name in self._register(key, path)
        )

    def _register(self, key: str, path: str) -> tuple[str, ...]:
        name = path.split("/", maxsplit=1)[0]
        return self._schema.collection(key).group_of(name) or (name,)

    def seen(self, key: str, cell: Cell | None) -> Cell | None:
        """The cell as this role sees it; the same where nothing of it is hidden."""
        if cell is None or self.reads_all:
            return cell
        if not self.knows(key):
            return None
        hidden = [path for path in {**cell.fields, **cell.marks} if not self.may_read(key, path)]
        if not hidden:
            return cell
        fields = {p: value for p, value in cell.fields.items() if p not in hidden}
        marks: dict[str, Mark] = {p: mark for p, mark in cell.marks.items() if p not in hidden}
        return Cell(fields, cell.base, marks, cell.rev, cell.dead)

    def _digest(self) -> str:
        rows = [
            [key, sorted(each.names), each.but]
            for key, grant in sorted(self.role.grants.items())
            for each in (grant.read, grant.write)
        ]
        if self.left_out:
            rows.append(["", sorted(filter(self.leaves_out, self._schema.modules)), True])
        return f"{crc32(repr(rows).encode()):08x}"

    # -- changing ---------------------------------------------------------------------------------

    def refusal(self, change: Change, conflicts: Mapping[str, Conflict]) -> Refuse | None:
        """Why the change is not to happen, None if this role may make it. `conflicts` are those
        that are known, by id."""
        for op in change.ops:
            if self.leaves_out(op.key):
                module = by_key(self._schema.modules, op.key) or ""
                words = f"This device does not keep {_words(module)}: have it kept here first."
                return Refuse(NOT_KEPT, words, {"module": module})
            beyond = self._beyond(op)
            if beyond:
                return self._refuse(beyond)
        for id_ in change.meta.resolves:
            conflict = conflicts.get(id_)
            if conflict is not None and not self.may_resolve(conflict.key, conflict.register):
                return self._refuse(f"settle a conflict in {_words(conflict.key)}")
        return None

    def may_write(self, key: str, path: str) -> bool:
        """Whether it may change this field."""
        return self._has(self._granted(key).write, key, path)

    def may_resolve(self, key: str, register: str) -> bool:
        """Whether it may settle a conflict about this register; "" is the record's deletion."""
        grant = self._granted(key)
        return grant.removes if not register else self._has(grant.resolve, key, register)

    def may_add(self, key: str) -> bool:
        """Whether it may add records."""
        return self._granted(key).adds

    def may_remove(self, key: str) -> bool:
        """Whether it may delete records."""
        return self._granted(key).removes

    def may_erase(self, key: str) -> bool:
        """Whether it may erase people of that collection."""
        return self._granted(key).erases

    def may_export(self, key: str) -> bool:
        """Whether it may take along all that is kept about one of them."""
        return self._granted(key).exports

    def _granted(self, key: str) -> Grant:
        return self._grant(key) or _NOTHING

    def _has(self, fields: Fields, key: str, path: str) -> bool:
        return all(name in fields for name in self._register(key, path))

    def _beyond(self, op: Op) -> str:
        """What of the op the role may not do, in words; "" if it may."""
        if op.kind == ERASE:
            return "" if self.may_erase(op.key) else f"erase {_words(op.key)}"
        if op.kind == DELETE:
            return "" if self.may_remove(op.key) else f"remove {_words(op.key)}"
        if op.kind == CREATE and not self.may_add(op.key):
            return f"add {_words(op.key)}"
        for path in (*op.fields, *op.gone):
            if not self.may_write(op.key, path):
                return f"change {_words(path.split('/', maxsplit=1)[0])} of {_words(op.key)}"
        touches = op.kind == CREATE or self._granted(op.key).write != NONE
        return "" if touches else f"change {_words(op.key)}"

    def _refuse(self, beyond: str) -> Refuse:
        return Refuse(
            NOT_PERMITTED,
            f"{self.role.title} may not {beyond}. Ask somebody whose role may.",
            {"may-not": beyond},
        )


def rights_of(schema: Schema, role: str, left_out: Collection[str] = ()) -> Rights | None:
    """The rights of the role of that name where these modules are left out, always the same object;
    None where nobody is held to any: the schema declares no roles, or nobody signs in (`role` is
    ""), and nothing is left out that the schema has."""
    held = role if schema.roles else ""
    out = frozenset(left_out) & frozenset(schema.modules.values())
    if not held and not out:
        return None
    made: Rights | None = schema.memo.get(("rights", held, out))
    if made is None:
        made = Rights(schema, schema.roles.get(held, NOBODY) if held else ANYBODY, out)
        if not held or held in schema.roles:
            schema.memo["rights", held, out] = made
    return made


def sees_of(schema: Schema, role: str, left_out: Collection[str] = ()) -> Rights | None:
    """The same where something is hidden by it; None for whoever sees all there is."""
    rights = rights_of(schema, role, left_out)
    return None if rights is None or rights.reads_all else rights


def _words(code: str) -> str:
    return code.replace("_", " ").replace("-", " ")
