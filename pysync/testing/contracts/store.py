"""The contract of the `Store` port: every store passes all of `STORE_CASES`.

Floor: `leaders`, `relayed`, `kit`.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

from pysync.ports import FORMAT, Loaded, LogRow, Store, StoreFault
from pysync.testing.contracts.anew import ANEW_CASES
from pysync.testing.contracts.formats import FORMAT_CASES
from pysync.testing.contracts.kit import (
    StoreCase,
    StorePlace,
    answer,
    fault,
    filled,
    nothing_known,
    ready,
    rows_of,
    value,
    verdict,
)
from pysync.testing.contracts.leaders import LEADER_CASES
from pysync.testing.contracts.relayed import RELAYED_CASES


async def loads_empty(place: StorePlace) -> None:
    """A new place loads as nothing, with an incarnation that stays."""
    store = place.open()
    first = await value(Loaded, store.load)
    assert first.meta.format == FORMAT
    assert len(first.meta.incarnation) >= 16
    assert (first.meta.term, first.meta.seq, first.meta.log_key, first.meta.snapshot_seq) == (
        0,
        0,
        0,
        0,
    )
    assert (dict(first.seed), dict(first.snapshot)) == ({}, {})
    assert (list(first.decided), list(first.tail)) == ([], [])
    again = await value(Loaded, store.load)
    assert again.meta.incarnation == first.meta.incarnation
    store.close()


async def appends_in_order(place: StorePlace) -> None:
    """Keys rise; frames come back exactly as given; a known batch comes without its frame."""
    store, keys, _ = await filled(place, 3)
    assert keys == sorted(set(keys))
    read = await rows_of(store.read_log, 0, nothing_known)
    assert read == [LogRow(key, f"b{n}", f"frame {n} é\n😀") for n, key in enumerate(keys)]
    known = await rows_of(store.read_log, keys[0], lambda batch: batch == "b1")
    assert known == [LogRow(keys[1], "b1", None), LogRow(keys[2], "b2", "frame 2 é\n😀")]
    assert await rows_of(store.read_log, keys[2], nothing_known) == []
    tail = (await value(Loaded, store.load)).tail
    assert list(tail) == read
    store.close()


async def appends_in_one_burst_keep_their_order(place: StorePlace) -> None:
    """Appends that do not wait for each other are all kept, in the order of the calls."""
    store = await ready(place)
    keys = await asyncio.gather(*(value(int, store.append, f"b{n}", str(n)) for n in range(50)))
    assert keys == sorted(set(keys))
    read = await rows_of(store.read_log, 0, nothing_known)
    assert [row.batch for row in read] == [f"b{n}" for n in range(50)]
    store.close()


async def refuses_a_batch_twice(place: StorePlace) -> None:
    """The second append of an id answers `duplicate` and changes nothing; the store goes on."""
    store = await ready(place)
    await value(int, store.append, "b", "first")
    assert await fault(store.append, "b", "second") == "duplicate"
    await value(int, store.append, "c", "third")
    read = await rows_of(store.read_log, 0, nothing_known)
    assert [(row.batch, row.body) for row in read] == [("b", "first"), ("c", "third")]
    store.close()


async def appends_together(place: StorePlace) -> None:
    """Batches given together are kept in their order, each answered for itself; one that the log
    holds already answers `duplicate` and does not hold up the others."""
    store = await ready(place)
    assert await together(store, {"a": "1", "b": "2"}) == {"a": "kept", "b": "kept"}
    answers = await together(store, {"c": "3", "b": "again", "d": "4"})
    assert answers == {"c": "kept", "b": "duplicate", "d": "kept"}
    read = await rows_of(store.read_log, 0, nothing_known)
    assert [(row.batch, row.body) for row in read] == [*zip("abcd", "1234", strict=True)]
    store.close()


async def together(store: Store, batches: dict[str, str]) -> dict[str, str]:
    """What `append_all` answers for each: `kept`, or the reason why not."""
    answers: dict[str, asyncio.Future[int | StoreFault]] = {
        batch: asyncio.get_running_loop().create_future() for batch in batches
    }
    store.append_all(batches, lambda batch, result: answers[batch].set_result(result))
    found = {batch: await answered for batch, answered in answers.items()}
    return {
        batch: result.reason if isinstance(result, StoreFault) else "kept"
        for batch, result in found.items()
    }


async def writes_decisions_densely(place: StorePlace) -> None:
    """Verdicts follow each other without a gap, come back with their frames, end the tail."""
    store, keys, term = await filled(place, 3)
    rows = [verdict(1, keys[0], "b0", count=2), verdict(3, keys[1], "b1")]
    assert await value(int, store.write_decisions, term, rows) == 3
    read = await rows_of(store.read_decided, 0)
    assert read == [(rows[0], "frame 0 é\n😀"), (rows[1], "frame 1 é\n😀")]
    assert await rows_of(store.read_decided, 1) == read[1:]
    assert await rows_of(store.read_decided, 3) == []
    loaded = await value(Loaded, store.load)
    assert (loaded.meta.seq, loaded.meta.log_key) == (3, keys[1])
    assert (list(loaded.decided), [row.batch for row in loaded.tail]) == (read, ["b2"])
    store.close()


async def refuses_a_gap(place: StorePlace) -> None:
    """A row that does not follow the stored seq, or the row before it, aborts the whole write."""
    store, keys, term = await filled(place, 3)
    first = verdict(1, keys[0], "b0")
    gap, repeat = verdict(3, keys[1], "b1"), verdict(1, keys[1], "b1")
    assert await fault(store.write_decisions, term, [gap]) == "aborted"
    assert await fault(store.write_decisions, term, [first, gap]) == "aborted"
    assert await rows_of(store.read_decided, 0) == []
    assert await value(int, store.write_decisions, term, [first]) == 1
    assert await fault(store.write_decisions, term, [repeat]) == "aborted"
    assert await fault(store.write_decisions, term, [gap]) == "aborted"
    assert await value(int, store.write_decisions, term, [verdict(2, keys[1], "b1")]) == 2
    assert (await value(Loaded, store.load)).meta.seq == 2
    store.close()


async def takes_decisions_in_one_burst(place: StorePlace) -> None:
    """Writes that do not wait for each other follow each other; none is lost or doubled."""
    store, keys, term = await filled(place, 6)
    writes = [[verdict(n + 1, key, f"b{n}")] for n, key in enumerate(keys)]
    answers = await asyncio.gather(*(answer(store.write_decisions, term, rows) for rows in writes))
    assert answers == [1, 2, 3, 4, 5, 6]
    assert len(await rows_of(store.read_decided, 0)) == 6
    store.close()


async def writes_no_decision_at_all(place: StorePlace) -> None:
    """No rows: answers the stored seq, and is fenced like any write."""
    store, keys, term = await filled(place, 1)
    assert await value(int, store.write_decisions, term, []) == 0
    await value(int, store.write_decisions, term, [verdict(1, keys[0], "b0")])
    assert await value(int, store.write_decisions, term, []) == 1
    assert await fault(store.write_decisions, term + 1, []) == "fenced"
    store.close()


async def keeps_snapshots(place: StorePlace) -> None:
    """Named rows are replaced, others stay; verdicts up to the snapshot need not be loaded."""
    store, keys, term = await filled(place, 2)
    rows = [verdict(1, keys[0], "b0"), verdict(2, keys[1], "b1")]
    await value(int, store.write_decisions, term, rows)
    assert await value(int, store.write_snapshot, term, 1, {"a": "1", "b": "é😀"}) == 1
    assert await value(int, store.write_snapshot, term, 2, {"a": "2"}) == 2
    loaded = await value(Loaded, store.load)
    assert dict(loaded.snapshot) == {"a": "2", "b": "é😀"}
    assert (loaded.meta.snapshot_seq, list(loaded.decided)) == (2, [])
    assert len(await rows_of(store.read_decided, 0)) == 2
    assert await fault(store.write_snapshot, term, 3, {"a": "3"}) == "aborted"
    assert await fault(store.write_snapshot, term, 1, {"a": "0"}) == "aborted"
    assert dict((await value(Loaded, store.load)).snapshot) == {"a": "2", "b": "é😀"}
    store.close()


async def seeds_only_what_is_empty(place: StorePlace) -> None:
    """The first state goes into an empty space once, never beside a seed or a log."""
    store = await ready(place)
    assert await value(bool, store.seed, {"a": "1", "b": "2"}) is True
    assert await value(bool, store.seed, {"a": "9"}) is False
    assert dict((await value(Loaded, store.load)).seed) == {"a": "1", "b": "2"}
    assert await answer(store.seed_row, "b") == "2"
    assert await answer(store.seed_row, "c") is None
    store.close()


async def seeds_nothing_beside_a_log(place: StorePlace) -> None:
    """A space with a log keeps what it has."""
    store = await ready(place)
    await value(int, store.append, "b", "frame")
    assert await value(bool, store.seed, {"a": "1"}) is False
    assert dict((await value(Loaded, store.load)).seed) == {}
    store.close()


async def finds_history(place: StorePlace) -> None:
    """Every verdict that names a record is found again, in order, and no other."""
    store, keys, term = await filled(place, 3)
    rows = [
        verdict(1, keys[0], "b0", refs=["rooms/1", "rooms/2"]),
        verdict(2, keys[1], "b1", refs=["rooms/11"]),
        verdict(3, keys[2], "b2", refs=["rooms/1"]),
    ]
    await value(int, store.write_decisions, term, rows)
    found = await rows_of(store.history, "rooms/1")
    assert [(row.seq, row.refs, frame) for row, frame in found] == [
        (1, ("rooms/1", "rooms/2"), "frame 0 é\n😀"),
        (3, ("rooms/1",), "frame 2 é\n😀"),
    ]
    assert await rows_of(store.history, "rooms/3") == []
    store.close()


async def answers_closed_after_close(place: StorePlace) -> None:
    """Every call after `close` answers `closed`; closing twice is harmless."""
    store = await ready(place)
    store.close()
    store.close()
    assert await fault(store.load) == "closed"
    assert await fault(store.append, "b", "frame") == "closed"
    assert await fault(store.read_log, 0, nothing_known) == "closed"
    assert await fault(store.read_decided, 0) == "closed"
    assert await fault(store.claim_term, 0) == "closed"
    assert await fault(store.write_decisions, 1, []) == "closed"
    assert await fault(store.write_snapshot, 1, 0, {}) == "closed"
    assert await fault(store.seed, {"a": "1"}) == "closed"
    assert await fault(store.history, "rooms/1") == "closed"
    assert await fault(store.seed_row, "a") == "closed"
    assert await fault(store.rows, "~") == "closed"
    assert await fault(store.take_lease, "t1", 0.0, 1.0) == "closed"


async def finds_rows_by_how_their_names_begin(place: StorePlace) -> None:
    """Those of the snapshot stand before those of the first state."""
    store = await ready(place)
    assert await answer(store.rows, "~") == {}
    assert await value(bool, store.seed, {"~a": "1", "~b.x": "2", "rooms/0": "é"}) is True
    assert await answer(store.rows, "~") == {"~a": "1", "~b.x": "2"}
    term = await value(int, store.claim_term, 0)
    rows = {"~b.x": "", "~b.😀": "4", "~": "5", "}": "6"}
    assert await value(int, store.write_snapshot, term, 0, rows) == 0
    assert await answer(store.rows, "~b.") == {"~b.x": "", "~b.😀": "4"}
    assert await answer(store.rows, "~") == {"~a": "1", "~": "5", "~b.x": "", "~b.😀": "4"}
    store.close()


async def finds_each_of_many_that_are_written_together(place: StorePlace) -> None:
    """Hundreds of verdicts in one write: read from any seq, found by what they touch."""
    store = await ready(place)
    frames = {f"b.{n}": f"frame {n}" for n in range(1, 201)}
    key = [await value(int, store.append, batch, text) for batch, text in frames.items()]
    term = await value(int, store.claim_term, 0)
    many = [verdict(n, key[n - 1], f"b.{n}", refs=[f"rooms/{n % 50}"]) for n in range(1, 200)]
    many[100] = replace(many[100], frame="of another device", log_key=0)
    assert await value(int, store.write_decisions, term, many[:1]) == 1
    assert await value(int, store.write_decisions, term, many[1:]) == 199
    whole = [(row, row.frame or frames[row.batch]) for row in many]
    for after in (0, 1, 2, 64, 65, 66, 128, 198, 199):
        assert await rows_of(store.read_decided, after) == whole[after:]
    assert await rows_of(store.history, "rooms/7") == whole[6::50]
    assert await value(int, store.write_snapshot, term, 70, {}) == 70
    loaded = await value(Loaded, store.load)
    assert list(loaded.decided) == whole[70:]
    assert (loaded.meta.seq, loaded.meta.last, loaded.meta.log_key) == (199, "b.199", key[198])
    assert [row.batch for row in loaded.tail] == ["b.200"]
    assert await value(int, store.write_decisions, term, [verdict(200, key[199], "b.200")]) == 200
    store.close()


STORE_CASES: Final[tuple[StoreCase, ...]] = (
    loads_empty,
    appends_in_order,
    appends_in_one_burst_keep_their_order,
    appends_together,
    refuses_a_batch_twice,
    writes_decisions_densely,
    refuses_a_gap,
    takes_decisions_in_one_burst,
    writes_no_decision_at_all,
    keeps_snapshots,
    seeds_only_what_is_empty,
    seeds_nothing_beside_a_log,
    finds_history,
    answers_closed_after_close,
    finds_rows_by_how_their_names_begin,
    finds_each_of_many_that_are_written_together,
    *FORMAT_CASES,
    *LEADER_CASES,
    *RELAYED_CASES,
    *ANEW_CASES,
)
