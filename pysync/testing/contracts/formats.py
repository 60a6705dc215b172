"""The part of the `Store` contract for what another build stored.

Floor: `kit`.
"""

from __future__ import annotations

from typing import Final

from pysync.ports import FORMAT, Loaded
from pysync.store_rules import OLDEST
from pysync.testing.contracts.kit import (
    StoreCase,
    StorePlace,
    fault,
    ready,
    value,
    verdict,
)


async def refuses_another_format(place: StorePlace) -> None:
    """What a newer or an older build wrote answers `corrupt` and is left as it is."""
    store = await ready(place)
    await value(int, store.append, "b", "frame")
    store.close()
    for other in (FORMAT + 1, OLDEST - 1):
        await place.set_format(other)
        refused = place.open()
        assert await fault(refused.load) == "corrupt"
        refused.close()
    await place.set_format(FORMAT)
    back = place.open()
    assert [row.body for row in (await value(Loaded, back.load)).tail] == ["frame"]
    back.close()


async def brings_an_older_format_up_to_date(place: StorePlace) -> None:
    """The first load of what an older build stored makes it this build's, and loses nothing; tabs
    that loaded it before read and write nothing more of it, but for appending."""
    early = await ready(place)
    keys = [await value(int, early.append, f"b.{n}", f"frame {n}") for n in (1, 2)]
    term = await value(int, early.claim_term, 0)
    row = verdict(1, keys[0], "b.1", refs=["rooms/1"])
    assert await value(int, early.write_decisions, term, [row]) == 1
    before = (await value(Loaded, early.load)).meta
    await place.set_format(OLDEST)
    newer = await ready(place)
    loaded = await value(Loaded, newer.load)
    assert (loaded.meta.format, loaded.meta.incarnation) == (FORMAT, before.incarnation)
    assert loaded.meta.generation == before.generation + 1
    assert [row for row, _ in loaded.decided] == [row]
    assert [row.body for row in loaded.tail] == ["frame 2"]
    after = verdict(2, keys[1], "b.2")
    assert await fault(early.write_decisions, term, [after]) in ("anew", "fenced")
    assert await fault(early.read_decided, 0) == "anew"
    assert await value(int, early.append, "c.1", "frame") > keys[1]
    again = await value(int, newer.claim_term, 0)
    assert again > term + 1
    assert await value(int, newer.write_decisions, again, [after]) == 2
    assert (await value(Loaded, early.load)).meta == (await value(Loaded, newer.load)).meta
    early.close()
    newer.close()


FORMAT_CASES: Final[tuple[StoreCase, ...]] = (
    refuses_another_format,
    brings_an_older_format_up_to_date,
)
