"""Writing under a term in IndexedDB: what an overtaken leader writes fails as a whole.

While this tab's term is not overtaken, only this tab moves the stored position: it is read when the
term is claimed, and known from then on. So a write is blind: it puts its term on the `fence`, takes
it away again and commits at once, and needs this tab no more, which may be frozen just then without
blocking its successor. Every new term leaves the one before on the fence for good, so that
a write which comes later collides. Writes wait for each other here, so that each knows where it
stands; only after a fault the position is read again, in the transaction of the next write.

Floor: `idb_link`, `idb_reads`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from pysync.browser.idb_errors import StopWork
from pysync.browser.idb_link import Finish, Link, Mode, Start, Stores
from pysync.browser.idb_reads import read_position
from pysync.ports import StoreFault, StoreMeta

Check = Callable[[StoreMeta], "int | StoreFault"]
Chained = Callable[[Link, Any, int], None]
Put = Callable[[Any, StoreMeta, int], StoreMeta]
"""`put(tx, position, verdict)` issues the requests and answers the position afterwards."""


class Fence:
    """`run` is the store's: it opens a transaction as soon as the database is known to be ours."""

    def __init__(self, run: Callable[[Stores, Mode, Start, Callable[[Any], None], bool], None]):
        self._run = run
        self._position: StoreMeta | None = None
        self._busy = False
        self._waiting: deque[Callable[[], None]] = deque()

    def know(self, position: StoreMeta) -> None:
        """This tab has just claimed that term, and read what is stored in the same transaction."""
        if not self._busy:
            self._position = position

    @property
    def term(self) -> int:
        """The term under which this tab knows the position, 0 if it does not."""
        return 0 if self._position is None else self._position.term

    def forget(self) -> None:
        """The connection was lost, or the space was seeded: whatever was known may be wrong."""
        self._position = None

    def write(
        self,
        stores: tuple[str, ...],
        term: int,
        check: Check,
        put: Put,
        done: Callable[[int | StoreFault], None],
        chained: Chained | None = None,
    ) -> None:
        """Write to `stores` what `put` puts, if `check` allows it and the term is still `term`.
        What is `chained` reads before it writes, so such a write is not a blind one."""
        if self._busy:
            self._waiting.append(lambda: self.write(stores, term, check, put, done, chained))
            return
        self._busy = True
        at = self._position
        verdict = check(at) if at is not None and at.term == term else None
        if at is not None and isinstance(verdict, int) and chained is None:
            self._run(
                (*stores, "fence"),
                "readwrite",
                _blindly(at, verdict, put),
                lambda result: self._ended(_renamed(result, term), done),
                True,
            )
        else:
            every = tuple({*stores, "decided", "snapshot", "meta", "term", "fence"})
            start = _after_reading(check, put, chained)
            self._run(every, "readwrite", start, lambda result: self._ended(result, done), False)

    def _ended(
        self, result: tuple[StoreMeta, int] | StoreFault, done: Callable[[int | StoreFault], None]
    ) -> None:
        self._busy = False
        answer: int | StoreFault
        if isinstance(result, StoreFault):
            self._position, answer = None, result
        else:
            self._position, answer = result
        done(answer)
        if self._waiting and not self._busy:
            self._waiting.popleft()()


def _blindly(at: StoreMeta, verdict: int, put: Put) -> Start:
    def start(_: Link, tx: Any, __: int) -> Finish:
        fence = tx.objectStore("fence")
        fence.add(1, at.term)
        fence.delete(at.term)
        after = put(tx, at, verdict)
        return lambda: (after, verdict)

    return start


def _after_reading(check: Check, put: Put, chained: Chained | None) -> Start:
    def start(link: Link, tx: Any, number: int) -> Finish:
        results: list[tuple[StoreMeta, int]] = []

        def decide(stored: StoreMeta) -> None:
            verdict = check(stored)
            if isinstance(verdict, StoreFault):
                raise StopWork(verdict)
            results.append((put(tx, stored, verdict), verdict))
            if chained is not None:
                chained(link, tx, number)

        read_position(link, tx, number, decide)
        return lambda: results[0]

    return start


def _renamed(result: Any, term: int) -> Any:
    """In a blind write, what is there already is the fence."""
    if isinstance(result, StoreFault) and result.reason == "duplicate":
        return StoreFault("fenced", f"term {term} was overtaken")
    return result
