"""Company: who else is here, on which records. Floor: `steering`, `machines.present`."""

from __future__ import annotations

from collections.abc import Callable

from pysync.listeners import Unsubscribe
from pysync.machines.present import NOBODY, Company, Present
from pysync.model.change import Ref
from pysync.steering import Steering

__all__ = ["Accompanied"]


class Accompanied(Steering):
    """The part of a space that says what this tab shows, and hears what others look at."""

    def __init__(self) -> None:
        super().__init__()
        self._known: tuple[Company, frozenset[Ref]] = (NOBODY, frozenset())

    def here(self, record: Ref | None = None) -> None:
        """Say that this tab shows that record, as (collection, record id); None: none in
        particular. What is said last holds until the tab closes, and while the page is visible.

        Whoever never says so takes no part: nobody sees this tab, and it sees nobody. Others hear
        within a second; nothing of it is kept. Raises UsageError once the space is closed.
        """
        self._check_open()
        self.tab.look(record or (), self.host.now())
        self.host.pump()

    @property
    def present(self) -> Company:
        """Who else is here on other devices, as the relay says; nobody while it is not there, or
        nothing was said with `here`. Of records only those that one's role may know of."""
        relayed = self.tab.relayed
        return relayed.here.company if relayed.link.state == "online" else NOBODY

    def present_on(self, record: Ref) -> tuple[Present, ...]:
        """Who of them has that record before them."""
        return tuple(each for each in self.present.who if record in each.records)

    @property
    def open_elsewhere(self) -> frozenset[Ref]:
        """The records that other open tabs of this device show, hidden ones included."""
        seen = (tab.looks for tab in self.tab.tabs() if not tab.own)
        return frozenset((looks[0], looks[1]) for looks in seen if looks)

    def on_present(self, callback: Callable[[Company], None]) -> Unsubscribe:
        """Call back when somebody else came, went or turned to another record, on another device
        or in another tab of this one. Answers how to stop."""
        self._known = self._now_known()
        return self._listen("present", callback)

    def _now_known(self) -> tuple[Company, frozenset[Ref]]:
        return self.present, self.open_elsewhere

    def _tell_present(self) -> None:
        """For after anything that may have changed it."""
        if self._listeners.waits("present"):
            known = self._now_known()
            if known != self._known:
                self._known = known
                self._listeners.tell("present", known[0])
