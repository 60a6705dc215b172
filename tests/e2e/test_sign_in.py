"""Signing in to a hotel with real browsers: from the first start to a device that is signed out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pysync_pms.cli import write_demo
from tests.e2e.conftest import book
from tests.support import Server, start_server

pytestmark = [pytest.mark.e2e, pytest.mark.req("SRV-16")]

PASSWORD = "gelato on the quiet pier"
New = Callable[[], BrowserContext]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that offers a hotel."""
    folder = tmp_path_factory.mktemp("inn")
    write_demo(folder, "inn")
    return folder


@pytest.fixture
def relay(bundle: Path, generated: Path, tmp_path: Path) -> Iterator[tuple[Server, str]]:
    """A hotel at its first start, and the link that the server printed."""
    shutil.copytree(generated / "first-state", tmp_path / "first-state")
    server = start_server(tmp_path, "--port", "0", "--relay", "pysync_pms.schema:SCHEMA")
    assert server.process.stdout is not None
    yield server, server.process.stdout.readline().split()[-1]
    server.stop()


def fill(page: Page, form: str, **values: str) -> None:
    """Fill a form's fields and send it."""
    for name, value in values.items():
        page.locator(f"#{form}-{name}").fill(value)
    page.locator("main form button[type=submit]").click()


def in_the_hotel(page: Page, state: str = "synced") -> None:
    """Wait until the hotel is there and stands so."""
    expect(page.locator("#screen-title")).to_be_visible()
    expect(page.locator("#app[data-stale]")).to_have_count(0)
    expect(page.locator("#sync-status")).to_have_attribute("data-state", state)


@pytest.mark.req("SRV-04", "SRV-11", "TAB-13")
def test_from_the_first_start_to_a_device_that_is_signed_out_and_comes_back(
    relay: tuple[Server, str], new_device: New
) -> None:
    server, link = relay
    desk, tablet = new_device().new_page(), new_device().new_page()
    desk.goto(link)
    fill(desk, "new", name="Ada", login="ada@hotel.example", password=PASSWORD)
    in_the_hotel(desk)

    wanted = f"{server.url}/inn/reservations?q=Signed"
    tablet.goto(wanted)
    expect(tablet.get_by_role("heading", name="Sign in")).to_be_visible()
    fill(tablet, "in", login="ada@hotel.example", password="wrong wrong wrong")
    expect(tablet.get_by_role("alert")).to_contain_text("not right")
    fill(tablet, "in", password=PASSWORD)
    in_the_hotel(tablet)
    assert tablet.url == wanted

    desk.goto(f"{server.url}/inn/reservations?q=Signed")
    in_the_hotel(desk)
    book(desk, "Ada Signed", "2033-03-01", "2033-03-03")
    expect(tablet.locator("#stays-rows")).to_contain_text("Ada Signed")

    account = desk.context.new_page()
    account.goto(f"{server.url}/account")
    tablets = account.get_by_role("listitem").filter(has_text="Connected")
    tablets = tablets.filter(has_not=account.get_by_text("This device", exact=True))
    tablets.get_by_role("button").click()
    expect(account.get_by_role("status")).to_contain_text("signed out")
    in_the_hotel(tablet, "unavailable")
    expect(tablet.locator("#sync-details")).to_contain_text("asks you to sign in")

    book(tablet, "Bo Signed", "2033-03-01", "2033-03-03")
    expect(tablet.locator("#sync-status .status-number")).to_have_text("1")
    expect(desk.locator("#stays-rows")).not_to_contain_text("Bo Signed")
    second = tablet.context.new_page()
    second.goto(wanted)
    expect(second.get_by_role("heading", name="Sign in")).to_be_visible()
    tablet.locator("#sync-status button").first.focus()
    tablet.locator("#sync-details").get_by_role("button", name="Sign in").click()
    fill(tablet, "in", login="ada@hotel.example", password=PASSWORD)
    in_the_hotel(tablet)
    expect(desk.locator("#stays-rows")).to_contain_text("Bo Signed")


@pytest.mark.req("SRV-26")
def test_a_tab_that_stayed_goes_on_when_another_one_signs_in(
    relay: tuple[Server, str], new_device: New
) -> None:
    server, link = relay
    device = new_device()
    first = device.new_page()
    first.goto(link)
    fill(first, "new", name="Ada", login="ada", password=PASSWORD)
    in_the_hotel(first)
    account = device.new_page()
    account.goto(f"{server.url}/account")
    account.get_by_role("banner").get_by_role("button", name="Sign out").click()
    expect(account.get_by_role("heading", name="Sign in")).to_be_visible()
    in_the_hotel(first, "unavailable")
    fill(account, "in", login="ada", password=PASSWORD)
    in_the_hotel(account)
    in_the_hotel(first)


HELD = """async () => [
    (await indexedDB.databases()).map((each) => each.name),
    Object.keys(localStorage).filter((key) => /^pysync(:|-person)/.test(key)),
]"""


@pytest.mark.req("SRV-17")
def test_who_signs_out_leaves_nothing_of_the_hotel_in_any_tab_or_on_the_device(
    relay: tuple[Server, str], new_device: New
) -> None:
    server, link = relay
    device = new_device()
    first, second = device.new_page(), device.new_page()
    first.goto(link)
    fill(first, "new", name="Ada", login="ada", password=PASSWORD)
    in_the_hotel(first)
    second.goto(f"{server.url}/inn/rooms")
    in_the_hotel(second)
    first.get_by_role("button", name="Display and help").click()
    first.get_by_role("menuitem", name="Sign out").click()
    dialog = first.get_by_role("dialog", name="Sign out")
    dialog.get_by_role("button", name="Sign out", exact=True).click()
    for tab in (first, second):
        expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()
    assert first.evaluate(HELD) == [[], []]
    second.goto(f"{server.url}/inn/rooms")
    expect(second.get_by_role("heading", name="Sign in")).to_be_visible()
    fill(second, "in", login="ada", password=PASSWORD)
    in_the_hotel(second)


def test_without_a_network_the_hotel_opens_all_the_same(
    relay: tuple[Server, str], new_device: New
) -> None:
    server, link = relay
    device = new_device()
    page = device.new_page()
    page.goto(link)
    fill(page, "new", name="Ada", login="ada", password=PASSWORD)
    in_the_hotel(page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    device.clear_cookies()
    server.process.kill()
    server.process.wait()
    page.reload()
    in_the_hotel(page, "offline")
