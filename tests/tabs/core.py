"""The scenarios that hold in every browser: alike, there for a new tab, led on, and kept.

Each takes a way to open a tab with the hotel in it; a tab runs Python and can be closed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from tests.tabs.conftest import CALM, until


class AnyTab(Protocol):
    """A bare test page with the hotel in it, in any browser."""

    def run(self, code: str) -> Any:
        """Run Python in it."""

    def close(self) -> None:
        """Close it as a user does."""


Open = Callable[[], AnyTab]


def tabs_show_each_others_changes(open_hotel: Open) -> None:
    """Both see what either writes, also many changes of one moment."""
    one, two = open_hotel(), open_hotel()
    one.run('rooms.create({"id": "101", "n": 1})\nNone')
    two.run(until('numbers() == {"101": 1}'))
    two.run('rooms.update("101", {"n": 2})\nNone')
    one.run(until('numbers() == {"101": 2}'))
    one.run('for n in range(50): rooms.create({"id": f"a{n}", "n": n})')
    two.run('for n in range(50): rooms.create({"id": f"b{n}", "n": n})')
    for tab in (one, two):
        tab.run(until("len(rooms) == 101"))
        tab.run(CALM)
    assert one.run("numbers()") == two.run("numbers()")


def a_new_tab_finds_what_the_others_hold(open_hotel: Open) -> None:
    """It asks, is answered, and is told from then on."""
    one = open_hotel()
    one.run('for n in range(20): rooms.create({"id": f"{n}", "n": n})')
    two = open_hotel()
    two.run(until("len(rooms) == 20"))
    assert two.run("numbers()") == {str(n): n for n in range(20)}
    one.run('rooms.delete("3")\nNone')
    two.run(until("len(rooms) == 19"))


def another_tab_leads_when_the_leader_closes(open_hotel: Open) -> None:
    """One leader before, one after, and the work goes on."""
    tabs = [open_hotel() for _ in range(3)]
    for tab in tabs:
        tab.run(until("len(space.tabs()) == 3 and leaders() == 1"))
    leader = next(tab for tab in tabs if tab.run("space.is_leader"))
    tabs.remove(leader)
    leader.close()
    for tab in tabs:
        tab.run(until("len(space.tabs()) == 2 and leaders() == 1"))
    assert sum(tab.run("space.is_leader") for tab in tabs) == 1
    tabs[0].run('rooms.create({"id": "101", "n": 1})\nNone')
    for tab in tabs:
        tab.run(until('numbers() == {"101": 1}'))
        tab.run(CALM)


def what_is_durable_outlives_the_tabs(open_hotel: Open) -> None:
    """The last tab is closed; a later one finds everything."""
    one, two = open_hotel(), open_hotel()
    one.run('await rooms.create({"id": "101", "n": 1}).durable()\nNone')
    two.run(until('"101" in rooms'))
    two.run('await rooms.update("101", {"n": 2}).durable()\nNone')
    one.close()
    two.close()
    assert open_hotel().run("numbers()") == {"101": 2}


SCENARIOS = (
    tabs_show_each_others_changes,
    a_new_tab_finds_what_the_others_hold,
    another_tab_leads_when_the_leader_closes,
    what_is_durable_outlives_the_tabs,
)
