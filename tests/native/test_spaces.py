"""Spaces, values, histories and bridged stores on the host of CPython."""

from __future__ import annotations

import asyncio
import gc
import weakref
from pathlib import Path

import pytest

import pysync
from pysync import (
    Collection,
    ObservableStore,
    Space,
    SyncedKV,
    create_broadcast_sync,
    is_supported,
    use_broadcast,
    use_broadcast_sync,
)
from pysync.native import open_space


@pytest.mark.req("TAB-01", "TAB-04")
def test_set_here_shows_there() -> None:
    with open_space("kv-a") as a, open_space("kv-a") as b:
        SyncedKV("theme", "light", space=a).set("dark")
        assert SyncedKV("theme", "light", space=b).value == "dark"


@pytest.mark.req("TAB-04")
def test_two_tabs_counting_in_alternation_end_exact() -> None:
    with open_space("kv-count") as a, open_space("kv-count") as b:
        one, two = SyncedKV("n", 0, space=a), SyncedKV("n", 0, space=b)
        for _ in range(300):
            one.set(lambda n: n + 1)
            two.set(lambda n: n + 1)
        assert one.value == two.value == 600


@pytest.mark.req("TAB-15")
def test_a_value_outlives_its_tabs(tmp_path: Path) -> None:
    with open_space("kv-file", path=tmp_path / "a.db") as space:
        receipt = SyncedKV("n", 0, space=space).set(5)
        assert receipt is not None
        assert receipt.applied
        asyncio.run(receipt.durable())
        with pytest.raises(pysync.UsageError, match="no relay"):
            asyncio.run(receipt.acknowledged())
    with open_space("kv-file", path=tmp_path / "a.db") as space:
        assert SyncedKV("n", 0, space=space).value == 5


@pytest.mark.req("SRV-10")
def test_a_history_outlives_its_tab(tmp_path: Path) -> None:
    with open_space("h", path=tmp_path / "h.db") as space:
        rooms = Collection("rooms", space=space)
        rooms.create({"id": "101", "bed": 1})
        rooms.update("101", {"bed": 2})
    with open_space("h", path=tmp_path / "h.db") as space:
        versions = asyncio.run(space.history("rooms", "101"))
        assert [version.record for version in versions] == [
            {"id": "101", "bed": 1},
            {"id": "101", "bed": 2},
        ]
        space.restore("rooms", "101", versions[0])
        assert Collection("rooms", space=space).get("101") == {"id": "101", "bed": 1}
        assert len(asyncio.run(space.history("rooms", "101"))) == 3


@pytest.mark.req("SRV-10")
def test_a_history_that_was_read_early_is_read_again_when_it_is_told_to(tmp_path: Path) -> None:
    async def bed_numbers(space: Space) -> list[object]:
        versions = await space.history("rooms", "101")
        return [version.record and version.record["bed"] for version in versions]

    async def read_on() -> None:
        path = tmp_path / "h.db"
        with open_space("h", path=path) as one, open_space("h", path=path) as two:
            seen: list[list[object]] = []
            grown = asyncio.Event()
            two.on_history(lambda refs: grown.set() if ("rooms", "101") in refs else None)
            rooms = Collection("rooms", space=one)
            rooms.create({"id": "101", "bed": 1})
            for bed in (2, 3):
                await asyncio.wait_for(grown.wait(), 10)
                grown.clear()
                seen.append(await bed_numbers(two))
                rooms.update("101", {"bed": bed})
            await asyncio.wait_for(grown.wait(), 10)
            seen.append(await bed_numbers(two))
            assert seen == [[1], [1, 2], [1, 2, 3]]

    asyncio.run(read_on())


@pytest.mark.req("TAB-04")
def test_without_a_space_the_default_one_is_used() -> None:
    SyncedKV("kv-default", 0).set(3)
    assert SyncedKV("kv-default", 0).value == 3
    space = pysync.default_space()
    assert space.name == "default"
    assert use_broadcast().tab_id == space.tab_id
    space.close()
    assert pysync.default_space() is not space
    assert SyncedKV("kv-default", 0).value == 3
    pysync.default_space().close()


@pytest.mark.req("TAB-05")
def test_a_bridge_opens_and_closes_a_space_of_its_own() -> None:
    one, two = ObservableStore(theme="dark"), ObservableStore()
    with create_broadcast_sync(one, channel_name="own") as a:
        b = use_broadcast_sync(two, channel_name="own")
        assert two.get("theme") == "dark"
        assert len(a.connected_tabs) == 2
        b.stop()
        assert len(a.connected_tabs) == 1
    assert not a.is_active
    one.set("theme", "light")
    assert two.get("theme") == "dark"


@pytest.mark.req("TAB-12")
def test_a_bridge_that_stops_is_not_kept_for_the_end_of_the_program() -> None:
    with use_broadcast_sync(ObservableStore(), channel_name="exit") as sync:
        kept = weakref.ref(sync)
    del sync
    gc.collect()
    assert kept() is None


@pytest.mark.req("TAB-11")
def test_spaces_of_one_process_hear_each_other() -> None:
    assert is_supported()
