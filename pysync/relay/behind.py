"""What waits behind a batch on which the relay failed: what names the same records.

The device sends a failed batch again after a while. What it sent behind it, before it knew, would
be decided first and then be undone by the older batch, or be refused because a record that the
older one makes is not there. So of a device that says that it `waits`, batches on the same records,
and such as mention a record of it by a longer id, are answered by `waits` until the failed batch
was decided, or given up. Everything else goes on: one batch holds up only what needs it.

BEHIND-1 of one device's batches on one record none is decided before an earlier one that the relay
failed on and that is not given up. BEHIND-2 what is held ends with the connection, and is bounded.
Floor: `machines`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from pysync.machines import messages
from pysync.machines.batches import name_of
from pysync.model.change import Ref
from pysync.values.jsontext import json_text

MOST_HELD: Final = 512
"""Batches of one connection; what fails beyond holds up nothing."""
MENTION_MIN: Final = 8
"""Characters of an id that is looked for in values: shorter ones stand for much else."""
_OPS, _KEY, _RID = 2, 1, 2
"""Places in a change and in an op as they are written (`model.change`)."""


class _Held(NamedTuple):
    refs: frozenset[Ref]
    mentions: tuple[str, ...]


class Behind:
    """What one connection's device has to wait for."""

    def __init__(self, *, waits: bool = False) -> None:
        self._waits = waits
        self._held: dict[str, _Held] = {}
        """In the order in which they came first."""
        self._let_by = ""
        """One of these that is being decided: it is held no more, unless the relay fails on it."""

    def hold(self, text: str) -> None:
        """The relay failed on this batch."""
        name = name_of(text)
        if self._let_by == name:
            self._let_by = ""
        elif self._waits and len(self._held) < MOST_HELD and name not in self._held:
            refs = _refs(text)
            long = sorted({rid for _, rid in refs if len(rid) >= MENTION_MIN})
            self._held[name] = _Held(refs, tuple(json_text(rid) for rid in long))

    def first(self, text: str, given_up: Iterable[str]) -> str:
        """The batch for which this one has to wait, "" if it need not; those are given up."""
        for name in (self._let_by, *given_up) if self._held else ():
            self._held.pop(name, None)
        self._let_by = ""
        own, refs = name_of(text), _refs(text) if self._held else frozenset()
        for name, held in self._held.items():
            if name == own:
                self._let_by = own
                break
            if not refs.isdisjoint(held.refs) or any(each in text for each in held.mentions):
                self.hold(text)
                return name
        return ""


def _refs(text: str) -> frozenset[Ref]:
    """The records on which a batch is that was parsed once already."""
    changes = messages.decode(text).payload[1]
    return frozenset((op[_KEY], op[_RID]) for change in changes for op in change[_OPS])
