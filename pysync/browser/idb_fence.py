"""Writing under a term in IndexedDB: what an overtaken leader writes fails as a whole.

While this tab's term is not overtaken, only this tab moves the stored position, so once it was read
it is known. From then on a write is blind: it puts its term on the `fence`, takes it away again and
commits at once, and needs this tab no more, which may be frozen in the same moment without blocking
its successor. Every new term leaves the one before on the fence for good, so that a write which
comes later collides. Without a known position, or while a write is under way, it is read first, in
the same transaction. Floor: `idb_link`, `idb_reads`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pysync.browser.idb_errors import StopWork
from pysync.browser.idb_link import Finish, Link, Mode, Start, Stores
from pysync.browser.idb_reads import read_position
from pysync.ports import StoreFault, StoreMeta

Check = Callable[[StoreMeta], "int | StoreFault"]
Put = Callable[[Any, StoreMeta, int], StoreMeta]
"""`put(tx, position, verdict)` issues the requests and answers the position afterwards."""


class Fence:
    """`run` is the store's: it opens a transaction as soon as the database is known to be ours."""

    def __init__(self, run: Callable[[Stores, Mode, Start, Callable[[Any], None], bool], None]):
        self._run = run
        self._position: StoreMeta | None = None
        self._under_way = 0

    def forget(self) -> None:
        """The connection was lost: whatever was known may be wrong."""
        self._position = None

    def write(
        self,
        stores: tuple[str, ...],
        term: int,
        check: Check,
        put: Put,
        done: Callable[[int | StoreFault], None],
    ) -> None:
        """Write to `stores` what `put` puts, if `check` allows it and the term is still `term`."""
        at = self._position
        if at is not None and at.term == term and not self._under_way:
            verdict = check(at)
            if not isinstance(verdict, StoreFault):
                start = _blindly(at, verdict, put)
                self._start(
                    (*stores, "fence"), start, lambda r: self._ended(_renamed(r, term), done), True
                )
                return
        every = ("decided", "snapshot", "meta", "term", "fence")
        self._start(every, _after_reading(check, put), lambda r: self._ended(r, done), False)

    def _start(
        self, stores: Stores, start: Start, ended: Callable[[Any], None], blind: bool
    ) -> None:
        self._under_way += 1
        self._run(stores, "readwrite", start, ended, blind)

    def _ended(
        self, result: tuple[StoreMeta, int] | StoreFault, done: Callable[[int | StoreFault], None]
    ) -> None:
        self._under_way -= 1
        if isinstance(result, StoreFault):
            self._position = None
            done(result)
        else:
            self._position, answer = result
            done(answer)


def raise_term(tx: Any, stored: int, term: int) -> None:
    """Store the new term, and fence the one before."""
    tx.objectStore("term").put(term, "term")
    tx.objectStore("fence").put(1, stored)


def _blindly(at: StoreMeta, verdict: int, put: Put) -> Start:
    def start(_: Link, tx: Any, __: int) -> Finish:
        fence = tx.objectStore("fence")
        fence.add(1, at.term)
        fence.delete(at.term)
        after = put(tx, at, verdict)
        return lambda: (after, verdict)

    return start


def _after_reading(check: Check, put: Put) -> Start:
    def start(link: Link, tx: Any, number: int) -> Finish:
        results: list[tuple[StoreMeta, int]] = []

        def decide(stored: StoreMeta) -> None:
            verdict = check(stored)
            if isinstance(verdict, StoreFault):
                raise StopWork(verdict)
            results.append((put(tx, stored, verdict), verdict))

        read_position(link, tx, number, decide)
        return lambda: results[0]

    return start


def _renamed(result: Any, term: int) -> Any:
    """In a blind write, what is there already is the fence."""
    if isinstance(result, StoreFault) and result.reason == "duplicate":
        return StoreFault("fenced", f"term {term} was overtaken")
    return result
