"""What the log of a space holds, as its host reads it. Floor: `machines`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pysync.machines.relay_frames import EntryRow
from pysync.model.change import Ref


@dataclass(frozen=True, slots=True)
class StoredSpace:
    """What the log of a space holds."""

    epoch: str
    snapshot_seq: int
    snapshot: Mapping[str, str]
    entries: Sequence[EntryRow]
    """Those behind the snapshot, in order."""
    authors: Mapping[str, str]
    """Tab -> the device that sent its batches first."""
    ancestors: Sequence[str] = ()
    """The epochs of which this log is a restored copy."""
    floor: int = 1
    """The first seq that the log can still be read from (`folding`)."""
    erased: Sequence[tuple[Ref, int]] = ()
    """People who were ever erased, by a record of theirs, and when (ms since 1970): a log that was
    put back may hold them again."""
