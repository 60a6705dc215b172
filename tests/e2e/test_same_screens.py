"""What one tab does is on the screen of every other that shows it, without a hand (TAB-01)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Hotel, book

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
