"""Loading from IndexedDB: everything a replica needs to start, read in three steps.

What an older build stored is brought to this build's format first. Floor: `idb_reads`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pysync.browser.idb_link import Finish, Link, Start
from pysync.browser.idb_reads import (
    VERDICTS,
    All,
    behind,
    logged,
    stored_seq,
    verdicts_behind,
)
from pysync.browser.idb_rows import check_meta, log_rows, raise_term, with_frames
from pysync.ports import FORMAT, DecidedRow, Loaded, StoreFault, StoreMeta
from pysync.store_rules import next_term

FACTS = ("decided", "seed", "snapshot", "meta", "term")
UPGRADED = ("meta", "term", "fence")


def load(link: Link, done: Callable[[Loaded | StoreFault], None]) -> None:
    """Everything a replica needs to start, on a connection that is open."""

    def verdicts_of(facts: dict[str, Any] | StoreFault) -> None:
        if isinstance(facts, StoreFault):
            done(facts)
        elif facts["format"] < FORMAT:
            link.run(UPGRADED, "readwrite", _bring_up_to_date, brought_up_to_date)
        else:
            start = verdicts_behind(facts["snapshot_seq"], facts["generation"])
            link.run(VERDICTS, "readonly", start, lambda rows: log_of(facts, rows), blind=True)

    def brought_up_to_date(result: bool | StoreFault) -> None:
        if isinstance(result, StoreFault):
            done(result)
        else:
            load(link, done)

    def log_of(facts: dict[str, Any], rows: list[DecidedRow] | StoreFault) -> None:
        if isinstance(rows, StoreFault) and rows.reason == "anew":
            load(link, done)  # what was read first was replaced meanwhile
        elif isinstance(rows, StoreFault):
            done(rows)
        else:
            link.run("log", "readonly", _everything(facts, rows), done, blind=True)

    link.run(FACTS, "readonly", _facts, verdicts_of, blind=True)


def _bring_up_to_date(link: Link, tx: Any, number: int) -> Finish:
    """Make what an older build stored one of this build's (`store_rules.OLDEST`), unless another
    tab has just done so."""
    meta = tx.objectStore("meta")
    found, generation = meta.get("format"), meta.get("generation")

    def put(term: int) -> None:
        if found.result < FORMAT:
            meta.put(FORMAT, "format")
            meta.put((generation.result or 0) + 1, "generation")
            raise_term(tx, term, next_term(term, 0))

    link.then(number, tx.objectStore("term").get("term"), put)
    return lambda: True


def _facts(_: Link, tx: Any, __: int) -> Finish:
    meta, seed, snapshot = (All(tx.objectStore(name)) for name in ("meta", "seed", "snapshot"))
    term = tx.objectStore("term").get("term")
    decided = tx.objectStore("decided")
    last = decided.openCursor(None, "prev")
    last_key = decided.index("log_key").openKeyCursor(None, "prev")

    def finish() -> dict[str, Any]:
        facts = meta.read()
        check_meta(facts)
        key = last_key.result
        return {
            **facts,
            "term": term.result,
            "seq": stored_seq(facts, last.result),
            "log_key": max(key.key if key else 0, facts.get("log_key", 0)),
            "last": last.result.value.batch if last.result else facts.get("last", ""),
            "epoch": facts.get("epoch", ""),
            "generation": facts.get("generation", 0),
            "seed": seed.texts(),
            "snapshot": snapshot.texts(),
        }

    return finish


def _everything(facts: dict[str, Any], rows: list[DecidedRow]) -> Start:
    """The last step of loading: the log behind the first verdict that is not in the snapshot."""
    log_key = max([facts["log_key"], *(row.log_key for row in rows)])
    first = min([log_key, *(row.log_key - 1 for row in logged(rows))])

    def start(_: Link, tx: Any, __: int) -> Finish:
        request = tx.objectStore("log").getAll(behind(first))

        def finish() -> Loaded:
            log = log_rows(request.result)
            return Loaded(
                meta=StoreMeta(
                    format=facts["format"],
                    incarnation=facts["incarnation"],
                    term=facts["term"],
                    seq=rows[-1].seq + rows[-1].count - 1 if rows else facts["seq"],
                    log_key=log_key,
                    snapshot_seq=facts["snapshot_seq"],
                    epoch=facts["epoch"],
                    last=rows[-1].batch if rows else facts["last"],
                    generation=facts["generation"],
                ),
                seed=facts["seed"],
                snapshot=facts["snapshot"],
                decided=with_frames(rows, log),
                tail=[row for row in log if row.key > log_key],
            )

        return finish

    return start
