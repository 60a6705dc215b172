"""The memory store and the in-process hub keep the contracts of their ports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from pysync.memory import MemoryDisk, MemoryStore
from pysync.memory_channel import MemoryHub
from pysync.ports import Channel, Loaded, Store
from pysync.testing.contracts.channel import CHANNEL_CASES, ChannelCase
from pysync.testing.contracts.kit import StoreCase, fault, ready, value, verdict
from pysync.testing.contracts.store import STORE_CASES


class MemoryPlace:
    """Tabs on one memory disk."""

    def __init__(self) -> None:
        self.disk = MemoryDisk()

    def open(self) -> Store:
        return MemoryStore(self.disk)

    async def set_format(self, number: int) -> None:
        self.disk.format = number


class HubPlace:
    """Tabs on one hub."""

    def __init__(self, defer: Callable[[Callable[[], None]], object] | None = None) -> None:
        self.hub = MemoryHub(defer)

    def join(self, on_text: Callable[[str], None]) -> Channel:
        return self.hub.join(on_text)

    async def settle(self) -> None:
        await asyncio.sleep(0)


@pytest.mark.req("TAB-11", "TAB-15")
@pytest.mark.parametrize("case", STORE_CASES)
def test_store_contract(case: StoreCase) -> None:
    asyncio.run(case(MemoryPlace()))


@pytest.mark.parametrize("deferred", [False, True])
@pytest.mark.parametrize("case", CHANNEL_CASES)
def test_channel_contract(case: ChannelCase, deferred: bool) -> None:
    async def run() -> None:
        place = HubPlace(asyncio.get_running_loop().call_soon if deferred else None)
        await case(place)
        assert place.hub.members == 0

    asyncio.run(run())


@pytest.mark.req("TAB-11")
def test_a_store_of_its_own_says_that_it_keeps_and_shares_nothing() -> None:
    alone, other = MemoryStore(), MemoryStore()
    assert (alone.durable, alone.shared) == (False, False)
    assert MemoryStore(MemoryDisk()).shared

    async def check() -> None:
        await value(int, alone.append, "b", "frame")
        assert (await value(Loaded, other.load)).tail == []

    asyncio.run(check())


def test_a_verdict_without_its_frame_is_corrupt_not_guessed() -> None:
    async def check() -> None:
        place = MemoryPlace()
        store = await ready(place)
        key = await value(int, store.append, "b", "frame")
        await value(int, store.claim_term, 0)
        await value(int, store.write_decisions, 1, [verdict(1, key, "b")])
        place.disk.log.clear()
        assert await fault(store.load) == "corrupt"
        assert await fault(store.read_decided, 0) == "corrupt"

    asyncio.run(check())


def test_a_hub_bounds_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pysync.memory_channel.MAX_WAITING", 3)
    later: list[Callable[[], None]] = []
    hub = MemoryHub(later.append)
    heard: list[str] = []
    hub.join(heard.append)
    sender = hub.join(heard.append)
    for n in range(10):
        sender.post(str(n))
    assert len(later) == 1
    later[0]()
    assert heard == ["0", "1", "2"]


def test_a_member_that_raises_does_not_silence_the_others() -> None:
    hub = MemoryHub()
    heard: list[str] = []

    def fail(text: str) -> None:
        raise ValueError(text)

    hub.join(fail)
    hub.join(heard.append)
    sender = hub.join(heard.append)
    with pytest.raises(ValueError, match="one"):
        sender.post("one")
    assert heard == ["one"]
