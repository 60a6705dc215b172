"""What a host gives a space that comes to a relay, and the words for how that goes.

Floor: `executor`.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Literal, Protocol

from pysync.executor import Executor
from pysync.machines.tab import Tab
from pysync.ports import Beginning, Store

Stage = Literal["idle", "looking", "looked", "uploading", "uploaded", "switching", "joined"]
Trouble = Literal["", "unreachable", "signed-out", "refused", "not-saved"]


class Ways(Protocol):
    """What a host gives: the ways to the relay's space."""

    def fetch(self) -> Awaitable[Beginning]:
        """The relay's state. Raises RelayUnreachable, or SignInNeeded."""
        ...

    def carry(self, name: str, store: Store) -> tuple[Tab, Executor]:
        """A tab of that space on this store alone, which follows the relay; not started yet."""
        ...
