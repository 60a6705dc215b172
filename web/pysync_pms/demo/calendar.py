"""Who stays where and when in the demonstration hotel: a plan around a date, without any clash.

Each room's calendar is walked through from three weeks before the date, stay by stay, and the stays
nearest to the date are kept. Stands on `demo.house`, `demo.dice`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pysync_pms.calendar import add_days, weekday
from pysync_pms.demo.dice import Dice
from pysync_pms.demo.house import OUT_OF_ORDER_ROOM, Door, doors

BEFORE = 21
AFTER = 45
Fate = Literal["past", "in-house", "due-out", "left-today", "arrived", "due", "future"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A stay in the making."""

    door: Door
    start: str
    end: str
    fate: Fate


def plan_stays(today: str, count: int, dice: Dice) -> list[Planned]:
    """So many stays, those nearest to today, by arrival."""
    found = [stay for door in doors() for stay in _room(door, today, dice)]
    found.sort(key=lambda stay: (_distance(stay, today), stay.door.number))
    return sorted(found[:count], key=lambda stay: (stay.start, stay.door.number))


def _distance(stay: Planned, today: str) -> int:
    if stay.end < today:
        return _days(stay.end, today)
    return _days(today, stay.start) if stay.start > today else 0


def _days(start: str, end: str) -> int:
    count = 0
    while start < end:
        start = add_days(start, 1)
        count += 1
    return count


def _room(door: Door, today: str, dice: Dice) -> Iterator[Planned]:
    day = add_days(today, dice.number(-BEFORE, -BEFORE + 4))
    last = add_days(today, AFTER)
    leaving = False
    while day < last:
        nights = dice.pick((1, 1, 2, 2, 2, 3, 3, 4, 5, 7))
        end = add_days(day, nights)
        if not (door.number == OUT_OF_ORDER_ROOM and _near(day, end, today)):
            fate = _fate(day, end, today, leaving, dice)
            leaving = fate == "due-out"
            yield Planned(door=door, start=day, end=end, fate=fate)
        gap = dice.pick((0, 0, 0, 1, 1, 2, 3))
        if weekday(end) in (4, 5):
            gap = min(gap, 1)
        day = add_days(end, gap)


def _near(start: str, end: str, today: str) -> bool:
    return start < add_days(today, 6) and end > add_days(today, -1)


def _fate(start: str, end: str, today: str, leaving: bool, dice: Dice) -> Fate:
    """What has happened by now. Nobody is checked in while the guest before is still there."""
    if end < today:
        return "past"
    if start > today:
        return "future"
    if end == today:
        return "left-today" if dice.chance(45) else "due-out"
    if start < today:
        return "in-house"
    return "arrived" if not leaving and dice.chance(35) else "due"
