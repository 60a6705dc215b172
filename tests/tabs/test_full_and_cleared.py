"""A disk that is full, and storage cleared under running tabs: said, shown, kept, saved again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.support import Server, Tab, TabFactory
from tests.tabs.conftest import CALM, OpenDesk, furnish, until

KEPT = 'await rooms.create({"id": "kept", "n": 1}).durable()\nNone'
LARGE = """
import secrets
from pysync import NotDurable
receipt = rooms.create({"id": "large", "n": 2, "text": secrets.token_hex(SIZE)})
try:
    await receipt.durable()
    answer = "durable"
except NotDurable as refused:
    answer = refused.reason
answer"""


SMALL_DISK = """async () => {
    const bucket = await navigator.storageBuckets.open("small", { quota: 4_000_000 });
    Object.defineProperty(globalThis, "indexedDB", { value: bucket.indexedDB });
}"""
"""Overriding the origin's quota from outside does not bind a private window; a bucket's does."""
FILL = """() => new Promise((full) => {
    const opening = indexedDB.open("ballast");
    opening.onupgradeneeded = () => opening.result.createObjectStore("all", {autoIncrement: true});
    opening.onsuccess = () => {
        let size = 400_000;
        const put = () => {
            const chunk = new Uint8Array(size);
            for (let at = 0; at < size; at += 25_000)
                crypto.getRandomValues(chunk.subarray(at, Math.min(at + 25_000, size)));
            const writing = opening.result.transaction("all", "readwrite");
            writing.objectStore("all").put(chunk);
            writing.oncomplete = put;
            writing.onabort = () => {
                size /= 5;
                if (size > 3_000) return put();
                opening.result.close();
                full(null);
            };
        };
        put();
    };
})"""
MAKE_ROOM = """() => new Promise((gone) => {
    indexedDB.deleteDatabase("ballast").onsuccess = () => gone(null);
})"""


@pytest.fixture
def open_on_small_disk(tab_factory: TabFactory) -> Callable[[], Tab]:
    """Opens a tab with the hotel on a disk that is soon full."""

    def open_one() -> Tab:
        tab = tab_factory()
        tab.page.evaluate(SMALL_DISK)
        furnish(tab)
        return tab

    return open_one


@pytest.mark.req("TAB-07", "TAB-15")
def test_a_tab_that_is_opened_while_the_disk_is_full_shows_what_is_not_saved_and_writes(
    open_on_small_disk: Callable[[], Tab],
) -> None:
    one = open_on_small_disk()
    one.run(KEPT)
    one.run(CALM)
    one.page.evaluate(FILL)
    assert one.run(f"SIZE = 25_000\n{LARGE}") == "full"
    late = open_on_small_disk()
    late.run(until('numbers() == {"kept": 1, "large": 2}'))
    late.run('late = rooms.create({"id": "late", "n": 3, "text": "x" * 25_000})\nNone')
    one.run(until('numbers() == {"kept": 1, "large": 2, "late": 3}'))
    late.run(until('space.status().problem == "full" and space.status().unsaved == 1'))
    one.page.evaluate(MAKE_ROOM)
    for tab in (one, late):
        tab.run(until('not space.status().unsaved and space.status().problem == ""'))
    late.run("await late.durable()\nNone")
    for tab in (one, late):
        tab.page.close()
    assert open_on_small_disk().run("numbers()") == {"kept": 1, "large": 2, "late": 3}


@pytest.mark.req("TAB-15")
@pytest.mark.parametrize("size", [25_000, 490_000], ids=["posted", "stored first"])
def test_on_a_full_disk_a_value_is_shown_everywhere_called_not_saved_and_saved_when_there_is_room(
    open_on_small_disk: Callable[[], Tab], size: int
) -> None:
    one, two = open_on_small_disk(), open_on_small_disk()
    one.run(KEPT)
    one.run(CALM)
    two.run(until('"kept" in rooms'))
    one.page.evaluate(FILL)
    assert one.run(f"SIZE = {size}\n{LARGE}") == "full"
    assert one.run("[space.status().problem, space.status().unsaved]") == ["full", 1]
    assert one.run('"not-saved" in [problem.kind for problem in problems]')
    for tab in (one, two):
        tab.run(until('numbers() == {"kept": 1, "large": 2}'))
    one.page.evaluate(MAKE_ROOM)
    one.run(until('not space.status().unsaved and space.status().problem == ""'))
    one.run("await receipt.durable()\nNone")
    for tab in (one, two):
        tab.page.close()
    assert open_on_small_disk().run("numbers()") == {"kept": 1, "large": 2}


@pytest.mark.req("TAB-15")
def test_storage_cleared_under_running_tabs_is_reported_and_they_still_show_everything(
    open_desk: OpenDesk, device: BrowserContext, server: Server
) -> None:
    tabs = [open_desk(), open_desk()]
    tabs[0].run(KEPT)
    tabs[1].run(until('"kept" in rooms'))
    device.new_cdp_session(tabs[0].page).send(
        "Storage.clearDataForOrigin", {"origin": server.url, "storageTypes": "all"}
    )
    for tab in tabs:
        tab.run(until('"store-lost" in [problem.kind for problem in problems]'))
        assert tab.run("numbers()") == {"kept": 1}
        assert tab.run("space.status().problem") == "closed"
    tabs[1].run('rooms.create({"id": "after", "n": 2})\nNone')
    for tab in tabs:
        tab.run(until('numbers() == {"kept": 1, "after": 2}'))
    tabs[1].run(until("space.status().unsaved == 1"))


@pytest.mark.req("TAB-15")
def test_a_tab_that_opens_after_the_storage_was_cleared_leads_and_says_what_others_hold(
    open_desk: OpenDesk, device: BrowserContext, server: Server
) -> None:
    old = [open_desk(), open_desk()]
    old[0].run(KEPT)
    old[1].run(until('"kept" in rooms'))
    for tab in old:
        tab.run(CALM)
    device.new_cdp_session(old[0].page).send(
        "Storage.clearDataForOrigin", {"origin": server.url, "storageTypes": "all"}
    )
    for tab in old:
        tab.run(until('"store-lost" in [problem.kind for problem in problems]'))
    new = open_desk()
    new.run(until("space.is_leader and space.status().term"))
    new.run(until('space.status().problem == "apart"'))
    assert old[0].run("space.status().problem") == "closed"
    for tab in old:
        tab.page.close()
    new.run(until('space.status().problem == ""'))
    new.run('rooms.create({"id": "new", "n": 3})\nNone')
    new.run(CALM)
    other = open_desk()
    other.run(until('numbers() == {"new": 3}'))
    assert other.run("space.status().problem") == ""
