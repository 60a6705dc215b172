"""Tabs that anything may happen to, at random: in the end all are the same, and nothing is lost.

A run is one seed. `--soak-steps 2000` makes it long; a failure prints the seed and what happened.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.bench.bare import BareChromium, BareTab, kill
from tests.bench.rig import wait_for
from tests.browser.conftest import IN_PAGE
from tests.tabs.conftest import READY, TOOLS, until

SCHEMA = (IN_PAGE / "soak_schema.py").read_text("utf-8") + "\nNone"
SOAK = (IN_PAGE / "soak.py").read_text("utf-8") + "\nNone"
LOOK_AFTER = 6
"""Steps between two looks at whether all tabs are the same."""
WITHIN_S = 90


@dataclass
class Soak:
    """The tabs, who of them stands still, and what they were promised."""

    browser: BareChromium
    url: str
    dice: random.Random
    tabs: list[BareTab] = field(default_factory=list)
    still: list[BareTab] = field(default_factory=list)
    promised: set[str] = field(default_factory=set)
    story: list[str] = field(default_factory=list)
    opened: int = 0
    named: str = "t"
    first_states: str = ""

    def open(self) -> None:
        """One more tab."""
        tab = self.browser.open(self.url)
        self.tabs.append(tab)
        self._furnish(tab)

    def _furnish(self, tab: BareTab) -> None:
        self.opened += 1
        tab.run(TOOLS)
        tab.run(f"NAME, FIRST_STATES = '{self.named}{self.opened}', '{self.first_states}'\nNone")
        tab.run(SCHEMA)
        tab.run(SOAK)
        tab.run(READY)

    def awake(self) -> list[BareTab]:
        return [tab for tab in self.tabs if tab not in self.still]

    def collect(self, tab: BareTab) -> None:
        self.promised.update(tab.run("told()"))

    def step(self) -> None:
        """One thing that happens."""
        acts: list[tuple[int, Any]] = [
            (6, self.write),
            (4, self.write_everywhere),
            (1, self.write_much),
            (1, self.reload),
            (1, self.close),
            (1, self.crash),
            (1, self.halt),
            (1, self.write_and_crash),
        ]
        weights, choices = zip(*acts, strict=True)
        [chosen] = self.dice.choices(choices, weights)
        self.story.append(chosen.__name__)
        chosen()

    def _seed(self) -> int:
        return self.dice.randrange(10**9)

    def write(self) -> None:
        tab = self.dice.choice(self.awake())
        tab.run(f"act({self._seed()}, NAME, {self.dice.randrange(1, 9)})\nNone")

    def write_much(self) -> None:
        self.dice.choice(self.awake()).run(f"act({self._seed()}, NAME, 300)\nNone")

    def write_everywhere(self) -> None:
        for tab in self.awake():
            tab.run(f"act({self._seed()}, NAME, 5)\nNone")

    def reload(self) -> None:
        tab = self.dice.choice(self.awake())
        self.collect(tab)
        tab.evaluate("window.before = true; setTimeout(() => location.reload()); 0")
        wait_for(lambda: _is_fresh(tab), WITHIN_S, "reloaded")
        self._furnish(tab)

    def close(self) -> None:
        tab = self.dice.choice(self.awake())
        self.collect(tab)
        self.tabs.remove(tab)
        tab.close()
        self.open()

    def crash(self) -> None:
        tab = self.dice.choice(self.awake())
        self.collect(tab)
        self._kill(tab)

    def write_and_crash(self) -> None:
        tab = self.dice.choice(self.awake())
        tab.run(f"act({self._seed()}, NAME, 40)\nNone")
        self._kill(tab)

    def _kill(self, tab: BareTab) -> None:
        self.tabs.remove(tab)
        kill(tab.pid)
        tab.drop()
        self.open()

    def halt(self) -> None:
        if len(self.awake()) > 2:
            tab = self.dice.choice(self.awake())
            self.still.append(tab)
            self.browser.halt(tab.pid)

    def wake(self) -> None:
        """Everybody runs."""
        for tab in self.still:
            self.browser.resume(tab.pid)
        self.still.clear()

    def look(self) -> None:
        """Wake everybody, wait until nothing is under way, and compare."""
        self.wake()
        for tab in self.tabs:
            tab.run(until("is_calm()"))
        try:
            wait_for(lambda: len(set(self.prints())) == 1, WITHIN_S, "equal tabs")
        except TimeoutError:
            raise AssertionError(f"tabs that differ: {self.prints()}") from None
        for tab in self.tabs:
            self.collect(tab)
        one = self.tabs[0]
        lost = one.run(f"sorted({self.promised!r} - {{r['id'] for r in free}})")
        assert lost == [], "durable, and gone"
        assert one.run("shared_rooms()") == [], "two stays in one room"
        leading = [tab.run("space.is_leader") for tab in self.tabs]
        assert sum(leading) == 1, f"{sum(leading)} leaders"

    def prints(self) -> list[str]:
        return [tab.run("print_of_all()") for tab in self.tabs]


def _is_fresh(tab: BareTab) -> bool:
    try:
        return bool(tab.evaluate("!window.before && document.readyState === 'complete'"))
    except AssertionError:  # asked while the page was being replaced
        return False


@pytest.mark.req("TAB-01", "TAB-03", "TAB-08", "TAB-15")
@pytest.mark.slow
@pytest.mark.soak
def test_whatever_happens_to_the_tabs_they_come_to_be_the_same_and_nothing_durable_is_lost(
    bare: BareChromium, blank_url: str, request: pytest.FixtureRequest
) -> None:
    steps = request.config.getoption("--soak-steps")
    seed = request.config.getoption("--soak-seed")
    soak = Soak(bare, blank_url, random.Random(seed))
    try:
        for _ in range(3 if steps < 50 else 5):
            soak.open()
        for number in range(1, steps + 1):
            soak.step()
            if number % LOOK_AFTER == 0 or number == steps:
                soak.look()
                soak.story.append("|")
    except BaseException:  # a timeout too
        print(f"seed {seed}, {len(soak.story)} things happened: {' '.join(soak.story)}")
        raise
    assert soak.promised
