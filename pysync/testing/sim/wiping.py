"""People in the simulation: what a relay's disk keeps of who was erased, and that nobody else does.

A value that is about a person begins with a marker of theirs. Healed, the markers of whoever was
erased are nowhere: not in a state, a conflict, a stored row of a device, nor at the relay.
Floor: `relay`, `world`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pysync.machines.redaction import Redaction
from pysync.machines.relay_frames import EntryRow
from pysync.model.change import Ref
from pysync.model.schema import ERASED, Schema

if TYPE_CHECKING:
    from pysync.testing.sim.page import Page
    from pysync.testing.sim.world import World

PEOPLE: Final = "people"
TRIPS: Final = "trips"
PERSONAL: Final = frozenset((PEOPLE, TRIPS))

Snapshot = tuple[int, dict[str, str]]


def marker(person: str) -> str:
    """How every value about that person begins."""
    return f"secret-{person}-"


class Wiping:
    """What erasing does to the relay's disk. Backups of before hold what was there before."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._originals: list[EntryRow] = []
        self._erased: dict[Ref, int] = {}
        self._erases: dict[str, frozenset[Ref]] = {}
        """By batch."""

    @property
    def erased(self) -> list[tuple[Ref, int]]:
        """The register, which outlives every restore."""
        return list(self._erased.items())

    def decided(self, row: EntryRow, erases: frozenset[Ref]) -> None:
        """An entry waits for the disk."""
        self._erases[row.batch] = erases

    def committed(
        self, log: list[EntryRow], rows: list[EntryRow], snapshot: Snapshot
    ) -> tuple[list[EntryRow], Snapshot]:
        """The log with these rows, and the snapshot, without whom they erase."""
        self._originals += rows
        return self._without([*log, *rows], snapshot, rows)

    def _without(
        self, log: list[EntryRow], snapshot: Snapshot, rows: Iterable[EntryRow]
    ) -> tuple[list[EntryRow], Snapshot]:
        refs = frozenset(ref for row in rows for ref in self._erases.get(row.batch, ()))
        if not refs:
            return log, snapshot
        redaction = Redaction(self._schema, refs)
        self._erased.update(dict.fromkeys(redaction.people, 1))
        left = [replace(row, text=t, special=s) for row, (t, s) in _entries(redaction, log)]
        return left, (snapshot[0], {n: redaction.row(n, text) for n, text in snapshot[1].items()})

    def restored(self, seq: int, snapshot: Snapshot) -> tuple[list[EntryRow], Snapshot]:
        """The log and the snapshot as a backup has them that was made when this was the head."""
        self._originals = [row for row in self._originals if row.last <= seq]
        return self._without(list(self._originals), snapshot, self._originals)


def _entries(
    redaction: Redaction, log: Iterable[EntryRow]
) -> Iterator[tuple[EntryRow, tuple[str, str]]]:
    for row in log:
        yield row, redaction.entry(row.text, row.special)


def erased_people(page: Page) -> list[str]:
    """Whoever was erased, as that page knows it."""
    cells: Mapping[str, object] = page.tab.view.cells.get(PEOPLE, {})
    return [rid for rid in cells if ERASED in page.tab.view.cell(PEOPLE, rid).fields]


def left_of_erased(world: World) -> str:
    """What a healed device still holds of whoever was erased; "" for nothing."""
    for page in world.pages:
        tab, found = page.tab, erased_people(page)
        held = {
            "the view": repr([cell.fields for key in PERSONAL & tab.view.cells.keys()
                              for cell in tab.view.cells[key].values()]),
            "conflicts": repr([each.encode() for each in tab.replica.conflicts.values()]),
            "the disk": repr(world.queue.disk) if world.shared else "",
        }  # fmt: skip
        for rid in found:
            for where, text in held.items():
                if marker(rid) in text:
                    at = text.index(marker(rid))
                    return f"{where} of {page.name} holds {text[max(0, at - 200) : at + 60]}"
    return ""
