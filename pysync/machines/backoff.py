"""Backoff: how long to wait before something that failed is tried again.

BACKOFF-1 a pause is a random part of a time that begins with FIRST_MS and grows to LATEST_MS at
most: twice as long each time, or longer by FIRST_MS each time. It is Amazon's "full jitter", so
that devices which failed together do not come back together. Floor: `model.ordinary`.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

from pysync.model.ordinary import Backoff

FIRST_MS: Final = 1_000.0
LATEST_MS: Final = 60_000.0


def pause(tries: int, way: Backoff, *dice: object) -> float:
    """Milliseconds to wait after so many tries before this one (0: after the first), by chance of
    what is thrown: whatever is different each time."""
    grown = 1 << min(tries, 16) if way == "exponential" else tries + 1
    thrown = crc32(" ".join(map(str, dice)).encode()) / 2**32
    return min(LATEST_MS, FIRST_MS * grown) * thrown
