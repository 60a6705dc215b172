"""What `pysync.js` speaks with: the elements of a page, and `window.pysync`.

The page calls methods of `Bridge` with numbers and texts, and is told in the same way, each in one
call: `draw`, `event`, `value`, `done`, `ready`. A number names an element, a subscription or a
call, and is the page's to choose. Values cross as JSON text.

WIDGET-1 `stop` leaves nothing of ours behind that JavaScript holds, but for the page's space where
Python of the page uses it, too. Floor: `page`, `pysync.widget`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from pyodide.ffi import JsException

from pysync.browser.page import Place, open_place, origin_of, page_place
from pysync.errors import SyncError, UsageError
from pysync.kv import SyncedKV
from pysync.listeners import Unsubscribe
from pysync.receipt import Receipt
from pysync.runtime import default_is_wanted, shared_default
from pysync.space import Space
from pysync.values.jsontext import json_text, parse_json
from pysync.widget.events import Events
from pysync.widget.markup import Markup, tag
from pysync.widget.panels import PANELS, Panel
from pysync.widget.words import Words

Write = Callable[[SyncedKV[Any]], Receipt[None] | None]
NOTHING: Final = object()
"""Stands for a value that was never set; JavaScript has `undefined` for it."""


@dataclass(slots=True)
class Opened:
    """A space that elements or scripts of the page use."""

    place: Place
    space: Space
    events: Events
    values: dict[str, SyncedKV[Any]] = field(default_factory=dict)


class Bridge:
    """One for each page. `tell(kind, number, *texts)` is a function of the page."""

    def __init__(self, tell: Callable[..., None]) -> None:
        self._tell = tell
        self._opened: dict[str, Opened] = {}
        self._panels: dict[int, Panel] = {}
        self._subscriptions: dict[int, Unsubscribe] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # -- elements ---------------------------------------------------------------------------------

    def mount(self, number: int, name: str, attributes: str) -> None:
        """An element of that name is on the page, with these attributes: an object as JSON."""
        self.unmount(number)
        found: dict[str, str] = parse_json(attributes)
        draw = partial(self._draw, number)
        try:
            opened = self._open(found.get("space"), found.get("server"))
        except SyncError as error:
            words = Words(found.get("lang", ""))
            why = words("That did not work: {why}", why=str(error))
            draw(tag("p", why, role="alert", part="trouble"), "unavailable")
            return
        told = {**found, "server": opened.place.server}
        panel = self._panels[number] = PANELS[name](opened.space, told, draw, self._run)
        panel.open()

    def unmount(self, number: int) -> None:
        """The element is gone; no error if it never was there."""
        panel = self._panels.pop(number, None)
        if panel is not None:
            panel.close()

    def act(self, number: int, name: str, arguments: str) -> None:
        """A button of that element was pressed."""
        panel = self._panels.get(number)
        if panel is not None:
            panel.act(name, parse_json(arguments))

    # -- window.pysync ----------------------------------------------------------------------------

    def open(self, number: int) -> None:
        """Say `done` when the state of the page's space is loaded."""
        self._attempt(number, lambda: self._page().space.when_ready(lambda: self._done(number)))

    def get(self, key: str) -> str | None:
        """The value as JSON; None if there is none."""
        value = self._value(key).value
        return None if value is NOTHING else json_text(value)

    def set(self, number: int, key: str, value: str) -> None:
        """Set it; `done` once it is stored on this device."""
        self._write(number, key, lambda kept: kept.set(parse_json(value)))

    def set_by(self, number: int, key: str, function: Callable[[str | None], str]) -> None:
        """The same with a function of the page, from JSON to JSON."""

        def change(value: Any) -> Any:
            return parse_json(function(None if value is NOTHING else json_text(value)))

        self._write(number, key, lambda kept: kept.set(change))

    def delete(self, number: int, key: str) -> None:
        """Forget the value; `done` once that is stored on this device."""
        self._write(number, key, lambda kept: kept.delete())

    def subscribe(self, number: int, key: str) -> None:
        """Tell `value` as soon as it is known, and whenever it changes."""

        def tell(value: Any) -> None:
            self._tell("value", number, None if value is NOTHING else json_text(value))

        def begin() -> None:
            value = self._value(key)
            self._subscriptions[number] = value.subscribe(tell)
            self._page().space.when_ready(
                lambda: tell(value.value) if number in self._subscriptions else None
            )
            self._done(number)

        self._attempt(number, begin)

    def unsubscribe(self, number: int) -> None:
        """Tell it no more; no error if nobody was told."""
        stop = self._subscriptions.pop(number, None)
        if stop is not None:
            stop()

    # -- life -------------------------------------------------------------------------------------

    def stop(self) -> None:
        """WIDGET-1: close everything. A second call does nothing."""
        for number in list(self._panels):
            self.unmount(number)
        for number in list(self._subscriptions):
            self.unsubscribe(number)
        opened, self._opened = self._opened, {}
        for name, each in opened.items():
            each.events.close()
            if name or not default_is_wanted():
                each.space.close()
        for task in self._tasks:
            task.cancel()

    # -- inside -----------------------------------------------------------------------------------

    def _page(self) -> Opened:
        """The page's own space."""
        return self._open(None, None)

    def _open(self, space: str | None, server: str | None) -> Opened:
        """The space that an element names, or the page's. Raises UsageError, InvalidValue."""
        page = self._opened.get("")
        if page is None or page.space.closed:
            page = self._opened[""] = self._begin(page_place(), shared_default())
        name = space or page.place.space
        there = origin_of(server) or (page.place.server if name == page.place.space else "")
        if name == page.space.name:
            found = page
        else:
            found = self._opened.get(name) or self._begin(Place(name, there))
            self._opened[name] = found
        if server is not None and found.place.server != there:
            raise UsageError(f"this page uses the space {name} without that server already")
        return found

    def _begin(self, place: Place, space: Space | None = None) -> Opened:
        made = space or open_place(place)
        events = Events(made, partial(self._event, made), server=place.server)
        return Opened(place, made, events)

    def _value(self, key: str) -> SyncedKV[Any]:
        page = self._page()
        found = page.values.get(key)
        if found is None:
            found = page.values[key] = _Value(key, page.space)
        return found

    def _draw(self, number: int, content: Markup, state: str) -> None:
        self._tell("draw", number, str(content), state)

    def _event(self, space: Space, name: str, detail: dict[str, Any]) -> None:
        """For the page, and for each element that shows this space."""
        numbers = [number for number, panel in self._panels.items() if panel.space is space]
        detail = {"space": space.name, **detail}
        self._tell("event", 0, name, json.dumps(detail), json.dumps(numbers))

    def _attempt(self, number: int, action: Callable[[], None]) -> None:
        """What fails at once is told like what fails later."""
        try:
            action()
        except (SyncError, JsException, ValueError) as error:
            self._failed(number, error)

    def _write(self, number: int, key: str, write: Write) -> None:
        def begin() -> None:
            value = self._value(key)
            receipt = write(value)
            if receipt is None:  # The state is being loaded, and what was written waits for it.
                value.when_written(partial(self._kept, number))
            else:
                self._kept(number, receipt)

        self._attempt(number, begin)

    def _kept(self, number: int, written: Receipt[None] | Exception) -> None:
        if isinstance(written, Exception):
            self._failed(number, written)
        else:
            self._run(self._wait(number, written))

    async def _wait(self, number: int, receipt: Receipt[None]) -> None:
        try:
            await receipt.durable()
        except SyncError as error:
            self._failed(number, error)
        else:
            self._done(number)

    def _done(self, number: int) -> None:
        self._tell("done", number)

    def _failed(self, number: int, error: Exception) -> None:
        code = getattr(error, "code", "") or getattr(error, "reason", "")
        said = {"name": type(error).__name__, "message": str(error), "code": str(code)}
        self._tell("failed", number, json.dumps(said))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Value(SyncedKV[Any]):
    """A value that may be missing: its default is no JSON, and is never stored."""

    def __init__(self, key: str, space: Space) -> None:
        super().__init__(key, None, space=space)
        self.default = NOTHING
