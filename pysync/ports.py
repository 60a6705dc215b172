"""What a host must provide: the ports of the core, and the rows that cross them.

A port is called synchronously and answers through its `done` callback, exactly once, either with
the named result or with a `StoreFault`. It may answer before the call returns (SQLite, memory) or
any time later (IndexedDB). A store adapter passes `pysync.testing.contracts.store`, whichever
database it stands on. Floor: `errors`, and `Moment` of `effects`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pysync.machines.effects import Moment

FORMAT = 3
"""Version of the stored format. What holds a newer one is refused and left as it is; what holds an
older one that is read here is brought to this one when it is loaded (`store_rules`)."""

FaultReason = Literal[
    "full", "blocked", "closed", "aborted", "fenced", "duplicate", "corrupt", "unreachable", "anew"
]


@dataclass(frozen=True, slots=True)
class StoreFault:
    """Why the store could not do what was asked. Nothing of the request was kept.

    `full` quota or disk exhausted; `blocked` no answer within the bound (a blocked append may still
    be written: repeat it under its id, which waits for it or answers `duplicate`); `closed` the
    database was deleted, cleared or closed under us; `aborted` any other transaction failure;
    `fenced` the term is older than the stored one; `duplicate` a batch of that id is already there;
    `corrupt` stored rows cannot be read or are of a newer format; `unreachable` the space is not on
    this device yet, and who knows what it begins with does not answer; `anew` what is stored was
    replaced by another state since this store was loaded: load it again, then ask again.
    """

    reason: FaultReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One batch in the log. `key` is the store's own increasing number, the local order."""

    key: int
    batch: str
    body: str | None
    """The batch's frame, exactly as it was posted; None where the reader said it knows it."""


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """The leader's verdicts on one batch. `seq` numbers its first change, densely, from 1."""

    seq: int
    count: int
    log_key: int
    batch: str
    term: int
    body: str
    """Exceptions as JSON text; "" when every change of the batch was applied as sent."""
    refs: tuple[str, ...]
    """`collection/record` of every record touched: what the history index is made of."""
    frame: str = ""
    """The batch's frame where it is not in this device's log (another device made it; `log_key` is
    0 then)."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What takes the place of stored text: verdict rows by seq, the rest by name."""

    decided: Sequence[DecidedRow]
    log: Mapping[str, str]
    seed: Mapping[str, str]
    snapshot: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StoreMeta:
    """The fixed facts of a store. `incarnation` is minted once, when the database is created."""

    format: int
    incarnation: str
    term: int
    seq: int
    log_key: int
    """The highest log key that is decided, 0 if none is."""
    snapshot_seq: int
    epoch: str = ""
    """The generation of the relay's log that this space follows; "" where this device decides
    alone."""
    last: str = ""
    """The batch whose entry ends at `seq`, by which a relay knows its own log; "" if not known."""
    generation: int = 0
    """How often a relay's state was taken over, or the store was brought to a newer format. Of
    another generation nothing fits together."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything a replica needs to start: rows of the first state, of the snapshot (which replace
    those of the same name), and the log behind the snapshot."""

    meta: StoreMeta
    seed: Mapping[str, str]
    snapshot: Mapping[str, str]
    decided: Sequence[tuple[DecidedRow, str]]
    """Verdict rows with seq > snapshot_seq, each with its batch's frame, in order of seq."""
    tail: Sequence[LogRow]
    """Batches behind `meta.log_key`, in order of key."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a space begins with. `epoch` is "" where the device decides alone; else `rows` are the
    state of that relay's log up to `seq`, where the entry of the batch `last` ends, if any."""

    rows: Mapping[str, str]
    epoch: str = ""
    seq: int = 0
    last: str = ""
    log: Sequence[LogRow] = ()  # what takes the place of rows of the device's own log


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds the lease after an attempt to take it, and until when by the wall clock (ms)."""

    holder: str
    term: int
    until: float


class Store(Protocol):
    """One space's durable truth on this device. Writers of several tabs are serialised by it."""

    durable: bool
    """Whether what it reports written survives the death of the browser."""
    shared: bool
    """Whether other tabs of the device see what this one writes."""

    def load(self, done: Callable[[Loaded | StoreFault], None]) -> None:
        """Open (creating it if absent, with an incarnation) and read everything. What others write
        meanwhile may be in it or not; the parts fit together either way."""

    def append(self, batch: str, body: str, done: Callable[[int | StoreFault], None]) -> None:
        """Add a batch to the log; answers its key once it is durable. The transaction is opened
        before this call returns, so that a killed tab does not lose it. A second append of the
        same id answers `duplicate`."""

    def append_all(
        self, batches: Mapping[str, str], done: Callable[[str, int | StoreFault], None]
    ) -> None:
        """`append` for each of these, in their order, for less; `done(batch, result)` for each."""

    def read_log(
        self,
        after: int,
        known: Callable[[str], bool],
        done: Callable[[Sequence[LogRow] | StoreFault], None],
    ) -> None:
        """Batches with key > `after`, in order; bodies only of those `known(batch)` denies."""

    def read_decided(
        self, after_seq: int, done: Callable[[Sequence[tuple[DecidedRow, str]] | StoreFault], None]
    ) -> None:
        """Verdict rows whose first seq > `after_seq`, with their batches' frames, in order."""

    def claim_term(self, at_least: int, done: Callable[[int | StoreFault], None]) -> None:
        """Raise the stored term to max(stored + 1, at_least) and answer it."""

    def write_decisions(
        self,
        term: int,
        rows: Sequence[DecidedRow],
        done: Callable[[int | StoreFault], None],
        edited: Edited | None = None,
    ) -> None:
        """Append verdict rows if the stored term is still `term`, else answer `fenced`; the first
        row's seq must follow the stored one, else `aborted`. Answers the new stored seq. Stored
        text is `edited` with it, and nothing of what it said before stays if that can be had."""

    def write_snapshot(
        self, term: int, seq: int, rows: Mapping[str, str], done: Callable[[int | StoreFault], None]
    ) -> None:
        """Replace the named snapshot rows and set snapshot_seq, fenced as above. The log stays."""

    def seed(
        self,
        rows: Mapping[str, str],
        done: Callable[[bool | StoreFault], None],
        *,
        epoch: str = "",
        seq: int = 0,
        last: str = "",
    ) -> None:
        """Put the first state into an empty space. Answers False, changing nothing, if the space
        has a seed, a log, a snapshot or an epoch already: decided in the same transaction.

        With `epoch` it takes over a relay's state: `rows` (there may be none) are what stood at
        `seq`, which becomes the stored seq and snapshot_seq, so that the first verdict row is
        seq + 1. Whoever loaded the empty space is answered `anew` from then on."""

    def take_over(
        self, term: int, state: Beginning, log_key: int, done: Callable[[int | StoreFault], None]
    ) -> None:
        """Replace all that was decided by a relay's state, in one transaction under `term`; answers
        the new generation. The log stays: up to `log_key` it is in that state, and what stands
        behind is undecided again. Whoever loaded the store before, the caller included, is answered
        `anew` until it loads again; only appending goes on."""

    def seed_row(self, name: str, done: Callable[[str | StoreFault | None], None]) -> None:
        """One row of the first state, None if there is none of that name: where histories begin."""

    def rows(self, beginning: str, done: Callable[[Mapping[str, str] | StoreFault], None]) -> None:
        """The rows whose names begin so, as a replica starts with them: those of the snapshot, and
        those of the first state where the snapshot has none of that name."""

    def history(
        self, ref: str, done: Callable[[Sequence[tuple[DecidedRow, str]] | StoreFault], None]
    ) -> None:
        """All verdict rows that name `ref`, with their batches' frames, in order of seq."""

    def take_lease(
        self, holder: str, now: float, ttl: float, done: Callable[[Lease | StoreFault], None]
    ) -> None:
        """Take or prolong the lease if it is free, expired or ours; taking it from another claims
        the next term in the same transaction. `ttl` <= 0 gives it back. Answers who holds it."""

    def close(self) -> None:
        """Release everything; later calls answer `closed`."""


class Pledge(Protocol):
    """Something that will be known later: awaitable, settled once by the core."""

    def __await__(self) -> Generator[Any, None, Any]: ...

    def done(self) -> bool:
        """Whether it is settled already."""

    def set_result(self, result: Any) -> None:
        """It is known."""

    def set_exception(self, error: BaseException) -> None:
        """It failed."""


class Host(Protocol):
    """What carries a tab: clocks, a store, and somebody who executes effects."""

    store: Store

    def now(self) -> Moment:
        """Both clocks, now."""

    def pump(self) -> None:
        """Execute the tab's effects and hand its events to the space; returns when nothing more
        can be done at once."""

    def pledge(self) -> Pledge:
        """A new, unsettled promise (an asyncio future, where there is a loop)."""

    def close(self) -> None:
        """Stop the tab and let go of everything."""


class Channel(Protocol):
    """A lossy broadcast between the tabs of one device: text in, text out, never to itself."""

    def post(self, text: str) -> None:
        """Send to every other tab that listens now. Never raises; a failure loses the message."""

    def close(self) -> None:
        """Stop listening and let go of everything."""


class Link(Protocol):
    """One connection with a relay: text frames, in order. Whoever makes it gives three callbacks,
    `connected`, `heard(text)` and `disconnected`, none of which is called from inside a method."""

    def connect(self) -> None:
        """Dial; a connection there is, or that is being made, is dropped first. Reports `connected`
        once, then `heard` per frame, at last `disconnected` once; or `disconnected` alone if it
        could not be made, whatever the reason. Never raises."""

    def transmit(self, text: str) -> None:
        """Send a frame; it is lost if there is no connection. Never raises."""

    def disconnect(self) -> None:
        """Close the connection; nothing of it is reported any more."""

    def close(self) -> None:
        """Disconnect and let go of everything; later calls do nothing."""
