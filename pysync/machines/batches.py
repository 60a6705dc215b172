"""Batches: the changes that one tab makes in one task, as they are posted and as they are stored.

The text of a batch is its `state-update` frame; the log keeps that very text. A batch is named by
its tab and the number of its first change, which makes its name unique and its order plain.
Floor: `messages`, `model.change`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from pysync.errors import ProtocolError
from pysync.machines import messages
from pysync.machines.messages import Frame
from pysync.model.change import Change, decode_change
from pysync.model.schema import Schema
from pysync.values.clock import stamp_at

_BATCH: Final = re.compile(r'\[\d+,"state-update","([^"]{1,64})",(\d{1,16}),\[(\d{1,16}),')
MAX_CHANGES = 5_000
"""Changes a frame may hold when read; writers cut at `outbox.CHUNK`."""
POINTER_CHARS = 65_536
"""A longer frame is stored first; then only its place is posted (a big one blocks every tab)."""


@dataclass(slots=True)
class Batch:
    """Changes first..first+len-1 of a tab. `key` is its place in the log once it is known."""

    tab: str
    first: int
    changes: tuple[Change, ...]
    text: str
    key: int | None = None
    id: str = field(init=False)
    """`tab.first`"""

    def __post_init__(self) -> None:
        self.id = f"{self.tab}.{self.first}"

    @property
    def last(self) -> int:
        """The number of the last change."""
        return self.first + len(self.changes) - 1

    def moved(self, ms: int) -> Batch:
        """The same batch, its changes made that much later (or earlier); its text stays."""
        return replace(self, changes=tuple([change.moved(ms) for change in self.changes]))

    def signed(self, names: Callable[[Change], tuple[str, str]]) -> Batch:
        """The same batch, of which guards take a change for the deed of the first of its two names,
        brought along by the second, "" if by nobody; its text stays."""
        changes = tuple([replace_names(each, *names(each)) for each in self.changes])
        return replace(self, changes=changes)


def replace_names(change: Change, author: str, brought_by: str) -> Change:
    """The same change as the deed of somebody else; the change itself is left as it is."""
    made = Change(change.mark, change.ops, change.meta, change.dropped, change.fitting)
    made.author, made.brought_by = author, brought_by
    return made


def encode_batch(tab: str, changes: list[Change], wall: float) -> Batch:
    """Make the frame of these changes."""
    first, since = changes[0].mark.n, stamp_at(wall)
    rows = [change.encode(first, since) for change in changes]
    text = messages.encode(messages.STATE_UPDATE, tab, wall, [first, rows])
    return Batch(tab, first, tuple(changes), text)


def encode_place(tab: str, first: int, key: int, wall: float) -> str:
    """A frame that tells only where in the log the batch lies."""
    return messages.encode(messages.STATE_UPDATE, tab, wall, [first, None, key])


def decode_batch(frame: Frame, text: str, schema: Schema) -> Batch | None:
    """Read a `state-update` frame; None if its changes lie in the log. Raises ProtocolError."""
    payload = frame.payload
    if type(payload) is not list or len(payload) < 2 or type(payload[0]) is not int:
        raise ProtocolError("an update is a number and its changes")
    first, rows = payload[0], payload[1]
    if rows is None:
        return None
    if type(rows) is not list or not 0 < len(rows) <= MAX_CHANGES:
        raise ProtocolError("changes are a list of bounded length")
    tab, since = frame.tab, stamp_at(frame.ts)
    changes = tuple([decode_change(tab, row, schema, first, since) for row in rows])
    for at, change in enumerate(changes, first):
        if change.mark.n != at:
            raise ProtocolError(f"change {change.mark.n} where {at} follows")
    return Batch(frame.tab, first, changes, text)


def parse_batch(text: str, schema: Schema) -> Batch:
    """Read a batch from the log. Raises ProtocolError."""
    frame = messages.decode(text)
    if frame.type != messages.STATE_UPDATE:
        raise ProtocolError(f"the log holds a {frame.type}")
    batch = decode_batch(frame, text, schema)
    if batch is None:
        raise ProtocolError("the log holds the place of a batch, not the batch")
    return batch


def name_of(text: str) -> str:
    """The name that the text of a batch gives itself; "" if it does not look like one.

    >>> name_of('[1,"state-update","t1",1700000000000,[4,[]]]')
    't1.4'
    """
    found = _BATCH.match(text)
    return f"{found[1]}.{found[3]}" if found else ""


def clock_of(text: str) -> int:
    """What its device's clock showed when this batch was made, ms since 1970.

    >>> clock_of('[1,"state-update","t1",1700000000000,[4,[]]]')
    1700000000000
    """
    found = _BATCH.match(text)
    return int(found[2]) if found else 0
