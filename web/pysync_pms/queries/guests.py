"""Finding guests and their stays. Stands on the index of name prefixes in `schema`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pysync.model.guard import Record, View
from pysync.model.schema import ERASED
from pysync_pms.calendar import nights
from pysync_pms.indexes import PREFIX, fold, full_name, name_key, name_order, phone_digits
from pysync_pms.money import stay_total
from pysync_pms.queries.front_desk import StayLine, line
from pysync_pms.words import (
    CANCELLED,
    CHECKED_IN,
    CONFIRMED,
    GUESTS,
    HOLDING,
    NO_SHOW,
    RESERVATIONS,
    ROOMS,
)

LIMIT = 50
"""Hits a search answers: a longer list is no answer, type more."""


def search_guests(view: View, text: str, limit: int = LIMIT) -> list[Record]:
    """Guests whose names have a word beginning with each word typed.

    Accents, case and order do not matter. An e-mail address or a telephone number finds exactly.
    Merged profiles are left out. Best first: whole words, then by name.
    """
    if "@" in text:
        return list(view.find(GUESTS, "same", ("email", text.strip().casefold())))[:limit]
    digits = phone_digits(text)
    if len(digits) >= 6:
        return list(view.find(GUESTS, "same", ("phone", digits)))[:limit]
    words = fold(text).split()
    if not words:
        return []
    longest = max(words, key=len)
    graded = []
    for guest in view.find(GUESTS, "search", longest[:PREFIX]):
        mine = fold(full_name(guest)).split()
        if all(any(name.startswith(word) for name in mine) for word in words):
            whole = sum(word in mine for word in words)
            graded.append((-whole, name_order(guest), guest["id"], guest))
    graded.sort(key=lambda row: row[:3])
    return [row[3] for row in graded[:limit]]


def all_guests(view: View) -> list[Record]:
    """Every guest by last name, without merged and erased profiles. Reads every guest."""
    every = view.all(GUESTS)
    kept = (guest for guest in every if not (guest.get("merged_into") or guest.get(ERASED)))
    return sorted(kept, key=lambda guest: (name_order(guest), guest["id"]))


def nearest_stay(view: View, guest_id: str) -> Record | None:
    """The stay that a desk has in mind with a guest: the one they are in the house for, else the
    next one, else the last."""
    stays = [item.stay for item in stays_of(view, guest_id)]
    inside = [stay for stay in stays if stay["status"] == CHECKED_IN]
    coming = [stay for stay in stays if stay["status"] == CONFIRMED]
    held = [stay for stay in stays if stay["status"] in HOLDING]
    return next(iter([*inside, *coming[-1:], *held, *stays]), None)


def stays_of(view: View, guest_id: str) -> list[StayLine]:
    """A guest's stays, also those booked for profiles that were merged into this one, the latest
    first."""
    ids = [guest_id, *(guest["id"] for guest in view.find(GUESTS, "merged_into", guest_id))]
    stays = [stay for each in ids for stay in view.find(RESERVATIONS, "guest", each)]
    return [line(view, s) for s in sorted(stays, key=lambda s: (s["from"], s["id"]), reverse=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestFigures:
    """What a guest has been to the house. Revenue is in minor units, by currency."""

    stays: int
    nights: int
    cancellations: int
    no_shows: int
    revenue: dict[str, int]


def guest_figures(lines: Iterable[StayLine]) -> GuestFigures:
    """Sums over the lines of `stays_of`."""
    count = slept = cancelled = absent = 0
    revenue: dict[str, int] = {}
    for item in lines:
        stay = item.stay
        cancelled += stay["status"] == CANCELLED
        absent += stay["status"] == NO_SHOW
        if stay["status"] in HOLDING:
            count += 1
            length = nights(stay["from"], stay["to"])
            slept += length
            currency = stay.get("currency") or ""
            total = stay_total(stay.get("rate") or 0, length)
            revenue[currency] = revenue.get(currency, 0) + total
    return GuestFigures(
        stays=count, nights=slept, cancellations=cancelled, no_shows=absent, revenue=revenue
    )


def duplicates_of(view: View, guest_id: str) -> list[Record]:
    """Profiles that may be the same person, the likeliest first.

    The same e-mail address, telephone number or name counts, except where birth dates differ.
    """
    guest = view.get(GUESTS, guest_id)
    if guest is None or guest.get("merged_into") or guest.get(ERASED):
        return []
    keys: list[tuple[str, str]] = [("name", name_key(guest))]
    if guest.get("email"):
        keys.append(("email", guest["email"].casefold()))
    if guest.get("phone"):
        keys.append(("phone", phone_digits(guest["phone"])))
    score: dict[str, int] = {}
    found: dict[str, Record] = {}
    for key in keys:
        for other in view.find(GUESTS, "same", key):
            born = {guest.get("birth_date"), other.get("birth_date")} - {None}
            if other["id"] != guest_id and len(born) < 2:
                found[other["id"]] = other
                score[other["id"]] = score.get(other["id"], 0) + (2 if key[0] != "name" else 1)
    return sorted(found.values(), key=lambda other: (-score[other["id"]], other["id"]))


def search_stays(view: View, text: str, limit: int = LIMIT) -> list[StayLine]:
    """Open stays first: by guest's name, by room number, or by reservation id."""
    stays: dict[str, Record] = {}
    exact = view.get(RESERVATIONS, text.strip()) if text.strip() else None
    if exact is not None:
        stays[exact["id"]] = exact
    for room in view.find(ROOMS, "number", text.strip()):
        for stay in view.find(RESERVATIONS, "open_room", room["id"]):
            stays[stay["id"]] = stay
    for guest in search_guests(view, text, limit):
        for item in stays_of(view, guest["id"]):
            stays[item.id] = item.stay
    ranked = sorted(stays.values(), key=_soonest)
    return [line(view, stay) for stay in ranked[:limit]]


def _soonest(stay: Record) -> tuple[int, str, str]:
    order = {"checked-in": 0, "confirmed": 1}
    return order.get(stay["status"], 2), stay["from"], stay["id"]
