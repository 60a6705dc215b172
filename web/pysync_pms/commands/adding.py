"""What commands that add one record have in common. Stands on `commands.base`."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import View
from pysync_pms.commands.base import Command, Drafting, Problem, field_problems

__all__ = ["Create"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Create(Command):
    """Add a record to `collection` that is not there yet."""

    collection: ClassVar[str] = ""

    id: str

    @abstractmethod
    def record(self) -> dict[str, Any]:
        """The record as it is stored; what is required is in it, even if it is empty."""

    def check(self, view: View, today: str) -> list[Problem]:
        """New, and the fields hold what they may hold."""
        found = field_problems(self.collection, self.record())
        if not self.id or view.get(self.collection, self.id) is not None:
            found.append(Problem(code="exists", field="id", message="This was already added."))
        return found

    def apply(self, draft: Drafting) -> str:
        """Create the record."""
        return draft.create(self.collection, self.record())
