"""Devices of a relay, real tabs of browser profiles of their own: edits, joins, reconnects, bytes.

The yardstick is a bare WebSocket in the same browser, on a server that sends on what it hears and
keeps nothing; for a join, the plain fetch of the same state in the same tab. Bytes are those of the
TCP connections between a device and the server, both ways.
"""

from __future__ import annotations

import contextlib
import io
from itertools import chain
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from pysync_pms.cli import import_file
from tests.bench.figures.importing import FILE
from tests.bench.figures.latency import delays
from tests.bench.figures.relaying import start_broadcast
from tests.bench.rig import Rig, ahead, ids, read, rows
from tests.bench.site import PAGES
from tests.bench.table import Row, median, median_ratio, ms, quantile, skipped
from tests.bench.wires import batch_text
from tests.proxy import Network
from tests.support import Server, Tab

RECORDS = 1_000
EDITS = 200
APART_MS = 40
"""Between two edits: each is alone."""
BOOKINGS = 4_950
"""Lines of the public file: 10,000 records of a hotel, with its guests and rooms."""
QUEUED = 10_000
SMALL = 50
SPACE = "resort-hotel"
SHOWN = 40
SOCKET = (PAGES / "socket.js").read_text("utf-8")
FIRST_STATES = "/first-state"
CALM = "await until(lambda: space.status().pending == 0, 60)\nNone"
ONLINE = 'await until(lambda: space.status().relay == "online", 60)\nNone'
HOTEL = """
from pysync_pms.schema import SCHEMA
import pysync_pms.commands
None
"""
JOIN = """
began = now()
hotel = open_space({name!r}, schema=SCHEMA, first_states="/first-state")
await hotel.ready()
opened = now()
stays, first = Collection("reservations", space=hotel), []
for row in stays:
    first.append(f"<tr><td>{{row['id']}}</td><td>{{row['from']}}</td></tr>")
    if len(first) == {shown}:
        break
js.document.getElementById("app").innerHTML = "<table>" + "".join(first) + "</table>"
painted = now()
keys = ("rooms", "room_types", "guests", "reservations")
count = sum(len(Collection(key, space=hotel)) for key in keys)
ended = now()
await until(lambda: hotel.status().relay == "online", 60)
[ended - began, opened - began, now() - began, count]
"""
FETCH = """async name => {
  const began = performance.now();
  await (await fetch(`/sync/${name}/state`)).json();
  return performance.now() - began;
}"""
RECONNECT = """
async def acknowledged():
    began = now()
    js.dispatchEvent(js.Event.new("online"))
    while space.status().pending:
        await asyncio.sleep(0.01)
    return now() - began
await acknowledged()
"""


def measure(
    rig: Rig, rounds: int, sizes: tuple[int, int, int, int] = (EDITS, BOOKINGS, QUEUED, SMALL)
) -> list[Row]:
    """Six rows."""
    edits, bookings, queued, small = sizes
    relay = rig.serve("--relay", "any", "--open")
    bare = start_broadcast(rig.folder())
    rig.at_end(bare.stop)
    with contextlib.ExitStack() as ends:
        pair = Pair(rig, relay, bare, ends)
        return [
            *edit_rows(pair, rounds, edits),
            wire_row(pair, small),
            reconnect_row(pair, rounds, queued),
            *join_rows(rig, rounds, bookings),
        ]


class Pair:
    """Two devices with one space of 1,000 records, each behind a network of its own, and beside
    each a page that has a bare WebSocket."""

    def __init__(self, rig: Rig, relay: Server, bare: Server, ends: contextlib.ExitStack) -> None:
        self.rig = rig
        devices = [ends.enter_context(rig.device()) for _ in range(2)]
        self.networks = [Network(relay.url) for _ in devices]
        for network in self.networks:
            ends.callback(network.close)
        name = rig.fresh("devices")
        self.tabs = [rig.ours(d, n.url) for d, n in zip(devices, self.networks, strict=True)]
        for tab in self.tabs:
            tab.run(f"await start({name!r}, first_states={FIRST_STATES!r})\nNone")
            tab.run(ONLINE)
        self.tabs[0].run(f"await filled({rows(RECORDS)!r})\nNone")
        for tab in self.tabs:
            tab.run(f"await until(lambda: len(records) == {RECORDS}, 60)\nNone")
            tab.run(CALM)
        self.bare = [self._bare(device, bare) for device in devices]
        self.text = batch_text("yardstick", 2, "r00001")
        """As long as a change of ours."""
        self._values = 0

    def _bare(self, device: BrowserContext, bare: Server) -> Page:
        page = device.new_page()
        page.goto(self.rig.site.url + "/peer.html")
        page.evaluate(SOCKET)
        page.evaluate("url => bare.open(url)", f"{bare.url.replace('http', 'ws', 1)}/sync/bare")
        return page

    def values(self, count: int) -> int:
        """The first of so many values that were not used before."""
        first, self._values = self._values + 1, self._values + count
        return first


def edit_rows(pair: Pair, rounds: int, edits: int) -> list[Row]:
    """The middle and the tail of an edit's way to the other device."""
    taken: dict[str, list[list[float]]] = {"ours": [], "bare": []}
    for number in range(rounds + 1):
        way = number % 2
        measured = {"ours": our_edits(pair, way, edits), "bare": bare_edits(pair, way, edits)}
        if number:  # The first round warms up.
            for side, found in measured.items():
                taken[side].append(found)
    return [edit_row(taken, 0.50, 15), edit_row(taken, 0.95, 50)]


def our_edits(pair: Pair, way: int, edits: int) -> list[float]:
    """From the call on one device to the listener on the other, ms."""
    sender, receiver = pair.tabs[way], pair.tabs[1 - way]
    apart = ahead(receiver.page) - ahead(sender.page)
    first = pair.values(edits)
    chosen = ids(pair.rig.dice, RECORDS, edits)
    sent = read(sender, f"await paced({chosen!r}, {first}, {APART_MS})")
    receiver.run(f"await expect({first + edits - 1})\nNone")
    sender.run(CALM)
    return delays(sent, read(receiver, "seen()"), apart, "ours")


def bare_edits(pair: Pair, way: int, edits: int) -> list[float]:
    """The same of the yardstick."""
    sender, receiver = pair.bare[way], pair.bare[1 - way]
    apart = ahead(receiver) - ahead(sender)
    first = pair.values(edits)
    sent: Any = sender.evaluate(
        "([text, first, count, ms]) => bare.paced(text, first, count, ms)",
        [pair.text, first, edits, APART_MS],
    )
    receiver.evaluate("value => bare.expect(value)", first + edits - 1)
    return delays(sent, receiver.evaluate("bare.seen()"), apart, "bare")


def edit_row(taken: dict[str, list[list[float]]], q: float, bound: float) -> Row:
    """One quantile of both."""
    whole = {side: quantile(chain.from_iterable(found), q) for side, found in taken.items()}
    each = {side: [quantile(found, q) for found in rounds] for side, rounds in taken.items()}
    return Row(
        figure=f"edit on one device → on_change on another, {RECORDS:,} records, p{q * 100:.0f}",
        ours=ms(whole["ours"]),
        baseline=f"bare WebSocket {ms(whole['bare'])}",
        ratio=f"{median_ratio(each['ours'], each['bare']):.2f} × bare",
        bound=f"≤ {bound:.0f} ms",
        reached=whole["ours"] <= bound,
        note=f"{sum(map(len, taken['ours']))} edits, {APART_MS} ms apart, both ways in turn; "
        "decided and stored in between",
    )


def wire_row(pair: Pair, changes: int) -> Row:
    """Bytes of one small field, acknowledged and at the other device."""
    sender, receiver = pair.tabs
    each: list[int] = []
    theirs: list[int] = []
    for rid in ids(pair.rig.dice, RECORDS, changes):
        before = [network.carried for network in pair.networks]
        value = pair.values(1)
        sender.run(f'records.update("{rid}", {{"n": {value}}})\nNone')
        receiver.run(f"await expect({value})\nNone")
        sender.run(CALM)
        own, other = (n.carried - was for n, was in zip(pair.networks, before, strict=True))
        each.append(own)
        theirs.append(other)
    plain = len(pair.text)
    return Row(
        figure=f"bytes on the wire for one small field of {RECORDS:,} records, acknowledged",
        ours=f"{median(each):.0f} (worst {max(each)})",
        baseline=f"the change as text {plain}",
        ratio=f"{median(each) / plain:.2f} × text",
        bound="≤ 400",
        reached=max(each) <= 400,
        note=f"to and from its device; to the other device {median(theirs):.0f}; {changes} changes",
    )


def reconnect_row(pair: Pair, rounds: int, queued: int) -> Row:
    """From the network's return until the relay has all that was changed without it."""
    tab, network, bare = pair.tabs[0], pair.networks[0], pair.bare[0]
    ours: list[float] = []
    theirs: list[float] = []
    tab.run("let_queue()\nNone")
    for _ in range(rounds):
        network.cut()
        tab.run('await until(lambda: space.status().relay == "offline", 60)\nNone')
        first = pair.values(queued)
        tab.run(f"await one_by_one({ids(pair.rig.dice, RECORDS, queued)!r}, {first})\nNone")
        network.mend()
        ours.append(tab.run(RECONNECT))
        theirs.append(bare.evaluate("([t, n]) => bare.flood(t, n)", [pair.text, queued]))
        pair.tabs[1].run(f"await expect({first + queued - 1})\nNone")
        for each in pair.tabs:
            each.run(CALM)
    sums = [each.run("total()") for each in pair.tabs]
    assert sums[0] == sums[1], f"the devices differ: {sums}"
    return Row(
        figure=f"network back after {queued:,} offline changes → all acknowledged",
        ours=f"{ms(median(ours))} (worst {ms(max(ours))})",
        baseline=f"bare WebSocket, to and fro {ms(median(theirs))}",
        ratio=f"{median_ratio(ours, theirs):.1f} × bare",
        bound="≤ 5 s",
        reached=max(ours) <= 5_000,
        note=f"{rounds} rounds, every change made in a task of its own",
    )


def join_rows(rig: Rig, rounds: int, bookings: int) -> list[Row]:
    """Time and bytes until a new device shows a hotel."""
    figure = "a new device joins a hotel"
    if not FILE.is_file():
        return [skipped(figure, f"there is no {FILE.parent.name}/{FILE.name} beside the project")]
    data = rig.folder()
    lines = FILE.read_bytes().splitlines()[: bookings + 1]
    excerpt = Path(data / "excerpt.csv")
    excerpt.write_bytes(b"\n".join(lines) + b"\n")
    with contextlib.redirect_stdout(io.StringIO()):
        assert import_file(excerpt, data) == 0
    server = rig.serve("--relay", "pysync_pms.schema:SCHEMA", "--open", data=data)
    found = [join(rig, server) for _ in range(rounds + 1)][1:]  # The first one warms up.
    took, opened, online = (median(times[i] for times, _, _ in found) for i in range(3))
    worst = max(times[0] for times, _, _ in found)
    plain = [fetched for _, fetched, _ in found]
    size = max(carried for _, _, carried in found)
    count = found[0][0][3]
    named = f"{figure} of {count:,.0f} records"
    return [
        Row(
            figure=f"{named} ({SHOWN} shown, all counted)",
            ours=f"boot + {ms(took)} (worst {ms(worst)})",
            baseline=f"the state fetched and parsed in the same tab {ms(median(plain))}",
            ratio=f"{median_ratio([times[0] for times, _, _ in found], plain):.2f} × fetch",
            bound="≤ boot + 1 s",
            reached=worst <= 1_000,
            note=f"{rounds} devices; open {ms(opened)}, online {ms(online)}",
        ),
        Row(
            figure=f"{named}, bytes on the wire",
            ours=f"{size / 1000:.0f} KB",
            baseline="JavaScript peers (issue 3) 2,300 to 3,300 KB",
            bound="≤ 400 KB",
            reached=size <= 400_000,
            note="until the relay's log is followed; to and from the device",
        ),
    ]


def join(rig: Rig, server: Server) -> tuple[list[float], float, int]:
    """One device: its times, that of the plain fetch afterwards, and the bytes of the join."""
    network = Network(server.url)
    try:
        with rig.device() as device:
            tab: Tab = rig.ours(device, network.url)
            tab.run(HOTEL)
            before = network.carried
            times: list[float] = tab.run(JOIN.format(name=SPACE, shown=SHOWN))
            carried = network.carried - before
            tab.page.evaluate(FETCH, SPACE)
            return times, tab.page.evaluate(FETCH, SPACE), carried
    finally:
        network.close()
