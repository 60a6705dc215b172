"""Pushing: which batches a session has under way on its connection, and which may go next.

SESSION-1 nothing is pushed twice on one connection, and what has no entry is pushed again on the
next. SESSION-3 at most WINDOW batches are under way. Floor: `carrier`, `push_frames`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pysync.machines.carrier import Carrier
from pysync.machines.effects import Moment
from pysync.machines.push_frames import encode_push

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
        here: dict[str, bool] = {}
        """Of each author in the lot whether it is there to run its functions again."""
        size = 0
        for batch, text in carrier.unsent() if len(self._sent) < WINDOW else ():
            if batch in self._sent or batch in self._stuck:
                continue
            if len(self._sent) >= WINDOW:
                break
            tab, runs = batch.rpartition(".")[0], carrier.runs_again(batch)
            if lot and (size + len(text) > MAX_PUSH or here.get(tab, runs) != runs):
                frames.append(_push(carrier, lot, here, now))
                lot, here, size = [], {}, 0
            here[tab] = runs
            self._sent.add(batch)
            lot.append((batch, text))
            size += len(text)
        if lot:
            frames.append(_push(carrier, lot, here, now))
        return frames


def _push(
    carrier: Carrier, lot: list[tuple[str, str]], here: Mapping[str, bool], now: Moment
) -> str:
    gone = sorted(tab for tab, runs in here.items() if not runs)
    void = {batch: places for batch, _ in lot if (places := carrier.void(batch))}
    return encode_push(int(now.wall), [text for _, text in lot], gone, void)
