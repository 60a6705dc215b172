"""`LiveCache`: figures that are kept until their data changes, in every tab (RT-04, RT-05)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pysync import (
    Collection,
    LiveCache,
    RealtimeConfig,
    RealtimeManager,
    Space,
    UsageError,
    use_broadcast,
)
from pysync.machines.messages import decode
from pysync.runtime import _spaces
from tests.pysync.people_kit import MARKER, PEOPLE
from tests.pysync.relay.town import Town
from tests.pysync.rig import EPOCH, Device

pytestmark = pytest.mark.req("RT-04")
DEPENDS = {"bookings": ("bookings", "kpis", "revenue"), "rooms": ("kpis",), "weather": ("sky",)}
NAMES = ("bookings", "kpis", "revenue", "revenue/2026", "rooms", "sky", "other")


class House:
    """Two tabs of a device, each with a cache."""

    def __init__(self, **options: Any) -> None:
        self.device = Device()
        self.spaces = [self.device.open() for _ in range(2)]
        self.device.settle()
        self.caches = [LiveCache(DEPENDS, space=space, **options) for space in self.spaces]
        self.computed: list[str] = []

    def get(self, tab: int, name: str) -> None:
        self.caches[tab].get(name, lambda: self.computed.append(name))

    def cleared(self, tab: int) -> list[str]:
        """Which names are not kept in that tab; afterwards all are."""
        self.device.settle()
        self.computed.clear()
        for name in NAMES:
            self.get(tab, name)
        return list(self.computed)

    def fill(self) -> None:
        for tab in (0, 1):
            assert self.cleared(tab) == [*NAMES]
            assert self.cleared(tab) == []

    def write(self, collection: str, rid: str = "1", tab: int = 0) -> None:
        Collection(collection, space=self.spaces[tab]).create({"id": rid})


@pytest.fixture
def house() -> House:
    return House()


def test_a_result_is_computed_once_while_nothing_changes(house: House) -> None:
    house.fill()
    assert house.caches[0].get("kpis", lambda: 7) is None, "what was computed first"
    assert len(house.caches[0]) == len(NAMES)


@pytest.mark.parametrize(
    ("collection", "cleared"),
    [
        ("bookings", ["bookings", "kpis", "revenue", "revenue/2026"]),
        ("rooms", ["kpis"]),
        ("other", ["other"]),
        ("guests", []),
    ],
)
def test_a_change_clears_what_depends_on_it_in_every_tab_by_itself(
    house: House, collection: str, cleared: list[str]
) -> None:
    house.fill()
    house.write(collection)
    assert house.cleared(0) == cleared
    assert house.cleared(1) == cleared
    said = [decode(text).type for text in house.device.said]
    assert "cache-invalidation" not in said


def test_cache_1_whoever_is_told_of_a_change_first_gets_what_is_true_now() -> None:
    """CACHE-1: also a listener that is told before the cache, and inside the listener's own
    change."""
    space = Device().open()
    rooms = Collection("rooms", space=space)
    seen: list[int] = []

    def look(_: object) -> None:
        seen.append(cache.get("rooms", rooms.__len__))
        if len(rooms) < 3:
            rooms.create({"id": str(len(rooms) + 1)})
            seen.append(cache.get("rooms", rooms.__len__))

    space.on_change(look)
    cache = LiveCache(space=space)
    assert cache.get("rooms", rooms.__len__) == 0
    rooms.create({"id": "1"})
    assert seen == [1, 2, 2, 3, 3]
    calls: list[int] = []
    cache.get("rooms", lambda: calls.append(1))
    assert calls == [], "what was computed after the change is not dropped when that is told"


def test_what_changes_while_it_is_computed_is_computed_again(house: House) -> None:
    cache = house.caches[0]

    def compute() -> int:
        house.write("bookings")
        return 1

    assert cache.get("kpis", compute) == 1
    assert cache.get("kpis", lambda: 2) == 2


def test_a_result_lives_for_a_minute(house: House) -> None:
    house.fill()
    house.device.pass_time(60_000)
    assert house.cleared(0) == []
    house.device.pass_time(1)
    assert house.cleared(0) == [*NAMES]
    short = House(ttl_ms=10, max_entries=2)
    short.get(0, "kpis")
    short.device.pass_time(11)
    short.get(0, "kpis")
    assert short.computed == ["kpis", "kpis"]
    for name in "abc":
        short.get(0, name)
    assert len(short.caches[0]) == 2


@pytest.mark.req("TAB-06", "TAB-16")
def test_names_are_cleared_in_all_tabs_selectively_or_all(house: House) -> None:
    house.fill()
    house.caches[0].invalidate("revenue", "sky")
    assert [house.cleared(tab) for tab in (0, 1)] == [["revenue", "revenue/2026", "sky"]] * 2
    house.caches[1].invalidate()
    assert [house.cleared(tab) for tab in (0, 1)] == [[*NAMES]] * 2
    use_broadcast(space=house.spaces[0]).broadcast("cache-invalidation", "kpis")
    use_broadcast(space=house.spaces[0]).broadcast("notification", "sky")
    assert [house.cleared(tab) for tab in (0, 1)] == [[], ["kpis"]]


@pytest.mark.req("RT-08")
def test_a_manager_that_knows_it_clears_what_depends_on_other_data(house: House) -> None:
    lives = [
        RealtimeManager(space, RealtimeConfig(cache=cache)).initialize()
        for space, cache in zip(house.spaces, house.caches, strict=True)
    ]
    house.fill()
    lives[0].notify_change("weather", "update", {"temp": 20})
    assert [house.cleared(tab) for tab in (0, 1)] == [["sky"]] * 2
    lives[1].request_refresh("rooms")
    assert [house.cleared(tab) for tab in (0, 1)] == [["kpis"]] * 2


def test_what_fails_is_not_kept(house: House) -> None:
    def fail() -> None:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        house.caches[0].get("kpis", fail)
    assert house.caches[0].get("kpis", lambda: 1) == 1


def test_nothing_is_kept_before_the_state_is_loaded() -> None:
    device = Device()
    with device.open() as first:
        Collection("rooms", space=first).create({"id": "1"})
    late = device.open(start=False)
    cache = LiveCache(space=late)
    rooms = Collection("rooms", space=late)
    assert (cache.get("rooms", rooms.__len__), cache.updated("rooms")) == (0, None)
    device.hosts[-1].start()
    assert cache.get("rooms", rooms.__len__) == 1


@pytest.mark.req("SRV-20")
def test_nothing_outlives_the_erasure_of_a_person() -> None:
    device = Device()
    space = device.open(schema=PEOPLE)
    cache = LiveCache({"people": ()}, space=space)
    people = Collection("people", space=space)
    people.create({"id": "1", "name": MARKER})
    cache.get("names", lambda: [one["name"] for one in people])
    people.update("1", {"visits": 1})
    assert cache.get("names", list) == [MARKER], "nobody said that it depends on anything"
    space.run("Erased", lambda draft: draft.erase("people", "1"))
    device.settle()
    assert cache.get("names", lambda: [one.get("name") for one in people]) == [None]


@pytest.mark.req("TAB-12")
def test_cache_2_closing_leaves_nothing_behind(house: House) -> None:
    """CACHE-2."""
    space = house.spaces[0]
    listeners = len(space._listeners)
    for _ in range(100):
        with LiveCache(space=space) as cache:
            cache.get("rooms", lambda: 1)
    cache.close()
    assert (len(space._listeners), len(cache)) == (listeners, 0)
    assert [cache.get("rooms", lambda n=n: n) for n in (1, 2)] == [1, 2]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda space: LiveCache({"a": "bc"}, space=space), "list of names"),
        (lambda space: LiveCache({"a": 7}, space=space), "list of names"),
        (lambda space: LiveCache({"a": [7]}, space=space), "named by text"),
        (lambda space: LiveCache({"": ["a"]}, space=space), "key"),
        (lambda space: LiveCache(space=space, ttl_ms=-1), "ttl_ms"),
        (lambda space: LiveCache(space=space).get("", int), "named by text"),
        (lambda space: LiveCache(space=space).invalidate("a", 7), "named by text"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    call: Callable[[Space], object], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        call(Device().open())


def test_without_a_space_it_is_the_default_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with Device().open() as space:
        monkeypatch.setitem(_spaces, "default", space)
        assert LiveCache().space is space


# -- how fresh it is ----------------------------------------------------------------------------


@pytest.mark.req("RT-05")
def test_it_is_known_when_data_last_changed(house: House) -> None:
    cache = house.caches[1]
    assert (cache.updated("kpis"), cache.age("kpis"), cache.stale("kpis")) == (None, None, True)
    house.device.pass_time(1_000)
    house.get(1, "kpis")
    assert cache.updated("kpis") == EPOCH + 1_000
    house.device.pass_time(120_000)
    house.get(1, "kpis")
    assert cache.updated("kpis") == EPOCH + 1_000, "it was only computed again"
    house.write("bookings")
    house.device.settle()
    assert cache.updated("kpis") is None, "waiting for data"
    house.device.pass_time(5_000)
    house.get(1, "kpis")
    assert cache.updated("kpis") == EPOCH + 121_000


@pytest.mark.req("RT-05")
def test_what_is_not_of_the_space_is_as_old_as_it_is(house: House) -> None:
    cache = house.caches[0]
    house.get(0, "other")
    house.get(0, "kpis")
    house.device.pass_time(60_000)
    assert (cache.age("other"), cache.stale("other"), cache.age("kpis")) == (60_000, False, 0)
    house.device.pass_time(1)
    assert (cache.stale("other"), cache.stale("kpis")) == (True, False)


@pytest.mark.req("RT-05", "RT-07")
def test_figures_are_stale_a_minute_after_the_relay_went_and_fresh_when_it_is_back() -> None:
    town = Town()
    device = town.device()
    space = town.open(device, "desk")
    cache = LiveCache(DEPENDS, space=space)
    bookings = Collection("bookings", space=space)
    cache.get("kpis", bookings.__len__)
    town.pass_time(30_000)
    assert (cache.age("kpis"), cache.stale("kpis")) == (0, False)
    town.go_offline()
    for _ in range(2):
        town.pass_time(30_000)
    assert not cache.stale("kpis")
    town.pass_time(1_000)
    bookings.create({"id": "1"})
    assert cache.get("kpis", bookings.__len__) == 1, "what is made here counts at once"
    assert cache.stale("kpis"), "and nobody has confirmed it"
    town.go_online()
    assert (cache.age("kpis"), cache.stale("kpis")) == (0, False)


def test_what_is_cleared_while_it_is_computed_is_not_kept() -> None:
    """It may be of what was before."""
    house = House()
    cache, told = house.caches[0], iter((1, 2))

    def compute() -> int:
        cache.invalidate("sky")
        return next(told)

    assert (cache.get("sky", compute), cache.get("sky", lambda: next(told))) == (1, 2)
