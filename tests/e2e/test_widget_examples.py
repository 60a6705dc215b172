"""The example pages as the server serves them, below its own policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.test_widget import badge
from tests.looks import violations
from tests.support import TabFactory

pytestmark = pytest.mark.req("WGT-01", "DOC-01")


def test_a_shared_list_in_pyscript(
    tab_factory: TabFactory, new_device: Callable[[], BrowserContext]
) -> None:
    one, two = (tab_factory("/examples/todo.html").page for _ in range(2))
    for page in (one, two):
        badge(page, "synced")
    one.get_by_label("What is to be done").fill("Make <b>tea</b>")
    one.get_by_role("button", name="Add").click()
    two.get_by_label("Make <b>tea</b>").check()
    expect(one.get_by_label("Make <b>tea</b>")).to_be_checked()
    assert violations(one) == []


def test_a_note_in_plain_html(tab_factory: TabFactory) -> None:
    one, two = (tab_factory("/examples/note.html").page for _ in range(2))
    for page in (one, two):
        badge(page, "synced")
    one.get_by_label("A note in every tab").fill("Bring towels")
    expect(two.get_by_label("A note in every tab")).to_have_value("Bring towels")
    expect(two.locator("pysync-tabs li")).to_have_count(2)
    expect(two.locator("pysync-history")).to_contain_text("Bring towels")
    assert violations(two) == []


def test_a_dashboard_in_javascript(tab_factory: TabFactory) -> None:
    page = tab_factory("/examples/dashboard.html").page
    badge(page, "synced")
    for _ in range(3):
        page.get_by_role("button", name="Arrivals: one more").click()
    page.get_by_role("button", name="Arrivals: one less").click()
    expect(page.locator("#arrivals")).to_have_text("2")
    expect(page.locator("pysync-history li")).to_have_count(4)
    assert violations(page) == []
