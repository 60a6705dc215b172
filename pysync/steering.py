"""Steering: what an application may ask of a space's exchange with other tabs and with a relay.

Floor: `settling`, `history`, `machines`.
"""

from __future__ import annotations

from collections.abc import Collection

from pysync.errors import Unknown
from pysync.history import Happening, waiting
from pysync.machines.queue import own_waiting
from pysync.ports import Host
from pysync.settling import Settling
from pysync.values.clock import wall_of
from pysync.values.jsontext import json_text


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

    def leave_out(self, modules: Collection[str]) -> None:
        """Keep all modules of the schema on this device but these (`Schema.modules`).

        With a relay: what is left out cannot be changed in this tab from now on, is taken off the
        device as soon as the relay is there, and is not sent here any more; the relay keeps it.
        What was changed before is still sent, and stays in this device's own log. A module that is
        not named comes back. Only the
        leading tab talks with the relay, so tell every tab, after each start. Without a relay
        nothing is left out: there is no other copy. Raises Unknown for a module that the schema
        does not have.
        """
        self._check_open()
        known = set(self.tab.schema.modules.values())
        for name in set(modules) - known:
            raise Unknown(f"there is no module {name!r}: there are {', '.join(sorted(known))}")
        self.tab.relayed.leave_out(frozenset(modules), self.host.now())
        self.host.pump()

    def push_again(self) -> None:
        """Ask the relay anew for what it has, and send it all that it has not decided: on a new
        connection of a leader, which is this tab then. What it had already happens once. Changes
        nothing where there is no relay, or while syncing is paused."""
        self._check_open()
        relayed, now = self.tab.relayed, self.host.now()
        if not relayed.epoch or relayed.link.paused:
            return
        if self.tab.election.is_leader:
            relayed.pause(True, now)
            relayed.pause(False, now)
            self.host.pump()
        else:
            self.force_leader()

    def discard_waiting(self) -> int:
        """Nothing of what waits for the relay on this device is sent any more; answers how many
        changes that were. They are taken back in every tab and kept as dead letters (`discarded`),
        of which the newest are listed: export what must not be lost first (`waiting_text`).

        What the relay had already, though this device did not know it, happened: it comes back
        when the relay is heard. What others made here, who sign in later, stays.
        """
        self._check_open()
        tab = self.tab
        tab.flush(self.host.now())
        if not tab.relayed.epoch:
            return 0
        waiting = (each for each in tab.books.open.values() if each.changes)  # What can be read.
        found = [each for each in waiting if tab.who.may_send(each.changes)]
        tab.relayed.outcomes.discard([each.id for each in found])
        tab.tell_changes()
        self.host.pump()
        return sum(len(each.changes) for each in found)

    def waiting_text(self) -> str:
        """What waits, whole, as JSON: a list of `{"change", "at", "author", "label", "ops"}`, an op
        as it travels (`pysync.model.change`). Without what others made here, who sign in later."""
        changes = sorted(own_waiting(self.tab), key=lambda each: each.order)
        rows = [
            {
                "change": change.id,
                "at": wall_of(change.mark.stamp),
                "author": change.meta.author,
                "label": change.meta.label,
                "ops": [op.encode() for op in change.ops],
            }
            for change in changes
        ]
        return json_text(rows)

    def waiting(self) -> list[Happening]:
        """Changes of this device's tabs that are not decided yet, the oldest first: with a relay
        those that it has not acknowledged."""
        return waiting(self.tab.replica)
