"""A simulated device in calm weather, and what its tabs show: for the tests beside this file."""

from __future__ import annotations

from functools import partial

from pysync.machines.tab import Rung
from pysync.testing.sim import World
from pysync.testing.sim.page import Page
from pysync.testing.sim.verdict import unconverged

RUNGS: tuple[Rung, ...] = ("locks", "lease")


def device(tabs: int, rung: Rung = "locks", *, seed: int = 1) -> tuple[World, list[Page]]:
    """A device whose tabs were opened one after the other and know each other."""
    world = World(seed, rung=rung)
    pages = []
    for _ in range(tabs):
        pages.append(world.open())
        world.run(400)
    world.run_until(partial(converged, world))
    return world, pages


def leaders(world: World) -> list[Page]:
    """Tabs that may write."""
    return [page for page in world.pages if page.tab.election.term]


def led_by(page: Page) -> bool:
    """Whether that tab may write."""
    return page.tab.election.term > 0


def counted(page: Page) -> int:
    """How many tabs it counts."""
    return len(page.tab.tabs())


def all_count(pages: list[Page], tabs: int) -> bool:
    """Whether each of these counts so many tabs."""
    return all(counted(page) == tabs for page in pages)


def converged(world: World) -> bool:
    """Whether one leads, all know it, nothing is pending and all show the same."""
    return not unconverged(world)


def put(page: Page, rid: str, **fields: object) -> None:
    """Create or update an item in that tab."""

    def write(_now: object) -> None:
        draft = page.tab.draft(page.now)
        if draft.get("items", rid) is None:
            draft.create("items", {"id": rid, **fields})
        else:
            draft.update("items", rid, fields)
        page.tab.commit(draft, page.now)

    page.do(write)


def name(page: Page, rid: str) -> object:
    """The name of an item as that tab shows it."""
    record = page.tab.view.get("items", rid)
    return record and record.get("name")
