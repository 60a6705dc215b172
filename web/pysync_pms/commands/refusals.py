"""Changes that were refused after they were shown: kept in every tab until somebody saw them."""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import View
from pysync_pms.commands.adding import Create
from pysync_pms.commands.base import Command, Drafting, Problem, command
from pysync_pms.words import REFUSALS


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRefused(Create):
    """Keep what a refused change would have written. `id` is the change's, `at` is when it was made
    in milliseconds since 1970, `content` lists [collection, field, value]."""

    do: ClassVar[str] = "keep-refused"
    collection: ClassVar[str] = REFUSALS

    what: str
    message: str
    at: int = 0
    content: tuple[Any, ...] = ()

    def record(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "id": self.id,
            "label": self.what,
            "message": self.message,
            "at": self.at,
            "content": [list(row) for row in self.content],
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
