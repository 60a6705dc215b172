"""Presence: who is counted, and when no longer. One machine, its clock in our hands."""

from __future__ import annotations

from typing import Any

import pytest

from pysync.errors import ProtocolError
from pysync.machines import messages
from pysync.machines.cards import BARE, LOCKED, TabChanged, TabJoined, TabLeft
from pysync.machines.effects import Effect, Moment, Post, QueryLocks, ReleaseLock, RequestLock
from pysync.machines.messages import Frame
from pysync.machines.presence import GRACE_MS, MAX_PEERS, Presence

WALL = 1_700_000_000_000


class Bench:
    """A presence with its effects and events in reach, and a clock that only we move."""

    def __init__(self, *, locks: bool = True, tab: str = "me", build: int = 3) -> None:
        self.out: list[Effect] = []
        self.told: list[object] = []
        self.mono = 0.0
        self.it = Presence(
            space="s",
            tab=tab,
            born=WALL,
            build=build,
            locks=locks,
            out=self.out,
            tell=self.told.append,
        )
        self.it.start(self.now)

    @property
    def now(self) -> Moment:
        return Moment(WALL + self.mono, self.mono)

    def hear(self, tab: str, type_: str = messages.HEARTBEAT, /, **card: Any) -> None:
        payload = {"born": WALL, "since": WALL, "hidden": False, "build": 3, "beats": 0}
        frame = Frame(type_, tab, WALL, {**payload, "leader": None, **card})
        self.it.heard(frame, self.now)

    def tick(self, times: int = 1, *, held: tuple[str, ...] | None = None) -> None:
        for _ in range(times):
            self.mono += self.it.pace.tick_ms
            self.it.beat(self.now)
            if held is not None:
                self.it.locks_seen({f"pysync:s:tab:{tab}" for tab in held}, self.now)

    def posted(self) -> list[Frame]:
        frames = [messages.decode(e.text) for e in self.out if isinstance(e, Post)]
        self.out.clear()
        return frames

    @property
    def ids(self) -> list[str]:
        return [info.id for info in self.it.tabs()]


def test_start_takes_the_own_lock_and_asks_who_is_there() -> None:
    bench = Bench()
    assert RequestLock("pysync:s:tab:me") in bench.out
    [ping] = bench.posted()
    assert ping.type == messages.TAB_PING
    assert bench.ids == ["me"]


def test_where_there_are_no_locks_none_is_asked_for() -> None:
    bench = Bench(locks=False)
    bench.tick()
    bench.it.stop(bench.now)
    assert all(isinstance(effect, Post) for effect in bench.out)


def test_a_ping_is_answered_with_what_others_need_to_know() -> None:
    bench = Bench()
    bench.posted()
    bench.hear("b", messages.TAB_PING, hidden=True, build=4)
    [pong] = bench.posted()
    assert pong.type == messages.TAB_PONG
    assert pong.payload["build"] == 3
    assert bench.told == [TabJoined("b")]
    peer = next(info for info in bench.it.tabs() if info.id == "b")
    assert (peer.hidden, peer.build, peer.leader, peer.own) == (True, 4, False, False)


@pytest.mark.req("TAB-03")
def test_pres_1_a_tab_that_says_bye_is_gone_at_once_until_it_speaks_again() -> None:
    bench = Bench()
    bench.hear("b", beats=4)
    bench.it.heard(Frame(messages.TAB_BYE, "b", WALL, {}), bench.now)
    assert bench.ids == ["me"]
    bench.it.heard(Frame(messages.TAB_BYE, "b", WALL, {}), bench.now)
    assert bench.told == [TabJoined("b"), TabLeft("b", "bye")]
    bench.hear("b", beats=5)
    assert bench.ids == ["b", "me"]
    bench.it.heard(Frame(messages.TAB_BYE, "b", WALL, {"frozen": True}), bench.now)
    assert bench.told[-1] == TabLeft("b", "paused")


@pytest.mark.req("TAB-03")
@pytest.mark.parametrize(("locks", "bound"), [(True, 7_000), (False, 2_000)])
def test_pres_2_answers_do_not_keep_a_tab_whose_beats_stand_still(locks: bool, bound: int) -> None:
    bench = Bench(locks=locks)
    bench.hear("b", beats=7)
    seen_last = bench.mono
    while bench.it.is_awake("b"):
        assert bench.mono - seen_last <= bound, "still counted"
        bench.hear("b", messages.TAB_PONG, beats=7)
        bench.it.heard(Frame(messages.STATE_RESPONSE, "b", WALL, {}), bench.now)
        bench.tick(held=("me", "b"))
    assert bench.told == [TabJoined("b"), TabLeft("b", "silent")]
    assert bench.it.is_silent("b")
    bench.hear("b", beats=7)
    assert not bench.it.is_awake("b")
    bench.hear("b", beats=8)
    assert bench.it.is_awake("b")
    assert bench.told[2:] == [TabJoined("b")]


def test_pres_2_a_beating_tab_stays_counted() -> None:
    for locks in (True, False):
        bench = Bench(locks=locks)
        for beats in range(40):
            bench.hear("b", beats=beats)
            bench.tick(held=("me", "b"))
        assert bench.told == [TabJoined("b")]


def test_pres_3_silence_during_our_own_absence_condemns_nobody() -> None:
    bench = Bench()
    bench.hear("b")
    bench.tick()
    bench.mono += 60_000
    bench.tick()
    assert bench.it.is_awake("b")
    bench.tick(LOCKED.limit_ms // LOCKED.tick_ms)
    assert bench.it.is_awake("b")
    bench.tick()
    assert not bench.it.is_awake("b")


def test_pres_3_a_page_whose_ticks_are_late_again_and_again_still_notices_silence() -> None:
    bench = Bench()
    bench.hear("b")
    for _ in range(5):
        bench.mono += 2 * LOCKED.tick_ms
        bench.tick()  # late: proves nothing
        assert bench.it.is_awake("b")
        bench.tick()
    assert bench.it.is_awake("b")
    bench.tick()
    assert not bench.it.is_awake("b")


def test_ticks_that_stayed_away_too_long_mean_that_we_were_frozen() -> None:
    bench = Bench()
    bench.tick()
    before = bench.it.since
    bench.posted()
    bench.mono += LOCKED.limit_ms
    bench.tick()
    assert [frame.type for frame in bench.posted()] == [messages.TAB_PING]
    assert bench.it.since > before


@pytest.mark.req("TAB-03")
def test_pres_4_a_tab_whose_lock_is_gone_has_crashed() -> None:
    bench = Bench()
    bench.hear("b")
    bench.tick(held=("me", "b"))
    bench.tick(held=("me",))
    assert bench.told[-1] == TabLeft("b", "crashed")
    assert bench.ids == ["me"]


def test_pres_4_a_tab_heard_just_now_may_still_wait_for_its_lock() -> None:
    bench = Bench()
    bench.mono = 900
    bench.hear("b")
    bench.it.locks_seen({"pysync:s:tab:me"}, bench.now)
    assert bench.it.is_awake("b")
    bench.mono += GRACE_MS + 1
    bench.it.locks_seen({"pysync:s:tab:me"}, bench.now)
    assert not bench.it.is_awake("b")


def test_pres_4_a_returning_tab_gets_the_grace_anew() -> None:
    bench = Bench()
    bench.hear("b", beats=3)
    bench.tick(3, held=("me", "b"))
    bench.hear("b", messages.TAB_PING, since=WALL + 5_000, beats=3)
    bench.it.locks_seen({"pysync:s:tab:me"}, bench.now)
    assert bench.it.is_awake("b")


def test_pres_5_a_frame_under_our_own_id_changes_nothing() -> None:
    bench = Bench()
    bench.posted()
    bench.hear("me", messages.TAB_PING)
    bench.it.heard(Frame(messages.TAB_BYE, "me", WALL, {}), bench.now)
    assert bench.it.duplicates == 2
    assert (bench.posted(), bench.told, bench.ids) == ([], [], ["me"])


def test_pres_6_this_tab_is_counted_also_while_paused_and_hears_nothing() -> None:
    bench = Bench()
    bench.hear("b")
    bench.posted()
    bench.it.pause(bench.now, frozen=True)
    assert ReleaseLock("pysync:s:tab:me") in bench.out
    [bye] = bench.posted()
    assert (bye.type, bye.payload) == (messages.TAB_BYE, {"frozen": True})
    assert bench.ids == ["me"]
    assert bench.told[-1] == TabLeft("b", "paused")
    bench.hear("b", messages.TAB_PING)
    bench.tick(3)
    bench.it.locks_seen(set(), bench.now)
    bench.it.pause(bench.now, frozen=False)
    assert (bench.posted(), bench.ids) == ([], ["me"])
    before = bench.it.since
    bench.it.resume(bench.now)
    assert bench.it.since > before
    assert [frame.type for frame in bench.posted()] == [messages.TAB_PING]


def test_any_frame_proves_that_its_sender_exists_and_its_card_replaces_the_guess() -> None:
    bench = Bench()
    bench.it.heard(Frame(messages.STATE_UPDATE, "b", WALL + 900, [1, []]), bench.now)
    assert bench.it.is_awake("b")
    assert bench.it.build_of("b") is None
    bench.hear("b", since=WALL - 5, build=9, beats=0)
    assert bench.it.build_of("b") == 9
    assert bench.ids == ["b", "me"]
    assert bench.told == [TabJoined("b")]


def test_an_overtaken_frame_does_not_bring_back_what_was() -> None:
    bench = Bench()
    bench.hear("b", since=WALL + 100, beats=9, hidden=True)
    bench.hear("b", since=WALL, beats=3, hidden=False)
    assert next(info for info in bench.it.tabs() if info.id == "b").hidden


def test_hiding_is_told_to_the_others_and_heard_of_them() -> None:
    bench = Bench()
    bench.hear("b", beats=1)
    bench.posted()
    bench.it.hid(True, bench.now)
    bench.it.hid(True, bench.now)
    [beat] = bench.posted()
    assert (beat.type, beat.payload["hidden"]) == (messages.HEARTBEAT, True)
    bench.hear("b", beats=1, hidden=True)
    bench.hear("b", beats=2, hidden=False)
    assert bench.told[1:] == [TabChanged("me"), TabChanged("b"), TabChanged("b")]


@pytest.mark.req("SRV-22")
def test_what_a_tab_shows_is_told_at_once_and_known_to_who_comes_later() -> None:
    bench = Bench()
    bench.hear("b", beats=1, looks=["stays", "7"])
    bench.posted()
    bench.it.look(("rooms", "1"), bench.now)
    bench.it.look(("rooms", "1"), bench.now)
    [beat] = bench.posted()
    assert (beat.type, beat.payload["looks"]) == (messages.HEARTBEAT, ["rooms", "1"])
    bench.hear("c", messages.TAB_PING)
    assert bench.posted()[0].payload["looks"] == ["rooms", "1"]
    bench.hear("b", beats=1, looks=[])
    assert {info.id: info.looks for info in bench.it.tabs()} == {
        "me": ("rooms", "1"),
        "b": (),
        "c": None,
    }
    assert bench.told[1:] == [TabChanged("me"), TabJoined("c"), TabChanged("b")]
    for looks in ("stays", ["stays"], ["stays", "7", "8"], [1, 2], {"a": 1}, ["", "x"]):
        with pytest.raises(ProtocolError):
            bench.hear("b", beats=2, looks=looks)


def test_beats_are_told_as_often_as_the_pace_says() -> None:
    for locks, pace in ((True, LOCKED), (False, BARE)):
        bench = Bench(locks=locks)
        bench.posted()
        bench.tick(20_000 // pace.tick_ms)
        assert QueryLocks() in bench.out or not locks
        told = [f for f in bench.posted() if f.type == messages.HEARTBEAT]
        assert len(told) == 20_000 // pace.beat_ms
        beats = [frame.payload["beats"] for frame in told]
        assert beats == sorted(set(beats))


def test_a_beat_tells_how_far_the_tab_is_so_that_others_notice_what_they_missed() -> None:
    bench = Bench()
    bench.it.seq, bench.it.made, bench.it.known_term = 7, 3, 2
    bench.posted()
    bench.tick(2)
    [beat] = [frame for frame in bench.posted() if frame.type == messages.HEARTBEAT]
    assert [beat.payload[name] for name in ("seq", "made", "term")] == [7, 3, 2]


def test_the_leader_is_marked_and_seniority_counts_from_the_last_waking() -> None:
    bench = Bench()
    bench.hear("old", since=WALL - 10)
    bench.hear("new", since=WALL + 10)
    bench.it.leads("old", 4)
    assert [(i.id, i.leader) for i in bench.it.tabs()] == [
        ("old", True),
        ("me", False),
        ("new", False),
    ]
    assert bench.it.rank() == 0
    bench.it.leads("new", 5)
    assert bench.it.rank() == 1
    assert bench.told[-2:] == [TabChanged("old"), TabChanged("new")]
    bench.it.leads("me", 6)
    bench.posted()
    bench.hear("x", messages.TAB_PING)
    assert bench.posted()[0].payload["leader"] == 6


def test_a_newer_build_goes_before_an_older_tab() -> None:
    bench = Bench(build=3)
    bench.hear("newer", since=WALL + 10, build=4)
    assert bench.it.rank() == 1


def test_a_stolen_own_lock_is_taken_again() -> None:
    bench = Bench()
    bench.out.clear()
    bench.it.lock_lost("pysync:s:leader")
    bench.it.lock_lost("pysync:s:tab:me")
    assert bench.out == [RequestLock("pysync:s:tab:me")]


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        {},
        {"born": 1, "since": 1, "hidden": 0, "build": 1, "beats": 1},
        {"born": -1, "since": 1, "hidden": False, "build": 1, "beats": 1},
        {"born": 1, "since": 1, "hidden": False, "build": True, "beats": 1},
        {"born": 1, "since": 1, "hidden": False, "build": 1, "beats": 2.5},
        {"born": 1, "since": 2**60, "hidden": False, "build": 1, "beats": 1},
    ],
)
def test_a_malformed_card_is_refused(payload: Any) -> None:
    bench = Bench()
    with pytest.raises(ProtocolError):
        bench.it.heard(Frame(messages.HEARTBEAT, "b", WALL, payload), bench.now)
    assert bench.ids == ["me"]


def test_the_number_of_peers_is_bounded() -> None:
    bench = Bench()
    for n in range(MAX_PEERS + 5):
        bench.hear(f"t{n:04}")
    assert len(bench.ids) == MAX_PEERS + 1
