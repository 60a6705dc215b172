"""What a relay, a network or another build may do wrong, and what a device makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pysync.machines.effects import Moment, SetTimer
from pysync.machines.relay_frames import REFUSE, Welcome
from pysync.relay.admission import Admission
from tests.pysync.house import note, put
from tests.pysync.machines.ledger_bench import NOW, Bench, batch
from tests.pysync.machines.test_relayed import EPOCH, FOLLOWED, Line
from tests.pysync.relay.rig import RelayRig
from tests.pysync.relay.rig import batch as pushed
from tests.pysync.relay.town import Town
from tests.pysync.rig import Device, outcome

pytestmark = pytest.mark.req("SRV-05", "SRV-26")


def at(ms: float) -> Moment:
    return Moment(NOW.wall + ms, ms)


def test_session_4_while_nobody_answers_the_timer_rings_a_few_times_only() -> None:
    bench = Bench()
    bench.relayed.follow(FOLLOWED)
    bench.lead()
    bench.it.log_read([], NOW)
    timers = bench.took(SetTimer)
    rings = 0
    while bench.relayed.link.state == "connecting" and rings < 10:
        rings += 1
        bench.relayed.woke(timers[-1].name, at(timers[-1].due))
        timers = bench.took(SetTimer)
    assert (bench.relayed.link.state, rings) == ("offline", 1)


def test_session_5_a_relay_that_welcomes_and_then_fails_is_tried_less_and_less_often() -> None:
    line = Line()
    now, dials = 0.0, 0
    while now < 600_000:
        line.relayed.heard('["entries"]\n[7,1,0,0]\nx', at(now))
        timer = line.took(SetTimer)[-1]
        now = timer.due + 50
        dials += 1
        line.relayed.woke(timer.name, at(now))
        line.relayed.connected(at(now))
        welcome = Welcome(epoch=EPOCH, head=9, resumes=True, now=0)
        line.relayed.heard(welcome.encode(), at(now))
    assert dials < 60


def test_relay_2_a_place_that_is_none_in_the_log_is_refused_and_not_looked_for_again() -> None:
    relay = RelayRig()
    relay.hello("a")
    relay.push("a", pushed("a", 1, 1, 2, 3))
    relay.commit()
    relay.hello("b", seq=1)
    assert [parts[0] for parts in relay.answers("b", REFUSE)] == ["renew"]
    assert not relay.reads


def entries(device: Device, *row: Any, text: str = "") -> None:
    """The leader hears a row of entries."""
    [host] = [host for host in device.hosts if host.tab.election.is_leader]
    lines = [json.dumps(["entries"]), json.dumps(row), *([text] if text else [])]
    host.told(host.tab.relayed.heard, "\n".join(lines))
    device.settle()


@pytest.mark.parametrize("own", [True, False])
def test_what_only_a_newer_build_can_read_is_not_passed_over(own: bool) -> None:
    town = Town()
    device = town.device()
    desk = town.open(device, "desk")
    change = desk.run("", put(a=1)).change_id
    device.settle()
    verdict = [[0, "postponed", "", "", {}, [], []]]
    far = batch("far")
    entries(device, 1, 1, verdict, change if own else 0, text="" if own else far.text)
    status = desk.status()
    assert (status.relay, "reload" in status.relay_reason) == ("refused", True)
    assert (status.seq, status.pending, note(desk)) == (0, 1, {"a": 1})
    desk.close()
    again = town.open(device, "again")
    assert (again.status().problem, note(again)) == ("", {"a": 1})


@pytest.mark.parametrize(
    "verdict",
    [
        [[0, "amended", "", "", {}, [["=", "a/b", "r", {"f": 1}, ""]], []]],
        [[0, "refused", "x", "\ud800", {}, [], []]],
    ],
)
def test_a_verdict_that_makes_no_sense_is_not_stored(verdict: Any) -> None:
    town = Town()
    device = town.device()
    desk = town.open(device, "desk")
    entries(device, 1, 1, verdict, 0, text=batch("far").text)
    assert (device.disk.seq, desk.status().relay) == (0, "refused")
    desk.close()
    assert town.open(device, "again").is_ready


@pytest.fixture
def rejecting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A relay that rejects what the tab `second` made first; answers what it rejected."""
    original = Admission._admit
    rejected: list[str] = []

    def admit(self: Admission, pushed: Any, each: Any) -> Any:
        if each.id != "second.1":
            return original(self, pushed, each)
        rejected.append(each.id)
        self._reject(pushed.conn, each.id, "author", "somebody else's")
        return None

    monkeypatch.setattr(Admission, "_admit", admit)
    return rejected


@pytest.mark.usefixtures("rejecting")
def test_what_is_rejected_stays_away_from_tabs_that_come_later_or_read_the_log_again() -> None:
    town = Town()
    device = town.device()
    desk, second, third = (town.open(device, name) for name in ("desk", "second", "third"))
    second.run("", put(a=1))
    town.settle()
    desk.run("", put(big="x" * 70_000))
    town.settle()
    late = town.open(device, "late")
    device.beat()
    town.settle()
    for space in (desk, second, third, late):
        assert (set(note(space)), space.status().pending) == ({"big"}, 0)


@pytest.mark.req("SRV-05")
def test_void_1_what_is_rejected_is_found_after_all_tabs_were_closed_and_not_sent_again(
    rejecting: list[str],
) -> None:
    town = Town()
    device = town.device()
    desk, second = (town.open(device, name) for name in ("desk", "second"))
    second.run("", put(a=1))
    town.settle()
    device.pass_time(1_000)
    for space in (desk, second):
        space.close()
    device.settle()
    late = town.open(device, "late")
    town.settle()
    assert [(each.change.id, each.message) for each in late.dead_letters] == [
        ("second.1", "somebody else's")
    ]
    assert (late.status().pending, note(late)) == (0, None)
    assert rejecting == ["second.1"]
    late.discard(late.dead_letters[0])
    town.settle()
    late.close()
    assert town.open(device, "later").dead_letters == []


@pytest.mark.usefixtures("rejecting")
def test_an_author_that_was_away_hears_of_its_rejection_when_it_is_back() -> None:
    town = Town()
    device = town.device()
    town.open(device, "desk")
    second = town.open(device, "second")
    town.go_offline()
    waiting = second.acknowledged(second.run("", put(a=1)).change_id)
    device.settle()
    host = device.hosts[1]
    host.report(host.tab.hid)
    town.go_online()
    host.report(host.tab.resumed)
    town.settle()
    with pytest.raises(Exception, match="somebody else's"):
        outcome(waiting)
    assert second.status().pending == 0


def test_relayed_1_what_reaches_the_log_while_it_is_read_is_read_next() -> None:
    line = Line()
    line.it.stored(NOW)
    mine = batch("me")
    line.it.made(mine, NOW)
    mine.key = 1
    line.it.stored(NOW)
    line.read()
    line.read(mine)
    assert line.pushed() == [mine.text]
