"""Listeners: callbacks of the application by what they wait for.

LISTEN-1 a callback that fails keeps neither the others nor the machine from going on: it is printed
and told as a problem. Floor: `machines.events`.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from typing import Any, Final

from pysync.machines.events import Problem

Unsubscribe = Callable[[], None]
PROBLEMS_KEPT: Final = 100


class Listeners:
    """Callbacks, and the last problems that an operator should know of."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._by_kind: dict[str, dict[object, Callable[[Any], None]]] = {}

    def add(self, kind: str, callback: Callable[[Any], None]) -> Unsubscribe:
        """Call it whenever there is something of that kind to tell; answers how to stop."""
        listeners = self._by_kind.setdefault(kind, {})
        place = object()  # one function may wait twice, and each of them stops for itself
        listeners[place] = callback

        def stop() -> None:
            listeners.pop(place, None)

        return stop

    def __len__(self) -> int:
        return sum(map(len, self._by_kind.values()))

    def waits(self, kind: str) -> bool:
        """Whether anybody wants to be told."""
        return bool(self._by_kind.get(kind))

    def tell(self, kind: str, what: Any) -> None:
        """Tell everybody who waits for it."""
        for callback in tuple(self._by_kind.get(kind, {}).values()):
            self.call(kind, callback, what)

    def problem(self, problem: Problem) -> None:
        """Keep it and tell it."""
        self.problems.append(problem)
        del self.problems[:-PROBLEMS_KEPT]
        self.tell("problem", problem)

    def call(self, kind: str, callback: Callable[..., None], *what: Any) -> None:
        """Call it, whatever comes of it."""
        try:
            callback(*what)
        except Exception as error:  # noqa: BLE001 - whatever an application raises
            traceback.print_exception(error, file=sys.stderr)
            failed = Problem("function-failed", f"a callback for {kind!r} raised {error!r}")
            if kind == "problem":
                self.problems.append(failed)
            else:
                self.problem(failed)

    def clear(self) -> None:
        """Nobody is told anything any more."""
        self._by_kind.clear()
