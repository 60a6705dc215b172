"""What a relay counts while it runs, over all of its spaces. Floor: `machines.relay_frames`."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from math import inf
from typing import Final

from pysync.machines.relay_frames import DIVERGED, REFUSE, REJECT, EntryRow, encode_frame
from pysync.machines.rounds import decode_special
from pysync.values.jsontext import parse_json

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds, in seconds."""
_REJECT: Final = encode_frame(REJECT)[:-1] + ","
_DIVERGED: Final = encode_frame(REFUSE, DIVERGED)[:-1]


class Counts:
    """Since the server started."""

    def __init__(self) -> None:
        self.outcomes: Counter[tuple[str, str]] = Counter()
        """Of changes: by outcome and code."""
        self.rejects: Counter[str] = Counter()
        """Of batches that no log took, by code."""
        self.conflicts = 0
        self.divergences = 0
        """Devices that held something else than the log made of it."""
        self.latencies: Counter[float] = Counter()
        """Batches by the bucket of the seconds from their verdict, which is given when they come,
        until they were on the disk."""
        self.seconds = 0.0
        """All of these together."""

    def decided(self, row: EntryRow) -> None:
        """An entry was made."""
        plain = row.count
        decided = decode_special(parse_json(row.special), row.count) if row.special else {}
        for decision in decided.values():
            plain -= 1
            self.outcomes[decision.outcome, decision.code] += 1
            self.conflicts += len(decision.conflicts)
        self.outcomes["applied", ""] += plain

    def stored(self, seconds: float) -> None:
        """A batch is on the disk that long after it was decided."""
        at = bisect_left(BUCKETS, seconds)
        self.latencies[BUCKETS[at] if at < len(BUCKETS) else inf] += 1
        self.seconds += seconds

    def sent(self, text: str) -> None:
        """A frame goes to a device."""
        if text.startswith(_DIVERGED):
            self.divergences += 1
        if text.startswith(_REJECT):
            self.rejects[parse_json(text)[2]] += 1
