"""The part of the `Store` contract for a relay's state that takes the place of another one.

Floor: `kit`.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from pysync.ports import Beginning, Loaded, Store
from pysync.testing.contracts.kit import (
    StoreCase,
    StorePlace,
    answer,
    fault,
    foreign,
    nothing_known,
    ready,
    rows_of,
    value,
    verdict,
)

STATE: Final = Beginning({"b": "2"}, "e2", 3, "x.1")


async def _followed(place: StorePlace) -> tuple[Store, list[int], int]:
    """A store that follows a log from 7 to 9, with a snapshot, the last batch its own."""
    store = await ready(place)
    assert await value(bool, partial(store.seed, epoch="e1", seq=7, last="x.7"), {"a": "1"}) is True
    keys = [await value(int, store.append, f"b.{n}", f"frame {n}") for n in (1, 2, 3)]
    term = await value(int, store.claim_term, 0)
    rows = [foreign(8, refs=["rooms/1"]), verdict(9, keys[0], "b.1", refs=["rooms/1"])]
    assert await value(int, store.write_decisions, term, rows) == 9
    assert await value(int, store.write_snapshot, term, 8, {"a": "s"}) == 8
    return store, keys, term


async def says_where_its_log_ends(place: StorePlace) -> None:
    """The batch of the newest entry is known, also where only the state was taken over."""
    store = await ready(place)
    assert (await value(Loaded, store.load)).meta.last == ""
    assert await value(bool, partial(store.seed, epoch="e1", seq=7, last="x.7"), {}) is True
    assert (await value(Loaded, store.load)).meta.last == "x.7"
    term = await value(int, store.claim_term, 0)
    assert await value(int, store.write_decisions, term, [foreign(8), foreign(9)]) == 9
    assert (await value(Loaded, store.load)).meta.last == "f9"
    store.close()


async def begins_anew_with_a_relays_state(place: StorePlace) -> None:
    """Of what was decided nothing is left, of the log everything; it goes on from the state."""
    store, keys, term = await _followed(place)
    before = (await value(Loaded, store.load)).meta
    generation = await value(int, store.take_over, term, STATE, keys[0])
    assert generation == before.generation + 1
    loaded = await value(Loaded, store.load)
    meta = loaded.meta
    assert (meta.epoch, meta.seq, meta.snapshot_seq, meta.last) == ("e2", 3, 3, "x.1")
    assert (meta.generation, meta.log_key, meta.term) == (generation, keys[0], term)
    assert meta.incarnation == before.incarnation
    assert (dict(loaded.seed), dict(loaded.snapshot), list(loaded.decided)) == ({"b": "2"}, {}, [])
    assert [row.batch for row in loaded.tail] == ["b.2", "b.3"]
    assert await rows_of(store.history, "rooms/1") == []
    assert await fault(store.write_decisions, term, [foreign(10)]) == "aborted"
    rows = [verdict(4, keys[1], "b.2", refs=["rooms/1"]), foreign(5)]
    assert await value(int, store.write_decisions, term, rows) == 5
    assert await value(int, store.write_snapshot, term, 4, {"b": "3"}) == 4
    other = await ready(place)
    loaded = await value(Loaded, other.load)
    assert [row.seq for row, _ in loaded.decided] == [5]
    assert (loaded.meta.log_key, loaded.meta.last) == (keys[1], "f5")
    assert await rows_of(other.history, "rooms/1") == [(rows[0], "frame 2")]
    store.close()
    other.close()


async def tells_everyone_that_it_began_anew(place: StorePlace) -> None:
    """Whoever read what was there before reads and writes nothing more of it, the one included that
    took the state over, until it loads again; appending goes on."""
    store, keys, term = await _followed(place)
    other = await ready(place)
    assert isinstance(await answer(store.take_over, term, STATE, keys[0]), int)
    for tab in (store, other):
        assert await fault(tab.read_decided, 3) == "anew"
        assert await fault(tab.write_decisions, term, [foreign(4)]) in ("anew", "fenced")
        assert await fault(tab.write_snapshot, term, 3, {}) in ("anew", "fenced")
        assert await fault(tab.take_over, term, STATE, 0) in ("anew", "fenced")
    assert await value(int, other.append, "c.1", "frame") > keys[2]
    newer = await value(int, other.claim_term, 0)
    assert await fault(other.write_decisions, newer, [foreign(4)]) == "anew"
    logged = await rows_of(store.read_log, 0, nothing_known)
    assert [row.batch for row in logged] == ["b.1", "b.2", "b.3", "c.1"]
    for tab in (store, other):
        assert [row.batch for row in (await value(Loaded, tab.load)).tail] == ["b.2", "b.3", "c.1"]
        assert await rows_of(tab.read_decided, 3) == []
    assert await value(int, other.write_decisions, newer, [foreign(4)]) == 4
    store.close()
    other.close()


async def does_not_begin_anew_for_who_was_overtaken(place: StorePlace) -> None:
    """A state is taken over under the newest term only."""
    store, keys, term = await _followed(place)
    other = await ready(place)
    await value(int, other.claim_term, 0)
    before = await value(Loaded, other.load)
    assert await fault(store.take_over, term, STATE, keys[0]) == "fenced"
    assert await value(Loaded, other.load) == before
    store.close()
    other.close()


async def stops_who_opened_it_empty(place: StorePlace) -> None:
    """A tab that read an empty space decides nothing in what a relay's state was put into."""
    early = await ready(place)
    term = await value(int, early.claim_term, 0)
    other = await ready(place)
    assert await value(bool, partial(other.seed, epoch="e1"), {}) is True
    key = await value(int, early.append, "b.1", "frame")
    assert await fault(early.write_decisions, term, [verdict(1, key, "b.1")]) in ("anew", "fenced")
    newer = await value(int, early.claim_term, 0)
    assert await fault(early.write_decisions, newer, [verdict(1, key, "b.1")]) == "anew"
    assert (await value(Loaded, early.load)).meta.epoch == "e1"
    early.close()
    other.close()


ANEW_CASES: Final[tuple[StoreCase, ...]] = (
    says_where_its_log_ends,
    begins_anew_with_a_relays_state,
    tells_everyone_that_it_began_anew,
    does_not_begin_anew_for_who_was_overtaken,
    stops_who_opened_it_empty,
)
