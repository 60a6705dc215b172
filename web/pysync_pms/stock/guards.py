"""The rules of the stock that hold whatever the timing and whoever is offline.

STOCK-1 a level is the sum of the movements that were accepted, whatever anybody writes into it.
STOCK-2 what is asked for and is not there is refused, whoever asked first on their own device.
STOCK-3 what has happened (received, wasted, counted, taken already) is recorded whatever is there;
a level that falls below nothing is flagged until somebody counts. STOCK-4 a count is what somebody
saw: it changes the level by what it found to differ from what they expected, so what others take
meanwhile counts as well, and a difference that two find is taken off once. STOCK-5 a movement is
never changed or deleted, and a transfer sums to nothing. STOCK-6 a reversal is the exact opposite
of one movement, with a reason, and each has one at most. STOCK-7 an item keeps its unit, and is not
deleted, once there was some of it; nor is a location. STOCK-9 what a device began with and brings
along to a server, record by record, is a fact: levels come out as they were.
Stands on `stock.levels`, `stock.schema`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pysync.model.change import CREATE, Change
from pysync.model.guard import Amend, Guard, Record, Refuse, Verdict, View
from pysync_pms.stock.levels import (
    effects,
    is_count,
    is_fact,
    item_name,
    kind_of,
    level_id,
    place_name,
    quantity_of,
    stocked,
)
from pysync_pms.stock.quantities import amount_of
from pysync_pms.stock.schema import MOVE
from pysync_pms.stock.words import (
    DIFFERENCE,
    ISSUED,
    ITEMS,
    LEVELS,
    MOVED,
    MOVES,
    OUT,
    PLACES,
)

NOT_ENOUGH: Final = "not-enough"
NO_POINT: Final = "The id of an item or a location has no point in it: a level's id joins both."
_FINAL: Final = Refuse("recorded", "What is recorded stays as it is: reverse it, with a reason.")
_OF_PLACES: Final = {ITEMS: "item", PLACES: "place"}
_Fields = dict[tuple[str, str], Mapping[str, Any]]


@dataclass(slots=True)
class _Level:
    """A level as the change leaves it."""

    item: str
    place: str
    on_hand: int
    adjusted: int
    counted_on: str | None
    short: bool
    asked: int = 0
    """What of this change is asked for, and not a fact."""

    def fields(self) -> dict[str, Any]:
        return {
            "on_hand": self.on_hand,
            "adjusted": self.adjusted,
            "counted_on": self.counted_on,
            "short": self.short or None,
        }


@dataclass(slots=True)
class _Sheet:
    """The levels that a change touches, and the movements that it puts right."""

    before: View
    after: View
    founded: bool
    """Told by a device of what it began with, in no order: nothing of it is weighed or corrected,
    and a level is flagged or counted as it is told."""
    levels: dict[str, _Level] = field(default_factory=dict)
    fields: _Fields = field(default_factory=dict)

    def level(self, item: str, place: str) -> _Level:
        rid = level_id(item, place)
        if rid not in self.levels:
            known = self.before.get(LEVELS, rid) or {}
            told = (self.after.get(LEVELS, rid) or {}) if self.founded else known
            self.levels[rid] = _Level(
                item=item,
                place=place,
                on_hand=known.get("on_hand") or 0,
                adjusted=known.get("adjusted") or 0,
                counted_on=told.get("counted_on"),
                short=bool(told.get("short")),
            )
        return self.levels[rid]

    def take(self, move: Record) -> None:
        """Add what a movement changes."""
        level = self.level(move["item"], move["place"])
        quantity = quantity_of(move)
        if is_count(move) and not self.founded:
            quantity = move["counted"] - move["expected"] + move["adjusted"] - level.adjusted
            level.counted_on, level.short = move["on"], False
        if kind_of(move) == DIFFERENCE:
            level.adjusted += quantity
            if quantity != move[DIFFERENCE]:
                self.fields[MOVES, move["id"]] = {DIFFERENCE: quantity}
        if not is_fact(move) and not self.founded:
            level.asked += quantity
        level.on_hand += quantity
        if kind_of(move) == MOVED:
            self.level(move["item"], move["into"]).on_hand -= quantity


def check_stock(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The rules of the stock, for all that the change touched of it."""
    return _judge(_Sheet(before, after, founded=False), change, refs)


def found_stock(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The same of what a device began with (STOCK-9)."""
    return _judge(_Sheet(before, after, founded=True), change, refs)


def _judge(sheet: _Sheet, change: Change, refs: frozenset[tuple[str, str]]) -> Verdict:
    before, after = sheet.before, sheet.after
    for collection, rid in sorted(refs):
        old, new = before.get(collection, rid), after.get(collection, rid)
        refusal: Refuse | None = None
        if collection == MOVES:
            refusal = _not_recorded(change, rid, old, new)
            if old is None and new is not None and refusal is None:
                new = _put_right(sheet, new)
                refusal = _misfit(sheet, new)
                if refusal is None:
                    sheet.take(new)
        elif collection == LEVELS:
            refusal = _not_levelled(after, rid, new)
            if refusal is None and new is not None:
                sheet.level(new["item"], new["place"])
        elif collection in _OF_PLACES:
            refusal = _not_kept(before, collection, old, new)
        if refusal is not None:
            return refusal
    return _settled(sheet)


def _settled(sheet: _Sheet) -> Verdict:
    """Levels as their movements come to, or why something cannot be taken from one."""
    for rid, level in sheet.levels.items():
        known = sheet.after.get(LEVELS, rid)
        if level.on_hand < 0 and level.asked < 0:
            return not_enough(sheet.before, level.item, level.place, level.asked, level.on_hand)
        level.short = level.short or (level.on_hand < 0 and not sheet.founded)
        if known is None:
            return Refuse("no-level", "This movement names no level: update the page, try again.")
        wanted = level.fields().items()
        if changed := {name: value for name, value in wanted if known.get(name) != value}:
            sheet.fields[LEVELS, rid] = changed
    # Without a code it is nothing to tell of: it is how levels come to be.
    return Amend("", sheet.fields) if sheet.fields else None


def not_enough(view: View, item: str, place: str, asked: int, left: int) -> Refuse:
    """What is said where somebody asks for more than is there, and where there is some."""
    unit = str((view.get(ITEMS, item) or {}).get("unit") or "")
    there = max(0, left - asked)
    where, name = place_name(view, place), item_name(view, item)
    words = f"{where} has only {amount_of(there, unit)} of {name}, not {amount_of(-asked, unit)}."
    if not there:
        words = f"{where} has no {name} left."
    found = stocked(view, item, -asked, but=place)
    for other, quantity in found[:1]:
        words += f" {place_name(view, other)} has {amount_of(quantity, unit)}."
    if not found:
        words += " Receive or count first, or say that it was taken already."
    params = {"item": item, "place": place, "left": there, "places": [each for each, _ in found]}
    return Refuse(NOT_ENOUGH, words, params)


def _not_recorded(
    change: Change, rid: str, old: Record | None, new: Record | None
) -> Refuse | None:
    """Why a movement that is there already cannot become so. The same one again is nothing new."""
    if old is None:
        return None
    for op in change.ops:
        if (op.key, op.rid, op.kind) == (MOVES, rid, CREATE):
            same = all(old.get(name) == value for name, value in op.fields.items())
            if same and old == new:
                return None
            return Refuse("recorded", "It is recorded already, otherwise.")
    return None if old == new else _FINAL


def _put_right(sheet: _Sheet, move: Record) -> Record:
    """What takes a count back takes back what that was decided to be."""
    whole = sheet.after.get(MOVES, str(move.get("reverses") or ""))
    if whole is None or kind_of(move) != DIFFERENCE or kind_of(whole) != DIFFERENCE:
        return move
    exact = -whole[DIFFERENCE]
    if move[DIFFERENCE] == exact:
        return move
    sheet.fields[MOVES, move["id"]] = {DIFFERENCE: exact}
    return {**move, DIFFERENCE: exact}


def _misfit(sheet: _Sheet, move: Record) -> Refuse | None:
    """Why a new movement cannot stand."""
    after = sheet.after
    kind = kind_of(move)
    if missing := MOVE.missing(move):
        return Refuse("incomplete", f"A movement needs {', '.join(missing)}.")
    if not kind or (kind == MOVED) != bool(move.get("into")) or move.get("into") == move["place"]:
        return Refuse("incomplete", "A movement has one quantity, and a transfer two locations.")
    if after.get(ITEMS, move["item"]) is None:
        return Refuse("no-item", "There is no such item any more.")
    for place in (move["place"], *filter(None, (move.get("into"),))):
        if after.get(PLACES, place) is None:
            return Refuse("no-place", "There is no such location any more.")
    if move.get("reverses"):
        return None if sheet.founded else _not_reversed(after, move)
    if kind == DIFFERENCE:
        known = all(type(move.get(name)) is int for name in ("counted", "expected", "adjusted"))
        return None if known else Refuse("incomplete", "A count says what was counted.")
    if move.get("taken") and kind not in (ISSUED, MOVED):
        return Refuse("incomplete", "Only what was issued can have been taken already.")
    signed = -move[kind] if kind in OUT else move[kind]
    return None if signed > 0 else Refuse("quantity", "Enter a quantity above 0.")


def _not_reversed(after: View, move: Record) -> Refuse | None:
    whole = after.get(MOVES, move["reverses"])
    if whole is None or whole.get("reverses"):
        return Refuse("not-reversible", "Only a movement can be reversed.")
    if [each["id"] for each in after.find(MOVES, "reverses", whole["id"])] != [move["id"]]:
        return Refuse("reversed", "It was reversed already, by somebody else.")
    if not str(move.get("reason") or "").strip():
        return Refuse("no-reason", "A reversal needs a reason.")
    alike = all(move.get(name) == whole.get(name) for name in ("item", "place", "into"))
    opposite = kind_of(move) == kind_of(whole) and quantity_of(move) == -quantity_of(whole)
    if not alike or not opposite or move.get("counted") is not None:
        return Refuse("not-opposite", "A reversal is the exact opposite of what it reverses.")
    return None


def _not_levelled(after: View, rid: str, level: Record | None) -> Refuse | None:
    """Why a level cannot be so: how much it says is none of its author's business."""
    if level is None:
        return Refuse("level", "What is in stock is not deleted: count it.")
    item, place = str(level.get("item")), str(level.get("place"))
    if rid != level_id(item, place) or not after.get(ITEMS, item) or not after.get(PLACES, place):
        return Refuse("level", "A level is that of an item at a location.")
    return None


def _not_kept(
    before: View, collection: str, old: Record | None, new: Record | None
) -> Refuse | None:
    """Why an item or a location of which there are levels cannot become so."""
    if old is None:
        return Refuse("id", NO_POINT) if new is not None and "." in new["id"] else None
    if new is not None and new.get("unit") == old.get("unit"):
        return None
    if not before.find(LEVELS, _OF_PLACES[collection], old["id"]):
        return None
    if new is None:
        return Refuse("in-use", f"{old.get('name')} has movements: take it out of use instead.")
    return Refuse("unit", f"{old.get('name')} has movements in its unit: make a new item instead.")


def _tokens(collection: str, record: Record) -> Iterable[Hashable]:
    """What movements are weighed against: their levels, item and locations, what they reverse."""
    named: tuple[Any, ...] = (record["id"], record.get("reverses"))
    if collection == MOVES:
        levels = tuple(rid for rid, _ in effects(record))
        named = (*named, *levels, record.get("item"), record.get("place"), record.get("into"))
    elif collection == LEVELS:
        named = (*named, record.get("item"), record.get("place"))
    return tuple(each for each in named if each)


STOCK_GUARDS: Final = (
    Guard("stock", frozenset((MOVES, LEVELS, ITEMS, PLACES)), check_stock, _tokens, found_stock),
)
