"""What a host provides for attachments: a shelf that all tabs of the device share, and a way to the
relay. Floor: `machines.carried`.
"""

from __future__ import annotations

from typing import Protocol

from pysync.machines.carried import Shelved


class Shelf(Protocol):
    """Where the bytes lie on this device. Whatever is asked raises NotDurable where there is no
    answer: what is not there is another thing."""

    async def rows(self) -> list[Shelved]:
        """All that lies there, without the bytes."""

    async def get(self, digest: str) -> bytes | None:
        """The bytes."""

    async def put(self, row: Shelved, data: bytes) -> None:
        """Keep these bytes; they are durable when this answers."""

    async def note(self, row: Shelved) -> None:
        """It stands so, if it is still there."""

    async def drop(self, digest: str) -> None:
        """Let go of it."""

    def close(self) -> None:
        """Release everything."""


class Carrier(Protocol):
    """The way to the relay. A status is one of HTTP, 0 if nobody answered."""

    async def give(self, digest: str, data: bytes) -> int:
        """Send these bytes."""

    async def take(self, digest: str) -> tuple[int, bytes]:
        """Fetch them."""


class MemoryShelf:
    """A shelf for where nothing can be kept: tests, and pages whose storage is denied."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Shelved, bytes]] = {}

    async def rows(self) -> list[Shelved]:
        """All of them."""
        return [row for row, _ in self._kept.values()]

    async def get(self, digest: str) -> bytes | None:
        """One of them."""
        found = self._kept.get(digest)
        return found[1] if found is not None else None

    async def put(self, row: Shelved, data: bytes) -> None:
        """Keep it, as long as the process lives."""
        self._kept[row.digest] = (row, data)

    async def note(self, row: Shelved) -> None:
        """Keep how it stands."""
        if row.digest in self._kept:
            self._kept[row.digest] = (row, self._kept[row.digest][1])

    async def drop(self, digest: str) -> None:
        """Keep it no longer."""
        self._kept.pop(digest, None)

    def close(self) -> None:
        """There is nothing to release."""


class NoCarrier:
    """Where there is no relay."""

    async def give(self, digest: str, data: bytes) -> int:
        """Nobody answers."""
        return 0

    async def take(self, digest: str) -> tuple[int, bytes]:
        """Nobody answers."""
        return 0, b""
