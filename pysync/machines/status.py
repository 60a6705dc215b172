"""What a tab's status shows, derived from progress and never from hope. Floor: `tab`'s parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pysync.machines.queue import Queue, queue_of
from pysync.machines.relay_link import Link
from pysync.model.roles import Person

if TYPE_CHECKING:
    from pysync.machines.tab import Tab

ChannelKind = Literal["broadcast", "storage", "none"]
"""How the tabs of the device hear each other: BroadcastChannel (or its like in one process),
storage events, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How things stand in one tab. Times are wall ms."""

    ready: bool
    tabs: int
    leader: str | None
    is_leader: bool
    term: int
    pending: int
    """Changes not decided yet, whoever made them; with a relay: not acknowledged by it."""
    queue: Queue
    """How many changes of this device wait for the relay, and how many may."""
    unsaved: int
    """Own changes that the store has not taken yet."""
    conflicts: int
    seq: int
    last_sync: int
    """When something was last decided or heard, or the relay came or went (wall ms); 0 if never."""
    problem: str
    """Why saving fails at the moment, in one word of `FaultReason`; "" if it does not. "apart":
    storage was cleared under other tabs that are open, and they hold what this one lacks."""
    relay: Link
    """How the device stands with the relay whose log the space follows, "none" if it follows none:
    then its own leader decides, and "offline" means nothing."""
    behind: bool
    """Whether the relay is there, and this tab lacks some of what it had when it was last met."""
    relay_reason: str
    """In words, why the relay refuses, or wants somebody to sign in; where it is "online", that it
    is so over HTTP because the network blocks WebSocket."""
    person: Person | None
    """Who is signed in; None where nobody has to, or it is not known yet."""
    waits_for: tuple[str, ...]
    """Others who made changes on this device that are sent once they sign in here again."""
    clock_ahead: int
    """By how many ms the clock of this device is ahead of the relay's (negative: behind), where it
    is more than a few seconds: the relay sets the times of its changes right. Else 0."""
    divergences: int
    """How often, while this tab led, the relay found that the device held something else than its
    log makes of it, so that the state was taken over anew: a fault of a disk, or of ours."""
    channel: ChannelKind
    """With "none" the status is "Sync unavailable": this tab keeps what is stored, alone."""


def status_of(tab: Tab) -> Status:
    """How things stand in this tab."""
    fault = tab.loading.fault or tab.outbox.problem or tab.ledger.problem
    return Status(
        ready=tab.ready,
        tabs=len(tab.presence.tabs()),
        leader=tab.election.leader,
        is_leader=tab.election.is_leader,
        term=tab.election.term,
        pending=len(tab.replica.pending),
        queue=queue_of(tab),
        unsaved=sum(len(batch.changes) for batch in tab.outbox.waiting.values()),
        conflicts=len(tab.replica.open_conflicts()),
        seq=tab.replica.seq,
        last_sync=max(tab.inbox.last_heard, tab.relayed.link.seen),
        problem=fault.reason if fault is not None else "apart" if tab.ledger.apart.tabs else "",
        relay=tab.relayed.link.state,
        behind=tab.relayed.link.is_behind(tab.replica.seq),
        relay_reason=tab.relayed.link.reason,
        person=tab.who.person,
        waits_for=tab.who.others(entry.change for entry in tab.replica.pending.values()),
        clock_ahead=tab.relayed.link.clock_ahead,
        divergences=tab.relayed.link.divergences,
        channel=tab.channel,
    )
