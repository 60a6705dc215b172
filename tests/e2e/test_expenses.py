"""Expenses between a telephone without a network and a manager's desk, in real browsers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.test_devices import Open, new, relay, shows
from tests.looks import OVERFLOW, violations

__all__ = ["new", "relay"]  # fixtures
pytestmark = [pytest.mark.e2e, pytest.mark.req("PMS-06", "PMS-12")]


def test_what_a_phone_submits_offline_is_approved_at_the_desk_once_it_is_back(new: Open) -> None:
    telephone, desk = new(), new()
    phone, far = telephone.open("expenses"), desk.open("expenses?show=approve")
    phone.set_viewport_size({"width": 360, "height": 780})
    shows(phone, "synced")
    shows(far, "synced")
    waiting = int(far.locator(".tab[aria-current] .count").inner_text().split()[0])
    telephone.network.cut()
    shows(phone, "offline")

    phone.get_by_role("button", name="New expense").first.click()
    phone.locator("#ask-form-staff").select_option(label="Marc Dubois")
    phone.locator("#ask-form-amount").fill("17,35")
    phone.locator("#ask-form-supplier").fill("Ferragens Marvila")
    assert violations(phone) == []
    assert phone.evaluate(OVERFLOW) == []
    phone.keyboard.press("Enter")
    row = phone.locator("#expenses-rows tr").filter(has_text="Ferragens Marvila")
    expect(row).to_contain_text("To approve")
    assert phone.evaluate(OVERFLOW) == []
    expect(far.locator("#expenses-approvals-rows")).not_to_contain_text("Ferragens Marvila")

    telephone.network.mend()
    theirs = far.locator("#expenses-approvals-rows tr").filter(has_text="Ferragens Marvila")
    expect(theirs).to_have_count(1)
    expect(far.locator(".tab[aria-current] .count")).to_contain_text(str(waiting + 1))
    theirs.focus()
    far.keyboard.press("x")
    expect(far.get_by_role("button", name="Approve 1 chosen")).to_be_visible()
    assert violations(far) == []
    far.keyboard.press("a")
    expect(theirs).to_have_count(0)
    expect(row).to_contain_text("To pay")
    for page in (phone, far):
        shows(page, "synced")


def test_of_two_who_decide_offline_the_first_is_heard_and_the_other_is_told(new: Open) -> None:
    one, two = new(), new()
    here, there = one.open("expenses?show=approve"), two.open("expenses?show=approve")
    shows(here, "synced")
    shows(there, "synced")
    key = here.locator("#expenses-approvals-rows tr").first.get_attribute("data-id")
    rows = [page.locator(f"#expenses-approval-{key}") for page in (here, there)]
    for device, page in ((one, here), (two, there)):
        device.network.cut()
        shows(page, "offline")
    rows[0].get_by_role("button", name="Approve").click()
    rows[1].get_by_role("button", name="Reject").click()
    there.locator("#ask-form-reason").fill("Too dear")
    there.get_by_role("button", name="Reject", exact=True).last.click()
    for row in rows:
        expect(row).to_have_count(0)
    one.network.mend()
    shows(here, "synced")
    two.network.mend()
    expect(there.locator(".toast.tone-danger")).to_contain_text("Reject expense")
    there.goto(f"{two.network.url}/{two.hotel}/expenses/{key}")
    expect(there.locator("#expense")).to_contain_text("To pay")
    there.goto(f"{two.network.url}/{two.hotel}/attention")
    expect(there.locator("#app-main")).to_contain_text("Too dear")
