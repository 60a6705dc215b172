"""The host in a page: puts a tab's machine on the best rungs this page has, and reports to it.

The order of life: `froze` and `hid` let the machine say goodbye and give its locks back, then the
channel is closed (an open one keeps the page out of the back-forward cache); `resumed` and `shown`
open it again before the machine speaks. The heart beats throughout; a frozen page handles no beat.
Floor: the core, and every adapter of `pysync.browser`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection
from functools import partial
from typing import Final

import js

from pysync.browser.channel import BroadcastPort, NoChannel, PageChannel, StoragePort
from pysync.browser.first_state import bring_state, load_or_begin
from pysync.browser.garbage import tending
from pysync.browser.heart import Heart, served_script
from pysync.browser.indexeddb import IndexedDBStore
from pysync.browser.ladder import Ladder
from pysync.browser.lifecycle import Lifecycle, Stage, is_hidden
from pysync.browser.localstore import LocalStore
from pysync.browser.locks import NoLocks, WebLocks
from pysync.browser.owned import Handler
from pysync.browser.person import remember, remembered
from pysync.browser.probe import probe
from pysync.browser.requests import PageRequests
from pysync.browser.socket import RelaySocket
from pysync.browser.timers import Timers, clock
from pysync.executor import Executor
from pysync.http_link import HttpLink
from pysync.machines import effects as fx
from pysync.machines.tab import Tab
from pysync.memory import MemoryStore
from pysync.model.names import check_key
from pysync.model.schema import Schema
from pysync.ports import Link, Store
from pysync.space import Space
from pysync.values.ids import encode_id
from pysync.version import BUILD

RELAY: Final = "/sync"
"""Where the relay of the server that a page is from has its spaces."""
UNSEEN_MS: Final = 3_000
"""How long a page has been hidden when it does what would be felt."""


class Soon:
    """Runs functions when the current task ends: a microtask of the page."""

    def __init__(self) -> None:
        self._handler = Handler(self._run)
        self._waiting: list[Callable[[], None]] = []

    def __call__(self, function: Callable[[], None]) -> None:
        """Run it soon, after those that wait already."""
        self._waiting.append(function)
        if len(self._waiting) == 1:
            js.queueMicrotask(self._handler.js)

    def close(self) -> None:
        """Run nothing more. The handler outlives a microtask that is under way."""
        if not self._waiting:
            self._handler.close()
        self._waiting = [self._handler.close] if self._waiting else []

    def _run(self) -> None:
        waiting, self._waiting = self._waiting, []
        for function in waiting:
            function()


class BrowserHost(Executor):
    """Carries one space in a page."""

    channel: PageChannel

    def __init__(
        self, tab: Tab, ladder: Ladder, first_states: str = "", relay: str = RELAY
    ) -> None:
        self.ladder: Final = ladder
        self._first_states = first_states
        self._relay = relay
        self.relay_address = f"{relay}/{js.encodeURIComponent(tab.space)}"
        """Where the relay has the space, if there is one."""
        self._leave = Soon()
        super().__init__(
            tab=tab,
            store=_store(tab.space, ladder, self._store_lost),
            channel=_channel(tab.space, ladder, self._heard),
            locks=WebLocks() if ladder.seat == "locks" else NoLocks(),
            timers=Timers(),
            clock=clock,
            soon=self._leave,
            pledge=lambda: asyncio.get_running_loop().create_future(),
            link=lambda host: page_link(host, relay),
            fetch_state=partial(bring_state, tab.space, relay),
        )
        self._lifecycle = Lifecycle(self._lived)
        tab.who.remembered = remembered(relay)
        self._acts[fx.Remember] = lambda effect: remember(relay, effect.person)
        self._heart = Heart(tab.presence.pace.tick_ms, self._beat, script=served_script())

    @property
    def heart(self) -> str:
        """What the heart beats in: `file`, `blob` (workers), or the page's own `timer`."""
        return self._heart.kind

    def close(self) -> None:
        """Stop the tab and let go of everything; what a lock or a transaction under way still
        holds is let go of when the browser has ended it."""
        if not self.closed:
            self._heart.close()
            self._lifecycle.close()
            super().close()
            self._leave.close()

    def _load(self, effect: fx.Load) -> None:
        if self._first_states:
            answer = self._answers(self.tab.loaded)
            where = self._first_states
            without = self.tab.relayed.left_out
            load_or_begin(
                self.store, self.tab.space, where, answer, relay=self._relay, without=without
            )
        else:
            super()._load(effect)

    def _heard(self, text: str) -> None:
        self.report(self.tab.heard, text)

    def _beat(self) -> None:
        self.report(self.tab.beat)

    def _store_lost(self, detail: str) -> None:
        self.report(self.tab.store_lost, detail)

    def _unseen(self) -> None:
        if is_hidden():
            tending.look_through()

    def _lived(self, stage: Stage) -> None:
        match stage:
            case "hidden" | "visible":
                self.report(self.tab.visibility, stage == "hidden")
                if stage == "hidden":  # Later, not now: the page may be closing.
                    self.timers.set("garbage", clock().mono + UNSEEN_MS, self._unseen)
            case "froze":
                self.report(self.tab.froze)
                self.channel.pause()
            case "hid":
                self.report(self.tab.hid)
                self.channel.pause()
            case "resumed":
                self.channel.resume()
                self.report(self.tab.resumed)
            case "shown":
                self.channel.resume()
                self.report(self.tab.resumed)
            case "online":
                self.report(self.tab.hurry)
            case "offline":
                pass  # A browser may say so and be wrong: the session finds out by itself.


def page_link(host: Executor, relay: str) -> Link:
    """The way of a page to the relay that has its spaces below `relay`."""
    space = f"{relay}/{js.encodeURIComponent(host.tab.space)}"
    return host.relay_link(
        socket=partial(RelaySocket, space),
        http=partial(HttpLink, f"{space}/link", PageRequests()),
    )


def open_space(
    name: str,
    *,
    schema: Schema | None = None,
    author: str = "",
    first_states: str = "",
    relay: str = RELAY,
    leave_out: Collection[str] = (),
    ladder: Ladder | None = None,
) -> Space:
    """Open a space of this device; `await space.ready()` before writing to it.

    Raises InvalidValue for a name that is no key. `first_states` is where a server offers what
    empty spaces begin with (`/first-state` on pysync's own), and says whether it is a relay: then a
    space that is empty begins with the relay's state and follows its log, at `relay`; `leave_out`
    names modules of the schema that are not wanted on this device (`Space.leave_out`). `ladder`
    stands the tab on lower rungs than the page has, for tests. Close it, or use it as a context
    manager; a page that is closed needs neither.
    """
    check_key(name)
    tending.watch()
    rungs = ladder or probe()
    tab = Tab(
        space=name,
        tab=encode_id(os.urandom(8)),
        born=clock().wall,
        schema=schema or Schema(),
        rung=rungs.seat,
        shared=rungs.store == "indexeddb",
        stores=rungs.store != "memory",
        locks=rungs.seat == "locks",
        build=BUILD,
        author=author,
    )
    tab.channel = rungs.channel
    host = BrowserHost(tab, rungs, first_states, relay)
    space = Space(tab, host)
    host.on_events = space.take_events
    if rungs.reasons:
        js.console.warn(f"pysync: {'. '.join(rungs.reasons)}.")
    if leave_out:
        space.leave_out(leave_out)
    host.start(hidden=is_hidden())
    return space


def _store(space: str, ladder: Ladder, on_lost: Callable[[str], None]) -> Store:
    if ladder.store == "indexeddb":
        return IndexedDBStore(space, on_lost=on_lost)
    return LocalStore(space) if ladder.store == "localstorage" else MemoryStore()


def _channel(space: str, ladder: Ladder, on_text: Callable[[str], None]) -> PageChannel:
    name = f"pysync:{space}"
    if ladder.channel == "broadcast":
        return BroadcastPort(name, on_text)
    return StoragePort(name, on_text) if ladder.channel == "storage" else NoChannel()
