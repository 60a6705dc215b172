"""The core scenarios in the distribution's own Firefox, and its death. Skipped where it is not."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from pysync_build.browsers import find_browsers
from tests.support import Tab, watch_errors
from tests.tabs.conftest import furnish
from tests.tabs.core import SCENARIOS, Open

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not find_browsers()["firefox"], reason="Firefox is not installed"),
]


class FirefoxTab:
    """A page with the hotel in it."""

    def __init__(self, page: Page, url: str) -> None:
        self.tab = Tab(page)
        watch_errors(self.tab)
        page.goto(url)
        furnish(self.tab)

    def run(self, code: str) -> Any:
        """Run Python in it."""
        return self.tab.run(code)

    def close(self) -> None:
        """Close it."""
        self.tab.page.close()


@pytest.fixture(scope="module")
def firefox(playwright: Playwright) -> Iterator[Browser]:
    """One Firefox for these tests; each has a container of its own in it."""
    program = find_browsers()["firefox"]
    started = playwright.firefox.launch(channel="moz-firefox", executable_path=program)
    yield started
    started.close()


@pytest.fixture
def open_hotel(firefox: Browser, blank_url: str) -> Iterator[Open]:
    """Opens tabs of one device; checks their errors at the end."""
    context = firefox.new_context()
    opened: list[FirefoxTab] = []

    def open_one() -> FirefoxTab:
        opened.append(FirefoxTab(context.new_page(), blank_url))
        return opened[-1]

    yield open_one
    context.close()
    assert [error for tab in opened for error in tab.tab.errors] == []


@pytest.mark.req("TAB-01", "TAB-07", "TAB-08", "TAB-15", "TAB-17")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_the_core_holds_in_firefox(open_hotel: Open, scenario: Callable[[Open], None]) -> None:
    scenario(open_hotel)


@pytest.mark.req("TAB-15", "TAB-17")
def test_what_is_durable_outlives_firefox_itself(
    playwright: Playwright, blank_url: str, tmp_path: Path
) -> None:
    def launch() -> BrowserContext:
        return playwright.firefox.launch_persistent_context(
            tmp_path, channel="moz-firefox", executable_path=find_browsers()["firefox"]
        )

    killed = launch()
    tab = FirefoxTab(killed.new_page(), blank_url)
    tab.run('await rooms.create({"id": "101", "n": 1}).durable()\nNone')
    # Firefox names its process in the link that keeps others from the profile.
    os.kill(int((tmp_path / "lock").readlink().name.rsplit("+", 1)[1]), signal.SIGKILL)
    again = launch()
    assert FirefoxTab(again.new_page(), blank_url).run("numbers()") == {"101": 1}
    again.close()
