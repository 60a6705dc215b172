"""Dates, numbers, money and "2 minutes ago", as the user's language writes them.

Owns the port `Formats` and the one implementation of what all share: a memory of what was
formatted, so that a table of 200 dates asks the browser once per distinct date. The browser's
`Intl` answers in the page (`dom.IntlSource`); `PlainSource` answers in CPython, for tests and
static pages, in one fixed English form. Days are `date` objects without a time zone: a stay's night
belongs to the hotel.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Literal, Protocol

from pysync_pms.ui.language import tr
from pysync_pms.ui.told import told

__all__ = ["DayStyle", "Formats", "PlainSource", "Source"]

DayStyle = Literal["short", "medium", "long", "weekday", "day", "month"]
"""21 Nov · 21 Nov 2026 · Saturday, 21 November 2026 · Sat · 21 · Nov"""

_LIMIT = 5_000
_LATEST = 253_370_764_800_000
"""Milliseconds since 1970: the year 9999, the last that every device can say."""
_ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


class Source(Protocol):
    """Who really formats. One call per distinct value."""

    def day(self, iso: str, style: DayStyle) -> str: ...
    def moment(self, epoch_ms: float, *, seconds: bool, day: bool) -> str: ...
    def number(self, value: float, digits: int) -> str: ...
    def money(self, value: float, currency: str, digits: int) -> str: ...
    def relative(self, amount: int, unit: str) -> str: ...


class Formats:
    """Formatting with a memory. Make a new one when the language changes."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[tuple[object, ...], str] = {}

    def day(self, day: date, style: DayStyle = "short") -> str:
        """A calendar day."""
        return self._keep(("d", day, style), lambda: self._source.day(day.isoformat(), style))

    def moment(self, epoch_ms: float, *, seconds: bool = False, day: bool = False) -> str:
        """A time of the day on the device's clock, from milliseconds since 1970; with `day` also
        the day, on the same clock. What no calendar has is "unknown": anybody may have sent it."""
        if not 0 <= epoch_ms < _LATEST:
            return tr("unknown")
        return self._source.moment(epoch_ms, seconds=seconds, day=day)

    def told(self, text: str) -> str:
        """What the log says of a change, which names days as `YYYY-MM-DD`, for people."""
        return _ISO_DAY.sub(self._told_day, told(text))

    def _told_day(self, found: re.Match[str]) -> str:
        try:
            return self.day(date.fromisoformat(found[0]))
        except ValueError:
            return found[0]

    def number(self, value: float, digits: int = 0) -> str:
        """A number with its grouping, rounded to `digits` places."""
        return self._keep(("n", value, digits), lambda: self._source.number(value, digits))

    def money(self, minor: int, currency: str, *, digits: int = 2) -> str:
        """An amount given in minor units, `digits` of which make the fraction."""
        return self._keep(
            ("m", minor, currency, digits),
            lambda: self._source.money(minor / 10**digits, currency, digits),
        )

    def ago(self, seconds: float) -> str:
        """How long ago, in the largest unit that fits; within 10 seconds it is "now"."""
        for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
            if seconds >= size:
                return self._relative(-int(seconds // size), unit)
        return self._relative(-int(seconds) if seconds >= 10 else 0, "second")

    def _relative(self, amount: int, unit: str) -> str:
        return self._keep(("r", amount, unit), lambda: self._source.relative(amount, unit))

    def _keep(self, key: tuple[object, ...], make: Callable[[], str]) -> str:
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _LIMIT:
                self._known.clear()
            found = self._known[key] = make()
        return found


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip


class PlainSource:
    """One fixed English form, the same on every machine."""

    def day(self, iso: str, style: DayStyle) -> str:
        day = date.fromisoformat(iso)
        month = _MONTHS[day.month - 1]
        forms: dict[DayStyle, str] = {
            "short": f"{day.day} {month[:3]}",
            "medium": f"{day.day} {month[:3]} {day.year}",
            "long": f"{_LONG_DAYS[day.weekday()]}, {day.day} {month} {day.year}",
            "weekday": _DAYS[day.weekday()],
            "day": str(day.day),
            "month": month[:3],
        }
        return forms[style]

    def moment(self, epoch_ms: float, *, seconds: bool, day: bool) -> str:
        moment = datetime.fromtimestamp(epoch_ms / 1000).astimezone()
        time = moment.strftime("%H:%M:%S" if seconds else "%H:%M")
        return f"{self.day(moment.date().isoformat(), 'short')}, {time}" if day else time

    def number(self, value: float, digits: int) -> str:
        return f"{value:,.{digits}f}"

    def money(self, value: float, currency: str, digits: int) -> str:
        return f"{currency} {value:,.{digits}f}"

    def relative(self, amount: int, unit: str) -> str:
        return "now" if amount == 0 else f"{-amount} {unit}{'s' * (amount != -1)} ago"
