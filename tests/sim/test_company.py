"""Who is here, in simulated devices: gone after a crash, and never in the way of data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from pysync.machines.here import REPEAT_MS
from pysync.machines.present import Company
from pysync.relay.attendance import GONE_MS
from pysync.testing.sim import World
from pysync.testing.sim.page import Page
from pysync.testing.sim.relay import SimRelay
from pysync.testing.sim.timeline import Timeline
from tests.sim.device import name, put

pytestmark = pytest.mark.req("SRV-22")

ITEM = ("items", "1")
SOON = 1_000.0


class House:
    """Two devices at one relay, each with a tab that takes part."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self.relay = SimRelay(self.timeline, Random(1))
        self.worlds = [
            World(at, timeline=self.timeline, relay=self.relay, prefix=prefix)
            for at, prefix in enumerate("ab")
        ]
        self.a, self.b = (world.open() for world in self.worlds)
        self.run_until(lambda: all(p.tab.status().relay == "online" for p in (self.a, self.b)))
        look(self.a)
        look(self.b)

    def run(self, ms: float) -> None:
        self.timeline.run(ms)

    def run_until(self, true: Callable[[], bool], most: float = 120_000) -> None:
        end = self.timeline.now + most
        while not true():
            assert self.timeline.now < end
            self.run(50)


def look(page: Page, *record: str) -> None:
    page.do(lambda now: page.tab.look(record, now))


def seen(page: Page) -> list[tuple[tuple[str, str], ...]]:
    """What others look at, as that page knows it."""
    return [each.records for each in page.tab.relayed.here.company.who]


def test_who_comes_to_a_record_is_seen_within_a_second_and_gone_at_once_when_the_tab_crashes() -> (
    None
):
    house = House()
    house.run(SOON)
    look(house.b, *ITEM)
    house.run(SOON)
    assert seen(house.a) == [(ITEM,)]
    house.b.die()
    house.run(SOON)
    assert seen(house.a) == []


def test_whose_network_is_gone_without_a_word_is_gone_within_the_heartbeat() -> None:
    house = House()
    look(house.b, *ITEM)
    house.run(SOON)
    house.relay.silence("b")
    house.run(REPEAT_MS)
    assert seen(house.a) == [(ITEM,)], "it may only be slow"
    house.run(GONE_MS - REPEAT_MS + SOON)
    assert seen(house.a) == []
    house.run_until(lambda: seen(house.a) == [(ITEM,)])


def test_a_relay_that_crashes_forgets_and_learns_it_anew() -> None:
    house = House()
    look(house.b, *ITEM)
    house.run(SOON)
    house.relay.crash(5_000)
    house.run(SOON)
    assert house.a.tab.relayed.here.company == Company()
    house.run_until(lambda: seen(house.a) == [(ITEM,)] and seen(house.b) == [()])


def test_a_storm_of_it_neither_holds_up_changes_nor_reaches_the_log() -> None:
    house = House()
    house.run(SOON)
    for n in range(200):
        look(house.b, "items", str(n))
        if n == 100:
            put(house.b, "kept", name="through")
        house.run(5)
    house.run_until(lambda: name(house.a, "kept") == "through", most=SOON)
    assert [row.count for row in house.relay.log] == [1]
    house.run(SOON)
    assert seen(house.a) == [(("items", "199"),)]


def test_a_tab_that_missed_what_its_leader_told_hears_it_again() -> None:
    house = House()
    follower = house.worlds[0].open()
    house.run_until(lambda: follower.tab.status().relay == "online")
    bus, healthy = house.worlds[0].bus, house.worlds[0].bus.weather
    bus.weather = replace(healthy, drop=1.0)
    look(house.b, *ITEM)
    house.run_until(lambda: seen(house.a) == [(ITEM,)])
    house.run(SOON)
    assert seen(follower) == []
    bus.weather = healthy
    house.run(REPEAT_MS + SOON)
    assert seen(follower) == [(ITEM,)]
