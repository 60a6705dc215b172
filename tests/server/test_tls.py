"""The server behind TLS: pages over https, the relay over wss, cookies that say so."""

from __future__ import annotations

import asyncio
import ssl
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from pysync.machines.relay_frames import ENTRIES, PUSH, WELCOME, Hello, decode_frame, encode_frame
from pysync_server.main import main
from tests.server.relay_client import batch
from tests.support import Server, start_server

pytestmark = [pytest.mark.req("SRV-26")]

HERE = Path(__file__).with_name("tls")
PAIR = (str(HERE / "cert.pem"), str(HERE / "key.pem"))


@pytest.fixture(scope="module")
def secure(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A relay with accounts, behind TLS."""
    data = tmp_path_factory.mktemp("tls")
    running = start_server(
        data, "--port", "0", "--relay", "any", "--open", "--tls", *PAIR, "--test-pages"
    )
    yield running
    running.stop()


@pytest.fixture
def trusted() -> ssl.SSLContext:
    """What trusts the certificate of these tests, and no other."""
    return ssl.create_default_context(cafile=PAIR[0])


def test_pages_come_over_https_and_nothing_over_http(
    secure: Server, trusted: ssl.SSLContext
) -> None:
    assert secure.url.startswith("https://")
    with urllib.request.urlopen(f"{secure.url}/healthz", context=trusted) as answer:
        assert answer.status == 200
    with pytest.raises((OSError, HTTPException)):
        urllib.request.urlopen(secure.url.replace("https", "http") + "/healthz")


def test_the_relay_carries_changes_over_wss(secure: Server, trusted: ssl.SSLContext) -> None:
    url = secure.url.replace("https", "wss") + "/sync/hotel"

    async def life() -> None:
        async with connect(url, ssl=trusted) as one, connect(url, ssl=trusted) as two:
            for ws, name in ((one, "a"), (two, "b")):
                await ws.send(Hello(device=name, life="l").encode())
                assert decode_frame(await ws.recv()).type == WELCOME
            await one.send(encode_frame(PUSH, 0, lines=[batch("t", 1).text]))
            assert decode_frame(await two.recv()).type == ENTRIES
            assert decode_frame(await one.recv()).type == ENTRIES

    asyncio.run(asyncio.wait_for(life(), 60))


@pytest.mark.parametrize("pair", [("missing.pem", PAIR[1]), (PAIR[0], PAIR[0])])
def test_what_is_no_certificate_is_said_in_words(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path), "--tls", *pair]) == 1
    assert "no certificate" in capsys.readouterr().err
