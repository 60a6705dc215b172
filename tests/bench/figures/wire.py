"""Bytes that all tabs together post for one small field changed among 1,000 records.

Counted where they are posted, as UTF-8, by type of message. What a change causes are the author's
message and the leader's verdict; heartbeats go on without it and are not counted.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext

from tests.bench.figures.latency import RECORDS, two_of_ours, two_peers
from tests.bench.rig import Rig, ids
from tests.bench.table import Row, median
from tests.support import Tab

CAUSED = ("state-update", "data-update")
CHANGES = 50
COUNT = """
window.posted = {};
const post = BroadcastChannel.prototype.postMessage;
BroadcastChannel.prototype.postMessage = function (message) {
  if (typeof message === "string") {
    const type = JSON.parse(message)[1];
    (window.posted[type] ??= []).push(new TextEncoder().encode(message).length);
  }
  return post.call(this, message);
};
"""
CALM = "await until(lambda: space.status().pending == 0)\nNone"


def posted(tabs: list[Tab]) -> dict[str, list[int]]:
    """Sizes of the messages posted since the last call, by type."""
    found: dict[str, list[int]] = {}
    for tab in tabs:
        sizes: dict[str, list[int]] = tab.page.evaluate(
            "() => { const was = window.posted; window.posted = {}; return was; }"
        )
        for type_, some in sizes.items():
            found.setdefault(type_, []).extend(some)
    return found


def yjs_size(rig: Rig, device: BrowserContext, changes: int) -> float:
    """Bytes a change with Yjs."""
    first, _ = two_peers(rig, device, "yjs")
    before: Any = first.evaluate("peer.bytes()")
    chosen = ids(rig.dice, RECORDS, changes)
    first.evaluate("ids => peer.paced(ids, 1000, 1)", chosen)
    after: Any = first.evaluate("peer.bytes()")
    size: float = (after["bytes"] - before["bytes"]) / changes
    return size


def measure(rig: Rig, rounds: int, changes: int = CHANGES) -> list[Row]:
    """One row: the median change, by the leader and by the other tab."""
    each: list[int] = []
    parts: dict[str, list[int]] = {}
    with rig.device() as device:
        device.add_init_script(COUNT)
        tabs = two_of_ours(rig, device)
        for number, rid in enumerate(ids(rig.dice, RECORDS, changes)):
            posted(tabs)
            tabs[number % 2].run(f'records.update("{rid}", {{"n": {1000 + number}}})\nNone')
            tabs[1 - number % 2].run(f"await expect({1000 + number})\nNone")
            for tab in tabs:
                tab.run(CALM)
            found = posted(tabs)
            each.append(sum(sum(found.get(type_, [])) for type_ in CAUSED))
            for type_ in CAUSED:
                parts.setdefault(type_, []).append(sum(found.get(type_, [])))
        theirs = yjs_size(rig, device, changes)
    return [
        Row(
            figure="bytes on the channel for one small field of 1,000 records",
            ours=f"{median(each):.0f} (worst {max(each)})",
            baseline=f"Yjs {theirs:.0f}",
            ratio=f"{median(each) / theirs:.2f} × Yjs",
            bound="≤ 200",
            reached=max(each) <= 200,
            note="; ".join(f"{type_} {median(some):.0f}" for type_, some in parts.items())
            + f"; {changes} changes",
        )
    ]
