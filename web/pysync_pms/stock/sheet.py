"""The levels that a change touches, and what the guard puts right in its movements.

Stands on `stock.levels`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pysync.model.guard import Record, View
from pysync_pms.stock.levels import is_count, is_fact, kind_of, level_id, quantity_of
from pysync_pms.stock.words import DIFFERENCE, LEVELS, MOVED, MOVES

Fields = dict[tuple[str, str], Mapping[str, Any]]


@dataclass(slots=True)
class Level:
    """A level as the change leaves it."""

    item: str
    place: str
    on_hand: int
    adjusted: int
    counted_on: str | None
    short: bool
    last_count: str | None
    """The count that was decided last and not taken back: what it saw holds."""
    asked: int = 0
    """What of this change is asked for, and not a fact."""

    def fields(self) -> dict[str, Any]:
        return {
            "on_hand": self.on_hand,
            "adjusted": self.adjusted,
            "counted_on": self.counted_on,
            "short": self.short or None,
            "last_count": self.last_count,
        }


@dataclass(slots=True)
class Sheet:
    """The levels that a change touches, and the movements that it puts right."""

    before: View
    after: View
    founded: bool
    """Told by a device of what it began with, in no order: nothing of it is weighed or corrected,
    and a level is flagged or counted as it is told."""
    levels: dict[str, Level] = field(default_factory=dict)
    fields: Fields = field(default_factory=dict)

    def level(self, item: str, place: str) -> Level:
        rid = level_id(item, place)
        if rid not in self.levels:
            known = self.before.get(LEVELS, rid) or {}
            told = (self.after.get(LEVELS, rid) or {}) if self.founded else known
            self.levels[rid] = Level(
                item=item,
                place=place,
                on_hand=known.get("on_hand") or 0,
                adjusted=known.get("adjusted") or 0,
                counted_on=told.get("counted_on"),
                short=bool(told.get("short")),
                last_count=told.get("last_count"),
            )
        return self.levels[rid]

    def take(self, move: Record) -> None:
        """Add what a movement changes."""
        level = self.level(move["item"], move["place"])
        quantity = quantity_of(move)
        if is_count(move) and not self.founded:
            quantity = move["counted"] - move["expected"] + move["adjusted"] - level.adjusted
            level.counted_on, level.short = move["on"], False
            self.put_right(move, {"follows": level.last_count})
            level.last_count = move["id"]
        if kind_of(move) == DIFFERENCE:
            level.adjusted += quantity
            if quantity != move[DIFFERENCE]:
                self.put_right(move, {DIFFERENCE: quantity})
        if not is_fact(move) and not self.founded:
            level.asked += quantity
        level.on_hand += quantity
        if kind_of(move) == MOVED:
            self.level(move["item"], move["into"]).on_hand -= quantity

    def put_right(self, move: Record, fields: Mapping[str, Any]) -> None:
        """Say otherwise of a movement what its author could not know."""
        wrong = {name: value for name, value in fields.items() if move.get(name) != value}
        if wrong:
            known = self.fields.get((MOVES, move["id"]), {})
            self.fields[MOVES, move["id"]] = {**known, **wrong}
