"""The owner: what the machines of a space's log ask of the tab they are part of, and tell it.

Floor: `confirming`, `events`.
"""

from __future__ import annotations

from typing import Protocol

from pysync.machines.cards import TabInfo
from pysync.machines.confirming import Confirming
from pysync.machines.effects import Moment
from pysync.machines.events import TabEvent
from pysync.machines.snapshots import Snapshots
from pysync.machines.who import Who
from pysync.model.schema import Schema


class Owner(Protocol):
    """Whose log it is."""

    now: Moment
    schema: Schema
    who: Who
    confirming: Confirming
    snapshots: Snapshots

    def leads_under(self) -> int:
        """The term to decide and to write under; 0 while this tab may not."""

    def is_present(self, tab: str) -> bool:
        """Whether that tab is open and awake as far as this one knows (itself included)."""

    def tabs(self) -> tuple[TabInfo, ...]:
        """The open tabs of the device that are awake, this one included."""

    def fenced(self, now: Moment) -> None:
        """The store says that somebody newer leads."""

    def anew(self) -> None:
        """What is stored was replaced since this tab read it."""

    def lagging(self, now: Moment) -> None:
        """Verdicts are missing and there is no shared store to read them from."""

    def after_verdicts(self, now: Moment) -> None:
        """It is known what became of changes: functions may have to run again."""

    def step(self) -> None:
        """There are verdicts to write."""

    def tell(self, event: TabEvent) -> None:
        """Something happened that the application must know."""
