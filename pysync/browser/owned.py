"""Everything of ours that JavaScript holds, each with one owner and one end.

A Python function given to JavaScript is a proxy that somebody must destroy; a listener, a timer, a
lock, a channel, a socket, a worker or a database connection must be ended. All of them are made
here or counted here, so that a test can see that `close()` left nothing behind (TAB-12): `live()`
is what is open now. Floor: Pyodide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final, Literal

from pyodide.ffi import create_proxy

Kind = Literal[
    "proxy", "listener", "timer", "lock", "channel", "socket", "request", "worker", "database"
]

_live: Final[Counter[Kind]] = Counter()


def live() -> dict[str, int]:
    """How many of each kind are open; kinds of which there is none are left out."""
    return {kind: number for kind, number in sorted(_live.items()) if number}


def opened(kind: Kind) -> None:
    """Count one more. Who calls it calls `ended` once."""
    _live[kind] += 1


def ended(kind: Kind) -> None:
    """Count one less."""
    _live[kind] -= 1


class Handler:
    """A Python function that JavaScript may call until `close`. `js` is what JavaScript gets.

    Close it only when no call can come any more, or when what holds it was told to forget it: a
    call to a destroyed proxy raises inside the browser's event loop.
    """

    __slots__ = ("_closed", "js")

    def __init__(self, function: Callable[..., Any]) -> None:
        self.js: Any = create_proxy(function)
        self._closed = False
        opened("proxy")

    def close(self) -> None:
        """Destroy the proxy; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self.js.destroy()
            ended("proxy")


class Listener:
    """One event of one target, heard until `close`."""

    __slots__ = ("_closed", "_event", "_handler", "_target")

    def __init__(self, target: Any, event: str, function: Callable[[Any], Any]) -> None:
        self._target = target
        self._event = event
        self._handler = Handler(function)
        self._closed = False
        target.addEventListener(event, self._handler.js)
        opened("listener")

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self._target.removeEventListener(self._event, self._handler.js)
            self._handler.close()
            ended("listener")
