"""The contract of the port `Shelf`: cases of a place that opens a shelf, more than once.

Floor: `shelf`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from pysync.machines.carried import Shelved
from pysync.shelf import Shelf


class ShelfPlace(Protocol):
    """Where the attachments of one space lie."""

    def open(self) -> Shelf:
        """Another shelf on this place, as another tab of the device has it."""


DATA: Final = bytes(range(256)) * 4_000
ROW: Final = Shelved("d1", len(DATA), "", 1.0, 2.5)
OTHER: Final = Shelved("d2", 1, "e1", 3.0, 4.0)


async def _rows(shelf: Shelf) -> list[Shelved]:
    return sorted(await shelf.rows(), key=lambda row: row.digest)


async def what_is_put_is_there_for_every_tab(place: ShelfPlace) -> None:
    """With all that is known of it."""
    one, two = place.open(), place.open()
    assert await _rows(one) == []
    assert await one.get("d1") is None
    await one.put(ROW, DATA)
    await one.put(OTHER, b"\x00")
    assert await _rows(two) == [ROW, OTHER]
    assert await two.get("d1") == DATA
    assert await two.get("d2") == b"\x00"
    one.close()
    two.close()


async def what_is_put_again_replaces_what_was_known(place: ShelfPlace) -> None:
    """The bytes under a digest are the same ever."""
    shelf = place.open()
    await shelf.put(OTHER, b"x")
    again = Shelved("d2", 1, "", 9.0, 9.0)
    await shelf.put(again, b"x")
    assert await _rows(shelf) == [again]
    shelf.close()


async def what_is_noted_changes_and_what_is_not_there_is_not_made(place: ShelfPlace) -> None:
    """The bytes stay as they are."""
    shelf = place.open()
    await shelf.put(ROW, DATA)
    noted = Shelved("d1", len(DATA), "77e5", 1.0, 7.0)
    await shelf.note(noted)
    await shelf.note(OTHER)
    assert await _rows(shelf) == [noted]
    assert await shelf.get("d1") == DATA
    shelf.close()


async def what_is_dropped_is_gone_for_every_tab(place: ShelfPlace) -> None:
    """With its bytes, and again without harm."""
    one, two = place.open(), place.open()
    await one.put(ROW, DATA)
    await two.drop("d1")
    await one.drop("d1")
    assert await _rows(one) == []
    assert await one.get("d1") is None
    one.close()
    two.close()


SHELF_CASES: Final[tuple[Callable[[ShelfPlace], Awaitable[None]], ...]] = (
    what_is_put_is_there_for_every_tab,
    what_is_put_again_replaces_what_was_known,
    what_is_noted_changes_and_what_is_not_there_is_not_made,
    what_is_dropped_is_gone_for_every_tab,
)
