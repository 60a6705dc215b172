"""Who: whose changes a tab makes, and what that person may do.

Where people sign in, the relay says whose session it is, and every change from then on is that
person's, whoever the program calls its author. What the relay said last is remembered for the time
without it.

WHO-1 a tab makes no change that its person has no right to, as far as it knows. WHO-2 what one
person made is not sent in the session of another. Floor: `model.rights`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pysync.errors import ProtocolError, Refused
from pysync.model.change import Change
from pysync.model.conflict import Conflict
from pysync.model.rights import Rights, rights_of
from pysync.model.roles import Person
from pysync.model.schema import Schema


class Who:
    """The author of a tab's changes."""

    def __init__(self, author: str, schema: Schema) -> None:
        """`author` is what the program calls itself where nobody signs in."""
        self.person: Person | None = None
        """Who is signed in; None where nobody has to, or it is not known yet."""
        self.rights: Rights | None = None
        """What that person may do with what is here; None: everything."""
        self.remembered: Person | None = None
        """Whose session it was when the relay was last heard; a host may say so at the start."""
        self._author = author
        self._schema = schema
        self._left_out: frozenset[str] = frozenset()

    def met(self, person: Person | None) -> bool:
        """The relay says whose session it is. Answers whether that is news."""
        if person == self.person:
            return False
        self.person = self.remembered = person
        self._judge()
        return True

    def leaves_out(self, modules: frozenset[str]) -> None:
        """These modules are not kept on this device: nobody sees or changes them here."""
        self._left_out = modules
        self._judge()

    def _judge(self) -> None:
        role = self.person.role if self.person is not None else ""
        self.rights = rights_of(self._schema, role, self._left_out)

    def author(self, given: str) -> str:
        """Who the next change is by; `given` is what the caller says."""
        return self.person.name if self.person is not None else given or self._author

    def may_send(self, changes: Iterable[Change]) -> bool:
        """Whether this session is the one to send them in. What nobody is named as the author of
        was made here before it was known who is."""
        person = self.person
        return person is None or all(c.meta.author in ("", person.name) for c in changes)

    def others(self, undecided: Iterable[Change]) -> tuple[str, ...]:
        """Whose session some of these wait for, by name (WHO-2)."""
        if self.person is None:
            return ()
        names = {change.meta.author for change in undecided} - {"", self.person.name}
        return tuple(sorted(names))

    def check(self, change: Change, conflicts: Mapping[str, Conflict]) -> None:
        """Raises Refused if its author has no right to make it (WHO-1)."""
        beyond = self.rights.refusal(change, conflicts) if self.rights is not None else None
        if beyond is not None:
            raise Refused(beyond.code, beyond.message, beyond.params)


def read_person(value: object) -> Person:
    """Name and role, as a list. Raises ProtocolError."""
    if type(value) is not list or [type(part) for part in value] != [str, str]:
        raise ProtocolError("a person is a name and a role")
    return Person(*value)
