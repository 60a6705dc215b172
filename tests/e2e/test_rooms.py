"""Rooms, housekeeping and the tape chart, in real tabs of one browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Hotel, book

pytestmark = pytest.mark.e2e

FAR = "tape?from=2031-05-01"
"""Days for which the generated hotel has no reservations yet."""


@pytest.mark.req("PMS-01", "TAB-01")
def test_a_clean_shows_in_the_rack_and_leaves_the_guest_alone(hotel: Hotel) -> None:
    board, rack = hotel("housekeeping"), hotel("rooms")
    task = board.locator(".task").filter(has_text="Stay-over").first
    room = str(task.get_attribute("data-id"))
    tile = rack.locator(f"#room-{room}")
    guest = tile.locator(".room-guest").inner_text()
    task.get_by_role("button", name=re.compile("^Clean")).click()
    expect(tile).to_contain_text("Clean")
    expect(tile.locator(".room-guest")).to_have_text(guest)


@pytest.mark.req("PMS-01", "PMS-12")
def test_a_task_is_done_by_one_key(hotel: Hotel) -> None:
    board = hotel("housekeeping?show=all")
    task = board.locator(".task").filter(has_text="Dirty").first
    room = str(task.get_attribute("data-id"))
    task.focus()
    board.keyboard.press("i")
    expect(board.locator(f"#task-{room}")).to_contain_text("Inspected")


def drag(page: Page, bar_id: str, lane_id: str) -> None:
    """Drag a bar straight down or up into another lane."""
    bar, lane = page.locator(f"#{bar_id}"), page.locator(f"#{lane_id} .tape-track")
    bar.scroll_into_view_if_needed()
    start, goal = bar.bounding_box(), lane.bounding_box()
    assert start is not None and goal is not None
    x, y = start["x"] + 12, start["y"] + start["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 8, steps=3)
    page.mouse.move(x, goal["y"] + goal["height"] / 2, steps=6)
    page.mouse.up()


@pytest.mark.req("PMS-02", "TAB-01")
def test_a_bar_dragged_into_a_free_room_moves_in_both_tabs(hotel: Hotel) -> None:
    one, two = hotel(FAR), hotel(FAR)
    stay = book(one, "Ada Draghand", "2031-05-02", "2031-05-04")
    one.keyboard.press("Escape")
    bar = one.locator(f".bar[data-id='{stay.id}']")
    bar_id = str(bar.get_attribute("id"))
    free = str(one.locator(".tape-lane:not([id^=lane-unassigned])").first.get_attribute("id"))
    drag(one, bar_id, free)
    expect(one.locator(f"#{free} #{bar_id}")).to_be_visible()
    expect(two.locator(f"#{free} #{bar_id}")).to_have_count(1)


@pytest.mark.req("PMS-02", "PMS-10")
def test_a_bar_dragged_onto_an_occupied_room_is_refused_and_returns(hotel: Hotel) -> None:
    page = hotel(FAR)
    first = book(page, "Ada Wasfirst", "2031-05-02", "2031-05-04")
    page.keyboard.press("Escape")
    second = book(page, "Bo Comeslate", "2031-05-03", "2031-05-06")
    page.keyboard.press("Escape")
    room = str(page.locator(".tape-lane:not([id^=lane-unassigned])").first.get_attribute("id"))
    bars = [
        str(page.locator(f".bar[data-id='{each.id}']").get_attribute("id"))
        for each in (first, second)
    ]
    drag(page, bars[0], room)
    expect(page.locator(f"#{room} #{bars[0]}")).to_have_count(1)
    drag(page, bars[1], room)
    expect(page.locator(".toast").filter(has_text="Free instead")).to_be_visible()
    expect(page.locator(f"[id^=lane-unassigned] #{bars[1]}")).to_have_count(1)
    expect(page.locator(f"#{room} .bar")).to_have_count(1)


@pytest.mark.req("PMS-02", "PMS-12")
def test_a_stay_moves_by_its_dialog_and_the_keyboard(hotel: Hotel) -> None:
    page = hotel(FAR)
    stay = book(page, "Ada Keyhand", "2031-05-02", "2031-05-04")
    page.keyboard.press("Escape")
    bar = page.locator(f".bar[data-id='{stay.id}']")
    bar_id = str(bar.get_attribute("id"))
    bar.focus()
    page.keyboard.press("m")
    rooms = page.locator("#ask-form-room")
    rooms.select_option(index=1)
    room = rooms.input_value()
    page.locator("#ask").get_by_role("button", name="Move", exact=True).press("Enter")
    expect(page.locator(f"#lane-{room} #{bar_id}")).to_have_count(1)
