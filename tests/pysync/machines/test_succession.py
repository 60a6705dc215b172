"""Stealing the seat: by whom, from whom, how often."""

from __future__ import annotations

import pytest

from pysync.machines import messages, succession
from pysync.machines.cards import LOCKED
from tests.pysync.machines.election_bench import STEAL, WALL, Bench


def _silence_leader(bench: Bench) -> None:
    bench.card("b", 5)
    bench.tick(LOCKED.limit_ms // LOCKED.tick_ms)
    assert STEAL not in bench.taken()


@pytest.mark.req("TAB-08")
def test_succ_2_the_next_in_line_steals_from_a_leader_whose_beats_stopped_within_7_s() -> None:
    bench = Bench()
    _silence_leader(bench)
    bench.tick()
    assert STEAL in bench.taken()
    assert bench.mono <= 7_000
    assert bench.it.leader is None


def test_succ_1_one_that_is_not_next_waits_and_steals_only_when_it_became_next() -> None:
    bench = Bench()
    bench.card("b", 5)
    for beats in range(1, 12):
        bench.card("senior", since=WALL - 50, beats=beats)
        bench.tick()
    assert STEAL not in bench.taken()
    bench.tick(6)
    assert STEAL in bench.taken()


def test_succ_2_nobody_is_robbed_when_our_own_ticks_were_late() -> None:
    bench = Bench()
    bench.card("b", 5)
    bench.tick(4)
    bench.mono += 4_000
    bench.tick(2)
    assert STEAL not in bench.taken()
    assert bench.it.leader == "b"


@pytest.mark.req("TAB-08")
def test_succ_2_a_page_whose_ticks_are_late_again_and_again_replaces_a_silent_leader() -> None:
    for known in (True, False):
        bench = Bench()
        if known:
            bench.card("b", 5)
        for _ in range(6):
            bench.mono += 2 * LOCKED.tick_ms
            bench.tick()  # late
            bench.tick()  # in time
        assert STEAL in bench.taken()


def test_succ_2_an_unknown_holder_is_robbed_when_nobody_was_heard_to_lead() -> None:
    bench = Bench()
    bench.tick(succession.LEADERLESS_MS // LOCKED.tick_ms)
    assert STEAL not in bench.taken()
    bench.tick()
    assert STEAL in bench.taken()


def test_succ_3_elect_5_one_steal_per_window() -> None:
    bench = Bench()
    bench.tick(60)
    steals = [e for e in bench.taken() if e == STEAL]
    assert 2 <= len(steals) <= 60_000 // succession.WINDOW_MS


def test_a_newer_build_asks_an_older_leader_to_yield() -> None:
    bench = Bench(build=4)
    bench.card("b", 5)
    bench.tick()
    assert bench.frames() == [(messages.LEADER_ELECTION, {"force": True})]
    same = Bench(build=3)
    same.card("b", 5)
    same.tick(3)
    assert same.frames() == []
