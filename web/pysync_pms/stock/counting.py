"""Counting as commands: one item, or a sheet of what is at a location.

Stands on `stock.moving`.
"""

# Every command's methods have the same arguments, whether it needs them or not.

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from pysync.model.guard import View
from pysync_pms.commands.base import Command, Drafting, Problem, command, field_problems
from pysync_pms.stock.levels import place_name, seen
from pysync_pms.stock.moving import Moving, told
from pysync_pms.stock.words import DIFFERENCE, MOVES

__all__ = ["CountSheet", "CountStock"]


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CountStock(Moving):
    """Somebody counted. `expected` and `adjusted` are what they saw of the level when they did; if
    left out, what the view says."""

    do: ClassVar[str] = "count-stock"
    word: ClassVar[str] = "Count"

    counted: int
    expected: int | None = None
    adjusted: int | None = None

    def check(self, view: View, today: str) -> list[Problem]:
        """A number that can have been counted."""
        return self.found_wrong(view) + field_problems(
            MOVES,
            {"counted": self.counted, "expected": self.expected, "adjusted": self.adjusted},
        )

    def move(self, view: View) -> dict[str, Any]:
        """What was seen, and by how much it differs."""
        now = seen(view, self.item, self.place)
        expected = now.expected if self.expected is None else self.expected
        adjusted = now.adjusted if self.adjusted is None else self.adjusted
        return {
            DIFFERENCE: self.counted - expected + adjusted - now.adjusted,
            "counted": self.counted,
            "expected": expected,
            "adjusted": adjusted,
        }

    def label(self, view: View) -> str:
        """Names how many were found."""
        words = told(view, self.item, self.counted)
        return f"{self.word} {words}, {place_name(view, self.place)}"


@command
@dataclass(frozen=True, slots=True, kw_only=True)
class CountSheet(Command):
    """What somebody counted at one location, in one change. `rows` hold for each item the
    movement's id, the item, how many were counted, and what was expected and adjusted then."""

    do: ClassVar[str] = "count-sheet"
    final: ClassVar[bool] = True

    place: str
    on: str
    rows: tuple[tuple[str, str, int, int, int], ...]

    def __post_init__(self) -> None:
        """Rows that were written down as lists are the same."""
        object.__setattr__(self, "rows", tuple((i, it, n, e, a) for i, it, n, e, a in self.rows))

    def counts(self) -> list[CountStock]:
        """Each of them."""
        return [
            CountStock(id=rid, item=item, place=self.place, on=self.on, counted=counted,
                       expected=expected, adjusted=adjusted)
            for rid, item, counted, expected, adjusted in self.rows
        ]  # fmt: skip

    def check(self, view: View, today: str) -> list[Problem]:
        """Something was counted; what is wrong with one is said of its item."""
        if not self.rows:
            return [Problem(code="nothing", message="Enter at least one number.")]
        return [
            replace(problem, field=count.item)
            for count in self.counts()
            for problem in count.check(view, today)
        ]

    def apply(self, draft: Drafting) -> str:
        """Record them."""
        for count in self.counts():
            count.apply(draft)
        return self.place

    def label(self, view: View) -> str:
        """Names where, and how many items."""
        many = len(self.rows)
        return f"Count {place_name(view, self.place)}, {many} {'item' if many == 1 else 'items'}"
