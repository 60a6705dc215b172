"""A connection, as a space at the relay needs it."""

from __future__ import annotations

from typing import Protocol


class Peer(Protocol):
    """A connection, as a space needs it."""

    id: str
    kind: str  # of connection, in one word

    def send(self, text: str) -> None:
        """Queue a frame."""

    def close(self, code: int, reason: str) -> None:
        """Close it after what is queued."""
