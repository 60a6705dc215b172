"""The relay beside a bare broadcast that keeps nothing: writers, readers, and what a client costs.

Ours parses, decides and stores each change, and acknowledges it when the disk has it; the yardstick
only sends on. Both serve from one process, and one other process holds all clients. Rounds are
interleaved.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

from tests.bench.rig import Rig
from tests.bench.table import Row, median, median_ratio, ms, quantile
from tests.bench.wires import Broadcast, Relay, Tongue, Wire, batch_text, wires
from tests.support import Server, start_server

WRITERS = 50
EACH = 100
READERS = 100
CROWD = 500
PER_SECOND = 200
PACED = 400
IN_FLIGHT = 64
POURED = 2_000
IDLE = 1_000
PATIENCE = 120.0
Sides = dict[str, tuple[Server, Tongue]]


def start_broadcast(data: Path) -> Server:
    """The yardstick as a process of its own."""
    command = [sys.executable, "-m", "tests.bench.broadcast"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("serving "), f"the yardstick did not start: {line!r}"
    return Server(url=line.split()[1].rstrip("/"), data=data, process=process)


def two_sides(rig: Rig) -> Sides:
    """A relay and the yardstick."""
    relay = start_server(rig.folder(), "--port", "0", "--relay", "any", "--open")
    bare = start_broadcast(rig.folder())
    for server in (relay, bare):
        rig.at_end(server.stop)
    return {"ours": (relay, Relay()), "bare": (bare, Broadcast())}


class Everyone:
    """Awaited until each of these clients has seen all changes."""

    def __init__(self, names: Iterable[str], changes: int) -> None:
        self._waiting = set(names)
        self._changes = changes
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look(self, client: Wire) -> None:
        """This one has seen more."""
        if client.seen >= self._changes:
            self._waiting.discard(client.name)
            if not self._waiting and not self._done.done():
                self._done.set_result(None)

    async def wait(self) -> None:
        """Raises TimeoutError if some changes never arrive."""
        await asyncio.wait_for(self._done, PATIENCE)


async def write_together(
    server: Server, tongue: Tongue, space: str, writers: int, each: int
) -> float:
    """Changes a second: every writer sends its next one when the last one came back to it, and it
    is over when everyone has seen all."""
    names = [f"{space}w{n}" for n in range(writers)]
    texts = {name: [batch_text(name, n, name) for n in range(1, each + 1)] for name in names}
    async with wires(server.url, names, tongue, space) as clients:
        everyone = Everyone(names, writers * each)

        def listen(client: Wire) -> Callable[[int, int], None]:
            def heard(_all: int, own: int) -> None:
                if own and client.own < each:
                    client.push(texts[client.name][client.own])
                everyone.look(client)

            return heard

        for client in clients:
            client.heard = listen(client)
        start = time.perf_counter()
        for client in clients:
            client.push(texts[client.name][0])
        await everyone.wait()
        return writers * each / (time.perf_counter() - start)


async def read_along(
    server: Server, tongue: Tongue, space: str, readers: int, changes: int
) -> list[float]:
    """Milliseconds from sending to each reader, one writer at PER_SECOND."""
    writer = f"{space}w"
    names = [writer, *(f"{space}r{n}" for n in range(readers))]
    texts = [batch_text(writer, n, writer) for n in range(1, changes + 1)]
    async with wires(server.url, names, tongue, space) as (first, *others):
        sent: list[float] = []
        took: list[float] = []
        everyone = Everyone(names[1:], changes)

        def listen(client: Wire) -> Callable[[int, int], None]:
            def heard(every: int, _own: int) -> None:
                now = time.perf_counter()
                took.extend((now - at) * 1000 for at in sent[client.seen - every : client.seen])
                everyone.look(client)

            return heard

        for client in others:
            client.heard = listen(client)
        start = time.perf_counter()
        for n, text in enumerate(texts):
            await asyncio.sleep(max(0.0, start + n / PER_SECOND - time.perf_counter()))
            sent.append(time.perf_counter())
            first.push(text)
        await everyone.wait()
        return took


async def pour(server: Server, tongue: Tongue, space: str, readers: int, changes: int) -> float:
    """Deliveries a second, one writer with IN_FLIGHT changes under way."""
    writer = f"{space}w"
    names = [writer, *(f"{space}r{n}" for n in range(readers))]
    texts = [batch_text(writer, n, writer) for n in range(1, changes + 1)]
    async with wires(server.url, names, tongue, space) as clients:
        first = clients[0]
        everyone = Everyone(names, changes)
        sent = 0

        def listen(client: Wire) -> Callable[[int, int], None]:
            def heard(_all: int, _own: int) -> None:
                nonlocal sent
                if client is first:
                    while sent < changes and sent - client.own < IN_FLIGHT:
                        client.push(texts[sent])
                        sent += 1
                everyone.look(client)

            return heard

        for client in clients:
            client.heard = listen(client)
        start = time.perf_counter()
        first.heard(0, 0)
        await everyone.wait()
        return changes * readers / (time.perf_counter() - start)


async def memory_each(server: Server, tongue: Tongue, space: str, clients: int) -> float:
    """KB that an idle connection costs the server."""
    status = Path(f"/proc/{server.process.pid}/status")

    def resident() -> int:
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmRSS"))
        return int(line.split()[1])

    before = resident()
    async with wires(server.url, [f"{space}i{n}" for n in range(clients)], tongue, space):
        return (resident() - before) / clients


def interleaved(
    rig: Rig,
    rounds: int,
    run: Callable[..., Coroutine[Any, Any, Any]],
    *args: Any,
    warms_up: bool = True,
) -> dict[str, list[Any]]:
    """The results of both sides, a round of each in turn; one before them warms up."""
    sides = two_sides(rig)
    taken: dict[str, list[Any]] = {side: [] for side in sides}
    for number in range(rounds + warms_up):
        for side, (server, tongue) in sides.items():
            result = asyncio.run(run(server, tongue, f"s{number}", *args))
            if number or not warms_up:
                taken[side].append(result)
    for server, _ in sides.values():
        server.stop()
    return taken


def measure(
    rig: Rig,
    rounds: int,
    sizes: tuple[int, int, int, int, int, int] = (EACH, READERS, CROWD, PACED, POURED, IDLE),
) -> list[Row]:
    """Five rows."""
    each, readers, crowd, paced, poured, idle = sizes
    return [
        writers_row(interleaved(rig, rounds, write_together, WRITERS, each), each),
        readers_row(interleaved(rig, rounds, read_along, readers, paced), readers),
        crowd_row(interleaved(rig, 1, read_along, crowd, paced), crowd),
        poured_row(interleaved(rig, rounds, pour, readers, poured), readers),
        idle_row(interleaved(rig, 1, memory_each, idle, warms_up=False), idle),
    ]


def writers_row(taken: dict[str, list[float]], each: int) -> Row:
    """Writers that wait for their acknowledgement."""
    ratio = median_ratio(taken["ours"], taken["bare"])
    return Row(
        figure=f"relay: {WRITERS} writers × {each}, one in flight, stored before acknowledged",
        ours=f"{median(taken['ours']):,.0f}/s",
        baseline=f"bare broadcast {median(taken['bare']):,.0f}/s",
        ratio=f"{ratio:.2f} × bare",
        bound="≥ 1.4 × bare",
        reached=ratio >= 1.4,
        note=f"{len(taken['ours'])} rounds, all changes at all clients",
    )


def readers_row(taken: dict[str, list[list[float]]], readers: int) -> Row:
    """The tail of a steady writer."""
    ours, bare = ([quantile(r, 0.99) for r in taken[side]] for side in ("ours", "bare"))
    ratio = median_ratio(ours, bare)
    return Row(
        figure=f"relay: 1 writer at {PER_SECOND}/s, {readers} readers, p99",
        ours=f"{ms(median(ours))} (p50 {ms(median(quantile(r, 0.5) for r in taken['ours']))})",
        baseline=f"bare broadcast {ms(median(bare))}",
        ratio=f"{ratio:.2f} × bare",
        bound="≤ 2 × bare",
        reached=ratio <= 2,
        note=f"{len(ours)} rounds",
    )


def crowd_row(taken: dict[str, list[list[float]]], readers: int) -> Row:
    """The same before many."""
    ours, bare = (quantile(taken[side][0], 0.99) for side in ("ours", "bare"))
    return Row(
        figure=f"relay: 1 writer at {PER_SECOND}/s, {readers} readers, p99",
        ours=ms(ours),
        baseline=f"bare broadcast {ms(bare)}",
        ratio=f"{ours / bare:.2f} × bare",
        bound="≤ 50 ms",
        reached=ours <= 50,
    )


def poured_row(taken: dict[str, list[float]], readers: int) -> Row:
    """Deliveries of one busy writer."""
    ratio = median_ratio(taken["ours"], taken["bare"])
    return Row(
        figure=f"relay: 1 writer, {IN_FLIGHT} in flight, {readers} readers",
        ours=f"{median(taken['ours']):,.0f} deliveries/s",
        baseline=f"bare broadcast {median(taken['bare']):,.0f}/s",
        ratio=f"{ratio:.2f} × bare",
        bound="≥ 1.5 × bare",
        reached=ratio >= 1.5,
        note=f"{len(taken['ours'])} rounds",
    )


def idle_row(taken: dict[str, list[float]], clients: int) -> Row:
    """What a connection costs that says nothing."""
    (ours,), (bare,) = taken["ours"], taken["bare"]
    return Row(
        figure=f"relay: memory of an idle connection, {clients:,} of them",
        ours=f"{ours:.1f} KB",
        baseline=f"bare broadcast {bare:.1f} KB",
        ratio=f"{ours / bare:.2f} × bare" if bare else "",
        bound="≤ 40 KB",
        reached=ours <= 40,
        note="resident memory of a server that was idle before",
    )
