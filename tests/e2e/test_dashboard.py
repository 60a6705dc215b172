"""The dashboard in real tabs: what one does moves the other's figures, by keyboard as well."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Hotel
from tests.e2e.test_devices import Open, new, relay
from tests.looks import OVERFLOW, violations

pytestmark = [pytest.mark.e2e, pytest.mark.req("PMS-08", "RT-01")]


__all__ = ["new", "relay"]


def check_in(desk: Page) -> None:
    """Check in somebody whose room is ready."""
    ready = desk.locator("#arrivals-rows tr")
    for word in ("No room", "Occupied", "Dirty"):
        ready = ready.filter(has_not_text=word)
    ready.get_by_role("button", name="Check in").first.press("Enter")


def value(page: Page, name: str) -> str:
    """What a tile says."""
    return page.locator(f"#tile-{name} .figure-value").inner_text()


@pytest.mark.req("PMS-12", "RT-05", "RT-06")
def test_what_one_tab_does_moves_the_figures_of_the_other(hotel: Hotel) -> None:
    board, desk = hotel("dashboard"), hotel("")
    arrivals = board.locator("#tile-arrivals .tile-basis")
    expect(arrivals).to_contain_text("arrived")
    came, ahead = (int(part.split()[0]) for part in arrivals.inner_text().split(", "))
    posted = value(board, "posted")
    check_in(desk)
    expect(arrivals).to_have_text(f"{came + 1} arrived, {ahead - 1} to come.")
    expect(board.locator("#tile-arrivals .tile-fresh")).to_contain_text("Updated")
    assert value(board, "posted") == posted
    expect(board.locator("#toasts")).to_be_empty()  # it was done on this device
    assert violations(board) == []


@pytest.mark.req("PMS-12")
def test_a_chart_is_read_as_a_table_and_taken_along_by_keyboard(
    hotel: Hotel, tmp_path: Path
) -> None:
    page = hotel("dashboard")
    expect(page.locator("#chart-occupancy svg.chart-plot")).to_have_attribute(
        "aria-label", re.compile("highest")
    )
    page.get_by_role("button", name="Occupancy as a table").press("Enter")
    rows = page.locator("#occupancy-table-rows tr")
    expect(rows).to_have_count(61)
    expect(page.get_by_role("button", name="Occupancy as a diagram")).to_be_focused()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Occupancy as a CSV file").press("Enter")
    taken.value.save_as(tmp_path / "file.csv")
    lines = list(csv.reader(io.StringIO((tmp_path / "file.csv").read_text("utf-8"))))
    assert len(lines) == 62
    assert [line[1] for line in lines[1:]] == [
        rows.nth(at).locator("td").nth(1).inner_text() for at in range(61)
    ]
    assert violations(page) == []


@pytest.mark.req("PMS-12")
@pytest.mark.parametrize("place", ["dashboard", "reports"])
def test_figures_are_readable_from_a_phone_to_a_wall_in_light_and_dark(
    hotel: Hotel, place: str
) -> None:
    page = hotel(place)
    expect(page.locator(".tile-fresh").first).to_contain_text("loaded")
    for width, scheme in ((360, "dark"), (768, "light"), (1920, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert page.evaluate(OVERFLOW) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert violations(page) == []


def test_one_report_is_printed_without_the_others(hotel: Hotel) -> None:
    page = hotel("reports")
    expect(page.locator("#report-months")).to_be_visible()
    page.evaluate("window.print = () => { window.printed = 1; }; 0")
    page.get_by_role("button", name="Print Charges by category").press("Enter")
    page.emulate_media(media="print")
    expect(page.locator("#report-charges")).to_be_visible()
    for hidden in ("#report-months", "#report-arrivals", "#report-period-card", ".nav"):
        expect(page.locator(hidden).first).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#report-months")).to_be_visible()


@pytest.mark.req("RT-06", "RT-07")
def test_another_device_moves_the_figures_and_is_told_of_once(new: Open) -> None:
    north, south = new(), new()
    board, desk = north.open("dashboard"), south.open("home")
    arrivals = board.locator("#tile-arrivals .tile-basis")
    expect(arrivals).to_contain_text("arrived")
    came = int(arrivals.inner_text().split()[0])
    check_in(desk)
    expect(arrivals).to_contain_text(f"{came + 1} arrived")
    expect(board.locator("#toasts")).to_contain_text("Somebody: 1 booking changed")
    expect(board.locator("#live")).to_contain_text("1 booking changed")
    # What is changed offline is in the own figures at once, and in the others' after the return.
    south.network.cut()
    check_in(desk)
    own = south.open("dashboard").locator("#tile-arrivals .tile-basis")
    expect(own).to_contain_text(f"{came + 2} arrived")
    south.network.mend()
    expect(arrivals).to_contain_text(f"{came + 2} arrived")
