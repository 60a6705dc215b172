"""Several tabs of one Chromium on one hotel: they come, write, go, and stay the same."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext

from tests.support import Tab, TabFactory, watch_errors
from tests.tabs.conftest import CALM, HOTEL, READY, TOOLS, OpenDesk, furnish, until

CROWD = 20
WAIT_FOR_GO = """() => {
    const signal = new BroadcastChannel("go");
    window.went = new Promise((resolve) => { signal.onmessage = resolve; })
        .then(() => pysyncTest.run(window.atGo));
}"""


@pytest.mark.req("TAB-01", "TAB-07")
def test_a_new_tab_asks_for_what_the_others_hold_and_all_see_every_change(
    open_desk: OpenDesk,
) -> None:
    one, two = open_desk(), open_desk()
    for n in range(5):
        one.run(f'rooms.create({{"id": "1{n}", "n": {n}}})\nNone')
        two.run(f'rooms.create({{"id": "2{n}", "n": {n}}})\nNone')
    three = open_desk()
    everything = {f"{floor}{n}": n for floor in (1, 2) for n in range(5)}
    for tab in (one, two, three):
        tab.run(until("len(rooms) == 10"))
        assert tab.run("numbers()") == everything
    three.run('rooms.update("10", {"n": 7})\nrooms.delete("20")\nNone')
    for tab in (one, two):
        tab.run(until('"20" not in rooms and numbers()["10"] == 7'))


@pytest.mark.req("TAB-03", "TAB-08")
def test_a_closed_tab_leaves_the_count_and_the_lead(open_desk: OpenDesk) -> None:
    tabs = [open_desk() for _ in range(3)]
    for tab in tabs:
        tab.run(until("len(space.tabs()) == 3 and leaders() == 1"))
    leader = next(tab for tab in tabs if tab.run("space.is_leader"))
    tabs.remove(leader)
    leader.page.close()
    for tab in tabs:
        tab.run(until("len(space.tabs()) == 2 and leaders() == 1"))
    assert sum(tab.run("space.is_leader") for tab in tabs) == 1


@pytest.mark.req("TAB-03")
def test_a_tab_that_was_opened_by_another_is_one_of_its_own(
    open_desk: OpenDesk, tab_factory: TabFactory
) -> None:
    source = open_desk()
    source.page.evaluate("sessionStorage.setItem('left', 'here')")
    with source.page.expect_popup() as opening:
        source.page.evaluate("window.open(location.href) && null")
    copy = Tab(opening.value)
    watch_errors(copy)
    copy.page.wait_for_url(source.page.url)
    furnish(copy)
    assert copy.page.evaluate("sessionStorage.getItem('left')") == "here"
    assert source.run("space.tab_id") != copy.run("space.tab_id")
    for tab in (source, copy):
        tab.run(until("len(space.tabs()) == 2 and leaders() == 1"))
    copy.run('rooms.create({"id": "101", "n": 1})\nNone')
    source.run(until('numbers() == {"101": 1}'))
    assert copy.errors == []


@pytest.mark.req("TAB-01", "TAB-08")
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_twenty_tabs_that_start_and_write_in_one_moment_end_equal_with_one_leader(
    tab_factory: TabFactory,
) -> None:
    tabs = [tab_factory(wait_until="commit") for _ in range(CROWD)]
    for number, tab in enumerate(tabs):
        tab.page.wait_for_load_state()
        tab.run(TOOLS)
        write = f'rooms.create({{"id": "{number}", "n": {number}}})\nNone'
        tab.page.evaluate("code => { window.atGo = code; }", f"{HOTEL}\n{READY}\n{write}")
        tab.page.evaluate(WAIT_FOR_GO)
    tabs[0].page.evaluate("() => { new BroadcastChannel('go').postMessage(1); }")
    for tab in tabs:
        tab.page.evaluate("() => window.went")
    everyone = f"len(space.tabs()) == {CROWD} and leaders() == 1 and len(rooms) == {CROWD}"
    for tab in tabs:
        tab.run(until(everyone))
        tab.run(CALM)
    assert sum(tab.run("space.is_leader") for tab in tabs) == 1
    assert all(tab.run("numbers()") == {str(n): n for n in range(CROWD)} for tab in tabs)


@pytest.mark.req("TAB-02")
def test_with_the_network_off_tabs_go_on_and_keep_everything(
    open_desk: OpenDesk, device: BrowserContext
) -> None:
    one, two = open_desk(), open_desk()
    device.set_offline(True)
    one.run('await rooms.create({"id": "101", "n": 1}).durable()\nNone')
    two.run(until('numbers() == {"101": 1}'))
    two.run('await rooms.update("101", {"n": 2}).durable()\nNone')
    for tab in (one, two):
        tab.page.close()
    device.set_offline(False)
    assert open_desk().run("numbers()") == {"101": 2}
