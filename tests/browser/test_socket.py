"""A page's connection with the relay it is from, in Chromium beside the real server."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from pysync.machines.packing import PACKED_FROM
from pysync.machines.relay_frames import (
    PUSH,
    WELCOME,
    Hello,
    decode_frame,
    encode_frame,
    read_entries,
)
from tests.browser.conftest import Pool
from tests.server.relay_client import Device, batch
from tests.support import Server, Tab, start_server

SOCKET = """
from pysync.browser.socket import RelaySocket
def link(url, told):
    return RelaySocket(
        url,
        connected=lambda: told.append("connected"),
        heard=told.append,
        disconnected=lambda: told.append("disconnected"),
    )
told = []
socket = link({address!r}, told)
None"""
NUMBERS = itertools.count(1)
CONNECT = "socket.connect()\nbefore = told[:]\nawait until(lambda: told)\n[before, told]"


@pytest.fixture(scope="module")
def server(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A relay, which also serves the pages."""
    folder = tmp_path_factory.mktemp("relay")
    running = start_server(folder, "--port", "0", "--test-pages", "--relay", "any", "--open")
    yield running
    running.stop()


@pytest.fixture
def tab(pool: Pool) -> Iterator[Tab]:
    """A tab with a socket to a space that is empty, not connected yet; it is closed at the end."""
    [tab] = pool.take(1)
    tab.run(SOCKET.format(address=f"/sync/empty-{next(NUMBERS)}"))
    yield tab
    tab.run("socket.close()")


def hello(name: str, socket: str = "socket") -> str:
    """Says hello as the device of that name."""
    return f"{socket}.transmit({Hello(device=name, life='l', cursor=None).encode()!r})\nNone"


@pytest.mark.req("SRV-02", "SRV-14")
def test_frames_travel_both_ways_in_order_long_ones_packed(tab: Tab, server: Server) -> None:
    tab.run('socket.close()\nsocket = link("/sync/hotel", told)\nNone')
    assert tab.run(CONNECT) == [[], ["connected"]]
    tab.run(hello("page"))
    (welcome,) = tab.run("await until(lambda: len(told) > 1)\ntold[1:]")
    assert decode_frame(welcome).type == WELCOME
    with Device(server, "other") as other:
        text = batch("p", 1, name="zwei é 😀" * PACKED_FROM).text
        tab.run(f"socket.transmit({encode_frame(PUSH, 0, lines=[text])!r})")
        other.until_seq(1)
        assert [row.text for row in other.entries] == [text]
        other.push(batch("o", 1, name="drei é 😀" * PACKED_FROM))
        told = tab.run("await until(lambda: 'o-1' in told[-1])\ntold[2:]")
    heard = [row for text in told for row in read_entries(decode_frame(text))]
    assert [row.batch for row in heard] == ["p.1", "o.1"]
    assert [bool(row.text) for row in heard] == [False, True]
    assert heard[1].text.count("é") == PACKED_FROM
    assert tab.run("[told.count('connected'), socket._packs]") == [1, True]


def test_both_keep_the_contract_of_a_link_and_leave_nothing_open(pool: Pool) -> None:
    [tab] = pool.take(1)
    report = tab.run(
        """
from pysync.browser.requests import PageRequests
from pysync.browser.socket import RelaySocket
from pysync.http_link import HttpLink
from pysync.testing.contracts import run
from pysync.testing.contracts.link import LINK_CASES
class Place:
    address, nowhere = "/sync/hotel", "/sync/-no-space"
    def link(self, address, connected, heard, disconnected):
        return RelaySocket(address, connected=connected, heard=heard, disconnected=disconnected)
class OverHttp:
    address, nowhere = "/sync/hotel/link", "/sync/-no-space/link"
    def link(self, address, connected, heard, disconnected):
        told = dict(connected=connected, heard=heard, disconnected=disconnected)
        return HttpLink(address, PageRequests(), **told)
results = [await run(LINK_CASES, place) for place in (Place, OverHttp)]
failed = [{name: why for name, why in each.items() if why} for each in results]
{"failed": failed, "counts": [len(each) for each in results], "live": owned.live()}
"""
    )
    assert report == {"failed": [{}, {}], "counts": [6, 6], "live": {}}
    tab.errors.clear()  # The browser says on the console that nobody is there.


def test_to_connect_again_drops_the_connection_there_is(tab: Tab) -> None:
    tab.run(CONNECT)
    tab.run("socket.connect()\nsocket.connect()\nsocket.transmit('too early')")
    tab.run("await until(lambda: len(told) == 2)")
    tab.run(hello("page"))
    tab.run("await until(lambda: len(told) == 3)")
    types = [decode_frame(text).type for text in tab.run("told[2:]")]
    assert tab.run("told[:2]") == ["connected", "connected"]
    assert types == [WELCOME], "the frame that came too early was not sent, nor kept"
    assert tab.run("owned.live()") == {"proxy": 3, "socket": 1}


@pytest.mark.parametrize(
    "url", ["http://[", "ftp://x/y", "https://elsewhere.example/sync/hotel", "/sync/-no-space"]
)
def test_an_address_that_cannot_be_had_is_no_error_but_no_connection(tab: Tab, url: str) -> None:
    tab.run(f"socket.close()\nsocket = link({url!r}, told)\nNone")
    assert tab.run(CONNECT) == [[], ["disconnected"]]
    tab.run("told.clear()\nsocket.connect()\nsocket.disconnect()")
    tab.run(f"later = []\nalso = link({url!r}, later)\nalso.connect()")
    assert tab.run("await until(lambda: later)\n[told, later]") == [[], ["disconnected"]]
    assert tab.run("also.close()\nsocket.close()\nawait nothing_left()") == {}
    tab.errors.clear()  # Those of the policy and of the server.


def test_bytes_that_are_no_frame_end_the_connection(tab: Tab) -> None:
    tab.run(CONNECT)
    tab.run("js.binary = socket._socket\nNone")
    tab.page.evaluate(
        "binary.dispatchEvent(new MessageEvent('message', {data: new ArrayBuffer(3)}))"
    )
    assert tab.run("told") == ["connected", "disconnected"]
    assert tab.run("owned.live()") == {"proxy": 3}


@pytest.mark.req("TAB-12")
@pytest.mark.parametrize("life", ["", "socket.connect()", CONNECT, "socket.disconnect()"])
def test_close_leaves_nothing_whenever_it_comes(tab: Tab, life: str) -> None:
    tab.run(life)
    tab.run("told.clear()\nsocket.close()\nsocket.close()\nsocket.connect()\nsocket.transmit('x')")
    assert tab.run("[owned.live(), told]") == [{}, []]


@pytest.mark.req("SRV-05")
def test_a_server_that_goes_away_is_told_once_and_so_is_one_that_is_not_there(
    tab: Tab, server: Server
) -> None:
    """The last one: the server is gone then."""
    tab.run(CONNECT)
    server.process.kill()
    assert tab.run("await until(lambda: len(told) > 1)\ntold") == ["connected", "disconnected"]
    assert tab.run("told.clear()\n" + CONNECT) == [[], ["disconnected"]]
    assert tab.run("socket.close()\nawait nothing_left()\ntold") == ["disconnected"]
    tab.errors.clear()  # The browser says on the console that nobody is there.
