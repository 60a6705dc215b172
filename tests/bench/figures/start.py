"""A warm visit of the hotel's page: until its last view is painted, until Python shows the data.

The same page is built twice: as served, and on npm's stock Pyodide. Both lie on servers of their
own with the same demonstration hotel, and are visited in turn by one browser with a real profile
(compiled code is cached there, not in private windows). Times are the page's own, from navigation.
"""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page

from pysync_pms.cli import write_demo
from tests.bench.rig import FLAGS, Rig, wait_for
from tests.bench.stock import build_stock
from tests.bench.table import Row, median, median_ratio, ms
from tests.support import Server

SPACE = "demo"
WARM_UPS = 3
"""Visits before it counts: the worker fills its cache, then the browser caches compiled code."""
STATE = "window.__pysync && window.__pysync.state"
TIMES = """() => {
  const marks = Object.fromEntries(
    performance.getEntriesByType("mark").map(({ name, startTime }) => [name, startTime]));
  const paints = Object.fromEntries(
    performance.getEntriesByType("paint").map(({ name, startTime }) => [name, startTime]));
  return {
    interactive: marks["pysync:interactive"],
    python: marks["pysync:python-ready"],
    view: marks["pysync:first-paint"] ?? null,
    paint: paints["first-contentful-paint"] ?? null,
    text: document.getElementById("app").innerText.length,
  };
}"""
Times = dict[str, float]


def visit(page: Page, server: Server, space: str = SPACE) -> Times:
    """One navigation, until the page is interactive."""
    page.goto("about:blank")
    page.goto(f"{server.url}/{space}", wait_until="domcontentloaded")
    for _ in range(3000):
        state = page.evaluate(STATE)
        if state in {"interactive", "failed", "unsupported"}:
            break
        page.wait_for_timeout(20)
    assert state == "interactive", f"{server.url} ended as {state}"
    found: Times = page.evaluate(TIMES)
    assert found["text"] > 200, "the page shows no data"
    return found


def profile(rig: Rig) -> BrowserContext:
    """A browser with a profile on disk."""
    return rig.playwright.chromium.launch_persistent_context(
        str(rig.folder()), executable_path=rig.chromium, args=list(FLAGS)
    )


def warm(page: Page, server: Server, space: str = SPACE) -> None:
    """Visit until everything that can be cached is."""
    for _ in range(WARM_UPS):
        visit(page, server, space)
        # Polled: the page's policy forbids the evaluation that wait_for_function needs.
        wait_for(
            lambda: page.evaluate("window.__pysync.offline !== 'preparing'"), 30, "offline copy"
        )


def demo_servers(rig: Rig) -> tuple[Server, Server]:
    """Two servers of one demonstration hotel: our build and the stock one."""
    data = rig.folder()
    write_demo(data, SPACE)
    return rig.serve(data=data), rig.serve(
        dist=build_stock(rig.folder() / "dist").parent, data=data
    )


def measure(rig: Rig, rounds: int) -> list[Row]:
    """Two rows: interactive, and the first paint."""
    ours, stock = demo_servers(rig)
    context = profile(rig)
    try:
        page = context.new_page()
        for server in (ours, stock):
            warm(page, server)
        taken: dict[str, list[Times]] = {"ours": [], "stock": []}
        for _ in range(rounds):
            taken["ours"].append(visit(page, ours))
            taken["stock"].append(visit(page, stock))
    finally:
        context.close()
    return [interactive_row(taken), paint_row(taken["ours"])]


def interactive_row(taken: dict[str, list[Times]]) -> Row:
    """Ours beside stock."""
    ours, stock = ([t["interactive"] for t in taken[side]] for side in ("ours", "stock"))
    ratio = median_ratio(ours, stock)
    python = median(t["python"] for t in taken["ours"])
    return Row(
        figure="warm navigation → interactive with data",
        ours=f"{ms(median(ours))} (worst {ms(max(ours))})",
        baseline=f"stock Pyodide {ms(median(stock))}",
        ratio=f"{ratio:.2f} × stock",
        bound="≤ 0.40 × stock",
        reached=ratio <= 0.40,
        note=f"{len(ours)} visits in turn; Python ready {ms(python)}, "
        f"stock {ms(median(t['python'] for t in taken['stock']))}; best ours {ms(min(ours))}",
    )


def paint_row(ours: list[Times]) -> Row:
    """The last view, painted from its cache."""
    missing = sum(t["view"] is None or t["paint"] is None for t in ours)
    painted = [max(t["view"], t["paint"]) for t in ours if t["view"] and t["paint"]]
    return Row(
        figure="warm navigation → first paint of the last view",
        ours=f"{ms(median(painted))} (worst {ms(max(painted))})" if painted else "none",
        baseline="–",
        bound="≤ 150 ms",
        reached=bool(painted) and not missing and median(painted) <= 150,
        note=f"{len(ours)} visits" + (f", {missing} without a view" if missing else ""),
    )
