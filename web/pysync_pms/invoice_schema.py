"""The collection of invoices and credit notes: what was issued, and never changes after that.

A paper names the folio's lines that are on it, which never change either (`FOLIO-1`); what could
change under it (names, addresses, what a tax is called) stands in it as it was when it was issued.
It is kept when a guest is erased: bills have to be kept by law. Stands on `fields`, `indexes`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, Final

from pysync.model.guard import Record
from pysync.model.schema import CollectionSchema, Field
from pysync_pms.fields import (
    CURRENCY,
    DAY,
    ID,
    NEEDED_AMOUNT,
    NEEDED_DAY,
    NEEDED_ID,
    are_texts,
    count,
    is_not_blank,
    one_of,
    text,
)
from pysync_pms.indexes import by
from pysync_pms.ledger_schema import REASON_MAX
from pysync_pms.words import INVOICES, PAPERS, PRINTED, WINDOWS_MAX

LINES_MAX: Final = 500
"""Lines of one paper."""
ADDRESS_MAX: Final = 500
TAX_ID_MAX: Final = 60
PREFIX_MAX: Final = 12
SERIAL_MAX: Final = 10**9
FIRST_MAX: Final = 10**8
PAPER_TAXES_MAX: Final = 100
"""Taxes that one paper tells of: of a long stay rates may have changed."""


def are_taxed(value: Any) -> str | None:
    """Why these are no rows `[code, name, basis points, gross, tax]`."""
    for row in value:
        if not isinstance(row, list) or [type(each) for each in row] != [str, str, int, int, int]:
            return "must list [code, name, basis points, gross, tax]"
    return None


def serials(paper: Record) -> Iterable[Hashable]:
    """Its number in its series."""
    kind, serial = paper.get("kind"), paper.get("serial")
    return () if kind is None or serial is None else ((kind, serial),)


def passed_over(said: Record) -> Iterable[Hashable]:
    """The series in which a printed number left others free below it."""
    return (said.get("kind"),) if said.get("free_below") else ()


def is_prefix(value: Any) -> str | None:
    """Why a number cannot begin so: behind a digit nobody can tell where it begins."""
    return "must not end in a digit" if value[-1:].isdecimal() else None


def listed_lines(paper: Record) -> Iterable[Hashable]:
    """The lines that are on it."""
    return tuple(paper.get("lines") or ())


def issued_months(paper: Record) -> Iterable[Hashable]:
    """The month it was issued in."""
    day = paper.get("on")
    return (day[:7],) if day else ()


PAPER: Final = CollectionSchema(
    name=INVOICES,
    fields={
        "kind": one_of(PAPERS, required=True),
        "serial": count(SERIAL_MAX),
        "number": text(40),
        "printed_as": text(40),
        "on": NEEDED_DAY,
        "stay": NEEDED_ID,
        "window": Field(types=(int,), minimum=1, maximum=WINDOWS_MAX, required=True),
        "lines": Field(types=(list,), max_length=LINES_MAX, check=are_texts, required=True),
        "payments": Field(types=(list,), max_length=LINES_MAX, check=are_texts),
        "total": NEEDED_AMOUNT,
        "currency": CURRENCY,
        "taxes": Field(types=(list,), max_length=PAPER_TAXES_MAX, check=are_taxed),
        "to_name": text(required=True, check=is_not_blank),
        "to_address": text(ADDRESS_MAX),
        "to_tax_id": text(TAX_ID_MAX),
        "from_name": text(),
        "from_address": text(ADDRESS_MAX),
        "from_tax_id": text(TAX_ID_MAX),
        "note": text(ADDRESS_MAX),
        "from": DAY,
        "to": DAY,
        "room": text(20),
        "credits": ID,
        "reason": text(REASON_MAX),
    },
    strategy="merge",  # issued twice it is there once: the guard brings the first one back
    indexes={
        "serial": serials,
        "line": listed_lines,
        "stay": by("stay"),
        "month": issued_months,
        "credits": by("credits"),
    },
)

PRINTED_PAPER: Final = CollectionSchema(
    name=PRINTED,
    fields={
        "kind": one_of(PAPERS, required=True),
        "serial": count(SERIAL_MAX),
        "number": text(40, required=True),
        "on": NEEDED_DAY,
        "free_below": count(SERIAL_MAX),
    },
    indexes={"serial": serials, "ahead": passed_over},
)
"""Has the id of its paper. `serial` is empty where another paper has that number; `free_below`,
which the guard sets, is the first number that was free below it, where some were."""

COPIED: Final = (
    *("stay", "window", "from", "to", "room", "to_name", "to_address", "to_tax_id"),
    *("from_name", "from_address", "from_tax_id", "currency"),
)
"""What a credit note has from its invoice."""

INVOICE_SETTINGS: Final = {
    "address": text(ADDRESS_MAX),
    "tax_id": text(TAX_ID_MAX),
    "invoice_note": text(ADDRESS_MAX),
    "invoice_prefix": text(PREFIX_MAX, check=is_prefix),
    "credit_prefix": text(PREFIX_MAX, check=is_prefix),
    "invoice_first": Field(types=(int,), minimum=1, maximum=FIRST_MAX),
}
"""Fields of the hotel's settings: who issues invoices, and under which numbers."""
