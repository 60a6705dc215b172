"""`BroadcastSync`: its options, methods and callbacks (TAB-05), on real tabs in virtual time."""

from __future__ import annotations

from typing import Any

import pytest

from pysync import (
    ObservableStore,
    Schema,
    UsageError,
    create_broadcast_sync,
)
from pysync.machines.messages import decode
from tests.pysync.desk import Desk, frames

pytestmark = pytest.mark.req("TAB-05")


@pytest.mark.req("TAB-01")
def test_a_change_in_one_store_shows_in_the_others(desk: Desk) -> None:
    one, _ = desk.tab()
    two, _ = desk.tab()
    three, _ = desk.tab()
    one.set("theme", "dark")
    desk.settle()
    two.set("font", {"size": 12})
    desk.settle()
    assert three.get("theme") == "dark"
    assert one.get("font") == three.get("font") == {"size": 12}


@pytest.mark.req("TAB-01")
def test_only_the_changed_key_is_sent(desk: Desk) -> None:
    one, _ = desk.tab(ObservableStore(guests=["x" * 1_000], theme="light"))
    desk.tab()
    begun = len(desk.device.said)
    one.set("theme", "dark")
    desk.settle()
    sent = frames(desk, begun)
    assert len(sent) == 1
    assert len(sent[0]) < 250
    assert "guests" not in sent[0]


@pytest.mark.req("TAB-07")
def test_a_new_tab_takes_the_state_over(desk: Desk) -> None:
    desk.tab(ObservableStore(theme="dark", size=3))
    two, _ = desk.tab(ObservableStore(theme="light", only_here=True))
    assert two.get("theme") == "dark"
    assert two.get("size") == 3
    three, _ = desk.tab()
    assert three.get("only_here") is True


@pytest.mark.parametrize(
    ("strategy", "stays"), [("last-write-wins", "blue"), ("first-write-wins", "dark")]
)
def test_what_was_edited_while_the_state_loads_was_edited_without_knowing_it(
    desk: Desk, strategy: Any, stays: str
) -> None:
    one, _ = desk.tab(ObservableStore(theme="dark"), conflict_strategy=strategy)
    desk.device.pass_time(5)
    space = desk.device.open(start=False, schema=Schema(strategy=strategy))
    store = ObservableStore()
    sync = create_broadcast_sync(
        store, space=space, throttle_ms=0, conflict_strategy=strategy
    ).start()
    assert sync.status == "connecting"
    store.set("theme", "blue")
    store.set("new", 1)
    desk.device.hosts[-1].start()
    desk.settle()
    assert sync.status == "connected"
    assert (one.get("theme"), store.get("theme")) == (stays, stays)
    assert one.get("new") == 1
    sync.stop()


def test_sync_keys_and_exclude_keys(desk: Desk) -> None:
    one, _ = desk.tab(sync_keys=["a", "b"], exclude_keys=["b"])
    two, _ = desk.tab()
    for key in ("a", "b", "c"):
        one.set(key, 1)
    desk.settle()
    assert [two.get(key) for key in ("a", "b", "c")] == [1, None, None]
    for key in ("a", "b", "c"):
        two.set(key, 2)
    desk.settle()
    assert [one.get(key) for key in ("a", "b", "c")] == [2, 1, 1]


@pytest.mark.req("TAB-09")
def test_throttle_debounce_and_the_last_value(desk: Desk) -> None:
    one, _ = desk.tab(throttle_ms=100)
    slow, _ = desk.tab(throttle_ms=0, debounce_ms=300)
    two, _ = desk.tab()
    begun = len(desk.device.said)
    for n in range(300):
        one.set("x", n)
        desk.device.pass_time(1_000 / 60)
        if n == 0:
            assert two.get("x") == 0, "the first change goes at once"
    desk.device.pass_time(100)
    assert two.get("x") == 299
    assert len(frames(desk, begun)) <= 51
    begun = len(desk.device.said)
    for n in range(300):
        slow.set("y", n)
        desk.device.pass_time(1_000 / 60)
    assert two.get("y") is None
    desk.device.pass_time(300)
    assert two.get("y") == 299
    assert len(frames(desk, begun)) == 1


@pytest.mark.req("TAB-09")
@pytest.mark.parametrize("how", ["stop", "hid", "froze", "close"])
def test_what_waits_is_sent_before_a_tab_pauses_or_stops(desk: Desk, how: str) -> None:
    one, sync = desk.tab(debounce_ms=10_000)
    two, _ = desk.tab()
    one.set("x", 1)
    host = desk.device.hosts[0]
    if how == "stop":
        sync.stop()
    elif how == "close":
        host.on_events.__self__.close()  # type: ignore[attr-defined]
    else:
        host.report(getattr(host.tab, how))
    desk.settle()
    assert two.get("x") == 1


def test_a_waiting_edit_is_neither_overwritten_nor_taken_for_newer_than_what_it_saw(
    desk: Desk,
) -> None:
    """SYNC-2."""
    one, _ = desk.tab(conflict_strategy="first-write-wins", debounce_ms=500)
    two, _ = desk.tab(conflict_strategy="first-write-wins")
    two.set("x", "start")
    desk.device.pass_time(10)
    one.set("x", "typed here")
    desk.device.pass_time(10)
    two.set("x", "first")
    desk.settle()
    assert one.get("x") == "typed here"
    desk.device.pass_time(500)
    assert (one.get("x"), two.get("x")) == ("first", "first")


def test_should_sync_compares_to_what_the_others_have(desk: Desk) -> None:
    asked: list[tuple[Any, Any]] = []

    def far(previous: Any, following: Any) -> bool:
        asked.append((previous, following))
        return previous is None or abs(following - previous) >= 10

    one, _ = desk.tab(should_sync=far)
    two, _ = desk.tab()
    for x in (0, 4, 8, 12, 15):
        one.set("x", x)
    desk.settle()
    assert two.get("x") == 12
    assert asked == [(None, 0), (0, 4), (0, 8), (0, 12), (12, 15)]
    two.set("x", 50)
    desk.settle()
    one.set("x", 55)
    assert asked[-1] == (50, 55)


def test_a_filter_that_fails_loses_no_change(desk: Desk) -> None:
    one, sync = desk.tab(should_sync=lambda *_: 1 / 0)
    two, _ = desk.tab()
    one.set("x", 1)
    desk.settle()
    assert two.get("x") == 1
    assert "ZeroDivisionError" in sync.problems[0].detail


def test_broadcast_state_sends_what_did_not_change(desk: Desk) -> None:
    one, sync = desk.tab(ObservableStore(a=1, b=2), should_sync=lambda *_: False)
    desk.tab()
    begun = len(desk.device.said)
    sync.broadcast_state(["a", "unknown"])
    desk.settle()
    [frame] = frames(desk, begun)
    assert '"a"' in frame
    assert '"b"' not in frame
    one.set("b", 3)
    desk.settle()
    begun = len(desk.device.said)
    sync.broadcast_state()
    assert '"a"' in frames(desk, begun)[0]
    assert '"b"' in frames(desk, begun)[0]
    with pytest.raises(UsageError, match="list of names"):
        sync.broadcast_state("a")


def test_request_state_asks_the_others(desk: Desk) -> None:
    _, sync = desk.tab()
    desk.tab()
    begun = len(desk.device.said)
    sync.request_state()
    assert decode(desk.device.said[begun]).type == "state-request"


@pytest.mark.req("TAB-03", "TAB-08")
def test_tabs_leadership_and_their_callbacks(desk: Desk) -> None:
    """VOICE-2."""
    told: list[tuple[int, str]] = []
    syncs = [
        desk.tab(on_sync_state_change=lambda state, n=n: told.append((n, state)))[1]
        for n in range(3)
    ]
    assert told == [
        (0, "connected"), (0, "leader"),
        (1, "connected"), (1, "follower"),
        (2, "connected"), (2, "follower"),
    ]  # fmt: skip
    assert [sync.is_leader for sync in syncs] == [True, False, False]
    assert {info.id for info in syncs[2].connected_tabs} == {sync.tab_id for sync in syncs}
    told.clear()
    syncs[2].force_leader()
    desk.settle()
    assert [sync.is_leader for sync in syncs] == [False, False, True]
    assert sorted(told) == [(0, "follower"), (2, "leader")]
    told.clear()
    syncs[0].stop()
    assert told == [(0, "disconnected")]
    assert not syncs[0].is_active
    assert syncs[0].connected_tabs == ()
    assert syncs[0].tab_id == ""


def test_a_paused_page_is_disconnected_until_it_is_back(desk: Desk) -> None:
    told: list[tuple[int, str]] = []
    for n in range(2):
        desk.tab(on_sync_state_change=lambda state, n=n: told.append((n, state)))
    for n, role in ((1, "follower"), (0, "follower")):
        host = desk.device.hosts[n]
        told.clear()
        host.report(host.tab.hid)
        desk.settle()
        assert [state for who, state in told if who == n] == ["disconnected"]
        host.report(host.tab.resumed)
        desk.settle()
        assert [state for who, state in told if who == n][1:] == ["connected", role]
    assert (1, "leader") in told, "who was away does not take over again"


def test_without_leader_election_nobody_is_told_and_nobody_can_be_made_to_lead(desk: Desk) -> None:
    told: list[str] = []
    _, other = desk.tab()
    one, quiet = desk.tab(enable_leader_election=False, on_sync_state_change=told.append)
    quiet.force_leader()
    desk.settle()
    assert other.is_leader
    other.stop()
    desk.device.hosts[0].close()
    desk.settle()
    assert desk.device.hosts[1].tab.election.is_leader, "somebody must write the order"
    assert not quiet.is_leader
    assert told == ["connected"]
    three, _ = desk.tab()
    one.set("x", 1)
    desk.settle()
    assert three.get("x") == 1


def test_a_leader_speaks_as_often_as_asked(desk: Desk) -> None:
    def beats(**options: Any) -> int:
        _, sync = desk.tab(**options)
        own, begun = f'"heartbeat","{sync.tab_id}"', len(desk.device.said)
        for _ in range(6):
            desk.device.beat()
        return sum(own in text for text in desk.device.said[begun:])

    assert beats() == 3
    assert beats(leader_heartbeat_ms=1_000) == 6
    assert beats(leader_heartbeat_ms=60_000) == 3


def test_on_remote_update_names_keys_and_writer(desk: Desk) -> None:
    told: list[tuple[list[str], str]] = []
    one, sync = desk.tab()
    desk.tab(on_remote_update=lambda keys, source: told.append((keys, source)))
    one.set("a", 1)
    desk.settle()
    sync.broadcast_state(["a"])
    desk.settle()
    assert told == [(["a"], sync.tab_id)], "what is there already is no update"


@pytest.mark.req("TAB-14")
def test_debug_notes_what_happens(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    entries: list[Any] = []
    one, sender = desk.tab(debug=True)
    _, receiver = desk.tab(debug=entries.append)
    one.set("a", 1)
    desk.settle()
    sender.stop()
    assert [(e.event, e.type, e.keys) for e in sender.log] == [
        ("started", "", ()), ("sent", "state-update", ("a",)), ("stopped", "", ())
    ]  # fmt: skip
    assert [(e.event, e.sender, e.keys) for e in entries if e.keys] == [
        ("received", sender.log[0].tab, ("a",)),
        ("applied", sender.log[0].tab, ("a",)),
    ]
    assert entries[0].tab == receiver.tab_id
    assert "sent · state-update · a" in capsys.readouterr().out


def test_callbacks_that_fail_harm_nobody(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """VOICE-1."""

    def broken(*_: Any) -> None:
        raise RuntimeError("mine")

    one, _ = desk.tab()
    two, sync = desk.tab(
        on_remote_update=broken, on_sync_state_change=broken, debug=broken, on_problem=broken
    )
    one.set("a", 1)
    one.set("b", 1)
    desk.settle()
    assert (two.get("a"), two.get("b")) == (1, 1)
    assert {problem.kind for problem in sync.problems} == {"function-failed"}
    assert "RuntimeError: mine" in capsys.readouterr().err
