"""The relay as a process: real sockets, a real disk, and what is left after a kill."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from pysync.machines.batches import encode_batch, parse_batch
from pysync.machines.relay_frames import REFUSE, RESUME, Cursor, decode_frame, encode_frame
from pysync.machines.snapshots import EVERY
from pysync.model.cell import Mark
from pysync.model.change import CREATE, DELETE, SET, Change, Meta, Op
from pysync.model.schema import Schema
from pysync.model.snapshot import read_rows
from pysync.values.clock import stamp_at
from tests.server.relay_client import Device, batch, offer, state
from tests.support import Server, start_server


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[list[Server]]:
    """The servers a test started; all are ended."""
    started: list[Server] = []
    yield started
    for server in started:
        server.stop()


def relay(started: list[Server], data: Path) -> Server:
    """Start a relay that takes any data."""
    server = start_server(data, "--port", "0", "--relay", "any", "--open")
    started.append(server)
    return server


def log(server: Server) -> list[str]:
    """The names of all batches in the log, as a new device gets them."""
    with Device(server, "reader") as reader:
        head = reader.welcome.parts[0]["head"]
        reader.until_seq(head)
        return [row.batch for row in reader.entries]


@pytest.mark.req("SRV-02", "SRV-03", "TAB-15")
def test_what_one_device_pushes_is_acknowledged_and_reaches_the_others(
    serve: list[Server], tmp_path: Path
) -> None:
    server = relay(serve, tmp_path)
    with Device(server, "a") as a, Device(server, "b") as b, Device(server, "c", space="x") as c:
        a.push(batch("t", 1), batch("t", 2))
        b.push(batch("u", 1))
        for device in (a, b):
            device.until_seq(3)
            assert [row.seq for row in device.entries] == [1, 2, 3]
        assert [row.batch for row in a.entries if not row.text] == ["t.1", "t.2"]
        assert [row.batch for row in b.entries if not row.text] == ["u.1"]
        c.push(batch("v", 1))
        c.until_seq(1)
        assert [row.batch for row in c.entries] == ["v.1"], "another space has a log of its own"


@pytest.mark.req("TAB-15", "SRV-04")
def test_a_killed_relay_has_lost_nothing_that_it_acknowledged_and_doubled_nothing(
    serve: list[Server], tmp_path: Path
) -> None:
    server = relay(serve, tmp_path)
    acknowledged: list[set[str]] = [set() for _ in range(6)]
    enough = threading.Event()

    def write(which: int) -> None:
        with Device(server, f"d{which}") as device:
            for n in range(1, 10_000):
                device.push(batch(f"w{which}", n))
                while f"w{which}.{n}" not in acknowledged[which]:
                    device.next()
                    acknowledged[which].update(r.batch for r in device.entries if not r.text)
                    device.entries.clear()
                if n == 25:
                    enough.set()

    def write_until_killed(which: int) -> None:
        with pytest.raises((ConnectionClosed, OSError)):
            write(which)

    writers = [threading.Thread(target=write_until_killed, args=(n,)) for n in range(6)]
    for writer in writers:
        writer.start()
    assert enough.wait(60)
    server.process.kill()
    for writer in writers:
        writer.join(60)
    again = relay(serve, tmp_path)
    names = log(again)
    assert len(names) == len(set(names))
    lost = set().union(*acknowledged) - set(names)
    assert lost == set()
    with Device(again, "d0") as device:
        # What it was not sure of it sends again, and goes on.
        mine = max(int(name.split(".")[1]) for name in names if name.startswith("w0."))
        device.push(batch("w0", mine + 1))
        device.until_seq(len(names) + 1)
    assert len(log(again)) == len(names) + 1


@pytest.mark.req("SRV-02")
def test_a_new_device_takes_the_state_over_http_and_the_rest_by_socket(
    serve: list[Server], tmp_path: Path
) -> None:
    server = relay(serve, tmp_path)
    with Device(server, "a") as a:
        for first in range(1, EVERY + 100, 100):
            a.push(*(batch("t", n) for n in range(first, first + 100)))
        a.until_seq(EVERY + 100)
        begin = {"seq": 0}
        while not begin["seq"]:
            begin = state(server)
        with Device(server, "new") as new:
            assert new.welcome.parts[0]["resumes"] is False
            new.say(encode_frame(RESUME, begin["epoch"], begin["seq"]))
            a.push(batch("t", EVERY + 101))
            new.until_seq(EVERY + 101)
            seqs = [row.seq for row in new.entries]
            assert seqs == list(range(begin["seq"] + 1, EVERY + 102))
        rows = begin["rows"]
        assert isinstance(rows, dict)
        assert sum(len(text) for text in rows.values()) > EVERY


@pytest.mark.req("RT-08")
def test_the_messages_of_live_data_each_have_their_frame(
    serve: list[Server], tmp_path: Path
) -> None:
    """Heartbeat and answer, sync request, data change and update, refresh request."""
    server, stamp = relay(serve, tmp_path), stamp_at(time.time() * 1000)
    with Device(server, "desk") as desk, Device(server, "office") as office:
        desk.say('["ping", 7]')
        assert desk.next() == decode_frame('["pong", 7]')
        kinds = (CREATE, SET, DELETE)
        ops = [Op(CREATE, "c", "r", {"f": 1}), Op(SET, "c", "r", {"f": 2}, "t.1")]
        ops.append(Op(DELETE, "c", "r", {}, "t.2"))
        changes = [
            Change(Mark("t", n, stamp + n), (op,), Meta(author="Ada"))
            for n, op in enumerate(ops, start=1)
        ]
        desk.push(encode_batch("t", changes, time.time() * 1000))
        office.until_seq(3)
        [entry] = office.entries
        told = parse_batch(entry.text, Schema()).changes
        assert [change.ops[0].kind for change in told] == [*kinds]
        assert [change.mark.author for change in told] == ["Ada"] * 3
        assert [change.mark.stamp for change in told] == [stamp + n for n in (1, 2, 3)]
        desk.until_seq(3)
    with Device(server, "desk", Cursor(desk.welcome.parts[0]["epoch"], 3, "t.1")) as back:
        assert back.welcome.parts[0]["resumes"] is True, "it asks for what it missed"
    assert state(server)["epoch"] == desk.welcome.parts[0]["epoch"], "all of it, anew"


def no_state(server: Server) -> tuple[int, str]:
    """With which status and words the hotel's state is refused."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        state(server)
    with refused.value as answer:
        return answer.code, answer.read().decode()


def rooms_in(rows: dict[str, str]) -> list[str]:
    """The rooms that a state holds."""
    packed = [row for row in read_rows(rows).packed if row.key == "rooms"]
    return sorted(rid for row in packed for rid in row.cells())


@pytest.mark.req("SRV-02", "SRV-21")
def test_a_relays_new_space_begins_with_its_first_state_and_keeps_it(
    serve: list[Server], tmp_path: Path
) -> None:
    offer(tmp_path, "101", "102")
    server = relay(serve, tmp_path)
    first = state(server)
    assert first["seq"] == 0
    assert rooms_in(first["rows"]) == ["101", "102"]
    with Device(server, "a", cursor=Cursor(first["epoch"], 0)) as a:
        assert a.welcome.parts[0]["resumes"] is True
        a.push(batch("t", 1))
        a.until_seq(1)
    with Device(server, "no-state") as other:
        assert other.welcome.parts[0]["resumes"] is False
    server.stop()
    (tmp_path / "first-state" / "hotel.json").unlink()
    assert state(relay(serve, tmp_path)) == first, "a space begins once"


@pytest.mark.req("SRV-02")
def test_a_space_without_a_first_state_begins_empty(serve: list[Server], tmp_path: Path) -> None:
    offer(tmp_path, "101")
    server = relay(serve, tmp_path)
    empty = state(server, "other")
    assert (empty["seq"], empty["rows"]) == (0, {})
    assert empty["epoch"]


@pytest.mark.parametrize("text", [b"", b'{"format":1,"space":"hotel","rows":{}}', b"\xff"])
def test_a_first_state_that_cannot_be_read_is_said_and_nothing_is_created(
    serve: list[Server], tmp_path: Path, text: bytes
) -> None:
    (tmp_path / "first-state").mkdir()
    file = tmp_path / "first-state" / "hotel.json"
    file.write_bytes(text)
    server = relay(serve, tmp_path)
    status, words = no_state(server)
    assert status == 503
    assert "hotel.json" in words
    with Device(server, "a") as a:
        assert a.welcome.type == REFUSE
        assert a.welcome.parts[0] == "unusable"
        assert "move that file away" in str(a.welcome.parts[1])
    assert not (tmp_path / "relay").exists()
    file.unlink()
    assert state(server)["rows"] == {}, "what was advised helps, without a restart"


def test_a_server_says_whether_it_is_a_relay(serve: list[Server], tmp_path: Path) -> None:
    serve.append(start_server(tmp_path, "--port", "0"))
    for server, relays in ((serve[0], False), (relay(serve, tmp_path), True)):
        with urllib.request.urlopen(f"{server.url}/first-state") as answer:
            assert json.load(answer) == {"spaces": [], "relay": relays, "accounts": False}
    assert no_state(serve[0])[0] == 404, "not the page, which answers most addresses"


@pytest.mark.req("SRV-16")
def test_a_page_of_somebody_else_cannot_speak_for_whoever_looks_at_it(
    serve: list[Server], tmp_path: Path
) -> None:
    server = relay(serve, tmp_path)
    url = server.url.replace("http", "ws", 1) + "/sync/hotel"
    with pytest.raises(InvalidStatus), connect(url, origin=Origin("http://evil.example")):
        pass
    with connect(url, origin=Origin(server.url)):
        pass


@pytest.mark.parametrize("name", ["..%2Fescape", "with space", "x" * 65, "-dash"])
def test_a_space_of_an_impossible_name_is_none(
    serve: list[Server], tmp_path: Path, name: str
) -> None:
    server = relay(serve, tmp_path)
    url = f"{server.url.replace('http', 'ws', 1)}/sync/{name.replace(' ', '%20')}"
    with pytest.raises(InvalidStatus), connect(url):
        pass
    assert not (tmp_path / "relay").exists()


def test_frames_that_are_none_are_answered_and_the_socket_lives_on(
    serve: list[Server], tmp_path: Path
) -> None:
    server = relay(serve, tmp_path)
    with Device(server, "a") as a:
        for nonsense in ("", "[" * 100_000, '["push"]\n{}', "\x00", '["hello",{}]'):
            a.say(nonsense)
            assert a.next().type in ("problem", "reject")
        a.push(batch("t", 1))
        a.until_seq(1)


def test_a_damaged_log_is_said_and_left_as_it_is(serve: list[Server], tmp_path: Path) -> None:
    file = tmp_path / "relay" / "hotel.sqlite"
    file.parent.mkdir()
    file.write_bytes(b"no database at all" * 300)
    before = file.read_bytes()
    server = relay(serve, tmp_path)
    with Device(server, "a") as a:
        assert a.welcome.type == REFUSE
        assert "hotel.sqlite" in str(a.welcome.parts[1])
    assert file.read_bytes() == before


def test_two_relays_do_not_write_one_log(serve: list[Server], tmp_path: Path) -> None:
    first, second = relay(serve, tmp_path), relay(serve, tmp_path)
    with Device(first, "a") as a:
        a.push(batch("t", 1))
        a.until_seq(1)
        with Device(second, "b") as b:
            assert b.welcome.type == REFUSE
            assert "another relay" in str(b.welcome.parts[1])


@pytest.mark.req("SRV-02")
def test_relay_5_a_device_that_reads_nothing_for_long_gets_all_of_it_in_order_afterwards(
    serve: list[Server], tmp_path: Path
) -> None:
    server = relay(serve, tmp_path)
    with Device(server, "slow") as slow, Device(server, "busy") as busy:
        batches = [batch("b", n, text=f"{n:04}" * 5_000) for n in range(1, 1001)]
        for each in batches:  # Together more than both ends keep on the way.
            busy.push(each)
        busy.until_seq(1000)
        slow.until_seq(1000)
        assert [row.seq for row in slow.entries] == list(range(1, 1001))
        assert [row.text for row in slow.entries] == [each.text for each in batches]


def test_a_stop_in_order_keeps_what_was_acknowledged(serve: list[Server], tmp_path: Path) -> None:
    server = relay(serve, tmp_path)
    with Device(server, "a") as a:
        a.push(*(batch("t", n) for n in range(1, 31)))
        a.until_seq(30)
        server.stop()
    assert len(log(relay(serve, tmp_path))) == 30
