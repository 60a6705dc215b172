"""What waits to be sent on one connection: bounded, for who reads slowly is served from the log.

RELAY-5. Entries that wait one behind the other become one frame; who is here goes when nothing else
waits, and only the newest. Floor: `machines.relay_frames`.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final, Protocol

from pysync.machines.relay_frames import ENTRIES, PRESENT, encode_frame

HIGH: Final = 1_000_000
"""Characters that wait on one connection before it counts as congested."""
LOW: Final = 100_000
_ENTRIES: Final = encode_frame(ENTRIES) + "\n"
_PRESENT: Final = encode_frame(PRESENT)[:-1] + ","


class Space(Protocol):
    """Whom a connection belongs to."""

    async def heard(self, peer: Any, text: str | bytes) -> None:
        """A frame arrived; returns when the next one may be read."""

    def congested(self, peer: Any) -> None:
        """What was queued piles up."""

    def drained(self, peer: Any) -> None:
        """What was queued was sent."""


class FrameQueue:
    """Frames for `peer` in their order. The space is told when they pile up, and by `eased` when
    that is over."""

    def __init__(self, peer: object, space: Space) -> None:
        self._peer = peer
        self._space = space
        self._queue: deque[str] = deque()
        self._present = ""
        self._size = 0
        self._congested = False

    def __len__(self) -> int:
        return len(self._queue) + bool(self._present)

    def put(self, text: str) -> None:
        """One more waits."""
        if text.startswith(_PRESENT):
            self._present = text
            return
        self._queue.append(text)
        self._size += len(text)
        if self._size > HIGH and not self._congested:
            self._congested = True
            self._space.congested(self._peer)

    def take(self) -> str:
        """The next frame: entries that wait one behind the other become one."""
        if not self._queue:
            text, self._present = self._present, ""
            return text
        text = self._queue.popleft()
        parts = [text]
        length = len(text)
        if text.startswith(_ENTRIES):
            while self._queue and self._queue[0].startswith(_ENTRIES):
                length += len(self._queue[0])
                if length > HIGH:
                    break  # A frame has a bound, too.
                parts.append(self._queue.popleft()[len(_ENTRIES) :])
        self._size -= sum(map(len, parts)) + len(_ENTRIES) * (len(parts) - 1)
        return "\n".join(parts)

    def eased(self) -> None:
        """What was taken is gone."""
        if self._congested and self._size < LOW:
            self._congested = False
            self._space.drained(self._peer)
