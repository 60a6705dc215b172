"""How unkind a simulated device is: the odds of every fault, drawn per world from its seed.

Swarm testing: a world where everything fails at once hides the bugs that need one thing to work for
long, so each world draws its own odds, many of them nought. Floor: the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from random import Random


@dataclass(frozen=True, slots=True)
class Weather:
    """Odds are per occasion, from 0 to 1; times are ms."""

    drop: float = 0.0
    """A message does not reach one receiver."""
    duplicate: float = 0.0
    """A message reaches one receiver twice."""
    reorder: float = 0.0
    """A message may be overtaken by later ones of the same sender (no real channel does this)."""
    latency: float = 2.0
    """Mean time of a message to a receiver."""
    abort: float = 0.0
    """A transaction aborts; nothing of it is kept."""
    lose_on_crash: float = 0.0
    """A transaction that waits when its tab dies is never done."""
    store_ms: float = 2.0
    """Mean time of a transaction."""
    crash_midway: float = 0.0
    """A tab dies between two effects."""
    stall: float = 0.0
    """A tab's page hangs for a while after something happened in it."""
    stall_ms: float = 3_000.0
    """Longest such stall."""

    @classmethod
    def draw(cls, random: Random) -> Weather:
        """The weather of one world."""

        def odds(most: float) -> float:
            return random.choice((0.0, 0.0, most / 20, most / 5, most))

        return cls(
            drop=odds(0.3),
            duplicate=odds(0.2),
            reorder=odds(0.2),
            latency=random.choice((0.2, 2.0, 2.0, 20.0)),
            abort=odds(0.2),
            lose_on_crash=odds(0.5),
            store_ms=random.choice((0.5, 2.0, 2.0, 40.0)),
            crash_midway=odds(0.0005),
            stall=odds(0.0005),
        )

    def healed(self) -> Weather:
        """The same device on a good day: nothing fails, nothing is slow."""
        return Weather()

    def __str__(self) -> str:
        calm = Weather()
        odd = [f.name for f in fields(self) if getattr(self, f.name) != getattr(calm, f.name)]
        return ", ".join(f"{name} {getattr(self, name):g}" for name in odd) or "calm"

    def with_(self, **changes: float) -> Weather:
        """A copy with these odds."""
        return replace(self, **changes)
