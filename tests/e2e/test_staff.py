"""The clock between a telephone without a network and the desk, in real browsers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.test_devices import Open, new, relay, shows
from tests.looks import OVERFLOW, violations

__all__ = ["new", "relay"]  # fixtures
pytestmark = [pytest.mark.e2e, pytest.mark.req("PMS-07", "PMS-10", "PMS-12")]


def test_who_clocks_in_offline_and_at_the_desk_loses_no_time(
    new: Open,
) -> None:
    telephone, desk = new(), new()
    phone, far = telephone.open("staff?person=s-marc"), desk.open("staff?person=s-marc")
    phone.set_viewport_size({"width": 360, "height": 780})
    shows(phone, "synced")
    shows(far, "synced")
    telephone.network.cut()
    shows(phone, "offline")
    phone.get_by_role("button", name="Clock in").click()
    expect(phone.locator(".clock")).to_contain_text("At work")
    assert violations(phone) == []
    assert phone.evaluate(OVERFLOW) == []
    far.get_by_role("button", name="Clock in").press("Enter")
    expect(far.locator(".clock")).to_contain_text("At work")

    telephone.network.mend()
    for page in (phone, far):
        expect(page.locator("#times-rows tr")).to_have_count(2)
        expect(page.locator("#times-rows tr", has_text="twice")).to_have_count(1)
    phone.get_by_role("button", name="Clock out").click()
    expect(far.locator(".clock")).to_contain_text("Not clocked in")
    expect(far.locator("#times-rows tr", has_text="twice")).to_have_count(1)
