"""The demonstration hotel's staff at work: a rota of two weeks, times of the last weeks, trips.

DEMO-6 weeks that are long over were approved, the last ones wait; this week's rota is published and
the next one's is not; the night auditor is clocked in. Stands on `commands`, `rota`, `demo.dice`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pysync_pms.calendar import add_days, to_day
from pysync_pms.commands import HOTEL, Command, SetSettings
from pysync_pms.demo.dice import Dice
from pysync_pms.demo.house import CURRENCY, STAFF
from pysync_pms.expenses.claim_commands import DecideClaim, PayClaims, SubmitClaim
from pysync_pms.staffing.commands import CreateTrip
from pysync_pms.staffing.rota import WEEK, PlanShift
from pysync_pms.staffing.time_commands import AddTime, ClockIn
from pysync_pms.staffing.times import DAY_MINUTES, monday
from pysync_pms.staffing.week_commands import ApproveWeek
from pysync_pms.staffing.words import MILEAGE

__all__ = ["staff_steps"]

Step = tuple[Command, str]
RATE: Final = 3_600
WEEKS: Final = 8
"""Weeks of times before this one."""
WAITING: Final = 2
"""Of these nobody has approved the last ones."""
TRIPS: Final = 14
NIGHT: Final = "s-priya"
EPOCH: Final = "1970-01-01"
_CLOCKED: Final = tuple(person.id for person in STAFF[:5])
_HOURS: Final = {"housekeeping": (480, 930), "maintenance": (450, 960), "manager": (540, 1_080)}
_TURNS: Final = ((390, 870), (840, 1_320))
_BY_NIGHT: Final = (1_320, 1_800)
_DRIVES: Final = (
    ("Market hall, fish and vegetables", "Hotel – Algés – hotel", 184),
    ("Bank and post office", "Hotel – Rossio – hotel", 42),
    ("Spare parts for the lift", "Hotel – Amadora – hotel", 236),
    ("Visit to a tour operator", "Hotel – Cascais – hotel", 618),
    ("Laundry that was left behind", "Hotel – Loures – hotel", 305),
)


def staff_steps(today: str, seed: str) -> Iterator[Step]:
    """Commands with the business date on which they are given."""
    dice = Dice(f"{seed}/{today}/staff")
    yield SetSettings(id=HOTEL, changes={"mileage_rate": RATE}), today
    this = monday(today)
    for at in range(2):
        yield from _rota(add_days(this, WEEK * at), dice, today, published=at == 0)
    for back in range(WEEKS, 0, -1):
        yield from _times(add_days(this, -WEEK * back), dice, approved=back > WAITING)
    yield ClockIn(id="t-night", staff=NIGHT, on=today, at=_minute(today) + 5), today
    for number in range(TRIPS):
        yield from _trip(number, today, dice)


def _minute(day: str) -> int:
    return (to_day(day) - to_day(EPOCH)) * DAY_MINUTES


def _rota(week: str, dice: Dice, today: str, *, published: bool) -> Iterator[Step]:
    for number, person in enumerate(STAFF):
        off = {number % WEEK, (number + 1) % WEEK}
        turn = _TURNS[dice.number(0, 1)]
        for at in range(WEEK):
            if at in off:
                continue
            start, end = _BY_NIGHT if person.id == NIGHT else _HOURS.get(person.role, turn)
            day = add_days(week, at)
            yield (
                PlanShift(id=f"{person.id}.{day}.{start}", staff=person.id, on=day, start=start,
                          end=end, published=published),
                today,
            )  # fmt: skip


def _times(week: str, dice: Dice, *, approved: bool) -> Iterator[Step]:
    for number, staff in enumerate(_CLOCKED):
        total = 0
        for at in range(WEEK):
            if (at + number) % WEEK >= 4:  # four days a week, so that the first state stays small
                continue
            day = add_days(week, at)
            start = _minute(day) + 480 + dice.number(-12, 9)
            long, breaks = 8 * 60 + dice.number(-15, 40), dice.pick((30, 30, 45))
            total += long - breaks
            yield (
                AddTime(id=f"t-{staff}-{day}", staff=staff, on=day, start=start, end=start + long,
                        breaks=breaks, note="Clock at the staff entrance"),
                day,
            )  # fmt: skip
        if approved:
            after = add_days(week, WEEK)
            yield ApproveWeek(staff=staff, week=week, minutes=total, on=after), after


def _trip(number: int, today: str, dice: Dice) -> Iterator[Step]:
    purpose, route, distance = dice.pick(_DRIVES)
    on, id_ = add_days(today, -2 - 4 * number), f"m-{number:02d}"
    yield (
        CreateTrip(id=id_, staff=dice.pick(STAFF).id, on=on, purpose=purpose, route=route,
                   distance=distance + dice.number(-9, 9), rate=RATE, currency=CURRENCY),
        on,
    )  # fmt: skip
    if number == 0:
        return
    yield SubmitClaim(collection=MILEAGE, id=id_, on=on), on
    if number < 4:
        return
    decided = add_days(on, 2)
    rejected = number == 6
    yield (
        DecideClaim(collection=MILEAGE, id=id_, submission=1, on=decided, approve=not rejected,
                    reason="There is a train" if rejected else ""),
        decided,
    )  # fmt: skip
    if number > 7:
        paid = add_days(decided, 3)
        yield (
            PayClaims(id=f"pm-{number}", claims=(f"{MILEAGE}/{id_}",), method="payroll", on=paid),
            paid,
        )
