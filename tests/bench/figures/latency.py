"""How long a change takes from the call in one tab to the listener in another, paced.

Ours goes through Python, the schema, the pending view and an IndexedDB write on the way; Yjs keeps
nothing, the bare channel not even order. Rounds are interleaved, and directions alternate.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.bench.rig import Rig, ids, offset, read, rows
from tests.bench.table import Row, median_ratio, ms, quantile
from tests.support import Tab

RECORDS = 1000
A_ROUND = 200
PAUSE_MS = 10
Round = Callable[[int], list[float]]


def delays(
    sent: list[list[float]], seen: list[list[float]], ahead: float, what: str
) -> list[float]:
    """Milliseconds from call to listener, of every change of a round."""
    at = {int(value): time for value, time in seen}
    missing = [value for value, _ in sent if int(value) not in at]
    assert not missing, f"{what}: {len(missing)} changes never arrived, first {missing[0]}"
    return [at[int(value)] - time - ahead for value, time in sent]


def our_round(tabs: list[Tab], rig: Rig, count: int) -> Round:
    """Sends a round of ours; from one tab, the next time from the other."""
    ahead = [offset(tabs[0].page, tabs[1].page), offset(tabs[1].page, tabs[0].page)]

    def run(first: int) -> list[float]:
        way = first // count % 2
        sender, receiver = tabs[way], tabs[1 - way]
        chosen = ids(rig.dice, RECORDS, count)
        sent = read(sender, f"await paced({chosen!r}, {first}, {PAUSE_MS})")
        receiver.run(f"await expect({first + count - 1})\nNone")
        return delays(sent, read(receiver, "seen()"), ahead[way], "ours")

    return run


def peer_round(pages: list[Page], rig: Rig, count: int, what: str) -> Round:
    """Sends a round of a baseline."""
    ahead = [offset(pages[0], pages[1]), offset(pages[1], pages[0])]

    def run(first: int) -> list[float]:
        way = first // count % 2
        sender, receiver = pages[way], pages[1 - way]
        chosen = ids(rig.dice, RECORDS, count)
        sent: Any = sender.evaluate("([i, f, p]) => peer.paced(i, f, p)", [chosen, first, PAUSE_MS])
        receiver.evaluate("value => peer.expect(value)", first + count - 1)
        return delays(sent, receiver.evaluate("peer.seen()"), ahead[way], what)

    return run


def two_of_ours(rig: Rig, device: BrowserContext) -> list[Tab]:
    """Two tabs on one space, the records in both."""
    name = rig.fresh("pair")
    tabs = [rig.ours(device), rig.ours(device)]
    for tab in tabs:
        tab.run(f"await start({name!r})\nNone")
    tabs[0].run(f"await filled({rows(RECORDS)!r})\nNone")
    tabs[1].run(f"await until(lambda: len(records) == {RECORDS})\nNone")
    for tab in tabs:
        tab.run("await until(lambda: space.status().pending == 0)\nNone")
    return tabs


def two_peers(rig: Rig, device: BrowserContext, kind: str) -> list[Page]:
    """Two pages of a baseline with the records in both."""
    name = rig.fresh(kind)
    pages = [rig.peer(device, kind, name) for _ in range(2)]
    for page in pages if kind == "raw" else pages[:1]:
        page.evaluate("rows => peer.fill(rows)", rows(RECORDS))
    for page in pages:
        page.wait_for_function(f"peer.size() === {RECORDS}")
    return pages


def measure(rig: Rig, rounds: int, count: int = A_ROUND) -> list[Row]:
    """The two rows: the middle and the tail."""
    with rig.device() as device:
        sides: dict[str, Round] = {
            "ours": our_round(two_of_ours(rig, device), rig, count),
            "Yjs": peer_round(two_peers(rig, device, "yjs"), rig, count, "Yjs"),
            "raw": peer_round(two_peers(rig, device, "raw"), rig, count, "raw"),
        }
        taken: dict[str, list[list[float]]] = {side: [] for side in sides}
        for number in range(rounds + 1):
            for side, run in sides.items():
                measured = run((number + 1) * count)
                if number:  # The first round warms up.
                    taken[side].append(measured)
    return [row(taken, 0.50, 1.0), row(taken, 0.99, 2.0)]


def row(taken: dict[str, list[list[float]]], q: float, bound: float) -> Row:
    """One quantile of all three."""
    whole = {side: quantile(chain.from_iterable(rounds), q) for side, rounds in taken.items()}
    each = {side: [quantile(r, q) for r in rounds] for side, rounds in taken.items()}
    ratio = median_ratio(each["ours"], each["Yjs"])
    return Row(
        figure=f"set() → on_change in another tab, {RECORDS:,} records, p{q * 100:.0f}",
        ours=ms(whole["ours"]),
        baseline=f"Yjs {ms(whole['Yjs'])}, raw {ms(whole['raw'])}",
        ratio=f"{ratio:.2f} × Yjs",
        bound=f"≤ {bound:.1f} × Yjs",
        reached=ratio <= bound,
        note=f"{sum(map(len, taken['ours']))} changes, {PAUSE_MS} ms apart; "
        "ratio: median of the rounds' own",
    )
