"""Tables as CSV for spreadsheets: one way to quote, and one to keep a text from being run.

Stands on the standard library.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Final

__all__ = ["csv_text", "harmless"]

_FORMULA: Final = re.compile(r"\s*[=+@\-＝＋＠－]|[\t\r\n]")
"""How a text begins that a spreadsheet would take for a formula."""
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before it. A number stays.

    >>> harmless("=1+1"), harmless("Soap"), harmless("-12.50")
    ("'=1+1", 'Soap', '-12.50')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


class _Lines(list[str]):
    """What the csv module writes to."""

    write = list.append


def csv_text(rows: Iterable[Iterable[str]]) -> str:
    """These rows as CSV (RFC 4180), each text harmless.

    >>> csv_text([("Item", "Due"), ("Soap, soft", "-5"), ("=1", "2")]).splitlines()
    ['Item,Due', '"Soap, soft",-5', "'=1,2"]
    """
    lines = _Lines()
    csv.writer(lines).writerows([harmless(str(text)) for text in row] for row in rows)
    return "".join(lines)
