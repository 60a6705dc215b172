"""The drop-in widget on pages of somebody else, from a copied folder, below a strict policy."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.site import Site
from tests.support import Tab

Visit = Callable[[str], Tab]
HEAD = '<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,">'
SCRIPT = '<script src="/pysync/pysync.js"></script>'
BARE = f"{HEAD}\n{SCRIPT}\n<pysync-status></pysync-status>\n"
STRICT = {
    "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self'; connect-src 'self'; img-src data:; worker-src 'self'; base-uri 'none'"
}
LIVE = """
import json
from pysync.browser.owned import live
json.dumps(live())
"""
SETTLED = """
async ([code, wanted]) => {
    const python = await pysyncPython;
    const until = performance.now() + 10000;
    while (python.runPython(code) !== wanted && performance.now() < until) {
        await new Promise((go) => setTimeout(go, 20));
    }
    return JSON.parse(python.runPython(code));
}
"""


def ready(page: Page) -> None:
    """Wait until the state is loaded."""
    page.evaluate("async () => { await pysync.ready }")


def settled(page: Page, wanted: dict[str, int]) -> dict[str, int]:
    """What Python has open in the page, once that is what is wanted: locks and transactions under
    way end a little later than what asked for them."""
    found: dict[str, int] = page.evaluate(SETTLED, [LIVE, json.dumps(wanted)])
    return found


def lasting(page: Page) -> dict[str, int]:
    """What is open in the page as long as a space is, whatever is under way."""
    script = "async (code) => JSON.parse((await pysyncPython).runPython(code))"
    found: dict[str, int] = page.evaluate(script, LIVE)
    return {kind: found[kind] for kind in ("channel", "database", "listener", "worker")}


def until(condition: str) -> str:
    """A script that waits in the page, where Playwright's own way would need `unsafe-eval`."""
    return f"async () => {{ while (!({condition})) await new Promise((go) => setTimeout(go, 5)) }}"


def badge(page: Page, state: str) -> None:
    """Wait until the (first) badge says so."""
    expect(page.locator("pysync-status").first).to_have_attribute("data-state", state)


@pytest.mark.req("WGT-01", "WGT-03", "WGT-05")
def test_two_lines_give_a_strict_page_synced_state_and_the_badge(site: Site, visit: Visit) -> None:
    site.pages["/"] = BARE
    site.headers["/"] = STRICT
    one, two = visit("/").page, visit("/").page
    for page in (one, two):
        ready(page)
        badge(page, "synced")
    asked: list[str] = two.evaluate("performance.getEntriesByType('resource').map((r) => r.name)")
    assert len(asked) > 5
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(site.url).netloc}

    two.evaluate("() => { window.seen = []; pysync.subscribe('order', (v) => seen.push(v)) }")
    assert two.evaluate("pysync.get('order', 'none')") == "none"
    shown = (
        "pysync.set('order', {id: 7, lines: ['tea', null, 2.5]}).then(() => pysync.get('order'))"
    )
    assert one.evaluate(shown) == {"id": 7, "lines": ["tea", None, 2.5]}
    two.evaluate(
        "async () => { while (seen.length < 2) await new Promise((go) => setTimeout(go)) }"
    )
    assert two.evaluate("seen") == [None, {"id": 7, "lines": ["tea", None, 2.5]}]

    count = """async () => { for (let i = 0; i < 20; i++) pysync.set('n', (n) => (n ?? 0) + 1) }"""
    for page in (one, two):
        page.evaluate(count)
    for page in (one, two):
        page.evaluate(until("pysync.get('n') === 40"))
    assert one.evaluate("pysync.delete('n').then(() => pysync.get('n') === undefined)")
    assert one.evaluate("pysync.set('password', 1).catch((e) => e.name)") == "SensitiveKey"
    assert one.evaluate("(() => { try { pysync.set('n') } catch (e) { return e.name } })()") == (
        "TypeError"
    )


@pytest.mark.req("WGT-01", "WGT-02")
def test_paints_before_python_and_says_so_where_it_cannot_start(site: Site, visit: Visit) -> None:
    site.pages["/"] = f"{HEAD}<p>Nothing of pysync.</p>"
    site.pages["/shop"] = BARE.replace('lang="en"', 'lang="de"')
    tab = visit("/")
    held: list[Route] = []
    is_gone = False
    tab.page.route("**/pyodide.mjs", lambda route: route.abort() if is_gone else held.append(route))
    tab.page.goto(f"{site.url}/shop")
    label = tab.page.locator("pysync-status [part=label]")
    expect(label).to_have_text("Startet")
    tab.page.evaluate("() => { window.failed = pysync.ready.then(() => '', (e) => e.name) }")
    while not held:
        tab.page.evaluate("new Promise((go) => setTimeout(go, 20))")
    is_gone = True
    held.pop().abort()
    expect(label).to_have_text("Abgleich nicht möglich")
    assert tab.page.evaluate("failed") != ""
    assert tab.errors
    tab.errors.clear()


FRAMED = f"""{HEAD}{SCRIPT}<pysync-status id="one"></pysync-status>
<main id="root"></main>"""
VIEW = (
    "<pysync-status></pysync-status><pysync-tabs></pysync-tabs>"
    "<pysync-conflicts></pysync-conflicts>"
)
REPLACE = """
async (html) => {
    const root = document.getElementById("root");
    for (let i = 0; i < 20; i++) {
        root.innerHTML = html;
        const [first] = root.children;
        if (i % 2) root.append(first);  // as frameworks do: moved, not made
        await new Promise((go) => setTimeout(go));
        root.replaceChildren();
        await new Promise((go) => setTimeout(go));
    }
    root.innerHTML = html;
}
"""
LISTENING = """
async () => (await pysyncPython).runPython(
    "from pysync.runtime import shared_default; len(shared_default()._listeners)")
"""


@pytest.mark.req("WGT-01", "WGT-02", "TAB-12")
def test_elements_share_one_core_come_and_go_and_leave_nothing(site: Site, visit: Visit) -> None:
    site.pages["/"] = FRAMED
    page = visit("/").page
    ready(page)
    badge(page, "synced")
    page.evaluate("(html) => { document.getElementById('root').innerHTML = html }", VIEW)
    expect(page.locator("#root pysync-tabs li")).to_have_count(1)
    page.evaluate("pysync.set('kept', 1)")
    listening = page.evaluate(LISTENING)
    opened = lasting(page)
    page.evaluate(REPLACE, VIEW)
    expect(page.locator("#root pysync-tabs li")).to_have_count(1)
    expect(page.locator("#root pysync-status [part=label]")).to_have_text("Synced")
    assert lasting(page) == opened
    assert page.evaluate(LISTENING) == listening
    wasm = [path for path in site.asked if path.endswith(".wasm")]
    assert len(wasm) == 1

    page.evaluate("pysync.stop()")
    assert settled(page, {}) == {}
    badge(page, "starting")
    assert page.evaluate("pysync.ready.then(() => pysync.get('kept'))") == 1
    badge(page, "synced")
    expect(page.locator("#root pysync-tabs li")).to_have_count(1)


PARTS = f"""{HEAD}{SCRIPT}<pysync-tabs></pysync-tabs>
<pysync-history key="note"></pysync-history>
<pysync-status></pysync-status>"""


@pytest.mark.req("WGT-02")
def test_elements_work_by_keyboard_in_the_language_of_the_page_and_tell_events(
    site: Site, visit: Visit
) -> None:
    site.pages["/"] = PARTS
    page = visit("/").page
    ready(page)
    badge(page, "synced")
    page.evaluate("""() => {
        window.heard = [];
        document.addEventListener("pysync-change", (e) => heard.push(e.detail.keys[0]));
        const status = document.querySelector("pysync-status");
        status.addEventListener("pysync-change", () => heard.push("element"));
    }""")
    page.evaluate("async () => { for (const v of ['one', 'two']) await pysync.set('note', v) }")
    history = page.locator("pysync-history")
    expect(history.locator("[part=version]")).to_have_count(2)
    assert page.evaluate("heard") == ["note", "element"] * 2

    page.keyboard.press("Tab")
    expect(history.get_by_role("button", name="Restore")).to_be_focused()
    page.keyboard.press("Enter")
    expect(history.locator("[part=version]")).to_have_count(3)
    assert page.evaluate("pysync.get('note')") == "one"

    summary = page.locator("pysync-status summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("pysync-status [part=details]")).to_contain_text("Open tabs")
    page.evaluate("document.documentElement.lang = 'de'")
    expect(page.locator("pysync-status [part=details]")).to_contain_text("Offene Tabs")
    expect(page.locator("pysync-tabs")).to_contain_text("Dieser Tab")
    page.keyboard.press("Escape")
    expect(page.locator("pysync-status [part=details]")).to_be_hidden()
    expect(summary).to_be_focused()
    page.evaluate("document.body.style.setProperty('--pysync-ok', 'rgb(1, 2, 3)')")
    colour = "getComputedStyle(e).backgroundColor"
    dot = page.locator("pysync-status [part=dot]")
    assert dot.evaluate(f"(e) => {colour}") == "rgb(1, 2, 3)"
