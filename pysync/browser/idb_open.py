"""The connection to one IndexedDB database: opening it within a bound, and losing it.

It is lost when another page deletes the database or wants a newer version (we step aside at once,
else that page would hang) and when the browser clears the storage under us. `open` after a loss
connects anew. Floor: `idb_errors`, `owned`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import js
from pyodide.ffi import JsException

from pysync.browser.idb_errors import fault_of
from pysync.browser.owned import Handler, ended, opened
from pysync.ports import StoreFault

BOUND: Final = 5.0
"""Seconds that an open or a transaction may take."""

Then = Callable[[StoreFault | None], None]


class Connection:
    """`create(db, tx)` makes the object stores of a new database; `on_lost(detail)` is called once
    per loss."""

    def __init__(
        self,
        name: str,
        create: Callable[[Any, Any], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self.name: Final = name
        self.db: Any = None
        self._create = create
        self._on_lost = on_lost
        self._request: Any = None
        self._closed = False
        self._waiting: list[tuple[float, Then]] = []
        self._handlers = {
            "success": Handler(self._opened),
            "upgradeneeded": Handler(self._upgrading),
            "error": Handler(self._refused),
            "versionchange": Handler(lambda _: self._lose("it is being deleted or replaced")),
            "close": Handler(lambda _: self._lose("its storage was cleared")),
        }

    def open(self, then: Then) -> None:
        """Call `then(None)` once connected, else with the fault."""
        if self._closed:
            then(StoreFault("closed", "the store was closed"))
        elif self.db is not None:
            then(None)
        else:
            self._waiting.append((time.monotonic() + BOUND, then))
            if self._request is None:
                self._request_open()

    @property
    def is_waiting(self) -> bool:
        """Whether somebody waits for it to open."""
        return bool(self._waiting)

    def look(self, now: float, slept: float) -> None:
        """Tell those who waited too long. `slept` seconds of standing still do not count."""
        waiting = [(due + slept, then) for due, then in self._waiting]
        self._waiting = [(due, then) for due, then in waiting if due > now]
        for due, then in waiting:
            if due <= now:
                then(StoreFault("blocked", f"{self.name} did not open within {BOUND:.0f} s"))

    def close(self) -> None:
        """Disconnect; who waits is answered `closed`. A second call does nothing."""
        if not self._closed:
            self._closed = True
            self._disconnect()
            self._tell(StoreFault("closed", "the store was closed"))
            self._release()

    def _request_open(self) -> None:
        try:
            request = js.indexedDB.open(self.name, 1)
        except (JsException, AttributeError) as error:
            self._tell(StoreFault("closed", f"IndexedDB is denied here: {error}"))
            return
        self._request = request
        for event in ("success", "upgradeneeded", "error"):
            setattr(request, f"on{event}", self._handlers[event].js)

    def _upgrading(self, event: Any) -> None:
        self._create(event.target.result, event.target.transaction)

    def _opened(self, event: Any) -> None:
        self._request = None
        db = event.target.result
        if self._closed:
            db.close()
            self._release()
            return
        self.db = db
        opened("database")
        db.onversionchange = self._handlers["versionchange"].js
        db.onclose = self._handlers["close"].js
        self._tell(None)

    def _refused(self, event: Any) -> None:
        self._request = None
        event.preventDefault()
        self._tell(fault_of(event.target.error, "closed"))
        self._release()

    def _tell(self, fault: StoreFault | None) -> None:
        waiting, self._waiting = self._waiting, []
        for _, then in waiting:
            then(fault)

    def _lose(self, detail: str) -> None:
        if self.db is not None:
            self._disconnect()
            self._tell(StoreFault("closed", f"{self.name}: {detail}"))
            self._on_lost(detail)

    def _disconnect(self) -> None:
        if self.db is not None:
            self.db.onversionchange = self.db.onclose = None
            self.db.close()
            self.db = None
            ended("database")

    def _release(self) -> None:
        """Let go of the handlers once the browser can call them no more."""
        if self._closed and self._request is None:
            for handler in self._handlers.values():
                handler.close()
