"""Lists of hundreds of rows: drawn where one looks, walked by keys, told to screen readers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Hotel

pytestmark = [pytest.mark.e2e, pytest.mark.req("PMS-12")]
ROWS = "#stays-rows tr[tabindex]"


def in_hand(page: Page) -> int:
    """The number of the row that has the focus, 0 if none has."""
    row = page.evaluate("() => document.activeElement?.closest('[aria-rowindex]')?.ariaRowIndex")
    return int(row or 0)


def test_a_long_list_is_scrolled_and_walked_to_its_end(hotel: Hotel) -> None:
    page = hotel("reservations?status=all")
    total = int(str(page.locator("#stays table").get_attribute("aria-rowcount")))
    assert total > 300
    assert page.locator(ROWS).count() < 100
    height = page.locator("#app-main").evaluate("e => e.scrollHeight")
    assert height > total * 30, "the scroll bar tells how long the list is"

    page.locator("#app-main").evaluate("e => { e.scrollTop = e.scrollHeight }")
    expect(page.locator(f"[aria-rowindex='{total}']")).to_be_in_viewport()
    expect(page.locator("[aria-rowindex='2']")).to_have_count(0)
    assert page.locator(ROWS).count() < 100

    page.locator(f"[aria-rowindex='{total}']").focus()
    page.keyboard.press("Home")
    expect(page.locator("[aria-rowindex='2']")).to_be_focused()
    for _ in range(70):
        page.keyboard.press("ArrowDown")
    expect(page.locator("[aria-rowindex='72']")).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(f"[aria-rowindex='{total}']")).to_be_focused()


def test_the_row_in_hand_stays_in_hand_however_far_one_scrolls(hotel: Hotel) -> None:
    page = hotel("reservations")
    row = page.locator("[aria-rowindex='5']")
    name = row.locator("td").first.inner_text()
    row.focus()
    page.locator("#app-main").evaluate("e => { e.scrollTop = e.scrollHeight }")
    expect(page.locator("[aria-rowindex='40']")).to_have_count(0)
    assert in_hand(page) == 5
    page.keyboard.press("Enter")
    expect(page.locator("#reservation-title")).to_have_text(name)


def test_the_state_stays_in_view_beside_an_open_record(hotel: Hotel) -> None:
    page = hotel("reservations")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator(ROWS).first.click()
    expect(page.locator("#reservation-title")).to_be_visible()
    state = page.locator(ROWS).first.locator(".chip")
    edge = page.locator("#app-drawer").bounding_box()
    box = state.bounding_box()
    assert edge and box and box["x"] + box["width"] < edge["x"]
