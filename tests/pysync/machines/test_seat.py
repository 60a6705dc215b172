"""The rungs without locks: a lease in the store, or nothing at all."""

from __future__ import annotations

import pytest

from pysync.machines import messages, seat
from pysync.machines.effects import SetTimer, TakeLease
from pysync.machines.election_table import State
from pysync.machines.leadership import Followed, LeaderChanged, Led
from pysync.ports import Lease, StoreFault
from tests.pysync.machines.election_bench import LOCK, WALL, Bench

BLOCKED = StoreFault("blocked")


def _lease(holder: str, term: int, until: float) -> Lease:
    return Lease(holder, term, WALL + until)


def _holding(term: int = 4) -> Bench:
    bench = Bench("lease")
    assert TakeLease(seat.TTL_MS) in bench.taken()
    bench.it.lease_answered(_lease("me", term, seat.TTL_MS), bench.now)
    return bench


@pytest.mark.req("TAB-08")
def test_the_lease_brings_seat_and_term_at_once() -> None:
    bench = _holding(4)
    assert bench.told == [Led(0), Led(4)]
    assert bench.it.term == 4
    bench.it.lock_granted(LOCK, bench.now)
    bench.it.lock_lost(LOCK, bench.now)
    assert bench.it.is_leader


def test_seat_1_the_lease_is_renewed_long_before_it_ends_one_attempt_at_a_time() -> None:
    bench = _holding()
    bench.taken()
    bench.mono = seat.RENEW_MS
    bench.it.woke("election.seat", bench.now)
    bench.it.woke("election.seat", bench.now)
    assert bench.taken() == [TakeLease(seat.TTL_MS)]
    bench.it.lease_answered(_lease("me", 4, 4_000), bench.now)
    assert bench.told == [Led(0), Led(4)]
    bench.mono += seat.TTL_MS - seat.MARGIN_MS - 1
    bench.it.beat(bench.now)
    assert bench.it.is_leader


@pytest.mark.req("TAB-08")
def test_seat_2_a_lease_that_could_not_be_renewed_is_not_trusted_to_its_end() -> None:
    bench = _holding()
    bench.mono = seat.RENEW_MS
    bench.it.woke("election.seat", bench.now)
    bench.it.lease_answered(BLOCKED, bench.now)
    assert bench.it.is_leader
    bench.mono = seat.TTL_MS - seat.MARGIN_MS
    bench.it.woke("election.seat", bench.now)
    assert bench.told[-1] == Followed("unseated")
    assert bench.it.term == 0


def test_seat_2_an_answer_that_came_too_late_is_worth_nothing() -> None:
    bench = Bench("lease")
    bench.mono = seat.TTL_MS
    bench.it.lease_answered(_lease("me", 4, seat.TTL_MS), bench.now)
    assert bench.told == []


def test_a_lease_that_another_holds_is_tried_for_when_it_ends_by_seniority() -> None:
    bench = Bench("lease")
    bench.card("senior", since=WALL - 50)
    bench.card("b")
    bench.taken()
    bench.it.lease_answered(_lease("b", 4, 2_000), bench.now)
    assert bench.told == [LeaderChanged("b", 0)]
    assert bench.taken() == [SetTimer("election.seat", 2_000 + seat.STEP_MS)]
    bench.hear("b", messages.TAB_BYE, {})
    assert bench.taken() == [SetTimer("election.seat", seat.STEP_MS)]


def test_a_lease_lost_to_another_ends_leading() -> None:
    bench = _holding()
    bench.mono = seat.RENEW_MS
    bench.it.woke("election.seat", bench.now)
    bench.it.lease_answered(_lease("b", 5, 4_000), bench.now)
    assert Followed("unseated") in bench.told


def test_seat_3_a_lease_that_arrives_after_stop_is_given_back() -> None:
    bench = Bench("lease")
    bench.taken()
    bench.it.stop(bench.now)
    bench.it.lease_answered(_lease("me", 4, seat.TTL_MS), bench.now)
    bench.it.lease_answered(_lease("", 4, 0), bench.now)
    assert [e for e in bench.taken() if isinstance(e, TakeLease)] == [TakeLease(0), TakeLease(0)]
    assert bench.told == []


def test_a_forced_tab_tries_again_at_once_when_the_lease_was_given_back() -> None:
    bench = Bench("lease")
    bench.card("b", 5)
    bench.it.force(bench.now)
    bench.taken()
    bench.hear("b", messages.LEADER_ELECTION, {"yield": "me"})
    bench.it.lease_answered(_lease("b", 5, 2_000), bench.now)
    assert TakeLease(seat.TTL_MS) in bench.taken()


def test_a_leader_by_lease_that_yields_gives_it_back_and_follows_the_announcement() -> None:
    bench = _holding(4)
    bench.taken()
    bench.hear("b", messages.LEADER_ELECTION, {"force": True})
    assert TakeLease(0) in bench.taken()
    bench.announce("b", 5)
    assert (bench.it.state, bench.it.leader) == (State.QUEUED, "b")


@pytest.mark.req("TAB-08")
def test_elect_7_with_nothing_to_stand_on_nobody_leads() -> None:
    bench = Bench("none")
    bench.taken()
    bench.tick(30)
    bench.it.force(bench.now)
    bench.it.pause(bench.now)
    bench.it.resume(bench.now)
    bench.announce("b", 3)
    bench.it.lease_answered(_lease("me", 4, 9_000), bench.now)
    assert bench.taken() == []
    assert (bench.told, bench.it.leader, bench.it.is_leader) == ([], None, False)
