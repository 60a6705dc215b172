"""Runs in a tab of ours: opens a space, writes as the baselines write, notes when it is told.

Installed as source into the page's namespace; what a figure asks for is a call of one function.
Times are milliseconds of the page's own clock since 1970.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import js
from pyodide.ffi import create_proxy

from pysync import Collection, Draft, Receipt, Space, Update
from pysync.browser import open_space
from pysync.machines.status import Status
from pysync.model.ordinary import QUEUE, QUEUE_SIZES
from pysync.model.schema import Schema

SETTINGS = ("settings", "bench")
SCHEMA = Schema(settings=SETTINGS)
_origin = js.performance.timeOrigin
seen_at: dict[int, float] = {}
led: list[float] = []
"""When this tab began to lead, each time."""
hidden_at: list[float] = []
"""When other tabs of the space said that their page was being closed."""
sending: list[bool] = []
"""Not empty while this tab is the one that writes."""
awaited: dict[int, asyncio.Future[float]] = {}
space: Space
records: Collection


def now() -> float:
    """This page's clock: `performance.now`, asked without a call into JavaScript, which costs as
    much as half of what is measured."""
    at: float = _origin + time.perf_counter() * 1000
    return at


async def start(name: str, *, watch: bool = True, first_states: str = "") -> None:
    """Open the space and wait until it is ready; `first_states` as for `open_space`."""
    global space, records  # noqa: PLW0603 - the figures' calls share them
    _tell_of_the_end(f"bench:{name}")
    space = open_space(name, first_states=first_states, schema=SCHEMA)
    records = Collection("records", space=space)
    await space.ready()
    if watch:
        space.on_change(_told)
    space.on_leader(_lead)


def _tell_of_the_end(channel: str) -> None:
    """Tell the others when this page is closed, before the space hears of it."""
    told = js.BroadcastChannel.new(channel)
    told.onmessage = create_proxy(lambda event: hidden_at.append(event.data))
    js.window.addEventListener("pagehide", create_proxy(lambda _: told.postMessage(now())))


async def another_leads(than: str) -> str:
    """The tab that leads, as soon as it is another one."""
    found = asyncio.get_running_loop().create_future()

    def look(status: Status) -> None:
        if status.leader not in (None, than) and not found.done():
            found.set_result(status.leader)

    stop = space.on_status(look)
    look(space.status())
    leader: str = await found
    stop()
    return leader


def _lead() -> None:
    led.append(now())


def _told(update: Update) -> None:
    if sending:  # The baselines take no note of what they write themselves either.
        return
    at = now()
    get = space.view.get
    for rid in update.ids("records"):
        record = get("records", rid)
        value = record["n"] if record else -1
        seen_at[value] = at
        if value in awaited:
            awaited.pop(value).set_result(at)


def fill(rows: Sequence[Mapping[str, Any]]) -> Receipt[None]:
    """Create records, a few hundred a change."""
    for first in range(0, len(rows), 250):

        def write(draft: Draft, some: Sequence[Mapping[str, Any]] = rows[first:][:250]) -> None:
            for row in some:
                draft.create("records", row)

        receipt = space.run("fill", write)
    return receipt


async def filled(rows: Sequence[Mapping[str, Any]]) -> None:
    """Create records and wait until they are in the store."""
    await fill(rows).durable()


async def paced(ids: list[str], first: int, ms: float) -> str:
    """One change at a time, `ms` apart; [value, time before the call] of each, as JSON."""
    sent = []
    update = records.update
    sending.append(True)
    for i, rid in enumerate(ids):
        await asyncio.sleep(ms / 1000)
        at = now()
        update(rid, {"n": first + i})
        sent.append((first + i, at))
    sending.clear()
    return json.dumps(sent)


def burst(ids: list[str], first: int) -> list[float]:
    """All changes in one plain loop; the times before and after it."""
    update = records.update
    sending.append(True)
    start_at = now()
    for i, rid in enumerate(ids, first):
        update(rid, {"n": i})
    ended = now()
    sending.clear()
    return [start_at, ended]


def let_queue() -> None:
    """As many changes may wait for the relay as ever may."""
    key, rid = SETTINGS
    space.run("", lambda draft: draft.create(key, {"id": rid, QUEUE: QUEUE_SIZES[1]}))


async def one_by_one(ids: list[str], first: int) -> None:
    """Each change in a task of its own, as a person's are; all are in the store at the end."""
    update = records.update
    for i, rid in enumerate(ids, first):
        update(rid, {"n": i})
        await asyncio.sleep(0)
    await until(lambda: space.status().unsaved == 0, 60)


async def expect(value: int) -> float:
    """The time at which `value` was seen."""
    if value not in seen_at:
        awaited[value] = asyncio.get_running_loop().create_future()
        return await awaited[value]
    return seen_at[value]


def seen() -> str:
    """Values seen, and when, as JSON."""
    return json.dumps(list(seen_at.items()))


def total() -> int:
    """The sum of all values: equal in tabs that are equal."""
    return sum(row["n"] for row in records)


async def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait until it holds, looking every few milliseconds."""
    end = now() + seconds * 1000
    while not condition():
        if now() > end:
            raise TimeoutError(str(space.status()))
        await asyncio.sleep(0.005)
