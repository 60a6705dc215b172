"""Receipts: what a write answers, and the three levels that can be awaited. Floor: `ports`.

applied       at once: the change is in this tab's view when the call returns
durable       the store has it: it survives the death of the tab and of the browser
acknowledged  the relay has stored and decided it (without a relay this raises at once)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pysync.ports import Pledge

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Receipt(Generic[T]):
    """The answer to a write. `value` is what the command returned; `change_id` is "" if the write
    came to nothing, as when a field already had that value."""

    change_id: str
    value: T
    _durable: Callable[[str], Pledge]
    _acknowledged: Callable[[str], Pledge]

    @property
    def applied(self) -> bool:
        """Always true: a write that cannot be applied raises instead."""
        return True

    async def durable(self) -> None:
        """Wait until the change survives the browser. Raises NotDurable when the store refuses; the
        change is then still shown, kept in memory and offered again by itself."""
        if self.change_id:
            await self._durable(self.change_id)

    async def acknowledged(self) -> None:
        """Wait until the relay has the change: it is stored there, and decided. Without a network
        that takes as long as the network does.

        Raises Refused with the relay's reason if it did not take it (it is rolled back here, and
        kept among the dead letters), UsageError where the space follows no relay, NotDurable if the
        space is closed first.
        """
        if self.change_id:
            await self._acknowledged(self.change_id)
