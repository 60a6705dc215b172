"""The hotel's taxes as its settings list them: their rates as people write them, their codes, and
what uses them. Rates are basis points (`money`). Stands on `indexes`, `money`, `words`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from typing import Any, Final

from pysync.model.guard import View
from pysync_pms.indexes import fold
from pysync_pms.money import BASIS
from pysync_pms.words import ARTICLES, HOTEL, SETTINGS

__all__ = [
    "Tax",
    "few",
    "new_code",
    "parse_rate",
    "plain_rate",
    "rate_of",
    "tax_name",
    "taxes_of",
    "uses_of",
]

Tax = list[Any]
"""`[code, name, basis points]`."""
CODE_MAX: Final = 20
NAME_MAX: Final = 60
ROOM_PRICES: Final = "room prices"
NAMED_AT_MOST: Final = 3

_RATE: Final = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?", re.ASCII)


def taxes_of(view: View) -> Sequence[Tax]:
    """The taxes of the settings, in their order."""
    settings = view.get(SETTINGS, HOTEL)
    return (settings.get("taxes") if settings is not None else None) or ()


def tax_name(view: View, code: str) -> str | None:
    """What people call it; None if the settings have it no more."""
    return next((tax[1] for tax in taxes_of(view) if tax[0] == code), None)


def rate_of(view: View, code: str | None) -> int | None:
    """Its rate in basis points; None if the settings have it no more."""
    return next((tax[2] for tax in taxes_of(view) if tax[0] == code), None)


def uses_of(view: View, code: str, room_tax: str | None) -> list[str]:
    """What holds this tax, as people call it: room prices, then articles by name. Articles that are
    not sold at present may be sold again, so they count."""
    articles = (each for each in view.find(ARTICLES, "all", "all") if each.get("tax") == code)
    names = sorted(str(each.get("name") or each["id"]) for each in articles)
    return [ROOM_PRICES, *names] if room_tax == code else names


def few(uses: Sequence[str]) -> str:
    """The first of them by name, and how many there are besides.

    >>> few(["room prices", "Beer"]), few(["Beer", "Juice", "Water", "Wine", "Gin"])
    ('room prices, Beer', 'Beer, Juice, Water and 2 more')
    """
    more = f" and {len(uses) - NAMED_AT_MOST} more" if len(uses) > NAMED_AT_MOST else ""
    return ", ".join(uses[:NAMED_AT_MOST]) + more


def new_code(name: str, taken: Container[str]) -> str:
    """A code for a new tax, made from its name; it stays when the name changes.

    >>> new_code("VAT lodging", ()), new_code("VAT, lodging", {"vat-lodging"})
    ('vat-lodging', 'vat-lodging-2')
    """
    base = fold(name).replace(" ", "-")[:CODE_MAX].strip("-") or "tax"
    return next(code for code in _variants(base) if code not in taken)


def _variants(base: str) -> Iterable[str]:
    yield base
    number = 2
    while True:
        end = f"-{number}"
        yield base[: CODE_MAX - len(end)] + end
        number += 1


def parse_rate(text: str) -> int:
    """A percentage as basis points. Raises ValueError with what to write instead.

    >>> parse_rate("7"), parse_rate("19.25"), parse_rate("5.5 %")
    (700, 1925, 550)
    """
    found = _RATE.fullmatch(text.strip().removesuffix("%").rstrip())
    if found is None:
        raise ValueError("Write a percentage with at most two decimals, such as 7 or 7.25.")
    rate = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    if rate > BASIS:
        raise ValueError("A rate is 100 at most.")
    return rate


def plain_rate(rate: int) -> str:
    """Basis points as a percentage, without zeros that say nothing.

    >>> plain_rate(700), plain_rate(1925), plain_rate(550), plain_rate(5)
    ('7', '19.25', '5.5', '0.05')
    """
    whole, rest = divmod(rate, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)
