"""The hotel's figures in a tab: read when a screen first asks for them, kept up to date from then.

Owns the book, its reading in slices, and how fresh it is. What changes is drawn LATER_S after the
first of it, all together; texts that tell how long ago something was are drawn again every TICK_S
while they are looked at. Stands on `figures`, `Hotel`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from pysync import Update
from pysync.connection import confirmed_at
from pysync_pms.figures import FOLLOWED, Basis, Book, Reading
from pysync_pms.ui.hotel import Hotel
from pysync_pms.words import SETTINGS

__all__ = ["FIGURES", "Fresh", "Live", "LiveTools"]

FIGURES: Final = "figures"
"""What the screens of figures hear of as if it were a collection: a figure moved."""
SCREENS: Final = ("dashboard", "reports")
"""Where figures are shown."""
LATER_S: Final = 0.2
TICK_S: Final = 20.0
SLICE_MS: Final = 8
"""Reading gives way to the page after so long."""
STALE_MS: Final = 60_000
"""What was not confirmed for so long is said to be stale."""


@dataclass(frozen=True, slots=True)
class LiveTools:
    """What this needs of the page: `now()` milliseconds, `breathe()` lets it handle input and
    paint, `rest(seconds)` waits."""

    now: Callable[[], float]
    breathe: Callable[[], Awaitable[None]]
    rest: Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Fresh:
    """How fresh figures are. `updated` is when they last changed (wall ms), 0 if that is not known;
    `unconfirmed` for how many seconds nobody confirmed them, 0 while they are current."""

    updated: int
    unconfirmed: int


class Live:
    """The figures of a hotel. `book` holds everything once `ready`."""

    def __init__(self, hotel: Hotel, tools: LiveTools) -> None:
        self.hotel = hotel
        self.book = Book()
        self._tools = tools
        self._reading: Reading | None = None
        self._runs = False
        self._drawing = False
        self._ticking = False
        self._before = 0
        hotel.space.on_change(self._changed)

    # -- reading ----------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether everything was read once. Asking begins it."""
        if self._reading is None:
            self._reading = Reading(self.hotel.space.tab.replica.view, self.book)
            self._go_on()
        return self._reading.begun

    def _changed(self, update: Update) -> None:
        if self._reading is None:
            return
        if self._reading.heard(update.refs, self.wall()):
            self._go_on()
        if any(key in FOLLOWED or key == SETTINGS for key, _ in update.refs):
            self._draw_soon()

    def _go_on(self) -> None:
        if not self._runs:
            self._runs = True
            self.hotel.spawn(self._read())

    async def _read(self) -> None:
        reading, now = self._reading, self._tools.now
        assert reading is not None
        try:
            until = now() + SLICE_MS
            while reading.step():
                if now() >= until:
                    await self._tools.breathe()
                    until = now() + SLICE_MS
            if not self._before:
                last = await self.hotel.space.recent(1)
                self._before = last[0].at if last else 0
        finally:
            self._runs = False
        if not reading.done:  # much was told while the last of it was awaited
            self._go_on()
        self._moved()

    # -- drawing ----------------------------------------------------------------------------------

    def _moved(self) -> None:
        if self._looked_at():
            self.hotel.app.changed(FIGURES, "")

    def _looked_at(self) -> bool:
        """Other screens hear nothing of figures: they would draw more than they have to."""
        return self.hotel.app.route.screen in SCREENS

    def _draw_soon(self) -> None:
        if not self._drawing and self._looked_at():
            self._drawing = True
            self.hotel.spawn(self._draw())

    async def _draw(self) -> None:
        await self._tools.rest(LATER_S)
        self._drawing = False
        self._moved()

    def tick(self) -> None:
        """Draw the texts about time again, in a while: called by whoever shows them."""
        if not self._ticking:
            self._ticking = True
            self.hotel.spawn(self._tick())

    async def _tick(self) -> None:
        await self._tools.rest(TICK_S)
        self._ticking = False
        self._moved()

    # -- what the screens ask ---------------------------------------------------------------------

    def wall(self) -> int:
        """The time on this device's clock, ms since 1970."""
        return int(self.hotel.space.host.now().wall)

    def basis(self) -> Basis:
        """By what figures are reckoned, as the hotel has set it."""
        counts = bool(self.hotel.settings.get("out_of_order_counts"))
        return Basis(currency=self.hotel.currency, out_of_order_counts=counts)

    def fresh(self, *collections: str) -> Fresh:
        """How fresh the figures over these collections are. A hotel that is kept on this device
        alone needs nobody's word; with a relay the figures are confirmed while it is reached."""
        moved = [self.book.moved[key] for key in collections if key in self.book.moved]
        known = confirmed_at(self.hotel.space)
        late = self.wall() - known if known is not None else 0
        return Fresh(max(moved, default=self._before), late // 1000 if late > STALE_MS else 0)
