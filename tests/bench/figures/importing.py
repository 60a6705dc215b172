"""Long tasks in two tabs of a hotel into which 14,938 bookings come while people drag and type.

The page imports by its own screen and goes on when its user leaves for the tape chart. There, and
in a second tab of the same hotel, stays are dragged and names typed in turn; every drop is checked
in both tabs. The file is public data and no part of the project: without it the figure is skipped.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from pysync_build.common import ROOT
from pysync_pms.cli import write_demo
from tests.bench.hands import Hands
from tests.bench.rig import Rig, wait_for
from tests.bench.table import Row, median, ms, skipped
from tests.bench.tasks import Busy, apart, longest, traced
from tests.support import Server

FIGURE = "longest main-thread task, dragging and typing during an import"
FILE = ROOT.parent / "shared" / "data" / "hotel_bookings.csv"
SPACE = "city-hotel"
"""What the file calls one of its hotels: that one is open here, with a house full of stays."""
BOUND_MS = 100
ENDED = "The import is complete."
BOOKED = re.compile(r"([\d,]+) booked")
SECONDS = 400
"""An import that takes longer has got stuck."""


def measure(rig: Rig, rounds: int, lines: int | None = None) -> list[Row]:
    """One row; `lines` shortens the file."""
    if not FILE.is_file():
        return [skipped(FIGURE, f"there is no {FILE.parent.name}/{FILE.name} beside the project")]
    content = FILE.read_bytes()
    if lines is not None:
        content = b"\n".join(content.splitlines()[: lines + 1]) + b"\n"
    data = rig.folder()
    write_demo(data, SPACE)
    file = data / "bookings.csv"
    file.write_bytes(content)
    server = rig.serve(data=data)
    with rig.device() as device:
        pages = [open_chart(device, server) for _ in range(2)]
        people = [Hands(page) for page in pages]
        with traced(rig.browser, pages) as tasks:
            began = time.monotonic()
            with apart(pages[0]):
                start_import(pages[0], file)
            report = work(people, began + SECONDS)
            took = time.monotonic() - began
    return [_row(tasks, people, f"{_booked(report):,} bookings in {took:.0f} s")]


def open_chart(device: BrowserContext, server: Server) -> Page:
    """A tab of the hotel that shows the tape chart, ready, with nothing to fetch any more."""
    page = device.new_page()
    page.goto(f"{server.url}/{SPACE}/tape")
    # Polled: the page's policy forbids the evaluation that wait_for_function needs.
    wait_for(lambda: page.evaluate("window.__pysync?.state") == "interactive", 60, "the hotel")
    page.locator("#sync-status[data-state=synced]").wait_for()
    wait_for(lambda: page.evaluate("window.__pysync.offline !== 'preparing'"), 60, "offline copy")
    return page


def start_import(page: Page, file: Path) -> None:
    """Start it as a person does, and go back to the tape chart."""
    open_importer(page)
    page.locator("#import-file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    go(page, "Tape chart")


def open_importer(page: Page) -> None:
    """Settings → Import."""
    go(page, "Settings")
    page.locator("#app-main").get_by_role("link", name="Import", exact=True).click()
    page.locator("#import-file").wait_for()


def go(page: Page, label: str) -> None:
    """Choose a destination of the navigation, and wait until it is shown."""
    page.locator("#app-nav").get_by_role("link", name=label).click()
    page.locator("#screen-title", has_text=label).wait_for()


def work(people: list[Hands], until: float) -> str:
    """Everybody drags and types in turn, until the import has ended. Answers what it says then.

    Raises:
        TimeoutError: it did not end.
        playwright.sync_api.Error, RuntimeError: something had not the effect it should have.
    """
    turn = 0
    while time.monotonic() < until:
        for person, other in (people, people[::-1]):
            place = person.drag(turn)
            other.sees(place)
            person.type()
            turn += 1
        report = look(people[0].page)
        if ENDED in report:
            return report
    raise TimeoutError(f"the import did not end within {SECONDS} s")


def look(page: Page) -> str:
    """Go and see how far the import is; answers what the page says. Back to the tape chart.

    Raises:
        RuntimeError: it ended early.
    """
    with apart(page):
        open_importer(page)
        report = page.locator("#app-main").inner_text()
        if ENDED not in report and not page.locator("#import-bar").count():
            raise RuntimeError(f"the import ended early: {report}")
        go(page, "Tape chart")
    return report


def _booked(report: str) -> int:
    return sum(int(each.replace(",", "")) for each in BOOKED.findall(report))


def _row(tasks: list[Busy], people: list[Hands], came: str) -> Row:
    wall, cpu = longest(task for busy in tasks for task in busy.here)
    names = ("the tab that imports", "the tab beside it")
    tabs = [
        f"{name}: {_told(busy.here)}, {_done(person)}"
        for name, busy, person in zip(names, tasks, people, strict=True)
    ]
    return Row(
        figure=FIGURE,
        ours=f"{ms(wall)} (by CPU time {ms(cpu)})",
        baseline="–",
        bound=f"no task over {BOUND_MS} ms",
        reached=wall <= BOUND_MS,
        note="; ".join(
            [
                came,
                *tabs,
                f"going to Settings and back: {_told(tasks[0].apart)}",
                f"load {os.getloadavg()[0]:.1f}",
            ]
        ),
    )


def _told(tasks: list[tuple[float, float]]) -> str:
    wall, cpu = longest(tasks)
    over = [sum(task[of] > BOUND_MS for task in tasks) for of in (0, 1)]
    return (
        f"longest {ms(wall)} ({over[0]} over {BOUND_MS} ms), by CPU time {ms(cpu)} ({over[1]} over)"
    )


def _done(person: Hands) -> str:
    return (
        f"{len(person.dropped)} drags, released → in place {ms(median(person.dropped))} "
        f"(worst {ms(max(person.dropped))}), {person.typed} keys"
    )
