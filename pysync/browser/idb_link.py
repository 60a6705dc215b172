"""Transactions on one IndexedDB database, each with a bound.

A transaction is a row in a table here; permanent handlers serve all of them, so that no proxy is
made per request. What a transaction is asked is issued in one go; a step that needs an earlier
result is chained to its success, and never awaits anything. A transaction that has not ended within
`BOUND` is aborted and answers `blocked`; one that was committed blindly cannot be aborted any more:
it answers `blocked` too and may still be written later: who repeats it by the same id learns that.

Floor: `idb_open`, `timers`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import js
from pyodide.ffi import JsException, to_js

from pysync.browser.idb_errors import UNREADABLE, StopWork, fault_of
from pysync.browser.idb_open import BOUND, Connection, Then
from pysync.browser.owned import Handler
from pysync.browser.timers import Timers
from pysync.ports import StoreFault

_LOOK: Final = 500
"""Milliseconds between looks for what is over the bound, while anything is under way."""
_SLEPT: Final = 0.5
"""Seconds by which a look may be late before it counts as a freeze of this tab."""

Finish = Callable[[], Any]
Start = Callable[["Link", Any, int], Finish]
"""`start(link, tx, number)` issues requests and returns what reads their results at the end."""
Stores = str | tuple[str, ...]
Mode = Literal["readonly", "readwrite"]


@dataclass(slots=True)
class _Work:
    """One transaction under way."""

    tx: Any
    finish: Finish
    done: Callable[[Any], None] | None
    """None once answered: whatever comes later is for no one."""
    due: float
    fault: StoreFault | None = None

    def answer(self, result: Any) -> None:
        """Tell the caller, unless it was told before."""
        done, self.done = self.done, None
        if done is not None:
            done(result)


class Link:
    """`options` are given to every transaction; see `Connection` for the others."""

    def __init__(
        self,
        name: str,
        create: Callable[[Any, Any], None],
        on_lost: Callable[[str], None],
        options: Any = None,
    ) -> None:
        self._connection = Connection(name, create, self._lost)
        self._on_lost = on_lost
        self._options = () if options is None else (options,)
        self._works: dict[int, _Work] = {}
        self._steps: dict[int, tuple[int, Callable[[Any], None]]] = {}
        self._number = 0
        # Asked here, not at import: modules may be imported into a snapshot outside the page.
        kind = getattr(js, "IDBTransaction", None)
        self._can_commit = kind is not None and hasattr(kind.prototype, "commit")
        self._closed = False
        self._timers = Timers()
        self._look_at = 0.0
        self._handlers = [Handler(f) for f in (self._completed, self._aborted, self._succeeded)]
        self._complete, self._abort, self._success = (handler.js for handler in self._handlers)

    def open(self, then: Then) -> None:
        """Call `then(None)` once connected, else with the fault. Connects anew after a loss."""
        self._connection.open(then)
        if self._connection.is_waiting:
            self._keep_looking()

    def close(self) -> None:
        """Disconnect; what is under way answers `closed` now (it may still be written)."""
        if not self._closed:
            self._closed = True
            self._connection.close()
            self._end_all(StoreFault("closed", "the store was closed"))
            self._timers.close()
            self._release()

    def run(
        self,
        stores: Stores,
        mode: Mode,
        start: Start,
        done: Callable[[Any], None],
        *,
        blind: bool = False,
    ) -> int:
        """Open a transaction now; `done` gets what `finish()` answers once it is complete, or a
        fault. Answers its number, 0 if it could not be opened.

        `blind`: nothing is chained; it is committed at once, so that it needs this tab no more.
        """
        if (db := self._connection.db) is None:
            done(StoreFault("closed", f"{self._connection.name} is not open"))
            return 0
        try:
            tx = db.transaction(_names(stores), mode, *self._options)
        except JsException as error:
            done(fault_of(error, "closed"))
            return 0
        self._number = number = self._number + 1
        self._works[number] = work = _Work(tx, _nothing, done, time.monotonic() + BOUND)
        tx.pysync = number
        tx.oncomplete = self._complete
        tx.onabort = self._abort
        try:
            work.finish = start(self, tx, number)
            if blind and self._can_commit:
                tx.commit()
        except StopWork as stop:
            _stop(work, stop.fault)
        except JsException as error:
            _stop(work, fault_of(error, "aborted"))
        self._keep_looking()
        return number

    def then(self, number: int, request: Any, step: Callable[[Any], None]) -> None:
        """Call `step(result)` in the same transaction when the request succeeds."""
        self._number = key = self._number + 1
        self._steps[key] = (number, step)
        request.pysync = key
        request.onsuccess = self._success

    def rejoin(self, number: int, done: Callable[[Any], None]) -> bool:
        """Wait again for a transaction that was answered `blocked`; False if it is over, or was
        not answered yet."""
        work = self._works.get(number)
        if work is None or work.done is not None:
            return False
        work.done = done
        work.fault = None
        work.due = time.monotonic() + BOUND
        self._keep_looking()
        return True

    def is_under_way(self, number: int) -> bool:
        """Whether the browser has not ended that transaction."""
        return number in self._works

    # -- what the browser reports ------------------------------------------------------------------

    def _succeeded(self, event: Any) -> None:
        number, step = self._steps.pop(event.target.pysync, (0, None))
        work = self._works.get(number)
        if work is None or step is None:
            return
        try:
            step(event.target.result)
        except StopWork as stop:
            _stop(work, stop.fault)
        except JsException as error:
            _stop(work, fault_of(error, "aborted"))
        except UNREADABLE as error:
            _stop(work, StoreFault("corrupt", f"{self._connection.name}: {error!r}"))

    def _completed(self, event: Any) -> None:
        work = self._works.pop(event.target.pysync, None)
        if work is not None and work.done is not None:
            try:
                result = work.finish()
            except StopWork as stop:
                result = stop.fault
            except UNREADABLE as error:
                result = StoreFault("corrupt", f"{self._connection.name}: {error!r}")
            work.answer(result)
        self._release()

    def _aborted(self, event: Any) -> None:
        work = self._works.pop(event.target.pysync, None)
        if work is not None:
            lost = self._connection.db is None
            fault = fault_of(event.target.error, "closed" if lost else "aborted")
            work.answer(work.fault or fault)
        self._release()

    def _lost(self, detail: str) -> None:
        self._end_all(StoreFault("closed", f"{self._connection.name}: {detail}"))
        self._on_lost(detail)

    def _end_all(self, fault: StoreFault) -> None:
        self._steps.clear()
        for work in list(self._works.values()):
            work.answer(fault)

    def _release(self) -> None:
        """Let go of the handlers once the browser can call them no more."""
        if self._closed and not self._works:
            for handler in self._handlers:
                handler.close()

    # -- bounds ------------------------------------------------------------------------------------

    def _keep_looking(self) -> None:
        if not self._closed and not self._timers.is_set("look"):
            self._look_at = time.monotonic() + _LOOK / 1000
            self._timers.set("look", self._look_at * 1000, self._look)

    def _look(self) -> None:
        now = time.monotonic()
        late = now - self._look_at
        slept = late if late > _SLEPT else 0.0
        self._connection.look(now, slept)
        for work in list(self._works.values()):
            work.due += slept
            if work.done is not None and work.due <= now:
                fault = StoreFault("blocked", f"no answer within {BOUND:.0f} s")
                _stop(work, fault)
                work.answer(fault)
        if self._connection.is_waiting or any(work.done for work in self._works.values()):
            self._keep_looking()


def _stop(work: _Work, fault: StoreFault) -> None:
    """Abort, which answers this fault. One that is committing already goes on."""
    work.fault = fault
    try:
        work.tx.abort()
    except JsException:
        work.fault = None


def _names(stores: Stores) -> Any:
    """Names of object stores as JavaScript wants them; each tuple is converted once."""
    if isinstance(stores, str):
        return stores
    if stores not in _arrays:
        _arrays[stores] = to_js(stores)
    return _arrays[stores]


_arrays: Final[dict[tuple[str, ...], Any]] = {}


def _nothing() -> None:
    return None
