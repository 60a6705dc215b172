"""Rooms, housekeeping and the tape chart, in real tabs of one browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Hotel

pytestmark = pytest.mark.e2e


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


def lane_of(page: Page, bar_id: str) -> str:
    """The lane that holds a bar now."""
    return str(page.locator(f".tape-lane:has(#{bar_id})").get_attribute("id"))


@pytest.mark.req("PMS-02", "TAB-01", "PMS-10")
def test_a_bar_dragged_onto_an_occupied_room_is_refused_and_returns(hotel: Hotel) -> None:
    page = hotel("tape")
    homeless = page.locator("#lane-unassigned-0 .bar").first
    bar = str(homeless.get_attribute("id"))
    taken = page.evaluate(OCCUPIED, bar)
    assert taken, "some room is taken in those nights"
    drag(page, bar, taken)
    expect(page.locator("#toasts, .toast").first).to_be_visible()
    assert lane_of(page, bar).startswith("lane-unassigned")


@pytest.mark.req("PMS-02", "TAB-01")
def test_a_bar_dragged_into_a_free_room_moves_in_both_tabs(hotel: Hotel) -> None:
    one, two = hotel("tape"), hotel("tape")
    bar = str(one.locator("#lane-unassigned-0 .bar").first.get_attribute("id"))
    free = one.evaluate(FREE, bar)
    assert free, "some room in view is free in those nights"
    drag(one, bar, free)
    expect(one.locator(f"#{free} #{bar}")).to_be_visible()
    expect(two.locator(f"#{free} #{bar}")).to_have_count(1)


OVERLAPS = """
const bar = document.getElementById(id).getBoundingClientRect();
const taken = lane => [...lane.querySelectorAll(".bar")].some(other => {
  const box = other.getBoundingClientRect();
  return box.left < bar.right - 2 && bar.left + 2 < box.right;
});
const rooms = [...document.querySelectorAll(".tape-lane")]
  .filter(lane => !lane.id.startsWith("lane-unassigned")).slice(0, 12);
"""
OCCUPIED = f"id => {{ {OVERLAPS} return rooms.find(taken)?.id; }}"
FREE = f"id => {{ {OVERLAPS} return rooms.find(lane => !taken(lane))?.id; }}"


@pytest.mark.req("PMS-02", "PMS-12")
def test_a_stay_moves_by_its_dialog_and_the_keyboard(hotel: Hotel) -> None:
    page = hotel("tape")
    bar = page.locator("#lane-unassigned-0 .bar").first
    bar_id = str(bar.get_attribute("id"))
    bar.focus()
    page.keyboard.press("m")
    rooms = page.locator("#ask-form-room")
    expect(rooms).to_be_visible()
    rooms.select_option(index=1)
    room = rooms.input_value()
    page.locator("#ask").get_by_role("button", name="Move", exact=True).click()
    expect(page.locator(f"#lane-{room} #{bar_id}")).to_have_count(1)
