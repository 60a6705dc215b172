"""A shift of check-ins with the keyboard alone, and hands that nobody pushes away (PMS-12)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Hotel
from tests.e2e.test_front_desk import NOT_READY, arrivals
from tests.looks import violations

pytestmark = [pytest.mark.e2e, pytest.mark.req("PMS-12")]
ROWS = "#arrivals-rows tr"


def focused(page: Page) -> str:
    """The id of the row that has the focus; empty outside of lists."""
    return str(page.evaluate("() => document.activeElement?.closest('tr')?.id ?? ''"))


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is in there."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("s => Boolean(document.activeElement?.closest(s))", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")


def test_guests_are_checked_in_and_out_one_after_the_other_without_a_mouse(hotel: Hotel) -> None:
    page = hotel()
    before = arrivals(page)
    tab_to(page, "#arrivals-rows")
    done = 0
    for _ in range(before):
        row = focused(page)
        assert row, "the focus is on a row all the while"
        if NOT_READY.search(page.locator(f"#{row}").inner_text()):
            page.keyboard.press("c")
            expect(page.locator("#ask")).to_be_visible()
            page.keyboard.press("Escape")
            expect(page.locator("#ask")).to_have_count(0)
            expect(page.locator(f"#{row}")).to_be_focused()
            page.keyboard.press("ArrowDown")
        else:
            page.keyboard.press("c")
            expect(page.locator(f"#{row}")).to_have_count(0)
            done += 1
            if done == 2:
                break
    assert done and arrivals(page) == before - done
    row = focused(page)
    page.keyboard.press("Enter")
    expect(page.locator("#reservation-title")).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("#ask-form-room")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#reservation-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(f"#{row}")).to_be_focused()

    tab_to(page, "#departures-rows")
    leaving = focused(page)
    page.keyboard.press("o")
    dialog = page.locator("#ask")
    expect(dialog).to_contain_text("still to be paid")
    dialog.get_by_role("button", name="Check out").press("Enter")
    dialog.get_by_role("button", name="Do it all the same").press("Enter")
    expect(page.locator(f"#{leaving}")).to_have_count(0)
    assert focused(page).startswith("departure-")


@pytest.mark.req("TAB-01")
def test_a_row_in_hand_that_another_desk_settles_stays_under_the_hand(hotel: Hotel) -> None:
    one, two = hotel(), hotel()
    ready = two.locator(ROWS).filter(has_not_text=NOT_READY).first
    row = str(ready.get_attribute("id"))
    one.locator(f"#{row}").focus()
    ready.get_by_role("button", name="Check in").click()
    expect(two.locator(f"#{row}")).to_have_count(0)
    expect(one.locator(f"#{row}[data-gone]")).to_be_focused()
    one.keyboard.press("c")
    expect(one.locator("#ask")).to_contain_text("already checked in")
    one.keyboard.press("Escape")
    one.locator("#screen-title").focus()
    expect(one.locator(f"#{row}")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1440])
def test_the_search_is_typed_to_its_end_and_gives_the_focus_back(hotel: Hotel, width: int) -> None:
    page = hotel()
    page.set_viewport_size({"width": width, "height": 844})
    search, field = page.locator(".search"), page.locator("#search-input")
    if width == 390:
        expect(search).to_have_css("opacity", "0")
        page.get_by_title("Search", exact=True).click()
    else:
        page.keyboard.press("/")
    expect(field).to_be_focused()
    expect(search).to_have_css("opacity", "1")
    page.keyboard.type("k")
    expect(page.locator("#screen-title")).to_have_text("Guests")
    expect(page.locator("#guests-rows tr").first).to_be_visible()
    page.keyboard.type("atharina")
    expect(field).to_have_value("katharina")
    rows = page.locator("#guests-rows tr")
    expect(rows.filter(has_not_text="Katharina")).to_have_count(0)
    expect(rows).not_to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#screen-title")).to_be_focused()

    rows.first.focus()
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    page.keyboard.press("Escape")
    expect(field).not_to_be_focused()
    expect(page.locator("body")).not_to_be_focused()
    if width == 390:
        expect(search).to_have_css("opacity", "0")


def test_what_is_typed_before_a_dialog_is_painted_goes_into_it(hotel: Hotel) -> None:
    """On a slow device the next frame comes after the next keys."""
    page = hotel("guests")
    expect(page.locator("#guests tbody tr").first).to_be_visible()
    page.evaluate("window.requestAnimationFrame = () => 0; 0")
    page.get_by_role("button", name="New guest").press("Enter")
    page.keyboard.type("Typed ahead")
    assert page.locator("#ask :focus").input_value() == "Typed ahead"


def test_the_palette_leads_anywhere_with_a_few_keys(hotel: Hotel) -> None:
    page = hotel("guests")
    page.keyboard.press("Control+k")
    page.keyboard.type("hous")
    expect(page.locator("#palette-hits li")).to_have_count(1)
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("#screen-title")).to_have_text("Housekeeping")
    expect(page.locator("#palette")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-form-q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette-hits button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#ask-form-name")).to_be_focused()
