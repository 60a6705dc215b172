"""Folding: the log of a space grows no further back than the space wants to keep versions.

Entries that are older than that, and part of the stored snapshot, are taken out of the log, a lot
at a time. The **floor** is the first seq that can still be read. Of what was folded away a few
bytes a batch are kept: its name, what it was (a check sum) and what became of it.

FOLD-1 nothing is folded away that is younger than the space keeps versions, or that the stored
snapshot lacks; a space that says nothing keeps everything. FOLD-2 a batch that was folded away is
known for ever: sent again it is not decided again, its author is told what became of it, and other
bytes under its name are refused. FOLD-3 a device or program whose cursor lies below the floor is
told so, and what to do; it is sent nothing that has a gap. Floor: `effects`, `machines`.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from pysync.machines.effects import Moment, SetTimer
from pysync.machines.redaction import is_redacted
from pysync.machines.relay_frames import EntryRow
from pysync.relay.effects import Fold, RelayEffect
from pysync.values.jsontext import json_text, parse_json

TIMER: Final = "folding.next"
DAY_MS: Final = 86_400_000
EVERY_MS: Final = 3_600_000
"""How often it is looked whether something became too old."""
BETWEEN_MS: Final = 20.0
"""Between two lots: others need the disk, too."""
PROGRAMS: Final = "api-"
"""Begins the origin of what a program sent, by which it is found when it is sent again."""
_CODE: Final = 3
_WORDS: Final = 5
"""Of an exception: the place, the outcome, its code, message and parameters. What was written, and
the values that were not shown, are versions, and are cleaned up."""


class Folding:
    """When something is to be folded away, and up to where. `floor` is the first seq that can be
    read."""

    def __init__(self, floor: int, out: list[RelayEffect]) -> None:
        self.floor = floor
        self._out = out
        self._begun = False

    def begin(self, now: Moment) -> None:
        """Somebody uses the space; harmless when repeated."""
        if not self._begun:
            self._begun = True
            self._out.append(SetTimer(TIMER, now.mono + BETWEEN_MS))

    def woke(self, name: str, now: Moment, days: int, snapshot_seq: int) -> None:
        """A timer is due: fold a lot away, if the space keeps versions for so many days (0: for
        ever)."""
        if name != TIMER:
            return
        if days and self.floor <= snapshot_seq:
            self._out.append(Fold(now.wall - days * DAY_MS, snapshot_seq))
        else:
            self._out.append(SetTimer(TIMER, now.mono + EVERY_MS))

    def folded(self, floor: int, now: Moment, *, more: bool) -> None:
        """The disk did what it could of a lot; `more`: there may be another one."""
        self.floor = floor
        self._out.append(SetTimer(TIMER, now.mono + (BETWEEN_MS if more else EVERY_MS)))


@dataclass(frozen=True, slots=True)
class Folded:
    """What is kept of an entry that was folded away."""

    batch: str
    seq: int
    count: int
    origin: str
    """"" unless a program sent it."""
    digest: bytes
    """Of the batch's text; empty where something of that had gone (`redaction`): then any is."""
    special: str
    """What became of it where that was not "applied as sent", without any value."""

    def entry(self, text: str) -> EntryRow:
        """The entry again, with `text` if that is the batch, else without one."""
        known = text if self.digest in (b"", digest_of(text)) else ""
        return EntryRow(self.seq, self.count, self.batch, self.origin, known, self.special)


def fold(row: EntryRow) -> Folded:
    """What is to be kept of this entry."""
    origin = row.origin if row.origin.startswith(PROGRAMS) else ""
    digest = b"" if is_redacted(row.text) else digest_of(row.text)
    return Folded(row.batch, row.seq, row.count, origin, digest, _words(row.special))


def digest_of(text: str) -> bytes:
    """By which a batch is told from another one of its name."""
    return blake2b(text.encode(), digest_size=8).digest()


def wordless(special: str) -> str:
    """Exceptions without what rules said to people, which may name somebody who was erased."""
    return json_text([[*row[:_CODE], "", {}, [], []] for row in parse_json(special)])


def _words(special: str) -> str:
    rows: list[Any] = parse_json(special) if special else []
    told = [[*row[:_WORDS], [], []] for row in rows if type(row) is list]
    return json_text(told) if told else ""
