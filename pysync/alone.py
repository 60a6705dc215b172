"""Locks for a tab that no other tab can meet: whatever it asks for is its own. Floor: nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection


class OwnLocks:
    """`Locks` of an executor; all of them are free."""

    def __init__(self) -> None:
        self._held: set[str] = set()

    def request(
        self, name: str, steal: bool, granted: Callable[[], None], lost: Callable[[], None]
    ) -> None:
        """Have it."""
        self._held.add(name)
        granted()

    def release(self, name: str) -> None:
        """Give it back."""
        self._held.discard(name)

    def query(self, done: Callable[[Collection[str]], None]) -> None:
        """Names of the locks held."""
        done(set(self._held))

    def close(self) -> None:
        """Give everything back."""
        self._held.clear()
