"""The rules of the stock that hold whatever the timing and whoever is offline.

STOCK-1 a level is the sum of the movements that were accepted, whatever anybody writes into it.
STOCK-2 what is asked for and is not there is refused, whoever asked first on their own device.
STOCK-3 what has happened (received, wasted, counted, taken already) is recorded whatever is there;
a level that falls below nothing is flagged until somebody counts. STOCK-4 a count is what somebody
saw: it changes the level by what it found to differ from what they expected, so what others take
meanwhile counts as well, and a difference that two find is taken off once. STOCK-5 a movement is
never changed or deleted, and a transfer sums to nothing. STOCK-6 a reversal is the exact opposite
of one movement, with a reason, and each has one at most. STOCK-7 an item keeps its unit, and is not
deleted, once there was some of it; nor is a location; the unit that its first movement was made in
is its unit, and what was set in another one is emptied.
STOCK-9 what a device began with and brings along to a server, record by record, is a
fact: levels come out as they were. STOCK-10 a movement is of the hotel's time, within a year of its
business date, else it bears that date. STOCK-11 a count is taken back as long as none was decided
after it: what was seen later holds.
Stands on `stock.levels`, `stock.schema`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, Final

from pysync.model.change import CREATE, Change
from pysync.model.guard import Amend, Guard, Record, Refuse, Verdict, View
from pysync_pms.calendar import is_date, to_day
from pysync_pms.day_guards import business_date
from pysync_pms.stock.levels import (
    counted_since,
    effects,
    is_count,
    item_name,
    kind_of,
    level_id,
    place_name,
    quantity_of,
    stocked,
)
from pysync_pms.stock.quantities import amount_of
from pysync_pms.stock.schema import MOVE
from pysync_pms.stock.sheet import Sheet
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

YEAR: Final = 366
COUNTED_SINCE: Final = Refuse("counted-since", "It was counted again since: that count stands.")
NOT_ENOUGH: Final = "not-enough"
NO_POINT: Final = "The id of an item or a location has no point in it: a level's id joins both."
_FINAL: Final = Refuse("recorded", "What is recorded stays as it is: reverse it, with a reason.")
_UNIT_IS: Final = (
    "The item's unit is that of its first movement: enter again when to order, and how much."
)
_IN_UNIT: Final = ("reorder_level", "reorder_quantity")
_OF_PLACES: Final = {ITEMS: "item", PLACES: "place"}


def check_stock(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The rules of the stock, for all that the change touched of it."""
    return _judge(Sheet(before, after, founded=False), change, refs)


def found_stock(
    before: View, after: View, change: Change, refs: frozenset[tuple[str, str]]
) -> Verdict:
    """The same of what a device began with (STOCK-9)."""
    return _judge(Sheet(before, after, founded=True), change, refs)


def _judge(sheet: Sheet, change: Change, refs: frozenset[tuple[str, str]]) -> Verdict:
    before, after = sheet.before, sheet.after
    for collection, rid in sorted(refs):
        old, new = before.get(collection, rid), after.get(collection, rid)
        refusal: Refuse | None = None
        if collection == MOVES:
            refusal = _not_recorded(change, rid, old, new)
            if old is None and new is not None and refusal is None:
                new = _in_time(sheet, _put_right(sheet, new))
                refusal = _misfit(sheet, new) or _other_unit(sheet, new)
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


def _settled(sheet: Sheet) -> Verdict:
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
    if any(key == MOVES and "on" in values for (key, _), values in sheet.fields.items()):
        return Amend("business-date", sheet.fields, "It was recorded on the business date.")
    if any(key == ITEMS for key, _ in sheet.fields):
        return Amend("unit", sheet.fields, _UNIT_IS)
    # Without a code it is nothing to tell of: it is how levels come to be.
    return Amend("", sheet.fields) if sheet.fields else None


def _in_time(sheet: Sheet, move: Record) -> Record:
    """STOCK-10."""
    day, on = business_date(sheet.after), str(move.get("on") or "")
    if sheet.founded or not (is_date(day) and is_date(on)) or abs(to_day(on) - to_day(day)) <= YEAR:
        return move
    sheet.put_right(move, {"on": day})
    return {**move, "on": day}


def _other_unit(sheet: Sheet, move: Record) -> Refuse | None:
    """STOCK-7 while the first movement is under way: its unit is the item's."""
    item, unit = sheet.after.get(ITEMS, move["item"]) or {}, move.get("unit")
    if not unit or unit == item.get("unit") or sheet.founded:
        return None
    if sheet.before.find(LEVELS, "item", move["item"]):
        words = f"{item.get('name')} is kept in another unit now: enter it again."
        return Refuse("unit", words)
    # Both count in a unit: in the other one they would say another quantity.
    sheet.fields[ITEMS, move["item"]] = {"unit": unit, **dict.fromkeys(_IN_UNIT)}
    return None


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


def _put_right(sheet: Sheet, move: Record) -> Record:
    """What takes a count back takes back what that was decided to be."""
    whole = sheet.after.get(MOVES, str(move.get("reverses") or ""))
    if whole is None or kind_of(move) != DIFFERENCE or kind_of(whole) != DIFFERENCE:
        return move
    exact = -whole[DIFFERENCE]
    sheet.put_right(move, {DIFFERENCE: exact})
    return {**move, DIFFERENCE: exact}


def _misfit(sheet: Sheet, move: Record) -> Refuse | None:
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
        return None if sheet.founded else _not_reversed(after, move) or _counted_since(sheet, move)
    if kind == DIFFERENCE:
        known = all(type(move.get(name)) is int for name in ("counted", "expected", "adjusted"))
        return None if known else Refuse("incomplete", "A count says what was counted.")
    if move.get("taken") and kind not in (ISSUED, MOVED):
        return Refuse("incomplete", "Only what was issued can have been taken already.")
    signed = -move[kind] if kind in OUT else move[kind]
    return None if signed > 0 else Refuse("quantity", "Enter a quantity above 0.")


def _counted_since(sheet: Sheet, move: Record) -> Refuse | None:
    """STOCK-11: takes a count off its level, unless another one was decided after it."""
    whole = sheet.after.get(MOVES, move["reverses"]) or {}
    if not is_count(whole):
        return None
    if counted_since(sheet.before, whole):
        return COUNTED_SINCE
    level, before = sheet.level(move["item"], move["place"]), str(whole.get("follows") or "")
    level.last_count = before or None
    level.counted_on = (sheet.before.get(MOVES, before) or {}).get("on")
    return None


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
