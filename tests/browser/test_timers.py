"""Named timers, listeners and handlers in the page: replaced, cleared, and all let go of."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenTab


@pytest.mark.req("TAB-12")
def test_timers_fire_once_in_order_never_early_and_are_cleared_for_real(open_tab: OpenTab) -> None:
    found = open_tab("adapters").run(
        """
from pysync.browser.timers import Timers, clock
timers = Timers()
fired, early = [], []
begin = clock().mono
def at(name, delay):
    due = begin + delay
    def call():
        fired.append(name)
        if clock().mono < due:
            early.append(name)
    timers.set(name, due, call)
at("past", -1000)
at("late", 400)
at("replaced", 5)
at("cleared", 5)
at("soon", 10)
at("replaced", 60)
timers.clear("cleared")
timers.clear("never set")
running = owned.live()["timer"]
await until(lambda: "late" in fired)
after = owned.live().get("timer", 0)
at("at close", 1)
witness = Timers()
witness.set("later", clock().mono + 20, lambda: fired.append("witness"))
timers.close()
timers.close()
await until(lambda: "witness" in fired)
witness.close()
[fired, early, running, after, await nothing_left()]
"""
    )
    assert found == [["past", "soon", "replaced", "late", "witness"], [], 4, 0, {}]


def test_a_wait_longer_than_the_browser_can_is_not_due_at_once(open_tab: OpenTab) -> None:
    found = open_tab("adapters").run(
        """
from pysync.browser.timers import Timers, clock
timers = Timers()
fired = []
timers.set("far", clock().mono + 1e12, lambda: fired.append("far"))
timers.set("near", clock().mono + 20, lambda: fired.append("near"))
await until(lambda: fired)
timers.close()
fired
"""
    )
    assert found == ["near"]


def test_a_listener_hears_until_it_is_closed(open_tab: OpenTab) -> None:
    found = open_tab("adapters").run(
        """
from pysync.browser.lifecycle import Lifecycle
from pysync.browser.owned import Listener
heard, stages = [], []
listener = Listener(js.window, "online", lambda event: heard.append(event.type))
life = Lifecycle(stages.append)
for event in ("online", "offline"):
    js.window.dispatchEvent(js.Event.new(event))
for event in ("freeze", "resume", "visibilitychange"):
    js.document.dispatchEvent(js.Event.new(event))
for persisted in (False, True):
    js.window.dispatchEvent(js.PageTransitionEvent.new("pagehide", options(persisted=persisted)))
    js.window.dispatchEvent(js.PageTransitionEvent.new("pageshow", options(persisted=persisted)))
listener.close()
listener.close()
life.close()
life.close()
js.window.dispatchEvent(js.Event.new("online"))
[heard, stages, await nothing_left()]
"""
    )
    stages = ["online", "offline", "froze", "resumed", "visible", "hid", "hid", "shown"]
    assert found == [["online"], stages, {}]
