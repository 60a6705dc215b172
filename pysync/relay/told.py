"""Entries as they are told to guests who see the same of them. Floor: `projection`."""

from __future__ import annotations

from collections.abc import Sequence

from pysync.machines.push_frames import encode_known
from pysync.machines.relay_frames import ENTRIES, EntryRow, encode_frame
from pysync.model.rights import Rights
from pysync.relay.projection import project_entry


def known_to(row: EntryRow, sees: Rights | None) -> str:
    """The frame that tells who sent a batch what became of it."""
    return encode_known(project_entry(row, sees, own=True) if sees is not None else row)


class Told:
    """Entries as those are told them who see the same of them: encoded once, but for what a guest
    sent itself."""

    def __init__(self, rows: Sequence[EntryRow], sees: Rights | None) -> None:
        self._rows = rows
        self._sees = sees
        self._lines = [self._line(row, own=False) for row in rows]
        self._own: dict[str, list[int]] = {}
        for at, row in enumerate(rows):
            self._own.setdefault(row.origin, []).append(at)
        self._for_others = encode_frame(ENTRIES, lines=self._lines)

    def to(self, origin: str) -> str:
        """The frame for the guest of that origin."""
        places = self._own.get(origin)
        if not places:
            return self._for_others
        lines = self._lines.copy()
        for at in places:
            lines[at] = self._line(self._rows[at], own=True)
        return encode_frame(ENTRIES, lines=lines)

    def _line(self, row: EntryRow, *, own: bool) -> str:
        if self._sees is not None:
            row = project_entry(row, self._sees, own=own)
        return row.encode(own=own)
