"""Messages between tabs: BroadcastChannel and storage events, in Chromium."""

from __future__ import annotations

import itertools

import pytest

from tests.browser.conftest import Pool
from tests.support import Tab

JOIN = """
from pysync.browser.channel import BroadcastPort, StoragePort
heard = []
port = {kind}({room!r}, heard.append)
None"""
ROOMS = itertools.count(1)


def join(kind: str, *tabs: Tab) -> str:
    """Let these tabs join a room of their own; answers its name."""
    room = f"room {next(ROOMS)}"
    for tab in tabs:
        tab.run(JOIN.format(kind=kind, room=room))
    return room


def leave(*tabs: Tab) -> None:
    """Let them leave it."""
    for tab in tabs:
        tab.run("port.close()")


@pytest.mark.req("TAB-01")
def test_a_broadcast_port_keeps_the_contract_and_leaves_nothing_open(pool: Pool) -> None:
    [tab] = pool.take(1)
    report = tab.run(
        """
from pysync.testing.contracts import run
from pysync.testing.contracts.channel import CHANNEL_CASES
results = await run(CHANNEL_CASES, BroadcastPlace)
{"failed": {k: v for k, v in results.items() if v}, "count": len(results), "live": owned.live()}
"""
    )
    assert report == {"failed": {}, "count": 3, "live": {}}


@pytest.mark.req("TAB-11")
@pytest.mark.parametrize("kind", ["BroadcastPort", "StoragePort"])
def test_texts_reach_the_other_tabs_in_order_and_not_the_sender(pool: Pool, kind: str) -> None:
    tabs = pool.take(3)
    join(kind, *tabs)
    tabs[0].run('for text in ("one", "zwei é 😀", "one", "x" * 50_000): port.post(text)')
    for tab in tabs[1:]:
        heard = tab.run("await until(lambda: len(heard) >= 4)\nheard")
        assert heard == ["one", "zwei é 😀", "one", "x" * 50_000]
    assert tabs[0].run("heard") == []
    for tab in tabs:
        assert tab.run("port.close()\nport.close()\nawait nothing_left()") == {}


def test_storage_events_leave_nothing_in_storage(pool: Pool) -> None:
    tab, other = pool.take(2)
    join("StoragePort", tab, other)
    tab.run('for n in range(20): port.post(f"{n}")')
    other.run("await until(lambda: len(heard) == 20)")
    assert tab.run("int(js.localStorage.length)") == 0
    tab.run('port.post("x" * 1_000_001)\nport.post("after")')
    assert other.run("await until(lambda: len(heard) > 20)\nheard[20:]") == ["after"]
    leave(tab, other)


@pytest.mark.parametrize("kind", ["BroadcastPort", "StoragePort"])
def test_a_paused_port_is_silent_and_comes_back(pool: Pool, kind: str) -> None:
    tab, other = pool.take(2)
    join(kind, tab, other)
    other.run("port.pause()\nport.pause()\nNone")
    assert "channel" not in other.run("owned.live()")
    tab.run('port.post("missed")')
    assert other.run('port.post("not sent")\nheard') == []
    other.run("port.resume()\nport.resume()\nNone")
    tab.run('port.post("heard")')
    # An event of storage may be on its way for longer than the pause lasts.
    assert other.run("await until(lambda: 'heard' in heard)\nheard[-1]") == "heard"
    other.run('port.post("back")')
    assert tab.run("await until(lambda: heard)\nheard") == ["back"]
    other.run("port.close()\nport.resume()\nNone")
    assert other.run("await nothing_left()") == {}
    leave(tab)


def test_what_is_no_text_is_ignored(pool: Pool) -> None:
    tab, other = pool.take(2)
    room = join("BroadcastPort", tab)
    other.page.evaluate(
        """room => {
            const channel = new BroadcastChannel(room);
            for (const odd of [null, 7, {text: "x"}, ["x"], undefined, "a text"])
                channel.postMessage(odd);
        }""",
        room,
    )
    assert tab.run("await until(lambda: heard)\nheard") == ["a text"]
    leave(tab)
