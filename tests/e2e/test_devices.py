"""Several devices of one hotel: real browser profiles around a real relay, each with a network of
its own that can be cut."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pysync.either_link import OVER_HTTP
from pysync_pms.cli import write_demo
from pysync_server.backup import back_up, restore
from tests.e2e.conftest import book
from tests.e2e.test_front_desk import pick_room
from tests.looks import violations
from tests.proxy import Network
from tests.support import Server, start_server

pytestmark = [pytest.mark.e2e, pytest.mark.req("SRV-02")]

RELAY = ("--test-pages", "--open", "--relay", "pysync_pms.schema:SCHEMA")
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def relay(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that is a relay; every test has a hotel of its own on it."""
    running = start_server(tmp_path_factory.mktemp("relay"), "--port", "0", *RELAY)
    yield running
    running.stop()


@dataclass
class Device:
    """A browser profile with its network, showing one hotel."""

    hotel: str
    context: BrowserContext
    network: Network
    errors: list[str] = field(default_factory=list)

    def open(self, place: str = "reservations") -> Page:
        """Open the hotel at a place in one more tab."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{self.network.url}/{self.hotel}/{place}")
        expect(page.locator("#screen-title")).to_be_visible()
        expect(page.locator("#app[data-stale]")).to_have_count(0)
        return page


Open = Callable[[], Device]


@pytest.fixture
def new(relay: Server, new_device: Callable[[], BrowserContext]) -> Iterator[Open]:
    """Makes devices of this test's hotel."""
    hotel = f"of-devices-{next(_numbers)}"
    write_demo(relay.data, hotel)
    made: list[Device] = []

    def make() -> Device:
        made.append(Device(hotel, new_device(), Network(relay.url)))
        return made[-1]

    yield make
    for device in made:
        device.network.close()
    assert [error for device in made for error in device.errors] == []


def shows(page: Page, state: str) -> None:
    """Wait until the badge says so."""
    expect(page.locator("#sync-status")).to_have_attribute("data-state", state)


@pytest.mark.req("TAB-01", "TAB-13")
def test_what_one_device_does_is_on_the_screens_of_the_others(new: Open) -> None:
    desk, tablet = new(), new()
    one, two = desk.open(), desk.open("activity")
    far = tablet.open("reservations?q=Farseen")
    for page in (one, two, far):
        shows(page, "synced")
    book(one, "Ada Farseen", "2033-03-01", "2033-03-03")
    expect(far.locator("#stays-rows")).to_contain_text("Ada Farseen")
    expect(two.locator("#app-main")).to_contain_text("Stay of Ada Farseen")
    for page in (one, two, far):
        shows(page, "synced")
    book(far, "Bo Answers", "2033-03-01", "2033-03-03")
    expect(two.locator("#app-main")).to_contain_text("Stay of Bo Answers")


@pytest.mark.req("SRV-26", "TAB-13")
def test_where_the_network_blocks_sockets_changes_travel_over_http_and_the_badge_says_so(
    new: Open,
) -> None:
    desk, tablet = new(), new()
    desk.network.blocks_sockets = True
    one, far = desk.open(), tablet.open("reservations?q=Detour")
    shows(one, "synced")
    expect(one.locator("#sync-details")).to_contain_text(OVER_HTTP)
    book(one, "Ada Detour", "2033-03-01", "2033-03-03")
    expect(far.locator("#stays-rows")).to_contain_text("Ada Detour")
    book(far, "Bo Detour", "2033-03-01", "2033-03-03")
    one.goto(f"{desk.network.url}/{desk.hotel}/reservations?q=Detour")
    expect(one.locator("#stays-rows")).to_contain_text("Bo Detour")


@pytest.mark.req("SRV-04", "SRV-26", "TAB-15")
def test_what_is_done_offline_survives_a_reload_and_is_sent_when_the_network_is_back(
    new: Open,
) -> None:
    desk, tablet = new(), new()
    one, far = desk.open(), tablet.open("reservations?q=Airplane")
    shows(one, "synced")
    desk.network.cut()
    shows(one, "offline")
    book(one, "Ada Airplane", "2033-03-01", "2033-03-03")
    expect(one.locator("#sync-status .status-number")).to_have_text("1")
    expect(one.locator("#reservation .timeline")).to_contain_text("not sent yet")
    one.reload()
    expect(one.locator("#app[data-stale]")).to_have_count(0)
    shows(one, "offline")
    expect(one.locator("#sync-status .status-number")).to_have_text("1")
    other = desk.open("reservations?q=Airplane")
    expect(other.locator("#stays-rows")).to_contain_text("Ada Airplane")
    desk.network.mend()
    expect(far.locator("#stays-rows")).to_contain_text("Ada Airplane")
    for page in (one, other, far):
        shows(page, "synced")
    expect(one.locator("#reservation .timeline")).to_contain_text("Book")
    expect(one.locator("#reservation .timeline")).not_to_contain_text("not sent yet")


@pytest.mark.req("SRV-21", "SRV-26")
def test_a_hotel_that_is_not_on_the_device_yet_waits_for_its_server_and_says_so(new: Open) -> None:
    desk = new()
    page = desk.open()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
    desk.network.cut()
    page.goto(f"{desk.network.url}/another/rooms")
    expect(page.locator("body")).to_contain_text("not on this device yet")
    desk.network.mend()
    shows(page, "synced")


@pytest.mark.req("SRV-11", "PMS-10")
def test_two_devices_that_give_one_room_away_offline_end_with_one_stay_in_it(new: Open) -> None:
    desk, tablet = new(), new()
    one, two = desk.open(), tablet.open()
    book(one, "Ada Wasfirst", "2031-06-02", "2031-06-05")
    book(two, "Bo Comeslate", "2031-06-04", "2031-06-08")
    for page in (one, two):
        shows(page, "synced")
    desk.network.cut()
    tablet.network.cut()
    for page in (one, two):
        shows(page, "offline")
    room = pick_room(one)
    pick_room(two, room)
    for page in (one, two):
        page.locator("#ask").get_by_role("button", name="Assign").click()
        expect(page.locator("#reservation .facts")).not_to_contain_text("Not assigned")
    desk.network.mend()
    shows(one, "synced")
    tablet.network.mend()
    expect(two.locator("#reservation .facts")).to_contain_text("Not assigned")
    shows(two, "synced")
    expect(one.locator("#reservation .facts")).not_to_contain_text("Not assigned")
    for device in (desk, tablet):
        page = device.open("attention")
        expect(page.locator("#app-main")).to_contain_text("Bo Comeslate")
        expect(page.locator("#app-main")).not_to_contain_text("Ada Wasfirst")


@pytest.mark.req("SRV-06", "SRV-07", "SRV-09", "PMS-12")
def test_an_e_mail_that_two_desks_changed_is_settled_in_the_dialog_by_keyboard(new: Open) -> None:
    desk, tablet = new(), new()
    one, two = desk.open("guests"), tablet.open("guests")
    # Of one device the list may hold guests that the other one has not heard of yet.
    row = f"#{one.locator('#guests-rows tr').first.get_attribute('id')}"
    for device, page, typed in ((desk, one, "one@a.example"), (tablet, two, "two@b.example")):
        shows(page, "synced")
        device.network.cut()
        page.locator(row).click()
        page.get_by_label("E-mail", exact=False).last.fill(typed)
        page.get_by_role("button", name="Save profile").click()
    for device in (desk, tablet):
        device.network.mend()
    for page in (one, two):
        shows(page, "conflict")
    one.get_by_role("button", name="Decide…").press("Enter")
    dialog = one.locator("#conflict")
    expect(dialog).to_contain_text("one@a.example")
    expect(dialog).to_contain_text("two@b.example")
    expect(dialog.locator(":focus")).to_have_value("theirs")
    assert violations(one) == []
    one.keyboard.press("ArrowUp")
    expect(dialog.locator(".outcome")).to_contain_text("one@a.example")
    one.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    for page in (one, two):
        shows(page, "synced")
        expect(page.locator(row)).to_contain_text("one@a.example")


@pytest.mark.req("SRV-19", "PMS-12")
def test_a_document_is_read_on_the_devices_that_were_admitted_and_stored_on_none(
    new: Open, relay: Server
) -> None:
    secret = "C0FFEE-PASSPORT"
    desk, tablet = new(), new()
    one, two = desk.open("settings?section=sync"), tablet.open("settings?section=sync")
    one.get_by_role("button", name="Switch on…").press("Enter")
    one.keyboard.type("Desk")
    one.keyboard.press("Enter")
    written = one.get_by_label("I have written it down")
    expect(written).to_be_focused()
    written.press("Space")
    one.get_by_role("button", name="Done").press("Enter")
    two.get_by_role("button", name="Ask for access…").press("Enter")
    two.keyboard.type("Tablet")
    two.keyboard.press("Enter")
    code = two.get_by_label("This device's code")
    one.get_by_role("button", name="Compare…").click()
    shown = one.get_by_label("The code that the other device has to show")
    assert shown.inner_text() == code.inner_text()
    one.get_by_role("button", name="They are the same").press("Enter")
    two.get_by_role("button", name="Confirm…").press("Enter")
    two.get_by_role("button", name="They are the same").press("Enter")
    expect(two.locator("#encryption")).to_contain_text("has access")
    for page in (one, two):
        page.get_by_role("navigation").get_by_role("link", name="Guests").first.click()
        page.locator("#guests tbody tr").first.click()
    one.locator("#guest-profile-document").fill(secret)
    one.locator("#guest-profile-document").press("Enter")
    for page in (one, two):
        expect(page.locator("#guest .timeline")).to_contain_text(secret)
        expect(page.locator("#guest-profile-document")).to_have_value(secret)
    two.evaluate("__pysync.savePaint()")
    stored = two.evaluate(
        """async (hotel) => {
            const open = indexedDB.open(`pysync.${hotel}`);
            const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
            const rows = [...db.objectStoreNames].map((name) => new Promise((done) => {
                const asked = db.transaction(name).objectStore(name).getAll();
                asked.onsuccess = () => done(asked.result);
            }));
            const text = (row) => row instanceof ArrayBuffer || ArrayBuffer.isView(row)
                ? new TextDecoder().decode(row) : JSON.stringify(row);
            const held = (await Promise.all(rows)).flat().map(text).join();
            db.close();
            return held + JSON.stringify(Object.entries(localStorage));
        }""",
        tablet.hotel,
    )
    assert "e1." in stored
    assert "pysync:paint" in stored
    assert secret not in stored
    files = [path for path in relay.data.rglob("*") if path.is_file()]
    assert not [path for path in files if secret.encode() in path.read_bytes()]


@pytest.mark.req("SRV-22")
def test_who_has_a_reservation_open_is_seen_beside_it_on_another_device_until_they_leave(
    new: Open,
) -> None:
    desk, tablet = new(), new()
    one = desk.open()
    stay = book(one, "Ada Together", "2033-03-01", "2033-03-03")
    line = one.locator("#reservation #company")
    expect(line).to_have_text("")
    far = tablet.open(f"reservations/{stay.id}")
    expect(line).to_have_text("Somebody (Chrome on Linux) is looking at this")
    expect(far.locator("#reservation #company")).to_contain_text("is looking at this")
    expect(one.locator("#app-header .face")).to_have_count(1)
    assert violations(one) == []
    far.context.close()
    expect(line).to_have_text("")
    expect(one.locator("#app-header .face")).to_have_count(0)


@pytest.mark.req("TAB-08", "TAB-09")
def test_when_the_leader_closes_another_tab_keeps_the_device_connected(new: Open) -> None:
    desk, tablet = new(), new()
    leader = desk.open()
    heir = desk.open("reservations?q=Inherited")
    far = tablet.open()
    shows(heir, "synced")
    leader.close()
    book(far, "Ada Inherited", "2033-03-01", "2033-03-03")
    expect(heir.locator("#stays-rows")).to_contain_text("Ada Inherited")
    book(heir, "Bo Inherited", "2033-03-01", "2033-03-03")
    shows(heir, "synced")


@pytest.mark.req("SRV-05", "SRV-26")
def test_a_relay_that_is_killed_and_comes_back_loses_nothing_nor_one_that_is_put_back(
    new: Open, relay: Server, tmp_path: Path
) -> None:
    desk, tablet = new(), new()
    one, far = desk.open(), tablet.open("reservations?q=Surviving")
    book(one, "Ada Surviving", "2033-03-01", "2033-03-03")
    shows(one, "synced")
    back_up(relay.data, tmp_path / "kept")
    relay.process.kill()
    relay.stop()
    shows(one, "offline")
    book(one, "Bo Surviving", "2033-03-01", "2033-03-03")
    _again(relay)
    expect(far.locator("#stays-rows")).to_contain_text("Bo Surviving")
    expect(far.locator("#stays-rows")).to_contain_text("Ada Surviving")
    for page in (one, far):
        shows(page, "synced")
    relay.process.kill()
    relay.stop()
    restore(tmp_path / "kept", relay.data)
    book(far, "Cy Surviving", "2033-03-01", "2033-03-03")
    _again(relay)
    late = new().open("reservations?q=Surviving")
    for page in (late, far):
        for name in ("Ada", "Bo", "Cy"):
            expect(page.locator("#stays-rows")).to_contain_text(f"{name} Surviving")
    for page in (one, far, late):
        shows(page, "synced")


def _again(relay: Server) -> None:
    port = relay.url.rpartition(":")[2]
    relay.process = start_server(relay.data, "--port", port, *RELAY).process


@pytest.mark.req("SRV-12", "SRV-15", "PMS-09")
def test_a_device_that_is_paused_sends_nothing_until_it_goes_on_and_lists_what_waits(
    new: Open,
) -> None:
    desk = new()
    one, two = desk.open("settings?section=sync"), desk.open()
    far = new().open("reservations?q=Paused")
    shows(one, "synced")
    one.locator("label.segment", has_text="Paused").click()
    shows(two, "offline")
    book(two, "Ada Paused", "2033-03-01", "2033-03-03")
    waiting = one.locator("[id^=waits-]", has_text="Ada Paused")
    expect(waiting).to_be_visible()
    expect(far.get_by_text("Ada Paused")).to_have_count(0)
    one.locator("label.segment", has_text="On").first.click()
    expect(far.locator("#stays-rows")).to_contain_text("Ada Paused")
    expect(waiting).to_have_count(0)
    for page in (one, two, far):
        shows(page, "synced")


@pytest.mark.req("SRV-21", "SRV-09")
def test_a_hotel_that_was_kept_on_a_device_is_brought_to_the_server_step_by_step(
    new: Open,
) -> None:
    desk, tablet = new(), new()
    alone = json.dumps({"spaces": [desk.hotel], "relay": False})
    desk.context.route("**/first-state", lambda route: route.fulfill(body=alone))
    second = desk.open("reservations")
    desk.context.unroute("**/first-state")
    one, far = desk.open("guests/g-0172"), tablet.open("guests/g-0172")
    for page, mail in ((far, "there@example.org"), (one, "here@example.org")):
        page.locator("input[name=email]").fill(mail)
        page.keyboard.press("Enter")
        expect(page.locator(".timeline")).to_contain_text(mail)
    one.locator("a[href$='/settings']").first.click()
    one.get_by_role("link", name="Sync", exact=True).click()
    steps = one.locator("#bring")
    steps.get_by_role("button", name="Look").click()
    steps.get_by_role("button", name="Upload").click()
    expect(steps.get_by_text("The server has confirmed everything")).to_be_visible()
    expect(steps).to_contain_text("Here: here@example.org · on the server: there@example.org")
    expect(one.locator("#app-main")).to_contain_text("This hotel is kept on this device only")
    steps.get_by_role("button", name="Keep the server's").click()
    expect(steps).to_contain_text("Nothing differs")
    # Another tab leads until now.
    steps.get_by_role("button", name="Switch on").click()
    expect(steps).to_contain_text("Seen: ")
    expect(second.locator("#sync-details")).to_contain_text("and on the server")
    expect(far.locator("input[name=email]")).to_have_value("there@example.org")
    shows(far, "synced")
