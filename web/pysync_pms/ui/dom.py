"""The page, through `assets/glue.js`: the only module of the interface that imports `js`.

Owns the one permanent PyProxy that the glue calls, and destroys it in `close`. Everything crosses
as strings and numbers, so no other proxy is ever made. Importable only in Pyodide; tests of views
use a `Dom` of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import js
from pyodide.ffi import create_proxy

from pysync.values.jsontext import parse_json
from pysync_pms.ui.formats import DayStyle, Formats
from pysync_pms.ui.language import use
from pysync_pms.ui.told import use_rules
from pysync_pms.ui.wire import Command, UiEvent, encode, parse_event

__all__ = ["BrowserDom", "IntlSource"]


class BrowserDom:
    """The port `Dom` on the page this runs in. Make one per page; boot has imported the glue."""

    def __init__(self) -> None:
        self._glue: Any = js.pmsUi
        self._proxy: Any = None
        self._handler: Callable[[UiEvent], bool] | None = None
        self._frame: Callable[[], None] | None = None
        self._catalogues: dict[str, Mapping[str, Mapping[str, str]]] = {"en": {}}
        self._asked: set[asyncio.Task[None]] = set()

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

    def speaks(self, language: str, ready: Callable[[], None]) -> bool:
        catalogue = self._catalogues.get(language)
        if catalogue is None:
            task = asyncio.get_running_loop().create_task(self._ask_for(language, ready))
            self._asked.add(task)
            task.add_done_callback(self._asked.discard)
            return False
        use(catalogue.get("texts", {}))
        use_rules(catalogue.get("rules", {}), catalogue.get("fragments", {}))
        return True

    async def learn(self, language: str) -> None:
        """Have the words of a language here; without a network it stays English."""
        if language in self._catalogues:
            return
        try:
            self._catalogues[language] = await _catalogue(language)
        except Exception as error:  # noqa: BLE001 - no network and no copy: English can be read, too
            js.console.warn(f"The words of the language {language} did not come: {error}")

    async def _ask_for(self, language: str, ready: Callable[[], None]) -> None:
        await self.learn(language)
        if language in self._catalogues:
            ready()

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


async def _catalogue(language: str) -> Mapping[str, Mapping[str, str]]:
    # Not in the class, where Python would take the two underscores for its own.
    response = await js.fetch(getattr(js.__pysync.build.languages, language))
    found: Mapping[str, Mapping[str, str]] = parse_json(await response.text())
    return found


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
