"""5,000 single-field changes in a plain loop, until all of them are visible in the other tab."""

from __future__ import annotations

from tests.bench.figures.latency import RECORDS, two_of_ours, two_peers
from tests.bench.rig import Rig, ids, offset
from tests.bench.table import Row, median, median_ratio, ms

CHANGES = 5000
CALM = "await until(lambda: space.status().pending == 0 and space.status().unsaved == 0)\nNone"


def measure(rig: Rig, rounds: int, changes: int = CHANGES) -> list[Row]:
    """One row; ends are compared, so that a lost change fails the figure."""
    taken: dict[str, list[float]] = {"ours": [], "Yjs": [], "loop": [], "Yjs loop": []}
    with rig.device() as device:
        ours, yjs = two_of_ours(rig, device), two_peers(rig, device, "yjs")
        our_ahead = offset(ours[0].page, ours[1].page)
        yjs_ahead = offset(yjs[0], yjs[1])
        for number in range(rounds + 1):
            first = (number + 1) * changes
            last = first + changes - 1
            chosen = ids(rig.dice, RECORDS, changes)
            ours[0].run(f"chosen = {chosen!r}\nNone")
            start, loop_end = ours[0].run(f"burst(chosen, {first})")
            end = ours[1].run(f"await expect({last})") - our_ahead
            totals = [tab.run("total()") for tab in ours]
            assert totals[0] == totals[1], f"ours differ after a burst: {totals}"
            for tab in ours:
                tab.run(CALM)
            began, sent = yjs[0].evaluate("([i, f]) => peer.burst(i, f)", [chosen, first])
            done = yjs[1].evaluate("value => peer.expect(value)", last) - yjs_ahead
            if number:
                taken["ours"].append(end - start)
                taken["loop"].append(loop_end - start)
                taken["Yjs"].append(done - began)
                taken["Yjs loop"].append(sent - began)
    ratio = median_ratio(taken["ours"], taken["Yjs"])
    return [
        Row(
            figure=f"{changes:,} changes in a loop → all visible in the other tab",
            ours=f"{ms(median(taken['ours']))} (worst {ms(max(taken['ours']))})",
            baseline=f"Yjs {ms(median(taken['Yjs']))}",
            ratio=f"{ratio:.2f} × Yjs",
            bound="≤ 1.0 × Yjs",
            reached=ratio <= 1.0,
            note=f"{rounds} rounds; the loop itself: ours {ms(median(taken['loop']))}, "
            f"Yjs {ms(median(taken['Yjs loop']))}",
        )
    ]
