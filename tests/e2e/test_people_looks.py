"""The server's own pages, looked at by axe-core in both themes and for what runs over the edge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.looks import violations
from tests.support import start_server

pytestmark = [pytest.mark.e2e, pytest.mark.req("SRV-16")]

PASSWORD = "gelato on the quiet pier"
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def link(bundle: Path, tmp_path: Path) -> Iterator[str]:
    """Where the owner's account is made."""
    server = start_server(tmp_path, "--port", "0", "--relay", "any")
    assert server.process.stdout is not None
    yield server.process.stdout.readline().split()[-1]
    server.stop()


def look(page: Page) -> list[str]:
    """What is wrong with the page as it stands, on a desk and on a phone, by day and by night."""
    found: list[str] = []
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate(WIDE):
            found.append(f"{page.url} is wider than {width}")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme="light" if theme == "light" else "dark")
            found += [f"{page.url} {theme} {width}: {each}" for each in violations(page)]
    return found


def test_the_pages_of_people_can_be_used_by_everybody(
    link: str, new_device: Callable[[], BrowserContext]
) -> None:
    page = new_device().new_page()
    page.goto(link)
    found = look(page)
    page.locator("button[type=submit]").click()
    found += look(page)
    for name, value in (("name", "Ada"), ("login", "ada"), ("password", PASSWORD)):
        page.locator(f"#new-{name}").fill(value)
    page.locator("button[type=submit]").click()
    page.wait_for_selector("#screen-title")
    page.goto(f"{link.partition('/setup')[0]}/account")
    page.locator("#invite-name").fill("Bo")
    page.get_by_role("button", name="Make an invitation link").click()
    found += look(page)
    page.get_by_role("link", name="Programs").click()
    page.locator("#program-name").fill("Channel manager")
    page.get_by_role("button", name="Make a token").click()
    found += look(page)
    page.goto(link)
    found += look(page)
    page.goto(f"{link.partition('/setup')[0]}/account")
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    page.locator("#in-login").fill("ada")
    page.locator("#in-password").fill("not the one")
    page.locator("button[type=submit]").click()
    found += look(page)
    assert found == []
