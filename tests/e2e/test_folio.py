"""A guest's folio at the desk, in real tabs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Hotel
from tests.looks import violations

pytestmark = pytest.mark.e2e


def lines(page: Page) -> list[str]:
    """The words of the lines that count."""
    return page.locator(".folio-window > .folio-lines .folio-text").all_inner_texts()


@pytest.mark.req("PMS-04", "PMS-12", "TAB-01")
def test_what_one_tab_charges_and_takes_by_keyboard_shows_in_the_other(hotel: Hotel) -> None:
    one = hotel("reservations?status=checked-in")
    one.locator("#stays-rows tr").first.click()
    expect(one.locator("#folio")).to_be_visible()
    two = hotel(one.url.split("/demo/")[1])
    before = lines(two)
    one.get_by_role("button", name="Charge…").press("Enter")
    expect(one.locator("#ask :focus")).to_have_count(1)
    if one.locator("#ask-form-article").count():
        one.locator("#ask-form-article").select_option("")
    one.locator("#ask-form-text").fill("Opera tickets")
    one.locator("#ask-form-amount").fill("180.40")
    assert violations(one) == []
    one.keyboard.press("Enter")
    expect(two.locator("#folio")).to_contain_text("Opera tickets")
    expect(one.locator("#ask")).to_have_count(0)  # The other tab may show it first.
    one.get_by_role("button", name="Payment…").press("Enter")
    one.locator("#ask-form-amount").fill("180.40")
    one.locator("#ask-form-reference").fill("T-4711")
    # As fast as somebody can: it is one payment.
    for _ in range(2):
        one.keyboard.press("Enter")
    expect(two.locator("#folio")).to_contain_text("T-4711")
    expect(one.locator("#ask")).to_have_count(0)
    assert len(lines(two)) == len(before) + 2
    assert violations(two) == []
    line = two.locator(".folio-line").filter(has_text="Opera tickets")
    line.get_by_role("button", name="More for Opera tickets").press("Enter")
    two.get_by_role("menuitem", name="Reverse…").press("Enter")
    two.locator("#ask-form-reason").fill("Not for this guest")
    two.keyboard.press("Enter")
    expect(one.locator(".folio-corrected")).to_contain_text("Opera tickets")
    assert len(lines(one)) == len(before) + 1


@pytest.mark.req("PMS-04")
def test_a_folio_is_printed_by_itself_under_the_hotels_name(hotel: Hotel) -> None:
    page = hotel("reservations?status=checked-in")
    page.locator("#stays-rows tr").first.click()
    expect(page.locator("#folio")).to_be_visible()
    page.evaluate("window.printed = 0; window.print = () => { window.printed += 1; }; 0")
    page.locator("#folio").get_by_role("button", name="Print").click()
    assert page.evaluate("[window.printed, document.documentElement.dataset.print]") == [1, "folio"]
    page.emulate_media(media="print")
    for shown in ("#folio", ".drawer .paper-only", ".folio-line"):
        expect(page.locator(shown).first).to_be_visible()
    for hidden in (".main", "#reservation-notes", ".folio .menu-anchor", ".drawer-foot"):
        expect(page.locator(hidden).first).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.print ?? null") is None
    page.emulate_media(media="screen")
    expect(page.locator(".main")).to_be_visible()
