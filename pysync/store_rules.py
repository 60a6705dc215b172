"""The rules that every store keeps, whatever database it stands on: fences, leases, formats.

They are pure functions from what is stored and what is asked to what must be written and answered,
so that memory, SQLite, IndexedDB and localStorage cannot differ in them. Floor: `ports`.
"""

from __future__ import annotations

import secrets
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from pysync.ports import FORMAT, DecidedRow, Lease, StoreFault, StoreMeta

LEASE_AHEAD: Final = 2.0
"""A lease that ends more than this many times the asked `ttl` from now counts as expired: no one
asks for so long, the wall clock was set back."""


class OneByOne:
    """For stores in which many appends cost no less together."""

    @abstractmethod
    def append(self, batch: str, body: str, done: Callable[[int | StoreFault], None]) -> None:
        """See the port."""

    def append_all(
        self, batches: Mapping[str, str], done: Callable[[str, int | StoreFault], None]
    ) -> None:
        """Append each of them."""
        for batch, body in batches.items():
            self.append(batch, body, partial(done, batch))


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """The lease as stored. `term` is the one that was claimed together with it."""

    holder: str
    term: int
    until: float


@dataclass(frozen=True, slots=True)
class LeaseVerdict:
    """What taking the lease leads to. `row` None: nothing is held; `term`: the stored term now."""

    row: LeaseRow | None
    term: int
    changed: bool

    @property
    def answer(self) -> Lease:
        """What the caller is told: who holds it now ("" for no one), under which term."""
        if self.row is None:
            return Lease("", self.term, 0.0)
        return Lease(self.row.holder, self.row.term, self.row.until)


def new_incarnation() -> str:
    """A name for one life of a device's storage. Never repeats, also not after a snapshot boot."""
    return secrets.token_hex(8)


OLDEST: Final = 2
"""The oldest stored format that is read here, and brought to FORMAT by the first load: the tabs of
an older build, which could not read what is written from then on, are fenced (the next term) and
answered `anew` (the next generation), and then find a format that is newer than theirs."""


def check_format(found: object) -> StoreFault | None:
    """Refuse what a newer or an older build wrote, and what no build wrote. None: it can be
    read."""
    if type(found) is not int or found < 1:
        return StoreFault("corrupt", f"stored format {found!r} is not a number: kept as it is")
    if found > FORMAT:
        return StoreFault(
            "corrupt", f"stored format {found}, this build reads {FORMAT}: update the page"
        )
    if found < OLDEST:
        return StoreFault(
            "corrupt", f"stored format {found} is older than {OLDEST}, the oldest that is read here"
        )
    return None


def next_term(stored: int, at_least: int) -> int:
    """The term that a claim gets."""
    return max(stored + 1, at_least)


def judge_generation(loaded: int | None, stored: int) -> StoreFault | None:
    """Whether what a tab knows of the store, `loaded` (None: it asks without knowing anything),
    fits to what is stored."""
    if loaded is None or loaded == stored:
        return None
    return StoreFault("anew", f"generation {loaded} was read, {stored} is stored")


def judge_term(stored: int, term: int) -> StoreFault | None:
    """Whether nobody claimed the lead since this term was claimed."""
    return StoreFault("fenced", f"term {term}, stored {stored}") if term != stored else None


def judge_decisions(
    stored_term: int, stored_seq: int, term: int, rows: Sequence[DecidedRow]
) -> StoreFault | int:
    """Whether these verdict rows may be appended; answers the seq that is stored afterwards."""
    if fault := judge_term(stored_term, term):
        return fault
    seq = stored_seq
    for row in rows:
        if row.seq != seq + 1 or row.count < 1:
            return StoreFault("aborted", f"row {row.seq}+{row.count} does not follow seq {seq}")
        seq += row.count
    return seq


def judge_snapshot(meta: StoreMeta, term: int, seq: int) -> StoreFault | int:
    """Whether a snapshot at `seq` may be written; answers the seq that it then stands for."""
    if fault := judge_term(meta.term, term):
        return fault
    if not meta.snapshot_seq <= seq <= meta.seq:
        return StoreFault(
            "aborted", f"snapshot at {seq}, outside {meta.snapshot_seq}..{meta.seq} as stored"
        )
    return seq


def judge_lease(
    row: LeaseRow | None, stored_term: int, holder: str, now: float, ttl: float
) -> LeaseVerdict:
    """Take, prolong or give back the lease. A new holder always gets a new term.

    A holder whose term was overtaken meanwhile (someone claimed one without a lease) gets a new
    one too: what it is answered is a term that no one else has.
    """
    if ttl <= 0:
        if row is not None and row.holder == holder:
            return LeaseVerdict(None, stored_term, True)
        return LeaseVerdict(row, stored_term, False)
    ours = row is not None and row.holder == holder and row.term == stored_term
    if row is not None and ours:
        return LeaseVerdict(LeaseRow(holder, row.term, now + ttl), stored_term, True)
    held = row is not None and row.holder != holder and now < row.until <= now + ttl * LEASE_AHEAD
    if held:
        return LeaseVerdict(row, stored_term, False)
    term = next_term(stored_term, 0)
    return LeaseVerdict(LeaseRow(holder, term, now + ttl), term, True)
