"""One device in virtual time: who is counted, who leads, and how soon, in calm weather.

The bounds are those of the requirements; virtual time makes them exact.
"""

from __future__ import annotations

from functools import partial

import pytest

from pysync.machines.events import Problem, Saved
from pysync.machines.tab import Rung
from pysync.ports import DecidedRow
from pysync.testing.sim import Broken, World
from pysync.testing.sim.verdict import account, unconverged
from tests.sim.device import (
    RUNGS,
    all_count,
    converged,
    counted,
    device,
    leaders,
    led_by,
    name,
    put,
)


@pytest.mark.req("TAB-08")
@pytest.mark.parametrize("rung", RUNGS)
def test_a_lone_tab_leads_within_100_ms(rung: Rung) -> None:
    world = World(1, rung=rung)
    page = world.open()
    assert world.run_until(lambda: led_by(page)) <= 100


@pytest.mark.req("TAB-08", "TAB-03")
@pytest.mark.parametrize("rung", RUNGS)
def test_twenty_tabs_at_once_have_one_leader_and_all_count_twenty(rung: Rung) -> None:
    world = World(2, rung=rung)
    for _ in range(20):
        world.open()
    world.run_until(partial(converged, world), limit_ms=10_000)
    for _ in range(40):
        world.run(500)
        assert len(leaders(world)) == 1
    assert {counted(page) for page in world.pages} == {20}


@pytest.mark.req("TAB-08", "TAB-03")
@pytest.mark.parametrize(("rung", "bound"), [("locks", 250), ("lease", 1_000)])
def test_when_the_leader_closes_the_oldest_takes_over_and_the_count_follows(
    rung: Rung, bound: int
) -> None:
    world, [first, second, third] = device(3, rung)
    assert led_by(first)
    first.close()
    assert world.run_until(lambda: counted(second) == counted(third) == 2) <= 1_000
    assert world.run_until(lambda: led_by(second)) <= bound
    world.run_until(partial(converged, world))


@pytest.mark.req("TAB-08", "TAB-03")
@pytest.mark.parametrize(("rung", "bound"), [("locks", 250), ("lease", 4_500)])
def test_when_the_leader_crashes_the_oldest_takes_over_and_the_count_follows(
    rung: Rung, bound: int
) -> None:
    for seed in range(10):
        world, [first, second, third] = device(3, rung, seed=seed)
        first.die()
        begun = world.timeline.now
        assert world.run_until(partial(led_by, second)) <= bound
        world.run_until(partial(all_count, [second, third], 2))
        assert world.timeline.now - begun <= max(2_000, bound)
        world.run_until(partial(converged, world))


@pytest.mark.req("TAB-03")
@pytest.mark.parametrize("rung", RUNGS)
def test_a_follower_that_crashes_leaves_the_count_within_2_s(rung: Rung) -> None:
    for seed in range(10):
        world, [first, second, third] = device(3, rung, seed=seed)
        third.die()
        assert world.run_until(partial(all_count, [first, second], 2)) <= 2_000


@pytest.mark.req("TAB-08", "TAB-03")
@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("how", ["freeze", "stop", "leave"])
def test_a_leader_that_freezes_is_replaced_within_7_s_and_does_not_come_back(
    rung: Rung, how: str
) -> None:
    world, [first, second, third] = device(3, rung)
    before = {"freeze": first.freeze, "stop": first.stop, "leave": first.leave}
    after = {"freeze": first.thaw, "stop": first.go_on, "leave": first.come_back}
    begun = world.timeline.now
    before[how]()
    world.run_until(lambda: led_by(second))
    world.run_until(lambda: counted(second) == counted(third) == 2)
    assert world.timeline.now - begun <= 7_000
    world.run(30_000)
    assert [page for page in leaders(world) if page.awake] == [second]
    after[how]()
    world.run_until(lambda: counted(second) == counted(third) == counted(first) == 3)
    for _ in range(40):
        world.run(500)
        assert leaders(world) == [second]


@pytest.mark.req("TAB-03")
@pytest.mark.parametrize("rung", RUNGS)
def test_a_hidden_tab_stays_counted_and_is_known_to_be_hidden(rung: Rung) -> None:
    world, [first, second] = device(2, rung)
    second.do(lambda now: second.tab.visibility(True, now))
    world.run(60_000)
    assert [(info.id, info.hidden) for info in first.tab.tabs()] == [("t1", False), ("t2", True)]


@pytest.mark.req("TAB-08")
@pytest.mark.parametrize("rung", RUNGS)
def test_a_forced_tab_leads_and_the_old_leader_follows(rung: Rung) -> None:
    world, [first, second, third] = device(3, rung)
    third.do(third.tab.force_leader)
    assert world.run_until(lambda: led_by(third)) <= 1_000
    world.run(10_000)
    assert leaders(world) == [third]
    assert [page.tab.election.leader for page in (first, second)] == ["t3", "t3"]


@pytest.mark.req("TAB-08")
def test_a_forced_tab_takes_the_seat_from_a_leader_that_does_not_answer() -> None:
    world, [first, second] = device(2)
    first.stop()
    second.do(second.tab.force_leader)
    assert world.run_until(lambda: led_by(second)) <= 500
    first.go_on()
    world.run(20_000)
    assert leaders(world) == [second]


def _stopped_while_reading() -> World:
    """A leader that was stopped with a read under way and decides on it when it goes on, before it
    hears that it was robbed; meanwhile another leads and decides."""
    world, [first, second] = device(2, seed=2)  # in this world the answer is the first to come
    world.queue.weather = world.queue.weather.with_(store_ms=300)
    put(first, "a", name="one")
    world.run_until(lambda: any(isinstance(event, Saved) for event in first.events))
    first.stop()
    world.queue.weather = world.queue.weather.healed()
    world.run_until(lambda: led_by(second))
    put(second, "a", name="two")
    world.run(3_000)
    first.go_on()
    world.run(3_000)
    return world


@pytest.mark.req("TAB-08")
def test_a_thawed_leader_is_fenced_by_the_term() -> None:
    world = _stopped_while_reading()
    assert [page.name for page in leaders(world)] == ["t2"]
    assert "t1" in {who for _, who, what in world.trace if what == "writes decisions under 1"}
    assert not unconverged(world)
    account(world)


def test_without_the_fence_the_simulator_would_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    def unfenced(_term: int, seq: int, _asked: int, rows: list[DecidedRow]) -> int:
        return seq + sum(row.count for row in rows)

    monkeypatch.setattr("pysync.memory.judge_decisions", unfenced)
    with pytest.raises(Broken, match="SIM-"):
        _stopped_while_reading()


@pytest.mark.req("TAB-08")
def test_two_tabs_forced_in_the_same_moment_end_with_one_leader() -> None:
    for seed in range(10):
        world, [_, second, third] = device(3, seed=seed)
        second.do(second.tab.force_leader)
        third.do(third.tab.force_leader)
        world.run(3_000)
        assert len(leaders(world)) == 1
        assert not unconverged(world)


@pytest.mark.req("TAB-08", "TAB-15")
def test_a_blocked_store_leaves_no_space_without_a_leader_and_shows_what_is_not_saved() -> None:
    world, [first, second] = device(2)
    world.queue.blocked = True
    first.close()
    assert world.run_until(lambda: second.tab.election.is_leader) <= 1_500
    assert second.tab.election.term == 0
    third = world.open()
    put(second, "a", name="kept")
    world.run(6_000)
    assert second.tab.status().unsaved == 1
    assert Problem("not-saved", "blocked") in second.events
    assert not third.ready
    world.queue.unblock()
    world.run_until(partial(converged, world))
    assert name(third, "a") == "kept"
