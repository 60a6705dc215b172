"""Changes that were refused after they were shown: kept in every tab until somebody saw them."""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pysync import DeadLetter
from pysync.model.change import Change, Op
from pysync.model.erasing import TOO_LATE
from pysync.model.guard import View
from pysync.model.sealed import encrypted_fields
from pysync.values.clock import wall_of
from pysync_pms.commands.adding import Create
from pysync_pms.commands.base import Command, Drafting, Problem, command
from pysync_pms.schema import SCHEMA
from pysync_pms.words import FOLIOS, GUESTS, INVOICES, LINES, REFUSALS, RESERVATIONS

_OF_STAYS: Final = (RESERVATIONS, LINES, FOLIOS, INVOICES)
"""Collections of which a record is about the guest of a stay."""


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRefused(Create):
    """Keep what a refused change would have written. `id` is the change's, `at` is when it was made
    in milliseconds since 1970, `content` lists [collection, field, value], `guests` whom it was
    about."""

    do: ClassVar[str] = "keep-refused"
    collection: ClassVar[str] = REFUSALS

    what: str
    message: str
    at: int = 0
    content: tuple[Any, ...] = ()
    guests: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "id": self.id,
            "label": self.what,
            "message": self.message,
            "at": self.at,
            "content": [list(row) for row in self.content],
            **({"guests": list(self.guests)} if self.guests else {}),
        }

    def label(self, view: View) -> str:
        """Names what was refused."""
        return f"Refused: {self.what or 'a change'}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardRefused(Command):
    """A person has seen to it."""

    do: ClassVar[str] = "discard-refused"

    id: str

    def check(self, view: View, today: str) -> list[Problem]:
        """It is still listed."""
        if view.get(REFUSALS, self.id) is None:
            return [Problem(code="gone", message="Somebody has discarded this already.")]
        return []

    def apply(self, draft: Drafting) -> str:
        """Take it from the list."""
        draft.delete(REFUSALS, self.id)
        return self.id

    def label(self, view: View) -> str:
        """Names what is discarded."""
        kept = view.get(REFUSALS, self.id) or {}
        return f"Discard: {kept.get('label') or 'a refused change'}"


def kept_of(letter: DeadLetter, view: View) -> KeepRefused | None:
    """What is kept of a refused change, for all who read that list: so without encrypted fields,
    which not all of them are sent. None for nothing: it wrote nothing else, or was about somebody
    who was erased."""
    change = letter.change
    rows = [
        (op.key, name, value)
        for op in change.ops
        for name, value in op.fields.items()
        if op.key != REFUSALS and name not in _encrypted(op.key)
    ]
    if not rows or letter.code == TOO_LATE:
        return None
    return KeepRefused(
        id=change.id,
        what=change.meta.label,
        message=letter.message,
        at=wall_of(change.mark.stamp),
        content=tuple(rows),
        guests=tuple(dict.fromkeys(_guests_of(change, view))),
    )


def _encrypted(key: str) -> frozenset[str]:
    declared = SCHEMA.collections.get(key)
    return encrypted_fields(declared.fields) if declared is not None else frozenset()


def _guests_of(change: Change, view: View) -> Iterator[str]:
    for op in change.ops:
        if op.key == GUESTS:
            yield op.rid
        elif op.key in _OF_STAYS:
            rid = op.rid if op.key == RESERVATIONS else _stay_of(op, view)
            own = op.fields if op.key == RESERVATIONS else {}
            stay = {**(view.get(RESERVATIONS, rid) or {}), **own}
            if stay.get("guest_id"):
                yield str(stay["guest_id"])


def _stay_of(op: Op, view: View) -> str:
    """Whose line, window or invoice it is."""
    return str(op.fields.get("stay") or (view.get(op.key, op.rid) or {}).get("stay") or "")
