"""Quantities as people write them: whole numbers, or thousandths of a kilogram or litre. No floats.

Stands on `stock.words`.
"""

from __future__ import annotations

import re
from typing import Final

from pysync_pms.stock.words import QUANTITY_MAX, UNITS

__all__ = ["amount_of", "digits_of", "parse", "plain"]

_NUMBER: Final = re.compile(r"(\d{1,12})(?:[.,](\d*))?|[.,](\d+)", re.ASCII)
_WRITTEN: Final = {
    "box": ("box", "boxes"),
    "kg": ("kg", "kg"),
    "litre": ("l", "l"),
}


def digits_of(unit: str) -> int:
    """How many digits a quantity of that unit has after the point."""
    return UNITS.get(unit, 0)


def parse(text: str, unit: str) -> int:
    """The quantity in the smallest part, not below 0; a comma may stand for the point. Raises
    ValueError, in words for whoever typed it.

    >>> parse("12", "piece"), parse("1.5", "kg"), parse("0,25", "litre")
    (12, 1500, 250)
    """
    found = _NUMBER.fullmatch(text.strip())
    places = digits_of(unit)
    example = "1.5" if places else "12"
    if found is None:
        raise ValueError(f"Enter a number such as {example}.")
    whole, fraction = found[1] or "0", (found[2] or found[3] or "").rstrip("0")
    if len(fraction) > places:
        raise ValueError(
            f"Enter at most {places} digits after the point." if places else "Enter whole numbers."
        )
    quantity = int(whole + fraction.ljust(places, "0"))
    if quantity > QUANTITY_MAX:
        raise ValueError("That is too much to be right: check the number.")
    return quantity


def plain(quantity: int, unit: str) -> str:
    """The number as it is typed and exported, without needless digits.

    >>> plain(12, "piece"), plain(1500, "kg"), plain(-250, "litre"), plain(2000, "kg")
    ('12', '1.5', '-0.25', '2')
    """
    places = digits_of(unit)
    if not places:
        return str(quantity)
    whole, rest = divmod(abs(quantity), 10**places)
    fraction = f".{rest:0{places}d}".rstrip("0").rstrip(".")
    return f"{'-' if quantity < 0 else ''}{whole}{fraction}"


def amount_of(quantity: int, unit: str) -> str:
    """The quantity with its unit.

    >>> amount_of(1, "piece"), amount_of(3, "box"), amount_of(1500, "kg")
    ('1 piece', '3 boxes', '1.5 kg')
    """
    one, many = _WRITTEN.get(unit, (unit, f"{unit}s"))
    return f"{plain(quantity, unit)} {one if abs(quantity) == 10 ** digits_of(unit) else many}"
