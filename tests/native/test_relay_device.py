"""A program as a relay's device: its connection, and what its empty store begins with."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from pysync.errors import NotDurable, RelayUnreachable
from pysync.http_link import HttpLink
from pysync.machines.relay_frames import (
    PUSH,
    WELCOME,
    Hello,
    decode_frame,
    encode_frame,
    read_entries,
)
from pysync.memory import MemoryStore
from pysync.native.first_state import begin_with_relay, link_address, socket_address
from pysync.native.requests import ProcessRequests
from pysync.native.socket import RelaySocket
from pysync.native.sqlite import SqliteStore
from pysync.ports import Link, Loaded, Store
from pysync.testing.contracts.link import LINK_CASES, LinkCase
from tests.server.relay_client import batch, offer, state
from tests.support import Server, start_server

HELLO = Hello(device="program", life="l", cursor=None).encode()
PATIENCE = 60


@pytest.fixture
def relay(bundle: Path, tmp_path: Path) -> Iterator[Server]:
    """A relay with a hotel of one room."""
    offer(tmp_path, "101")
    running = start_server(tmp_path, "--port", "0", "--relay", "any", "--open")
    yield running
    running.stop()


class Told:
    """A socket, and what it told; `for_` waits until it told so much."""

    def __init__(self, url: str) -> None:
        self.log: list[str] = []
        self._more = asyncio.Event()
        self.socket = RelaySocket(
            url,
            connected=lambda: self.note("connected"),
            heard=self.note,
            disconnected=lambda: self.note("disconnected"),
        )

    def note(self, what: str) -> None:
        self.log.append(what)
        self._more.set()

    async def for_(self, number: int) -> list[str]:
        while len(self.log) < number:
            self._more.clear()
            await asyncio.wait_for(self._more.wait(), PATIENCE)
        return self.log

    async def connected(self) -> None:
        """Dial, and say hello."""
        at = len(self.log)
        self.socket.connect()
        assert self.log[at:] == [], "nothing is told inside a call"
        assert (await self.for_(at + 1))[at:] == ["connected"]
        self.socket.transmit(HELLO)
        welcome = (await self.for_(at + 2))[at + 1]
        assert decode_frame(welcome).type == WELCOME


class Raises(Told):
    """Its listener fails when it hears that it is connected."""

    def note(self, what: str) -> None:
        super().note(what)
        if what == "connected":
            raise RuntimeError("a listener's own")


def run(life: Callable[[], Awaitable[None]]) -> None:
    """Live it, and see that it leaves no task behind: a goodbye ends by itself."""

    async def whole() -> None:
        await life()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait_for(asyncio.gather(*others, return_exceptions=True), PATIENCE)

    asyncio.run(whole())


@pytest.mark.req("SRV-02")
def test_frames_travel_both_ways_in_order(relay: Server) -> None:
    async def life() -> None:
        told = Told(socket_address(f"{relay.url}/sync", "new"))
        await told.connected()
        batches = [batch("p", n) for n in range(1, 101)]
        for each in batches:
            told.socket.transmit(encode_frame(PUSH, 0, lines=[each.text]))
        while "p.100" not in told.log[-1]:
            await told.for_(len(told.log) + 1)
        rows = [row for text in told.log[2:] for row in read_entries(decode_frame(text))]
        assert [row.batch for row in rows] == [each.id for each in batches]
        told.socket.close()

    run(life)


class Place:
    """Where the contract of links dials."""

    def __init__(self, relay: Server) -> None:
        self.address = socket_address(f"{relay.url}/sync", "new")
        self.nowhere = "ws://127.0.0.1:1/sync/new"

    def link(
        self,
        address: str,
        connected: Callable[[], None],
        heard: Callable[[str], None],
        disconnected: Callable[[], None],
    ) -> Link:
        return RelaySocket(address, connected=connected, heard=heard, disconnected=disconnected)


class PlaceOverHttp(Place):
    """The same over HTTP."""

    def __init__(self, relay: Server) -> None:
        super().__init__(relay)
        self.address = link_address(f"{relay.url}/sync", "new")
        self.nowhere = "http://127.0.0.1:1/sync/new/link"

    def link(
        self,
        address: str,
        connected: Callable[[], None],
        heard: Callable[[str], None],
        disconnected: Callable[[], None],
    ) -> Link:
        return HttpLink(
            address,
            ProcessRequests(),
            connected=connected,
            heard=heard,
            disconnected=disconnected,
        )


@pytest.mark.parametrize("place", [Place, PlaceOverHttp])
@pytest.mark.parametrize("case", LINK_CASES)
def test_they_keep_the_contract_of_a_link(
    relay: Server, case: LinkCase, place: Callable[[Server], Place]
) -> None:
    run(lambda: case(place(relay)))


@pytest.mark.parametrize("url", ["", "http://", "http://[", "ftp://x/y", "http://a..b/x", "/x"])
def test_a_request_to_an_address_that_is_none_has_no_answer(url: str) -> None:
    async def life() -> None:
        answers: asyncio.Queue[object] = asyncio.Queue()
        ProcessRequests().ask("POST", url, "", answers.put_nowait)
        assert answers.empty(), "nothing is told inside a call"
        assert await asyncio.wait_for(answers.get(), PATIENCE) is None

    run(life)


@pytest.mark.parametrize("said", [b"", b"no HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n\xff"])
def test_an_answer_that_cannot_be_read_is_none(said: bytes) -> None:
    async def life() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(said)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        answers: asyncio.Queue[object] = asyncio.Queue()
        ProcessRequests().ask("GET", f"http://{host}:{port}/", "", answers.put_nowait)
        assert await asyncio.wait_for(answers.get(), PATIENCE) is None
        server.close()

    run(life)


@pytest.mark.req("SRV-05")
def test_a_relay_that_goes_away_is_told_once_and_so_is_one_that_is_not_there(
    relay: Server,
) -> None:
    async def life() -> None:
        told = Told(socket_address(f"{relay.url}/sync", "hotel"))
        await told.connected()
        relay.process.kill()
        assert (await told.for_(3))[2:] == ["disconnected"]
        told.socket.connect()
        assert (await told.for_(4))[3:] == ["disconnected"]

    run(life)


@pytest.mark.parametrize("url", ["", "ws://", "http://[", "ftp://x/y", "ws://a..b/x", "/sync/x"])
def test_an_address_that_is_none_is_no_error_but_no_connection(url: str) -> None:
    async def life() -> None:
        told = Told(url)
        told.socket.connect()
        assert await told.for_(1) == ["disconnected"]

    run(life)


def test_what_a_listener_raises_does_not_end_the_connection(relay: Server) -> None:
    async def life() -> None:
        raised: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, facts: raised.append(facts))
        told = Raises(socket_address(f"{relay.url}/sync", "new"))
        await told.connected()
        assert len(raised) == 1
        told.socket.close()

    run(life)


@pytest.mark.parametrize("stuck", [False, True])
def test_a_loop_that_ends_at_once_leaves_no_connection_open(relay: Server, stuck: bool) -> None:
    async def life() -> None:
        told = Told(socket_address(f"{relay.url}/sync", "hotel"))
        await told.connected()
        if stuck:
            relay.process.send_signal(signal.SIGSTOP)
        told.socket.close()

    asyncio.run(life())  # A transport left open would be a warning, which is a failure here.
    gc.collect()
    relay.process.send_signal(signal.SIGCONT)


def loaded(store: Store) -> Loaded:
    """What the store holds."""
    answers: list[object] = []
    store.load(answers.append)
    assert isinstance(answers[0], Loaded)
    return answers[0]


@pytest.mark.req("SRV-21")
def test_an_empty_store_takes_the_state_over_once(relay: Server, tmp_path: Path) -> None:
    store = SqliteStore(str(tmp_path / "device.sqlite"))
    begin_with_relay(store, f"{relay.url}/sync", "hotel")
    known = state(relay)
    first = loaded(store)
    assert (first.meta.epoch, first.meta.seq) == (known["epoch"], 0)
    assert {**first.seed, **first.snapshot} == known["rows"]
    relay.stop()
    begin_with_relay(store, f"{relay.url}/sync", "hotel")
    assert loaded(store) == first, "a space that has begun asks nobody"
    store.close()


@pytest.mark.req("SRV-21")
def test_a_space_that_is_empty_at_the_relay_follows_its_log_too(relay: Server) -> None:
    store = MemoryStore()
    begin_with_relay(store, f"{relay.url}/sync/", "new")
    assert loaded(store).meta.epoch == state(relay, "new")["epoch"]


@pytest.mark.parametrize("why", ["away", "no name of a space", "no address"])
def test_begin_1_without_its_relay_a_space_does_not_begin(relay: Server, why: str) -> None:
    address, space = f"{relay.url}/sync", "hotel"
    if why == "away":
        relay.stop()
    elif why == "no address":
        address = "nowhere/sync"
    else:
        space = "my notes"
    store = MemoryStore()
    with pytest.raises(RelayUnreachable, match="sync"):
        begin_with_relay(store, address, space)
    assert loaded(store).meta.epoch == ""


def test_begin_1_a_store_that_takes_nothing_does_not_begin(relay: Server) -> None:
    store = MemoryStore()
    store.close()
    with pytest.raises(NotDurable):
        begin_with_relay(store, f"{relay.url}/sync", "hotel")
