"""What a real page is found to have: an ordinary one, plain http, a sandbox without storage."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Route

from tests.browser.conftest import IN_PAGE, OpenTab
from tests.support import BLANK, CHROMIUM_FLAGS, Server

PROBE = (IN_PAGE / "frames.py").read_text("utf-8") + "\nrungs()"

DENY_ALL = """
for (const name of ["indexedDB", "localStorage"])
    Object.defineProperty(globalThis, name, {get() { throw new DOMException("", "SecurityError") }})
delete globalThis.BroadcastChannel
"""


@pytest.mark.req("TAB-11")
def test_an_ordinary_page_has_everything_and_keeps_no_trace_of_being_asked(
    open_tab: OpenTab,
) -> None:
    tab = open_tab()
    assert tab.run(PROBE) == ["indexeddb", "locks", "broadcast", 0]
    assert tab.page.evaluate("localStorage.length") == 0
    assert tab.page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


@pytest.mark.req("TAB-11")
@pytest.mark.parametrize(
    ("script", "rungs"),
    [
        ("delete globalThis.BroadcastChannel", ["indexeddb", "locks", "storage", 1]),
        (
            "Object.defineProperty(globalThis, 'indexedDB', {value: undefined})",
            ["localstorage", "locks", "broadcast", 1],
        ),
        (DENY_ALL, ["memory", "locks", "none", 2]),
    ],
)
def test_a_page_that_lacks_something_stands_lower(
    open_tab: OpenTab, device: BrowserContext, script: str, rungs: list[object]
) -> None:
    device.add_init_script(script)
    assert open_tab().run(PROBE) == rungs


@pytest.fixture
def lan_page(playwright: Playwright, chromium: str, server: Server) -> Iterator[Page]:
    """The page under a name that is not this machine's own, over plain http."""
    port = server.url.rsplit(":", 1)[1]
    flags = [*CHROMIUM_FLAGS, "--host-resolver-rules=MAP hotel.lan 127.0.0.1"]
    browser = playwright.chromium.launch(executable_path=chromium, args=flags)
    page = browser.new_page()
    page.goto(f"http://hotel.lan:{port}{BLANK}")
    yield page
    browser.close()


@pytest.mark.req("TAB-11")
def test_plain_http_on_a_lan_name_stands_on_the_lease(lan_page: Page) -> None:
    assert lan_page.evaluate("isSecureContext") is False
    rungs = lan_page.evaluate("code => pysyncTest.run(code)", PROBE)
    assert rungs == ["indexeddb", "lease", "broadcast", 1]


@pytest.mark.req("TAB-11")
def test_a_sandboxed_frame_has_memory_alone(open_tab: OpenTab, device: BrowserContext) -> None:
    def sandboxed(route: Route) -> None:
        answer = route.fetch()
        headers = {**answer.headers, "content-security-policy": "sandbox allow-scripts"}
        route.fulfill(response=answer, headers=headers)

    device.route("**/test/blank.html", sandboxed)
    device.route(
        "**/assets/**",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            headers={**answer.headers, "access-control-allow-origin": "*"},
        ),
    )
    assert open_tab().run(PROBE) == ["memory", "none", "none", 3]
