"""The queue of live updates: told seldom enough to be drawn, in small batches, none of them lost.

It holds one update per record. A sending hands out a batch, the oldest first; the next one follows
no sooner than `throttle_ms` later, and the first after a silence goes at once. One more than
`max_pending` joins the update of its record that waits already, or else a batch leaves early.

QUEUED-1 whoever applies everything that is sent, in order, holds what whoever applies everything
that was put in holds, once nothing waits. QUEUED-2 no more than `max_pending` wait, but for what
the receiver itself puts in while it is being told. QUEUED-3 a batch is at most `batch_size`, and
two are at least `throttle_ms` apart, except where the bound or `flush` makes one leave early.
QUEUED-4 the receiver is told one batch after the other, never one inside another.
Floor: `updates`, `effects`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final

from pysync.errors import UsageError
from pysync.machines.effects import ClearTimer, Effect, Moment, SetTimer
from pysync.machines.updates import RealtimeUpdate, together

THROTTLE_MS: Final = 500
BATCH_SIZE: Final = 10
MAX_PENDING: Final = 100

Entity = tuple[str, str, str]


class UpdateQueue:
    """Lets updates out in batches. `send` gets each batch and must not raise.

    >>> sent, out = [], []
    >>> queue = UpdateQueue(name="doc", out=out, send=sent.append)
    >>> def moved(id, to):
    ...     return RealtimeUpdate(type="n", action="update", id=id, timestamp=to, data={"to": to})
    >>> queue.put([moved("a", 1)], Moment(0, 0))
    >>> for n in range(2, 5):
    ...     queue.put([moved("a", n)], Moment(0, n))
    >>> queue.woke(out[-1].name, Moment(0, out[-1].due))
    >>> [[update.data["to"] for update in batch] for batch in sent]
    [[1], [4]]
    """

    def __init__(
        self,
        *,
        name: str,
        throttle_ms: float = THROTTLE_MS,
        batch_size: int = BATCH_SIZE,
        max_pending: int = MAX_PENDING,
        out: list[Effect],
        send: Callable[[Sequence[RealtimeUpdate]], None],
    ) -> None:
        if throttle_ms < 0 or batch_size < 1 or max_pending < 1:
            raise UsageError("throttle_ms is 0 or more, batch_size and max_pending are 1 or more")
        self.aggregated = 0
        """Updates that joined one that waited."""
        self.early = 0
        """Batches that the bound made leave early."""
        self._timer = f"updates.{name}"
        self._throttle = throttle_ms
        self._batch = batch_size
        self._bound = max_pending
        self._out = out
        self._send = send
        self._waiting: dict[Entity, RealtimeUpdate] = {}
        self._open_at = float("-inf")
        """Until then (mono) nothing goes by itself."""
        self._due: float | None = None
        self._sending = False

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, updates: Iterable[RealtimeUpdate], now: Moment) -> None:
        """Take these in; what may leave now leaves now, together."""
        for update in updates:
            self._enter(update)
            if len(self._waiting) > self._bound and not self._sending:
                self.early += 1
                self._send_batch(now)
        self._send_due(now)

    def woke(self, name: str, now: Moment) -> None:
        """The timer is due; other names are ignored."""
        if name == self._timer:
            self._due = None
            self._send_due(now)

    def flush(self, now: Moment) -> None:
        """Send what waits, now, in batches. What is put in meanwhile waits for its time."""
        for _ in range(-(-len(self._waiting) // self._batch)):
            self._send_batch(now)
        self._set_timer()

    def close(self) -> None:
        """Forget what waits, and the timer."""
        self._waiting.clear()
        self._set_timer()

    def _enter(self, update: RealtimeUpdate) -> None:
        first = self._waiting.get(update.entity)
        if first is None:
            self._waiting[update.entity] = update
            return
        self.aggregated += 1
        both = together(first, update)
        if both is None:
            del self._waiting[update.entity]
        else:
            self._waiting[update.entity] = both

    def _send_due(self, now: Moment) -> None:
        if now.mono >= self._open_at:
            self._send_batch(now)
        self._set_timer()

    def _send_batch(self, now: Moment) -> None:
        """Send the oldest, unless the receiver is being told right now: it is told afterwards."""
        if self._sending or not self._waiting:
            return
        names = list(islice(self._waiting, self._batch))
        batch = [self._waiting.pop(name) for name in names]
        self._open_at = now.mono + self._throttle
        self._sending = True
        try:
            self._send(batch)
        finally:
            self._sending = False

    def _set_timer(self) -> None:
        """The timer is set exactly while something waits."""
        due = self._open_at if self._waiting else None
        if due == self._due:
            return
        self._due = due
        self._out.append(ClearTimer(self._timer) if due is None else SetTimer(self._timer, due))
