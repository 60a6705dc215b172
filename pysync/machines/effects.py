"""What the machines ask of their host. A host executes effects in order and reports back through
the machine's methods (`heard`, `lock_granted`, `woke`, ...), never from inside the execution.

Times are milliseconds. `Moment` carries both clocks: `wall` may jump, `mono` never goes back.
Floor: nothing below it but the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pysync.model.roles import Person
    from pysync.ports import DecidedRow


class Moment(NamedTuple):
    """One reading of the host's clocks: `wall` ms since 1970, `mono` ms since the tab began."""

    wall: float
    mono: float


@dataclass(frozen=True, slots=True)
class Post:
    """Send this text to the other tabs."""

    text: str


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Call `woke(name)` once at or after monotonic time `due`; replaces a timer of that name."""

    name: str
    due: float


@dataclass(frozen=True, slots=True)
class ClearTimer:
    """Forget the timer of that name; no error if there is none."""

    name: str


@dataclass(frozen=True, slots=True)
class RequestLock:
    """Queue for an exclusive lock; the host reports `lock_granted(name)`, later `lock_lost(name)`
    if it is stolen. With `steal` it is taken at once from whoever holds it, and our own place in
    its queue is given up. Asking again while we hold it or queue for it changes nothing."""

    name: str
    steal: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseLock:
    """Give the lock back, or leave its queue; no error if neither."""

    name: str


@dataclass(frozen=True, slots=True)
class QueryLocks:
    """Read the names of all locks held in this browser now; reported by `locks_seen(names)`."""


@dataclass(frozen=True, slots=True)
class TakeLease:
    """Try the store's lease (the rung without locks); reported by `lease_answered`. A `ttl` of 0
    gives it back."""

    ttl: float


@dataclass(frozen=True, slots=True)
class ClaimTerm:
    """Raise the store's term; reported by `term_claimed`."""

    at_least: int


@dataclass(frozen=True, slots=True)
class Append:
    """Add a batch to the log now, before the current task ends; reported by `appended`."""

    batch: str
    body: str


@dataclass(frozen=True, slots=True)
class FlushSoon:
    """Call `flush` when the current task ends (a microtask in a page)."""


@dataclass(frozen=True, slots=True)
class Load:
    """Read the whole store again, after it could not be read; reported by `loaded`."""


@dataclass(frozen=True, slots=True)
class ReadLog:
    """Read batches behind `after`; reported by `log_read`."""

    after: int


@dataclass(frozen=True, slots=True)
class ReadDecided:
    """Read verdict rows behind `after`; reported by `decided_read`."""

    after: int


@dataclass(frozen=True, slots=True)
class WriteDecisions:
    """Write these `DecidedRow`s under this term, and take the personal values of the records that
    they erase out of all that is stored; reported by `decisions_written`."""

    term: int
    rows: tuple[DecidedRow, ...]
    erases: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class WriteSnapshot:
    """Replace these snapshot rows; reported by `snapshot_written`."""

    term: int
    seq: int
    rows: dict[str, str]


@dataclass(frozen=True, slots=True)
class Renew:
    """Put the relay's state in the place of what is stored, under this term (`taking_over`);
    reported by `renewed`."""

    term: int
    undecided: dict[str, str]
    """Batches of this device that are not decided as far as this tab knows, by id."""
    without: frozenset[str] = frozenset()
    """The modules that the state is to be without."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Connect with the relay; reported by `connected`, then `heard` per frame, at last by
    `disconnected`, also if it could not be made."""


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send this frame to the relay; it is lost if there is no connection."""

    text: str


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep whose session it is for the next start; a host that cannot keeps nothing."""

    person: Person | None


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Close the connection; nothing of it is reported any more."""


Effect = (
    Post
    | SetTimer
    | ClearTimer
    | RequestLock
    | ReleaseLock
    | QueryLocks
    | TakeLease
    | ClaimTerm
    | Append
    | FlushSoon
    | Load
    | ReadLog
    | ReadDecided
    | WriteDecisions
    | WriteSnapshot
    | Renew
    | Connect
    | Transmit
    | Remember
    | Disconnect
)


def take_posts(effects: list[Effect]) -> list[Post]:
    """Take the posts out of the list, which the other effects do not hold up."""
    posts = [effect for effect in effects if type(effect) is Post]
    if len(posts) == len(effects):
        effects.clear()
    else:
        effects[:] = [effect for effect in effects if type(effect) is not Post]
    return posts
