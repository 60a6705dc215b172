"""How a page starts: from the last view, then with Python; and what it says if it cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Playwright, Route, expect

from tests.support import CHROMIUM_FLAGS, Server, Tab, watch_errors

OpenTiny = Callable[..., Tab]
OLD_BROWSER = "delete globalThis.WebAssembly"
NO_PYTHON = "**/assets/pyodide-*/**"


def started(tab: Tab) -> Tab:
    """Wait until Python has taken the page over."""
    expect(tab.page.locator("h1")).to_have_text("Tiny")
    expect(tab.page.locator("#app[data-stale], #app[data-first]")).to_have_count(0)
    expect(tab.page.locator("#boot")).to_be_hidden()
    return tab


def leave(_route: Route) -> None:
    """Never answer a request."""


def marks(page: Page) -> dict[str, float]:
    """The page's own marks on its timeline, in milliseconds."""
    found: dict[str, float] = page.evaluate(
        "Object.fromEntries(performance.getEntriesByType('mark').map(m => [m.name, m.startTime]))"
    )
    return found


def test_runs_the_first_call_and_marks_its_timeline(open_tiny: OpenTiny) -> None:
    tab = started(open_tiny())
    assert tab.page.locator("#name").inner_text() == "tinyapp"
    seen = marks(tab.page)
    assert seen["pysync:python-ready"] <= seen["pysync:interactive"]
    assert "pysync:first-paint" not in seen
    assert tab.page.evaluate("__pysync.state") == "interactive"


@pytest.mark.req("TAB-02")
def test_asks_no_other_host_for_anything(open_tiny: OpenTiny, tiny_server: Server) -> None:
    asked: list[str] = []

    def listen(tab: Tab) -> None:
        tab.page.on("request", lambda request: asked.append(request.url))

    started(open_tiny(listen))
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
    assert len(asked) > 5
    assert hosts == {urlsplit(tiny_server.url).netloc}


def test_shows_the_last_view_before_python_and_marks_it(open_tiny: OpenTiny) -> None:
    first = started(open_tiny())
    first.page.fill("#typed", "half-typed")
    secret = first.page.locator("#secret").inner_text()
    first.page.close(run_before_unload=False)

    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    second = open_tiny(lambda tab: tab.page.route(NO_PYTHON, hold))
    app = second.page.locator("#app")
    expect(app).to_have_attribute("aria-busy", "true")
    expect(app).to_have_attribute("inert", "")
    assert second.page.locator("#secret").inner_text() == secret
    assert second.page.locator("dialog").count() == 0
    assert second.page.locator("html").get_attribute("data-theme") == "dark"
    assert "As of" in second.page.locator("#boot").inner_text()
    assert "pysync:first-paint" in marks(second.page)

    while held:
        held.pop().continue_()
    second.page.unroute(NO_PYTHON)
    started(second)
    assert second.page.locator("#secret").inner_text() != secret
    expect(app).not_to_have_attribute("inert", "")
    assert marks(second.page)["pysync:first-paint"] < marks(second.page)["pysync:python-ready"]


@pytest.mark.parametrize("touch", ["wheel", "key"])
def test_the_first_screen_of_the_last_view_comes_first_and_the_rest_on_demand(
    open_tiny: OpenTiny, touch: str
) -> None:
    started(open_tiny()).page.close()
    second = open_tiny(lambda tab: tab.page.route(NO_PYTHON, leave)).page
    expect(second.locator("#secret")).to_be_visible()
    expect(second.locator("#below")).to_have_count(0)
    second.mouse.wheel(0, 100) if touch == "wheel" else second.keyboard.press("PageDown")
    expect(second.locator("#below")).to_have_count(1)
    expect(second.locator("#app")).to_have_attribute("inert", "")
    expect(second.locator("#app[data-first]")).to_have_count(0)


def test_a_view_that_was_kept_scrolled_down_begins_at_its_top(open_tiny: OpenTiny) -> None:
    first = started(open_tiny())
    first.page.evaluate("scrollTo(0, 3000)")
    first.page.close()
    second = open_tiny(lambda tab: tab.page.route(NO_PYTHON, leave)).page
    expect(second.locator("#secret")).to_be_visible()
    expect(second.locator("#below")).to_have_count(0)


def test_python_starts_also_where_no_frame_of_the_last_view_is_ever_drawn(
    open_tiny: OpenTiny,
) -> None:
    started(open_tiny()).page.goto("about:blank")
    covered = "window.requestAnimationFrame = () => 0"
    second = started(open_tiny(lambda tab: tab.page.add_init_script(covered)))
    assert "pysync:first-paint" in marks(second.page)


def test_each_address_has_a_view_of_its_own_and_all_can_be_purged(open_tiny: OpenTiny) -> None:
    tab = started(open_tiny())
    tab.page.goto(tab.page.url + "rooms")
    assert "pysync:first-paint" not in marks(tab.page)
    started(tab)
    kept = "Object.keys(localStorage).filter(key => key.startsWith('pysync:paint:')).length"
    tab.page.evaluate("__pysync.savePaint()")
    assert tab.page.evaluate(kept) == 2
    tab.page.evaluate("__pysync.purgePaint()")
    assert tab.page.evaluate(kept) == 0


def test_an_address_that_leads_elsewhere_shows_the_view_it_led_to(open_tiny: OpenTiny) -> None:
    first = started(open_tiny(path="/leads"))
    assert first.page.url.endswith("/somewhere")
    secret = first.page.locator("#secret").inner_text()
    first.page.goto("about:blank")
    second = open_tiny(lambda tab: tab.page.route(NO_PYTHON, leave), path="/leads")
    assert second.page.locator("#secret").inner_text() == secret


def test_a_damaged_view_is_dropped_and_the_page_starts(open_tiny: OpenTiny) -> None:
    first = started(open_tiny())
    first.page.goto("about:blank")
    broken = "localStorage.setItem('pysync:paint:/', '{')"
    second = started(open_tiny(lambda tab: tab.page.add_init_script(broken)))
    assert "pysync:first-paint" not in marks(second.page)


@pytest.mark.req("TAB-17")
def test_a_browser_that_is_too_old_is_told_and_sees_the_last_data(open_tiny: OpenTiny) -> None:
    first = started(open_tiny())
    secret = first.page.locator("#secret").inner_text()
    first.page.close()
    old = open_tiny(lambda tab: tab.page.add_init_script(OLD_BROWSER))
    says = old.page.locator("#boot").inner_text()
    assert "too old" in says
    assert "WebAssembly" in says
    assert "read-only" in says
    assert old.page.locator("#secret").inner_text() == secret
    assert old.page.locator("#below").count() == 1
    assert old.page.locator("#app").get_attribute("inert") == ""


@pytest.mark.parametrize("kept", [True, False], ids=["with a last view", "the first time"])
def test_a_part_that_cannot_be_loaded_is_said_in_words(open_tiny: OpenTiny, kept: bool) -> None:
    if kept:
        started(open_tiny()).page.close()
    broken = "**/assets/app-*.zip"
    tab = open_tiny(lambda tab: tab.page.route(broken, lambda route: route.fulfill(status=503)))
    box = tab.page.get_by_role("alert")
    expect(box).to_contain_text("could not start")
    assert ("last data read" in box.inner_text()) == kept
    expect(tab.page.locator("#below")).to_have_count(1 if kept else 0)
    box.get_by_text("Details").click()
    expect(box).to_contain_text("503")
    assert tab.errors
    tab.errors.clear()

    tab.page.unroute(broken)
    box.get_by_role("button", name="Try again").click()
    started(tab)


def test_an_error_of_the_application_is_shown_with_its_traceback(open_tiny: OpenTiny) -> None:
    tab = started(open_tiny())
    tab.page.evaluate("localStorage.setItem('fail', '1')")
    tab.page.reload()
    box = tab.page.get_by_role("alert")
    expect(box).to_contain_text("could not start")
    box.get_by_text("Details").click()
    expect(box).to_contain_text("asked to fail")
    expect(box).to_contain_text("tinyapp/main.py")
    tab.errors.clear()


def test_the_interpreters_death_is_said_in_words(open_tiny: OpenTiny) -> None:
    tab = started(open_tiny())
    death = "import json; json.loads('[' * 100_000)"
    tab.page.evaluate("code => { __pysync.pyodide.runPythonAsync(code).catch(() => null) }", death)
    box = tab.page.get_by_role("alert")
    expect(box).to_contain_text("stopped working")
    assert tab.page.locator("#app").get_attribute("inert") == ""
    assert tab.page.evaluate("__pysync.state") == "failed"
    tab.errors.clear()
    box.get_by_role("button", name="Try again").click()
    started(tab)
    tab.errors.clear()


class TestSnapshot:
    """The interpreter's memory, restored; everything must also work without it."""

    SNAPSHOT = "**/assets/python-*.bin"

    def test_a_damaged_one_is_replaced_by_an_ordinary_start(self, open_tiny: OpenTiny) -> None:
        warned: list[str] = []

        def damage(tab: Tab) -> None:
            tab.page.on("console", lambda message: warned.append(message.text))
            tab.page.route(self.SNAPSHOT, lambda route: route.fulfill(body=b"nonsense" * 100))

        started(open_tiny(damage))
        assert any("starting it anew" in text for text in warned)

    def test_no_two_starts_share_their_random_numbers(self, open_tiny: OpenTiny) -> None:
        tabs = [started(open_tiny()) for _ in range(2)]
        for place in ("#random", "#secret"):
            values = {tab.page.locator(place).inner_text() for tab in tabs}
            assert len(values) == len(tabs), place

    def test_it_was_restored_with_our_modules(self, open_tiny: OpenTiny) -> None:
        tab = started(open_tiny())
        assert tab.page.evaluate("Boolean(__pysync.build.snapshot)")
        names = tab.page.evaluate(
            "() => __pysync.pyodide.runPython('import sys; str(sorted(sys.modules))')"
        )
        assert "tinyapp.pure" in names


class TestPolicy:
    """What the content security policy allows a page."""

    def test_no_text_becomes_code(self, open_tiny: OpenTiny) -> None:
        tab = started(open_tiny())
        blocked = tab.page.evaluate(
            """async () => {
                const seen = [];
                const both = new Promise((resolve) => {
                    document.addEventListener("securitypolicyviolation", (event) => {
                        seen.push(event.blockedURI);
                        if (seen.length === 2) resolve();
                    });
                });
                const script = document.createElement("script");
                script.textContent = "window.hacked = 1";
                document.body.append(script);
                document.getElementById("app").innerHTML = "<img src=x onerror='window.hacked=2'>";
                await both;
                return seen;
            }"""
        )
        assert blocked == ["inline", "inline"]
        assert tab.page.evaluate("window.hacked") is None
        tab.errors.clear()


def test_works_in_plain_http_on_a_name_of_the_local_network(
    playwright: Playwright, chromium: str, tiny_server: Server
) -> None:
    rules = "--host-resolver-rules=MAP hotel.lan 127.0.0.1"
    browser: Browser = playwright.chromium.launch(
        executable_path=chromium, args=[*CHROMIUM_FLAGS, rules]
    )
    try:
        tab = Tab(browser.new_page())
        watch_errors(tab)
        encodings: dict[str, Any] = {}
        tab.page.on(
            "response",
            lambda answer: encodings.update({answer.url: answer.headers.get("content-encoding")}),
        )
        tab.page.goto(f"http://hotel.lan:{urlsplit(tiny_server.url).port}/")
        started(tab)
        assert tab.page.evaluate("isSecureContext") is False
        assert tab.page.evaluate("__pysync.offline") == "unavailable"
        assert "gzip" in encodings.values()
        assert "br" not in encodings.values()
        assert tab.errors == []
    finally:
        browser.close()
