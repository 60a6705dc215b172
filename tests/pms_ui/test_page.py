"""On the real page: what the user holds survives every change from elsewhere (TAB-01, PMS-12)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support import Tab

pytestmark = pytest.mark.e2e
Draw = Callable[[Tab, str], None]


def focused(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement?.id ?? ''"))


@pytest.mark.req("TAB-01")
def test_a_half_typed_field_is_never_overwritten_and_offers_what_came(lab: Tab, draw: Draw) -> None:
    guest = lab.page.locator("#f-guest")
    guest.fill("Sato, Yuki")
    guest.evaluate("e => e.setSelectionRange(2, 5)")
    draw(lab, "lab.values.update(guest='Marchetti', note='by the window')")
    expect(guest).to_have_value("Sato, Yuki")
    assert guest.evaluate("e => [e.selectionStart, e.selectionEnd]") == [2, 5]
    assert focused(lab.page) == "f-guest"
    hint = lab.page.locator("#f-guest-elsewhere")
    expect(hint).to_contain_text("Changed elsewhere: Marchetti")
    expect(lab.page.locator("#f-note")).to_have_value("by the window")
    draw(lab, "lab.title_text = 'again'")
    expect(hint).to_be_visible()
    hint.get_by_role("button").click()
    expect(guest).to_have_value("Marchetti")
    expect(hint).to_be_hidden()
    draw(lab, "lab.values['guest'] = 'Okafor'")
    expect(guest).to_have_value("Okafor")


def test_every_kind_of_control_keeps_what_was_chosen(lab: Tab, draw: Draw) -> None:
    lab.page.locator("#f-note").fill("mine")
    lab.page.locator("#f-kind").select_option("twin")
    lab.page.locator("#f-late").check()
    draw(lab, "lab.values.update(note='theirs', day='2026-11-24'); lab.title_text = 'x'")
    expect(lab.page.locator("#f-note")).to_have_value("mine")
    expect(lab.page.locator("#f-note-elsewhere")).to_contain_text("theirs")
    expect(lab.page.locator("#f-kind")).to_have_value("twin")
    expect(lab.page.locator("#f-late")).to_be_checked()
    expect(lab.page.locator("#f-day")).to_have_value("2026-11-24")


def test_what_was_accepted_follows_again(lab: Tab, draw: Draw) -> None:
    guest = lab.page.locator("#f-guest")
    guest.fill("Dubois")
    guest.press("Enter")
    expect(guest).to_have_value("Dubois")
    assert lab.run("lab.log[0][3]['guest']") == "Dubois"
    draw(lab, "lab.values['guest'] = 'Nowak'")
    expect(guest).to_have_value("Nowak")
    expect(lab.page.locator("#f-guest-elsewhere")).to_be_hidden()


@pytest.mark.req("PMS-12")
def test_a_refused_form_says_where_and_takes_the_focus_there(lab: Tab) -> None:
    lab.page.locator("#f-guest").fill("")
    lab.page.locator("#f-note").focus()
    lab.page.get_by_role("button", name="Save").click()
    expect(lab.page.locator("#f-guest-error")).to_have_text("Who is it?")
    expect(lab.page.locator("#f-guest")).to_be_focused()


def test_open_parts_and_scrolling_stay(lab: Tab, draw: Draw) -> None:
    page = lab.page
    page.set_viewport_size({"width": 900, "height": 500})
    page.locator("#more summary").click()
    page.locator("#app-main").evaluate("e => { e.scrollTop = 60 }")
    lab.run("ask(); None")
    expect(page.locator("dialog#ask")).to_be_visible()
    draw(lab, "lab.title_text = 'moved'")
    expect(page.locator("dialog#ask")).to_contain_text("moved")
    assert page.locator("#more").evaluate("e => e.open")
    assert page.locator("dialog#ask").evaluate("e => e.matches(':modal')")
    assert page.locator("#app-main").evaluate("e => e.scrollTop") == 60
    page.keyboard.press("Escape")
    expect(page.locator("dialog#ask")).to_have_count(0)


def test_a_closed_dialog_gives_the_focus_back(lab: Tab) -> None:
    lab.page.locator("#f-note").focus()
    lab.run("ask(); None")
    expect(lab.page.locator("dialog#ask .dialog-body button")).to_be_focused()
    lab.page.get_by_role("button", name="Close").click()
    expect(lab.page.locator("#f-note")).to_be_focused()
    expect(lab.page.locator("dialog")).to_have_count(0)


@pytest.mark.req("PMS-12")
def test_a_menu_is_walked_by_keys_and_stays_open_while_things_change(lab: Tab, draw: Draw) -> None:
    page = lab.page
    page.locator("[popovertarget=lab-menu]").focus()
    page.keyboard.press("Enter")
    first, second = page.get_by_role("menuitem").all()
    expect(first).to_be_focused()
    draw(lab, "lab.title_text = 'moved'")
    expect(first).to_be_visible()
    box = page.locator("#lab-menu").bounding_box()
    button = page.locator("[popovertarget=lab-menu]").bounding_box()
    assert box and button and abs(box["x"] - button["x"]) < 2
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#lab-menu")).to_be_hidden()
    assert lab.run("lab.log[-1][:2]") == ["click", "lab.log"]
    assert lab.run("lab.log[-1][2]['id']") == "cancel"


@pytest.mark.req("PMS-12")
def test_a_table_is_one_stop_walked_by_arrows_and_opened_by_enter(lab: Tab) -> None:
    page = lab.page
    assert page.locator("#t [tabindex='0']").count() == 1
    page.locator("#row-a").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "row-c"
    page.keyboard.press("End")
    assert focused(page) == "row-d"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#d-title")).to_be_focused()
    assert page.evaluate("() => location.pathname") == "/resort/rooms/b"
    page.keyboard.press("Escape")
    expect(page.locator("#d")).to_have_count(0)
    assert focused(page) == "row-b"
    page.go_back()
    expect(page.locator("#d-title")).to_have_text("Guest b")


@pytest.mark.req("TAB-01")
def test_the_row_in_hand_stays_in_place_until_it_is_left(lab: Tab, draw: Draw) -> None:
    page = lab.page

    def order() -> list[str]:
        return [row.get_attribute("id") or "" for row in page.locator("#t tbody tr").all()]

    page.locator("#row-b").focus()
    draw(lab, "lab.order = ['d', 'x', 'c', 'b', 'a']")
    assert order() == ["row-a", "row-b", "row-c", "row-d", "row-x"]
    assert focused(page) == "row-b"
    page.locator("#f-guest").focus()
    expect(page.locator("#t tbody tr").first).to_have_id("row-d")
    assert order() == ["row-d", "row-x", "row-c", "row-b", "row-a"]


def test_when_the_row_in_hand_goes_its_neighbour_takes_the_focus(lab: Tab, draw: Draw) -> None:
    lab.page.locator("#row-b").focus()
    draw(lab, "lab.order.remove('b')")
    assert focused(lab.page) == "row-c"
    draw(lab, "lab.order = ['a']")
    assert focused(lab.page) == "row-a"


@pytest.mark.req("PMS-02")
def test_a_bar_is_dragged_to_a_room_and_day_and_escape_puts_it_back(lab: Tab, draw: Draw) -> None:
    page = lab.page
    bar = page.locator("#bar-s")
    page.locator("[data-drop='102']").scroll_into_view_if_needed()
    day = page.locator("[data-drop='101']").evaluate("e => e.getBoundingClientRect().width") / 7
    target = page.locator("[data-drop='102']").bounding_box()
    start = bar.bounding_box()
    assert target and start
    x, y = start["x"] + 20, start["y"] + start["height"] / 2

    def drag_to(days: int) -> None:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + days * day, target["y"] + 10, steps=4)

    drag_to(2)
    draw(lab, "lab.title_text = 'while dragging'")
    assert bar.evaluate("e => e.dataset.dragging") == "move"
    page.keyboard.press("Escape")
    page.mouse.up()
    assert bar.bounding_box() == start
    assert lab.run("lab.log") == []
    drag_to(3)
    page.mouse.up()
    kind, action, args, _, numbers = lab.run("lab.log[-1]")
    assert (kind, action, args["id"], args["drop"]) == ("drop", "tape.drag", "s", "102")
    assert numbers == {"days": 3}
    assert lab.run("len(lab.log)") == 1, "the end of a drag is no click"
    lab.run("lab.blocked = {'102'}; None")
    drag_to(1)
    assert bar.evaluate("e => e.hasAttribute('data-refused')")
    page.keyboard.press("Escape")
    page.mouse.up()


def test_the_edge_of_a_bar_changes_its_length(lab: Tab) -> None:
    page = lab.page
    page.locator("#bar-s").scroll_into_view_if_needed()
    day = page.locator("[data-drop='101']").evaluate("e => e.getBoundingClientRect().width") / 7
    edge = page.locator("#bar-s .bar-edge").bounding_box()
    assert edge
    page.mouse.move(edge["x"] + 4, edge["y"] + 8)
    page.mouse.down()
    page.mouse.move(edge["x"] + 4 + 2 * day, edge["y"] + 60, steps=3)
    page.mouse.up()
    _, _, args, _, numbers = lab.run("lab.log[-1]")
    assert (args["mode"], args["drop"], numbers["days"]) == ("edge", "101", 2)


def test_a_free_cell_of_the_chart_says_which_day_it_is(lab: Tab) -> None:
    track = lab.page.locator("[data-drop='102']")
    track.scroll_into_view_if_needed()
    box = track.bounding_box()
    assert box
    track.click(position={"x": box["width"] * 4.5 / 7, "y": 8})
    assert lab.run("lab.log[-1][1]") == "tape.pick"
    assert lab.run("lab.log[-1][4]") == {"days": 4}


@pytest.mark.req("TAB-13")
def test_the_details_of_the_status_show_on_hover_and_on_focus(lab: Tab) -> None:
    details = lab.page.locator("#sync-details")
    expect(details).to_be_hidden()
    lab.page.locator(".status-button").hover()
    expect(details).to_be_visible()
    lab.page.keyboard.press("Escape")
    expect(details).to_be_hidden()
    lab.page.mouse.move(5, 400)
    lab.page.locator(".status-button").focus()
    expect(details).to_be_visible()
    lab.page.get_by_role("button", name="Sync now").click()
    assert lab.run("host.forced") == 1


@pytest.mark.req("TAB-13")
def test_the_badge_follows_the_status_and_leaves_the_search_alone(lab: Tab) -> None:
    search = lab.page.locator("#search-input")
    lab.page.keyboard.press("/")
    expect(search).to_be_focused()
    lab.page.keyboard.type("sat")
    lab.run(
        "from pysync_pms.ui.status import SyncStatus\n"
        "host.status = SyncStatus(state='offline', queued=3); app.frame_changed(); None"
    )
    expect(lab.page.locator("#sync-status")).to_have_attribute("data-state", "offline")
    expect(lab.page.locator(".status-number")).to_have_text("3")
    expect(search).to_have_value("sat")
    expect(search).to_be_focused()


@pytest.mark.req("TAB-01", "PMS-12")
def test_what_moved_elsewhere_glows_and_what_happened_is_said(lab: Tab) -> None:
    lab.run("app.changed('guests', 'c', remote=True); app.announce('One'); app.toast('Two'); None")
    expect(lab.page.locator("#row-c")).to_have_class("table-row is-open changed")
    expect(lab.page.locator("#live")).to_have_text("One. Two")
    expect(lab.page.locator("#toasts")).to_contain_text("Two")
    expect(lab.page.locator("#row-c")).to_have_class("table-row is-open")
    lab.page.get_by_role("button", name="Dismiss").click()
    expect(lab.page.locator(".toast")).to_have_count(0)


@pytest.mark.req("PMS-12")
def test_places_are_reached_by_link_key_and_back(lab: Tab) -> None:
    page = lab.page
    page.get_by_role("link", name="Home").click()
    expect(page.locator("#app-main")).to_have_text("nothing here")
    assert page.evaluate("() => location.pathname") == "/resort"
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.locator("#screen-title")).to_be_focused()
    page.go_back()
    expect(page.locator("#app-main")).to_have_text("nothing here")


@pytest.mark.req("TAB-01")
def test_preferences_change_the_page_at_once(lab: Tab) -> None:
    page = lab.page
    light = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Display and help").click()
    page.get_by_role("menuitemcheckbox", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") != light
    page.locator("#sidebar-toggle").click()
    expect(page.locator("html")).to_have_attribute("data-sidebar", "collapsed")
    expect(page.get_by_role("link", name="Housekeeping")).to_be_visible()


def test_dates_and_money_are_written_by_the_browser(lab: Tab) -> None:
    written = lab.run(
        "f = dom.formats('de-DE')\n"
        "[f.day(DAY, 'medium'), f.money(123456, 'EUR'), f.ago(125), f.number(1234.5, 1)]"
    )
    assert [text.replace("\u00a0", " ") for text in written] == [
        "20. Nov. 2026", "1.234,56 €", "vor 2 Minuten", "1.234,5",
    ]  # fmt: skip


def test_an_unknown_language_falls_back(lab: Tab) -> None:
    assert lab.run("dom.formats('xx-invalid-').number(1234, 0)") == "1,234"


@pytest.mark.req("TAB-12")
def test_stopping_leaves_no_listener_and_no_proxy(lab: Tab) -> None:
    lab.run("app.stop(); None")
    lab.page.locator("#row-a").click()
    lab.page.keyboard.press("?")
    assert lab.run("[app.route.record, dom._proxy, len(preferences.callbacks)]") == ["", None, 0]
    lab.run("app.start(); None")
    lab.page.locator("#row-a").click()
    expect(lab.page.locator("#d-title")).to_have_text("Guest a")


def test_drawing_ends_the_last_view(lab: Tab) -> None:
    lab.page.evaluate("() => { document.getElementById('app').dataset.stale = '' }")
    lab.run("app.stop(); app = App(BrowserDom(), host=host, screens=[lab],"
            " preferences=preferences, on_error=errors.append); app.start(); None")  # fmt: skip
    assert not lab.page.locator("#app").evaluate("e => 'stale' in e.dataset")
    expect(lab.page.locator("#row-a")).to_have_count(1)


@pytest.mark.req("PMS-12")
def test_a_notice_with_a_long_word_stays_on_a_narrow_page(lab: Tab) -> None:
    lab.page.set_viewport_size({"width": 360, "height": 700})
    lab.run("app.toast('W' * 80, action=('Undo', 'hotel.undo', {})); None")
    way_out = lab.page.get_by_role("button", name="Dismiss")
    expect(way_out).to_be_in_viewport(ratio=1)
    way_out.click()
    expect(way_out).to_have_count(0)
