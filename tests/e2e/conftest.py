"""The hotel in real tabs: a generated hotel offered by the server, and tabs that wait for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pysync_pms.cli import write_demo
from tests.e2e.site import Site
from tests.support import Server, Tab, TabFactory, watch_errors

Hotel = Callable[..., Page]


@pytest.fixture(scope="session")
def demo(server: Server) -> str:
    """The space of a generated hotel around today, which empty devices begin with."""
    write_demo(server.data, "demo")
    return "demo"


@pytest.fixture
def hotel(demo: str, tab_factory: TabFactory) -> Hotel:
    """Opens the hotel at a place, such as `tape`, in a new tab, and waits until Python is there."""

    def open_hotel(place: str = "", *, device: BrowserContext | None = None) -> Page:
        page = tab_factory(f"/{demo}/{place}".rstrip("/"), device=device).page
        expect(page.locator("#screen-title")).to_be_visible()
        expect(page.locator("#app[data-stale]")).to_have_count(0)
        expect(page.locator("#sync-status")).to_have_attribute("data-state", "synced")
        return page

    return open_hotel


@dataclass(frozen=True, slots=True)
class Booked:
    """A reservation made through the dialog."""

    guest: str
    id: str


def book(page: Page, guest: str, arrival: str, departure: str) -> Booked:
    """Book a stay without a room, as a person does; leaves its drawer open."""
    page.keyboard.press("n")
    for name, value in (("name", guest), ("arrival", arrival), ("departure", departure)):
        page.locator(f"#ask-form-{name}").fill(value)
    page.locator("#ask").get_by_role("button", name="Book").click()
    expect(page.locator("#reservation-title")).to_have_text(guest)
    found = re.search(r"/([^/?]+)(\?|$)", page.url)
    assert found is not None
    return Booked(guest, found.group(1))


@pytest.fixture
def site(bundle: Path) -> Iterator[Site]:
    """Somebody else's site, with the widget copied to it."""
    made = Site(bundle / "pysync")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def visit(site: Site, device: BrowserContext) -> Iterator[Callable[[str], Tab]]:
    """Opens pages of that site on one device; checks their errors at the end."""
    made: list[Tab] = []

    def open_page(path: str) -> Tab:
        tab = Tab(device.new_page())
        made.append(tab)
        watch_errors(tab)
        tab.page.goto(site.url + path)
        return tab

    yield open_page
    assert [error for tab in made for error in tab.errors] == []
