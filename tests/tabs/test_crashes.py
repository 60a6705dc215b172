"""Renderers and browsers that die in the middle: the others notice, and what was written is there.

The renderers are killed by their process id, without a word to the page.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.bare import BareChromium, BareTab, kill
from tests.bench.rig import wait_for
from tests.tabs.conftest import OpenDesk, furnish, until

ROUNDS = 3
COUNTER = """
from pysync import SyncedKV
counter = SyncedKV("counter", 0, space=space)
None"""
WRITE_ON = """
async def write_on():
    for n in range(100_000):
        await rooms.create({"id": f"r{n}", "n": n}).durable()
        js.console.log(f"durable r{n}")
writing = asyncio.ensure_future(write_on())
None"""
SAID_ENOUGH = 30


def open_hotel(browser: BareChromium, url: str) -> BareTab:
    tab = browser.open(url)
    furnish(tab)
    return tab


@pytest.mark.req("TAB-03", "TAB-08")
@pytest.mark.slow
def test_a_killed_leader_leaves_the_count_and_another_tab_leads(
    bare: BareChromium, blank_url: str
) -> None:
    tabs = [open_hotel(bare, blank_url) for _ in range(3)]
    for tab in tabs:
        tab.run(until("len(space.tabs()) == 3 and leaders() == 1"))
    leader = next(tab for tab in tabs if tab.run("space.is_leader"))
    leader.run('await rooms.create({"id": "101", "n": 1}).durable()\nNone')
    tabs.remove(leader)
    kill(leader.pid)
    leader.drop()
    for tab in tabs:
        tab.run(until('len(space.tabs()) == 2 and leaders() == 1 and "101" in rooms'))
    assert sum(tab.run("space.is_leader") for tab in tabs) == 1
    tabs[0].run('rooms.update("101", {"n": 2})\nNone')
    tabs[1].run(until('numbers() == {"101": 2} and not space.status().pending'))


@pytest.mark.req("TAB-04", "TAB-15")
@pytest.mark.slow
def test_a_value_set_and_not_awaited_is_there_though_the_renderer_was_killed_at_once(
    bare: BareChromium, blank_url: str
) -> None:
    tab = open_hotel(bare, blank_url)
    tab.run(COUNTER)
    for n in range(1, ROUNDS + 1):
        tab.run(f"counter.set({n})\nNone")
        kill(tab.pid)
        tab.drop()
        tab = open_hotel(bare, blank_url)
        tab.run(COUNTER)
        assert tab.run("counter.value") == n


@pytest.mark.req("TAB-15")
def test_a_reload_in_the_middle_of_writing_loses_nothing_that_was_called_durable(
    open_desk: OpenDesk,
) -> None:
    tab = open_desk()
    said: list[str] = []
    tab.page.on("console", lambda message: said.append(message.text))
    tab.run(WRITE_ON)
    while len(said) < SAID_ENOUGH:
        tab.page.wait_for_event("console")
    tab.page.reload()
    kept = [text.removeprefix("durable ") for text in said if text.startswith("durable r")]
    furnish(tab)
    there = tab.run("numbers()")
    assert len(kept) >= SAID_ENOUGH
    assert [room for room in kept if room not in there] == []


@pytest.mark.req("TAB-15")
@pytest.mark.slow
def test_what_is_durable_survives_the_death_of_the_whole_browser(
    chromium: str, blank_url: str, tmp_path: Path
) -> None:
    with BareChromium(chromium, tmp_path) as first:
        one, two = open_hotel(first, blank_url), open_hotel(first, blank_url)
        one.run('await rooms.create({"id": "101", "n": 1}).durable()\nNone')
        two.run(until('"101" in rooms'))
        two.run('await rooms.update("101", {"n": 2}).durable()\nNone')
        kill(first.process.pid)
        first.process.wait()
        wait_for(lambda: not first.renderers(), 30, "the end of the browser's renderers")
    (tmp_path / "DevToolsActivePort").unlink()
    with BareChromium(chromium, tmp_path) as second:
        assert open_hotel(second, blank_url).run("numbers()") == {"101": 2}
