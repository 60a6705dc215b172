"""The levels of an own write that can be awaited: durable (in the store), acknowledged (in the log
of the relay). Joins a tab's machine to those who wait. Floor: `machines`, `ports`.
"""

from __future__ import annotations

from pysync.acknowledgement import Acknowledgement
from pysync.durability import Durability
from pysync.errors import NotDurable, Refused, Unknown, UsageError
from pysync.machines.events import Saved, Settled, Superseded, TabEvent
from pysync.machines.tab import Tab
from pysync.model.decision import is_void
from pysync.ports import Host, Pledge


class Levels:
    """How far the writes of one tab have come."""

    def __init__(self, tab: Tab, host: Host) -> None:
        self._tab = tab
        self._host = host
        self._durability = Durability()
        self._acknowledgement = Acknowledgement(tab.reruns.latest, self._is_decided)

    def durable(self, change_id: str) -> Pledge:
        """A promise kept when that own change is in the store; broken with NotDurable while the
        store refuses it."""
        number = self._number(change_id)
        problem = self._tab.outbox.problem
        refusal = NotDurable(problem.reason) if problem is not None else None
        if not self._tab.stores:
            refusal = NotDurable("memory", "this page has no storage: keep it open")
        return self._durability.promise(number, self._host.pledge(), refusal)

    def acknowledged(self, change_id: str) -> Pledge:
        """A promise kept when the relay has that own change; broken with Refused if it refuses."""
        number = self._number(change_id)
        if self._tab.relayed.link.state == "none":
            raise UsageError("this space follows no relay: await durable() instead")
        return self._acknowledgement.promise(number, self._host.pledge())

    def take(self, event: TabEvent) -> None:
        """Something happened: perhaps a write has come further."""
        if isinstance(event, Saved):
            self._durability.saved(event.first, event.last)
        elif isinstance(event, Superseded):
            self._acknowledgement.superseded(event.numbers)
        elif isinstance(event, Settled) and event.change.mark.tab == self._tab.id:
            decision, refusal = event.decision, None
            if is_void(decision):
                refusal = Refused(decision.code, decision.message, decision.params)
            self._acknowledgement.settled(event.change.mark.n, refusal)

    def not_saved(self, reason: str) -> None:
        """The store takes nothing at the moment."""
        self._durability.failed(reason)

    def close(self) -> None:
        """The space is closed: whoever waits is told so."""
        self._durability.failed("closed", "the space was closed first")
        self._acknowledgement.failed(NotDurable("closed", "the space was closed first"))

    def _is_decided(self, n: int) -> bool:
        tab = self._tab
        known = tab.replica.was_decided(tab.id, n) and not tab.books.awaits(tab.id, n)
        return known and not tab.reruns.holds(n)

    def _number(self, change_id: str) -> int:
        tab, _, number = change_id.rpartition(".")
        if tab != self._tab.id or not number.isdecimal():
            raise Unknown(f"{change_id!r} is no change of this tab")
        return int(number)
