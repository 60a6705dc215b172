"""The lease in IndexedDB: who leads where the page has no locks. Floor: `idb_fence`."""

from __future__ import annotations

import json
from typing import Any, Final

from pysync.browser.idb_link import Finish, Link, Start
from pysync.browser.idb_rows import raise_term
from pysync.ports import Lease
from pysync.store_rules import LeaseRow, judge_lease
from pysync.values.jsontext import parse_json

LEASED: Final = ("term", "fence")
"""The object stores of such a transaction."""


def take_lease(holder: str, now: float, ttl: float) -> Start:
    """Take, prolong or give back the lease; see the port."""

    def start(link: Link, tx: Any, number: int) -> Finish:
        store = tx.objectStore("term")
        stored = store.get("term")
        answers: list[Lease] = []

        def decide(lease: Any) -> None:
            term = stored.result
            verdict = judge_lease(_row(lease), term, holder, now, ttl)
            answers.append(verdict.answer)
            if verdict.changed:
                store.put(_text(verdict.row), "lease")
            if verdict.term != term:
                raise_term(tx, term, verdict.term)

        link.then(number, store.get("lease"), decide)
        return lambda: answers[0]

    return start


def _text(row: LeaseRow | None) -> str:
    return "" if row is None else json.dumps([row.holder, row.term, row.until])


def _row(text: Any) -> LeaseRow | None:
    return LeaseRow(*parse_json(text)) if text else None
