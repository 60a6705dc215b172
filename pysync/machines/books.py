"""The books: which batches of a space a tab knows, and what was decided of them.

Batches come from their authors, from the log or with their verdicts; each is open until its verdict
is applied, in order of seq. The books ask for nothing and tell nobody but their owner: `ledger`
sees to what is missing. Floor: `batches`, `rounds`, `replica`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from pysync.errors import ProtocolError, SyncError
from pysync.machines.batches import Batch, parse_batch
from pysync.machines.replica import Replica
from pysync.machines.rounds import (
    STORED,
    UNREADABLE,
    Round,
    decode_special,
    judged,
    set_right,
    unreadable,
)
from pysync.model.change import Change
from pysync.model.decision import Decision
from pysync.ports import DecidedRow, LogRow, StoreMeta
from pysync.values.jsontext import parse_json

REJECTED: Final = 1_000
RECENT: Final = 500
"""Decided batches that a tab offers a new leader again where no store keeps them."""


class Owner(Protocol):
    """Who is told what the books say."""

    def is_present(self, tab: str) -> bool:
        """Whether that tab is open and awake as far as this one knows (itself included)."""

    def decided(self, seq: int, change: Change, decision: Decision | None) -> None:
        """An entry was confirmed; None: applied as sent."""

    def batch_decided(self, batch: Batch, special: Mapping[int, Decision], *, own: bool) -> None:
        """All of a batch was confirmed, with these exceptions; `own`: a tab of this device made
        it."""


class Books:
    """What one tab knows of the batches of a space."""

    def __init__(self, *, tab: str, shared: bool, replica: Replica, owner: Owner) -> None:
        self.open: dict[str, Batch] = {}
        """Batches known and not decided, by id."""
        self.rejected: dict[str, tuple[str, str]] = {}
        """Batches that no relay will ever take, the newest REJECTED, and why: code and message."""
        self.unheard: dict[str, Batch] = {}
        """Batches that are in a state which was taken over, and of which it was not heard yet what
        became of them, by id."""
        self.told: frozenset[str] = frozenset()
        """Undecided batches that were decided in a log that this one took the place of: their
        authors have been told, and keep no function of them."""
        self.void: Mapping[str, tuple[int, ...]] = {}
        """Batches of which changes had no effect in a log that this one took the place of -> which
        ones of them; () for all."""
        self.log_key = 0
        """The highest log key of a decided batch."""
        self.last = ""
        """The batch that was decided last."""
        self.generation = 0
        """Of what is stored, when it was loaded."""
        self.unreadable = 0
        """Stored rows that could not be read: kept, skipped, counted."""
        self._told_unreadable = 0
        self.term = 0
        """Without a shared store: the term under which the newest entry here was decided."""
        self.recent: deque[Batch] = deque(maxlen=RECENT)
        """Without a shared store: the batches decided last. A new leader may not know them."""
        self._tab = tab
        self._shared = shared
        self._replica = replica
        self._owner = owner

    def begin(
        self, meta: StoreMeta, void: Mapping[str, tuple[int, ...]], unheard: Mapping[str, str]
    ) -> None:
        """The store was read, perhaps anew: its verdicts come next. What is open stays so;
        `unheard` are the frames of batches of which nothing was heard, by id."""
        self.void = void
        for batch_id, text in unheard.items():
            try:
                self.unheard[batch_id] = parse_batch(text, self._replica.schema)
            except ProtocolError:
                self.unreadable += 1
        self.log_key, self.last, self.generation = meta.log_key, meta.last, meta.generation

    def newly_unreadable(self) -> str:
        """In words, what could not be read since this was last asked; "" if there is no such."""
        more, self._told_unreadable = self.unreadable - self._told_unreadable, self.unreadable
        total = self.unreadable
        return f"{more} stored entries, {total} in all: kept and passed over" if more else ""

    def predict_again(self) -> None:
        """The state was replaced: what is open and not decided in it is pending on it, also what
        was in the state before and is not in this one."""
        for batch in [each for each in self.unheard.values() if not self.was_decided(each)]:
            self.open[batch.id] = self.unheard.pop(batch.id)
        for batch in list(self.open.values()):
            if batch.changes and self.was_decided(batch):
                self.unheard[batch.id] = self.open.pop(batch.id)
            elif self._is_over(batch.id):
                del self.open[batch.id]
            else:
                self._replica.hear(batch.changes)

    # -- batches ----------------------------------------------------------------------------------

    def hear(self, batch: Batch) -> bool:
        """Another tab posted it; False if that is no news."""
        if batch.id in self.open or self._is_over(batch.id) or self.was_decided(batch):
            return False
        self.open[batch.id] = batch
        self._replica.hear(batch.changes)
        return True

    def take_in(self, rows: Sequence[LogRow]) -> tuple[list[Batch], bool]:
        """Know every batch of these rows of the log, in their order; with it, whether all of them
        are known now: a body may be missing that was left out because it was known when asked."""
        found: list[Batch] = []
        for row in rows:
            if row.key <= self.log_key or self._is_over(row.batch):
                continue
            batch = self.open.get(row.batch)
            if batch is None and row.body is not None:
                try:
                    batch = parse_batch(row.body, self._replica.schema)
                except ProtocolError:
                    self.unreadable += 1
                    batch = unreadable(row.batch, row.body)
                self.open[row.batch] = batch
                self._replica.hear(batch.changes)
            if batch is None:
                return found, False
            if batch.changes and self.was_decided(batch):
                self.open.pop(row.batch, None)
                continue
            batch.key = row.key
            found.append(batch)
        return found, True

    def knows(self, batch_id: str) -> bool:
        """Whether the body of that batch need not be read."""
        return batch_id in self.open

    def was_decided(self, batch: Batch) -> bool:
        """Whether its verdict was applied here."""
        return self._replica.was_decided(batch.tab, batch.last)

    def _is_over(self, batch_id: str) -> bool:
        """Whether nothing will come of it any more."""
        return batch_id in self.rejected or self.void.get(batch_id) == ()

    def awaits(self, tab: str, n: int) -> bool:
        """Whether it is not known yet what became of that change, which is in the state."""
        return any(b.tab == tab and b.first <= n <= b.last for b in self.unheard.values())

    def reject(self, batch_id: str, code: str, message: str) -> None:
        """It is in the log and will never be decided: not to be taken in again."""
        self.rejected[batch_id] = (code, message)
        while len(self.rejected) > REJECTED:
            del self.rejected[next(iter(self.rejected))]

    def forget(self, batch: Batch) -> None:
        """It will never be decided: what it was predicted to do is taken back."""
        self.open.pop(batch.id, None)
        self._replica.drop([change.id for change in batch.changes])

    def ours_to_tell(self) -> list[Batch]:
        """Undecided batches that nobody else tells: our own, and those of tabs that are gone."""
        tabs = {batch.tab for batch in self.open.values()}
        away = {tab for tab in tabs if tab != self._tab and not self._owner.is_present(tab)}
        return [b for b in self.open.values() if b.tab == self._tab or b.tab in away]

    def known_of(self, tab: str) -> int:
        """The highest number of that tab's changes that is known here."""
        heard = [batch.last for batch in self.open.values() if batch.tab == tab]
        return max([self._replica.heads.get(tab, 0), *heard])

    def lacks(self, tab: str) -> bool:
        """Whether a change of that tab was passed over, and is not known here."""
        skipped = self._replica.skipped.get(tab)
        if not skipped or self._shared:
            return False
        first = min(skipped)
        return not any(b.tab == tab and b.first <= first <= b.last for b in self.open.values())

    # -- verdicts ---------------------------------------------------------------------------------

    def apply(self, decided: Round) -> None:
        """Verdicts that were committed just now, the next ones in order."""
        rows = zip(decided.rows, decided.batches, decided.decisions, strict=True)
        with self._replica.together():
            for row, batch, special in rows:
                self._confirm(row, batch, special)

    def announced(self, rows: Sequence[Any], term: int) -> bool:
        """Rows of an announcement; False if something before them, or a batch, is missing here.
        Raises ProtocolError."""
        with self._replica.together():
            return all(self._announced_row(row, term) for row in rows)

    def _announced_row(self, row: Any, term: int) -> bool:
        if not isinstance(row, list) or not 4 <= len(row) <= 6:
            raise ProtocolError("a verdict has four parts, then exceptions and the batch")
        seq, count, key, batch_id, special, text = (*row, 0, "")[:6]
        if type(seq) is not int or type(count) is not int or type(key) is not int:
            raise ProtocolError("seq, count and key are integers")
        if type(batch_id) is not str or count < 1:
            raise ProtocolError("a verdict names its batch and counts its changes")
        if seq + count - 1 <= self._replica.seq:
            return True
        if text == STORED:
            return False
        batch = self._as_told(batch_id, text)
        if batch is None and text:
            batch = parse_batch(text, self._replica.schema)
        if seq != self._replica.seq + 1 or batch is None or len(batch.changes) != count:
            return False
        verdict = DecidedRow(seq, count, key, batch_id, term, "", ())
        self._confirm(verdict, *judged(batch, special, count))
        return True

    def load(self, rows: Sequence[tuple[DecidedRow, str]]) -> None:
        """Verdict rows from the store, with their batches: what follows of them is applied."""
        with self._replica.together():
            for row, text in rows:
                if row.seq + row.count - 1 <= self._replica.seq:
                    continue
                if row.seq != self._replica.seq + 1:
                    break
                self.load_decided(row, text)

    def _as_told(self, batch_id: str, text: str) -> Batch | None:
        """The open batch of that name, if it is the one that was decided: where the relay hides
        something from this device it is told less of a batch than it may still hold."""
        batch = self.open.get(batch_id)
        return batch if batch is not None and (not text or text == batch.text) else None

    def load_decided(self, row: DecidedRow, text: str) -> None:
        """Apply one verdict row from the store."""
        batch = self._as_told(row.batch, text)
        special: dict[int, Decision] = {}
        try:
            decided = parse_json(row.body) if row.body else 0
            special = decode_special(decided, row.count)
            if batch is None:
                batch = parse_batch(text, self._replica.schema)
            batch = set_right(batch, decided)
        except (ProtocolError, ValueError):
            self.unreadable += 1
            batch = unreadable(row.batch, text)
        self._confirm(row, batch, special)

    def _confirm(self, row: DecidedRow, batch: Batch, special: dict[int, Decision]) -> None:
        known = self.open.pop(row.batch, None)
        self.last = row.batch
        self.log_key = max(self.log_key, row.log_key)
        if special.get(0) == UNREADABLE:
            # The leader could not read it (a newer build wrote it): all of it is refused, also
            # where it can be read.
            self._replica.void(batch.changes)
            for change in batch.changes:
                self._owner.decided(row.seq, change, UNREADABLE)
            batch = Batch(batch.tab, batch.first, (), batch.text, batch.key)
        for at, change in enumerate(batch.changes[: row.count]):
            decision = special.get(at)
            try:
                self._replica.confirm(row.seq + at, change, decision)
            except SyncError:
                # It stands on something that could not be read here: kept, skipped, counted.
                self.unreadable += 1
                self._replica.pass_over(row.seq + at)
            self._owner.decided(row.seq + at, change, decision)
        self._replica.pass_over(row.seq + row.count - 1)
        if not self._shared:
            self.term = max(self.term, row.term)
            self.recent.append(batch)
        ours = known is not None and known.key is not None
        own = ours or row.log_key > 0 or batch.key is not None or not self._shared
        self._owner.batch_decided(batch, special, own=own)
