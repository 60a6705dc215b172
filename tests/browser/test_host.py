"""Tabs of one device in Chromium, put together by the host: every rung, and nothing left behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright

from tests.browser.conftest import IN_PAGE, OpenTab, install_contracts
from tests.support import BLANK, CHROMIUM_FLAGS, Server, Tab

READY = "await space.ready()\nNone"
KEEP_ONE = 'await rooms.create({"id": "101", "n": 1}).durable()'
NO_BROADCAST = "delete globalThis.BroadcastChannel"
NO_INDEXEDDB = "Object.defineProperty(globalThis, 'indexedDB', {value: undefined})"


@pytest.mark.req("TAB-01", "TAB-02", "TAB-15")
def test_tabs_show_each_others_changes_and_a_new_one_finds_them(
    open_tab: OpenTab, device: BrowserContext
) -> None:
    device.set_offline(False)
    one, two = open_tab("adapters", "hotel"), open_tab("adapters", "hotel")
    device.set_offline(True)
    one.run(READY + "\n" + KEEP_ONE)
    assert two.run("await until(lambda: len(rooms) == 1)\nnumbers()") == {"101": 1}
    two.run('await rooms.update("101", {"n": 2}).durable()')
    assert one.run('await until(lambda: numbers() == {"101": 2})\nleaders()') == 1
    one.page.close()
    two.run("await until(lambda: len(space.tabs()) == 1 and space.is_leader)")
    device.set_offline(False)
    three = open_tab("adapters", "hotel")
    assert three.run(READY + "\nnumbers()") == {"101": 2}
    assert three.run("space.host.heart") == "file"


@pytest.mark.req("SRV-10")
def test_every_tab_is_told_when_a_history_holds_what_was_just_decided(open_tab: OpenTab) -> None:
    one, two = open_tab("adapters", "hotel"), open_tab("adapters", "hotel")
    for tab in (one, two):
        tab.run(
            READY
            + """
import asyncio
read, readings = [], set()
async def read_again():
    read.append([version.record["n"] for version in await space.history("rooms", "101")])
def told(refs):
    if ("rooms", "101") in refs:
        reading = asyncio.ensure_future(read_again())
        readings.add(reading)
space.on_history(told)
None"""
        )
    one.run('rooms.create({"id": "101", "n": 1})\nNone')
    for tab in (one, two):
        assert tab.run("await until(lambda: read == [[1]])\nread") == [[1]]
    two.run('rooms.update("101", {"n": 2})\nNone')
    for tab in (one, two):
        assert tab.run("await until(lambda: len(read) == 2)\nread[-1]") == [1, 2]


@pytest.mark.req("TAB-12")
def test_a_hundred_cycles_of_open_and_close_leave_nothing(open_tab: OpenTab) -> None:
    tab = open_tab("adapters")
    left = tab.run(
        """
from pysync import SyncedKV
from pysync.browser import open_space
for n in range(100):
    space = open_space("cycles")
    if n % 2:
        await space.ready()
        kept = SyncedKV("counter", 0, space=space).set(lambda n: n + 1)
        if n % 10 == 5:
            await kept.durable()
    space.close()
live = await nothing_left()
space = open_space("cycles")
await space.ready()
count = SyncedKV("counter", 0, space=space).value
space.close()
[live, await nothing_left(), count >= 10]
"""
    )
    assert left == [{}, {}, True]


@pytest.mark.req("TAB-11")
@pytest.mark.parametrize(
    ("script", "rungs"),
    [
        (NO_BROADCAST, ["indexeddb", "locks", "storage"]),
        (NO_INDEXEDDB, ["localstorage", "locks", "broadcast"]),
        ("delete Navigator.prototype.locks", ["indexeddb", "lease", "broadcast"]),
    ],
)
def test_tabs_stay_the_same_on_a_lower_rung(
    open_tab: OpenTab, device: BrowserContext, script: str, rungs: list[str]
) -> None:
    device.add_init_script(script)
    one, two = open_tab("adapters", "hotel"), open_tab("adapters", "hotel")
    found = one.run("ladder = space.host.ladder\n[ladder.store, ladder.seat, ladder.channel]")
    assert found == rungs
    one.run(READY)
    two.run(READY)
    one.run("await until(lambda: leaders() == 1)")
    two.run("await until(lambda: leaders() == 1)")
    one.run('rooms.create({"id": "101", "n": 1})\nNone')
    two.run('await until(lambda: len(rooms) == 1)\nrooms.update("101", {"n": 2})\nNone')
    one.run('await until(lambda: numbers() == {"101": 2} and not space.status().pending)')
    two.run("await until(lambda: not space.status().pending)")
    for tab in (one, two):
        assert tab.run("space.close()\nawait nothing_left()") == {}


@pytest.mark.req("TAB-11")
def test_without_any_storage_a_tab_works_alone_and_says_so_once(
    open_tab: OpenTab, device: BrowserContext
) -> None:
    device.add_init_script(
        """
for (const name of ["indexedDB", "localStorage"])
    Object.defineProperty(globalThis, name, {get() { throw new DOMException("", "SecurityError") }})
delete globalThis.BroadcastChannel;
delete Navigator.prototype.locks;
globalThis.warned = [];
console.warn = (text) => warned.push(text);
"""
    )
    tab = open_tab("adapters", "hotel")
    tab.run(READY + '\nrooms.create({"id": "101", "n": 1})\nNone')
    assert tab.run("[numbers(), space.status().channel]") == [{"101": 1}, "none"]
    warned = tab.page.evaluate("warned.filter((text) => text.startsWith('pysync'))")
    assert len(warned) == 1
    assert "Sync unavailable" in warned[0]
    assert tab.run("space.close()\nawait nothing_left()") == {}


def test_an_empty_space_begins_with_the_first_state_its_server_offers(
    open_tab: OpenTab, server: Server
) -> None:
    source = open_tab("adapters", "hotel")
    text = source.run(
        READY
        + """
from pysync.first_state import export_first_state
for n in range(3):
    rooms.create({"id": f"10{n}", "n": n})
export_first_state(space).replace('"hotel"', '"offered"')
"""
    )
    folder = Path(server.data) / "first-state"
    folder.mkdir(exist_ok=True)
    (folder / "offered.json").write_text(text, "utf-8")
    opened = """
from pysync import Collection
from pysync.browser import open_space
space = open_space("{space}", first_states="/first-state")
rooms = Collection("rooms", space=space)
await space.ready()
sorted(room["id"] for room in rooms)
"""
    one = open_tab("adapters")
    assert one.run(opened.format(space="offered")) == ["100", "101", "102"]
    assert one.run(opened.format(space="unknown")) == []
    one.run('await until(lambda: space.is_leader)\nrooms.create({"id": "x", "n": 0})\nNone')
    again = open_tab("adapters")
    assert again.run(opened.format(space="offered")) == ["100", "101", "102"]
    assert again.run(opened.format(space="hotel")) == ["100", "101", "102"]


@pytest.mark.req("TAB-15")
def test_a_store_that_goes_away_is_reported_and_nothing_in_the_tab_is_lost(
    open_tab: OpenTab,
) -> None:
    tab, other = open_tab("adapters", "hotel"), open_tab("adapters", "storage")
    tab.run(READY + "\n" + KEEP_ONE)
    other.run('await result_of(js.indexedDB.deleteDatabase("pysync.hotel"))\nNone')
    tab.run('await until(lambda: "store-lost" in [problem.kind for problem in problems])')
    assert tab.run("numbers()") == {"101": 1}


@pytest.mark.req("TAB-08")
def test_a_page_in_the_back_forward_cache_lets_go_and_catches_up_on_return(
    playwright: Playwright, chromium: str, server: Server
) -> None:
    browser = playwright.chromium.launch(
        executable_path=chromium,
        args=list(CHROMIUM_FLAGS),
        ignore_default_args=["--disable-back-forward-cache"],
    )
    # A browser may put a page out of its cache for reasons of its own: then the next try tells.
    tries = (_went_and_came_back(browser.new_context(), server) for _ in range(4))
    assert any(tries), "the page was never kept in the cache"
    browser.close()


def _went_and_came_back(device: BrowserContext, server: Server) -> bool:
    """Whether the page that went away was the one that came back; if so all was well with it."""

    def open_in(*files: str) -> Tab:
        tab = Tab(device.new_page())
        tab.page.goto(server.url + BLANK)
        install_contracts(tab)
        for file in files:
            tab.run((IN_PAGE / f"{file}.py").read_text("utf-8") + "\nNone")
        return tab

    away, stays = open_in("adapters", "hotel"), open_in("adapters", "hotel")
    away.run("await until(lambda: space.is_leader)\n" + KEEP_ONE)
    stays.run("await until(lambda: len(space.tabs()) == 2)")
    # A transaction under way that another tab must wait for would end the page's time in the cache.
    away.run("await until(lambda: not space.status().pending)")
    away.page.evaluate("addEventListener('pageshow', (e) => globalThis.persisted = e.persisted)")
    away.page.goto(server.url + "/first-state")
    stays.run("await until(lambda: space.is_leader and len(space.tabs()) == 1)")
    stays.run('await rooms.update("101", {"n": 2}).durable()')
    away.page.evaluate("history.back()")
    away.page.wait_for_url("**" + BLANK, wait_until="commit")
    if not away.page.evaluate("globalThis.persisted"):
        device.close()
        return False
    stays.run("await until(lambda: len(space.tabs()) == 2)")
    away.run('await until(lambda: numbers() == {"101": 2} and len(space.tabs()) == 2)')
    away.run('rooms.update("101", {"n": 3})\nNone')
    assert stays.run('await until(lambda: numbers() == {"101": 3})\nleaders()') == 1
    assert json.dumps(stays.errors + away.errors) == "[]"
    return True
