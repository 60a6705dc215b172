"""Movements of the stock as commands: receive, issue, waste, transfer, and taking one back.

Stands on `stock.moving`.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import View
from pysync_pms.commands.base import Command, Drafting, Problem, command, field_problems, present
from pysync_pms.stock.guards import COUNTED_SINCE
from pysync_pms.stock.levels import counted_since, is_count, kind_of, place_name, quantity_of
from pysync_pms.stock.moving import Moving, Some, placed, reasoned, told
from pysync_pms.stock.words import ISSUED, MOVED, MOVES, RECEIVED, WASTED

__all__ = ["IssueStock", "ReceiveStock", "ReverseStock", "TransferStock", "WasteStock"]


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveStock(Some):
    """Something came in."""

    do: ClassVar[str] = "receive-stock"
    word: ClassVar[str] = "Receive"

    def check(self, view: View, today: str) -> list[Problem]:
        """An item and a location that are there."""
        return self.found_wrong(view)

    def move(self, view: View) -> dict[str, Any]:
        """What came."""
        return {RECEIVED: self.quantity}


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class IssueStock(Some):
    """Something is taken to be used. With `taken` it is a fact, recorded whatever is left."""

    do: ClassVar[str] = "issue-stock"
    word: ClassVar[str] = "Issue"

    taken: bool = False

    def check(self, view: View, today: str) -> list[Problem]:
        """There is enough of it, unless it was taken already."""
        found = self.found_wrong(view)
        return found or ([] if self.taken else self.lacking(view))

    def move(self, view: View) -> dict[str, Any]:
        """What goes out."""
        return {ISSUED: -self.quantity, **present({"taken": self.taken or None})}


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class WasteStock(Some):
    """Something spoiled, broke or got lost. It is a fact, recorded whatever is left."""

    do: ClassVar[str] = "waste-stock"
    word: ClassVar[str] = "Waste"

    reason: str

    def check(self, view: View, today: str) -> list[Problem]:
        """A reason."""
        return self.found_wrong(view) + reasoned(self.reason, "Say what happened to it.")

    def move(self, view: View) -> dict[str, Any]:
        """What is gone."""
        return {WASTED: -self.quantity, "reason": self.reason.strip()}


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class TransferStock(Some):
    """Something goes from one location into another."""

    do: ClassVar[str] = "transfer-stock"
    word: ClassVar[str] = "Transfer"

    into: str
    taken: bool = False

    def check(self, view: View, today: str) -> list[Problem]:
        """Two locations, and enough of it at the first."""
        found = self.found_wrong(view) + placed(view, "into", self.into)
        if not found and self.into == self.place:
            message = "Choose another location than the one it comes from."
            found.append(Problem(code="same-place", field="into", message=message))
        return found or ([] if self.taken else self.lacking(view))

    def move(self, view: View) -> dict[str, Any]:
        """What goes over."""
        more = present({"taken": self.taken or None})
        return {MOVED: -self.quantity, "into": self.into, **more}

    def label(self, view: View) -> str:
        """Names where it goes, too."""
        return f"{Moving.label(self, view)} to {place_name(view, self.into)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseStock(Command):
    """Take a movement back by its opposite. That it was wrong is a fact: it is recorded whatever is
    left, and what falls below nothing is flagged."""

    do: ClassVar[str] = "reverse-stock"
    final: ClassVar[bool] = True

    id: str
    move: str
    on: str
    reason: str

    def check(self, view: View, today: str) -> list[Problem]:
        """A movement that nobody has reversed, and a reason."""
        whole = view.get(MOVES, self.move)
        if whole is None or whole.get("reverses"):
            return [Problem(code="not-reversible", message="There is no such movement any more.")]
        if view.get(MOVES, self.id) is not None or view.find(MOVES, "reverses", self.move):
            return [Problem(code="reversed", message="It was reversed already.")]
        if is_count(whole) and counted_since(view, whole):
            return [Problem(code=COUNTED_SINCE.code, message=COUNTED_SINCE.message)]
        found = field_problems(MOVES, {"on": self.on})
        return found + reasoned(self.reason, "Say why it is taken back.")

    def apply(self, draft: Drafting) -> str:
        """Record the opposite."""
        whole = draft.get(MOVES, self.move) or {}
        kind = kind_of(whole)
        row = {
            "id": self.id,
            "item": whole["item"],
            "place": whole["place"],
            "on": self.on,
            kind: -whole[kind],
            "reason": self.reason.strip(),
            "reverses": self.move,
            **present({"into": whole.get("into")}),
        }
        return draft.create(MOVES, row)

    def label(self, view: View) -> str:
        """Names what is taken back."""
        whole = view.get(MOVES, self.move) or {}
        words = told(view, str(whole.get("item")), abs(quantity_of(whole)))
        return f"Reverse {kind_of(whole) or 'a movement'}: {words}"
