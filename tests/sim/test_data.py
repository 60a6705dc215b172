"""One device in virtual time: what every tab shows, what is saved and survives, in calm weather."""

from __future__ import annotations

from functools import partial

import pytest

from pysync.machines.events import Problem, Saved
from pysync.testing.sim.page import Page
from pysync.testing.sim.verdict import account, picture
from tests.sim.device import (
    converged,
    device,
    name,
    put,
)


@pytest.mark.req("TAB-01")
def test_a_change_shows_in_every_other_tab_before_it_is_decided() -> None:
    world, pages = device(4)
    world.queue.weather = world.queue.weather.with_(store_ms=500)
    put(pages[2], "a", name="new")
    assert world.run_until(lambda: all(name(page, "a") == "new" for page in pages)) <= 50
    world.run_until(partial(converged, world))


@pytest.mark.req("TAB-07")
@pytest.mark.parametrize("how", ["freeze", "stop"])
def test_a_new_tab_gets_the_state_also_while_the_only_other_is_frozen(how: str) -> None:
    world, [first] = device(1)
    put(first, "a", name="old")
    world.run_until(partial(converged, world))
    {"freeze": first.freeze, "stop": first.stop}[how]()
    second = world.open()
    assert world.run_until(lambda: second.ready and name(second, "a") == "old") <= 300


@pytest.mark.req("TAB-07")
def test_a_new_tab_gets_the_state_while_others_write() -> None:
    world, [first, second] = device(2)
    for n in range(60):
        put(first, f"a{n}", name=n)
        put(second, f"b{n}", name=n)
        if n == 30:
            world.open()
        world.run(3)
    world.run_until(partial(converged, world))
    assert len(list(world.pages[2].tab.view.all("items"))) == 120
    account(world)


@pytest.mark.req("TAB-04")
def test_two_tabs_that_count_by_function_lose_no_increment() -> None:
    world, [first, second] = device(2)
    put(first, "n", count=0)
    world.run(500)

    def bump(page: Page) -> None:
        def command(draft: object) -> None:
            record = draft.get("items", "n")  # type: ignore[attr-defined]
            draft.update("items", "n", {"value": (record.get("value") or 0) + 1})  # type: ignore[attr-defined]

        page.do(lambda now: page.tab.run(command, now))  # type: ignore[arg-type]

    for _ in range(100):
        bump(first)
        bump(second)
        world.run(world.random.choice((0, 1, 5)))
    world.run_until(partial(converged, world))
    assert first.tab.view.get("items", "n")["value"] == 200


@pytest.mark.req("TAB-15")
def test_what_was_reported_saved_survives_the_death_of_the_browser() -> None:
    world, [first, second] = device(2)
    put(second, "a", name="kept")
    world.run_until(lambda: any(isinstance(event, Saved) for event in second.events))
    first.die()
    second.die()
    third = world.open()
    world.run_until(lambda: third.ready)
    assert name(third, "a") == "kept"


@pytest.mark.req("TAB-15")
def test_what_a_dead_tab_could_not_save_is_saved_by_who_heard_it() -> None:
    world, [first, second, third] = device(3)
    world.queue.full = True
    put(third, "a", name="heard")
    world.run(100)
    third.die()
    world.run(3_000)
    world.queue.full = False
    world.run_until(partial(converged, world))
    first.die()
    second.die()
    fourth = world.open()
    world.run_until(lambda: fourth.ready)
    assert name(fourth, "a") == "heard"


@pytest.mark.req("TAB-15")
def test_a_full_disk_is_said_and_everything_is_saved_when_there_is_room() -> None:
    world, [first, second] = device(2)
    world.queue.full = True
    for n in range(5):
        put(second, "a", name=n)
        world.run(200)
    assert Problem("not-saved", "full") in second.events
    assert second.tab.status().unsaved == 5
    assert name(first, "a") == 4
    world.queue.full = False
    world.run_until(partial(converged, world))
    assert picture(first) == picture(second)
    assert name(first, "a") == 4


def test_an_author_s_changes_are_decided_in_its_order_although_the_first_was_aborted() -> None:
    world, [first, second] = device(2)
    healthy = world.queue.weather
    world.queue.weather = healthy.with_(abort=1.0)
    put(second, "a", name="created")
    world.run(20)
    world.queue.weather = healthy
    put(second, "a", name="changed")
    world.run_until(partial(converged, world))
    assert name(first, "a") == "changed"
    assert all(verdict == "" for _, verdict in world.log.values())
