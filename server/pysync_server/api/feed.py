"""The feed: changes of a space as server-sent events, for a program that follows them.

A reader is a connection of the relay like any other, so it gets entries in order, each once and
without a gap, and a slow one costs a bounded queue. An event's id names the epoch and the entry
that it ends, which is where one can go on.

FEED-1 an event has an id only if everything up to there was told. Floor: `machines`, `relay.space`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import lru_cache
from typing import Any, Final

from pysync.machines.batches import parse_batch
from pysync.machines.relay_frames import (
    ENTRIES,
    REFUSE,
    Cursor,
    Heard,
    Hello,
    decode_frame,
    read_entries,
)
from pysync.machines.rounds import judged
from pysync.model.change import ADD, CREATE, DELETE, Op
from pysync.model.decision import is_void
from pysync.model.schema import Schema
from pysync.values.clock import wall_of
from pysync.values.jsontext import json_text, parse_json
from pysync_server.api.callers import Caller
from pysync_server.relay.queue import FrameQueue
from pysync_server.relay.space import SpaceHost

BEAT_SECONDS: Final = 15.0
"""How often something is sent, so that both ends see whether the other one lives."""
ANOTHER_LOG: Final = "another-log"
CLEANED_UP: Final = "cleaned-up"
_RESETS: Final = {
    ANOTHER_LOG: "that place is not in this log: read everything again, then go on from this id",
    CLEANED_UP: "what followed that place was cleaned up: read everything again, then go on from"
    " this id",
}
_KINDS: Final = {CREATE: "create", ADD: "add", DELETE: "delete"}


class Reader:
    """One reader's connection."""

    kind = "feed"

    def __init__(self, id_: str, caller: Caller) -> None:
        self.id = id_
        self._caller = caller
        self._queue: FrameQueue | None = None
        self._news = asyncio.Event()
        self._ended = False

    def send(self, text: str) -> None:
        """The space says something."""
        if self._queue is not None:
            self._queue.put(text)
            self._news.set()

    def close(self, _code: int = 0, _reason: str = "") -> None:
        """Nothing more is said after what waits."""
        self._ended = True
        self._news.set()

    async def events(self, space: SpaceHost, after: Cursor | None) -> AsyncIterator[str]:
        """The text of the stream behind a place, or of what is new, in a space it has joined."""
        queue = self._queue = FrameQueue(self, space)
        place = space.place()
        why = _gap(after, place, space.floor) if after is not None else ""
        known = after is not None and not why
        yield _reset(place, why) if why else ": following\n\n"
        shown = space.place(self._caller.rights(space.view.schema))
        start = shown._replace(seq=after.seq) if after is not None and known else shown
        await space.heard(self, Hello(device="api-feed", life="f", cursor=start).encode())
        while True:
            while queue:
                frame = decode_frame(queue.take())
                if frame.type == ENTRIES:
                    for row in read_entries(frame):
                        yield _told(place.epoch, row, space.view.schema)
                elif frame.type == REFUSE:
                    # No entry begins behind the place that was named, or it was just cleaned up.
                    yield _reset(space.place(), ANOTHER_LOG)
                    return
                queue.eased()
            if self._ended or space.failure:
                return
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), BEAT_SECONDS)
            except TimeoutError:
                yield ": alive\n\n"


def _gap(after: Cursor, place: Cursor, floor: int) -> str:
    """Why what follows that place cannot be told without a gap; "" if it can."""
    if after.epoch != place.epoch or after.seq > place.seq:
        return ANOTHER_LOG
    return CLEANED_UP if after.seq + 1 < floor else ""


def _reset(place: Cursor, why: str) -> str:
    data = json_text({"code": why, "message": _RESETS[why]})
    return f"event: reset\nid: {place.epoch}:{place.seq}\ndata: {data}\n\n"


def _told(epoch: str, row: Heard, schema: Schema) -> str:
    """The events of one entry; a comment with its place if there are none."""
    last = row.seq + row.count - 1
    special = json_text(row.special) if row.special else ""
    read = _read(row.text, special, row.seq, row.count, _Kept(schema))
    events = [f"event: change\ndata: {data}\n" for data in read]
    if not events:
        # An event without data is not dispatched, but moves the place.
        return f"id: {epoch}:{last}\n\n"
    events[-1] = f"id: {epoch}:{last}\n{events[-1]}"
    return "\n".join(events) + "\n"


class _Kept:
    """A schema, of which a server has one: it is no part of what is asked."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and other.schema is self.schema

    def __hash__(self) -> int:
        return id(self.schema)


@lru_cache(maxsize=64)
def _read(text: str, special: str, seq: int, count: int, kept: _Kept) -> tuple[str, ...]:
    """The changes of an entry as JSON, read once for all readers."""
    return tuple(_events(text, special, seq, count, kept.schema))


def _events(text: str, special: str, seq: int, count: int, schema: Schema) -> Iterator[str]:
    batch, decisions = judged(parse_batch(text, schema), parse_json(special or "0"), count)
    for at, change in enumerate(batch.changes):
        decision = decisions.get(at)
        if is_void(decision):
            continue
        ops = change.ops if decision is None or decision.as_sent else decision.writes
        records = [_record(op) for op in ops]
        yield json_text(
            {
                "seq": seq + at,
                "at": wall_of(change.mark.stamp),
                "author": change.meta.author,
                "label": change.meta.label,
                "records": records,
            }
        )


def _record(op: Op) -> dict[str, Any]:
    told: dict[str, Any] = {"key": op.key, "id": op.rid, "kind": _KINDS.get(op.kind, "set")}
    if op.fields or op.kind != DELETE:
        told["fields"] = dict(op.fields)
    if op.gone:
        told["gone"] = list(op.gone)
    return told
