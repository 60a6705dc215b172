"""What all movements of the stock have in common as commands.

Who records one gives it its id before: the same click twice is one movement. A level is made where
something of an item is for the first time; how much it says is the guard's business. Stands on
`stock.levels`, `stock.guards`, `commands.base`.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import View
from pysync_pms.commands.base import Command, Drafting, Problem, field_problems, present
from pysync_pms.stock.guards import not_enough
from pysync_pms.stock.levels import effects, item_name, place_name, quantity_of, seen
from pysync_pms.stock.quantities import amount_of
from pysync_pms.stock.words import ITEMS, LEVELS, MOVES, PLACES, QUANTITY_MAX

__all__ = ["Moving", "Some", "placed", "reasoned", "told"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving(Command):
    """A new movement of an item at a location. `id` is the movement's, made before."""

    final: ClassVar[bool] = True
    word: ClassVar[str] = ""

    id: str
    item: str
    place: str
    on: str
    """The business date."""
    note: str = ""

    @abstractmethod
    def move(self, view: View) -> dict[str, Any]:
        """Its quantity and what else belongs to it."""

    def found_wrong(self, view: View) -> list[Problem]:
        """What stands against every movement."""
        if view.get(MOVES, self.id) is not None:
            return [Problem(code="recorded", message="It is recorded already.")]
        if view.get(ITEMS, self.item) is None:
            message = "There is no such item any more: choose another."
            return [Problem(code="no-item", field="item", message=message)]
        found = field_problems(MOVES, {"on": self.on, "note": self.note})
        return found + placed(view, "place", self.place)

    def apply(self, draft: Drafting) -> str:
        """Record it, and make the levels that are not there yet."""
        row = {"id": self.id, "item": self.item, "place": self.place, "on": self.on}
        if not draft.find(LEVELS, "item", self.item):
            row["unit"] = str((draft.get(ITEMS, self.item) or {}).get("unit") or "")
        move = {**row, **present({"note": self.note.strip()}), **self.move(draft)}
        _make_levels(draft, move)
        return draft.create(MOVES, move)

    def label(self, view: View) -> str:
        """Names what, how much and where."""
        words = told(view, self.item, abs(quantity_of(self.move(view))))
        return f"{self.word} {words}, {place_name(view, self.place)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Some(Moving):
    """A movement of so many, above 0."""

    quantity: int

    def found_wrong(self, view: View) -> list[Problem]:
        """Nor is it nothing."""
        found = Moving.found_wrong(self, view)
        if not 0 < self.quantity <= QUANTITY_MAX:
            message = "Enter a quantity above 0."
            found.append(Problem(code="quantity", field="quantity", message=message))
        return found

    def lacking(self, view: View) -> list[Problem]:
        """What is asked for and not there; where there is some comes along."""
        left = seen(view, self.item, self.place).expected - self.quantity
        if left >= 0:
            return []
        said = not_enough(view, self.item, self.place, -self.quantity, left)
        return [
            Problem(
                code=said.code,
                field="place",
                message=said.message,
                alternatives=tuple(said.params["places"]),
                params=said.params,
            )
        ]


def told(view: View, item: str, quantity: int) -> str:
    """How much of what, in words."""
    unit = str((view.get(ITEMS, item) or {}).get("unit") or "")
    return f"{amount_of(quantity, unit)} of {item_name(view, item)}"


def placed(view: View, field: str, place: str) -> list[Problem]:
    """What stands against a location."""
    if view.get(PLACES, place) is not None:
        return []
    return [Problem(code="no-place", field=field, message="Choose a location.")]


def reasoned(reason: str, message: str) -> list[Problem]:
    """What stands against a reason."""
    if not reason.strip():
        return [Problem(code="no-reason", field="reason", message=message)]
    return field_problems(MOVES, {"reason": reason})


def _make_levels(draft: Drafting, move: dict[str, Any]) -> None:
    for rid, _ in effects(move):
        place = rid.removeprefix(f"{move['item']}.")
        if draft.get(LEVELS, rid) is None:
            draft.create(LEVELS, {"id": rid, "item": move["item"], "place": place})
