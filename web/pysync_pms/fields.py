"""Kinds of fields that the hotel's collections share: texts, codes, counts, days, amounts.

Stands on `calendar`, `money`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pysync.model.attached import attachment_problem
from pysync.model.schema import Field
from pysync_pms.calendar import is_date
from pysync_pms.money import MAX_AMOUNT, is_currency

NAME_MAX: Final = 120
NOTES_MAX: Final = 4_000


def is_day(value: Any) -> str | None:
    """Why it is no date."""
    return None if is_date(value) else "must be a date such as 2026-11-20"


def is_code_of_currency(value: Any) -> str | None:
    """Why it is no currency."""
    return None if is_currency(value) else "must be a currency code such as EUR"


def is_not_blank(value: Any) -> str | None:
    """Why it is no name."""
    return None if value.strip() else "must not be empty"


def is_email(value: Any) -> str | None:
    """Why nothing can be sent there."""
    name, at, host = value.rpartition("@")
    good = at and name and "." in host.strip(".") and not any(c.isspace() for c in value)
    return None if good else "must be an address such as name@example.org"


def is_country(value: Any) -> str | None:
    """Why it is no country."""
    good = value.isascii() and value.isupper() and value.isalpha() and len(value) in (2, 3)
    return None if good else "must be a country code such as PRT"


def are_texts(value: Any) -> str | None:
    """Why it is no list of texts."""
    return None if all(isinstance(item, str) for item in value) else "must list texts"


def text(limit: int = NAME_MAX, **more: Any) -> Field:
    """A text of at most so many characters."""
    return Field(types=(str,), max_length=limit, **more)


def one_of(codes: Iterable[str], **more: Any) -> Field:
    """One of these codes."""
    return Field(types=(str,), choices=frozenset(codes), **more)


def count(limit: int, **more: Any) -> Field:
    """A whole number from 0 to this one."""
    return Field(types=(int,), minimum=0, maximum=limit, **more)


ID: Final = text(200)
NEEDED_ID: Final = text(200, required=True, check=is_not_blank)
DAY: Final = Field(types=(str,), check=is_day)
NEEDED_DAY: Final = Field(types=(str,), check=is_day, required=True)
AMOUNT: Final = Field(types=(int,), minimum=-MAX_AMOUNT, maximum=MAX_AMOUNT)
NEEDED_AMOUNT: Final = Field(types=(int,), minimum=-MAX_AMOUNT, maximum=MAX_AMOUNT, required=True)
CURRENCY: Final = Field(types=(str,), check=is_code_of_currency)
ATTACHMENT: Final = Field(types=(str,), check=attachment_problem)
"""Names a picture, or a PDF, that lies beside the space."""
