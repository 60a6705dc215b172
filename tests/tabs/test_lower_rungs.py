"""Where a browser gives less: plain http on the house's network, and no way to hear each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Playwright

from tests.support import BLANK, CHROMIUM_FLAGS, Server, Tab, TabFactory, watch_errors
from tests.tabs.conftest import CALM, furnish, until

LAN = "hotel.lan"
NO_VOICE = """
delete globalThis.BroadcastChannel;
Object.defineProperty(globalThis, "localStorage", {
    get() { throw new DOMException("", "SecurityError"); },
});
"""


@pytest.fixture
def lan_device(playwright: Playwright, chromium: str) -> Iterator[BrowserContext]:
    """A browser for which a name that is not this machine's own leads here."""
    flags = [*CHROMIUM_FLAGS, f"--host-resolver-rules=MAP {LAN} 127.0.0.1"]
    browser = playwright.chromium.launch(executable_path=chromium, args=flags)
    yield browser.new_context()
    browser.close()


@pytest.mark.req("TAB-08", "TAB-11")
def test_over_plain_http_on_a_lan_the_lease_leads_and_passes_on(
    lan_device: BrowserContext, server: Server
) -> None:
    tabs = []
    for _ in range(2):
        tab = Tab(lan_device.new_page())
        watch_errors(tab)
        tab.page.goto(server.url.replace("127.0.0.1", LAN) + BLANK)
        furnish(tab)
        tabs.append(tab)
    assert tabs[0].page.evaluate("[location.hostname, isSecureContext]") == [LAN, False]
    assert tabs[0].run("space.host.ladder.seat") == "lease"
    for tab in tabs:
        tab.run(until("len(space.tabs()) == 2 and leaders() == 1"))
    leader = next(tab for tab in tabs if tab.run("space.is_leader"))
    tabs.remove(leader)
    leader.run('rooms.create({"id": "101", "n": 1})\nNone')
    tabs[0].run(until('numbers() == {"101": 1}'))
    leader.page.close()
    tabs[0].run(until("space.is_leader and len(space.tabs()) == 1"))
    tabs[0].run('await rooms.update("101", {"n": 2}).durable()\nNone')
    tabs[0].run(CALM)
    assert leader.errors + tabs[0].errors == []


@pytest.mark.req("TAB-11")
def test_where_tabs_cannot_hear_each_other_sync_is_unavailable_and_nothing_raises(
    tab_factory: TabFactory, device: BrowserContext
) -> None:
    device.add_init_script(NO_VOICE)
    tab = tab_factory()
    found = tab.run(
        """
from pysync import ObservableStore, create_broadcast_sync, is_supported
store = ObservableStore(theme="dark")
sync = create_broadcast_sync(store, channel_name="doc")
before = sync.status
sync.start()
store.set("theme", "light")
sync.request_state()
sync.broadcast_state()
sync.force_leader()
during = [sync.status, sync.is_active, sync.is_leader, len(sync.connected_tabs)]
sync.stop()
[is_supported(), before, during, store.get("theme")]"""
    )
    unavailable = "Sync unavailable"
    assert found == [False, unavailable, [unavailable, False, False, 0], "light"]
    assert [text for text in tab.errors if unavailable not in text] == []
    tab.errors.clear()
