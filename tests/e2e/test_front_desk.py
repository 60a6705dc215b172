"""A shift at the front desk, in real tabs of one browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Hotel, book

pytestmark = pytest.mark.e2e


NOT_READY = re.compile("Dirty|No room|Occupied")


def arrivals(page: Page) -> int:
    """How many guests the list of arrivals holds."""
    return page.locator("#arrivals-rows tr").count()


@pytest.mark.req("PMS-02", "TAB-01")
def test_a_check_in_by_mouse_shows_in_the_other_tab(hotel: Hotel) -> None:
    one, two = hotel(), hotel()
    ready = one.locator("#arrivals-rows tr").filter(has_not_text=NOT_READY).first
    name = ready.locator(".clip").first.inner_text()
    before = arrivals(two)
    ready.get_by_role("button", name="Check in").click()
    expect(one.locator("#arrivals-rows tr")).to_have_count(before - 1)
    expect(two.locator("#arrivals-rows tr")).to_have_count(before - 1)
    expect(two.locator("#in-house-rows")).to_contain_text(name)


@pytest.mark.req("PMS-02", "PMS-12", "SRV-11")
def test_check_in_and_undo_by_keyboard_alone(hotel: Hotel) -> None:
    page = hotel()
    before = arrivals(page)
    ready = page.locator("#arrivals-rows tr").filter(has_not_text=NOT_READY).first
    ready.focus()
    page.keyboard.press("c")
    expect(page.locator("#arrivals-rows tr")).to_have_count(before - 1)
    page.keyboard.press("z")
    expect(page.locator("#arrivals-rows tr")).to_have_count(before)
    expect(page.locator("#toasts")).to_contain_text("Undone: Check in")


@pytest.mark.req("PMS-02")
def test_a_new_reservation_is_booked_by_keyboard_and_opens(hotel: Hotel) -> None:
    one, two = hotel(), hotel("reservations?q=Testguest")
    one.locator("#screen-title").focus()
    one.keyboard.press("n")
    one.locator("#ask-form-name").fill("Ada Testguest")
    one.locator("#ask-form-rate").fill("95.50")
    one.keyboard.press("Enter")
    expect(one.locator("#reservation-title")).to_have_text("Ada Testguest")
    expect(two.locator("#stays-rows")).to_contain_text("Ada Testguest")
    expect(two.locator("#stays-rows")).to_contain_text("95.50")


@pytest.mark.req("PMS-02")
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(hotel: Hotel) -> None:
    page = hotel()
    page.keyboard.press("n")
    page.locator("#ask-form-notes").fill("by the window")
    page.get_by_role("button", name="Book").click()
    expect(page.locator("#ask-form-name-error")).to_contain_text("Enter the guest's name")
    expect(page.locator("#ask-form-notes")).to_have_value("by the window")


HOLDABLE = """
(() => {
  let held = null;
  const Plain = globalThis.BroadcastChannel;
  globalThis.BroadcastChannel = class extends Plain {
    constructor(name) {
      super(name);
      this.addEventListener("message", (event) => {
        if (held === null) return;
        event.stopImmediatePropagation();
        held.push([this, event.data]);
      });
    }
  };
  globalThis.holdMessages = () => { held = []; };
  globalThis.deliverMessages = () => {
    const waiting = held;
    held = null;
    for (const [to, data] of waiting) to.dispatchEvent(new MessageEvent("message", { data }));
    return waiting.length;
  };
})();
"""
"""What other tabs say waits outside of the page until it is let in: two desks act unseen."""


def pick_room(page: Page, room: str = "") -> str:
    """Open the dialog that gives the stay a room and choose one; nothing is sent yet."""
    page.get_by_role("button", name="More to do").click()
    page.get_by_role("menuitem", name="Assign a room").click()
    rooms = page.locator("#ask-form-room")
    if room:
        rooms.select_option(room)
    else:
        rooms.select_option(index=1)
    return rooms.input_value()


@pytest.mark.req("PMS-10", "SRV-11", "TAB-01")
def test_two_tabs_that_give_one_room_away_end_with_one_stay_in_it(
    hotel: Hotel, device: BrowserContext
) -> None:
    device.add_init_script(HOLDABLE)
    one, two = hotel("reservations"), hotel("reservations")
    first = book(one, "Ada Wasfirst", "2031-06-02", "2031-06-05")
    second = book(two, "Bo Comeslate", "2031-06-04", "2031-06-08")
    room = pick_room(one)
    pick_room(two, room)

    two.evaluate("holdMessages()")
    assign = [page.locator("#ask").get_by_role("button", name="Assign") for page in (one, two)]
    # In one moment: a tab that hears nothing for long looks into the store and knows better.
    assign[0].click()
    assign[1].click()
    for page in (one, two):
        expect(page.locator("#reservation .facts")).not_to_contain_text("Not assigned")
    assert two.evaluate("deliverMessages()") > 0

    expect(two.locator("#reservation .facts")).to_contain_text("Not assigned")
    expect(two.get_by_role("group", name="Free rooms").get_by_role("button")).not_to_have_count(0)
    expect(one.locator("#reservation .facts")).not_to_contain_text("Not assigned")
    for page in (one, two):
        page.locator("#app-nav").get_by_role("link", name="Needs attention").click()
        waiting = page.locator(f"#attention-{second.id}")
        expect(waiting).to_contain_text(second.guest)
        expect(waiting.get_by_role("button", name="Give")).not_to_have_count(0)
        expect(page.locator(f"#attention-{first.id}")).to_have_count(0)
    free = one.locator(f"#attention-{second.id}").get_by_role("button", name="Give").first
    free.click()
    for page in (one, two):
        expect(page.locator(f"#attention-{second.id}")).to_have_count(0)


@pytest.mark.req("SRV-10")
def test_a_reservation_shows_its_history_and_restores(hotel: Hotel) -> None:
    page = hotel()
    book(page, "Ada Changing", "2031-07-01", "2031-07-03")
    events = page.locator(".timeline > li")
    expect(events).to_have_count(1)
    notes = page.locator("#reservation-notes-notes")
    for count, text in enumerate(("first note", "second note"), 2):
        notes.fill(text)
        page.get_by_role("button", name="Save notes").click()
        expect(events).to_have_count(count)
    expect(events.first).to_contain_text("second note")
    events.nth(1).get_by_role("button", name="Restore").click()
    expect(notes).to_have_value("first note")
    expect(events).to_have_count(4)


@pytest.mark.req("TAB-01", "PMS-12")
def test_a_half_typed_field_survives_what_another_tab_writes(hotel: Hotel) -> None:
    one = hotel()
    one.locator("#in-house-rows tr").first.click()
    expect(one.locator("#reservation-title")).to_be_visible()
    place = "/".join(one.url.split("/")[4:])
    two = hotel(place)
    one.locator("#reservation-notes-notes").fill("half a sen")
    two.locator("#reservation-notes-notes").fill("from the other desk")
    two.get_by_role("button", name="Save notes").click()
    expect(one.locator("#reservation-notes .field-elsewhere")).to_be_visible()
    expect(one.locator("#reservation-notes-notes")).to_have_value("half a sen")


@pytest.mark.req("TAB-03", "TAB-13")
def test_the_badge_counts_tabs_as_they_open_and_close(hotel: Hotel) -> None:
    one = hotel()
    expect(one.locator("#sync-status .status-tabs")).to_have_text("1")
    two = hotel()
    expect(one.locator("#sync-status .status-tabs")).to_have_text("2")
    two.close()
    expect(one.locator("#sync-status .status-tabs")).to_have_text("1")


@pytest.mark.req("TAB-01")
def test_the_theme_chosen_in_one_tab_is_the_theme_of_all(hotel: Hotel) -> None:
    one, two = hotel("settings?section=display"), hotel()
    one.locator("#app").get_by_role("radio", name="Dark").check(force=True)
    expect(two.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.req("TAB-15")
def test_a_reload_shows_what_was_there(hotel: Hotel) -> None:
    page = hotel()
    before = arrivals(page)
    ready = page.locator("#arrivals-rows tr").filter(has_not_text=NOT_READY).first
    ready.get_by_role("button", name="Check in").click()
    expect(page.locator("#arrivals-rows tr")).to_have_count(before - 1)
    page.reload()
    expect(page.locator("#app[data-stale]")).to_have_count(0)
    expect(page.locator("#arrivals-rows tr")).to_have_count(before - 1)
