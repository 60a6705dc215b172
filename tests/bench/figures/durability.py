"""A change that nobody awaited, its renderer killed at once: is it there after reopening?

The tab writes and answers; on the answer, about 2 ms later, its process is killed. A new tab then
opens the same storage. Beside it y-indexeddb, which also opens its transaction at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.bench.bare import BareChromium, BareTab, kill
from tests.bench.rig import OURS, Rig
from tests.bench.table import Row, median, ms
from tests.support import WHOLE

FEW = 20
OPEN_PEER = "peer.open('yjs', {name!r}); peer.persist({name!r})"


def survived(
    browser: BareChromium,
    url: str,
    rounds: int,
    prepare: Callable[[BareTab], object],
    write: Callable[[BareTab, int], float],
    read: Callable[[BareTab], Any],
) -> tuple[int, list[float]]:
    """Rounds whose change was found again, and milliseconds from the call's return to the kill."""
    found, delays = 0, []
    tab = browser.open(url)
    prepare(tab)
    for value in range(1, rounds + 1):
        returned = write(tab, value)
        delays.append(kill(tab.pid) - returned)
        tab.drop()
        tab = browser.open(url)
        prepare(tab)
        found += read(tab) == value
    return found, delays


def ours(browser: BareChromium, rig: Rig, rounds: int) -> tuple[int, list[float]]:
    """Our tab, alone: the only copy is the one in its storage."""
    name = rig.fresh("killed")

    def prepare(tab: BareTab) -> None:
        tab.run(OURS)
        tab.run(f"await start({name!r}, watch=False)\nNone")
        tab.run(
            f"""
if not len(records):
    await filled([{{"id": f"r{{i:05}}", "n": 0}} for i in range({FEW})])
None
"""
        )

    def write(tab: BareTab, value: int) -> float:
        at: float = tab.run(f'records.update("r00003", {{"n": {value}}})\nnow()')
        return at

    return survived(
        browser,
        rig.server.url + WHOLE,
        rounds,
        prepare,
        write,
        lambda tab: tab.run('records.get("r00003")["n"]'),
    )


def yjs(browser: BareChromium, rig: Rig, rounds: int) -> tuple[int, list[float]]:
    """The same with y-indexeddb."""
    name = rig.fresh("killed-yjs")

    def prepare(tab: BareTab) -> None:
        tab.evaluate(OPEN_PEER.format(name=name))
        tab.evaluate(
            f"peer.size() || peer.fill(Array.from({{length: {FEW}}}, "
            "(_, i) => ({id: 'r' + String(i).padStart(5, '0'), n: 0})))"
        )

    return survived(
        browser,
        rig.site.url + "/peer.html",
        rounds,
        prepare,
        lambda tab, value: float(tab.evaluate(f"peer.write('r00003', {value}); peer.now()")),
        lambda tab: tab.evaluate("peer.read('r00003')"),
    )


def measure(rig: Rig, rounds: int) -> list[Row]:
    """One row."""
    with BareChromium(rig.chromium, rig.folder()) as browser:
        found, delays = ours(browser, rig, rounds)
        others, _ = yjs(browser, rig, rounds)
    return [
        Row(
            figure="set() not awaited, renderer killed at once: there after reopening",
            ours=f"{found} of {rounds}",
            baseline=f"y-indexeddb {others} of {rounds}",
            bound="20 of 20",
            reached=found == rounds,
            note=f"killed {ms(median(delays))} after the call returned (median)",
        )
    ]
