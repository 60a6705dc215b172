"""How live a tab is: derived from its status, for every status there is (RT-02, RT-05)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest

from pysync import Collection, Space
from pysync.connection import Connection, confirmed_at, connection_of
from pysync.machines.relay_link import Link
from pysync.ports import FaultReason, StoreFault
from tests.pysync.relay.town import Town, meet
from tests.pysync.rig import Device

pytestmark = pytest.mark.req("RT-02")
FINE = Device().open().status()


def connection(space: Space) -> tuple[Connection, str]:
    """How its tab is connected."""
    return connection_of(space.status(), awake=space.tab.awake)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ({}, "connected"),
        ({"ready": False}, "connecting"),
        ({"relay": "none", "channel": "storage"}, "connected"),
        ({"relay": "none", "channel": "none"}, "disconnected"),
        ({"relay": "online", "channel": "none"}, "connected"),
        ({"relay": "connecting"}, "connecting"),
        ({"relay": "online"}, "connected"),
        ({"relay": "online", "behind": True}, "connecting"),
        ({"relay": "online", "pending": 3, "unsaved": 1, "conflicts": 1}, "connected"),
        ({"relay": "offline"}, "disconnected"),
        ({"relay": "paused"}, "disconnected"),
        ({"relay": "refused", "relay_reason": "too old"}, "error"),
        ({"relay": "signed-out"}, "error"),
        ({"relay": "online", "problem": "full"}, "error"),
        ({"relay": "online", "problem": "blocked"}, "connected"),
        ({"ready": False, "problem": "corrupt"}, "error"),
        ({"problem": "apart"}, "error"),
    ],
)
def test_the_connection_follows_the_status(status: dict[str, Any], state: str) -> None:
    given = replace(FINE, **status)
    found, reason = connection_of(given, awake=True)
    assert found == state
    assert reason or state in ("connected", "connecting") or status.get("relay")
    assert connection_of(given, awake=False)[0] == "disconnected"


def test_every_link_and_every_fault_has_an_answer() -> None:
    for relay in get_args(Link):
        for problem in ("", "apart", *get_args(FaultReason)):
            state, _ = connection_of(replace(FINE, relay=relay, problem=problem), awake=True)
            assert state in ("connecting", "connected", "disconnected", "error")


def test_the_reason_of_the_relay_is_told() -> None:
    status = replace(FINE, relay="refused", relay_reason="this page is too old")
    assert connection_of(status, awake=True) == ("error", "this page is too old")


def test_a_page_that_is_put_away_or_closed_is_not_connected() -> None:
    device = Device()
    space = device.open()
    assert connection(space)[0] == "connected"
    device.hosts[0].report(space.tab.froze)
    assert connection(space)[0] == "disconnected"
    device.hosts[0].report(space.tab.resumed)
    assert connection(space)[0] == "connected"
    space.close()
    assert connection(space)[0] == "disconnected"


@pytest.mark.req("RT-05")
def test_data_is_confirmed_while_the_relay_is_there_and_until_it_went() -> None:
    town = Town()
    device = town.device()
    space = town.open(device, "desk")
    assert connection(space)[0] == "connected"
    town.pass_time(5_000)
    assert confirmed_at(space) == int(device.moment().wall)
    town.go_offline()
    assert connection(space)[0] == "disconnected"
    went = int(device.moment().wall)
    town.pass_time(90_000)
    assert confirmed_at(space) == went
    town.go_online()
    assert connection(space)[0] == "connected"
    assert confirmed_at(space) == int(device.moment().wall) > went


@pytest.mark.req("RT-05")
def test_before_the_state_is_loaded_nothing_is_confirmed() -> None:
    device = Device()
    space = device.open(start=False)
    assert confirmed_at(space) is None
    device.hosts[0].start()
    assert confirmed_at(space) == int(device.moment().wall)


@pytest.mark.req("RT-05")
def test_a_page_that_is_put_away_confirms_nothing_until_it_is_back() -> None:
    device = Device()
    space = device.open()
    device.hosts[0].report(space.tab.froze)
    assert confirmed_at(space) is None
    device.hosts[0].report(space.tab.resumed)
    assert confirmed_at(space) == int(device.moment().wall)


@pytest.mark.req("RT-05")
def test_a_full_disk_is_an_error_but_what_comes_is_still_confirmed() -> None:
    town = Town()
    device = town.device()
    space = town.open(device, "desk")
    device.hosts[0].memory.fault = StoreFault("full")
    Collection("notes", space=space).create({"id": "n"})
    town.settle()
    assert connection(space)[0] == "error"
    town.pass_time(5_000)
    assert confirmed_at(space) == int(device.moment().wall)


@pytest.mark.req("RT-05")
def test_a_tab_that_nobody_can_reach_confirms_nothing() -> None:
    space = Device().open(channel="none")
    assert (connection(space)[0], confirmed_at(space)) == ("disconnected", None)


@pytest.mark.req("RT-05")
def test_who_is_cut_off_again_before_having_caught_up_confirms_nothing_new() -> None:
    town = Town()
    device, other = town.device(), town.open(town.device(), "other")
    space = town.open(device, "desk")
    town.go_offline()
    went = int(device.moment().wall)
    meet(town, town.devices[1])
    Collection("notes", space=other).create({"id": "n"})
    town.settle()
    town.offline = True  # for who is not there yet
    town.pass_time(90_000)
    town.offline = False
    line = next(each for each in town.lines if each.device is device)
    line.host.report(space.tab.relayed.hurry)
    while space.status().relay != "online":
        assert line.take()
    assert (connection(space)[0], confirmed_at(space)) == ("connecting", went)
    line.cut()
    assert confirmed_at(space) == went
    town.go_online()
    assert confirmed_at(space) == int(device.moment().wall)
