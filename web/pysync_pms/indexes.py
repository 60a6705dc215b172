"""How the hotel's records are found: index functions, and names and numbers as they compare.

Every function is total: a record with missing fields is listed nowhere rather than raising.
Stands on `calendar`, `words`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Any, Final

from pysync.model.guard import Record
from pysync.model.schema import ERASED
from pysync_pms.calendar import months
from pysync_pms.words import CONFIRMED, HOLDING, OPEN


def listed(_: Record) -> Iterable[Hashable]:
    """For small collections that are read whole."""
    return ("all",)


def by(name: str) -> Any:
    """An index on one field's value; absent values are not listed."""

    def keys(record: Record) -> Iterable[Hashable]:
        value = record.get(name)
        return () if value is None else (value,)

    return keys


def stay_months(stay: Record) -> Iterable[Hashable]:
    """Months a stay that takes nights touches, with or without a room."""
    start, end = stay.get("from"), stay.get("to")
    if not start or not end or stay.get("status") not in HOLDING:
        return ()
    return months(start, end)


def status_keys(stay: Record) -> Iterable[Hashable]:
    """Open stays under their status; closed ones, which only grow, under status and month."""
    status, start = stay.get("status"), stay.get("from")
    if status in OPEN or not start:
        return (status,)
    return ((status, start[:7]),)


def open_room(stay: Record) -> Iterable[Hashable]:
    room = stay.get("room")
    return (room,) if room and stay.get("status") in OPEN else ()


def refused_guests(refused: Record) -> Iterable[Hashable]:
    """The guests whom a refused change was about."""
    return tuple(refused.get("guests") or ())


def leaving(stay: Record) -> Iterable[Hashable]:
    end = stay.get("to")
    return (end,) if end and stay.get("status") in HOLDING else ()


def with_deposit(stay: Record) -> Iterable[Hashable]:
    """Who is expected and was asked for a deposit."""
    return ("any",) if stay.get("deposit") and stay.get("status") == CONFIRMED else ()


def attention(stay: Record) -> Iterable[Hashable]:
    return ("any",) if stay.get("attention") else ()


def fold(text: str) -> str:
    """Text as names are compared: without accents, case and punctuation.

    >>> fold("  Ana-Luísa d’Ávila ")
    'ana luisa d avila'
    """
    text = text.casefold()
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join(char for char in parts if not unicodedata.combining(char))
    return " ".join(_WORD.findall(text))


_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h"}
)
"""Letters that Unicode does not take apart."""
_WORD: Final = re.compile(r"[^\W_]+")
PREFIX: Final = 3
"""Letters of a name's word under which it is indexed; longer queries filter what they find."""


def full_name(guest: Record) -> str:
    """First and last name as one text."""
    if guest.get(ERASED):
        return "Erased guest"
    return f"{guest.get('first_name') or ''} {guest.get('last_name') or ''}".strip()


def name_order(guest: Record) -> str:
    """What lists of people are sorted by: the last name, then the first."""
    return _order(guest.get("last_name") or "", guest.get("first_name") or "")


@lru_cache(maxsize=32_768)
def _order(last: str, first: str) -> str:
    # Sorting the guests of years again after one of them changed costs a look-up each.
    return fold(f"{last} {first}")


def name_key(guest: Record) -> str:
    """The same for names that differ in accents, case, or the order of first and last."""
    return " ".join(sorted(fold(full_name(guest)).split()))


def phone_digits(phone: str) -> str:
    """The last nine digits: the same number with or without its country's prefix."""
    return "".join(c for c in phone if c.isdecimal())[-9:]


def guest_search(guest: Record) -> Iterable[Hashable]:
    """The first letters of each word, one, two and three of them."""
    if guest.get("merged_into") or guest.get(ERASED):
        return ()
    keys: dict[str, None] = {}
    for word in fold(full_name(guest)).split():
        for letters in range(1, PREFIX + 1):
            keys[word[:letters]] = None
    return tuple(keys)


def guest_same(guest: Record) -> Iterable[Hashable]:
    """What two records of one person have in common."""
    if guest.get("merged_into") or guest.get(ERASED):
        return ()
    keys: list[Hashable] = [("name", name_key(guest))]
    if guest.get("email"):
        keys.append(("email", guest["email"].casefold()))
    if guest.get("phone"):
        keys.append(("phone", phone_digits(guest["phone"])))
    return tuple(keys)
