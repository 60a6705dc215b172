"""The part of the `Store` contract on which leadership stands: terms, fences, leases, several tabs.

Floor: `kit`.
"""

from __future__ import annotations

import asyncio
from typing import Final

from pysync.ports import Lease, Loaded, LogRow, StoreFault
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


async def claims_terms_that_rise(place: StorePlace) -> None:
    """Each claim is higher than every one before, and at least what was asked."""
    store = await ready(place)
    assert await value(int, store.claim_term, 0) == 1
    assert await value(int, store.claim_term, 0) == 2
    assert await value(int, store.claim_term, 10) == 10
    assert await value(int, store.claim_term, 3) == 11
    assert (await value(Loaded, store.load)).meta.term == 11
    store.close()


async def fences_an_old_term(place: StorePlace) -> None:
    """Once a term is claimed, elsewhere too, a write under an older one changes nothing."""
    old, keys, term = await filled(place, 3)
    assert await value(int, old.write_decisions, term, [verdict(1, keys[0], "b0")]) == 1
    new = await ready(place)
    newer = await value(int, new.claim_term, 0)
    row = verdict(2, keys[1], "b1")
    assert await fault(old.write_decisions, term, [row]) == "fenced"
    assert await fault(old.write_decisions, term, [row]) == "fenced"
    assert await fault(old.write_snapshot, term, 1, {"x": "1"}) == "fenced"
    assert await fault(new.write_decisions, newer + 1, [row]) == "fenced"
    loaded = await value(Loaded, new.load)
    assert (loaded.meta.seq, dict(loaded.snapshot)) == (1, {})
    assert await value(int, new.write_decisions, newer, [row]) == 2
    old.close()
    new.close()


async def lends_one_lease(place: StorePlace) -> None:
    """One holder at a time; prolonging keeps the term, taking over claims the next one."""
    store = await ready(place)
    first = await value(Lease, store.take_lease, "t1", 1000.0, 500.0)
    assert first == Lease("t1", 1, 1500.0)
    assert await value(Lease, store.take_lease, "t2", 1100.0, 500.0) == first
    kept = await value(Lease, store.take_lease, "t1", 1400.0, 500.0)
    assert kept == Lease("t1", 1, 1900.0)
    taken = await value(Lease, store.take_lease, "t2", 1900.0, 500.0)
    assert taken == Lease("t2", 2, 2400.0)
    assert (await value(Lease, store.take_lease, "t1", 2000.0, 500.0)).holder == "t2"
    assert await fault(store.write_decisions, 1, []) == "fenced"
    assert (await value(Lease, store.take_lease, "t1", 2000.0, 0.0)).holder == "t2"
    assert (await value(Lease, store.take_lease, "t2", 2000.0, 0.0)).holder == ""
    assert await value(Lease, store.take_lease, "t1", 2001.0, 500.0) == Lease("t1", 3, 2501.0)
    store.close()


async def lends_again_when_the_clock_went_back(place: StorePlace) -> None:
    """A lease that ends absurdly late is free; one overtaken by a claimed term gets a new one."""
    store = await ready(place)
    await value(Lease, store.take_lease, "t1", 9_000_000.0, 500.0)
    assert await value(Lease, store.take_lease, "t2", 1000.0, 500.0) == Lease("t2", 2, 1500.0)
    assert await value(int, store.claim_term, 0) == 3
    assert await value(Lease, store.take_lease, "t2", 1100.0, 500.0) == Lease("t2", 4, 1600.0)
    store.close()


async def shares_between_tabs(place: StorePlace) -> None:
    """What one store reports written, every other store on the place reads, and after all closed
    a new one."""
    one, two = await ready(place), await ready(place)
    key = await value(int, one.append, "b0", "frame")
    assert await rows_of(two.read_log, 0, nothing_known) == [LogRow(key, "b0", "frame")]
    assert await fault(two.append, "b0", "frame") == "duplicate"
    term = await value(int, two.claim_term, 0)
    await value(int, two.write_decisions, term, [verdict(1, key, "b0")])
    one.close()
    two.close()
    three = place.open()
    loaded = await value(Loaded, three.load)
    assert (loaded.meta.term, loaded.meta.seq) == (term, 1)
    assert [frame for _, frame in loaded.decided] == ["frame"]
    three.close()


async def serialises_writers(place: StorePlace) -> None:
    """Two tabs that claim terms and append in the same moment never get the same number."""
    one, two = await ready(place), await ready(place)
    calls = [value(int, store.claim_term, 0) for _ in range(10) for store in (one, two)]
    terms = await asyncio.gather(*calls)
    assert sorted(terms) == list(range(1, 21))
    appends = [
        value(int, store.append, f"b{n}{i}", "x")
        for n in range(10)
        for i, store in enumerate((one, two))
    ]
    keys = await asyncio.gather(*appends)
    assert len(set(keys)) == 20
    one.close()
    two.close()


async def lets_only_one_of_two_leaders_write(place: StorePlace) -> None:
    """Of two tabs that decide the same seq, the one with the older term changes nothing."""
    one, keys, old = await filled(place, 1)
    two = await ready(place)
    new, late = await asyncio.gather(
        value(int, two.claim_term, 0),
        answer(one.write_decisions, old, [verdict(1, keys[0], "b0", term=old)]),
    )
    seq = await answer(two.write_decisions, new, [verdict(1, keys[0], "b0", term=new)])
    written = await rows_of(two.read_decided, 0)
    assert len(written) == 1
    if isinstance(late, StoreFault):
        assert (late.reason, seq, written[0][0].term) == ("fenced", 1, new)
    else:
        assert isinstance(seq, StoreFault)
        assert (late, seq.reason, written[0][0].term) == (1, "aborted", old)
    one.close()
    two.close()


LEADER_CASES: Final[tuple[StoreCase, ...]] = (
    claims_terms_that_rise,
    fences_an_old_term,
    lends_one_lease,
    lends_again_when_the_clock_went_back,
    shares_between_tabs,
    serialises_writers,
    lets_only_one_of_two_leaders_write,
)
