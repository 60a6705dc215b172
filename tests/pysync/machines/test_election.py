"""The election by lock: winning and losing the seat, whom to follow, force.

One tab, its surroundings in our hands. Many tabs at once, with a lossy channel and real queues, are
simulated in `tests/sim`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pysync.errors import ProtocolError
from pysync.machines import messages
from pysync.machines.cards import LOCKED
from pysync.machines.effects import ClaimTerm, Post, ReleaseLock, RequestLock, SetTimer
from pysync.machines.election_table import BOUNDS, State
from pysync.machines.leadership import Followed, LeaderChanged, Led, WhyLost, later_term
from pysync.machines.messages import Frame
from pysync.ports import StoreFault
from tests.pysync.machines.election_bench import LOCK, STEAL, WALL, Bench

BLOCKED = StoreFault("blocked")


@pytest.mark.req("TAB-08")
def test_a_lone_tab_leads_as_soon_as_the_lock_is_granted_and_decides_once_it_has_its_term() -> None:
    bench = Bench()
    assert RequestLock(LOCK) in bench.taken()
    bench.seated()
    assert ClaimTerm(1) in bench.out
    assert (bench.it.is_leader, bench.it.term, bench.it.leader) == (True, 0, "me")
    assert bench.frames() == [(messages.LEADER_ANNOUNCE, {"term": 0, "since": WALL + 1})]
    bench.it.term_claimed(7, bench.now)
    assert bench.told == [Led(0), Led(7)]
    assert (bench.it.is_leader, bench.it.term, bench.it.leader) == (True, 7, "me")
    assert bench.frames()[0] == (messages.LEADER_ANNOUNCE, {"term": 7, "since": WALL + 1})


@pytest.mark.req("TAB-08")
def test_elect_3_an_older_leaders_term_heard_while_the_own_one_is_claimed_is_no_later_right() -> (
    None
):
    bench = Bench()
    bench.seated()
    bench.card("b", None, term=9)
    assert bench.it.is_leader
    bench.it.term_claimed(10, bench.now)
    assert (bench.it.is_leader, bench.it.term) == (True, 10)
    bench.it.lock_lost(LOCK, bench.now)
    bench.seated()
    bench.announce("c", 11)
    assert (bench.it.is_leader, bench.it.leader) == (False, "c")


def test_a_claim_asks_for_more_than_any_term_that_was_heard() -> None:
    bench = Bench()
    bench.card("b", 11)
    bench.seated()
    assert ClaimTerm(12) in bench.taken()
    bench.card("b", 30)
    assert bench.it.state is State.QUEUED


def test_a_term_that_was_overtaken_while_being_claimed_is_claimed_again() -> None:
    bench = Bench()
    bench.seated()
    bench.it.known_term = 9
    bench.taken()
    bench.it.term_claimed(4, bench.now)
    assert bench.taken() == [ClaimTerm(10)]
    bench.it.term_claimed(10, bench.now)
    assert bench.told == [Led(0), Led(10)]


@pytest.mark.req("TAB-08")
@pytest.mark.parametrize("slow", [True, False])
def test_elect_2_a_blocked_store_does_not_delay_leading_but_nothing_is_written(slow: bool) -> None:
    bench = Bench()
    bench.card("b", 6)
    bench.seated()
    assert bench.told[-1] == Led(0)
    assert (bench.it.is_leader, bench.it.term) == (True, 0)
    assert bench.frames()[-1][1]["term"] == 6
    if not slow:
        bench.it.term_claimed(BLOCKED, bench.now)
    bench.bound()
    claims = bench.taken()
    assert (ClaimTerm(7) in claims) is not slow
    bench.it.term_claimed(8, bench.now)
    assert bench.told[-1] == Led(8)
    assert bench.it.term == 8


def test_elect_6_no_second_claim_while_one_is_open() -> None:
    bench = Bench()
    bench.seated()
    bench.it.lock_lost(LOCK, bench.now)
    bench.seated()
    bench.bound()
    bench.bound()
    assert [e for e in bench.taken() if isinstance(e, ClaimTerm)] == [ClaimTerm(1)]
    bench.it.term_claimed(BLOCKED, bench.now)
    bench.bound()
    assert [e for e in bench.taken() if isinstance(e, ClaimTerm)] == [ClaimTerm(1)]


def test_a_late_claim_of_one_who_no_longer_holds_the_seat_makes_no_leader() -> None:
    bench = Bench()
    bench.seated()
    bench.it.lock_lost(LOCK, bench.now)
    bench.told.clear()
    bench.it.term_claimed(4, bench.now)
    assert (bench.told, bench.it.known_term) == ([], 4)
    assert (bench.it.is_leader, bench.it.term) == (False, 0)


@pytest.mark.req("TAB-08")
def test_elect_4_every_way_to_lose_the_seat_ends_writing_and_queues_again() -> None:
    ways: dict[WhyLost, Callable[[Bench], None]] = {
        "unseated": lambda b: b.it.lock_lost(LOCK, b.now),
        "fenced": lambda b: b.it.fenced(b.now),
        "outranked": lambda b: b.announce("b", 6),
    }
    for why, way in ways.items():
        bench = Bench()
        bench.lead(5)
        way(bench)
        assert Followed(why) in bench.told
        assert (bench.it.is_leader, bench.it.term, bench.it.state) == (False, 0, State.QUEUED)
        assert bench.taken()[:2] == [ReleaseLock(LOCK), RequestLock(LOCK)]


@pytest.mark.req("TAB-08")
def test_elect_4_a_paused_tab_lets_go_and_queues_again_at_the_end_when_it_returns() -> None:
    bench = Bench()
    bench.lead(5)
    bench.presence.pause(bench.now, frozen=True)
    bench.it.pause(bench.now)
    assert bench.told[-1] == Followed("paused")
    assert ReleaseLock(LOCK) in bench.taken()
    bench.seated()
    assert bench.taken() == [ReleaseLock(LOCK)]
    bench.announce("b", 9)
    bench.tick(20)
    bench.it.force(bench.now)
    assert bench.taken() == []
    bench.presence.resume(bench.now)
    bench.it.resume(bench.now)
    assert RequestLock(LOCK) in bench.taken()
    assert not bench.it.is_leader


@pytest.mark.req("TAB-08")
def test_elect_4_a_tab_that_was_frozen_unawares_lets_go_of_what_it_thinks_it_holds() -> None:
    bench = Bench()
    bench.lead(5)
    bench.tick()
    bench.mono += LOCKED.limit_ms
    bench.taken()
    bench.tick()
    assert bench.told[-1] == Followed("paused")
    effects = [e for e in bench.taken() if e in (ReleaseLock(LOCK), RequestLock(LOCK))]
    assert effects == [ReleaseLock(LOCK), RequestLock(LOCK)]


def test_stop_gives_everything_back_and_start_begins_again() -> None:
    bench = Bench()
    bench.lead(5)
    bench.it.stop(bench.now)
    assert bench.told[-1] == Followed("stopped")
    assert ReleaseLock(LOCK) in bench.taken()
    bench.it.resume(bench.now)
    bench.seated()
    assert bench.taken() == [ReleaseLock(LOCK)]
    bench.it.start(bench.now)
    assert bench.taken() == [RequestLock(LOCK)]


@pytest.mark.req("TAB-08")
def test_elect_3_a_leader_yields_to_a_later_right_only() -> None:
    bench = Bench()
    bench.lead(5)
    bench.announce("b", 4)
    bench.card("b", 5)
    bench.card("b", 4)
    assert bench.it.is_leader
    bench.announce("b", 5)
    assert not bench.it.is_leader
    assert bench.it.leader == "b"
    bench = Bench()
    bench.lead(5)
    bench.card("b", 6)
    assert (bench.it.is_leader, bench.it.leader) == (False, "b")


def test_elect_3_a_leader_that_hears_of_a_higher_term_than_its_own_steps_down() -> None:
    bench = Bench()
    bench.lead(5)
    bench.card("b", None, term=5)
    assert bench.it.is_leader
    bench.card("b", None, term=6)
    assert (bench.it.is_leader, bench.it.known_term) == (False, 6)
    bench.taken()
    bench.seated()
    assert ClaimTerm(7) in bench.taken()


def test_where_each_tab_has_a_store_of_its_own_a_later_leader_gets_a_higher_term() -> None:
    terms = []
    for known, mono in ((0, 0), (0, 1), (later_term(0, WALL + 9_000, "b"), 2)):
        bench = Bench(shared=False)
        bench.it.known_term, bench.mono = known, mono
        bench.seated()
        terms += [effect.at_least for effect in bench.taken() if isinstance(effect, ClaimTerm)]
        assert terms[-1] > known
    assert terms == sorted(set(terms))
    assert later_term(0, WALL, "a") != later_term(0, WALL, "b")


def test_a_leader_reminds_another_that_thinks_it_leads_but_not_all_the_time() -> None:
    bench = Bench()
    bench.lead(5)
    for _ in range(3):
        bench.card("b", 4)
    assert bench.frames() == [(messages.LEADER_ANNOUNCE, {"term": 5, "since": WALL + 1})]


def test_followers_are_told_of_a_new_leader_and_again_when_it_has_its_term() -> None:
    bench = Bench()
    bench.card("a", 5)
    bench.told.clear()
    bench.announce("b", 5)
    bench.announce("b", 6)
    bench.announce("b", 6)
    assert bench.told == [LeaderChanged("b", 5), LeaderChanged("b", 6)]


def test_followers_know_the_leader_from_any_card_and_forget_it_when_it_goes() -> None:
    bench = Bench()
    bench.card("b", 5, "tab-pong")
    assert bench.told == [LeaderChanged("b", 5)]
    assert next(i for i in bench.presence.tabs() if i.id == "b").leader
    bench.card("c", 4)
    assert bench.it.leader == "b"
    bench.card("b", None, beats=1)
    assert bench.told[-1] == LeaderChanged(None, 5)
    bench.card("b", 5, beats=2)
    bench.hear("b", messages.TAB_BYE, {})
    assert bench.it.leader is None
    bench.announce("c", 5)
    assert bench.it.leader == "c"
    bench.announce("d", 2)
    assert bench.it.leader == "d"


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        (messages.LEADER_ANNOUNCE, None),
        (messages.LEADER_ANNOUNCE, {"term": "5"}),
        (messages.LEADER_ANNOUNCE, {"term": -1}),
        (messages.LEADER_ELECTION, 7),
    ],
)
def test_a_malformed_frame_is_refused_and_changes_nothing(type_: str, payload: Any) -> None:
    bench = Bench()
    bench.lead(5)
    with pytest.raises(ProtocolError):
        bench.hear("b", type_, payload)
    assert bench.it.is_leader


def test_frames_under_our_own_id_are_ignored() -> None:
    bench = Bench()
    bench.lead(5)
    bench.it.heard(Frame(messages.LEADER_ANNOUNCE, "me", WALL, {"term": 9}), bench.now)
    assert bench.it.is_leader


@pytest.mark.req("TAB-08")
def test_elect_5_a_forced_tab_asks_first_and_takes_the_seat_when_it_is_given_way() -> None:
    bench = Bench()
    bench.card("b", 5)
    bench.taken()
    bench.it.force(bench.now)
    assert STEAL not in bench.out
    assert bench.frames() == [(messages.LEADER_ELECTION, {"force": True})]
    bench.hear("b", messages.LEADER_ELECTION, {"yield": "somebody else"})
    assert bench.it.state is State.ASKING
    bench.hear("b", messages.LEADER_ELECTION, {"yield": "me"})
    assert STEAL in bench.taken()
    bench.lead(6)
    assert bench.it.is_leader


@pytest.mark.req("TAB-08")
def test_a_forced_tab_does_not_wait_long_for_an_answer() -> None:
    bench = Bench()
    bench.card("b", 5)
    bench.taken()
    bench.it.force(bench.now)
    assert SetTimer("election.bound", BOUNDS[State.ASKING]) in bench.taken()
    bench.bound()
    assert STEAL in bench.taken()


@pytest.mark.req("TAB-08")
def test_elect_8_a_leader_that_yields_keeps_the_lock_until_it_is_taken_but_not_for_ever() -> None:
    bench = Bench()
    bench.lead(5)
    bench.hear("b", messages.LEADER_ELECTION, {"force": True})
    assert bench.told[-1] == Followed("forced")
    assert bench.it.term == 0
    effects = bench.taken()
    assert ReleaseLock(LOCK) not in effects
    assert [messages.decode(e.text).payload for e in effects if isinstance(e, Post)] == [
        {"yield": "b"}
    ]
    bench.bound()
    assert bench.taken()[-2:] == [ReleaseLock(LOCK), RequestLock(LOCK)]
    bench.lead(6)
    bench.hear("b", messages.LEADER_ELECTION, {"force": True})
    bench.it.lock_lost(LOCK, bench.now)
    assert bench.it.state is State.QUEUED
