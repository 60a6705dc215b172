"""A large hotel's page: opening it beside one in which nothing is booked, its chart, its memory.

200 rooms, 20,000 stays, 150,000 lines of folios, in the rooms of every fourth of which nobody is
booked from tomorrow on, so that stays can be dragged there. Memory is the JavaScript heap after a
collection, and Python's WebAssembly, which never shrinks: every screen with figures was drawn
before.
"""

from __future__ import annotations

import datetime
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.bench.figures.figuring import SECONDS, WATCHED
from tests.bench.figures.memory import MB, heap
from tests.bench.figures.start import Times, profile, visit, warm
from tests.bench.hands import Hands
from tests.bench.large import LINES, ROOMS, STAYS, Records, large_hotel, write_large
from tests.bench.rig import Rig, wait_for
from tests.bench.table import Row, median, median_ratio, ms
from tests.bench.tasks import Busy, longest, traced
from tests.support import Server

SPACE, EMPTY = "large", "empty"
DAYS = 60
OPEN_RATIO, TASK_MS, BOUND_MB = 1.5, 50, 120
WHEEL, STEPS = 240, 24
"""Pixels of a turn of the wheel, and turns in each direction."""
SEEN = """
(() => {
  const seen = (window.benchMemories = new Set());
  const { Memory } = WebAssembly;
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const real = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await real.apply(WebAssembly, given);
      for (const each of Object.values((made.instance ?? made).exports)) {
        if (each instanceof Memory) seen.add(each);
      }
      return made;
    };
  }
  const construct = (target, given) => {
    const made = Reflect.construct(target, given);
    seen.add(made);
    return made;
  };
  WebAssembly.Memory = new Proxy(Memory, { construct });
})();
"""
"""Notes the memories that a page makes: the hotel's page shows nothing of its interpreter."""
PYTHON_HEAP = "[...benchMemories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0)"
FRAME = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


def measure(
    rig: Rig, rounds: int, sizes: tuple[int, int, int] = (ROOMS, STAYS, LINES)
) -> list[Row]:
    """Three rows."""
    today = datetime.date.today().isoformat()  # noqa: DTZ011 - the page's day is the local one
    rooms, stays, lines = sizes
    records = with_free_rooms(large_hotel(today, rooms=rooms, stays=stays, lines=lines), today)
    data = rig.folder()
    write_large(data, SPACE, records)
    write_large(data, EMPTY, large_hotel(today, rooms=rooms, stays=0, lines=0))
    server = rig.serve(data=data)
    size = f"{stays:,} stays, {lines:,} lines, {rooms} rooms"
    context = profile(rig)
    try:
        opening = _opening(context, server, rounds, size)
    finally:
        context.close()
    with rig.device() as device:
        chart = _chart(rig, device, server, rounds, size)
        return [opening, chart, _memory(device, server, size)]


def with_free_rooms(records: Records, today: str) -> Records:
    """Without what begins after today in every fourth room."""

    def is_dropped(key: str, row: dict[str, Any]) -> bool:
        return key == "reservations" and row["from"] > today and int(row["room"]) % 4 == 0

    return {ref: row for ref, row in records.items() if not is_dropped(ref[0], row)}


def _opening(context: BrowserContext, server: Server, rounds: int, size: str) -> Row:
    page = context.new_page()
    for space in (SPACE, EMPTY):
        warm(page, server, space)
    taken: dict[str, list[Times]] = {SPACE: [], EMPTY: []}
    for _ in range(rounds):
        for space, times in taken.items():
            times.append(visit(page, server, space))
    page.close()
    large, empty = ([t["interactive"] for t in taken[space]] for space in (SPACE, EMPTY))
    ratio = median_ratio(large, empty)
    return Row(
        figure="a large hotel, warm navigation → interactive with data",
        ours=f"{ms(median(large))} (worst {ms(max(large))})",
        baseline=f"an empty hotel {ms(median(empty))}",
        ratio=f"{ratio:.2f} × empty",
        bound=f"≤ {OPEN_RATIO} × empty",
        reached=ratio <= OPEN_RATIO,
        note=f"{rounds} visits in turn; {size}",
    )


def _chart(rig: Rig, device: BrowserContext, server: Server, rounds: int, size: str) -> Row:
    page = device.new_page()
    page.goto(f"{server.url}/{SPACE}/tape?days={DAYS}")
    wait_for(lambda: page.evaluate("window.__pysync?.state") == "interactive", 60, "the hotel")
    page.locator("#chart-lanes .bar").first.wait_for(timeout=SECONDS * 1000)
    wait_for(lambda: page.evaluate("window.__pysync.offline !== 'preparing'"), 60, "offline copy")
    hands = Hands(page)
    hands.drag(0)  # The first one warms up.
    scroll(page)
    with traced(rig.browser, [page]) as scrolled:
        scroll(page)
    with traced(rig.browser, [page]) as dragged:
        for turn in range(1, rounds + 1):
            hands.drag(turn)
    page.close()
    wall = longest([*scrolled[0].here, *dragged[0].here])[0]
    return Row(
        figure=f"tape chart of a large hotel, {DAYS} days: longest task",
        ours=ms(wall),
        baseline="–",
        bound=f"≤ {TASK_MS} ms",
        reached=wall <= TASK_MS,
        note=f"scrolling {_told(scrolled[0])}, {rounds} drags {_told(dragged[0])}, released → in "
        f"place {ms(median(hands.dropped[1:]))}; {size}",
    )


def _told(busy: Busy) -> str:
    wall, cpu = longest(busy.here)
    return f"{ms(wall)} (by CPU time {ms(cpu)})"


def scroll(page: Page) -> None:
    """To the end of the chart and back, across and down, each turn until it is drawn."""
    box = page.locator("#chart-wrap").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 200)
    for x, y in ((0, WHEEL), (0, -WHEEL), (WHEEL, 0), (-WHEEL, 0)):
        for _ in range(STEPS):
            page.mouse.wheel(x, y)
            page.evaluate(FRAME)


def _memory(device: BrowserContext, server: Server, size: str) -> Row:
    page = device.new_page()
    page.add_init_script(SEEN)
    page.goto(f"{server.url}/{SPACE}/dashboard")
    page.locator(WATCHED).wait_for(timeout=SECONDS * 1000)
    page.locator("#app-nav").get_by_role("link", name="Reports").click()
    page.locator("#months-table").wait_for(timeout=SECONDS * 1000)
    js, wasm = heap(device, page), float(page.evaluate(PYTHON_HEAP))
    whole = (js + wasm) / MB
    page.close()
    return Row(
        figure="tab memory of a large hotel, dashboard and reports drawn (JS heap + WebAssembly)",
        ours=f"{whole:.1f} MB",
        baseline="–",
        bound=f"≤ {BOUND_MB} MB",
        reached=wasm > 0 and whole <= BOUND_MB,
        note=f"JS {js / MB:.1f}, WebAssembly {wasm / MB:.1f}; {size}",
    )
