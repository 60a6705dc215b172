"""An invoice between two devices: issued online only, under a number that the server gives."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_devices import Open, new, relay, shows
from tests.looks import violations

__all__ = ["new", "relay"]  # fixtures

pytestmark = [pytest.mark.e2e, pytest.mark.req("PMS-04", "PMS-10", "PMS-12")]


def issue(page: Page, name: str) -> None:
    """By the keyboard, from the folio that is open."""
    page.get_by_role("button", name="Invoice…").press("Enter")
    page.locator("#ask-form-to_name").fill(name)
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_have_count(0)


def test_an_invoice_has_the_next_number_on_every_device_and_is_not_issued_offline(
    new: Open,
) -> None:
    desk, tablet = new(), new()
    one, two = (each.open("reservations?status=checked-in") for each in (desk, tablet))
    for page, row in ((one, 0), (two, 1)):
        shows(page, "synced")
        page.locator("#stays-rows tr").nth(row).click()
        expect(page.locator("#folio")).to_be_visible()
    tablet.network.cut()
    shows(two, "offline")
    waits = two.get_by_role("button", name="Invoice…")
    expect(waits).to_have_attribute("aria-disabled", "true")
    expect(waits).to_contain_text("The server has to answer when an invoice is issued")
    issue(one, "Anna Invoice")
    expect(one.locator("#paper-drawer h2")).to_have_text("Invoice 1")
    one.evaluate("window.printed = 0; window.print = () => { window.printed += 1; }; 0")
    one.get_by_role("button", name="Print").click()
    assert one.evaluate("[window.printed, document.documentElement.dataset.print]") == [1, "paper"]
    one.evaluate("dispatchEvent(new Event('afterprint'))")
    assert violations(one) == []
    tablet.network.mend()
    shows(two, "synced")
    issue(two, "Bo Invoice")
    expect(two.locator("#paper-drawer h2")).to_have_text("Invoice 2")
    for page in (one, two):
        page.get_by_role("navigation").get_by_role("link", name="Invoices").first.click()
        expect(page.locator("#papers-rows tr")).to_have_count(2)
    one.locator("#papers-rows tr").filter(has_text="Anna Invoice").click()
    one.get_by_role("button", name="Credit note…").press("Enter")
    one.locator("#ask-form-reason").fill("Another name")
    assert violations(one) == []
    one.keyboard.press("Enter")
    expect(one.locator("#paper-drawer h2")).to_have_text("Credit note C1")
    expect(two.locator("#papers-rows")).to_contain_text("credited")
