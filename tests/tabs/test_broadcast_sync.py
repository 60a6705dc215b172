"""`BroadcastSync` in real tabs: what its options and methods do to the other tabs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import IN_PAGE
from tests.support import Tab, TabFactory
from tests.tabs.conftest import TOOLS, until

SYNC = (IN_PAGE / "sync.py").read_text("utf-8") + "\nNone"
TOGETHER = until('sync.status == "connected" and len(sync.connected_tabs) == 2 and states')
HOLD = "throttle_ms=600_000"
"""The first change goes at once, the next is kept until it is asked for."""

pytestmark = pytest.mark.req("TAB-05")
Pair = Callable[[str, str], tuple[Tab, Tab]]


@pytest.fixture
def pair(tab_factory: TabFactory) -> Pair:
    """Two tabs that keep one store the same, each with options of its own."""

    def open_pair(first: str = "", second: str = "") -> tuple[Tab, Tab]:
        one, two = tab_factory(), tab_factory()
        for tab, options in ((one, first), (two, second)):
            tab.run(TOOLS)
            tab.run(SYNC)
            tab.run(f"sync_with({options})")
        for tab in (one, two):
            tab.run(TOGETHER)
        return one, two

    return open_pair


def test_a_store_is_the_same_in_two_tabs_and_keys_that_stay_here_do_not_travel(pair: Pair) -> None:
    one, two = pair(
        'exclude_keys=["draft"], sync_keys=["draft", "theme", "size"], throttle_ms=0,'
        " should_sync=lambda before, after: after != 13",
        "throttle_ms=0",
    )
    one.run('store.set("draft", "mine")\nstore.set("other", 1)\nstore.set("theme", "dark")')
    one.run('store.set("size", 13)\nstore.set("password", "x")\nstore.set("size", 14)')
    two.run(until('store.get("theme") == "dark" and store.get("size") == 14'))
    assert two.run("sorted(store.keys())") == ["size", "theme"]
    assert two.run("updates") == [[key, one.run("sync.tab_id")] for key in ("theme", "size")]
    two.run('store.set("theme", "light")')
    one.run(until('store.get("theme") == "light"'))


@pytest.mark.req("TAB-09")
def test_a_throttled_tab_sends_the_first_change_at_once_then_seldom_and_the_last_always(
    pair: Pair,
) -> None:
    one, two = pair("throttle_ms=100", "")
    two.run("frames.clear()")
    took = one.run(
        """
begin = time.monotonic()
for n in range(60):
    store.set("n", n)
    await asyncio.sleep(1 / 60)  # the pace of someone who drags, waits for nothing
(time.monotonic() - begin) * 1000"""
    )
    two.run(until('store.get("n") == 59'))
    assert 2 <= two.run('frames.count("state-update")') <= took / 100 + 2


@pytest.mark.req("TAB-09")
def test_what_a_closing_tab_still_holds_back_reaches_the_others(pair: Pair) -> None:
    one, two = pair(HOLD, "")
    one.run('store.set("n", 1)\nstore.set("n", 2)\nstore.set("m", 3)')
    two.run(until('store.get("n") == 1'))
    assert two.run('store.get("m")') is None
    one.page.close()
    two.run(until('(store.get("n"), store.get("m")) == (2, 3)'))
    two.run(until("len(sync.connected_tabs) == 1 and sync.is_leader"))


@pytest.mark.parametrize(
    ("strategy", "one_has", "two_has", "both_get"),
    [
        ('"last-write-wins"', '"a"', '"b"', "b"),
        ('"first-write-wins"', '"a"', '"b"', "a"),
        ('"merge"', '{"x": 0, "a": 1}', '{"x": 0, "b": 2}', {"x": 0, "a": 1, "b": 2}),
        ('"custom", custom_resolver=lambda *both: "".join(sorted(both))', '"a"', '"b"', "ab"),
    ],
    ids=["last", "first", "merge", "custom"],
)
def test_two_writes_that_did_not_see_each_other_end_as_the_strategy_says(
    pair: Pair, strategy: str, one_has: str, two_has: str, both_get: object
) -> None:
    options = f"conflict_strategy={strategy}, {HOLD}"
    one, two = pair(options, options)
    one.run('store.set("value", {"x": 0})')
    two.run(until('store.get("value") == {"x": 0}'))
    two.run('store.set("said", True)')
    one.run(f'store.set("value", {one_has})')
    two.run(f'store.set("value", {two_has})')
    for tab in (one, two):  # sends what waits first
        tab.run('sync.broadcast_state(["said"])')
    for tab in (one, two):
        tab.run(until(f'store.get("value") == {both_get!r}'))


def test_state_is_asked_for_and_sent_also_where_nothing_changed(pair: Pair) -> None:
    one, two = pair("", "")
    one.run('store.set("a", 1)')
    two.run(until('store.get("a") == 1'))
    one.run("frames.clear()")
    two.run("sync.request_state()")
    one.run(until('"state-request" in frames'))
    two.run("frames.clear()")
    one.run('sync.broadcast_state(["a"])')
    two.run(until('"state-update" in frames'))
    assert two.run('store.get("a")') == 1


@pytest.mark.req("TAB-08")
def test_connected_tabs_and_the_leader_are_known_and_a_tab_can_be_made_to_lead(pair: Pair) -> None:
    one, two = pair("", "")
    both = sorted(tab.run("sync.tab_id") for tab in (one, two))
    assert one.run("ids()") == two.run("ids()") == both
    one.run(until("sync.is_leader"))
    two.run("sync.force_leader()")
    two.run(until('sync.is_leader and states[-1] == "leader"'))
    one.run(until('not sync.is_leader and states[-1] == "follower"'))
    two.run("sync.stop()")
    one.run(until('sync.is_leader and len(ids()) == 1 and states[-1] == "leader"'))
    assert two.run("[sync.is_active, states[-1]]") == [False, "disconnected"]


def test_a_tab_that_does_not_take_part_in_elections_tells_nobody_that_it_leads(pair: Pair) -> None:
    one, two = pair("", "enable_leader_election=False")
    one.run(until("sync.is_leader"))
    two.run("sync.force_leader()")
    one.page.close()
    two.run(until("len(sync.connected_tabs) == 1"))
    assert two.run('[sync.is_leader, "leader" in states]') == [False, False]


def test_use_broadcast_sync_starts_with_the_page_and_ends_with_it(
    pair: Pair, tab_factory: TabFactory
) -> None:
    _, two = pair("", "")
    page = tab_factory()
    page.run(TOOLS)
    page.run(
        """
from pysync import ObservableStore, use_broadcast_sync
store = ObservableStore(here=1)
sync = use_broadcast_sync(store, channel_name="doc", throttle_ms=600_000)
None"""
    )
    two.run(until('len(sync.connected_tabs) == 3 and store.get("here") == 1'))
    page.run(until("len(sync.connected_tabs) == 3"))
    page.run('store.set("late", 1)\nstore.set("late", 2)')
    page.page.close()
    two.run(until('len(sync.connected_tabs) == 2 and store.get("late") == 2'))


@pytest.mark.req("TAB-12")
def test_a_hundred_starts_and_stops_leave_nothing(tab_factory: TabFactory) -> None:
    tab = tab_factory()
    tab.run(TOOLS)
    tab.run(SYNC)
    left = tab.run(
        """
alone()
for n in range(100):
    sync_with(throttle_ms=50, leader_heartbeat_ms=1_000)
    if n % 2:
        await until(lambda: sync.status == "connected")
    store.set("n", n)
    store.set("n", -n)
    sync.stop()
    sync.stop()
[await nothing_left(), store.watchers]"""
    )
    assert left == [{}, 0]
