"""Seeding in IndexedDB: the first state, and where it stands in a relay's log, in one transaction.

Taking over a relay's state moves the stored position under whoever leads. The tab that seeds reads
it anew; another that claimed the term while the space was empty would go on blindly from seq 0, so
the next term is raised against it. Floor: `idb_fence`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pysync.browser.idb_fence import raise_term
from pysync.browser.idb_link import Finish, Link, Start
from pysync.browser.idb_rows import as_bytes
from pysync.store_rules import next_term

SEEDED: Final = ("seed", "log", "snapshot", "meta", "term", "fence")
"""The object stores of a seed's transaction."""


def seed(rows: Mapping[str, str], epoch: str, seq: int, own_term: Callable[[], int]) -> Start:
    """See the port. `own_term()` is the term that this tab claimed and will read anew."""

    def start(link: Link, tx: Any, number: int) -> Finish:
        meta, states = tx.objectStore("meta"), tx.objectStore("seed")
        found = [tx.objectStore(name).count() for name in ("seed", "log", "snapshot")]
        found.append(meta.count("epoch"))
        seeded: list[bool] = []

        def put(term: int) -> None:
            seeded.append(not any(count.result for count in found))
            if not seeded[0]:
                return
            for name, text in rows.items():
                states.put(as_bytes(text), name)
            if epoch:
                meta.put(epoch, "epoch")
                meta.put(seq, "snapshot_seq")
                if term not in (0, own_term()):
                    raise_term(tx, term, next_term(term, 0))

        link.then(number, tx.objectStore("term").get("term"), put)
        return lambda: seeded[0]

    return start
