"""Stamps: a hybrid logical clock packed into one integer.

A stamp says which of two edits is more recent, never who may write. Its upper bits are wall-clock
milliseconds, its lower 12 bits a counter, so stamps of one clock strictly increase even when the
wall clock stands still or jumps back, and a stamp heard from a peer pushes the clock past it.
After Kulkarni et al., "Logical Physical Clocks" (2014), with the counter folded into the integer.

CLOCK-1 stamps of one clock strictly increase. CLOCK-2 a stamp made after another was heard is
greater, unless that one lies more than MAX_AHEAD in the future, which is noted and not adopted.
Floor: nothing below it.
"""

from __future__ import annotations

from typing import Final

COUNTER_BITS: Final = 12
MAX_AHEAD: Final = 60_000
"""Milliseconds by which a peer's clock may run ahead before it is no longer believed."""

CLOCK_ERROR_MS: Final = 5_000
"""What a frame may take on its way, and what a clock may be off without harm: not corrected."""


def stamp_at(wall: float) -> int:
    """The smallest stamp of that wall-clock millisecond.

    >>> wall_of(stamp_at(1_700_000_000_000))
    1700000000000
    """
    return int(wall) << COUNTER_BITS


def wall_of(stamp: int) -> int:
    """The wall-clock milliseconds of a stamp."""
    return stamp >> COUNTER_BITS


class HybridClock:
    """Makes the stamps of one tab. The time is always an argument (wall ms)."""

    __slots__ = ("clamped", "last")

    def __init__(self, last: int = 0) -> None:
        self.last = last
        self.clamped = 0
        """How many heard stamps lay too far ahead to be adopted."""

    def tick(self, wall: float) -> int:
        """The next stamp: at least the wall clock's, always greater than any made or adopted."""
        now = int(wall) << COUNTER_BITS
        self.last = now if now > self.last else self.last + 1
        return self.last

    def observe(self, stamp: int, wall: float) -> None:
        """Take note of a peer's stamp."""
        if stamp <= self.last:
            return
        if stamp > (int(wall) + MAX_AHEAD) << COUNTER_BITS:
            self.clamped += 1
            return
        self.last = stamp
