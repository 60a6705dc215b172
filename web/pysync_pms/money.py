"""Money in integer minor units (cents, yen, fils): never a float. Stands on the standard library.

MONEY-1 an amount is an integer of the currency's minor unit from where it is typed to where it is
shown. MONEY-2 rounding is half away from zero and happens once, where text is read or a tax is
taken. MONEY-3 what is shared out sums to what was there, to the last unit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

NO_DECIMALS: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
     "XAF", "XOF", "XPF")
)  # fmt: skip
THREE_DECIMALS: Final = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
MAX_AMOUNT: Final = 10**12
"""Minor units of one amount: far below what integers hold exactly in every runtime."""
BASIS: Final = 10_000
"""Basis points of the whole: a rate of 700 is 7 %."""

_NUMBER: Final = re.compile(r"([+-]?)(\d{1,15})(?:\.(\d*))?|([+-]?)\.(\d+)", re.ASCII)
_GROUPED: Final = re.compile(r"-?[0-9]{1,3}([.,])[0-9]{3}(\1[0-9]{3})*")


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


def typed(text: str, currency: str = "EUR") -> int:
    """`parse`, of what somebody typed: with a point or a comma before at most as many digits as the
    currency has there, and with the other one between thousands. What could be either, such as
    "1.250", is refused: it is a thousand or one, by where the writer comes from.

    >>> typed("94,50"), typed("1,5"), typed("1.50"), typed("1.334,50"), typed("1,334.50")
    (9450, 150, 150, 133450, 133450)
    """
    text = text.strip()
    at = max(text.rfind("."), text.rfind(","))
    if at < 0:
        return parse(text, currency)
    whole, fraction = text[:at], text[at + 1 :]
    if _GROUPED.fullmatch(whole) and text[at] not in whole:
        whole = whole.replace(",", "").replace(".", "")
    if len(fraction) > decimals(currency):
        plainly = f"{whole}{fraction}" if len(fraction) == 3 else whole
        raise ValueError(
            f"{text!r} may be two amounts: write {plainly} without a point, or all its decimals"
        )
    return parse(f"{whole}.{fraction}", currency)


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


def quotient(over: int, under: int) -> int:
    """The quotient, rounded half away from zero. `under` is positive.

    >>> quotient(5, 2), quotient(-5, 2), quotient(4, 3)
    (3, -3, 1)
    """
    whole = (2 * abs(over) + under) // (2 * under)
    return -whole if over < 0 else whole


def tax_within(gross: int, rate: int) -> int:
    """The tax that an amount holds which includes it, at so many basis points.

    >>> tax_within(10_700, 700), tax_within(-10_700, 700)
    (700, -700)
    """
    return quotient(gross * rate, BASIS + rate)


def tax_on(net: int, rate: int) -> int:
    """The tax that comes on top of an amount, at so many basis points.

    >>> tax_on(10_000, 1_900)
    1900
    """
    return quotient(net * rate, BASIS)


def share(amount: int, weights: Sequence[int]) -> list[int]:
    """The amount in parts by these weights, which are not negative and not all 0. The parts sum to
    it exactly: what rounding leaves goes, a unit each, to the largest remainders (Hamilton's
    method), of equal ones to the first.

    >>> share(100, [1, 1, 1]), share(-100, [1, 1, 1]), share(5, [0, 3, 7])
    ([34, 33, 33], [-34, -33, -33], [0, 2, 3])
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights are not negative, and not all are 0")
    parts = [divmod(abs(amount) * weight, whole) for weight in weights]
    left = abs(amount) - sum(part for part, _ in parts)
    by_rest = sorted(range(len(parts)), key=lambda at: -parts[at][1])
    bonus = set(by_rest[:left])
    sign = -1 if amount < 0 else 1
    return [sign * (part + (at in bonus)) for at, (part, _) in enumerate(parts)]
