"""Devices whose clocks are wrong: the relay sets the times of their changes right."""

from __future__ import annotations

import pytest

from pysync.machines.push_frames import encode_push
from pysync.model.policy import HIGH
from pysync.model.schema import CollectionSchema, Field, Schema
from pysync.relay.pushed import correction
from pysync.values.clock import MAX_AHEAD, wall_of
from tests.pysync.kit import WALL, cells_text
from tests.pysync.relay.rig import RelayRig, batch
from tests.pysync.relay.town import Town, meet

pytestmark = pytest.mark.req("SRV-06", "SRV-07")

HOUR, YEAR = 3_600_000, 31_536_000_000
SCHEMA = Schema(
    collections={
        "rooms": CollectionSchema(name="rooms", fields={"status": Field(types=(str,), policy=HIGH)})
    }
)


def pass_time(town: Town, ms: float) -> None:
    """The same for everybody."""
    for device in town.devices:
        device.ms += ms
    town.relay.time += ms


@pytest.mark.parametrize(
    "ahead", [0, 10_000, -10_000, 40_000, -40_000, 70_000, -70_000, HOUR, -HOUR, YEAR, -YEAR]
)
@pytest.mark.parametrize("apart", [2_000, 20_000])
def test_time_1_what_was_written_in_one_moment_is_told_whatever_a_clock_says(
    ahead: int, apart: int
) -> None:
    town = Town(SCHEMA)
    desk, tablet = town.device(), town.device()
    tablet.ahead = ahead
    one, two = town.open(desk, "one"), town.open(tablet, "two")
    one.run("", lambda d: d.create("rooms", {"id": "1", "status": "free"}))
    town.settle()  # what a device hears pulls its stamps forward, within a minute
    pass_time(town, 1_000)
    town.go_offline()
    two.run("", lambda d: d.update("rooms", "1", {"status": "cancelled"}))
    pass_time(town, apart)
    one.run("", lambda d: d.update("rooms", "1", {"status": "arrived"}))
    pass_time(town, 120_000)  # what is offline for long comes with the clock that it has then
    meet(town, tablet)
    meet(town, desk)
    town.go_online()
    [conflict] = one.conflicts(settled=True)
    assert conflict.status == ("open" if apart < HIGH.window_ms else "auto")
    assert conflict.shown.value == "arrived", "the newer one, by the time that passed"
    shown = {cells_text(space.tab.replica.view) for space in (one, two)}
    assert shown == {town.relay.replayed(), cells_text(town.relay.machine.view)}
    made = [wall_of(side.mark.stamp) for side in (conflict.other, conflict.shown)]
    assert made[1] - made[0] == pytest.approx(apart, abs=10)


def test_the_times_in_a_history_are_the_relays() -> None:
    town = Town(SCHEMA)
    tablet = town.device()
    tablet.ahead = YEAR
    two, beside = town.open(tablet, "two"), town.open(tablet, "beside")
    far = town.open(town.device(), "far")
    two.run("", lambda d: d.create("rooms", {"id": "1", "status": "free"}))
    town.settle()
    late = town.open(tablet, "late")  # reads it from the store
    town.relay.restart()  # and the relay from its log
    for space in (two, beside, far, late):
        cell = space.view.cell("rooms", "1")
        assert cell is not None
        assert wall_of(cell.rev.stamp) == WALL
    assert cells_text(town.relay.machine.view) == cells_text(two.tab.replica.view)


def test_a_device_is_told_how_far_its_clock_is_off() -> None:
    town = Town(SCHEMA)
    tablet = town.device()
    tablet.ahead = -HOUR
    two, three = town.open(tablet, "two"), town.open(tablet, "three")
    town.settle()
    assert [space.status().clock_ahead for space in (two, three)] == [-HOUR, -HOUR]
    tablet.ahead = 1_000
    town.go_offline()
    town.go_online()
    assert [space.status().clock_ahead for space in (two, three)] == [0, 0]


def test_time_1_what_lies_in_the_future_all_the_same_is_taken_as_made_on_arrival() -> None:
    made = batch("t", 1, 1)
    [change] = made.changes
    late = made.moved(WALL + YEAR - wall_of(change.mark.stamp))
    for sent in (0, WALL, WALL + 1_000):
        assert correction(late, sent, WALL) == -YEAR
    near = made.moved(WALL + MAX_AHEAD - wall_of(change.mark.stamp))
    assert correction(near, WALL, WALL) == 0


def test_a_clock_that_is_right_but_for_the_way_costs_nothing_in_the_log() -> None:
    relay = RelayRig(SCHEMA)
    relay.hello("a")
    relay.time = 3_000
    relay.hear("a", encode_push(WALL, [batch("t", 1).text]))
    relay.time = 6_000
    relay.hear("a", encode_push(WALL, [batch("t", 2).text]))
    relay.commit()
    assert [row.special for row in relay.log] == ["", "[6000]"]
