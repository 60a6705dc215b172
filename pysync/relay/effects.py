"""What a relay's space asks of its host, besides the timers and snapshots of `machines.effects`.

The host executes effects in order; commits and snapshots of a space must reach the disk in the
order in which they were asked for. Floor: `machines`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pysync.machines.effects import ClearTimer, SetTimer, WriteSnapshot
from pysync.machines.relay_frames import EntryRow
from pysync.model.change import Ref


@dataclass(frozen=True, slots=True)
class Send:
    """Send this frame on the connection."""

    conn: str
    text: str


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection, after what was sent on it; `left` need not be reported."""

    conn: str
    code: int
    """Of the WebSocket protocol."""
    reason: str


@dataclass(frozen=True, slots=True)
class Commit:
    """Append this entry to the log; reported by `committed(seq)` once it is on the disk, together
    with those before it, or by `failed`."""

    row: EntryRow
    erases: frozenset[Ref] = frozenset()
    """Records whose personal values leave, with this entry, all that the log holds."""


@dataclass(frozen=True, slots=True)
class ReadEntries:
    """Read committed entries behind `after`, a bounded lot of them; reported by `entries_read`.
    `follows` there: whether the entry that ends at `after` is of the batch `last`; "": any."""

    conn: str
    after: int
    last: str = ""


@dataclass(frozen=True, slots=True)
class Compare:
    """Read what the log holds under this batch's id; reported by `compared`."""

    conn: str
    batch: str
    text: str


@dataclass(frozen=True, slots=True)
class Fold:
    """Take a lot of the oldest entries out of the log (`folding`), from the first on as long as
    they arrived before this moment and end at `up_to` at most; reported by `folded`."""

    before: float
    """By the relay's clock, ms since 1970."""
    up_to: int


@dataclass(frozen=True, slots=True)
class Denied:
    """For the audit trail: changes that came on this connection were refused for want of rights, or
    somebody was erased by one."""

    conn: str
    message: str
    """Of the first."""
    count: int
    kind: str = "not permitted"
    """What the trail calls it."""


RelayEffect = (
    Send
    | Close
    | Commit
    | ReadEntries
    | Compare
    | Fold
    | Denied
    | SetTimer
    | ClearTimer
    | WriteSnapshot
)
