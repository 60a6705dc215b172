"""What an application sees of a relay: levels of a write, refusals, and how the device stands."""

from __future__ import annotations

from functools import partial

import pytest

from pysync import Draft, NotDurable, Refused, Space, Unknown, UsageError
from pysync.machines.status import Status
from tests.pysync.house import SCHEMA, book, note, put
from tests.pysync.relay.town import Town, meet
from tests.pysync.rig import outcome

pytestmark = pytest.mark.req("TAB-15", "SRV-11")


def count(draft: Draft) -> None:
    """A pure function of what it reads."""
    put(n=((draft.get("notes", "n") or {}).get("n") or 0) + 1)(draft)


def test_ack_1_a_write_is_acknowledged_when_the_relay_has_stored_and_decided_it() -> None:
    town = Town()
    desk = town.open(town.device(), "desk")
    receipt = desk.run("", put(a=1))
    outcome(receipt.durable())
    waiting = desk.acknowledged(receipt.change_id)
    assert not waiting.done()
    assert not town.relay.log, "it is on its way"
    town.settle()
    outcome(waiting)
    outcome(receipt.acknowledged())
    assert note(town.open(town.device(), "tablet")) == {"a": 1}


@pytest.mark.req("SRV-04")
def test_what_is_written_offline_is_acknowledged_when_the_network_is_back() -> None:
    town = Town()
    device = town.device()
    desk = town.open(device, "desk")
    town.go_offline()
    waiting = desk.acknowledged(desk.run("", put(a=1)).change_id)
    town.settle()
    assert (waiting.done(), desk.status().relay, desk.status().pending) == (False, "offline", 1)
    town.go_online()
    outcome(waiting)
    assert (desk.status().relay, desk.status().pending) == ("online", 0)


def test_ack_1_a_refusal_breaks_the_promise_with_the_relays_reason() -> None:
    town = Town(SCHEMA)
    desk, tablet = town.open(town.device(), "desk"), town.open(town.device(), "tablet")
    town.go_offline()
    desk.run("Book", book("s1", "101"))
    late = tablet.run("Book", book("s2", "101"))
    town.offline = False
    town.lines[0].host.report(desk.tab.relayed.hurry)
    town.settle()
    waiting = tablet.acknowledged(late.change_id)
    town.go_online()
    for promise in (waiting, tablet.acknowledged(late.change_id)):
        with pytest.raises(Refused) as refused:
            outcome(promise)
        assert (refused.value.code, refused.value.params) == ("taken", {"alternatives": ["102"]})
    [letter] = tablet.dead_letters
    assert letter.change.ops[0].fields == {"room": "101"}
    assert desk.dead_letters == []


def test_ack_1_a_function_that_runs_again_is_acknowledged_with_what_supersedes_it() -> None:
    town = Town()
    desk, tablet = town.open(town.device(), "desk"), town.open(town.device(), "tablet")
    desk.run("", put(n=0))
    town.settle()
    town.go_offline()
    promises = [
        space.acknowledged(space.run("", count, rerun=True).change_id)
        for space in (desk, tablet)
        for _ in range(3)
    ]
    town.go_online(commits=False)
    town.relay.commit()
    town.settle(commits=False)
    asked = [tablet.acknowledged(f"tablet.{n}") for n in (1, 2, 3)]
    assert [promise.done() for promise in (*promises, *asked)] == [True] * 3 + [False] * 6
    town.settle()
    for promise in (*promises, *asked):
        outcome(promise)
    for space in (desk, tablet):
        assert note(space) == {"n": 6}


def test_ack_1_a_function_that_waits_for_its_tick_to_run_again_is_not_acknowledged_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pysync.machines.reruns.EAGER", 0)
    town = Town()
    device = town.device()
    desk, tablet = town.open(town.device(), "desk"), town.open(device, "tablet")
    town.go_offline()
    for space in (desk, tablet):
        space.run("", count, rerun=True)
    town.go_online()
    waiting = tablet.acknowledged("tablet.1")
    assert not waiting.done()
    device.beat()
    town.settle()
    outcome(waiting)
    assert note(desk) == {"n": 2}


@pytest.mark.req("SRV-05")
def test_the_refused_change_of_a_tab_that_is_gone_is_told_to_the_leader_of_its_device() -> None:
    town = Town(SCHEMA)
    desk, device = town.open(town.device(), "desk"), town.device()
    author = town.open(device, "author")
    town.go_offline()
    desk.run("Book", book("s1", "101"))
    author.run("Book", book("s2", "101"))
    town.settle()
    author.close()
    heir = town.open(device, "heir")
    town.offline = False
    town.lines[0].host.report(desk.tab.relayed.hurry)
    town.settle()
    town.go_online()
    [letter] = heir.dead_letters
    assert (letter.change.id, letter.code) == ("author.1", "taken")
    assert desk.dead_letters == []


def test_a_function_of_a_tab_that_is_gone_is_decided_as_it_ran() -> None:
    town = Town()
    desk, device = town.open(town.device(), "desk"), town.device()
    author = town.open(device, "author")
    desk.run("", put(n=0))
    town.settle()
    town.go_offline()
    desk.run("", put(n=5))
    author.run("", count, rerun=True)
    town.settle()
    author.close()
    heir = town.open(device, "heir")
    town.go_online()
    for space in (desk, heir):
        [conflict] = space.conflicts(settled=True)
        assert {conflict.shown.value, conflict.other.value} == {1, 5}
    assert heir.dead_letters == []


@pytest.mark.req("SRV-12", "SRV-15", "PMS-09")
def test_a_device_that_is_paused_exchanges_nothing_with_the_relay_and_goes_on_afterwards() -> None:
    town = Town()
    device = town.device()
    one, two = town.open(device, "one"), town.open(device, "two")
    far = town.open(town.device(), "far")
    for space in (one, two):
        space.pause_sync()
    town.settle()
    assert [space.status().relay for space in (one, two)] == ["paused", "paused"]
    two.run("Paused", put(a=1))
    far.run("", put(b=1))
    one.request_state()
    town.go_online()
    assert (note(one), note(two), note(far)) == ({"a": 1}, {"a": 1}, {"b": 1})
    assert [(each.label, each.tab, each.outcome) for each in one.waiting()] == [
        ("Paused", "two", "waiting")
    ]
    late = town.open(device, "late")
    late.pause_sync()
    one.close()
    town.settle()
    assert [space.status().relay for space in (two, late)] == ["paused", "paused"]
    for space in (two, late):
        space.pause_sync(paused=False)
    town.settle()
    for space in (two, late, far):
        assert (note(space), space.waiting()) == ({"a": 1, "b": 1}, [])
        assert space.status().relay == "online"


def test_a_space_that_follows_no_relay_promises_no_acknowledgement() -> None:
    town = Town()
    device = town.device()
    device.disk.epoch = ""
    desk = town.open(device, "desk")
    receipt = desk.run("", put(a=1))
    assert desk.status().relay == "none"
    with pytest.raises(UsageError, match="no relay"):
        outcome(receipt.acknowledged())
    town.settle()
    assert (desk.status().pending, town.relay.log) == (0, [])


def test_ack_1_closing_the_space_breaks_what_is_not_kept_yet() -> None:
    town = Town()
    desk = town.open(town.device(), "desk")
    town.go_offline()
    waiting = desk.acknowledged(desk.run("", put(a=1)).change_id)
    with pytest.raises(Unknown):
        desk.acknowledged("somebody.1")
    desk.close()
    with pytest.raises(NotDurable):
        outcome(waiting)


@pytest.mark.req("SRV-01")
def test_every_tab_knows_when_the_relay_was_there_last() -> None:
    town = Town()
    device = town.device()
    one, two = town.open(device, "one"), town.open(device, "two")
    came = device.moment().wall
    for space in (one, two):
        assert space.status().last_sync == came, "nothing had to be decided for that"
    device.ms += 5_000
    town.go_offline()
    device.settle()
    for space in (one, two):
        assert space.status().last_sync == came + 5_000
    device.ms += 60_000
    assert one.status().last_sync == came + 5_000


@pytest.mark.req("TAB-13")
def test_a_tab_is_behind_until_it_has_all_that_the_relay_had() -> None:
    """Welcomed is not synced: whoever looks then may not have heard of what others wrote."""
    town = Town(SCHEMA)
    desk, device = town.open(town.device(), "desk"), town.device()
    leader, follower = town.open(device, "leader"), town.open(device, "follower")
    town.go_offline()
    told: list[object] = []
    for space in (leader, follower):
        space.on_status(partial(note_caught_up, space, told))
    meet(town, town.devices[0])
    for n in range(9):
        desk.run("", put(n=n))
        town.settle()
    meet(town, device)
    assert told == [{"n": 8}] * 2


def note_caught_up(space: Space, told: list[object], now: Status) -> None:
    """Whenever a tab says that it has everything: what it has."""
    if now.relay == "online" and not now.behind:
        told.append(note(space))
