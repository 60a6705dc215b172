"""The ledger's collections: articles, the lines of folios, and who pays which window.

A line is written once and never changed: what was wrong is reversed by another line (`FOLIO-1` of
`ledger_guards`). Charges are positive, payments negative, so that a window's balance is the sum of
its lines: what is still to be paid. Prices include their taxes; which tax they hold stands in the
line, so that a new rate changes nothing that was posted. Stands on `fields`, `indexes`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, Final

from pysync.model.guard import Record
from pysync.model.schema import CollectionSchema, Field
from pysync_pms.fields import (
    AMOUNT,
    CURRENCY,
    DAY,
    ID,
    NEEDED_AMOUNT,
    NEEDED_DAY,
    NEEDED_ID,
    count,
    is_not_blank,
    one_of,
    text,
)
from pysync_pms.indexes import by, listed
from pysync_pms.money import BASIS
from pysync_pms.words import (
    ARTICLES,
    AUDITS,
    CATEGORIES,
    FOLIOS,
    KINDS,
    LINES,
    METHODS,
    PAYMENT,
    WINDOWS_MAX,
)

TAXES_MAX: Final = 12
REASON_MAX: Final = 300


def are_taxes(value: Any) -> str | None:
    """Why these are no tax rows: `[code, name, basis points]`, as the settings hold them."""
    for row in value:
        if not isinstance(row, list) or len(row) != 3 or not _are_texts(row[:2]):
            return "must list [code, name, basis points]"
        if type(row[2]) is not int or not 0 <= row[2] <= BASIS:
            return f"must have rates of 0 to {BASIS} basis points"
    codes = [row[0] for row in value]
    return None if len(set(codes)) == len(codes) else "must not have one code twice"


def are_tax_rows(value: Any) -> str | None:
    """Why these are no tax rows of a line: `[code, basis points, amount]`."""
    for row in value:
        if not isinstance(row, list) or len(row) != 3 or not _are_texts(row[:1]):
            return "must list [code, basis points, amount]"
        if type(row[1]) is not int or type(row[2]) is not int or not 0 <= row[1] <= BASIS:
            return "must list [code, basis points, amount] in whole numbers"
    return None


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(each, str) and 0 < len(each) <= 60 for each in values)


def paid_by(line: Record) -> Iterable[Hashable]:
    """Under what a provider knows a payment. What puts it right later is none of its own."""
    if line.get("kind") != PAYMENT or line.get("reverses") or line.get("part_of"):
        return ()
    key = payment_key(line)
    return () if key is None else (key,)


def payment_key(line: Record) -> Hashable | None:
    """By what a payment is known to its provider, a refund apart; None without a reference."""
    reference, name = line.get("reference"), line.get("provider") or line.get("method") or ""
    return (name, reference, (line.get("amount") or 0) > 0) if reference else None


_articles = CollectionSchema(
    name=ARTICLES,
    fields={
        "name": text(required=True, check=is_not_blank),
        "category": one_of(CATEGORIES, required=True),
        "price": AMOUNT,
        "tax": text(20),
        "rank": count(10_000),
        "active": Field(types=(bool,)),
    },
    indexes={"all": listed},
)

LINE: Final = CollectionSchema(
    name=LINES,
    fields={
        "stay": NEEDED_ID,
        "window": Field(types=(int,), minimum=1, maximum=WINDOWS_MAX, required=True),
        "kind": one_of(KINDS, required=True),
        "on": NEEDED_DAY,
        "night": DAY,
        "text": text(200, required=True, check=is_not_blank),
        "category": one_of(CATEGORIES),
        "article": ID,
        "quantity": Field(types=(int,), minimum=1, maximum=10_000),
        "amount": NEEDED_AMOUNT,
        "currency": CURRENCY,
        "taxes": Field(types=(list,), max_length=TAXES_MAX, check=are_tax_rows),
        "method": one_of(METHODS),
        "provider": text(60),
        "reference": text(120),
        "reverses": ID,
        "part_of": ID,
        "reason": text(REASON_MAX),
        "late": Field(types=(bool,)),
    },
    strategy="merge",  # posted twice it is there once: the guard brings the first one back
    indexes={
        "stay": by("stay"),
        "on": by("on"),
        "reverses": by("reverses"),
        "part_of": by("part_of"),
        "paid_by": paid_by,
    },
)

_folios = CollectionSchema(
    name=FOLIOS,
    fields={
        "stay": NEEDED_ID,
        "window": Field(types=(int,), minimum=1, maximum=WINDOWS_MAX, required=True),
        "name": text(),
    },
    indexes={"stay": by("stay")},
)

_audits = CollectionSchema(
    name=AUDITS,
    fields={
        "stays": count(100_000, required=True),
        "nights": count(100_000, required=True),
        "room": NEEDED_AMOUNT,
        "city_tax": NEEDED_AMOUNT,
        "currency": CURRENCY,
    },
    strategy="merge",  # two desks close one day: the same is in it
)

LEDGER: Final = (_articles, LINE, _folios, _audits)
