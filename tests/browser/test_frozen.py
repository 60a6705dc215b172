"""Hidden, frozen and stopped tabs, in a Chromium that treats them as it does a user's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.bare import BareChromium, BareTab
from tests.browser.conftest import IN_PAGE, install_contracts
from tests.support import BLANK, Server

pytestmark = pytest.mark.slow

UNTIL = "await until(lambda: {}, 150, state)\nNone"


SPUN = """
from pysync.browser.channel import BroadcastPort
spun = []
spins = BroadcastPort("spins", spun.append)
None"""
SPIN = """
setTimeout(() => {
    const channel = new BroadcastChannel("spins");
    channel.postMessage("now");
    channel.close();
    const end = Date.now() + 10_000;
    while (Date.now() < end);
}, 100)"""
"""Stops the page between two of its tasks, as a freeze does, and tells the others."""


@pytest.fixture
def bare(chromium: str, tmp_path: Path) -> Iterator[BareChromium]:
    with BareChromium(chromium, tmp_path) as browser:
        yield browser


def open_hotel(bare: BareChromium, server: Server) -> BareTab:
    tab = bare.open(server.url + BLANK)
    install_contracts(tab)
    for file in ("adapters", "hotel"):
        tab.run((IN_PAGE / f"{file}.py").read_text("utf-8") + "\nNone")
    tab.run("await space.ready()\nNone")
    return tab


@pytest.mark.req("TAB-03")
def test_a_hidden_tab_goes_on_beating_in_its_worker(bare: BareChromium, server: Server) -> None:
    hidden = open_hotel(bare, server)
    front = open_hotel(bare, server)
    front.run(UNTIL.format("len(space.tabs()) == 2 and any(tab.hidden for tab in space.tabs())"))
    # Its own timers run once a second now, five times more seldom than the heart beats.
    timed = hidden.run(
        """
from pysync.browser.heart import Heart, served_script
from pysync.browser.owned import Handler
beats, turns = [], []
enough = asyncio.get_running_loop().create_future()
turn = Handler(lambda: turns.append(1))
timer = js.setInterval(turn.js, 200)
def beat():
    beats.append(js.document.hidden)
    if len(beats) == 30 and not enough.done():
        enough.set_result(None)
heart = Heart(200, beat, script=served_script())
await enough
heart.close()
js.clearInterval(timer)
turn.close()
[all(beats), len(turns)]"""
    )
    assert timed[0] is True
    assert timed[1] < 15
    assert front.run("len(space.tabs())") == 2


@pytest.mark.req("TAB-03", "TAB-08")
def test_a_frozen_leader_gives_the_seat_away_and_blocks_no_one(
    bare: BareChromium, server: Server
) -> None:
    leader = open_hotel(bare, server)
    leader.run(UNTIL.format("space.is_leader"))
    other = open_hotel(bare, server)
    other.run(UNTIL.format("len(space.tabs()) == 2"))
    leader.run('rooms.create({"id": "101", "n": 1})\nNone')
    leader.lifecycle("frozen")
    other.run(UNTIL.format("space.is_leader and len(space.tabs()) == 1"))
    other.run('await rooms.create({"id": "102", "n": 2}).durable()\nNone')
    other.run(UNTIL.format("not space.status().pending"))
    leader.lifecycle("active")
    leader.run(UNTIL.format('numbers() == {"101": 1, "102": 2} and len(space.tabs()) == 2'))
    assert (leader.run("leaders()"), other.run("leaders()")) == (1, 1)
    assert other.run("space.is_leader") is True


@pytest.mark.req("TAB-08")
def test_a_leader_stopped_dead_in_the_middle_of_writing_blocks_no_one(
    bare: BareChromium, server: Server
) -> None:
    leader = open_hotel(bare, server)
    leader.run(UNTIL.format("space.is_leader"))
    other = open_hotel(bare, server)
    other.run(UNTIL.format("len(space.tabs()) == 2"))
    process = leader.pid
    assert process is not None
    leader.run(
        """
async def write():
    for n in range(100_000):
        rooms.create({"id": f"r{n}", "n": n})
        await asyncio.sleep(0.001)  # the pace of the writing, waits for nothing
writing = asyncio.ensure_future(write())
None"""
    )
    other.run(UNTIL.format("len(rooms) > 20"))
    other.run(SPUN)
    leader.evaluate(SPIN)
    other.run(UNTIL.format("spun"))
    bare.halt(process)
    other.run(UNTIL.format("space.is_leader and len(space.tabs()) == 1"))
    other.run('await rooms.create({"id": "after", "n": 2}).durable()\nNone')
    other.run(UNTIL.format("not space.status().pending"))
    bare.resume(process)
    leader.run("writing.cancel()\n" + UNTIL.format('"after" in rooms and leaders() == 1'))
    leader.run(UNTIL.format("not space.status().pending"))
    other.run(UNTIL.format("not space.status().pending and len(space.tabs()) == 2"))
    assert leader.run("numbers()") == other.run("numbers()")
    assert (leader.run("space.is_leader"), other.run("space.is_leader")) == (False, True)
