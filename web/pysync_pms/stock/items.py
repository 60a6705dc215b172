"""What is kept in stock and where, as commands: items and locations.

Stands on `stock.guards`, `commands.base`.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pysync.model.guard import View
from pysync_pms.commands.adding import Create
from pysync_pms.commands.base import Command, Drafting, Problem, command, field_problems, present
from pysync_pms.indexes import fold
from pysync_pms.stock.guards import NO_POINT
from pysync_pms.stock.words import ITEMS, LEVELS, PLACES

__all__ = ["CreatePlace", "CreateStockItem", "EditPlace", "EditStockItem"]


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateStockItem(Create):
    """Something new is kept in stock. `reorder_level` and `reorder_quantity` are in its smallest
    part, as every quantity is."""

    do: ClassVar[str] = "create-stock-item"
    collection: ClassVar[str] = ITEMS

    name: str
    category: str
    unit: str
    reorder_level: int | None = None
    reorder_quantity: int | None = None
    supplier: str = ""
    notes: str = ""

    def check(self, view: View, today: str) -> list[Problem]:
        """A name that no other item has, and a reorder level with what is ordered then."""
        order = _ordered(self.reorder_level, self.reorder_quantity)
        return _new(self, view, today, self.name) + order

    def record(self) -> dict[str, Any]:
        """As it is stored."""
        row = {"id": self.id, "name": self.name.strip(), "category": self.category}
        order = {"reorder_level": self.reorder_level, "reorder_quantity": self.reorder_quantity}
        more = {**order, "supplier": self.supplier.strip(), "notes": self.notes.strip()}
        return {**row, "unit": self.unit, **present(more)}

    def label(self, view: View) -> str:
        """Names it."""
        return f"Add stock item {self.name.strip()}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePlace(Create):
    """A new location: a store, a kitchen, a pantry."""

    do: ClassVar[str] = "create-stock-place"
    collection: ClassVar[str] = PLACES

    name: str
    rank: int | None = None

    def check(self, view: View, today: str) -> list[Problem]:
        """A name that no other location has."""
        return _new(self, view, today, self.name)

    def record(self) -> dict[str, Any]:
        """As it is stored."""
        return {"id": self.id, "name": self.name.strip(), **present({"rank": self.rank})}

    def label(self, view: View) -> str:
        """Names it."""
        return f"Add location {self.name.strip()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit(Command):
    """Some fields of what is there; each is settled for itself."""

    atomic: ClassVar[bool] = False
    collection: ClassVar[str] = ""
    what: ClassVar[str] = ""

    id: str
    changes: Mapping[str, Any]

    def check(self, view: View, today: str) -> list[Problem]:
        """It is there, and the values fit."""
        now = view.get(self.collection, self.id)
        if now is None:
            return [Problem(code="gone", message=f"There is no such {self.what} any more.")]
        found = field_problems(self.collection, self.changes)
        if "name" in self.changes:
            found += _named(view, self.collection, str(self.changes["name"] or ""), but=self.id)
        return found

    def apply(self, draft: Drafting) -> str:
        """Change it."""
        draft.update(self.collection, self.id, self.changes)
        return self.id

    def label(self, view: View) -> str:
        """Names it, and says whether it is used from now on."""
        name = (view.get(self.collection, self.id) or {}).get("name") or ""
        if self.changes.keys() == {"active"}:
            return f"Use {name} again" if self.changes["active"] else f"Take {name} out of use"
        return f"Edit {self.what} {name}".strip()


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class EditStockItem(_Edit):
    """An item's name, category, when it is ordered, of whom; its unit while it never moved."""

    do: ClassVar[str] = "edit-stock-item"
    collection: ClassVar[str] = ITEMS
    what: ClassVar[str] = "item"

    def check(self, view: View, today: str) -> list[Problem]:
        """Its unit stays once there was some of it."""
        found = _Edit.check(self, view, today)
        if found:
            return found
        now = view.get(ITEMS, self.id) or {}
        unit = self.changes.get("unit", now.get("unit"))
        if unit != now.get("unit") and view.find(LEVELS, "item", self.id):
            message = "It has movements in its unit: make a new item instead."
            return [Problem(code="unit", field="unit", message=message)]
        after = {**now, **self.changes}
        return _ordered(after.get("reorder_level"), after.get("reorder_quantity"))


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class EditPlace(_Edit):
    """A location's name and place in the list, and whether it is used."""

    do: ClassVar[str] = "edit-stock-place"
    collection: ClassVar[str] = PLACES
    what: ClassVar[str] = "location"


def _new(command: Create, view: View, today: str, name: str) -> list[Problem]:
    """What stands against something new."""
    found = Create.check(command, view, today)
    if "." in command.id:
        found.append(Problem(code="id", field="id", message=NO_POINT))
    return found + _named(view, command.collection, name)


def _named(view: View, collection: str, name: str, *, but: str = "") -> list[Problem]:
    for other in view.all(collection):
        if other["id"] != but and name.strip() and fold(other.get("name") or "") == fold(name):
            message = "There is one of this name already: choose another name."
            return [Problem(code="name", field="name", message=message)]
    return []


def _ordered(level: int | None, quantity: int | None) -> list[Problem]:
    if level is None or quantity:
        return []
    message = "Enter how much is ordered at a time."
    return [Problem(code="order", field="reorder_quantity", message=message)]
