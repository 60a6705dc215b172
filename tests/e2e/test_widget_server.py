"""Pages of another origin around a real relay: two devices, each with a network that can be cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.site import Site
from tests.e2e.test_widget import HEAD, SCRIPT, badge, ready, until
from tests.proxy import Network
from tests.support import Server, start_server

PAGE = f"""{HEAD}
<script src="SCRIPT/pysync/pysync.js"></script>
<pysync-status server="SERVER" space="shop"></pysync-status>
<pysync-conflicts></pysync-conflicts>
<pysync-tabs></pysync-tabs>
"""
NOTE = "pysync.get('note')"


@pytest.fixture
def relay(site: Site, bundle: Path, tmp_path: Path) -> Iterator[Server]:
    """A relay that names that site."""
    options = ("--port", "0", "--relay", "any", "--open", "--allow-origin", site.url)
    running = start_server(tmp_path, *options)
    yield running
    running.stop()


@pytest.fixture
def networks(relay: Server) -> Iterator[list[Network]]:
    """The ways of two devices to it."""
    made = [Network(relay.url), Network(relay.url)]
    yield made
    for network in made:
        network.close()


@pytest.mark.req("WGT-01", "WGT-02", "WGT-03")
def test_a_page_of_another_origin_follows_the_relay_and_settles_conflicts(
    site: Site,
    relay: Server,
    networks: list[Network],
    new_device: Callable[[], BrowserContext],
) -> None:
    pages: list[Page] = []
    for number, network in enumerate(networks):
        of = relay.url if number else ""
        site.pages[f"/{number}"] = PAGE.replace("SCRIPT", of).replace("SERVER", network.url)
        page = new_device().new_page()
        page.goto(f"{site.url}/{number}")
        pages.append(page)
    for page in pages:
        ready(page)
        badge(page, "synced")
    one, two = pages
    one.evaluate("pysync.set('note', 'first')")
    two.evaluate(until(f"{NOTE} === 'first'"))

    for network in networks:
        network.cut()
    for page, value in zip(pages, ("from one", "from two"), strict=True):
        badge(page, "offline")
        page.evaluate("(value) => pysync.set('note', value)", value)
        expect(page.locator("pysync-status [part=count]")).to_have_text("1")
    listen = (
        "document.addEventListener('pysync-conflict', (e) => heard.push(e.detail.conflicts[0]))"
    )
    one.evaluate(f"() => {{ window.heard = []; {listen} }}")
    for network in networks:
        network.mend()
    for page in pages:
        page.evaluate("dispatchEvent(new Event('online'))")
        badge(page, "synced")
        expect(page.locator("pysync-conflicts [part=conflict]")).to_have_count(1)
    assert one.evaluate(NOTE) == two.evaluate(NOTE)
    [heard] = one.evaluate("heard")
    assert heard["key"] == "note"
    assert {heard["shown"], heard["other"]} == {"from one", "from two"}
    lost = heard["other"]

    conflicts = two.locator("pysync-conflicts")
    conflicts.get_by_text("Settled by rule").click()
    conflicts.get_by_role("button", name="Take the other").click()
    for page in pages:
        page.evaluate(until(f"{NOTE} === '{lost}'"))
        expect(page.locator("pysync-conflicts")).to_have_text("No conflicts")


@pytest.mark.req("WGT-01")
def test_what_a_device_kept_alone_comes_to_the_server_that_the_page_names_later(
    site: Site, relay: Server, new_device: Callable[[], BrowserContext]
) -> None:
    named = PAGE.replace("SCRIPT", "").replace("SERVER", relay.url)
    site.pages["/"] = named
    site.pages["/alone"] = named.replace(f'server="{relay.url}"', "")
    page = new_device().new_page()
    page.goto(f"{site.url}/alone")
    ready(page)
    page.evaluate("pysync.set('note', 'before')")
    beside = f"{HEAD}{SCRIPT}<pysync-tabs space='shop'></pysync-tabs>"
    other = "<pysync-status space='other' server='SERVER'></pysync-status>"
    site.pages["/beside"] = beside + other.replace("SERVER", relay.url)
    page.goto(f"{site.url}/beside")
    ready(page)
    badge(page, "synced")
    late = "document.body.append(document.createElement('pysync-status'))"
    page.evaluate(late)
    page.evaluate("document.querySelectorAll('pysync-status')[1].setAttribute('space', 'other')")
    expect(page.locator("pysync-status [part=label]").nth(1)).to_have_text("Synced")
    with urlopen(f"{relay.url}/sync/shop/state") as answer:
        assert b"before" not in answer.read(), "the server was named for another space"
    page.goto(f"{site.url}/")
    ready(page)
    assert page.evaluate(NOTE) == "before"
    badge(page, "synced")
    other = new_device().new_page()
    other.goto(f"{site.url}/")
    ready(other)
    other.evaluate(until(f"{NOTE} === 'before'"))
    page.evaluate("pysync.set('note', 'after')")
    other.evaluate(until(f"{NOTE} === 'after'"))


@pytest.mark.req("WGT-02")
def test_an_element_that_names_another_server_for_an_open_space_says_so(
    site: Site, device: BrowserContext
) -> None:
    site.pages["/"] = f"{HEAD}{SCRIPT}<pysync-status></pysync-status><main></main>"
    page = device.new_page()
    page.goto(f"{site.url}/")
    ready(page)
    badge(page, "synced")
    late = "<pysync-tabs server='https://other.example'></pysync-tabs>"
    page.evaluate("(html) => { document.querySelector('main').innerHTML = html }", late)
    expect(page.locator("pysync-tabs").get_by_role("alert")).to_contain_text("without that server")
    own = "<pysync-status space='other'></pysync-status>"
    page.evaluate("(html) => { document.querySelector('main').innerHTML = html }", own)
    expect(page.locator("main pysync-status [part=label]")).to_have_text("Synced")
    odd = "<pysync-tabs space='odd' server='localhost:8420'></pysync-tabs>"
    page.evaluate("(html) => { document.querySelector('main').innerHTML = html }", odd)
    expect(page.locator("pysync-tabs").get_by_role("alert")).to_contain_text("is no address")
    assert page.evaluate("(async () => (await indexedDB.databases()).map((d) => d.name))()") == [
        "pysync.default",
        "pysync.other",
    ]
    page.evaluate("pysync.stop()")
