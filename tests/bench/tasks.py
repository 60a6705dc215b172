"""How long the main threads of tabs were busy at a stretch, by the wall clock and by the CPU's.

From the browser's own trace: a task's wall time grows with whatever else the machine does, its CPU
time does not. Floor: `tests.support`, Playwright.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

CATEGORIES = ["blink.user_timing", "disabled-by-default-devtools.timeline"]
MARK = "bench-tab-"
AWAY, BACK = "bench-away", "bench-back"


@dataclass(slots=True)
class Busy:
    """The tasks of one tab's main thread as (wall, CPU) milliseconds; those that began while its
    person was `away` (`apart`) by themselves."""

    here: list[tuple[float, float]] = field(default_factory=list)
    apart: list[tuple[float, float]] = field(default_factory=list)


def longest(tasks: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """The longest by the wall clock, the longest by CPU time."""
    wall, cpu = zip((0.0, 0.0), *tasks, strict=True)
    return max(wall), max(cpu)


@contextmanager
def apart(page: Page) -> Iterator[None]:
    """What the page does in this block is not what is being measured: it is listed by itself."""
    page.evaluate("name => { performance.mark(name); }", AWAY)
    yield
    page.evaluate("name => { performance.mark(name); }", BACK)


@contextmanager
def traced(browser: Browser, pages: Sequence[Page]) -> Iterator[list[Busy]]:
    """Watch these pages; the list is filled, in their order, when the block ends without error.

    Raises:
        RuntimeError: a page did not show up in the trace, or two share a thread.
    """
    found: list[Busy] = []
    browser.start_tracing(categories=CATEGORIES)
    try:
        for at, page in enumerate(pages):
            page.evaluate("name => { performance.mark(name); }", f"{MARK}{at}")
        yield found
    finally:
        trace = browser.stop_tracing()
    found.extend(tasks_of(json.loads(trace)["traceEvents"], len(pages)))


def tasks_of(events: list[dict[str, Any]], count: int) -> list[Busy]:
    """What the trace says of each of `count` marked tabs. Raises RuntimeError as `traced` does."""
    tabs = {
        int(event["name"].removeprefix(MARK)): (event["pid"], event["tid"])
        for event in events
        if event["name"].startswith(MARK)
    }
    if len(set(tabs.values())) != count:
        raise RuntimeError(f"{count} tabs, but the trace shows {tabs}")
    return [
        _tasks([e for e in events if (e["pid"], e.get("tid")) == tabs[at]]) for at in range(count)
    ]


def _tasks(events: list[dict[str, Any]]) -> Busy:
    busy, away = Busy(), False
    for event in sorted(events, key=lambda event: int(event["ts"])):
        if event["name"] in (AWAY, BACK):
            away = event["name"] == AWAY
        elif event["name"] == "RunTask" and event["ph"] == "X":
            took = (event["dur"] / 1000, event.get("tdur", 0) / 1000)
            (busy.apart if away else busy.here).append(took)
    return busy
