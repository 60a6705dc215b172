"""Web Locks: exclusive locks of the device, queued for, stolen, and given back on demand.

A lock is held by a promise that we resolve to give it back. Leaving the queue aborts the request;
if the grant was on its way already it is given back at once. A lock that was stolen ends its
request with an error while we hold it: that is how loss is told. Nothing is given back by itself
when the page freezes: who must not hold a lock then releases it first. Floor: `owned`, `objects`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any, Literal

import js

from pysync.browser.objects import options
from pysync.browser.owned import Handler, ended, opened


class _Request:
    """One request of the browser, from asking until its promise is settled."""

    def __init__(
        self,
        name: str,
        granted: Callable[[], None],
        lost: Callable[[], None],
        when_answering: Callable[[Callable[[], None]], None],
    ) -> None:
        self._when_answering = when_answering
        self._granted = granted
        self._lost = lost
        self._state: Literal["queued", "held", "given back"] = "queued"
        self._resolve: Any = None
        self._abort = js.AbortController.new()
        self._handlers = [
            Handler(f) for f in (self._on_granted, self._on_done, self._on_failed, self._keep)
        ]
        self._name = name

    def ask(self, *, steal: bool) -> None:
        """Queue, or take it from whoever holds it."""
        given = options(steal=True) if steal else options(signal=self._abort.signal)
        opened("lock")
        granted, done, failed, _ = (handler.js for handler in self._handlers)
        js.navigator.locks.request(self._name, given, granted).then(done, failed)

    @property
    def is_held(self) -> bool:
        """Whether it was granted, and neither given back nor lost."""
        return self._state == "held"

    def release(self) -> None:
        """Give it back, or leave the queue; harmless when repeated."""
        state, self._state = self._state, "given back"
        if state == "held":
            self._resolve(None)
        elif state == "queued":
            self._when_answering(self._abort.abort)

    def _on_granted(self, _: Any) -> Any:
        if self._state != "queued":
            return None
        self._state = "held"
        held = js.Promise.new(self._handlers[3].js)
        self._granted()
        return held

    def _keep(self, resolve: Any, _: Any) -> None:
        self._resolve = resolve

    def _on_done(self, _: Any) -> None:
        self._end()

    def _on_failed(self, _: Any) -> None:
        state, self._state = self._state, "given back"
        self._end()
        if state == "held":
            self._lost()

    def _end(self) -> None:
        self._resolve = None
        ended("lock")
        for handler in self._handlers:
            handler.close()


class WebLocks:
    """The locks of one space in this tab.

    Chromium forgets an abort that comes before its lock manager answered the page for the first
    time, and the request stays in the queue: so it is asked something at once, and requests are
    aborted only after its answer.
    """

    def __init__(self) -> None:
        self._requests: dict[str, _Request] = {}
        self._closed = False
        self._answering = False
        self._later: list[Callable[[], None]] = []
        self._ask(lambda _: self._first_answer(), self._first_answer)

    def request(
        self, name: str, steal: bool, granted: Callable[[], None], lost: Callable[[], None]
    ) -> None:
        """Queue for the lock, or take it; while we hold it or wait for it, asking again does
        nothing, except that stealing gives up our place in the queue."""
        found = self._requests.get(name)
        if self._closed or (found is not None and (not steal or found.is_held)):
            return
        if found is not None:
            found.release()

        def was_lost() -> None:
            if self._requests.get(name) is request:
                del self._requests[name]
                lost()

        request = self._requests[name] = _Request(name, granted, was_lost, self._when_answering)
        request.ask(steal=steal)

    def release(self, name: str) -> None:
        """Give it back, or leave its queue; no error if neither."""
        if (request := self._requests.pop(name, None)) is not None:
            request.release()

    def query(self, done: Callable[[Collection[str]], None]) -> None:
        """The names of all locks held by tabs of this origin; nothing is answered on failure."""

        def answered(snapshot: Any) -> None:
            if not self._closed:
                held = json.loads(js.JSON.stringify(snapshot.held))
                done({lock["name"] for lock in held})

        self._ask(answered, lambda: None)

    def _ask(self, answered: Callable[[Any], None], failed: Callable[[], None]) -> None:
        def end(then: Callable[[], None]) -> None:
            for handler in handlers:
                handler.close()
            then()

        handlers = [
            Handler(lambda snapshot: end(lambda: answered(snapshot))),
            Handler(lambda _: end(failed)),
        ]
        js.navigator.locks.query().then(handlers[0].js, handlers[1].js)

    def _first_answer(self) -> None:
        self._answering = True
        later, self._later = self._later, []
        for action in later:
            action()

    def _when_answering(self, action: Callable[[], None]) -> None:
        if self._answering:
            action()
        else:
            self._later.append(action)

    def close(self) -> None:
        """Give everything back. The browser confirms it a moment later, then nothing is left."""
        self._closed = True
        for name in list(self._requests):
            self.release(name)


class NoLocks:
    """A page without Web Locks (plain http on another machine's name): nothing is ever granted."""

    def request(
        self, name: str, steal: bool, granted: Callable[[], None], lost: Callable[[], None]
    ) -> None:
        """Never granted."""

    def release(self, name: str) -> None:
        """There is none to give back."""

    def query(self, done: Callable[[Collection[str]], None]) -> None:
        """None are held."""
        done(())

    def close(self) -> None:
        """Nothing to let go of."""
