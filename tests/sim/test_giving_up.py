"""Random devices around a relay, on which people give up what waits: all end equal, and what was
given up has an effect everywhere, or nowhere."""

from __future__ import annotations

import pytest

from pysync.machines.effects import Moment
from pysync.testing.sim.fleet import Fleet
from pysync.testing.sim.wiping import PERSONAL

STEPS = 80


class Resigned(Fleet):
    """A fleet whose people give up now and then."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.given_up: set[str] = set()
        self._verbs[self._give_up] = 12

    def _give_up(self) -> None:
        pages = [page for world in self.worlds for page in world.pages if page.tab.ready]
        if not pages:
            return
        page = self.random.choice(pages)

        def discard(_: Moment) -> None:
            # Of a record that only what was given up has, nobody knows whom it is about: an erasure
            # does not reach it (web/docs/erasure.md).
            found = [
                each
                for each in page.tab.books.open.values()
                if each.changes
                and not any(op.key in PERSONAL for change in each.changes for op in change.ops)
            ]
            self.given_up |= {change.id for each in found for change in each.changes}
            page.tab.relayed.outcomes.discard([each.id for each in found])

        self.relay.note(page.name, "gives up what waits")
        page.task(discard)

    def _account(self) -> None:
        decided = dict(self._entries())
        for world in self.worlds:
            world.saved -= self.given_up - decided.keys()
            world.refused -= self.given_up
        super()._account()


@pytest.mark.slow
@pytest.mark.req("SRV-12", "SRV-05")
def test_outcome_2_devices_on_which_people_give_up_stay_safe_and_converge(
    pytestconfig: pytest.Config,
) -> None:
    first, count = pytestconfig.getoption("--sim-first"), pytestconfig.getoption("--sim-seeds")
    given_up = 0
    for seed in range(first, first + max(5, count // 10)):
        fleet = Resigned(seed)
        fleet.run(STEPS)
        given_up += len(fleet.given_up)
    assert given_up > 0
