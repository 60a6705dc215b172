"""Money in integer minor units (cents, yen, fils): never a float. Stands on the standard library.

MONEY-1 an amount is an integer of the currency's minor unit from where it is typed to where it is
shown. MONEY-2 rounding is half away from zero and happens once, where text is read.
"""

from __future__ import annotations

import re
from typing import Final

NO_DECIMALS: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
     "XAF", "XOF", "XPF")
)  # fmt: skip
THREE_DECIMALS: Final = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
MAX_AMOUNT: Final = 10**12
"""Minor units of one amount: far below what integers hold exactly in every runtime."""

_NUMBER: Final = re.compile(r"([+-]?)(\d{1,15})(?:\.(\d*))?|([+-]?)\.(\d+)", re.ASCII)


def decimals(currency: str) -> int:
    """How many digits the currency has after the point (ISO 4217)."""
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def is_currency(code: object) -> bool:
    """Whether this is spelled as an ISO 4217 code: three capital letters."""
    return isinstance(code, str) and len(code) == 3 and code.isascii() and code.isupper()


def parse(text: str, currency: str = "EUR") -> int:
    """The amount in minor units. Raises ValueError for what is no plain decimal number.

    >>> parse("94.5"), parse("-6.385"), parse("120", "JPY")
    (9450, -639, 120)
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no amount: write digits and a point, such as 94.50")
    sign = found[1] or found[4]
    whole, fraction = found[2] or "0", found[3] or found[5] or ""
    places = decimals(currency)
    kept = int(whole + (fraction + "000")[:places]) if places else int(whole)
    if len(fraction) > places and fraction[places] >= "5":
        kept += 1
    if kept > MAX_AMOUNT:
        raise ValueError(f"{text!r} is too large an amount")
    return -kept if sign == "-" else kept


def plain(amount: int, currency: str = "EUR") -> str:
    """The amount as a plain decimal, for input fields and CSV; people are shown `Intl`'s text.

    >>> plain(-639), plain(5), plain(120, "JPY")
    ('-6.39', '0.05', '120')
    """
    places = decimals(currency)
    sign = "-" if amount < 0 else ""
    if places == 0:
        return f"{sign}{abs(amount)}"
    whole, rest = divmod(abs(amount), 10**places)
    return f"{sign}{whole}.{rest:0{places}d}"


def stay_total(rate: int, nights: int) -> int:
    """What a stay costs at so much a night."""
    return rate * nights
