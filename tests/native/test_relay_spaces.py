"""Programs as devices of a relay: spaces of CPython around a real relay process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pysync import Collection, ServerSync, Space, SyncedKV
from pysync.either_link import OVER_HTTP
from pysync.errors import RelayUnreachable, UsageError
from pysync.native import open_space
from pysync_pms.schema import SCHEMA
from tests.proxy import Network
from tests.server.relay_client import offer
from tests.support import Server, start_server

PATIENCE = 60
DIES = """
import asyncio, os, sys
from pysync import SyncedKV
from pysync.native import open_space

async def main():
    space = open_space("notes", path=sys.argv[1], relay=sys.argv[2])
    SyncedKV("n", 0, space=space).set(lambda n: n + 1)
    os._exit(9)

asyncio.run(main())
"""


@pytest.fixture
def relay(bundle: Path, tmp_path: Path) -> Iterator[Server]:
    """A relay with a hotel of two rooms."""
    offer(tmp_path, "101", "102")
    running = start_server(tmp_path, "--port", "0", "--relay", "any", "--open")
    yield running
    running.stop()


def end(relay: Server) -> None:
    """Kill it."""
    relay.process.kill()
    relay.stop()


def again(relay: Server) -> None:
    """Start it anew, at the same address."""
    port = relay.url.rpartition(":")[2]
    relay.process = start_server(relay.data, "--port", port, "--relay", "any", "--open").process


def follow(relay: Server, path: Path, name: str = "notes") -> Space:
    """Open a space that follows the relay."""
    return open_space(name, path=path, relay=f"{relay.url}/sync")


async def until(space: Space, holds: Callable[[], bool]) -> None:
    """Wait until it holds; it is asked whenever something happens in the space."""
    moved = asyncio.Event()
    stops = [space.on_change(lambda _: moved.set()), space.on_status(lambda _: moved.set())]
    try:
        while not holds():
            moved.clear()
            await asyncio.wait_for(moved.wait(), PATIENCE)
    finally:
        for stop in stops:
            stop()


async def stands(space: Space, relay: str) -> None:
    """Wait until the device stands like this with its relay."""
    await until(space, lambda: space.status().relay == relay)


async def sent(space: Space) -> None:
    """Wait until the relay has everything."""
    await until(space, lambda: space.status().pending == 0)


@pytest.mark.req("SRV-02", "SRV-21")
def test_two_programs_see_what_the_other_does(relay: Server, tmp_path: Path) -> None:
    async def life() -> None:
        with (
            follow(relay, tmp_path / "a.db", "hotel") as a,
            follow(relay, tmp_path / "b.db", "hotel") as b,
        ):
            here, there = Collection("rooms", space=a), Collection("rooms", space=b)
            assert sorted(room["id"] for room in there) == ["101", "102"], "the relay's hotel"
            here.update("101", {"clean": True})
            await until(b, lambda: (there.get("101") or {}).get("clean") is True)
            there.update("102", {"clean": False})
            await until(a, lambda: (here.get("102") or {}).get("clean") is False)
            for space in (a, b):
                await sent(space)
                assert space.status().relay == "online"

    asyncio.run(life())


@pytest.mark.req("TAB-04")
def test_spaces_of_one_process_are_tabs_of_one_device(relay: Server, tmp_path: Path) -> None:
    async def life() -> None:
        a, b = tmp_path / "a.db", tmp_path / "b.db"
        with follow(relay, a) as far, follow(relay, b) as one, follow(relay, b) as two:
            n = [SyncedKV("n", 0, space=space) for space in (far, one, two)]
            for _ in range(50):
                for each in n:
                    each.set(lambda value: value + 1)
            for space, each in zip((far, one, two), n, strict=True):
                await sent(space)
                await until(space, lambda each=each: each.value == 150)  # type: ignore[misc]
            assert [one.is_leader, two.is_leader].count(True) == 1

    asyncio.run(life())


@pytest.mark.req("SRV-04", "SRV-05", "SRV-26")
def test_while_the_relay_is_away_a_program_goes_on_and_sends_it_all_afterwards(
    relay: Server, tmp_path: Path
) -> None:
    async def life() -> None:
        with follow(relay, tmp_path / "a.db") as a, follow(relay, tmp_path / "b.db") as b:
            here, there = (Collection("todos", space=space) for space in (a, b))
            here.create({"id": "0"})
            await until(b, lambda: "0" in there)
            end(relay)
            await stands(a, "offline")
            for n in range(1, 101):
                here.create({"id": str(n)})
            there.create({"id": "b"})
            assert len(here) == 101
            assert a.status().pending == 100
            again(relay)
            for space, todos in ((a, here), (b, there)):
                await sent(space)
                await until(space, lambda todos=todos: len(todos) == 102)  # type: ignore[misc]

    asyncio.run(life())


@pytest.mark.req("SRV-04", "TAB-15")
def test_what_a_killed_program_had_not_sent_is_sent_when_it_runs_again(
    relay: Server, tmp_path: Path
) -> None:
    path = tmp_path / "a.db"

    async def begin() -> None:
        with follow(relay, path) as space:
            await stands(space, "online")

    async def go_on() -> None:
        with follow(relay, path) as a, follow(relay, tmp_path / "b.db") as b:
            n = SyncedKV("n", 0, space=b)
            assert (a.status().pending, n.value) == (1, 0)
            await until(b, lambda: n.value == 1)
            await sent(a)

    asyncio.run(begin())
    end(relay)
    died = subprocess.run([sys.executable, "-c", DIES, path, f"{relay.url}/sync"], check=False)
    assert died.returncode == 9
    again(relay)
    asyncio.run(go_on())


@pytest.mark.req("SRV-21")
def test_only_an_empty_space_needs_its_relay_to_begin(relay: Server, tmp_path: Path) -> None:
    path = tmp_path / "a.db"

    async def offline() -> None:
        with pytest.raises(RelayUnreachable):
            follow(relay, tmp_path / "new.db")
        with follow(relay, path) as space:
            assert SyncedKV("n", 0, space=space).value == 7
            await stands(space, "offline")

    async def online() -> None:
        with follow(relay, path) as space:
            SyncedKV("n", 0, space=space).set(7)
            await sent(space)

    async def later() -> None:
        with follow(relay, tmp_path / "new.db") as space:
            await stands(space, "online")
            await until(space, lambda: SyncedKV("n", 0, space=space).value == 7)

    asyncio.run(online())
    end(relay)
    asyncio.run(offline())
    again(relay)
    asyncio.run(later())


def test_without_a_loop_a_space_cannot_follow_a_relay(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="asyncio loop"):
        open_space("notes", path=tmp_path / "a.db", relay="http://127.0.0.1:1/sync")


@pytest.mark.req("SRV-21")
def test_a_space_that_began_alone_says_that_it_follows_no_relay(
    relay: Server, tmp_path: Path
) -> None:
    path = tmp_path / "a.db"
    with open_space("notes", path=path) as space:
        SyncedKV("n", 0, space=space).set(1)
        assert space.status().relay == "none"

    async def life() -> None:
        with pytest.raises(UsageError, match="without a relay"):
            follow(relay, path)

    asyncio.run(life())
    with open_space("notes", path=path) as space:
        assert SyncedKV("n", 0, space=space).value == 1


@pytest.mark.req("SRV-02", "SRV-26")
def test_behind_a_proxy_that_blocks_sockets_a_program_goes_by_http_and_says_so(
    relay: Server, tmp_path: Path
) -> None:
    proxy = Network(relay.url)
    proxy.blocks_sockets = True

    async def life() -> None:
        with (
            open_space("notes", path=tmp_path / "a.db", relay=f"{proxy.url}/sync") as a,
            follow(relay, tmp_path / "b.db") as b,
        ):
            here, there = (Collection("todos", space=space) for space in (a, b))
            await stands(a, "online")
            await stands(b, "online")
            assert [space.status().relay_reason for space in (a, b)] == [OVER_HTTP, ""]
            for n in range(200):
                here.create({"id": f"a{n}"})
                there.create({"id": f"b{n}"})
            for space, todos in ((a, here), (b, there)):
                await sent(space)
                await until(space, lambda todos=todos: len(todos) == 400)  # type: ignore[misc]
            end(relay)
            await stands(a, "offline")
            here.create({"id": "offline"})
            again(relay)
            await until(b, lambda: "offline" in there)
            await stands(a, "online")
            assert a.status().relay_reason == OVER_HTTP

    try:
        asyncio.run(life())
    finally:
        proxy.close()


@pytest.mark.req("SRV-01", "SRV-07")
def test_what_two_programs_set_apart_is_settled_and_the_other_value_one_call_away(
    relay: Server, tmp_path: Path
) -> None:
    async def life() -> None:
        with follow(relay, tmp_path / "a.db") as a, follow(relay, tmp_path / "b.db") as b:
            one, two = ServerSync("towels", 0, space=a), ServerSync("towels", 0, space=b)
            for space in (a, b):
                await stands(space, "online")
            end(relay)
            for space, each, number in ((a, one, 145), (b, two, 160)):
                await stands(space, "offline")
                each.set(number)
                assert (each.sync_status, each.queue_depth) == ("offline", 1)
            again(relay)
            for each in (one, two):
                each.force_sync()
                await until(each.space, lambda each=each: each.sync_status == "synced")
            await until(a, lambda: one.value == 160 and bool(one.conflicts))
            [conflict] = one.conflicts
            assert (conflict.status, conflict.other.value) == ("auto", 145)
            one.resolve_conflict(conflict.id, "manual", 145)
            await until(b, lambda: two.value == 145)
            assert [known.status for known in two.conflicts] == ["resolved"]

    asyncio.run(life())


@pytest.mark.req("SRV-13", "SRV-29")
def test_a_module_that_a_program_leaves_out_is_never_in_its_file(
    bundle: Path, tmp_path: Path
) -> None:
    relay = start_server(
        tmp_path / "relay", "--port", "0", "--relay", "pysync_pms.schema:SCHEMA", "--open"
    )

    def device(name: str, *left_out: str) -> Space:
        return open_space(
            "inn",
            schema=SCHEMA,
            path=tmp_path / name,
            relay=f"{relay.url}/sync",
            leave_out=left_out,
        )

    def holds(name: str, text: bytes) -> bool:
        return any(text in part.read_bytes() for part in tmp_path.glob(f"{name}*"))

    async def life() -> None:
        with device("desk.db") as desk:
            guests, rooms = Collection("guests", space=desk), Collection("rooms", space=desk)
            guests.create({"id": "g", "last_name": "Ottoline"})
            rooms.create({"id": "1", "number": "101", "room_type": "t"})
            await sent(desk)
            with device("tablet.db", "guests") as tablet:
                await stands(tablet, "online")
                guests.update("g", {"last_name": "Ottoline-Again"})
                rooms.update("1", {"condition": "clean"})
                seen = Collection("rooms", space=tablet)
                await until(
                    tablet, lambda: "1" in seen and seen.get("1").get("condition") == "clean"
                )
                assert len(Collection("guests", space=tablet)) == 0
            assert holds("desk.db", b"Ottoline")
            assert not holds("tablet.db", b"Ottoline")
            with device("tablet.db") as tablet:
                there = Collection("guests", space=tablet)
                await until(tablet, lambda: "g" in there)
                assert there.get("g")["last_name"] == "Ottoline-Again"
                tablet.leave_out(["guests"])
                await until(tablet, lambda: "g" not in there)

    try:
        asyncio.run(life())
    finally:
        relay.stop()
