"""Tabs that share one hotel, in Chromium as it is and in one that treats tabs as a user's does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.bench.bare import BareChromium
from tests.browser.conftest import IN_PAGE, RunsPython
from tests.support import BLANK, Server, Tab, TabFactory

TOOLS = (IN_PAGE / "adapters.py").read_text("utf-8") + "\nNone"
HOTEL = (IN_PAGE / "hotel.py").read_text("utf-8") + "\nNone"
READY = "await space.ready()\nNone"
CALM = "await until(lambda: not space.status().pending and not space.status().unsaved)\nNone"
OpenDesk = Callable[..., Tab]


def furnish(tab: RunsPython) -> None:
    """Open the hotel in a bare test page and wait until what is stored is loaded."""
    tab.run(TOOLS)
    tab.run(HOTEL)
    tab.run(READY)


def until(condition: str, seconds: float = 120) -> str:
    """Python for the page: return as soon as it holds."""
    return f"await until(lambda: {condition}, {seconds})\nNone"


@pytest.fixture
def open_desk(tab_factory: TabFactory) -> OpenDesk:
    """Opens a tab with the hotel in it."""

    def open_one(device: BrowserContext | None = None) -> Tab:
        tab = tab_factory(device=device)
        furnish(tab)
        return tab

    return open_one


@pytest.fixture
def bare(chromium: str, tmp_path: Path) -> Iterator[BareChromium]:
    """A Chromium whose renderers can be told apart and killed."""
    with BareChromium(chromium, tmp_path) as browser:
        yield browser


@pytest.fixture
def blank_url(server: Server) -> str:
    """The address of the bare test page."""
    return server.url + BLANK
