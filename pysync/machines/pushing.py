"""Pushing: which batches a session has under way on its connection, and which may go next.

SESSION-1 nothing is pushed twice on one connection, and what has no entry is pushed again on the
next. SESSION-3 at most WINDOW batches are under way. SESSION-6 what the relay failed on is pushed
again after growing pauses (at once on the next connection), `max_retries` times at most, and holds
up only what the relay says `waits` for it. SESSION-7 that is sent behind it, or when that is given
up.
Floor: `carrier`, `push_frames`, `backoff`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pysync.machines.backoff import pause
from pysync.machines.carrier import Carrier
from pysync.machines.effects import ClearTimer, Effect, Moment, SetTimer
from pysync.machines.push_frames import encode_push
from pysync.machines.relay_frames import FAILED, WAITS

WINDOW: Final = 256
"""Batches that may be pushed before the first of them has its entry."""
MAX_PUSH: Final = 1_000_000
"""Characters of one push; a single larger batch goes alone."""
AGAIN: Final = "pushing.again"
"""The timer that rings when something may be tried again."""


class Pushing:
    """What one leader pushes."""

    def __init__(self, out: list[Effect]) -> None:
        self._out = out
        self._failing: dict[str, tuple[int, float]] = {}
        """What the relay failed on: how often it was tried again, and when it may be (mono ms)."""
        self._behind: dict[str, str] = {}
        """What waits, and for which batch."""
        self._given_up: set[str] = set()
        """What the relay failed on for the last time on this connection: it is told so."""
        self.sent: set[str] = set()
        """Pushed on this connection, and not answered."""
        self._stuck: set[str] = set()
        """Rejected: not sent again by this leader."""

    def cut_off(self) -> None:
        """What was pushed without an entry has to go again: what the relay failed on, too, for on
        another connection it does not know what waits for that."""
        self.sent.clear()
        self._given_up.clear()
        self._failing = {batch: (tries, 0.0) for batch, (tries, _) in self._failing.items()}

    def forget(self) -> None:
        """Another leader may come, and try what was rejected once more."""
        self._stuck.clear()
        self._behind.clear()
        if self._failing:
            self._failing.clear()
            self._out.append(ClearTimer(AGAIN))

    def done(self, batch: str) -> None:
        """It has its entry."""
        self.sent.discard(batch)
        self._behind.pop(batch, None)
        self._failing.pop(batch, None)

    def rejected(self, batch: str) -> bool:
        """The relay will not take it; False if it was not pushed on this connection."""
        if batch not in self.sent:
            return False
        self.sent.remove(batch)
        waited, failed = self._behind.pop(batch, ""), self._failing.pop(batch, None)
        if waited or failed is not None:
            self._given_up.add(batch)
        self._stuck.add(batch)
        return True

    def goes_again(
        self, batch: str, code: str, message: str, carrier: Carrier, now: Moment
    ) -> bool:
        """The relay answered so instead of an entry. True if it goes again: behind the batch that
        the message names, or, where the relay failed on it, when AGAIN rings. False if it is
        `rejected`, went often enough, or never on this connection."""
        if code == WAITS and batch in self.sent:
            self.sent.remove(batch)
            self._behind[batch] = message
            if message not in self._failing and message not in self._behind:
                self._given_up.add(message)  # there is nothing to wait for
            return True
        return code == FAILED and self._failed(batch, carrier, now)

    def _failed(self, batch: str, carrier: Carrier, now: Moment) -> bool:
        space, (tries, _) = carrier.ordinary(), self._failing.get(batch, (0, 0.0))
        if batch not in self.sent:
            return False
        if tries >= space.max_retries:
            self._failing[batch] = (tries, 0.0)  # which `rejected` gives up
            return False
        self.sent.remove(batch)
        due = now.mono + pause(tries, space.backoff, batch, tries, now.wall)
        self._failing[batch] = (tries + 1, due)
        self._wait(now)
        return True

    def _wait(self, now: Moment) -> None:
        later = [due for _, due in self._failing.values() if due > now.mono]
        if later:
            self._out.append(SetTimer(AGAIN, min(later)))

    def next(self, carrier: Carrier, now: Moment) -> list[str]:
        """The frames that push what there is and was not pushed, as far as the window goes."""
        frames: list[str] = []
        lot: list[tuple[str, str]] = []
        here: dict[str, bool] = {}
        """Of each author in the lot whether it is there to run its functions again."""
        size, skipped = 0, set[str]()
        for batch, text in carrier.unsent() if len(self.sent) < WINDOW else ():
            if batch in self.sent or batch in self._stuck:
                continue
            due = self._failing.get(batch, (0, 0.0))[1] if self._failing else 0.0
            if due > now.mono or self._behind.get(batch) in skipped:
                skipped.add(batch)
                continue
            if len(self.sent) >= WINDOW:
                break
            tab, runs = batch.rpartition(".")[0], carrier.runs_again(batch)
            if lot and (size + len(text) > MAX_PUSH or here.get(tab, runs) != runs):
                frames.append(self._push(carrier, lot, here, now))
                lot, here, size = [], {}, 0
            here[tab] = runs
            self.sent.add(batch)
            lot.append((batch, text))
            size += len(text)
        if lot:
            frames.append(self._push(carrier, lot, here, now))
        self._wait(now)
        return frames

    def _push(
        self,
        carrier: Carrier,
        lot: list[tuple[str, str]],
        here: Mapping[str, bool],
        now: Moment,
    ) -> str:
        gone = sorted(tab for tab, runs in here.items() if not runs)
        void = {batch: places for batch, _ in lot if (places := carrier.void(batch))}
        given_up = dict.fromkeys(sorted(self._given_up), ())
        return encode_push(int(now.wall), [text for _, text in lot], gone, {**given_up, **void})
