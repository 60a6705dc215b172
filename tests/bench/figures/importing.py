"""Long tasks in a page while it imports 14,938 bookings, and in the tab beside it that watches.

The import is the hotel's own generator, driven as a page does it: a slice of work, then a breath.
The browser itself reports every task over 50 ms. The file is public data and no part of the
project: without it the figure is skipped.
"""

from __future__ import annotations

from typing import Any

from pysync_build.common import ROOT
from tests.bench.rig import Rig
from tests.bench.table import Row, ms, skipped
from tests.support import Tab

FIGURE = "longest main-thread task during an import"
FILE = ROOT.parent / "shared" / "data" / "hotel_bookings.csv"
AT = "/test/bookings.csv"
SLICE_MS = 12
PAUSE_S = 0.004
MAX_PENDING = 30
"""As the page's importer has them."""
BOUND_MS = 100
WATCH = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.tasks.push(entry.duration);
  }).observe({ type: "longtask" });
}"""
OPEN = """
from pysync_pms.schema import SCHEMA
space = open_space({name!r}, schema=SCHEMA)
await space.ready()
None
"""
IMPORT = f"""
from pyodide.http import pyfetch
from pysync_pms.importing import import_hotel, read_bookings

async def drive(work):
    while True:
        end = now() + {SLICE_MS}
        while now() < end:
            try:
                next(work)
            except StopIteration as stop:
                return stop.value
        await asyncio.sleep({PAUSE_S})
        while space.status().pending > {MAX_PENDING}:
            await asyncio.sleep({PAUSE_S})

async def bring():
    data = await (await pyfetch("{AT}")).bytes()
    began = now()
    reading = await drive(read_bookings(data))
    booked = 0
    for hotel in list(reading.hotels.values()):
        report = await drive(import_hotel(space, hotel))
        booked += report.booked
    return [booked, now() - began]
"""


def measure(rig: Rig, rounds: int, lines: int | None = None) -> list[Row]:
    """One row; `lines` shortens the file."""
    if not FILE.is_file():
        return [skipped(FIGURE, f"there is no {FILE.parent.name}/{FILE.name} beside the project")]
    content = FILE.read_bytes()
    if lines is not None:
        content = b"\n".join(content.splitlines()[: lines + 1]) + b"\n"
    with rig.device() as device:
        name = rig.fresh("import")
        tabs = [rig.ours(device), rig.ours(device)]
        for tab in tabs:
            tab.run(OPEN.format(name=name))
        tabs[0].page.route(f"**{AT}", lambda route: route.fulfill(body=content))
        tabs[0].run(IMPORT)
        for tab in tabs:
            tab.page.evaluate(WATCH)
        booked, took = tabs[0].run("await bring()")
        importing, watching = (tasks_of(tab) for tab in tabs)
    longest = max(importing, default=0)
    return [
        Row(
            figure=FIGURE,
            ours=f"{ms(longest)} ({sum(t > BOUND_MS for t in importing)} over {BOUND_MS} ms)",
            baseline="–",
            bound=f"no task over {BOUND_MS} ms",
            reached=max([longest, *watching]) <= BOUND_MS,
            note=f"{booked:,} bookings in {ms(took)}; in the tab beside it: longest "
            f"{ms(max(watching, default=0))}; tasks over 50 ms: {len(importing)} and "
            f"{len(watching)}",
        )
    ]


def tasks_of(tab: Tab) -> list[float]:
    """Durations of the tasks over 50 ms so far, in milliseconds."""
    found: Any = tab.page.evaluate("window.tasks")
    return [float(duration) for duration in found]
