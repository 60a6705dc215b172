"""What an empty space of a page begins with: its relay's state, or what a server offers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from pysync.machines.snapshots import EVERY
from tests.browser.conftest import OpenTab
from tests.server.relay_client import Device, batch, offer, state
from tests.support import Server, Tab, start_server

OPEN = """
from pysync import Collection
from pysync.browser import open_space
from pysync.testing.contracts.kit import Loaded, value
def begin(name):
    global space, rooms, problems
    space = open_space(name, first_states="/first-state")
    rooms = Collection("rooms", space=space)
    problems = []
    space.on_problem(problems.append)
async def stored():
    meta = (await value(Loaded, space.host.store.load)).meta
    return [meta.epoch, meta.seq, sorted(room["id"] for room in rooms)]
"""
BEGIN = "begin({!r})\nawait space.ready()\nawait stored()"
WAITS = "begin({!r})\nawait until(lambda: problems)\n[problems[0].kind, space.status().ready]"
LOCAL = ["", 0, []]


@pytest.fixture
def server(bundle: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server with a hotel of two rooms: a relay, unless a test wants none."""
    offer(tmp_path, "101", "102")
    relay = getattr(request, "param", ["--relay", "any", "--open"])
    running = start_server(tmp_path, "--port", "0", "--test-pages", *relay)
    yield running
    running.stop()


@pytest.fixture
def tab(open_tab: OpenTab) -> Tab:
    """A tab that can open spaces."""
    tab = open_tab("adapters")
    tab.run(OPEN)
    return tab


def asked(tab: Tab) -> list[str]:
    """What the tab asks the server for, from now on, besides its own files."""
    paths: list[str] = []

    def note(url: str) -> None:
        path = url.split("/", 3)[3]
        if not path.startswith("assets/"):
            paths.append(path)

    tab.page.on("request", lambda request: note(request.url))
    return paths


def epoch(server: Server) -> str:
    """Which log the relay has for the hotel."""
    with Device(server, "who-asks") as device:
        return str(device.welcome.parts[0]["epoch"])


@pytest.mark.req("SRV-02", "SRV-21")
def test_a_space_of_a_relay_begins_with_its_state_and_follows_its_log_for_good(
    tab: Tab, server: Server, open_tab: OpenTab
) -> None:
    paths = asked(tab)
    begun = [epoch(server), 0, ["101", "102"]]
    assert tab.run(BEGIN.format("hotel")) == begun
    assert paths == ["first-state", "sync/hotel/state"]
    again = open_tab("adapters")
    again.run(OPEN)
    paths = asked(again)
    assert again.run(BEGIN.format("hotel")) == begun
    assert paths == [], "only an empty space asks"


@pytest.mark.req("SRV-02")
def test_a_state_that_the_log_made_is_taken_over_where_it_stands(tab: Tab, server: Server) -> None:
    with Device(server, "other", cursor=(epoch(server), 0)) as other:
        for first in range(1, EVERY + 1, 100):
            other.push(*(batch("o", n) for n in range(first, first + 100)))
        other.until_seq(EVERY)
    while not state(server)["seq"]:
        pass
    own, seq, rooms = tab.run(BEGIN.format("hotel"))
    assert own == epoch(server)
    assert seq == EVERY
    assert rooms == ["101", "102"]
    assert tab.run('len(Collection("c", space=space))') == EVERY


@pytest.mark.req("SRV-02")
def test_a_space_that_is_empty_at_the_relay_follows_its_log_too(tab: Tab) -> None:
    own, seq, rooms = tab.run(BEGIN.format("new"))
    assert own
    assert (seq, rooms) == (0, [])
    tab.run("space.close()")
    paths = asked(tab)
    assert tab.run(BEGIN.format("new")) == [own, 0, []]
    assert paths == []


def test_a_space_whose_name_no_relay_carries_stays_on_the_device(tab: Tab) -> None:
    assert tab.run(BEGIN.format("my notes")) == LOCAL
    tab.errors.clear()  # The answer that there is none.


@pytest.mark.req("TAB-15", "SRV-21")
def test_begin_1_without_an_answer_a_space_waits_for_its_relay_instead_of_beginning_alone(
    tab: Tab, server: Server, device: BrowserContext
) -> None:
    device.set_offline(True)
    assert tab.run(WAITS.format("hotel")) == ["not-loaded", False]
    device.set_offline(False)
    assert tab.run("await space.ready()\nawait stored()") == [epoch(server), 0, ["101", "102"]]
    # The server is known by now to be a relay.
    tab.run("space.close()")
    device.set_offline(True)
    assert tab.run(WAITS.format("another")) == ["not-loaded", False]
    tab.errors.clear()  # The browser's, that there is no network.


def test_begin_1_a_relay_that_cannot_serve_a_space_is_asked_until_it_can(
    tab: Tab, server: Server
) -> None:
    file = server.data / "first-state" / "hotel.json"
    good = file.read_bytes()
    file.write_bytes(good[:-10])
    assert tab.run(WAITS.format("hotel")) == ["not-loaded", False]
    file.write_bytes(good)
    assert tab.run("await space.ready()\nawait stored()") == [epoch(server), 0, ["101", "102"]]
    tab.errors.clear()  # The browser's, of each 503.


@pytest.mark.req("SRV-16", "SRV-21")
@pytest.mark.parametrize("server", [[]], indirect=True)
def test_begin_1_a_space_waits_until_somebody_signs_in_also_where_there_was_no_relay(
    tab: Tab,
) -> None:
    assert tab.run(BEGIN.format("no-such-space")) == LOCAL
    tab.run("space.close()")
    tab.page.route("**/first-state", lambda route: route.fulfill(status=401, body="{}"))
    assert tab.run(WAITS.format("hotel")) == ["not-loaded", False]
    tab.page.unroute("**/first-state")
    assert tab.run("await space.ready()\nawait stored()") == ["", 0, ["101", "102"]]
    tab.errors.clear()  # The browser's, of each 401.


@pytest.mark.req("TAB-02")
@pytest.mark.parametrize("server", [[]], indirect=True)
def test_where_there_is_no_relay_a_space_begins_alone_also_without_the_server(
    tab: Tab, device: BrowserContext
) -> None:
    paths = asked(tab)
    assert tab.run(BEGIN.format("hotel")) == ["", 0, ["101", "102"]]
    assert paths == ["first-state", "first-state/hotel"]
    tab.run("space.close()")
    assert tab.run(BEGIN.format("none-offered")) == LOCAL
    assert paths[2:] == ["first-state"], "what is not there is not asked for"
    tab.run("space.close()")
    device.set_offline(True)
    assert tab.run(BEGIN.format("begun-offline")) == LOCAL
    tab.errors.clear()  # The browser's, that there is no network.


@pytest.mark.req("TAB-02")
@pytest.mark.parametrize("answer", [(404, "none"), (200, "<!doctype html>"), (200, '{"spaces":5}')])
def test_any_other_server_has_no_first_states(tab: Tab, answer: tuple[int, str]) -> None:
    status, body = answer
    tab.page.route("**/first-state", lambda route: route.fulfill(status=status, body=body))
    assert tab.run(BEGIN.format("hotel")) == LOCAL
    tab.errors.clear()  # The browser's, of a 404.
