"""What `carriage` speaks of: what lies on a shelf, and what is to be done. Floor: nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

SOME_LOG: Final = "?"
"""An epoch that no log has."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """One that lies on the shelf. Times are ms since 1970."""

    digest: str
    size: int
    sent: str
    """The epoch of the log whose relay has acknowledged it; "" if none has."""
    made: float
    used: float

    @classmethod
    def read(cls, digest: str, size: int, sent: Any, made: float, used: float) -> Shelved:
        """Of what was kept or told: `sent` may be a truth, by which relay is not known then."""
        if not isinstance(sent, str):
            sent = SOME_LOG if sent else ""
        return cls(digest, size, sent, made, used)


@dataclass(frozen=True, slots=True)
class Give:
    """Send it; answer with `given`."""

    digest: str


@dataclass(frozen=True, slots=True)
class Take:
    """Fetch it, put it on the shelf; answer with `taken`."""

    digest: str


@dataclass(frozen=True, slots=True)
class Note:
    """Write on the shelf that it stands so."""

    row: Shelved


@dataclass(frozen=True, slots=True)
class Drop:
    """Take it off the shelf."""

    digest: str


@dataclass(frozen=True, slots=True)
class Wake:
    """Call `woke` once at or after monotonic time `due`; replaces the one before."""

    due: float


CarriageEffect = Give | Take | Note | Drop | Wake
