"""Hydration: how a tab gets the state, from the store and from its peers.

With a shared store the store has everything but what it refused so far; a peer answers a request
with just those batches. Without one the leader answers with its whole confirmed state, in parts,
and with what is undecided. Nobody waits for an answer: a frozen peer cannot hold up a new tab.

HYD-1 an answer older than what is known changes nothing. HYD-2 undecided changes known here survive
taking over a peer's state. Floor: `ledger`, `replica`, `model.snapshot`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pysync.errors import ProtocolError
from pysync.machines import messages
from pysync.machines.batches import Batch, parse_batch
from pysync.machines.effects import Effect, Moment, Post
from pysync.machines.ledger import Ledger
from pysync.machines.messages import Frame
from pysync.machines.replica import Replica
from pysync.machines.snapshots import Snapshots
from pysync.model.cell import Cell
from pysync.model.snapshot import (
    CONFLICTS_ROW,
    HEADS_ROW,
    bucket_of,
    pack,
    pack_conflicts,
    pack_heads,
    unpack,
    unpack_conflicts,
    unpack_heads,
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
        ledger: Ledger,
        snapshots: Snapshots,
        shared: bool,
        out: list[Effect],
    ) -> None:
        self.newest_stamp = 0
        self._tab = tab
        self._replica = replica
        self._ledger = ledger
        self._snapshots = snapshots
        self._shared = shared
        self._out = out
        self._parts: dict[tuple[str, int], dict[str, str]] = {}

    # -- from the store ---------------------------------------------------------------------------

    def load(self, loaded: Loaded) -> None:
        """Take everything the store holds. Raises StoreCorrupt, ProtocolError."""
        replica = self._replica
        rows = {**loaded.seed, **loaded.snapshot}
        for key, rid, cell in self._cells(rows):
            replica.load_cell(key, rid, cell)
        replica.seq = loaded.meta.snapshot_seq
        for row, text in loaded.decided:
            self._ledger.load_decided(row, text)
        self._ledger.log_key = max(self._ledger.log_key, loaded.meta.log_key)
        self._ledger.load_tail(loaded.tail)

    def _cells(self, rows: Mapping[str, str]) -> Iterator[tuple[str, str, Cell]]:
        for name, text in rows.items():
            if name == CONFLICTS_ROW:
                for conflict in unpack_conflicts(text):
                    self._replica.conflicts[conflict.id] = conflict
            elif name == HEADS_ROW:
                self._replica.heads.update(unpack_heads(text))
            else:
                key = name.rpartition("/")[0]
                for rid, cell in unpack(name, text):
                    self.newest_stamp = max(self.newest_stamp, cell.rev.stamp)
                    self._snapshots.holds(name, rid)
                    yield key, rid, cell

    # -- from peers -------------------------------------------------------------------------------

    def ask(self, now: Moment) -> None:
        """Ask the others for what the store cannot tell; without a store, tell ours again too."""
        self._post(messages.STATE_REQUEST, {"have": self._replica.seq, "keys": None}, now)
        if not self._shared:
            for batch in self._ledger.open.values():
                if batch.tab == self._tab:
                    self._out.append(Post(batch.text))

    def asked(self, frame: Frame, unsaved: Iterable[Batch], answers: bool, now: Moment) -> None:
        """Another tab asks. Raises ProtocolError."""
        if not isinstance(frame.payload, dict) or type(frame.payload.get("have")) is not int:
            raise ProtocolError("a request says what it has")
        if self._shared:
            self._answer(frame.tab, {}, [batch.text for batch in unsaved], now)
        elif answers:
            rows = self._rows() if frame.payload["have"] < self._replica.seq else {}
            self._answer(frame.tab, rows, [b.text for b in self._ledger.open.values()], now)
        else:
            own = [b.text for b in self._ledger.open.values() if b.tab == self._tab]
            self._answer(frame.tab, {}, own, now)

    def _rows(self) -> dict[str, str]:
        buckets: dict[str, list[tuple[str, Cell]]] = {}
        replica = self._replica
        for key, records in replica.view.cells.items():
            for rid in records:
                cell = replica.confirmed.cell(key, rid)
                if cell is not None:
                    buckets.setdefault(bucket_of(key, rid), []).append((rid, cell))
        rows = {name: pack(cells) for name, cells in buckets.items()}
        rows[CONFLICTS_ROW] = pack_conflicts(replica.conflicts.values())
        rows[HEADS_ROW] = pack_heads(replica.heads)
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
                "seq": self._replica.seq if rows else 0,
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
        seq, part, rows = payload.get("seq"), payload.get("part"), payload.get("rows")
        if type(seq) is not int or not isinstance(rows, dict) or not isinstance(part, list):
            raise ProtocolError("an answer has seq, part and rows")
        if self._shared or seq <= self._replica.seq:  # HYD-1
            return
        collected = self._parts.setdefault((sender, seq), {})
        collected.update(rows)
        if part[0] < part[1]:
            return
        self._parts.clear()
        still_open = list(self._ledger.open.values())
        self._ledger.open.clear()
        self._replica.replace((), seq)
        for key, rid, cell in self._cells(collected):
            self._replica.load_cell(key, rid, cell)
            self._replica.dirty.add((key, rid))
        for batch in still_open:  # HYD-2
            self._ledger.heard(batch, now)

    def _post(self, type_: str, payload: object, now: Moment) -> None:
        self._out.append(Post(messages.encode(type_, self._tab, now.wall, payload)))
