"""The IndexedDB store in Chromium: its contract, and the facts of a browser that it stands on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Playwright

from tests.browser.conftest import IN_PAGE, OpenTab, install_contracts
from tests.support import BLANK, CHROMIUM_FLAGS, Server, Tab

OPEN = """
from pysync.testing.contracts.kit import *
lost, gone = [], asyncio.Event()
store = IndexedDBStore("hotel", on_lost=lambda detail: (lost.append(detail), gone.set()))
first = await value(Loaded, store.load)
"""
TAIL = """
from pysync.testing.contracts.kit import *
store = IndexedDBStore("hotel")
[row.batch for row in (await value(Loaded, store.load)).tail]
"""


def kill_browser(profile: Path) -> None:
    """End the browser of this profile as a power switch would: its lock file names the process."""
    pid = int((profile / "SingletonLock").readlink().name.rsplit("-", 1)[1])
    os.kill(pid, signal.SIGKILL)


@pytest.mark.req("TAB-15")
def test_it_keeps_the_contract_of_a_store_and_leaves_nothing_open(open_tab: OpenTab) -> None:
    report = open_tab("storage").run(
        """
from pysync.browser import owned
from pysync.testing.contracts import run
from pysync.testing.contracts.store import STORE_CASES
before = owned.live()
results = await run(STORE_CASES, IndexedDBPlace)
{"results": results, "before": before, "after": owned.live()}
"""
    )
    assert len(report["results"]) >= 20
    assert {name: text for name, text in report["results"].items() if text} == {}
    assert report["after"] == report["before"]


@pytest.mark.req("TAB-15")
def test_a_tab_killed_right_after_the_append_has_written_it(
    open_tab: OpenTab,
) -> None:
    for attempt in range(5):
        victim = open_tab("storage")
        victim.run(OPEN)
        victim.run(f'store.append("b{attempt}", "frame", lambda key: None)')
        with pytest.raises(Error, match="crash"):
            victim.page.goto("chrome://crash")
        victim.page.close()
    assert open_tab("storage").run(TAIL) == [f"b{attempt}" for attempt in range(5)]


@pytest.mark.req("TAB-15")
def test_what_was_reported_durable_survives_the_death_of_the_browser(
    playwright: Playwright, chromium: str, server: Server, tmp_path: Path
) -> None:
    code = (IN_PAGE / "storage.py").read_text("utf-8")

    def launch() -> tuple[BrowserContext, Tab]:
        context = playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=chromium, args=list(CHROMIUM_FLAGS)
        )
        tab = Tab(context.new_page())
        tab.page.goto(server.url + BLANK)
        install_contracts(tab)
        tab.run(code + "\nNone")
        return context, tab

    context, tab = launch()
    tab.run(OPEN + 'key = await value(int, store.append, "b", "frame")')
    kill_browser(tmp_path)
    context, tab = launch()
    assert tab.run(TAIL) == ["b"]
    context.close()


SMALL_DISK = """async () => {
    const bucket = await navigator.storageBuckets.open("small", {quota: 4_000_000});
    Object.defineProperty(globalThis, "indexedDB", {value: bucket.indexedDB});
}"""


def test_a_full_disk_answers_full_keeps_nothing_and_recovers(open_tab: OpenTab) -> None:
    tab = open_tab("storage")
    tab.page.evaluate(SMALL_DISK)
    tab.run(
        OPEN
        + """
import secrets
ballast = IndexedDBStore("ballast")
await value(Loaded, ballast.load)
await value(int, ballast.append, "b", secrets.token_hex(800_000))
await value(int, store.append, "small", "x")
big = secrets.token_hex(1_500_000)
"""
    )
    assert tab.run('await fault(store.append, "big", big)') == "full"
    assert tab.run('await fault(store.write_snapshot, 0, 0, {"a": big})') == "full"
    assert tab.run("[row.batch for row in await rows_of(store.read_log, 0, nothing_known)]") == [
        "small"
    ]
    tab.run('ballast.close()\nawait result_of(js.indexedDB.deleteDatabase("pysync.ballast"))\nNone')
    kept = tab.run(
        """
while isinstance(key := await answer(store.append, "big", big[:1_000_000]), StoreFault):
    assert key.reason == "full"
[row.batch for row in await rows_of(store.read_log, 0, nothing_known)]
"""
    )
    assert kept == ["small", "big"]


def test_a_deleted_database_is_reported_lost_and_opens_anew_on_load(open_tab: OpenTab) -> None:
    tab = open_tab("storage")
    tab.run(OPEN + 'await value(int, store.append, "b", "frame")')
    open_tab("storage").run(
        'await result_of(js.indexedDB.deleteDatabase(idb_rows.database_name("hotel")))\nNone'
    )
    assert tab.run("len(lost)") == 1
    assert tab.run('[await fault(store.append, "c", "x"), await fault(store.claim_term, 0)]') == [
        "closed",
        "closed",
    ]
    again = tab.run(
        """
second = await value(Loaded, store.load)
[second.meta.incarnation != first.meta.incarnation, len(second.tail), len(lost)]
"""
    )
    assert again == [True, 0, 1]
    assert tab.run('await value(int, store.append, "c", "x")') == 1


def test_storage_cleared_under_a_running_tab_is_reported_lost(
    open_tab: OpenTab, device: BrowserContext, server: Server
) -> None:
    tab = open_tab("storage")
    tab.run(OPEN + 'await value(int, store.append, "b", "frame")')
    device.new_cdp_session(tab.page).send(
        "Storage.clearDataForOrigin", {"origin": server.url, "storageTypes": "indexeddb"}
    )
    tab.run("await gone.wait()\nNone")
    assert tab.run('await fault(store.append, "c", "x")') == "closed"
    assert tab.run("(await value(Loaded, store.load)).tail") == []


def test_a_database_of_a_newer_version_is_corrupt_and_stays(open_tab: OpenTab) -> None:
    tab = open_tab("storage")
    found = tab.run(
        """
from pysync.testing.contracts.kit import *
request = js.indexedDB.open(idb_rows.database_name("newer"), 7)
request.onupgradeneeded = create_once_callable(
    lambda e: e.target.result.createObjectStore("later").put("precious", "k") and None
)
db = await result_of(request)
db.close()
store = IndexedDBStore("newer")
reasons = [await fault(store.load), await fault(store.append, "b", "frame")]
db = await result_of(js.indexedDB.open(idb_rows.database_name("newer")))
kept = await result_of(db.transaction("later").objectStore("later").get("k"))
[reasons, int(db.version), kept]
"""
    )
    assert found == [["corrupt", "corrupt"], 7, "precious"]


def test_nothing_is_written_before_the_format_is_known(open_tab: OpenTab) -> None:
    found = open_tab("storage").run(
        OPEN
        + """
store.close()
await raw_put("hotel", "meta", "format", 99)
newer = IndexedDBStore("hotel")
reasons = [await fault(newer.append, "b", "frame"), await fault(newer.claim_term, 0)]
newer.close()
await raw_put("hotel", "meta", "format", idb_rows.FORMAT)
back = IndexedDBStore("hotel")
loaded = await value(Loaded, back.load)
[reasons, len(loaded.tail), loaded.meta.term]
"""
    )
    assert found == [["corrupt", "corrupt"], 0, 0]


BLOCKER = """
from pysync.browser.owned import Handler
db = await result_of(js.indexedDB.open(idb_rows.database_name("hotel")))
held = [True]
tx = db.transaction(["log", "term", "fence"], "readwrite")
def spin(_):
    if held[0]:
        tx.objectStore("log").get(1).onsuccess = spinner.js
spinner = Handler(spin)
spin(None)
"""


def test_a_blocked_append_is_told_so_and_a_repeat_joins_it(open_tab: OpenTab) -> None:
    tab, other = open_tab("storage"), open_tab("storage")
    tab.run(
        OPEN
        + """
from pysync.browser import idb_link
idb_link.BOUND = 0.3
"""
    )
    other.run(BLOCKER)
    assert tab.run('await fault(store.append, "b", "frame")') == "blocked"
    assert tab.run("await fault(store.claim_term, 0)") == "blocked"
    tab.run('idb_link.BOUND = 20.0; again = asyncio.ensure_future(answer(store.append, "b", "f"))')
    other.run("held[0] = False")
    assert tab.run("await again") == 1
    assert tab.run("(await value(Loaded, store.load)).meta.term") == 0
    assert tab.run('await fault(store.append, "b", "frame")') == "duplicate"


def test_a_blocked_append_that_was_written_later_is_known_by_its_repeat(open_tab: OpenTab) -> None:
    tab, other = open_tab("storage"), open_tab("storage")
    tab.run(OPEN + "from pysync.browser import idb_link\nidb_link.BOUND = 0.3")
    other.run(BLOCKER)
    assert tab.run('await fault(store.append, "b", "frame")') == "blocked"
    other.run("held[0] = False")
    assert tab.run("[row.batch for row in await rows_of(store.read_log, 0, nothing_known)]") == [
        "b"
    ]
    assert tab.run('await fault(store.append, "b", "frame")') == "duplicate"


def test_a_batch_that_is_appended_again_and_again_has_one_transaction(open_tab: OpenTab) -> None:
    found = open_tab("storage").run(
        OPEN
        + """
answers = await asyncio.gather(*(answer(store.append, "b", "frame") for _ in range(50)))
rows = await rows_of(store.read_log, 0, nothing_known)
[answers[0], {a.reason for a in answers[1:]} == {"duplicate"}, len(rows), store._link._number < 10]
"""
    )
    assert found == [1, True, 1, True]


def test_a_tab_that_stops_right_after_writing_blocks_no_one(open_tab: OpenTab) -> None:
    stopped, other = open_tab("storage"), open_tab("storage")
    stopped.run(
        OPEN
        + """
key = await value(int, store.append, "b0", "frame")
term = await value(int, store.claim_term, 0)
await value(int, store.write_decisions, term, [verdict(1, key, "b0", term=term)])
await value(int, store.append, "b1", "frame")
await value(int, store.append, "b2", "frame")
"""
    )
    other.run(OPEN)
    stopped.page.evaluate(
        """() => { setTimeout(() => { globalThis.ends = pysyncTest.run(`
until = js.Date.now() + 3000
said = []
store.append("b3", "frame", said.append)
store.write_decisions(term, [verdict(2, 2, "b1", term=term)], said.append)
while js.Date.now() < until: pass
until
`); }); }"""
    )
    done = other.run(
        """
seq = 1
while seq < 2:
    seq = (await value(Loaded, store.load)).meta.seq
await value(int, store.append, "c", "frame")
newer = await value(int, store.claim_term, 0)
await value(int, store.write_decisions, newer, [verdict(3, 3, "b2", term=newer)])
js.Date.now()
"""
    )
    assert done < stopped.page.evaluate("() => globalThis.ends")
    assert stopped.run("said") == [4, 2]
