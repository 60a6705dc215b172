"""Steering: what an application may ask of a space's exchange with other tabs and with a relay.

Floor: `settling`, `history`, `machines`.
"""

from __future__ import annotations

from pysync.history import Happening, waiting
from pysync.ports import Host
from pysync.settling import Settling


class Steering(Settling):
    """The part of a space that says when and by whom it is kept the same elsewhere."""

    host: Host

    def request_state(self) -> None:
        """Ask the other tabs again for what this one may have missed, and try the relay at once."""
        self._check_open()
        self.tab.request_state(self.host.now())
        self.host.pump()

    def force_leader(self) -> None:
        """Make this tab the leader."""
        self.tab.force_leader(self.host.now())
        self.host.pump()

    def pause_sync(self, *, paused: bool = True) -> None:
        """Send nothing to the relay and ask it for nothing, until it is called with False.

        Tabs stay the same all the while, what is changed is kept and sent afterwards. Only the
        leading tab talks with the relay, so tell every tab; `status().relay` is "paused" then.
        Changes nothing where there is no relay.
        """
        self._check_open()
        self.tab.relayed.pause(paused, self.host.now())
        self.host.pump()

    def waiting(self) -> list[Happening]:
        """Changes of this device's tabs that are not decided yet, the oldest first: with a relay
        those that it has not acknowledged."""
        return waiting(self.tab.replica)
