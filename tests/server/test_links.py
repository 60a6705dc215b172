"""The protocol over HTTP, as requests of a device that may send them twice, wrong, or never."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pysync.machines.http_frames import MEDIA, MOST_BYTES, pack, unpack
from pysync.machines.present import encode_here, encode_present
from pysync.machines.relay_frames import (
    ENTRIES,
    LINK,
    PING,
    PONG,
    PRESENT,
    PUSH,
    WELCOME,
    Hello,
    decode_frame,
    encode_frame,
    read_entries,
)
from pysync_server.relay import polled
from pysync_server.relay.polled import Polled
from pysync_server.relay.queue import HIGH
from tests.server.relay_client import batch
from tests.server.visitor import PASSWORD, Visitor
from tests.support import Server, start_server

HELLO = Hello(device="d", life="l").encode()
PING_1 = encode_frame(PING, 1)
PONG_1 = encode_frame(PONG, 1)


@pytest.fixture(scope="module")
def server(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A relay that everybody may use."""
    data = tmp_path_factory.mktemp("links")
    running = start_server(data, "--port", "0", "--relay", "any", "--open")
    yield running
    running.stop()


def ask(
    server: Server,
    method: str,
    place: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """One request: its status, and its text if it is frames."""
    named = dict(headers or {})
    request = urllib.request.Request(server.url + place, body, named, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.headers["content-type"] == MEDIA
            assert answer.headers["cache-control"] == "no-store"
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        assert "error" in json.load(error)
        return error.code, ""


class Device:
    """Asks as a device does, or does not."""

    def __init__(self, server: Server, space: str = "hotel", **headers: str) -> None:
        self.server = server
        self.headers = headers
        status, text = ask(server, "POST", f"/sync/{space}/link", b"", headers)
        assert status == 200
        frame = decode_frame(text)
        assert frame.type == LINK
        self.place = f"/sync/{space}/link/{frame.parts[0]}"

    def post(self, sent: int | str, *frames: str) -> int:
        body = pack(frames).encode()
        return ask(self.server, "POST", f"{self.place}?sent={sent}", body, self.headers)[0]

    def get(self, got: int | str) -> list[str] | int:
        status, text = ask(self.server, "GET", f"{self.place}?got={got}", None, self.headers)
        return unpack(text) if status == 200 else status


@pytest.mark.req("SRV-02")
def test_what_one_device_pushes_over_http_is_acknowledged_and_reaches_another(
    server: Server,
) -> None:
    one, two = Device(server, "of-two"), Device(server, "of-two")
    for device, name in ((one, "a"), (two, "b")):
        device.post(0, Hello(device=name, life="l").encode())
        (welcome,) = device.get(0)  # type: ignore[misc]
        assert decode_frame(welcome).type == WELCOME
    one.post(1, encode_frame(PUSH, 0, lines=[batch("t", 1).text, batch("t", 2).text]))
    rows = []
    for device in (one, two):
        heard: list[tuple[str, bool]] = []
        got = 1
        while len(heard) < 2:
            frames = device.get(got)
            assert isinstance(frames, list)
            got += 1
            for text in frames:
                assert decode_frame(text).type == ENTRIES
                heard += [(r.batch, bool(r.text)) for r in read_entries(decode_frame(text))]
        rows.append(heard)
    assert rows == [[("t.1", False), ("t.2", False)], [("t.1", True), ("t.2", True)]]


def test_polled_1_a_request_that_is_sent_twice_does_nothing_twice(server: Server) -> None:
    device = Device(server)
    assert [device.post(0, PING_1), device.post(0, PING_1)] == [200, 200]
    assert [device.get(0), device.get(0)] == [[PONG_1], [PONG_1]], "one pong, told again"
    device.post(1, encode_frame(PING, 2))
    assert device.get(1) == [encode_frame(PONG, 2)]


@pytest.mark.parametrize(
    ("method", "query"),
    [
        ("POST", "sent=1"),
        ("POST", "sent=-1"),
        ("POST", "sent=x"),
        ("POST", ""),
        ("GET", "got=1"),
        ("GET", "got=99999999999999999999"),
        ("GET", "got=٣"),
    ],
)
def test_a_request_whose_number_does_not_follow_is_told_that_it_is_over(
    server: Server, method: str, query: str
) -> None:
    device = Device(server)
    quoted = urllib.request.quote(query, safe="=&")  # type: ignore[attr-defined]
    body = b"" if method == "POST" else None
    assert ask(server, method, f"{device.place}?{quoted}", body)[0] == 410
    assert device.post(0, PING_1) == 200, "what was wrong did nothing"


def test_a_device_that_asks_again_is_answered_and_its_older_request_ends(server: Server) -> None:
    device = Device(server)
    older: list[object] = []
    waiting = threading.Thread(target=lambda: older.append(device.get(0)))
    waiting.start()
    newer: list[object] = []
    also = threading.Thread(target=lambda: newer.append(device.get(0)))
    also.start()
    # Which of the two came later is not known: one is told to go, the other waits.
    while waiting.is_alive() and also.is_alive():
        waiting.join(0.01)
    device.post(0, PING_1)
    waiting.join()
    also.join()
    assert sorted([older, newer], key=str) == [[410], [[PONG_1]]], "nothing passes for an answer"


def test_a_connection_that_ended_is_gone(server: Server) -> None:
    device = Device(server)
    assert ask(server, "POST", f"{device.place}/end", b"")[0] == 200
    assert ask(server, "POST", f"{device.place}/end", b"")[0] == 200
    assert (device.get(0), device.post(0, PING_1)) == (410, 410)


def test_what_is_too_large_or_no_text_is_refused_and_the_connection_lives_on(
    server: Server,
) -> None:
    device = Device(server)
    place = f"{device.place}?sent=0"
    assert ask(server, "POST", place, b"x" * (MOST_BYTES + 1))[0] == 413
    assert ask(server, "POST", place, b"\xff")[0] == 400
    assert device.post(0, "no frame", PING_1) == 200
    problem, pong = device.get(0)  # type: ignore[misc]
    assert (decode_frame(problem).type, pong) == ("problem", PONG_1)


@pytest.mark.parametrize("space", ["-no-space", "x" * 65])
def test_a_space_of_no_good_name_has_no_links(server: Server, space: str) -> None:
    assert ask(server, "POST", f"/sync/{space}/link", b"")[0] == 404


@pytest.mark.req("SRV-16")
def test_a_page_of_another_origin_has_no_link(server: Server) -> None:
    other = {"origin": "https://elsewhere.example"}
    assert ask(server, "POST", "/sync/hotel/link", b"", other)[0] == 404
    device = Device(server, origin=server.url)
    assert ask(server, "GET", f"{device.place}?got=0", None, other)[0] == 410


@pytest.mark.req("SRV-16", "SRV-17")
def test_gate_1_gate_2_a_link_is_its_sessions_alone_and_ends_with_it(owner: Visitor) -> None:
    server = owner.server
    assert ask(server, "POST", "/sync/hotel/link", b"")[0] == 401
    device = Device(server, cookie=owner.cookie)
    again = Visitor(server)
    again.sign_in()
    assert ask(server, "GET", f"{device.place}?got=0", None, {"cookie": again.cookie})[0] == 410
    assert ask(server, "GET", f"{device.place}?got=0")[0] == 401
    device.post(0, HELLO)
    (welcome,) = device.get(0)  # type: ignore[misc]
    assert decode_frame(welcome).type == WELCOME
    heard: list[object] = []
    waiting = threading.Thread(target=lambda: heard.append(device.get(1)))
    waiting.start()
    again.account("change-password", old=PASSWORD, new="sorbet on the noisy pier")
    waiting.join(timeout=60)
    (said,) = heard
    # 401 if the sign-out was quicker than the request.
    assert said == 401 or decode_frame(said[0]).parts[0] == "sign-in"  # type: ignore[index]
    assert device.get(1) == 401


class Nobody:
    """A space that hears, and is told who reads slowly."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def heard(self, _peer: object, text: str | bytes) -> None:
        self.told.append(str(text))

    def congested(self, _peer: object) -> None:
        self.told.append("congested")

    def drained(self, _peer: object) -> None:
        self.told.append("drained")


@pytest.mark.req("SRV-02")
def test_polled_2_who_does_not_ask_costs_a_bounded_queue_and_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def life() -> None:
        ended = asyncio.Event()
        space = Nobody()
        monkeypatch.setattr(polled, "IDLE_SECONDS", 0.0)
        monkeypatch.setattr(polled, "WAIT_SECONDS", 0.0)
        link = Polled("1", "", space, ended.set)
        link.send("x" * HIGH)
        link.send("y")
        assert space.told == ["congested"], "the space sends nothing more"
        assert await link.news(0) == ["x" * HIGH]
        assert space.told == ["congested", "drained"]
        assert await link.news(1) == ["y"]
        assert await link.news(2) == [], "it is answered, though there is nothing to say"
        await asyncio.wait_for(ended.wait(), 60)
        assert await link.news(3) is None
        link.send("z")

    asyncio.run(life())


def test_who_waits_is_told_at_once_that_it_is_over() -> None:
    async def life() -> None:
        link = Polled("1", "", Nobody(), lambda: None)
        waiting = asyncio.create_task(link.news(0))
        for _ in range(5):
            await asyncio.sleep(0)
        link.send("refused")
        link.close(0, "")
        assert await asyncio.wait_for(waiting, 10) == ["refused"]

    asyncio.run(life())


def test_polled_2_what_was_said_before_the_end_is_still_told() -> None:
    async def life() -> None:
        ended = asyncio.Event()
        link = Polled("1", "", Nobody(), ended.set)
        link.send("last")
        link.close(1013, "the disk is full")
        link.send("too late")
        assert not ended.is_set()
        assert await link.news(0) == ["last"]
        assert ended.is_set()
        assert await link.news(1) is None

    asyncio.run(life())


@pytest.mark.req("SRV-22")
def test_who_is_here_waits_as_one_frame_behind_everything_else() -> None:
    async def life() -> None:
        link = Polled("1", "", Nobody(), lambda: None)
        link.send(encode_present(["old"], 0))
        link.send("data")
        link.send(encode_present(["new"], 0))
        assert await link.news(0) == ["data", encode_present(["new"], 0)]
        link.end()

    asyncio.run(life())


@pytest.mark.req("SRV-22")
def test_who_is_here_is_told_over_http_as_well_and_gone_with_the_connection(server: Server) -> None:
    def opened(device: str) -> str:
        place = "/sync/company/link"
        _, text = ask(server, "POST", place, headers={"user-agent": "Firefox/150 Android"})
        place += f"/{decode_frame(text).parts[0]}"
        said = [Hello(device=device, life="l").encode(), encode_here((("c", "7"),))]
        ask(server, "POST", f"{place}?sent=0", pack(said).encode())
        return place

    def news(place: str, got: int) -> tuple[list[str], int]:
        """What the next frame about it says, and how many answers there were by then."""
        while True:
            for text in unpack(ask(server, "GET", f"{place}?got={got}")[1]):
                if decode_frame(text).type == PRESENT:
                    return decode_frame(text).lines, got + 1
            got += 1

    one = opened("d1")
    lines, got = news(one, 0)
    assert lines == []
    two = opened("d2")
    lines, got = news(one, got)
    assert json.loads(lines[0]) == ["", "Firefox on Android", [["c", "7"]]]
    ask(server, "POST", f"{two}/end")
    assert news(one, got)[0] == []
