"""Every screen, as the hotel fills it, looked at: wide and narrow, light and dark (PMS-12)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from pysync_pms.ui.screens.settings import SECTIONS
from pysync_pms.ui.shell import PLACES as SCREENS
from tests.e2e.conftest import Hotel
from tests.looks import OVERFLOW, violations
from tests.pms_ui.conftest import painted

pytestmark = pytest.mark.e2e

PLACES = (
    "",
    *(place.screen for place in SCREENS if place.screen not in ("home", "settings")),
    "rooms?show=dirty",
    "housekeeping?show=all",
    "tape?days=60",
    "reservations?q=an",
    "guests?q=an",
    *("stock/soap", "stock?view=count", "stock?view=order", "stock?view=places"),
    "dashboard?tables=occupancy,pace,sources,floors",
    *("expenses?show=approve", "staff?person=s-rosa", "staff?show=rota", "staff?show=approve"),
    *(f"settings?section={section}" for section, _ in SECTIONS),
)
GO = """
address => {
  history.pushState(null, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
}
"""


def go(page: Page, place: str) -> None:
    """Show a place the way the browser's own buttons do, without loading the page again."""
    page.evaluate(GO, f"/demo/{place}".rstrip("/"))
    painted(page)


@pytest.mark.req("PMS-12")
@pytest.mark.parametrize(
    ("theme", "size"),
    [
        pytest.param("light", (1440, 900), id="light-wide"),
        pytest.param("dark", (390, 844), id="dark-narrow"),
        pytest.param("dark", (1440, 900), id="dark-wide", marks=pytest.mark.long),
        pytest.param("light", (390, 844), id="light-narrow", marks=pytest.mark.long),
    ],
)
def test_axe_finds_nothing_on_any_screen(hotel: Hotel, theme: str, size: tuple[int, int]) -> None:
    page = hotel()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    for place in PLACES:
        go(page, place)
        found[place] = violations(page)
    go(page, "")
    page.locator("#in-house-rows tr").first.click()
    expect(page.locator("#reservation-title")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("with the hotel's first data")
    expect(page.locator(".timeline ins").filter(has_text="empty")).to_have_count(0)
    found["a drawer"] = violations(page)
    page.get_by_role("button", name="More to do").click()
    found["a menu"] = violations(page)
    page.keyboard.press("Escape")
    page.locator("#reservation-title").focus()
    page.keyboard.press("n")
    expect(page.locator("#ask")).to_be_visible()
    found["a new reservation"] = violations(page)
    page.get_by_role("button", name="Book").click()
    expect(page.locator("#ask-form-name-error")).to_be_visible()
    found["a form with errors"] = violations(page)
    assert {place: what for place, what in found.items() if what} == {}


@pytest.mark.req("PMS-12")
@pytest.mark.parametrize("width", [360, 768, 1920])
def test_nothing_runs_over_the_edge(hotel: Hotel, width: int) -> None:
    page = hotel()
    page.set_viewport_size({"width": width, "height": 800})
    found: dict[str, object] = {}
    for place in PLACES:
        go(page, place)
        found[place] = page.evaluate(OVERFLOW)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[place] = "the page scrolls sideways"
    assert {place: what for place, what in found.items() if what} == {}


EDGES = """
table => {
  const edge = document.querySelector(table).closest(".card").getBoundingClientRect().right;
  const cells = [...document.querySelectorAll(`${table} tbody .btn`)];
  return cells.map((cell) => Math.round(edge - cell.getBoundingClientRect().right));
}
"""
BOXES = "() => [...document.querySelectorAll('.figure')].map((e) => e.getBoundingClientRect())"


@pytest.mark.req("PMS-12")
def test_the_day_is_laid_out_without_gaps(hotel: Hotel) -> None:
    page = hotel()
    page.set_viewport_size({"width": 1440, "height": 900})
    edges = {edge for table in ("#arrivals", "#departures") for edge in page.evaluate(EDGES, table)}
    assert len(edges) == 1, "the buttons of both lists stand at the right edge"
    day = page.get_by_text(str(page.locator(".header-day").text_content()), exact=True)
    expect(day.filter(visible=True)).to_have_count(1)

    page.set_viewport_size({"width": 390, "height": 844})
    expect(day.filter(visible=True)).to_have_count(1)
    boxes = page.evaluate(BOXES)
    rows = {box["y"]: [b for b in boxes if b["y"] == box["y"]] for box in boxes}
    ends = {(round(row[0]["left"]), round(row[-1]["right"])) for row in rows.values()}
    assert len(rows) > 1
    assert len(ends) == 1, "every row of figures is as wide as the others"
