"""Seeding in IndexedDB: the first state, and where it stands in a relay's log, in one transaction;
and putting a relay's state in the place of all that was decided.

Taking over a relay's state moves the stored position under whoever leads. The tab that seeds reads
it anew; another that claimed the term while the space was empty would go on blindly from seq 0, so
the next term is raised against it. Floor: `idb_fence`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from pysync.browser.idb_fence import Put
from pysync.browser.idb_link import Finish, Link, Start
from pysync.browser.idb_rows import as_bytes, raise_term
from pysync.browser.objects import options
from pysync.ports import Beginning, StoreMeta
from pysync.store_rules import next_term

SEEDED: Final = ("seed", "log", "snapshot", "meta", "term", "fence")
"""The object stores of a seed's transaction."""


REPLACED: Final = ("seed", "snapshot", "decided", "meta", "log")
"""The object stores that taking over writes."""


def replacing(state: Beginning, log_key: int) -> Put:
    """Puts a relay's state in the place of what is stored."""

    def put(tx: Any, at: StoreMeta, generation: int) -> StoreMeta:
        for name in ("seed", "snapshot", "decided"):
            tx.objectStore(name).clear()
        _put(tx, state, generation)
        for row in state.log:
            tx.objectStore("log").put(options(key=row.key, id=row.batch, body=row.body))
        tx.objectStore("meta").put(log_key, "log_key")
        seq = state.seq
        return replace(at, seq=seq, snapshot_seq=seq, epoch=state.epoch, generation=generation)

    return put


def _put(tx: Any, state: Beginning, generation: int) -> None:
    states, meta = tx.objectStore("seed"), tx.objectStore("meta")
    for name, text in state.rows.items():
        states.put(as_bytes(text), name)
    if state.epoch:
        meta.put(state.epoch, "epoch")
        meta.put(state.seq, "snapshot_seq")
        meta.put(state.last, "last")
        meta.put(generation, "generation")


def seed(state: Beginning, own_term: Callable[[], int]) -> Start:
    """See the port. `own_term()` is the term that this tab claimed and will read anew."""

    def start(link: Link, tx: Any, number: int) -> Finish:
        found = [tx.objectStore(name).count() for name in ("seed", "log", "snapshot")]
        found.append(tx.objectStore("meta").count("epoch"))
        seeded: list[bool] = []

        def put(term: int) -> None:
            seeded.append(not any(count.result for count in found))
            if not seeded[0]:
                return
            _put(tx, state, 1)
            if state.epoch and term not in (0, own_term()):
                raise_term(tx, term, next_term(term, 0))

        link.then(number, tx.objectStore("term").get("term"), put)
        return lambda: seeded[0]

    return start
