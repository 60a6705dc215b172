"""A large hotel as a first state: 200 rooms, 20,000 stays, 150,000 lines of folios, over two years.

Written as records, not by commands: what is measured is what a tab does with such a hotel. The same
numbers give the same hotel.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from pysync.first_state import write_first_state
from pysync.model.snapshot import pack_seed
from pysync_pms.calendar import add_days, days_between

Records = dict[tuple[str, str], dict[str, Any]]
ROOMS, STAYS, LINES = 200, 20_000, 150_000
TYPES = ("SGL", "DBL", "TWN", "SUP")
SOURCES = ("direct", "online-agency", "agency", "corporate", "phone")
EXTRAS = (("food", 1_450), ("beverage", 450), ("parking", 1_800), ("fee", 900))


def large_hotel(
    today: str, *, rooms: int = ROOMS, stays: int = STAYS, lines: int = LINES
) -> Records:
    """Its records by (collection, id). Stays fill the rooms without a gap, from some weeks ahead
    back for nearly two years; lines are dealt out to those that have begun."""
    dice, made = Random(7), dict[tuple[str, str], dict[str, Any]]()
    made["settings", "hotel"] = {"name": "Large", "currency": "EUR", "business_date": today}
    for rank, code in enumerate(TYPES):
        made["room_types", code] = {"name": code, "rank": rank, "capacity": 2, "rate": 9_000}
    for n in range(rooms):
        made["rooms", f"{n + 101}"] = {
            "number": f"{n + 101}", "floor": str(1 + n // 20), "room_type": TYPES[n % 4],
            "condition": dice.choice(("dirty", "clean", "inspected")),
            "serviceability": "in-service",
        }  # fmt: skip
    begun: list[tuple[str, dict[str, Any]]] = []
    for at, stay in enumerate(_stays(today, rooms, stays, dice)):
        rid = f"s{at:05}"
        made["guests", f"g{at:05}"] = {"first_name": f"Guest {at}", "last_name": f"No {at % 997}"}
        made["reservations", rid] = {**stay, "guest_id": f"g{at:05}"}
        if stay["from"] < today and stay["status"] != "cancelled":
            begun.append((rid, stay))
    made.update(_lines(begun, lines, dice) if begun else ())
    return made


def _stays(today: str, rooms: int, count: int, dice: Random) -> Iterator[dict[str, Any]]:
    each = -(-count // rooms)
    left = count
    for n in range(rooms):
        end = add_days(today, 30 + dice.randrange(5))
        for _ in range(min(each, left)):
            day = add_days(end, -dice.choice((1, 2, 3, 4, 7, 10, 14)))
            gone = end <= today
            status = "checked-out" if gone else "checked-in" if day < today else "confirmed"
            booked = add_days(day, -dice.randrange(120))
            closed = {}
            if dice.random() < 0.12 and status != "checked-in":
                status, closed = "cancelled", {"closed_on": max(booked, add_days(day, -3))}
            yield {
                "room_type": TYPES[n % 4], "room": f"{n + 101}", "from": day, "to": end,
                "status": status, "adults": 2, "rate": dice.randrange(6_000, 30_000),
                "currency": "EUR", "source": dice.choice(SOURCES), "booked_on": booked, **closed,
            }  # fmt: skip
            end = day
        left -= min(each, left)


def _lines(
    stays: list[tuple[str, dict[str, Any]]], count: int, dice: Random
) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    made = 0
    while made < count:
        for rid, stay in stays:
            nights = days_between(stay["from"], stay["to"])
            on = dice.choice(nights)
            category, amount = dice.choice(EXTRAS)
            line = {"stay": rid, "window": 1, "on": on, "currency": "EUR", "text": category}
            if dice.random() < 0.15:
                more = {"kind": "payment", "amount": -amount, "method": "card", "text": "Card"}
            else:
                more = {"kind": "charge", "amount": amount, "category": category, "quantity": 1}
            yield ("folio_lines", f"l{made:06}"), {**line, **more}
            made += 1
            if made == count:
                return


def write_large(data: Path, space: str, records: Records) -> None:
    """Offer it to the empty space of that name."""
    folder = data / "first-state"
    folder.mkdir(parents=True, exist_ok=True)
    text = write_first_state(space, pack_seed(records))
    (folder / f"{space}.json").write_text(text, "utf-8")
