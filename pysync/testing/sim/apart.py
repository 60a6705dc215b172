"""Whether devices around a relay have become the same, each as far as it wants to know.

Floor: `verdict`, `relay`.
"""

from __future__ import annotations

from collections.abc import Sequence

from pysync.machines.present import Looks
from pysync.model.change import Ref
from pysync.testing.sim.page import Page
from pysync.testing.sim.relay import SimRelay
from pysync.testing.sim.schema import SCHEMA
from pysync.testing.sim.verdict import picture, unconverged
from pysync.testing.sim.wiping import erased_people, marker
from pysync.testing.sim.world import World


def apart(worlds: Sequence[World], relay: SimRelay) -> str:
    """Why the devices have not converged yet; "" if they have."""
    for world in worlds:
        if why := unconverged(world):
            return why
        if world.queue.disk.seq != relay.head:
            return f"{world.prefix} stands at {world.queue.disk.seq} of {relay.head}"
        for page in world.pages:
            if page.tab.status().relay != "online":
                return f"{page.name} is {page.tab.status().relay}"
    for world in worlds:
        for page in world.pages:
            if (told := _company(page)) != (there := _company_of(page, worlds)):
                return f"{page.name} sees {told}, and {there} are here"
    for rid in erased_people(worlds[0].pages[0]):
        if marker(rid) in repr((relay.log, relay.state())):
            return f"the relay holds something of {rid}, who was erased"
    return _differences(worlds)


def _differences(worlds: Sequence[World]) -> str:
    lacking = set[str]().union(*(_left_out(world) for world in worlds))
    shown: dict[str, str] = {}
    for world in worlds:
        for page in world.pages:
            if kept := [key for key in _left_out(world) if page.tab.view.cells.get(key)]:
                return f"{page.name} holds {kept}, which {world.prefix} leaves out"
            shown[picture(page, lacking)] = page.name
    return f"devices differ: {shown}" if len(shown) > 1 else ""


def _left_out(world: World) -> set[str]:
    """The collections that this device does not keep."""
    return {key for key, module in SCHEMA.modules.items() if module in world.left_out}


def _company_of(page: Page, worlds: Sequence[World]) -> list[tuple[Ref, ...]]:
    """What others look at, as that page should know it: presence converges like the rest."""
    own = page.world
    if not any(_looks(each) for each in own.pages):
        return []
    others = [world for world in worlds if world is not own]
    seen = [[looks for each in world.pages for looks in _looks(each)] for world in others]
    return sorted(tuple(sorted({(r[0], r[1]) for r in looks if r})) for looks in seen if looks)


def _looks(page: Page) -> list[Looks]:
    """What a page shows, if it takes part and somebody sees it."""
    own = next(tab for tab in page.tab.tabs() if tab.own)
    return [] if own.hidden or own.looks is None else [own.looks]


def _company(page: Page) -> list[tuple[Ref, ...]]:
    """What others look at, as that page knows it."""
    return sorted(tuple(sorted(each.records)) for each in page.tab.relayed.here.company.who)
