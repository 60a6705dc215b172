"""What a tab says of itself, what others know of it, and how often both are judged.

Floor: `messages`, `errors`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from pysync.errors import ProtocolError
from pysync.machines.messages import Frame
from pysync.machines.present import Looks, read_looks

MAX_INT: Final = 2**53 - 1

WhyLeft = Literal["bye", "paused", "crashed", "silent"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the worker ticks, how often beats are told, and what silence is too long, in ms.

    A peer leaves the count at most `limit_ms + tick_ms` after its last beat.
    """

    tick_ms: int
    beat_ms: int
    limit_ms: int


LOCKED: Final = Pace(tick_ms=1_000, beat_ms=2_000, limit_ms=5_500)
"""With locks: crashes show in the list of locks, beats only tell frozen tabs (7 s)."""
BARE: Final = Pace(tick_ms=500, beat_ms=500, limit_ms=1_400)
"""Without: silence is the only sign of a crash (2 s)."""


@dataclass(frozen=True, slots=True)
class TabInfo:
    """One open tab as this tab knows it. `born` and `since` are wall ms; `since` is when it last
    woke (it began, or came back from a freeze or the back-forward cache): seniority counts from
    there."""

    id: str
    born: int
    since: int
    hidden: bool
    leader: bool
    build: int
    own: bool
    looks: Looks | None = None
    """The record that it shows, () for none in particular; None: it does not say."""


@dataclass(frozen=True, slots=True)
class TabJoined:
    """A tab is counted from now on (a new one, or one that came back)."""

    tab: str


@dataclass(frozen=True, slots=True)
class TabLeft:
    """A tab is no longer counted: it closed, crashed, its beats stopped, or it or we paused."""

    tab: str
    why: WhyLeft


@dataclass(frozen=True, slots=True)
class TabChanged:
    """A counted tab was hidden or shown, shows another record, or began or ceased to lead."""

    tab: str


PresenceEvent = TabJoined | TabLeft | TabChanged


@dataclass(frozen=True, slots=True)
class Card:
    """What a tab says of itself in ping, pong and heartbeat."""

    born: int
    since: int
    hidden: bool
    build: int
    beats: int
    seq: int = 0
    """Up to where it has confirmed."""
    made: int = 0
    """How many changes it made."""
    term: int = 0
    """The highest term it knows of."""
    looks: Looks | None = None

    @classmethod
    def read(cls, frame: Frame) -> Card:
        """What a ping, pong or heartbeat says. Raises ProtocolError if it breaks the table."""
        payload = frame.object()
        hidden = payload.get("hidden")
        if not isinstance(hidden, bool):
            raise ProtocolError("presence: hidden is no boolean")
        born, since, build, beats = (
            _count(payload, k) for k in ("born", "since", "build", "beats")
        )
        seq, made, term = (natural(payload.get(k, 0), k) for k in ("seq", "made", "term"))
        looks = read_looks(payload.get("looks"))
        return cls(born, since, hidden, build, beats, seq, made, term, looks)

    def looks_like(self, other: Card) -> bool:
        """Whether the user would see no difference: shown or not, and what."""
        return (self.hidden, self.looks) == (other.hidden, other.looks)

    @classmethod
    def guess(cls, frame: Frame) -> Card:
        """The card of a tab of which only another frame was heard; replaced by its first own."""
        at = max(frame.ts, 0)
        return cls(at, at, False, 0, -1)

    def payload(self, leader: int | None) -> dict[str, Any]:
        """The payload of ping, pong and heartbeat; `leader` is the term it leads with, or None."""
        shown = {} if self.looks is None else {"looks": self.looks}
        return shown | {
            "born": self.born,
            "since": self.since,
            "hidden": self.hidden,
            "build": self.build,
            "beats": self.beats,
            "seq": self.seq,
            "made": self.made,
            "term": self.term,
            "leader": leader,
        }


def _count(payload: dict[str, Any], key: str) -> int:
    return natural(payload.get(key), key)


def natural(value: Any, name: str) -> int:
    """The integer from 0 to 2**53 - 1 that `value` should be. Raises ProtocolError if it is not.

    >>> natural(7, "term")
    7
    """
    if type(value) is not int or not 0 <= value <= MAX_INT:
        raise ProtocolError(f"{name} is {value!r}, not a whole number")
    return value


@dataclass(slots=True)
class Peer:
    """Another tab as `presence` knows it."""

    card: Card
    met: float
    """When it was first heard in this life of it (mono)."""
    progress: float
    """When its beats last moved, by the clock of silence."""
    counted: bool = True
    locked: bool = False
    """Its lock was seen held."""
