"""The page, through `assets/glue.js`: the only module of the interface that imports `js`.

Owns the one permanent PyProxy that the glue calls, and destroys it in `close`. Everything crosses
as strings and numbers, so no other proxy is ever made. Importable only in Pyodide; tests of views
use a `Dom` of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import js
from pyodide.ffi import create_proxy

from pysync_pms.ui.formats import DayStyle, Formats
from pysync_pms.ui.wire import Command, UiEvent, encode, parse_event

__all__ = ["BrowserDom", "IntlSource"]


class BrowserDom:
    """The port `Dom` on the page this runs in. Make one per page; boot has imported the glue."""

    def __init__(self) -> None:
        self._glue: Any = js.pmsUi
        self._proxy: Any = None
        self._handler: Callable[[UiEvent], bool] | None = None
        self._frame: Callable[[], None] | None = None

    def run(self, commands: Sequence[Command]) -> None:
        self._glue.run(encode(commands))

    def listen(self, handler: Callable[[UiEvent], bool]) -> None:
        self._handler = handler
        if self._proxy is None:
            self._proxy = create_proxy(self._called)
            self._glue.listen(self._proxy)

    def frame(self, callback: Callable[[], None], *, after: float = 0) -> None:
        self._frame = callback
        self._glue.frame(after * 1000)

    def now(self) -> float:
        return float(js.performance.now()) / 1000

    def location(self) -> str:
        return str(self._glue.location())

    def browser_locale(self) -> str:
        return str(self._glue.locale())

    def formats(self, locale: str) -> Formats:
        return Formats(IntlSource(self._glue, locale))

    def close(self) -> None:
        self._glue.close()
        self._handler = self._frame = None
        if self._proxy is not None:
            self._proxy.destroy()
            self._proxy = None

    def _called(self, text: str) -> bool:
        event = parse_event(text)
        if event.kind == "frame":
            callback, self._frame = self._frame, None
            if callback is not None:
                callback()
            return True
        return self._handler is not None and self._handler(event)


class IntlSource:
    """The browser's `Intl` as a source for `Formats`."""

    def __init__(self, glue: Any, locale: str) -> None:
        self._glue = glue
        self._locale = locale

    def day(self, iso: str, style: DayStyle) -> str:
        return str(self._glue.day(self._locale, iso, style))

    def moment(self, epoch_ms: float, *, seconds: bool, day: bool) -> str:
        return str(self._glue.moment(self._locale, epoch_ms, seconds, day))

    def number(self, value: float, digits: int) -> str:
        return str(self._glue.number(self._locale, value, digits))

    def money(self, value: float, currency: str, digits: int) -> str:
        return str(self._glue.money(self._locale, value, currency, digits))

    def relative(self, amount: int, unit: str) -> str:
        return str(self._glue.relative(self._locale, amount, unit))
