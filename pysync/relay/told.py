"""Entries as they are told to guests who see the same of them. Floor: `projection`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pysync.machines.push_frames import encode_known
from pysync.machines.relay_frames import ENTRIES, EntryRow, encode_frame
from pysync.model.rights import Rights
from pysync.relay.projection import authors_of, project_entry


def known_to(row: EntryRow, sees: Rights | None, person: str) -> str:
    """The frame that tells who sent a batch what became of it."""
    if sees is not None:
        row = project_entry(row, sees, own=authors_of(row) <= {"", person})
    return encode_known(row)


class Told:
    """Entries as those are told them who see the same of them: encoded once, but for what a guest
    sent itself."""

    def __init__(self, rows: Sequence[EntryRow], sees: Rights | None) -> None:
        self._rows = rows
        self._sees = sees
        self._lines = [self._line(row, own=False) for row in rows]
        self._by_device: dict[str, list[int]] = {}
        for at, row in enumerate(rows):
            self._by_device.setdefault(row.origin.partition("/")[0], []).append(at)
        self._for_others = encode_frame(ENTRIES, lines=self._lines)

    def to(self, origin: str, person: str) -> str:
        """The frame for the guest of that origin, in whose session somebody of that name is."""
        places = self._by_device.get(origin.partition("/")[0])
        if not places:
            return self._for_others
        lines = self._lines.copy()
        for at in places:
            row = self._rows[at]
            if row.origin == origin:
                lines[at] = self._line(row, own=True)
            elif self._sees is not None and row.special and authors_of(row) == {person}:
                # Sent on an earlier connection: it may know why it was refused.
                # Not its text: the role may be another one than it was then.
                special = project_entry(row, self._sees, own=True).special
                shown = project_entry(row, self._sees, own=False)
                lines[at] = replace(shown, special=special).encode(own=False)
        return encode_frame(ENTRIES, lines=lines)

    def _line(self, row: EntryRow, *, own: bool) -> str:
        shown = project_entry(row, self._sees, own=own) if self._sees is not None else row
        return shown.encode(own=own and shown.text == row.text)
