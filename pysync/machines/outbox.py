"""The outbox: this tab's own changes on their way to the store and to the other tabs.

The first change of a task leaves inside the call that made it: a tab killed right afterwards does
not lose it. Those that follow in the same task are posted together when the task ends, or every
CHUNK, and appended together when it ends. A batch is posted before it is appended: the other tabs
need not wait for the store, and keep it for an author that dies in between.
A batch that the store refuses (disk full, blocked) stays here, is shown to the others, is reported
as not saved, and is offered again with growing pauses, for ever.

OUT-1 every batch is posted once and appended until the store has it, always as the same text.
OUT-2 what is not saved is still here. Floor: `batches`, `effects`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pysync.machines import messages
from pysync.machines.batches import POINTER_CHARS, Batch, encode_batch, encode_place
from pysync.machines.effects import Append, ClearTimer, Effect, FlushSoon, Moment, Post, SetTimer
from pysync.model.change import Change
from pysync.ports import StoreFault

CHUNK: Final = 256
"""Changes that leave together within one long task."""
RETRY_MS: Final = (500, 1_000, 2_000, 5_000, 15_000)
"""Pauses before a batch is offered to the store again; the last repeats."""
RETRY_TIMER: Final = "outbox.retry"


class Outbox:
    """Own batches until the store has them. `saved(batch)` and `unsaved(reason)` are told."""

    def __init__(
        self,
        *,
        tab: str,
        stores: bool,
        out: list[Effect],
        made: Callable[[Batch], None],
        saved: Callable[[Batch], None],
    ) -> None:
        self.waiting: dict[str, Batch] = {}
        """Posted, and not known to be in the store."""
        self.problem: StoreFault | None = None
        """Why the last append failed; None once one succeeded."""
        self._tab = tab
        self._stores = stores
        self._out = out
        self._made = made
        self._saved = saved
        self._task: list[Change] = []
        self._later: list[Batch] = []
        """Posted in this task, to be offered to the store when it ends."""
        self._in_task = False
        self._spoken: Batch | None = None
        """The first of a task, posted and not yet in the books."""
        self._attempts = 0
        self._offered: set[str] = set()
        self._whole: set[str] = set()
        """Long batches posted whole, because the store has no place of theirs to tell."""

    def speak(self, change: Change, now: Moment) -> None:
        """Post the first change of a task, which will be added as soon as it is in the books: the
        others need not wait for them. A second call does nothing."""
        if not self._in_task and self._spoken is None:
            self._spoken = batch = encode_batch(self._tab, [change], now.wall)
            self._post(batch)

    def add(self, change: Change, now: Moment) -> None:
        """Take a change that was just made."""
        self.speak(change, now)
        batch, self._spoken = self._spoken, None
        if batch is not None:
            self._in_task = True
            self._out.append(FlushSoon())
            self._keep(batch)
            self._offer_posted()
            return
        self._task.append(change)
        if len(self._task) >= CHUNK:
            self._send_task(now)

    @property
    def unsealed(self) -> Change | None:
        """The newest change of this task, if it is in no batch yet."""
        return self._task[-1] if self._task else None

    def amend(self, change: Change) -> None:
        """This one takes the place of `unsealed`."""
        self._task[-1] = change

    def flush(self, now: Moment) -> None:
        """The task ends: send what is left of it."""
        self._in_task = False
        self._send_task(now)
        self._offer_posted()

    def appended(self, batch_id: str, result: int | StoreFault, now: Moment) -> None:
        """The store answered. A duplicate is in the log already, put there for us."""
        self._offered.discard(batch_id)
        if isinstance(result, StoreFault) and result.reason != "duplicate":
            if self.waiting:
                self.problem = result
                self._wait_for_store(now)
            if batch_id in self.waiting:
                self._post_whole(self.waiting[batch_id])
            return
        self.problem = None
        self._attempts = 0
        batch = self.waiting.pop(batch_id, None)
        for other in self.waiting.values():
            self._offer(other)
        if batch is None:
            return  # decided before the store could say that it has it
        if isinstance(result, int):
            batch.key = result
            if len(batch.text) > POINTER_CHARS and batch_id not in self._whole:
                self._out.append(Post(encode_place(self._tab, batch.first, result, now.wall)))
        self._whole.discard(batch_id)
        self._saved(batch)

    def decided(self, batch_id: str) -> None:
        """The batch is in the decided log: nothing is left to do for it."""
        batch = self.waiting.pop(batch_id, None)
        self._offered.discard(batch_id)
        self._whole.discard(batch_id)
        if batch is not None:
            self._saved(batch)
        if not self.waiting:
            self.problem = None
        elif batch is not None:
            self._offer(next(iter(self.waiting.values())))

    def woke(self, name: str) -> None:
        """Offer the store the first batch again that it did not take; the others follow it."""
        if name == RETRY_TIMER and self.waiting:
            self._offer(next(iter(self.waiting.values())))

    def retry_now(self) -> None:
        """Room was made, or the page is back: do not wait for the timer."""
        if self.problem is not None:
            self._out.append(ClearTimer(RETRY_TIMER))
            self.woke(RETRY_TIMER)

    def stop(self) -> None:
        """Nothing more is to happen; what is not saved stays in `waiting`."""
        self._out.append(ClearTimer(RETRY_TIMER))

    def _send_task(self, now: Moment) -> None:
        changes, self._task = self._task, []
        if changes:
            self._send(changes, now)

    def _send(self, changes: list[Change], now: Moment) -> None:
        batch = encode_batch(self._tab, changes, now.wall)
        if len(batch.text) > messages.MAX_FRAME and len(changes) > 1:
            half = len(changes) // 2
            self._send(changes[:half], now)
            self._send(changes[half:], now)
            return
        self._post(batch)
        self._keep(batch)

    def _post(self, batch: Batch) -> None:
        if not self._stores or len(batch.text) <= POINTER_CHARS:
            self._out.append(Post(batch.text))
        elif self.problem is not None:
            self._post_whole(batch)

    def _keep(self, batch: Batch) -> None:
        if self._stores:
            self.waiting[batch.id] = batch
            self._later.append(batch)
        self._made(batch)

    def _post_whole(self, batch: Batch) -> None:
        """Show the others a long batch that the store does not take, once."""
        if len(batch.text) > POINTER_CHARS and batch.id not in self._whole:
            self._whole.add(batch.id)
            self._out.append(Post(batch.text))

    def _offer_posted(self) -> None:
        posted, self._later = self._later, []
        if self.problem is None:
            for batch in posted:
                self._offer(batch)

    def _offer(self, batch: Batch) -> None:
        if batch.id not in self._offered:
            self._offered.add(batch.id)
            self._out.append(Append(batch.id, batch.text))

    def _wait_for_store(self, now: Moment) -> None:
        pause = RETRY_MS[min(self._attempts, len(RETRY_MS) - 1)]
        self._attempts += 1
        self._out.append(SetTimer(RETRY_TIMER, now.mono + pause))
