"""The frames by which a device pushes, and is told what became of what it pushed long ago.

Floor: `relay_frames`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from pysync.errors import ProtocolError
from pysync.machines.relay_frames import (
    KNOWN,
    MAX_BATCHES,
    PUSH,
    EntryRow,
    RelayFrame,
    encode_frame,
)
from pysync.values.jsontext import parse_json


class Push(NamedTuple):
    """What the first line of a push says."""

    sent: int
    """The device's clock, ms since 1970; 0 if it has none."""
    gone: frozenset[str]
    """Of its authors those that are closed, and run no function again."""
    void: Mapping[str, frozenset[int]]
    """Batch -> which of its changes had no effect in a log that was put back since: nor will they
    have any now, for their author was told so. A batch that the relay failed on is named without a
    place once it is given up: nothing waits for it any more."""


def encode_push(
    sent: int,
    texts: Sequence[str],
    gone: Sequence[str] = (),
    void: Mapping[str, Collection[int]] | None = None,
) -> str:
    """The frame that pushes these batches."""
    parts: list[Any] = [sent]
    if gone or void:
        parts.append(list(gone))
    if void:
        parts.append({batch: sorted(places) for batch, places in void.items()})
    return encode_frame(PUSH, *parts, lines=[*texts])


def read_push(frame: RelayFrame) -> Push:
    """What a push says besides its batches. Raises ProtocolError."""
    if not 1 <= len(frame.parts) <= 3 or not is_clock(frame.parts[0]):
        raise ProtocolError("a push says when it was sent, whose tabs are gone, and what is void")
    if len(frame.lines) > MAX_BATCHES:
        raise ProtocolError(f"more than {MAX_BATCHES} batches in one push")
    gone = frame.parts[1] if len(frame.parts) > 1 else []
    if type(gone) is not list or any(type(tab) is not str for tab in gone):
        raise ProtocolError("tabs that are gone are a list of names")
    void = frame.parts[2] if len(frame.parts) > 2 else {}
    if type(void) is not dict:
        raise ProtocolError("what is void is an object of lists of places")
    return Push(frame.parts[0], frozenset(gone), {name: _places(at) for name, at in void.items()})


def is_clock(value: object) -> bool:
    """Whether this may be what a clock shows, in ms since 1970."""
    return type(value) is int and 0 <= value < 1 << 53


def _places(value: object) -> frozenset[int]:
    if type(value) is not list or any(type(at) is not int for at in value):
        raise ProtocolError("what is void are places in a batch")
    return frozenset(value)


def encode_known(row: EntryRow) -> str:
    """The frame that says what became of a batch, for whoever is not sent its entry."""
    return encode_frame(KNOWN, row.batch, parse_json(row.special) if row.special else 0)


def read_known(frame: RelayFrame) -> tuple[str, Any]:
    """A batch, and its exceptions as JSON: 0 for none. Raises ProtocolError."""
    if len(frame.parts) != 2 or type(frame.parts[0]) is not str:
        raise ProtocolError("what is known is a batch and its exceptions")
    return frame.parts[0], frame.parts[1]
