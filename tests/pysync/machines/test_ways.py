"""Which way a device dials first, by what it learned of its network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync.machines.ways import FIRST_MS, LATEST_MS, Way, Ways

SOCKET_FIRST: tuple[Way, Way] = ("socket", "http")
HTTP_FIRST: tuple[Way, Way] = ("http", "socket")


@pytest.mark.req("SRV-02")
def test_ways_1_a_socket_that_failed_while_http_carried_is_not_dialled_first_for_a_while() -> None:
    ways = Ways()
    assert ways.order(0.0) == SOCKET_FIRST
    ways.failed("socket", 10.0)
    ways.carried("http", 20.0)
    assert ways.order(20.0) == HTTP_FIRST
    assert ways.order(20.0 + FIRST_MS) == SOCKET_FIRST


def test_ways_1_a_socket_that_was_accepted_and_swallowed_is_not_dialled_first_next() -> None:
    ways = Ways()
    ways.failed("socket", 10.0)
    assert ways.order(11.0) == HTTP_FIRST


def test_ways_2_where_neither_carries_anything_the_next_dial_is_like_the_first() -> None:
    ways = Ways()
    for now in (10.0, 20.0, 30.0):
        ways.failed("socket", now)
        ways.failed("http", now)
        assert ways.order(now) == SOCKET_FIRST
        assert ways.again_at == 0.0


def test_ways_3_the_socket_is_looked_at_again_less_and_less_often() -> None:
    ways = Ways()
    ways.failed("socket", 0.0)
    ways.carried("http", 0.0)
    pauses = []
    for _ in range(8):
        at = ways.again_at
        ways.looked(at)
        pauses.append(ways.again_at - at)
    assert pauses[:3] == [2 * FIRST_MS, 4 * FIRST_MS, 8 * FIRST_MS]
    assert pauses[-1] == LATEST_MS
    ways.carried("socket", 9e6)
    assert (ways.again_at, ways.order(9e6)) == (0.0, SOCKET_FIRST)
    ways.failed("socket", 9e6)
    assert ways.again_at == 9e6 + FIRST_MS, "another network is asked as often as the first"


@given(st.lists(st.tuples(st.sampled_from(["socket", "http"]), st.booleans(), st.floats(0, 1e7))))
def test_every_dial_tries_both_ways(tried: list[tuple[Way, bool, float]]) -> None:
    ways = Ways()
    now = 0.0
    for way, carried, pause in tried:
        now += pause
        (ways.carried if carried else ways.failed)(way, now)
        assert set(ways.order(now)) == {"socket", "http"}
        assert ways.again_at <= now + LATEST_MS
