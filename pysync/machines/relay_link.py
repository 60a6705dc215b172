"""How a device stands with its relay, as each of its tabs shows it.

The leader's session knows; the others are told when it changes and when they are new, and know
nothing while nobody leads. Floor: `session`, `messages`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, Literal

from pysync.errors import ProtocolError
from pysync.machines import messages
from pysync.machines.books import Books
from pysync.machines.effects import Effect, Post, Remember
from pysync.machines.events import StatusChanged
from pysync.machines.owner import Owner
from pysync.machines.session import State
from pysync.machines.who import read_person
from pysync.model.policy import STALE_MS
from pysync.model.roles import Person
from pysync.values.clock import CLOCK_ERROR_MS, wall_of

Link = Literal["none", "connecting", "online", "offline", "refused", "signed-out", "paused"]
"""How the device stands with its relay; "none": it has none and decides alone; "signed-out": it
goes on when somebody signs in; "paused": it was told to send and ask for nothing."""
_LINKS: Final[dict[State, Link]] = {
    "off": "connecting",
    "connecting": "connecting",
    "greeting": "connecting",
    "following": "online",
    "waiting": "offline",
    "refused": "refused",
    "signed-out": "signed-out",
    "renewing": "connecting",
}


UNSURE: Final = 2**53 - 1
"""In the place of a number of an entry: more than there will be."""


class RelayLink:
    """The state of the link, in one tab."""

    def __init__(self, *, tab: str, books: Books, out: list[Effect], owner: Owner) -> None:
        self.state: Link = "none"
        self.reason = ""
        """In words, where `state` is "refused" or "signed-out", or "online" by a detour."""
        self.generation = 0
        """Of what this tab has read from the store."""
        self.head = 0
        """The newest entry of the relay when it was last met."""
        self.under_way: Collection[str] = ()
        """If this tab leads: batches that were pushed on this connection and not answered."""
        self.paused = False
        """Whether this tab would have no session if it led."""
        self.tells = False
        """Whether this tab has the session."""
        self.detour = ""
        """In words, how the connection of this tab goes if not as usual."""
        self.clock_ahead = 0
        """By how many ms the device's clock is ahead of the relay's; 0 if that does no harm."""
        self.divergences = 0
        """How often the relay found that this device held something else than it should."""
        self.seen = 0
        """When the relay was there last, wall ms: when it came, or went; 0 if it never was."""
        self._behind = False
        self.known = 0.0
        """When this tab is sure to have known what the relay had (wall ms); while it is online, and
        not behind, it does still."""
        self._tab = tab
        self._books = books
        self._out = out
        self._owner = owner

    def begin(self, generation: int = 0, newest: int = 0) -> None:
        """The space follows a relay, with what is stored in that generation; what that holds of
        the log was stamped `newest` or before."""
        self.generation = generation
        if self.state == "none":
            self.state = self._idle
        self.known = wall_of(newest) or self._owner.now.wall

    def is_stale(self, wall: float) -> bool:
        """Whether nobody here has heard of the relay for so long that what is written now may well
        overlook what others wrote."""
        if self.state in ("none", "online"):
            return False
        return wall - self.known > STALE_MS

    def session_is(self, state: State, reason: str) -> None:
        """The session of this tab is in another state."""
        link = self._idle if state == "off" else _LINKS[state]
        if self.state in ("offline", "signed-out") and link == "connecting" and state != "off":
            return  # to try again is not to be there
        if self._be(link, self.detour if link == "online" else reason):
            self.tell()

    def compared(self, ahead: int) -> None:
        """The relay said what time it is: the clock here is ahead of that."""
        ahead = ahead if abs(ahead) > CLOCK_ERROR_MS else 0
        if abs(ahead - self.clock_ahead) > CLOCK_ERROR_MS or not ahead:
            if ahead != self.clock_ahead:
                self._owner.tell(StatusChanged())
            self.clock_ahead = ahead

    def met(self, person: Person | None) -> None:
        """The relay, or the leader, says whose session it is: every tab is to know, and the host to
        remember it."""
        if self._owner.who.met(person):
            self._out.append(Remember(person))
            self._owner.tell(StatusChanged())
            self.tell()

    @property
    def newest(self) -> int:
        """`head`; UNSURE while the leader waits for an answer about what was discarded."""
        void, sent = self._books.void, self.under_way if self.tells else ()
        return UNSURE if any(void.get(batch) == () for batch in sent) else self.head

    def is_behind(self, seq: int) -> bool:
        """Whether the relay is there, and a tab that stands at `seq` lacks some of what it had when
        it was last met."""
        return self.state == "online" and self.newest > seq

    def stands_at(self, seq: int) -> None:
        """This tab holds everything up to `seq`: say so if it caught up, or fell behind."""
        if self._behind != self.is_behind(seq):
            self._behind = not self._behind
            self._owner.tell(StatusChanged())

    def tell(self) -> None:
        """Tell the others how it stands, if this tab knows: one that is new, or did not hear it."""
        if self.tells:
            wall, person = self._owner.now.wall, self._owner.who.person
            payload: list[Any] = [self.state, self.reason, self.generation]
            payload.append([person.name, person.role] if person is not None else None)
            payload += (self.clock_ahead, self.newest)
            frame = messages.encode(messages.RELAY_STATUS, self._tab, wall, payload)
            self._out.append(Post(frame))

    def heard(self, payload: Any) -> None:
        """The leader tells. Raises ProtocolError."""
        if not isinstance(payload, list) or [type(part) for part in payload[:3]] != [str, str, int]:
            raise ProtocolError("a relay's status is a word, a reason and a generation")
        state, reason, generation = payload[:3]
        person = read_person(payload[3]) if len(payload) > 3 and payload[3] else None
        ahead, head = (*payload[4:6], 0, 0)[:2]
        if type(ahead) is not int or type(head) is not int:
            raise ProtocolError("a clock is ahead by a number of ms, and an entry has a number")
        if state != "paused" and state not in _LINKS.values():
            raise ProtocolError(f"no status of a relay: {state!r}")
        if generation > self.generation:
            self._owner.anew()
        if not self.tells:
            self.compared(ahead)
            self.head = head
            if person is not None or state == "online":
                self.met(person)
            self._be(state, reason)

    def leaderless(self) -> None:
        """Nobody leads that could tell."""
        if not self.tells:
            self._be(self._idle, "")

    def pause(self, paused: bool) -> None:
        """No session is wanted, or one is again."""
        self.paused = paused
        if self._be(self._idle, ""):
            self.tell()

    @property
    def _idle(self) -> Link:
        return "paused" if self.paused else "connecting"

    def _be(self, state: Link, reason: str) -> bool:
        """Answers whether it was another way."""
        if self.state == "none" or (state, reason) == (self.state, self.reason):
            return False
        if "online" in (self.state, state):
            self.seen = int(self._owner.now.wall)
        if self.state == "online" and not self._behind:
            self.known = self._owner.now.wall
        self._behind = self._behind or state == "online"  # until `stands_at` knows better
        self.state, self.reason = state, reason
        self._owner.tell(StatusChanged())
        return True
