"""The stock on two devices, each with a network of its own that can be cut."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_devices import Open, new, relay, shows
from tests.looks import violations

__all__ = ["new", "relay"]

pytestmark = [pytest.mark.e2e, pytest.mark.req("PMS-05", "PMS-10")]
BULBS = "stock/bulbs"
"""They are in the main store only."""


def left(page: Page) -> int:
    """How many bulbs the list says there are."""
    text = page.locator("#item-bulbs td").nth(1).inner_text()
    found = re.match(r"[\d,]+", text)
    assert found is not None, text
    return int(found[0].replace(",", ""))


def says(page: Page, number: int) -> None:
    """Wait until the list says that there are so many."""
    expect(page.locator("#item-bulbs td").nth(1)).to_have_text(re.compile(rf"^{number} piece"))


def do(page: Page, what: str, number: int) -> None:
    """Issue or receive some, by keyboard."""
    page.locator("#stock-item").get_by_role("button", name=f"{what}…", exact=True).press("Enter")
    page.locator("#ask-form-quantity").fill(str(number))
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_have_count(0)


@pytest.mark.req("SRV-07")
def test_what_two_devices_take_adds_up_and_the_last_ones_are_taken_once(new: Open) -> None:
    desk, tablet = new(), new()
    one, far = desk.open(BULBS), tablet.open(BULBS)
    for page in (one, far):
        shows(page, "synced")
    there = left(one)
    desk.network.cut()
    shows(one, "offline")
    do(one, "Issue", 2)
    expect(one.locator(".stock-moves li").first).to_contain_text("not sent yet")
    expect(one.locator("#item-bulbs")).to_contain_text("provisional")
    do(far, "Issue", 3)
    assert violations(one) == []
    desk.network.mend()
    for page in (one, far):
        says(page, there - 5)
        shows(page, "synced")
    expect(one.locator("#item-bulbs")).not_to_contain_text("provisional")

    for device, page in ((desk, one), (tablet, far)):
        device.network.cut()
        shows(page, "offline")
        do(page, "Issue", there - 6)
        says(page, 1)
    desk.network.mend()
    shows(one, "synced")
    tablet.network.mend()
    shows(far, "synced")
    for page in (one, far):
        says(page, 1)
    far.locator("#app-nav").get_by_role("link", name="Needs attention").click()
    told = far.locator(".list-item").filter(has_text="Light bulbs E27")
    expect(told).to_contain_text("has only 1 piece of Light bulbs")
    told.get_by_role("button", name="Record it again…").click()
    far.locator("#ask-form-taken").check()
    expect(far.locator("#ask-form-quantity")).to_have_value(str(there - 6))
    far.locator("#ask").get_by_role("button", name="Issue", exact=True).click()
    expect(far.locator("#ask")).to_have_count(0)
    expect(one.locator("#item-bulbs")).to_contain_text("short: count it")
    expect(one.locator("#stock-item")).to_contain_text("More was taken than was there")


@pytest.mark.req("SRV-07", "SRV-26")
def test_a_half_typed_sheet_stays_and_what_comes_in_meanwhile_counts(new: Open) -> None:
    desk, tablet = new(), new()
    one, far = desk.open("stock?view=count&place=main-store"), tablet.open(BULBS)
    for page in (one, far):
        shows(page, "synced")
    one.set_viewport_size({"width": 390, "height": 844})
    there = left(far)
    typed = one.locator("#count-sheet-bulbs")
    typed.press_sequentially(str(there - 1))
    expect(typed).to_have_value(str(there - 1))
    do(far, "Receive", 10)
    expect(one.locator("#count-sheet-bulbs-hint")).to_contain_text(f"Expected {there + 10} pieces")
    expect(typed).to_have_value(str(there - 1))
    assert violations(one) == []
    desk.network.cut()
    shows(one, "offline")
    one.get_by_role("button", name="Save the count").click()
    expect(typed).to_have_value("")
    expect(one.locator("#count-sheet-bulbs-hint")).to_contain_text(f"Expected {there + 9} pieces")
    desk.network.mend()
    says(far, there + 9)
