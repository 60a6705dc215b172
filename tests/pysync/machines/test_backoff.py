"""Backoff: pauses grow as the space has it, each by chance within its time."""

from __future__ import annotations

import pytest

from pysync.machines.backoff import FIRST_MS, LATEST_MS, pause
from pysync.model.ordinary import Backoff

pytestmark = pytest.mark.req("SRV-05")


@pytest.mark.parametrize(
    ("way", "most"),
    [
        ("exponential", [1, 2, 4, 8, 16, 32, 60, 60, 60]),
        ("linear", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ],
)
def test_backoff_1_pauses_grow_and_are_by_chance(way: Backoff, most: list[int]) -> None:
    for tries, seconds in enumerate(most):
        found = sorted(pause(tries, way, "device", n) for n in range(200))
        assert 0 <= found[0] < seconds * 100
        assert seconds * 900 < found[-1] <= seconds * 1_000


@pytest.mark.parametrize("way", ["exponential", "linear"])
def test_backoff_1_no_pause_is_longer_than_the_latest(way: Backoff) -> None:
    assert all(pause(10_000, way, n) <= LATEST_MS for n in range(100))
    assert max(pause(0, way, n) for n in range(100)) <= FIRST_MS
