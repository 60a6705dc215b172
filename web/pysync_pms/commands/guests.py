"""Guests: profiles and the merge of duplicates. Stands on `commands.base`."""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from pysync.model.guard import Record, View
from pysync.model.schema import ERASED
from pysync_pms.commands.adding import Create
from pysync_pms.commands.base import (
    Command,
    Drafting,
    Problem,
    command,
    field_problems,
    present,
)
from pysync_pms.indexes import full_name
from pysync_pms.words import GUESTS, OPEN, RESERVATIONS

PROFILE: Final = (
    "first_name", "last_name", "email", "phone", "country", "language", "birth_date", "company",
    "vip", "notes",
)  # fmt: skip
EDITED: Final = (*PROFILE, "document")
"""What the form of a profile holds; the document is sealed before it becomes a command."""
MERGE_MAX: Final = 50
"""Profiles merged at once; their reservations must fit into one change."""


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateGuest(Create):
    """Add a guest's profile."""

    do: ClassVar[str] = "create-guest"
    collection: ClassVar[str] = GUESTS

    last_name: str
    first_name: str | None = None
    email: str | None = None
    phone: str | None = None
    country: str | None = None
    language: str | None = None
    birth_date: str | None = None
    company: str | None = None
    vip: bool | None = None
    notes: str | None = None

    def record(self) -> dict[str, Any]:
        """The profile as it is stored."""
        given = present({name: getattr(self, name) for name in PROFILE})
        return {"id": self.id, "last_name": self.last_name} | given

    def label(self, view: View) -> str:
        """Names the guest."""
        return f"Add guest {full_name(self.record())}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class EditGuest(Command):
    """Change a profile. None empties a field."""

    do: ClassVar[str] = "edit-guest"
    atomic: ClassVar[bool] = False

    id: str
    changes: Mapping[str, Any] = field(default_factory=dict)

    def check(self, view: View, today: str) -> list[Problem]:
        """The profile is there and the fields hold what they may hold."""
        guest = view.get(GUESTS, self.id)
        if guest is None:
            return [_unknown()]
        found = [
            Problem(code="not-a-detail", field=name, message=f"{name} is not edited here.")
            for name in self.changes
            if name not in EDITED
        ]
        return found + field_problems(GUESTS, self.changes)

    def apply(self, draft: Drafting) -> str:
        """Write the changed fields."""
        draft.update(GUESTS, self.id, self.changes)
        return self.id

    def label(self, view: View) -> str:
        """Names the guest."""
        return f"Edit guest {full_name(view.get(GUESTS, self.id) or {})}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class MergeGuests(Command):
    """Make one profile of several: `keep` gets the stays of `others` and what it had not itself.

    The others stay as pointers to it, so that a booking made for one of them elsewhere meanwhile
    still finds its guest.
    """

    do: ClassVar[str] = "merge-guests"

    keep: str
    others: tuple[str, ...]

    def check(self, view: View, today: str) -> list[Problem]:
        """All are there, different, and not merged already."""
        found: list[Problem] = []
        if not self.others or self.keep in self.others or len(set(self.others)) < len(self.others):
            message = "Choose two or more different profiles."
            found.append(Problem(code="not-different", field="others", message=message))
        if len(self.others) > MERGE_MAX:
            message = f"Merge at most {MERGE_MAX} profiles at once."
            found.append(Problem(code="too-many", field="others", message=message))
        for guest_id in (self.keep, *self.others):
            guest = view.get(GUESTS, guest_id)
            if guest is None:
                found.append(_unknown())
            elif guest.get(ERASED):
                message = "One of these guests was erased: leave that profile as it is."
                found.append(Problem(code="erased", field="others", message=message))
            elif guest.get("merged_into"):
                message = f"{full_name(guest)} was already merged: open the profile it went into."
                found.append(Problem(code="already-merged", field="others", message=message))
        return found

    def apply(self, draft: Drafting) -> str:
        """Fill the gaps of the kept profile, join notes, move stays, point the others to it."""
        kept = draft.get(GUESTS, self.keep) or {}
        filled: dict[str, Any] = {}
        for guest_id in self.others:
            other = draft.get(GUESTS, guest_id) or {}
            _fill(filled, kept, other)
            for stay in draft.find(RESERVATIONS, "guest", guest_id):
                draft.update(RESERVATIONS, stay["id"], {"guest_id": self.keep})
            for earlier in draft.find(GUESTS, "merged_into", guest_id):
                draft.update(GUESTS, earlier["id"], {"merged_into": self.keep})
            draft.update(GUESTS, guest_id, {"merged_into": self.keep})
        draft.update(GUESTS, self.keep, filled)
        return self.keep

    def label(self, view: View) -> str:
        """Names the guest kept."""
        return f"Merge duplicates into {full_name(view.get(GUESTS, self.keep) or {})}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class EraseGuest(Command):
    """Erase a guest's data for good, on every device: those of the profiles that were merged with
    this one, too. The stays stay, without a name and without notes."""

    do: ClassVar[str] = "erase-guest"

    id: str

    def check(self, view: View, today: str) -> list[Problem]:
        """The profile is there; who is in the house or expected is asked about."""
        guest = view.get(GUESTS, self.id)
        if guest is None:
            return [_unknown()]
        if guest.get(ERASED):
            return [Problem(code="erased", message="This guest's data were erased already.")]
        if any(stay["status"] in OPEN for stay in view.find(RESERVATIONS, "guest", self.id)):
            message = "This guest is in the house or expected: nobody will know who it is."
            return [Problem(code="open-stays", message=message, level="warning")]
        return []

    def apply(self, draft: Drafting) -> str:
        """Erase."""
        draft.erase(GUESTS, self.id)
        return self.id

    def label(self, view: View) -> str:
        """Names nobody: it stays when the name has gone."""
        return "Erase a guest's data"


def _fill(filled: dict[str, Any], kept: Record, other: Record) -> None:
    for name in PROFILE:
        mine, theirs = filled.get(name) or kept.get(name), other.get(name)
        if not theirs or mine == theirs:
            continue
        if name == "notes" and mine:
            if theirs not in mine:
                filled[name] = f"{mine}\n{theirs}"[:4_000]
        elif not mine:
            filled[name] = theirs


def _unknown() -> Problem:
    return Problem(code="guest-unknown", message="This profile does not exist (any more).")
