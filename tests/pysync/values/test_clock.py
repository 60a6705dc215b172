"""Stamps: what is later is greater, and nobody else's clock is believed without bound."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pysync.values.clock import COUNTER_BITS, MAX_AHEAD, HybridClock, stamp_at, wall_of

WALL = 1_700_000_000_000


@given(st.lists(st.integers(WALL - 100_000, WALL + 100_000), max_size=60))
def test_clock_1_stamps_strictly_increase_however_the_wall_clock_jumps(walls: list[int]) -> None:
    clock = HybridClock()
    made = [clock.tick(wall) for wall in walls]
    assert made == sorted(set(made))


def test_clock_1_ten_thousand_stamps_of_one_millisecond_differ_and_then_time_goes_on() -> None:
    clock = HybridClock()
    made = {clock.tick(WALL) for _ in range(10_000)}
    assert len(made) == 10_000
    assert clock.tick(WALL + 60_000) == stamp_at(WALL + 60_000)


@given(st.integers(0, MAX_AHEAD), st.integers(0, 2**COUNTER_BITS - 1))
def test_clock_2_a_stamp_made_after_another_was_heard_is_greater(ahead: int, count: int) -> None:
    clock = HybridClock()
    heard = min(stamp_at(WALL + ahead) + count, stamp_at(WALL + MAX_AHEAD))
    clock.observe(heard, WALL)
    assert clock.tick(WALL) > heard
    assert clock.clamped == 0


def test_clock_2_a_stamp_too_far_ahead_is_noted_and_not_adopted() -> None:
    clock = HybridClock()
    clock.observe(stamp_at(WALL + MAX_AHEAD) + 1, WALL)
    assert clock.clamped == 1
    assert clock.tick(WALL) == stamp_at(WALL)


def test_an_older_stamp_changes_nothing() -> None:
    clock = HybridClock(stamp_at(WALL))
    clock.observe(stamp_at(WALL - 5), WALL)
    assert clock.last == stamp_at(WALL)


def test_the_wall_clock_comes_back_out_of_a_stamp() -> None:
    assert wall_of(stamp_at(WALL + 0.9) + 7) == WALL
