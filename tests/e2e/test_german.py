"""The hotel in German: every screen, in every tab of the device at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from pysync_pms.ui.shell import PLACES as SCREENS
from tests.e2e.conftest import Hotel
from tests.e2e.test_looks import go
from tests.looks import OVERFLOW, violations

pytestmark = pytest.mark.e2e

TITLES = {
    "home": "Start", "rooms": "Zimmer", "housekeeping": "Housekeeping", "tape": "Belegungsplan",
    "dashboard": "Dashboard", "reservations": "Reservierungen", "guests": "Gäste",
    "invoices": "Rechnungen", "stock": "Lager", "expenses": "Auslagen", "staff": "Personal",
    "reports": "Berichte", "attention": "Zu klären", "emergency": "Notfallliste",
    "activity": "Protokoll", "settings": "Einstellungen",
}  # fmt: skip
MONEY = re.compile(r"\d{1,3}(\.\d{3})*,\d{2}\s€")


def choose(page: Page, language: str) -> None:
    """Choose a language in the settings, as a person does."""
    go(page, "settings?section=display")
    page.get_by_role("radio", name=language, exact=True).check(force=True)


@pytest.mark.req("PMS-12")
def test_a_tab_set_to_german_is_german_everywhere_and_the_other_tab_follows(hotel: Hotel) -> None:
    page = hotel()
    other = hotel("reservations?status=all", device=page.context)
    choose(page, "Deutsch")
    for each, title in ((page, "Einstellungen"), (other, "Reservierungen")):
        expect(each.locator("#screen-title")).to_have_text(title)
        expect(each.locator("html")).to_have_attribute("lang", "de")
        expect(each).to_have_title(title)
    expect(other.locator("#app-nav").get_by_text("Gäste").first).to_be_attached()
    expect(other.locator("#stays-rows, #reservations-rows").first).to_contain_text(MONEY)

    page.set_viewport_size({"width": 390, "height": 844})
    assert {place.screen for place in SCREENS} == TITLES.keys()
    found: dict[str, object] = {}
    for place, title in TITLES.items():
        go(page, place if place != "home" else "")
        expect(page.locator("#screen-title")).to_have_text(title)
        found[place] = violations(page) or page.evaluate(OVERFLOW)
    assert {place: what for place, what in found.items() if what} == {}

    choose(page, "English (United Kingdom)")
    for each, title in ((page, "Settings"), (other, "Reservations")):
        expect(each.locator("#screen-title")).to_have_text(title)
        expect(each.locator("html")).to_have_attribute("lang", "en")


SHOWN = """
window.titles = new Set();
new MutationObserver(() => {
  const title = document.getElementById("screen-title");
  if (title) window.titles.add(title.textContent);
}).observe(document, { childList: true, subtree: true, characterData: true });
"""


@pytest.mark.req("PMS-12")
def test_a_german_browser_starts_in_german_without_a_word_of_english(
    hotel: Hotel, browser: Browser
) -> None:
    device = browser.new_context(locale="de-AT")
    device.add_init_script(SHOWN)
    page = hotel(device=device)
    expect(page.locator("#screen-title")).to_have_text("Start")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.evaluate("[...window.titles]") == ["Start"]
    device.close()
