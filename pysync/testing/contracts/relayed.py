"""The part of the `Store` contract for spaces whose order comes from a relay: taking over its
state, and verdicts on what other devices made.

Floor: `kit`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from pysync.ports import DecidedRow, Edited, Loaded, Store, StoreFault
from pysync.testing.contracts.kit import (
    StoreCase,
    StorePlace,
    answer,
    fault,
    filled,
    foreign,
    nothing_known,
    ready,
    rows_of,
    value,
    verdict,
)


async def _begun(place: StorePlace, seq: int) -> tuple[Store, int]:
    """A store that took over a relay's state at `seq`, and a claimed term."""
    store = await ready(place)
    seed = partial(store.seed, epoch="e1", seq=seq)
    assert await value(bool, seed, {"a": "1"}) is True
    return store, await value(int, store.claim_term, 0)


async def _begun_with_log(place: StorePlace) -> tuple[Store, list[int], int]:
    """The same at seq 0, with two batches in its log."""
    store, term = await _begun(place, 0)
    keys = [await value(int, store.append, f"b{n}", f"frame {n}") for n in range(2)]
    return store, keys, term


async def keeps_foreign_frames(place: StorePlace) -> None:
    """Verdicts on what other devices made need no log: their frames come back with them."""
    store, _, term = await filled(place, 0)
    rows = [foreign(1, count=2, refs=["rooms/1"]), foreign(3, refs=["rooms/2", "rooms/1"])]
    assert await value(int, store.write_decisions, term, rows) == 3
    told = [(row, row.frame) for row in rows]
    loaded = await value(Loaded, store.load)
    assert (list(loaded.decided), list(loaded.tail)) == (told, [])
    assert (loaded.meta.seq, loaded.meta.log_key) == (3, 0)
    assert await rows_of(store.read_decided, 0) == told
    assert await rows_of(store.read_decided, 1) == told[1:]
    assert await rows_of(store.history, "rooms/1") == told
    assert await rows_of(store.history, "rooms/2") == told[1:]
    store.close()


async def edits_what_is_stored(place: StorePlace) -> None:
    """With a verdict stored text is replaced: rows alone and among many, batches of the log, rows
    of the first state; all of it or, under a term that was overtaken, nothing."""
    store, keys, term = await _begun_with_log(place)
    many = [foreign(seq, refs=["p/1"]) for seq in range(2, 90)]
    own = verdict(1, keys[0], "b0", refs=["p/1"])
    await value(int, store.write_decisions, term, [own])
    await value(int, store.write_decisions, term, many)
    await value(int, store.write_decisions, term, [foreign(90, refs=["p/1"])])
    edited = Edited(
        [own, *(replace(many[at], frame=f"left {at}") for at in (0, 1, 87))],
        {"b0": "left", "b1": "of it", "f2": "no batch of ours"},
        {"a": "left"},
        {"s": "left too"},
    )
    last = verdict(91, keys[1], "b1", refs=["p/1"])

    def write(under: int, done: Callable[[int | StoreFault], None]) -> None:
        store.write_decisions(under, [last], done, edited)

    assert await fault(partial(write, term - 1)) == "fenced"
    assert dict((await value(Loaded, store.load)).seed)["a"] == "1"
    assert await value(int, partial(write, term)) == 91
    for other in (store, await ready(place)):
        told = [(row.seq, text) for row, text in await rows_of(other.history, "p/1")]
        left = {1: "left", 2: "left 0", 3: "left 1", 89: "left 87", 91: "of it"}
        assert told == [(seq, left.get(seq, f"foreign {seq} é\n😀")) for seq in range(1, 92)]
        logged = [row.body for row in await rows_of(other.read_log, 0, nothing_known)]
        assert logged == ["left", "of it"]
        assert await value(str, other.seed_row, "a") == "left"
        assert dict(await value(dict, other.rows, "s")) == {"s": "left too"}
        other.close()


async def mixes_own_and_foreign_verdicts(place: StorePlace) -> None:
    """Own frames come from the log, foreign ones from their rows; what lies decided of the log
    ends with the highest key, whatever follows."""
    store, keys, term = await filled(place, 4)
    rows = [
        foreign(1, refs=["rooms/1"]),
        verdict(2, keys[1], "b1", refs=["rooms/1"]),
        foreign(3, refs=["rooms/1"]),
        verdict(4, keys[0], "b0", refs=["rooms/1"]),
        foreign(5, refs=["rooms/2"]),
    ]
    assert await value(int, store.write_decisions, term, rows[:3]) == 3
    assert await value(int, store.write_decisions, term, rows[3:]) == 5
    logged = {"b0": "frame 0 é\n😀", "b1": "frame 1 é\n😀"}
    told = [(row, row.frame or logged[row.batch]) for row in rows]
    await _finds(store, told, keys[1])
    assert await rows_of(store.read_decided, 0) == told
    assert await rows_of(store.read_decided, 3) == told[3:]
    assert await rows_of(store.read_decided, 4) == told[4:]
    assert await rows_of(store.history, "rooms/1") == told[:4]
    assert await rows_of(store.history, "rooms/2") == told[4:]
    for seq in (2, 4, 5):
        await value(int, store.write_snapshot, term, seq, {"a": str(seq)})
        await _finds(store, told[seq:], keys[1])
    assert await value(int, store.write_decisions, term, [foreign(6)]) == 6
    await _finds(store, [(foreign(6), foreign(6).frame)], keys[1])
    store.close()


async def _finds(store: Store, told: list[tuple[DecidedRow, str]], log_key: int) -> None:
    """Loading finds these verdicts, and b2 and b3 undecided."""
    loaded = await value(Loaded, store.load)
    assert list(loaded.decided) == told
    assert loaded.meta.log_key == log_key
    assert [row.batch for row in loaded.tail] == ["b2", "b3"]


async def takes_over_a_relays_state(place: StorePlace) -> None:
    """The space then stands at that seq in that epoch, also when it is opened again, and goes on
    behind it."""
    store, term = await _begun(place, 7)
    other = await ready(place)
    for tab in (store, other):
        loaded = await value(Loaded, tab.load)
        assert (loaded.meta.epoch, loaded.meta.seq, loaded.meta.snapshot_seq) == ("e1", 7, 7)
        assert (dict(loaded.seed), dict(loaded.snapshot)) == ({"a": "1"}, {})
        assert (list(loaded.decided), list(loaded.tail), loaded.meta.log_key) == ([], [], 0)
        assert await rows_of(tab.read_decided, 7) == []
    other.close()
    for gap in (1, 7, 9):
        assert await fault(store.write_decisions, term, [foreign(gap)]) == "aborted"
    assert await fault(store.write_snapshot, term, 0, {}) == "aborted"
    key = await value(int, store.append, "b", "frame")
    rows = [foreign(8), verdict(9, key, "b")]
    assert await value(int, store.write_decisions, term, rows) == 9
    told = [(rows[0], rows[0].frame), (rows[1], "frame")]
    loaded = await value(Loaded, store.load)
    assert (list(loaded.decided), list(loaded.tail)) == (told, [])
    assert (loaded.meta.epoch, loaded.meta.seq, loaded.meta.snapshot_seq) == ("e1", 9, 7)
    assert await rows_of(store.read_decided, 7) == told
    assert await value(int, store.write_snapshot, term, 9, {"a": "2"}) == 9
    assert (await value(Loaded, store.load)).meta.epoch == "e1"
    store.close()


async def begins_alone_without_an_epoch(place: StorePlace) -> None:
    """A space that its device decides alone has no epoch, and a plain first state gives it none."""
    store = await ready(place)
    assert (await value(Loaded, store.load)).meta.epoch == ""
    assert await value(bool, store.seed, {"a": "1"}) is True
    meta = (await value(Loaded, store.load)).meta
    assert (meta.epoch, meta.seq, meta.snapshot_seq) == ("", 0, 0)
    assert await value(bool, partial(store.seed, epoch="e1", seq=3), {}) is False
    assert (await value(Loaded, store.load)).meta == meta
    store.close()


async def an_empty_space_of_a_relay_is_not_empty(place: StorePlace) -> None:
    """An epoch without rows is a beginning, too: it is taken over once."""
    store = await ready(place)
    assert await value(bool, partial(store.seed, epoch="e1"), {}) is True
    assert await value(bool, partial(store.seed, epoch="e2", seq=5), {"a": "1"}) is False
    assert await value(bool, store.seed, {"a": "1"}) is False
    loaded = await value(Loaded, store.load)
    assert (loaded.meta.epoch, loaded.meta.seq, dict(loaded.seed)) == ("e1", 0, {})
    term = await value(int, store.claim_term, 0)
    assert await value(int, store.write_decisions, term, [foreign(1)]) == 1
    store.close()


async def stops_who_led_the_empty_space(place: StorePlace) -> None:
    """A tab that claimed its term before another took over a relay's state writes nothing that
    does not follow, and hurts nothing; the tab that took it over goes on."""
    old, _, term = await filled(place, 0)
    new, newer = await _begun(place, 7)
    assert await fault(old.write_decisions, term, [foreign(1)]) in ("fenced", "anew")
    assert await fault(old.write_snapshot, term, 0, {"x": "1"}) in ("fenced", "anew")
    assert await value(int, new.write_decisions, newer, [foreign(8)]) == 8
    loaded = await value(Loaded, new.load)
    assert (loaded.meta.snapshot_seq, dict(loaded.snapshot)) == (7, {})
    assert [row.seq for row, _ in loaded.decided] == [8]
    old.close()
    new.close()


async def stops_it_before_anyone_leads_again(place: StorePlace) -> None:
    """The same where the tab that took over has claimed no term."""
    old, _, term = await filled(place, 0)
    new = await ready(place)
    assert await value(bool, partial(new.seed, epoch="e1", seq=7), {}) is True
    assert await fault(old.write_decisions, term, [foreign(1)]) in ("fenced", "anew")
    assert await fault(old.write_snapshot, term, 0, {"x": "1"}) in ("fenced", "anew")
    assert await rows_of(new.read_decided, 0) == []
    assert (await value(Loaded, new.load)).meta.snapshot_seq == 7
    old.close()
    new.close()


async def lets_the_leader_itself_take_over(place: StorePlace) -> None:
    """A tab may have claimed its term before it took over: it goes on under it. What another tab
    loads meanwhile fits together."""
    store, _, term = await filled(place, 0)
    other = await ready(place)
    seed = partial(store.seed, epoch="e1", seq=7)
    loaded, seeded, seq = await asyncio.gather(
        value(Loaded, other.load),
        value(bool, seed, {"a": "1"}),
        answer(store.write_decisions, term, [foreign(8)]),
    )
    assert (seeded, seq) == (True, 8)
    assert [row.seq for row, _ in loaded.decided] in ([], [loaded.meta.snapshot_seq + 1])
    assert await value(int, store.write_decisions, term, [foreign(9)]) == 9
    loaded = await value(Loaded, other.load)
    assert [row.seq for row, _ in loaded.decided] == [8, 9]
    store.close()
    other.close()


RELAYED_CASES: Final[tuple[StoreCase, ...]] = (
    keeps_foreign_frames,
    mixes_own_and_foreign_verdicts,
    edits_what_is_stored,
    takes_over_a_relays_state,
    begins_alone_without_an_epoch,
    an_empty_space_of_a_relay_is_not_empty,
    stops_who_led_the_empty_space,
    stops_it_before_anyone_leads_again,
    lets_the_leader_itself_take_over,
)
