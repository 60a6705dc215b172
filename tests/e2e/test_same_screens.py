"""What one tab does is on the screen of every other that shows it, without a hand (TAB-01)."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import Hotel, book
from tests.e2e.test_front_desk import HOLDABLE, pick_room

pytestmark = [pytest.mark.e2e, pytest.mark.req("TAB-01", "TAB-13")]


def test_activity_lists_what_another_tab_did_while_one_looks(hotel: Hotel) -> None:
    one, two = hotel(), hotel("activity")
    book(one, "Ada Elsewhere", "2033-03-01", "2033-03-03")
    expect(two.locator("#app-main")).to_contain_text("Stay of Ada Elsewhere")


def test_the_list_of_open_tabs_follows_tabs_and_leaders(hotel: Hotel) -> None:
    one, two = hotel("settings?section=tabs"), hotel()
    rows = one.locator("#open-tabs tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="leads")).to_contain_text("this tab")
    two.goto(two.url + "/settings?section=tabs")
    two.get_by_role("button", name="Make this tab the leader").click()
    expect(rows.filter(has_text="leads")).not_to_contain_text("this tab")
    two.close()
    expect(rows).to_have_count(1)
    expect(rows.filter(has_text="leads")).to_contain_text("this tab")


@pytest.mark.req("SRV-11", "PMS-10")
def test_a_refused_change_is_listed_in_every_tab_until_somebody_has_seen_to_it(
    hotel: Hotel, device: BrowserContext
) -> None:
    device.add_init_script(HOLDABLE)
    one, two = hotel(), hotel()
    book(one, "Ada Wasfirst", "2034-03-01", "2034-03-05")
    book(two, "Bo Pulled", "2034-03-11", "2034-03-14")
    pick_room(two)
    two.locator("#ask").get_by_role("button", name="Assign").click()
    expect(two.locator("#ask")).to_have_count(0)
    room = pick_room(one)
    two.locator("#reservation-title").focus()
    two.keyboard.press("m")
    two.locator("#ask-form-arrival").fill("2034-03-02")
    two.locator("#ask-form-departure").fill("2034-03-04")
    two.locator("#ask-form-room").select_option(room)

    two.evaluate("holdMessages()")
    one.locator("#ask").get_by_role("button", name="Assign").click()
    expect(one.locator("#reservation .facts")).not_to_contain_text("Not assigned")
    expect(one.locator("#sync-status")).to_have_attribute("data-state", "synced")
    two.locator("#ask").get_by_role("button", name="Move", exact=True).click()
    expect(two.locator("#ask")).to_have_count(0)
    assert two.evaluate("deliverMessages()") > 0
    expect(two.locator("#toasts")).to_contain_text("the stay was left where it was")

    three = hotel("attention")
    for page in (one, two):
        page.locator("#app-nav").get_by_role("link", name="Needs attention").click()
    for page in (one, two, three):
        expect(page.locator("[id^=refused-]")).to_contain_text("Move Bo Pulled")
        page.get_by_text("What it would have written").click()
        expect(page.locator("[id^=refused-]")).to_contain_text("Mar 4, 2034")
    two.reload()
    expect(two.locator("#app[data-stale]")).to_have_count(0)
    expect(two.locator("[id^=refused-]")).to_have_count(1)
    three.get_by_role("button", name="Discard").click()
    for page in (one, two, three):
        expect(page.locator("[id^=refused-]")).to_have_count(0)
