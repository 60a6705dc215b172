"""What an edit and a long absence cost on the wire, and who is sent packed frames."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection, connect

from pysync import Draft, Space
from pysync.machines.packing import MOST_BYTES, PACKED_FROM, pack, unpack
from pysync.machines.relay_frames import (
    PING,
    PROBLEM,
    PUSH,
    Hello,
    decode_frame,
    encode_frame,
)
from pysync.model.ordinary import QUEUE
from pysync.model.schema import Schema
from pysync.native import open_space
from tests.native.test_relay_spaces import stands, until
from tests.proxy import Network
from tests.server.relay_client import Device, batch
from tests.support import Server, start_server

pytestmark = pytest.mark.req("SRV-14")

RECORDS = 1_000
MOST_OF_AN_EDIT = 400
SCHEMA = Schema(settings=("settings", "s"))
LONG = "x" * PACKED_FROM


@pytest.fixture(scope="module")
def server(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A relay that everybody may use."""
    data = tmp_path_factory.mktemp("packing")
    running = start_server(data, "--port", "0", "--relay", "any", "--open")
    yield running
    running.stop()


def has_all(space: Space, field: str) -> bool:
    """Whether all records have that field, and the relay has what was written here."""
    count = sum(field in record for record in space.view.all("c"))
    return count == RECORDS and not space.status().pending


def test_an_edit_costs_little_and_a_long_absence_less_than_half_of_its_text(
    server: Server, tmp_path: Path
) -> None:
    """One field of 1,000 records, acknowledged; 1,000 offline changes as they are sent by one
    device and come to the other. Bytes of both directions, with all that TCP carries."""

    async def life() -> None:
        networks = [Network(server.url) for _ in range(2)]
        desk, other = (
            open_space(
                "hotel", schema=SCHEMA, path=tmp_path / f"{at}.sqlite", relay=f"{net.url}/sync"
            )
            for at, net in enumerate(networks)
        )
        desk.run("", lambda d: d.create("settings", {"id": "s", QUEUE: 5_000}))

        def create(draft: Draft) -> None:
            for n in range(RECORDS):
                draft.create("c", {"id": f"r{n:04}", "state": "clean", "n": n})

        desk.run("", create)
        for space in (desk, other):
            await until(space, partial(has_all, space, "n"))

        before = networks[0].carried
        desk.run("", lambda d: d.update("c", "r0500", {"state": "dirty"}))
        await until(desk, lambda: not desk.status().pending)
        assert 0 < networks[0].carried - before <= MOST_OF_AN_EDIT

        for space, network in zip((desk, other), networks, strict=True):
            network.cut()
            await stands(space, "offline")
        for n in range(RECORDS):
            desk.run("", partial(come_late, n=n))
            await asyncio.sleep(0)
        text = sum(len(each.text) for each in desk.tab.books.open.values())
        assert desk.status().pending == RECORDS
        for space, network in zip((desk, other), networks, strict=True):
            before = network.carried
            network.mend()
            space.request_state()
            await until(space, partial(has_all, space, "late"))
            assert network.carried - before < text / 2
        for space in (desk, other):
            space.close()
        for network in networks:
            network.close()

    asyncio.run(life())


def come_late(draft: Draft, n: int) -> None:
    """One of the changes that are made offline."""
    draft.update("c", f"r{n:04}", {"late": n})


@contextmanager
def dial(server: Server, query: str, space: str = "frames") -> Iterator[ClientConnection]:
    """A connection that said hello."""
    url = f"{server.url.replace('http', 'ws', 1)}/sync/{space}{query}"
    with connect(url, compression=None, max_size=MOST_BYTES) as made:
        made.send(Hello(device=query.strip("?=1") or "older", life="l").encode())
        yield made


def test_who_reads_packed_frames_is_sent_long_ones_packed_and_others_never(
    server: Server,
) -> None:
    with (
        Device(server, "writer", space="frames") as writer,
        dial(server, "?packed=1") as reader,
        dial(server, "") as older,
    ):
        welcome = reader.recv()
        assert isinstance(welcome, bytes), "the first one is packed: the relay knows of it"
        assert decode_frame(unpack(welcome)).type == "welcome"
        assert isinstance(older.recv(), str)
        for tab, text in (("v", "short"), ("w", LONG)):
            writer.push(batch(tab, 1, text=text))
            frame, plain = reader.recv(), older.recv()
            assert isinstance(frame, bytes) == (text == LONG)
            assert (unpack(frame) if isinstance(frame, bytes) else frame) == plain
        reader.send(pack(encode_frame(PUSH, 0, lines=[batch("p", 1, text=LONG).text])))
        assert "p.1" in str(reader.recv()), "its own comes back without the text, and is short"
        assert LONG in str(older.recv())


def test_a_bomb_and_bytes_that_are_no_frame_are_refused_and_the_connection_goes_on(
    server: Server,
) -> None:
    with dial(server, "?packed=1", "bombs") as reader:
        reader.recv()
        for data in (zlib.compress(b"[" * (MOST_BYTES + 1), 9), b"no frame"):
            reader.send(data)
            problem = decode_frame(reader.recv())
            assert (problem.type, problem.parts[0]) == (PROBLEM, "malformed")
        reader.send(encode_frame(PING, 1))
        assert reader.recv() == '["pong",1]'
