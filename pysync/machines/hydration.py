"""Hydration: how a tab gets the state, from the store and from its peers.

With a shared store the store has everything but what it refused so far; a peer answers a request
with just those batches. Without one the leader answers with its whole confirmed state, in parts,
and with what is undecided. Nobody waits for an answer: a frozen peer cannot hold up a new tab.

HYD-1 an answer older than what is known changes nothing. HYD-2 undecided changes known here survive
taking over a peer's state. Floor: `ledger`, `replica`, `model.snapshot`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pysync.errors import ProtocolError, StoreCorrupt
from pysync.machines import messages
from pysync.machines.batches import Batch, parse_batch
from pysync.machines.books import Books
from pysync.machines.buckets import Bucket, confirmed_buckets
from pysync.machines.cards import natural
from pysync.machines.effects import Effect, Moment, Post
from pysync.machines.ledger import Ledger
from pysync.machines.messages import Frame
from pysync.machines.replica import Replica
from pysync.machines.snapshots import Snapshots
from pysync.machines.void import unpack_void, void_places
from pysync.model.snapshot import (
    CONFLICTS_ROW,
    HEADS_ROW,
    Rows,
    pack,
    pack_conflicts,
    pack_heads,
    read_rows,
    row_name,
)
from pysync.ports import Loaded

PART_CHARS: Final = 500_000
"""Characters of one part of an answer."""


class Hydration:
    """Loads the store's rows, asks peers, answers them."""

    def __init__(
        self,
        *,
        tab: str,
        replica: Replica,
        books: Books,
        ledger: Ledger,
        snapshots: Snapshots,
        shared: bool,
        out: list[Effect],
    ) -> None:
        self.newest_stamp = 0
        self._tab = tab
        self._replica = replica
        self._books = books
        self._ledger = ledger
        self._snapshots = snapshots
        self._shared = shared
        self._out = out
        self._answer_id: tuple[str, int, int, int] | None = None
        self._parts: dict[int, dict[str, str]] = {}
        """The parts heard so far of the newest answer, by number."""

    # -- from the store ---------------------------------------------------------------------------

    def load(self, loaded: Loaded, *, again: bool = False) -> None:
        """Take everything the store holds, `again` if it was replaced. Raises StoreCorrupt."""
        rows = read_rows({**loaded.seed, **loaded.snapshot})
        replica = self._replica
        replica.replace(rows, loaded.meta.snapshot_seq, seen=again)
        self._books.begin(loaded.meta, void_places(unpack_void(rows.void)), rows.unheard)
        self._snapshots.loaded(loaded.meta.snapshot_seq)
        self.newest_stamp = max(self.newest_stamp, rows.newest_stamp)
        for row, text in loaded.decided:
            if row.seq != replica.seq + 1:
                raise StoreCorrupt(f"verdict {row.seq} follows {replica.seq}")
            self._books.load_decided(row, text)
        if again:
            self._books.predict_again()
        known = frozenset(self._books.open)
        self._ledger.load_tail(loaded.tail)
        if again:
            self._books.told = frozenset(self._books.open) - known

    # -- from peers -------------------------------------------------------------------------------

    def ask(self, now: Moment) -> None:
        """Ask the others for what the store cannot tell; without a store, tell again what is ours,
        and what somebody left who is gone."""
        payload = {"have": self._replica.seq, "term": self._books.term, "keys": None}
        self._post(messages.STATE_REQUEST, payload, now)
        if not self._shared:
            for batch in self._books.ours_to_tell():
                self._out.append(Post(batch.text))

    def asked(self, frame: Frame, unsaved: Iterable[Batch], answers: bool, now: Moment) -> None:
        """Another tab asks. Raises ProtocolError."""
        if not isinstance(frame.payload, dict) or type(frame.payload.get("have")) is not int:
            raise ProtocolError("a request says what it has")
        if self._shared:
            self._answer(frame.tab, {}, [batch.text for batch in unsaved], now)
        elif answers:
            term = natural(frame.payload.get("term", 0), "term")
            known = (self._books.term, self._replica.seq)
            rows = self._rows() if (term, frame.payload["have"]) < known else {}
            self._answer(frame.tab, rows, [b.text for b in self._books.open.values()], now)
        else:
            texts = [batch.text for batch in self._books.ours_to_tell()]
            self._answer(frame.tab, {}, texts, now)

    def _rows(self) -> dict[str, str]:
        replica = self._replica
        rows: dict[str, str] = {}
        looked_at: list[Bucket] = []
        for bucket in replica.view.buckets():
            packed = replica.view.packed(*bucket)
            if packed is not None:
                rows[packed.name] = packed.text
            else:
                looked_at.append(bucket)
        for bucket, cells in confirmed_buckets(replica, looked_at):
            name = row_name(*bucket)
            rows[name] = pack(name, cells)
        rows[CONFLICTS_ROW] = pack_conflicts(replica.conflicts.values())
        rows[HEADS_ROW] = pack_heads(replica.heads, replica.skipped)
        return rows

    def _answer(self, to: str, rows: dict[str, str], pending: list[str], now: Moment) -> None:
        parts: list[tuple[dict[str, str], list[str]]] = [({}, [])]
        size = 0
        for name, text in rows.items():
            if size + len(text) > PART_CHARS and size:
                parts.append(({}, []))
                size = 0
            parts[-1][0][name] = text
            size += len(text)
        for text in pending:
            if size + len(text) > PART_CHARS and size:
                parts.append(({}, []))
                size = 0
            parts[-1][1].append(text)
            size += len(text)
        if not rows and not pending:
            return
        for at, (some, texts) in enumerate(parts):
            payload = {
                "to": to,
                "term": self._books.term,
                "seq": self._replica.seq,
                "part": [at + 1, len(parts)],
                "rows": some,
                "pending": texts,
            }
            self._post(messages.STATE_RESPONSE, payload, now)

    def answered(self, frame: Frame, now: Moment) -> bool:
        """A peer answers; True if the state changed. Raises ProtocolError, StoreCorrupt."""
        payload = frame.payload
        if not isinstance(payload, dict) or not isinstance(payload.get("pending"), list):
            raise ProtocolError("an answer lists what is pending")
        if payload.get("to") != self._tab:
            return False
        self._take_state(frame.tab, payload, now)
        for text in payload["pending"]:
            self._ledger.heard(parse_batch(text, self._replica.schema), now)
        return True

    def _take_state(self, sender: str, payload: dict[str, Any], now: Moment) -> None:
        part, rows = payload.get("part"), payload.get("rows")
        seq = natural(payload.get("seq"), "seq")
        term = natural(payload.get("term", 0), "term")
        if not isinstance(rows, dict) or not isinstance(part, list) or len(part) != 2:
            raise ProtocolError("an answer has part and rows")
        if any(type(text) is not str for text in rows.values()):
            raise ProtocolError("rows are text")
        at, of = (natural(number, "part") for number in part)
        known = (self._books.term, self._replica.seq)
        if self._shared or not rows or (term, seq) <= known:  # HYD-1
            return
        answer = (sender, term, seq, of)
        if self._answer_id != answer:
            self._answer_id, self._parts = answer, {}
        self._parts[at] = rows
        if set(self._parts) < set(range(1, of + 1)):
            return
        whole = {name: text for some in self._parts.values() for name, text in some.items()}
        self._answer_id, self._parts = None, {}
        self._take_over(read_rows(whole).decode(), term, seq, now)

    def _take_over(self, rows: Rows, term: int, seq: int, now: Moment) -> None:
        overtaken = list(self._books.recent)
        undecided = [*self._books.open.values(), *overtaken]
        self._books.open.clear()
        self._books.recent.clear()
        self._books.term = term
        self._replica.replace(rows, seq)
        self._snapshots.took_over()
        self.newest_stamp = max(self.newest_stamp, rows.newest_stamp)
        for batch in undecided:  # HYD-2
            self._ledger.heard(batch, now)
        for batch in overtaken:
            if batch.id in self._books.open:
                # A former leader decided it and did not live to tell the present one.
                self._out.append(Post(batch.text))

    def _post(self, type_: str, payload: object, now: Moment) -> None:
        self._out.append(Post(messages.encode(type_, self._tab, now.wall, payload)))
