"""What was half typed is never lost, and never reaches another record (PMS-12)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Hotel, book

pytestmark = [pytest.mark.e2e, pytest.mark.req("PMS-12")]


def start_booking(page: Page) -> None:
    """Open a new reservation and fill half of it."""
    page.locator("#screen-title").focus()
    page.keyboard.press("n")
    page.locator("#ask-form-name").fill("Ada Halfway")
    page.locator("#ask-form-notes").fill("by the window")
    page.locator("#ask-form-adults").fill("1")


def test_a_dialog_left_half_filled_is_a_draft_until_it_is_sent(hotel: Hotel) -> None:
    page = hotel()
    start_booking(page)
    page.keyboard.press("Escape")
    expect(page.locator("#ask")).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("Kept as a draft: New reservation")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#ask-form-name")).to_have_value("Ada Halfway")
    page.locator("#ask").get_by_role("button", name="Close").first.click()
    expect(page.locator("#ask")).to_have_count(0)

    page.keyboard.press("n")
    expect(page.locator("#ask-form-name")).to_have_value("Ada Halfway")
    expect(page.locator("#ask-form-notes")).to_have_value("by the window")
    expect(page.locator("#ask-form-adults")).to_have_value("1")
    page.get_by_role("button", name="Book").click()
    expect(page.locator("#reservation-title")).to_have_text("Ada Halfway")
    page.keyboard.press("n")
    expect(page.locator("#ask-form-name")).to_have_value("")
    expect(page.locator("#ask-form-notes")).to_have_value("")


def test_a_draft_can_be_thrown_away(hotel: Hotel) -> None:
    page = hotel()
    start_booking(page)
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.get_by_role("button", name="Start afresh").click()
    expect(page.locator("#ask-form-name")).to_have_value("")
    expect(page.locator("#ask-form-notes")).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.locator("#ask")).to_have_count(0)
    page.keyboard.press("n")
    expect(page.get_by_role("button", name="Start afresh")).to_have_count(0)


def test_a_note_half_typed_for_one_guest_waits_for_that_guest(hotel: Hotel) -> None:
    page = hotel()
    rows, notes = page.locator("#in-house-rows tr"), page.locator("#reservation-notes-notes")
    names = [rows.nth(at).locator("td").nth(1).inner_text() for at in (0, 1)]
    rows.nth(0).click()
    expect(page.locator("#reservation-title")).to_have_text(names[0])
    before = notes.input_value()
    notes.fill("late arr")
    rows.nth(1).click()
    expect(page.locator("#reservation-title")).to_have_text(names[1])
    expect(notes).not_to_have_value("late arr")
    page.keyboard.press("Escape")
    expect(page.locator("#reservation")).to_have_count(0)
    rows.nth(0).click()
    expect(notes).to_have_value("late arr")
    page.get_by_role("button", name="Save notes").click()
    expect(page.locator("#reservation .timeline")).to_contain_text("late arr")
    notes.fill(before)
    page.keyboard.press("Escape")


def test_a_notice_can_be_used_while_a_dialog_asks(hotel: Hotel) -> None:
    page = hotel()
    stay = book(page, "Ada Noticed", "2032-02-01", "2032-02-03")
    page.locator("#reservation-title").focus()
    page.keyboard.press("m")
    expect(page.locator("#ask")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Undone")
    page.get_by_role("button", name="Dismiss").last.click()
    expect(page.locator(".toast").filter(has_text="Undone")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#reservation")).to_contain_text("No such reservation")
    assert stay.id in page.url
