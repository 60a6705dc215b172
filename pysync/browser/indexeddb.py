"""The `Store` port on IndexedDB: the truth of a device.

`append` opens its transaction inside the call, puts blindly and commits at once: a tab that is
killed right after has written, and a tab that is frozen right after holds nothing. Verdicts and
snapshots are written in the same way once this tab's term and position are known: a key put on the
`fence` by the next claim makes every write under an older term fail as a whole. They never hold the
log, so authors never wait for the leader.

"Durable" means that the transaction is complete: it survives the death of the tab and of the
browser. With `strict` it also survives a power cut, for one flush of the disk per transaction.

Floor: `idb_fence`, `idb_lease`, `idb_reads`, `idb_seed`, `idb_rows`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pysync.browser.idb_appends import Appends
from pysync.browser.idb_edits import adding, editing
from pysync.browser.idb_fence import Fence
from pysync.browser.idb_lease import LEASED, take_lease
from pysync.browser.idb_link import Finish, Link, Mode, Start, Stores
from pysync.browser.idb_load import load
from pysync.browser.idb_reads import (
    DecidedRows,
    read_decided,
    read_history,
    read_log,
    read_meta,
    read_position,
    read_rows_beginning,
    read_seed_row,
)
from pysync.browser.idb_rows import as_bytes, create, database_name, raise_term
from pysync.browser.idb_seed import REPLACED, SEEDED, replacing, seed
from pysync.browser.objects import options
from pysync.ports import Beginning, DecidedRow, Edited, Lease, Loaded, LogRow, StoreFault, StoreMeta
from pysync.store_rules import (
    judge_decisions,
    judge_generation,
    judge_snapshot,
    judge_term,
    next_term,
)


class IndexedDBStore:
    """One space in the database `pysync.<space>`. `on_lost(detail)` is called when it was deleted
    or cleared under us; every call then answers `closed`, and `load` opens (or makes) it anew."""

    durable = True
    shared = True

    def __init__(
        self,
        space: str,
        *,
        on_lost: Callable[[str], None] | None = None,
        strict: bool = False,
    ) -> None:
        self.space: Final = space
        self._on_lost = on_lost
        flush = options(durability="strict") if strict else None
        self._link = Link(database_name(space), create, self._lost, flush)
        self._appends = Appends(self._link)
        self._fence = Fence(
            lambda stores, mode, start, done, blind: self._run(
                stores, mode, start, done, blind=blind
            )
        )
        self._generation: int | None = None
        """What was loaded."""
        self._refusal: StoreFault | None = None
        self._checked = False

    # -- reading -----------------------------------------------------------------------------------

    def load(self, done: Callable[[Loaded | StoreFault], None]) -> None:
        """Open, creating the database if absent, and read everything."""
        self._refusal = None

        def judged(result: Loaded | StoreFault) -> None:
            self._judge(result)
            if isinstance(result, Loaded):
                self._generation = result.meta.generation
            done(result)

        def opened(fault: StoreFault | None) -> None:
            if fault is None:
                load(self._link, judged)
            else:
                judged(fault)

        self._link.open(opened)

    def read_log(
        self,
        after: int,
        known: Callable[[str], bool],
        done: Callable[[Sequence[LogRow] | StoreFault], None],
    ) -> None:
        """Batches behind `after`."""
        self._run("log", "readonly", read_log(after, known), done, blind=True)

    def read_decided(
        self, after_seq: int, done: Callable[[DecidedRows | StoreFault], None]
    ) -> None:
        """Verdict rows behind `after_seq`."""

        def go() -> None:
            read_decided(self._link, after_seq, self._generation, done)

        self._when_checked(go, done)

    def history(self, ref: str, done: Callable[[DecidedRows | StoreFault], None]) -> None:
        """Verdict rows that name `ref`."""
        self._when_checked(lambda: read_history(self._link, ref, done), done)

    def seed_row(self, name: str, done: Callable[[str | StoreFault | None], None]) -> None:
        """One row of the first state."""
        self._run("seed", "readonly", read_seed_row(name), done, blind=True)

    def rows(self, beginning: str, done: Callable[[Mapping[str, str] | StoreFault], None]) -> None:
        """The rows whose names begin so."""
        start = read_rows_beginning(beginning)
        self._run(("seed", "snapshot"), "readonly", start, done, blind=True)

    # -- the log -----------------------------------------------------------------------------------

    def append(self, batch: str, body: str, done: Callable[[int | StoreFault], None]) -> None:
        """Add a batch. After `blocked` it may still be written: appending the same batch again
        waits for the first attempt, or answers `duplicate` if that was written meanwhile."""
        if self._checked:
            self._appends.append(batch, body, done)
        else:
            self._when_checked(lambda: self._appends.append(batch, body, done), done)

    def append_all(
        self, batches: Mapping[str, str], done: Callable[[str, int | StoreFault], None]
    ) -> None:
        """`append` for each of these, in one transaction."""

        def failed(fault: StoreFault) -> None:
            for batch in batches:
                done(batch, fault)

        self._when_checked(lambda: self._appends.append_all(batches, done), failed)

    def seed(
        self,
        rows: Mapping[str, str],
        done: Callable[[bool | StoreFault], None],
        *,
        epoch: str = "",
        seq: int = 0,
        last: str = "",
    ) -> None:
        """Put the first state into an empty space."""

        def ended(result: bool | StoreFault) -> None:
            if result is True:
                self._fence.forget()
                self._generation = 1 if epoch else 0
            done(result)

        start = seed(Beginning(rows, epoch, seq, last), lambda: self._fence.term)
        self._run(SEEDED, "readwrite", start, ended)

    # -- leading -----------------------------------------------------------------------------------

    def claim_term(self, at_least: int, done: Callable[[int | StoreFault], None]) -> None:
        """Raise the term and fence the one before."""

        claimed: list[StoreMeta] = []

        def start(link: Link, tx: Any, number: int) -> Finish:
            def put(stored: StoreMeta) -> None:
                claimed.append(replace(stored, term=next_term(stored.term, at_least)))
                raise_term(tx, stored.term, claimed[0].term)

            read_position(link, tx, number, put)
            return lambda: claimed[0].term

        def ended(result: int | StoreFault) -> None:
            if not isinstance(result, StoreFault):
                self._fence.know(claimed[0])
            done(result)

        self._run(("term", "fence", "decided", "meta"), "readwrite", start, ended)

    def take_lease(
        self, holder: str, now: float, ttl: float, done: Callable[[Lease | StoreFault], None]
    ) -> None:
        """Take, prolong or give back the lease."""
        self._run(LEASED, "readwrite", take_lease(holder, now, ttl), done)

    def write_decisions(
        self,
        term: int,
        rows: Sequence[DecidedRow],
        done: Callable[[int | StoreFault], None],
        edited: Edited | None = None,
    ) -> None:
        """Append verdict rows, fenced."""

        def check(at: StoreMeta) -> int | StoreFault:
            return self._fits(at) or judge_decisions(at.term, at.seq, term, rows)

        stores, chained = editing(edited)
        self._fence.write(stores, term, check, adding(rows), done, chained)

    def write_snapshot(
        self, term: int, seq: int, rows: Mapping[str, str], done: Callable[[int | StoreFault], None]
    ) -> None:
        """Replace snapshot rows, fenced."""

        def check(at: StoreMeta) -> int | StoreFault:
            return self._fits(at) or judge_snapshot(at, term, seq)

        def put(tx: Any, at: StoreMeta, stands: int) -> StoreMeta:
            store = tx.objectStore("snapshot")
            for name, text in rows.items():
                store.put(as_bytes(text), name)
            tx.objectStore("meta").put(stands, "snapshot_seq")
            return replace(at, snapshot_seq=stands)

        self._fence.write(("snapshot", "meta"), term, check, put, done)

    def take_over(
        self, term: int, state: Beginning, log_key: int, done: Callable[[int | StoreFault], None]
    ) -> None:
        """Replace all that was decided, fenced."""

        def check(at: StoreMeta) -> int | StoreFault:
            return self._fits(at) or judge_term(at.term, term) or at.generation + 1

        self._fence.write(REPLACED, term, check, replacing(state, log_key), done)

    def _fits(self, at: StoreMeta) -> StoreFault | None:
        return judge_generation(self._generation, at.generation)

    def close(self) -> None:
        """Disconnect and let go of every handler."""
        self._checked = False
        self._link.close()

    # -- transactions ------------------------------------------------------------------------------

    def _run(
        self,
        stores: Stores,
        mode: Mode,
        start: Start,
        done: Callable[[Any], None],
        *,
        blind: bool = False,
    ) -> None:
        def go() -> None:
            self._link.run(stores, mode, start, done, blind=blind)

        self._when_checked(go, done)

    def _when_checked(self, then: Callable[[], None], done: Callable[[Any], None]) -> None:
        """Nothing is written before the database has proved to be of a format we know."""
        if self._checked:
            then()
        elif self._refusal is not None:
            done(self._refusal)
        else:
            self._link.open(lambda fault: self._check(fault, then, done))

    def _check(
        self, fault: StoreFault | None, then: Callable[[], None], done: Callable[[Any], None]
    ) -> None:
        def judged(facts: Any) -> None:
            self._judge(facts)
            if isinstance(facts, StoreFault):
                done(facts)
            else:
                then()

        if fault is None:
            self._link.run("meta", "readonly", read_meta, judged, blind=True)
        else:
            judged(fault)

    def _judge(self, result: Any) -> None:
        self._checked = not isinstance(result, StoreFault)
        if isinstance(result, StoreFault) and result.reason == "corrupt":
            self._refusal = result

    def _lost(self, detail: str) -> None:
        self._checked = False
        self._fence.forget()
        self._refusal = StoreFault("closed", f"{self.space}: {detail}")
        if self._on_lost is not None:
            self._on_lost(detail)
