"""The second visit: the last view stands there, in its colours, before Python does."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.e2e.conftest import Hotel
from tests.support import Server

pytestmark = pytest.mark.e2e


def leave(_route: Route) -> None:
    """Never answer a request."""


NO_PYTHON = (
    "WebAssembly.instantiate = WebAssembly.instantiateStreaming = () => new Promise(() => 0)"
)
"""Python never starts, though its files come from the worker's cache."""


def test_a_second_visit_shows_the_last_view_before_python(
    hotel: Hotel, device: BrowserContext, server: Server
) -> None:
    first = hotel("settings?section=display")
    first.locator("#app").get_by_role("radio", name="Dark").check(force=True)
    expect(first.locator("html")).to_have_attribute("data-theme", "dark")
    first.locator("#app-nav").get_by_role("link", name="Rooms").click()
    tiles = first.locator("#app-main [id^=room-]")
    expect(tiles.first).to_be_visible()
    count = tiles.count()
    first.goto("about:blank")

    second = device.new_page()
    second.add_init_script(NO_PYTHON)
    second.goto(f"{server.url}/demo/rooms", wait_until="commit")
    expect(second.locator("#app")).to_have_attribute("aria-busy", "true")
    kept = second.locator("#app-main [id^=room-]")
    expect(kept.first).to_be_visible()
    assert 0 < kept.count() < count, "the first screen of it"
    second.mouse.wheel(0, 10)
    expect(kept).to_have_count(count)
    expect(second.locator("html")).to_have_attribute("data-theme", "dark")
    expect(second.locator("#boot")).to_contain_text("As of")
    assert second.evaluate("__pysync.state") != "interactive"


def test_a_first_visit_shows_the_empty_frame_until_python_is_there(
    demo: str, device: BrowserContext, server: Server
) -> None:
    page = device.new_page()
    page.route("**/assets/pyodide-*/**", leave)
    page.goto(f"{server.url}/{demo}", wait_until="commit")
    expect(page.locator("#boot")).to_contain_text("Starting")
    frame = page.locator("#app:empty")
    expect(frame).to_have_css("background-image", re.compile("linear-gradient"))
    box = frame.bounding_box()
    assert box is not None
    assert box["height"] == page.evaluate("innerHeight")
