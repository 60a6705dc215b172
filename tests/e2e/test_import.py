"""Importing a file of bookings in the page (PMS-11)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Hotel
from tests.pms.bookings_csv import BAD, GOOD, table

pytestmark = [pytest.mark.e2e, pytest.mark.req("PMS-11")]


def test_a_file_becomes_hotels_and_a_repeat_books_nothing_twice(hotel: Hotel) -> None:
    page, other = hotel("settings?section=import"), hotel()
    bad = [row for row, _ in BAD[:3]]
    data = table([*GOOD, *bad]).encode()
    file = {"name": "bookings.csv", "mimeType": "text/csv", "buffer": data}
    page.locator("#import-file").set_input_files([file])
    main = page.locator("#app-main")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(main).to_contain_text("The import is complete.")
    expect(main).to_contain_text(f"{len(GOOD) - 1} booked, 0 held already")
    expect(page.locator("#bad-rows-rows tr")).to_have_count(len(bad))
    other.locator("[popovertarget=space-menu]").click()
    for name in ("City Hotel", "Resort Hotel"):
        expect(other.get_by_role("menuitemcheckbox", name=name)).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 800})
    told = page.locator("#bad-rows")
    assert told.evaluate("e => e.scrollWidth <= e.clientWidth"), "reasons take the lines they need"
    page.set_viewport_size({"width": 1280, "height": 720})

    page.get_by_role("button", name="Import", exact=True).click()
    expect(main).to_contain_text(f"0 booked, {len(GOOD) - 1} held already")
    page.get_by_role("link", name="Open City Hotel").click()
    page.wait_for_url("**/city-hotel")
    expect(main).to_contain_text("data is from 2015")
    page.get_by_role("button", name="Set the business date").click()
    expect(page.locator("#in-house-rows tr")).not_to_have_count(0)
    page.get_by_role("button", name="Back to today").click()
    expect(page.locator("#in-house-rows")).to_have_count(0)
    page.locator("#app-nav").get_by_role("link", name="Reservations").click()
    page.get_by_role("link", name="Look in all states").click()
    expect(page.locator("#stays-rows tr")).to_have_count(len(GOOD) - 1)
    page.get_by_role("button", name="Hotel: City Hotel").click()
    expect(page.get_by_role("menuitemcheckbox", name="Resort Hotel")).to_be_visible()


def test_whoever_goes_on_with_other_work_is_told_when_it_ends(hotel: Hotel) -> None:
    page = hotel("settings?section=import")
    data = table(GOOD * 100).encode()
    file = {"name": "bookings.csv", "mimeType": "text/csv", "buffer": data}
    page.locator("#import-file").set_input_files([file])
    page.get_by_role("button", name="Import", exact=True).click()
    page.locator("#app-nav").get_by_role("link", name="Rooms").click()
    expect(page.locator("#screen-title")).to_have_text("Rooms")
    expect(page.locator("#toasts")).to_contain_text("The import is complete.", timeout=60_000)
    page.locator("#app-nav").get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Import").click()
    expect(page.locator("#app-main")).to_contain_text("The import is complete.")


def test_without_a_file_it_says_so(hotel: Hotel) -> None:
    page = hotel("settings?section=import")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#app-main")).to_contain_text("Choose a file first.")


def test_what_is_no_file_of_bookings_is_refused_in_words(hotel: Hotel) -> None:
    page = hotel("settings?section=import")
    file = {"name": "photo.csv", "mimeType": "text/csv", "buffer": b"not,a,table\n1,2,3\n"}
    page.locator("#import-file").set_input_files([file])
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#app-main")).to_contain_text("Nothing was imported")


def test_it_can_be_stopped_and_says_what_stays(hotel: Hotel) -> None:
    page = hotel("settings?section=import")
    data = table(GOOD * 400).encode()
    file = {"name": "bookings.csv", "mimeType": "text/csv", "buffer": data}
    page.locator("#import-file").set_input_files([file])
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#app-main")).to_contain_text("Stopped. What was booked stays")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
