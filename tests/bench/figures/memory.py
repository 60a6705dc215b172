"""Memory of one tab that holds 1,000 records: the JavaScript heap and Python's.

Python's heap is WebAssembly memory, which grows and never shrinks: its size is the highest it ever
was. The JavaScript heap is read after a collection.
"""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page

from tests.bench.figures.latency import RECORDS
from tests.bench.rig import Rig, rows
from tests.bench.table import Row, median

MB = 1_000_000
PYTHON_HEAP = "window.pysyncTest.ready.then(({ pyodide }) => pyodide._module.HEAPU8.length)"


def heap(device: BrowserContext, page: Page) -> float:
    """JavaScript's heap in bytes, garbage collected."""
    session = device.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = session.send("Performance.getMetrics")["metrics"]
    session.detach()
    return float(next(m["value"] for m in metrics if m["name"] == "JSHeapUsedSize"))


def measure(rig: Rig, rounds: int) -> list[Row]:
    """One row: a tab that came to 1,000 records held by another, as most tabs do."""
    js, wasm, before = [], [], []
    for _ in range(rounds):
        with rig.device() as device:
            name = rig.fresh("memory")
            first, tab = rig.ours(device), rig.ours(device)
            first.run(f"await start({name!r})\nNone")
            first.run(f"await filled({rows(RECORDS)!r})\nNone")
            before.append(tab.page.evaluate(PYTHON_HEAP))
            tab.run(f"await start({name!r})\nNone")
            tab.run(f"await until(lambda: len(records) == {RECORDS})\nNone")
            js.append(heap(device, tab.page))
            wasm.append(tab.page.evaluate(PYTHON_HEAP))
    total = (median(js) + median(wasm)) / MB
    return [
        Row(
            figure=f"tab memory with {RECORDS:,} records (JS heap + WebAssembly)",
            ours=f"{total:.1f} MB",
            baseline=f"bare Pyodide {median(before) / MB:.1f} MB of WebAssembly",
            bound="≤ 60 MB",
            reached=total <= 60,
            note=f"JS {median(js) / MB:.1f}, WebAssembly {median(wasm) / MB:.1f}; {rounds} tabs",
        )
    ]
