"""The inbox: what is done with a frame of the channel, by the table of messages.

Frames that arrive while the store is still being read are held, and taken in afterwards; beyond
MAX_HELD they are dropped, for the ledger fills gaps later.

TAB-D nothing a peer can send raises here: it is dropped, counted and reported. Floor: `ledger`,
`hydration`, `batches`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

from pysync.errors import ProtocolError, StoreCorrupt
from pysync.machines import messages
from pysync.machines.batches import decode_batch
from pysync.machines.cards import Card
from pysync.machines.effects import Moment
from pysync.machines.election import Election
from pysync.machines.events import Message, Problem, TabEvent
from pysync.machines.hydration import Hydration
from pysync.machines.ledger import Ledger
from pysync.machines.messages import Frame
from pysync.machines.outbox import Outbox
from pysync.machines.presence import Presence
from pysync.machines.relayed import Relayed
from pysync.model.schema import Schema
from pysync.values.clock import HybridClock
from pysync.values.jsonvalue import bounded, freeze

MAX_HELD: Final = 2_000


class Owner(Protocol):
    """What the inbox asks of its tab."""

    schema: Schema
    shared: bool
    clock: HybridClock
    ledger: Ledger
    hydration: Hydration
    outbox: Outbox
    relayed: Relayed
    presence: Presence
    election: Election
    ready: bool
    id: str

    def follows(self, tab: str) -> bool:
        """Whether that tab leads as far as this one knows."""

    def answers(self) -> bool:
        """Whether this tab is the one to answer for the state."""

    def tell(self, event: TabEvent) -> None:
        """Tell the application."""

    def after_verdicts(self, now: Moment) -> None:
        """Entries may have been confirmed."""

    def tell_changes(self) -> None:
        """Tell the application what looks different now."""


OF_THE_RELAY: Final = (
    messages.RELAY_STATUS,
    messages.RELAY_PRESENT,
    messages.RELAY_REJECT,
    messages.RELAY_KNOWN,
)


class Inbox:
    """Takes frames of other tabs."""

    def __init__(self, owner: Owner) -> None:
        self.last_heard = 0
        """When data last came in, wall ms."""
        self.dropped = 0
        """Frames that made no sense."""
        self._owner = owner
        self._held: list[tuple[Frame, str]] = []

    def heard(self, text: str, now: Moment) -> None:
        """A frame of the channel. Whatever it holds, this does not raise."""
        self._guarded(self._hear, text, now)

    def open(self, now: Moment) -> None:
        """The state is loaded: take in what was held."""
        held, self._held = self._held, []
        for frame, text in held:
            self._guarded(self._take, frame, text, now)

    def _guarded(self, method: Callable[..., None], *args: Any) -> None:
        """TAB-D: what a peer sends may be anything."""
        try:
            method(*args)
        except (ProtocolError, StoreCorrupt) as error:
            self.dropped += 1
            self._owner.tell(Problem("foreign", str(error)))

    def _hear(self, text: str, now: Moment) -> None:
        owner = self._owner
        frame = messages.decode(text)
        owner.presence.heard(frame, now)
        if frame.tab == owner.id:
            return
        owner.election.heard(frame, now)
        if owner.ready:
            self._take(frame, text, now)
        elif len(self._held) < MAX_HELD:
            self._held.append((frame, text))

    def _take(self, frame: Frame, text: str, now: Moment) -> None:
        """Do what the table says. Of presence only what it tells of a tab's progress is ours."""
        owner = self._owner
        if frame.type == messages.STATE_UPDATE:
            self._update(frame, text, now)
        elif frame.type == messages.DATA_UPDATE:
            self._verdicts(frame, now)
        elif frame.type == messages.STATE_REQUEST:
            unsaved = owner.outbox.waiting.values()
            owner.hydration.asked(frame, unsaved, owner.answers(), now)
            owner.relayed.hurry(now)
        elif frame.type == messages.STATE_RESPONSE:
            owner.hydration.answered(frame, now)
        elif frame.type in OF_THE_RELAY:
            self._of_the_relay(frame)
        elif frame.type in (messages.MESSAGE, messages.CACHE_INVALIDATION):
            owner.tell(_message(frame))
        elif frame.type in (messages.TAB_PING, messages.TAB_PONG, messages.HEARTBEAT):
            card = Card.read(frame)
            owner.ledger.others_at(frame.tab, card.seq, card.made, now)
            if frame.type == messages.TAB_PING:
                owner.relayed.greet()
            if frame.type == messages.HEARTBEAT:
                seen = freeze({"hidden": card.hidden})
                owner.tell(Message(messages.USER_ACTIVITY, "", seen, frame.tab))
        owner.tell_changes()

    def _of_the_relay(self, frame: Frame) -> None:
        relayed = self._owner.relayed
        if frame.type == messages.RELAY_REJECT:
            relayed.outcomes.heard_reject(frame.payload)
        elif frame.type == messages.RELAY_KNOWN:
            relayed.outcomes.heard_known(frame.payload)
        elif self._owner.follows(frame.tab):
            status = frame.type == messages.RELAY_STATUS
            (relayed.link.heard if status else relayed.here.told)(frame.payload)

    def _update(self, frame: Frame, text: str, now: Moment) -> None:
        owner = self._owner
        self.last_heard = int(now.wall)
        batch = decode_batch(frame, text, owner.schema)
        if batch is None:
            owner.ledger.read()
            owner.ledger.stored(now)
            return
        owner.clock.observe(batch.changes[-1].mark.stamp, now.wall)
        for change in batch.changes:
            for problem in change.dropped:
                owner.tell(Problem("dropped-field", problem))
        owner.ledger.heard(batch, now)

    def _verdicts(self, frame: Frame, now: Moment) -> None:
        owner = self._owner
        if not owner.shared and not owner.follows(frame.tab):
            return
        self.last_heard = int(now.wall)
        owner.ledger.announced(frame.payload, now)
        owner.after_verdicts(now)


def _message(frame: Frame) -> Message:
    payload = frame.payload
    if not isinstance(payload, dict) or not isinstance(payload.get("kind"), str):
        raise ProtocolError("an application message names its kind")
    value = bounded(payload.get("value"), "value")
    return Message(payload["kind"], str(payload.get("key", "")), value, frame.tab)
