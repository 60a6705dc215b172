"""Live data in real tabs: what one does is told in the other, seldom enough; nothing is left."""

from __future__ import annotations

import pytest

from tests.browser.conftest import IN_PAGE
from tests.support import Tab
from tests.tabs.conftest import OpenDesk, until

LIVE = (IN_PAGE / "live.py").read_text("utf-8") + "\nNone"


def shows(tab: Tab, options: str = "") -> Tab:
    """Begin to show live data in a tab."""
    tab.run(LIVE)
    tab.run(f"show({options})")
    return tab


@pytest.mark.req("RT-02", "RT-08")
def test_what_one_tab_does_is_told_in_both(open_desk: OpenDesk) -> None:
    one, two = shows(open_desk()), shows(open_desk(), '{"where": {"floor": 1}}, throttle_ms=0')
    one.run('rooms.create({"id": "101", "floor": 1, "n": 1})\nNone')
    two.run(until("told"))
    one.run('rooms.update("101", {"n": 2})\nNone')
    two.run(until("len(told) == 2"))
    one.run('rooms.update("101", {"floor": 2})\nNone')
    two.run(until("len(told) == 3"))
    assert two.run("told") == [
        ["rooms", "create", "101", {"floor": 1, "n": 1}, "elsewhere"],
        ["rooms", "update", "101", {"n": 2}, "elsewhere"],
        ["rooms", "delete", "101", {}, "elsewhere"],
    ]
    one.run(until("len(told) > 1 and told[-1][3]['floor'] == 2"))
    assert one.run("[told[0][1], told[0][4]]") == ["create", "here"]
    two.run('live.notify_change("weather", "update", {"id": "lisbon", "temp": 21})')
    one.run(until('["weather", "update", "lisbon", {"temp": 21}, "elsewhere"] in told'))
    assert [tab.run("states[-1]") for tab in (one, two)] == ["connected"] * 2


@pytest.mark.req("RT-03")
def test_a_burst_is_told_in_batches_on_the_pages_own_timers(open_desk: OpenDesk) -> None:
    one, two = open_desk(), shows(open_desk(), "throttle_ms=50, batch_size=2, max_pending=5")
    one.run('for n in range(40): rooms.create({"id": f"{n:02}", "n": n})')
    two.run(until("len(told) == 40 and live.status.pending == 0"))
    assert two.run("sorted(row[2] for row in told)") == [f"{n:02}" for n in range(40)]


@pytest.mark.req("RT-04")
def test_a_change_and_an_invalidation_clear_figures_in_both_tabs(open_desk: OpenDesk) -> None:
    one, two = shows(open_desk()), shows(open_desk())
    for tab in (one, two):
        assert tab.run('[kept("kpis", 1), kept("sky", 1)]') == [1, 1]
    one.run('rooms.create({"id": "101", "n": 1})\nNone')
    two.run(until("numbers()"))
    for tab in (one, two):
        assert tab.run('[kept("kpis", 2), kept("sky", 2)]') == [2, 1]
    two.run('cache.invalidate("sky")')
    assert two.run('[kept("kpis", 3), kept("sky", 3)]') == [2, 3]
    one.run(until('cache.updated("sky") is None'))
    one.run('live.request_refresh("rooms")')
    two.run(until('cache.updated("kpis") is None'))
    assert [tab.run('kept("kpis", 4)') for tab in (one, two)] == [4, 4]


@pytest.mark.req("TAB-12", "RT-02")
def test_a_hundred_starts_and_stops_leave_nothing(open_desk: OpenDesk) -> None:
    tab = open_desk()
    tab.run(LIVE)
    left = tab.run(
        """
from pysync.browser import owned
before, listeners = owned.live(), len(space._listeners)
for n in range(100):
    show(throttle_ms=60_000)
    rooms.create({"id": f"a{n}", "n": n})
    rooms.create({"id": f"b{n}", "n": n})
    live.close()
    live.close()
same = [space.tab.gates, len(space._listeners) - listeners]
await until(lambda: owned.live() == before, state=owned.live)
[len(told), *same]"""
    )
    assert left == [200, [], 0]
    assert tab.run("cache.close()\nspace.close()\nawait nothing_left()") == {}
