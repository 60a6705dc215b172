"""Pages of other origins: those that are named may use the relay, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from pysync_server.main import main
from tests.support import Server, start_server

SHOP = "https://shop.example"
STRANGER = "https://stranger.example"
ALLOW = "access-control-allow-origin"


@pytest.fixture(scope="module")
def relay(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A relay for everybody, which names the shop."""
    options = ("--port", "0", "--relay", "any", "--open", "--allow-origin", SHOP)
    running = start_server(tmp_path_factory.mktemp("crossing"), *options)
    yield running
    running.stop()


def ask(
    server: Server, path: str, origin: str, *, method: str = "GET"
) -> tuple[int, dict[str, str]]:
    """The status, and the headers in small letters."""
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.request(method, path, headers={"Origin": origin})
    response = connection.getresponse()
    headers = {name.lower(): value for name, value in response.getheaders()}
    connection.close()
    return response.status, headers


@pytest.mark.req("WGT-03")
@pytest.mark.parametrize(
    ("path", "method"),
    [("/first-state", "GET"), ("/sync/shop/state", "GET"), ("/sync/shop/link", "POST")],
)
def test_a_named_page_may_read_what_the_relay_answers(
    relay: Server, path: str, method: str
) -> None:
    status, headers = ask(relay, path, SHOP, method=method)
    assert (status, headers[ALLOW]) == (200, SHOP)
    assert headers["access-control-allow-credentials"] == "true"
    assert "origin" in headers["vary"].lower()


@pytest.mark.parametrize("path", ["/sync/shop/state", "/sync/shop/link"])
def test_nobody_elses_page_may(relay: Server, path: str) -> None:
    status, headers = ask(relay, path, STRANGER, method="POST" if "link" in path else "GET")
    assert status == 404
    assert ALLOW not in headers
    asked, refused = ask(relay, path, STRANGER, method="OPTIONS")
    assert (asked, ALLOW in refused) == (204, False)


def test_a_socket_is_for_named_pages(relay: Server) -> None:
    address = f"ws{relay.url.removeprefix('http')}/sync/shop"
    with connect(address, origin=Origin(SHOP)):
        pass
    with pytest.raises(InvalidStatus), connect(address, origin=Origin(STRANGER)):
        pass


def test_files_of_the_widget_are_for_every_page_and_other_things_for_none(relay: Server) -> None:
    assert ask(relay, "/pysync/pysync.js", STRANGER)[1][ALLOW] == "*"
    for path in ("/", "/healthz", "/metrics", "/api/v1/spaces/shop/changes"):
        assert ALLOW not in ask(relay, path, SHOP)[1]


def test_without_the_option_nothing_is_open(server: Server) -> None:
    for path in ("/pysync/pysync.js", "/first-state"):
        assert ALLOW not in ask(server, path, SHOP)[1]


def test_who_is_not_signed_in_is_told_so_also_across_origins(tmp_path: Path) -> None:
    server = start_server(tmp_path, "--port", "0", "--relay", "any", "--allow-origin", SHOP)
    try:
        status, headers = ask(server, "/sync/shop/state", SHOP)
        assert (status, headers[ALLOW]) == (401, SHOP)
    finally:
        server.stop()


@pytest.mark.parametrize("text", ["*", "shop.example", f"{SHOP}/", "null", "https://Shop.example"])
def test_what_is_no_origin_is_said_at_the_start(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--allow-origin", text])
    assert "is no origin" in capsys.readouterr().err
