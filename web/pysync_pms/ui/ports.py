"""What the interface needs from the page: the port `Dom`.

Owns the seam between views, which are pure, and the one module that touches JavaScript (`dom`).
Tests give an implementation that keeps the commands in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from pysync_pms.ui.formats import Formats
from pysync_pms.ui.wire import Command, UiEvent

__all__ = ["Dom"]


class Dom(Protocol):
    """The page."""

    def run(self, commands: Sequence[Command]) -> None:
        """Carry out commands in their order, in one crossing."""
        ...

    def listen(self, handler: Callable[[UiEvent], bool]) -> None:
        """Hand every event of the user to `handler`; `True` says that it was dealt with, so the
        browser's own answer is left out. One handler at a time."""
        ...

    def frame(self, callback: Callable[[], None], *, after: float = 0) -> None:
        """Call back once before the next painting that is at least `after` seconds away; in a
        hidden tab soon, without a painting. One call is pending at a time: asking again replaces
        it."""
        ...

    def now(self) -> float:
        """Seconds on a clock that only goes forward."""
        ...

    def location(self) -> str:
        """Path and query of the address bar."""
        ...

    def browser_locale(self) -> str:
        """The language the browser is set to, such as `de-AT`."""
        ...

    def formats(self, locale: str) -> Formats:
        """Formatting in a language."""
        ...

    def close(self) -> None:
        """Stop listening and give back everything held; the page stays as it is."""
        ...
