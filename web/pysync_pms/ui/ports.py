"""What the interface needs from the page: the port `Dom`, and what single screens ask of it.

Owns the seam between views, which are pure, and the one module that touches JavaScript (`dom`).
Tests give an implementation that keeps the commands in a list.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pysync import Space
from pysync_pms.ui.formats import Formats
from pysync_pms.ui.wire import Command, UiEvent

if TYPE_CHECKING:
    from pysync.joining import Joining  # few visits need it

__all__ = ["BringTools", "Dom", "PageTools"]


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

    def speaks(self, language: str, ready: Callable[[], None]) -> bool:
        """Show texts in this language from now on, if its words are here. If not, they are asked
        for, and `ready` is called once they came."""
        ...

    def formats(self, locale: str) -> Formats:
        """Formatting in a language."""
        ...

    def close(self) -> None:
        """Stop listening and give back everything held; the page stays as it is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTools:
    """What an import needs of the page. `read_file(input id)` answers the chosen file, None if
    there is none; `open_hotel(name)` a ready space; `now()` milliseconds; `breathe()` lets the page
    handle input and paint; `close_hotel` gives a space back."""

    read_file: Callable[[str], Awaitable[bytes | None]]
    open_hotel: Callable[[str], Awaitable[Space]]
    close_hotel: Callable[[Space], None]
    now: Callable[[], float]
    breathe: Callable[[], Awaitable[None]]
    added: Callable[[str, str], None]
    """(space, name): a hotel is there now that the header's switch should list."""
    rest: Callable[[float], Awaitable[None]]
    """Waits so many seconds."""


class BringTools(NamedTuple):
    """What the page gives: the steps of a space, and the hotel's address for other devices."""

    begin: Callable[[Space, Callable[[], None]], Joining]
    address: str
