"""All tabs end equal under every strategy, whatever the timing (TAB-05)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pysync import BroadcastSync, ObservableStore, Schema, SyncedKV, create_broadcast_sync
from pysync.model.schema import STRATEGIES
from pysync.ports import StoreFault
from pysync.space import Space
from tests.pysync.rig import Device

pytestmark = pytest.mark.req("TAB-05")

Resolve = Any


class Desk:
    """Tabs with a bridged store each, under one strategy."""

    def __init__(self, tabs: int, strategy: str, resolve: Resolve = None, **options: Any) -> None:
        self.device = Device()
        self.stores: list[ObservableStore] = []
        self.spaces: list[Space] = []
        self.syncs: list[BroadcastSync] = []
        for _ in range(tabs):
            space = self.device.open(schema=Schema(strategy=strategy))  # type: ignore[arg-type]
            store = ObservableStore()
            sync = create_broadcast_sync(
                store,
                space=space,
                conflict_strategy=strategy,
                custom_resolver=resolve,
                **{"throttle_ms": 0, **options},
            )
            self.stores.append(store)
            self.spaces.append(space)
            self.syncs.append(sync.start())
            self.device.settle()

    def calm(self) -> None:
        """Everybody runs, hears everything, and has time."""
        for space in self.spaces:
            host = space.tab
            if not host.awake:
                space.host.report(host.resumed)  # type: ignore[attr-defined]
        for _ in range(8):
            self.device.beat()

    def everywhere(self, key: str) -> Any:
        """The value that all stores and all views agree on."""
        values = [store.get(key) for store in self.stores]
        shown = [(space.view.get(key, "value") or {}).get("value") for space in self.spaces]
        assert all(value == values[0] for value in (*values, *shown)), (values, shown)
        return values[0]


def at_once(desk: Desk, *values: Any, key: str = "x", apart_ms: float = 5) -> None:
    """Each tab writes before it heard of the others."""
    for store, value in zip(desk.stores, values, strict=True):
        desk.device.pass_time(apart_ms, settle=False)
        store.set(key, value)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_last_and_first_write_win_by_stamp_whoever_hears_what_first(order: tuple[int, ...]) -> None:
    for strategy, wanted in (("last-write-wins", "c"), ("first-write-wins", "a")):
        desk = Desk(3, strategy)
        at_once(desk, "a", "b", "c")
        for tab in order:
            desk.device.deliver(desk.spaces[tab].tab_id, 99)
        desk.calm()
        assert desk.everywhere("x") == wanted


def test_merge_takes_both_sides() -> None:
    desk = Desk(2, "merge")
    desk.stores[0].set("stock", {"towels": 150, "soap": 3, "tags": ["a"]})
    desk.calm()
    at_once(
        desk,
        {"towels": 150, "soap": 4, "tags": ["a", "b"]},
        {"towels": 145, "soap": 3, "tags": ["a", "c"]},
        key="stock",
    )
    desk.calm()
    merged = desk.everywhere("stock")
    assert {**merged, "tags": sorted(merged["tags"])} == {
        "towels": 145, "soap": 4, "tags": ["a", "b", "c"]
    }  # fmt: skip


def test_custom_runs_in_the_leader_over_all_candidates() -> None:
    runs: list[tuple[Any, Any]] = []

    def most(local: Any, remote: Any) -> Any:
        runs.append((local, remote))
        return max(local, remote)

    desk = Desk(3, "custom", most)
    at_once(desk, 5, 9, 3)
    desk.calm()
    assert desk.everywhere("x") == 9
    assert runs, "the resolver was asked"
    assert all(space.conflicts() == [] for space in desk.spaces)


@pytest.mark.parametrize("leader_first", [True, False])
def test_custom_gets_the_leaders_own_write_as_local(leader_first: bool) -> None:
    runs: list[tuple[Any, Any]] = []

    def join(local: Any, remote: Any) -> Any:
        runs.append((local, remote))
        return f"{local}+{remote}"

    desk = Desk(2, "custom", join)
    assert desk.syncs[0].is_leader
    for tab in (0, 1) if leader_first else (1, 0):
        desk.stores[tab].set("x", "leader" if tab == 0 else "other")
        desk.device.pass_time(5, settle=False)
    desk.calm()
    assert runs == [("leader", "other")]
    assert desk.everywhere("x") == "leader+other"


def test_nothing_is_resolved_while_somebody_is_changing_it() -> None:
    """RESOLVE-1."""
    desk = Desk(3, "custom", max)
    desk.device.hosts[2].memory.fault = StoreFault("full")
    at_once(desk, 5, 9, 3)
    desk.device.hosts[0].member.waiting.reverse()
    desk.device.settle()
    assert len(desk.spaces[0].conflicts()) == 1, "3 is heard, but not decided"
    desk.device.hosts[2].memory.fault = None
    desk.calm()
    assert desk.everywhere("x") == 9


def test_a_value_set_knowing_the_shown_one_is_not_resolved_away() -> None:
    """RESOLVE-2."""
    asked: list[Any] = []
    desk = Desk(3, "custom", lambda local, remote: asked.append(remote) or max(local, remote))
    at_once(desk, 5, 9, 3)
    # Before the leader has heard of any of it, another tab goes on from what it is shown.
    desk.device.deliver(desk.spaces[1].tab_id, 99)
    assert desk.stores[1].get("x") == 3
    desk.stores[1].set("x", 1)
    desk.calm()
    assert desk.everywhere("x") == 1
    assert asked == []
    assert all(space.conflicts() == [] for space in desk.spaces)


def test_a_resolver_that_fails_leaves_the_newer_value_and_says_so() -> None:
    desk = Desk(2, "custom", lambda *_: 1 / 0)
    at_once(desk, "a", "b")
    desk.calm()
    assert desk.everywhere("x") == "b"
    assert len(desk.spaces[1].conflicts()) == 1
    problems = [problem.detail for sync in desk.syncs for problem in sync.problems]
    assert len(problems) == 1
    assert "ZeroDivisionError" in problems[0]


def test_a_leader_without_a_resolver_leaves_it_to_the_next() -> None:
    desk = Desk(2, "custom", max)
    desk.syncs[0].stop()
    bare = SyncedKV("x", 0, space=desk.spaces[0])
    bare.set(7)
    desk.device.pass_time(5, settle=False)
    desk.stores[1].set("x", 3)
    desk.device.settle()
    assert (bare.value, len(desk.spaces[0].conflicts())) == (3, 1)
    desk.syncs[1].force_leader()
    desk.calm()
    assert (bare.value, desk.stores[1].get("x")) == (7, 7)
    assert desk.spaces[0].conflicts() == []


def test_of_two_resolutions_the_first_in_the_log_wins() -> None:
    runs: list[Any] = []

    def name(local: Any, remote: Any) -> Any:
        runs.append((local, remote))
        return f"resolution {len(runs)}"

    desk = Desk(2, "custom", name)
    at_once(desk, "a", "b")
    former, latter = desk.device.hosts
    # The former leader resolves, but its store does not take it, and nobody hears of it.
    former.memory.fault = StoreFault("full")
    desk.device.deliver(desk.spaces[0].tab_id, 99)
    former.end_task()
    heard = [text for text in latter.member.waiting if "Resolved" not in text]
    assert len(heard) == len(latter.member.waiting) - 1
    latter.member.waiting.clear()
    latter.member.waiting.extend(heard)
    desk.syncs[1].force_leader()
    desk.device.settle()
    assert desk.stores[1].get("x") == "resolution 2"
    assert desk.spaces[1].conflicts() == []
    former.memory.fault = None
    desk.calm()
    assert desk.everywhere("x") == "resolution 2"
    assert [space.conflicts() for space in desk.spaces] == [[], []]


# -- any timing -----------------------------------------------------------------------------------

TABS = 3
keys = st.sampled_from(["x", "y"])
values = st.one_of(
    st.integers(0, 9),
    st.fixed_dictionaries({}, optional={"a": st.integers(0, 3), "b": st.integers(0, 3)}),
    st.lists(st.integers(0, 3), max_size=3),
)
tabs = st.integers(0, TABS - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("set"), tabs, keys, values),
        st.tuples(st.just("deliver"), tabs, st.integers(1, 4)),
        st.tuples(st.just("task ends"), tabs),
        st.tuples(st.just("time"), st.sampled_from([1, 30, 200])),
        st.tuples(st.just("settle")),
        st.tuples(st.just("lead"), tabs),
        st.tuples(st.just("away or back"), tabs),
        st.tuples(st.just("send all"), tabs),
    ),
    max_size=40,
)


def act(desk: Desk, step: Any) -> None:
    what, *rest = step
    if what == "set":
        tab, key, value = rest
        desk.stores[tab].set(key, value)
    elif what == "deliver":
        desk.device.deliver(desk.spaces[rest[0]].tab_id, rest[1])
    elif what == "task ends":
        desk.device.hosts[rest[0]].end_task()
    elif what == "time":
        desk.device.pass_time(rest[0], settle=False)
    elif what == "settle":
        desk.device.settle()
    elif what == "lead":
        desk.syncs[rest[0]].force_leader()
    elif what == "send all":
        desk.syncs[rest[0]].broadcast_state()
    else:
        host = desk.device.hosts[rest[0]]
        host.report(host.tab.hid if host.tab.awake else host.tab.resumed)


def bigger(local: Any, remote: Any) -> Any:
    return max(local, remote, key=repr)


@pytest.mark.parametrize("throttle", [0, 50])
@pytest.mark.parametrize("strategy", STRATEGIES)
@settings(
    deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
@given(script=steps)
def test_all_tabs_end_equal(strategy: str, throttle: int, script: list[Any]) -> None:
    """SYNC-3."""
    resolve = bigger if strategy == "custom" else None
    desk = Desk(TABS, strategy, resolve, throttle_ms=throttle)
    for step in script:
        act(desk, step)
    desk.calm()
    for key in ("x", "y"):
        desk.everywhere(key)
    assert [problem for sync in desk.syncs for problem in sync.problems] == []
    if strategy == "custom":
        assert all(space.conflicts() == [] for space in desk.spaces)
    written = {repr(step[3]) for step in script if step[0] == "set"}
    if strategy != "merge":
        for key in ("x", "y"):
            value = desk.everywhere(key)
            assert value is None or repr(value) in written


def test_the_strategies_are_the_ones_that_are_tested() -> None:
    assert set(STRATEGIES) == {"last-write-wins", "first-write-wins", "merge", "custom"}
