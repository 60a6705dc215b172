"""Pushing: which batches a session has under way on its connection, and which may go next.

SESSION-1 nothing is pushed twice on one connection, and what has no entry is pushed again on the
next. SESSION-3 at most WINDOW batches are under way. Floor: `carrier`, `relay_frames`.
"""

from __future__ import annotations

from typing import Final

from pysync.machines.carrier import Carrier
from pysync.machines.effects import Moment
from pysync.machines.relay_frames import PUSH, encode_frame

WINDOW: Final = 256
"""Batches that may be pushed before the first of them has its entry."""
MAX_PUSH: Final = 1_000_000
"""Characters of one push; a single larger batch goes alone."""


class Pushing:
    """What one leader pushes."""

    def __init__(self) -> None:
        self._sent: set[str] = set()
        self._stuck: set[str] = set()
        """Rejected: not sent again by this leader."""

    def cut_off(self) -> None:
        """What was pushed without an entry has to go again."""
        self._sent.clear()

    def forget(self) -> None:
        """Another leader may come, and try what was rejected once more."""
        self._stuck.clear()

    def done(self, batch: str) -> None:
        """It has its entry."""
        self._sent.discard(batch)

    def rejected(self, batch: str) -> bool:
        """The relay will not take it; False if it was not pushed on this connection."""
        if batch not in self._sent:
            return False
        self._sent.remove(batch)
        self._stuck.add(batch)
        return True

    def next(self, carrier: Carrier, now: Moment) -> list[str]:
        """The frames that push what there is and was not pushed, as far as the window goes."""
        frames: list[str] = []
        lot: list[tuple[str, str]] = []
        size = 0
        for batch, text in carrier.unsent() if len(self._sent) < WINDOW else ():
            if batch in self._sent or batch in self._stuck:
                continue
            if len(self._sent) >= WINDOW:
                break
            if lot and size + len(text) > MAX_PUSH:
                frames.append(_push(carrier, lot, now))
                lot, size = [], 0
            self._sent.add(batch)
            lot.append((batch, text))
            size += len(text)
        if lot:
            frames.append(_push(carrier, lot, now))
        return frames


def _push(carrier: Carrier, lot: list[tuple[str, str]], now: Moment) -> str:
    authors = sorted({batch.rpartition(".")[0] for batch, _ in lot})
    gone = [tab for tab in authors if not carrier.is_present(tab)]
    parts = [int(now.wall), gone] if gone else [int(now.wall)]
    return encode_frame(PUSH, *parts, lines=[text for _, text in lot])
