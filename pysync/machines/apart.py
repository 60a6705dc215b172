"""Apart: other open tabs that stand on another store, because it was cleared under them.

A tab tells up to which entry it has confirmed, and it confirms only what was committed (LEDGER-1).
So if the store, read afterwards, holds less than a tab has told, that tab's store is not this one.

APART-1 nobody is taken for apart whose entries may still come. Floor: nothing below it.
"""

from __future__ import annotations

from collections.abc import Callable


class Apart:
    """Who told more than the store holds."""

    def __init__(self, is_present: Callable[[str], bool]) -> None:
        self._is_present = is_present
        self._ahead: dict[str, int] = {}
        """Tabs that told of entries that are not known here."""
        self._asked: dict[str, int] = {}
        """The same as of when the store was asked last."""
        self._proven: frozenset[str] = frozenset()

    def told(self, tab: str, seq: int, known: int) -> bool:
        """A tab tells its progress, this one is at `known`. Answers whether it is ahead."""
        if seq <= known:
            self._ahead.pop(tab, None)
            return False
        self._ahead[tab] = seq
        return True

    def asks(self) -> None:
        """The store is asked now."""
        self._asked = dict(self._ahead)

    def read(self, known: int) -> None:
        """The store has answered: all it held then is known."""
        self._proven = frozenset(tab for tab, seq in self._asked.items() if seq > known)

    @property
    def tabs(self) -> frozenset[str]:
        """The open tabs whose store is another one."""
        there = self._proven & self._ahead.keys()
        return frozenset(tab for tab in there if self._is_present(tab))
