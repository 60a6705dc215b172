"""Every component in every state, looked at by axe-core, wide and narrow, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.looks import OVERFLOW, violations
from tests.pms_ui.conftest import painted
from tests.support import Tab


def show(tab: Tab, width: int, height: int, theme: str) -> None:
    tab.page.set_viewport_size({"width": width, "height": height})
    tab.page.emulate_media(reduced_motion="reduce")
    tab.run(f"from pysync_pms.ui.router import Route\npreferences.write('theme', {theme!r})\n"
            "app.go(Route('resort', 'gallery')); None")  # fmt: skip
    expect(tab.page.locator("#screen-title")).to_have_text("Gallery")
    painted(tab.page)


@pytest.mark.e2e
@pytest.mark.req("PMS-12")
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(lab: Tab) -> None:
    found: dict[str, object] = {}
    for theme in ("light", "dark"):
        for width, height in ((1440, 900), (390, 844)):
            show(lab, width, height, theme)
            found[f"axe, {theme}, {width}"] = violations(lab.page)
    for width in (360, 390, 768, 1024, 1440, 1920):
        show(lab, width, 800, "light")
        found[f"over the edge at {width}"] = lab.page.evaluate(OVERFLOW)
    assert {place: what for place, what in found.items() if what} == {}


@pytest.mark.e2e
@pytest.mark.req("PMS-12")
def test_a_dialog_and_a_drawer_are_accessible_too(lab: Tab) -> None:
    lab.run("app.go(app.route.with_record('a')); None")
    expect(lab.page.locator("#d-title")).to_be_focused()
    assert violations(lab.page) == []
    lab.run("ask(); None")
    expect(lab.page.locator("dialog#ask")).to_be_visible()
    assert violations(lab.page) == []
