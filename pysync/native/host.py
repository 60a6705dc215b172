"""The CPython host: a space over SQLite (or memory), usable without an event loop.

Spaces of one process that name the same file are tabs of one device: they share a channel and
locks. Several processes on one file take turns at leading; the store's term fences them. Timers run
when the process does something with the space, or by themselves where an asyncio loop runs; a space
that follows a relay needs one. Floor: the core, `memory`, `native`'s adapters.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Any

from pysync.errors import UsageError
from pysync.executor import Executor
from pysync.http_link import HttpLink
from pysync.machines.status import ChannelKind
from pysync.machines.tab import Tab
from pysync.memory import MemoryDisk, MemoryStore
from pysync.memory_channel import MemoryHub
from pysync.model.names import check_key
from pysync.model.schema import Schema
from pysync.native.first_state import (
    authorization,
    begin_with_relay,
    bring_state,
    link_address,
    socket_address,
    space_address,
)
from pysync.native.requests import ProcessRequests
from pysync.native.sqlite import SqliteStore
from pysync.native.timers import ProcessTimers, clock, running_loop
from pysync.no_relay import no_state
from pysync.ports import Link, Store
from pysync.space import Space
from pysync.values.ids import encode_id
from pysync.version import BUILD


class Device:
    """What the spaces of one file share within this process."""

    def __init__(self) -> None:
        self.hub = MemoryHub()
        self.disk = MemoryDisk()
        self.queues: dict[str, deque[_Waiter]] = {}
        self.open = 0


class _Waiter:
    def __init__(
        self, owner: object, granted: Callable[[], None], lost: Callable[[], None]
    ) -> None:
        self.owner = owner
        self.granted = granted
        self.lost = lost


_devices: dict[str, Device] = {}


class ProcessLocks:
    """Exclusive locks among the spaces of one process."""

    def __init__(self, device: Device) -> None:
        self._queues = device.queues

    def request(
        self, name: str, steal: bool, granted: Callable[[], None], lost: Callable[[], None]
    ) -> None:
        """Queue for the lock, or take it."""
        queue = self._queues.setdefault(name, deque())
        waiter = _Waiter(self, granted, lost)
        if steal and queue:
            robbed = queue.popleft()
            queue.appendleft(waiter)
            robbed.lost()
            granted()
            return
        queue.append(waiter)
        if len(queue) == 1:
            granted()

    def release(self, name: str) -> None:
        """Give it back, or leave the queue."""
        queue = self._queues.get(name)
        if not queue:
            return
        held = queue[0].owner is self
        for waiter in [w for w in queue if w.owner is self]:
            queue.remove(waiter)
        if held and queue:
            queue[0].granted()

    def query(self, done: Callable[[Collection[str]], None]) -> None:
        """Names of the locks held."""
        done({name for name, queue in self._queues.items() if queue})

    def close(self) -> None:
        """Give everything back."""
        for name in list(self._queues):
            self.release(name)


class SyncPledge:
    """A promise for code without an event loop: awaiting it inside one works as well."""

    def __init__(self) -> None:
        self._result: Any = None
        self._error: BaseException | None = None
        self._done = False
        self._futures: list[asyncio.Future[None]] = []

    def done(self) -> bool:
        """Whether it is settled already."""
        return self._done

    def set_result(self, result: Any) -> None:
        """It is known."""
        self._result = result
        self._settle()

    def set_exception(self, error: BaseException) -> None:
        """It failed."""
        self._error = error
        self._settle()

    def _settle(self) -> None:
        self._done = True
        for future in self._futures:
            if not future.done():
                future.set_result(None)

    def __await__(self) -> Any:
        if not self._done:
            future = asyncio.get_running_loop().create_future()
            self._futures.append(future)
            yield from future.__await__()
        if self._error is not None:
            raise self._error
        return self._result


class NativeHost(Executor):
    """Carries one space in CPython."""

    timers: ProcessTimers

    def __init__(
        self,
        tab: Tab,
        device: Device,
        store: Store,
        release: Callable[[], None],
        relay: str,
        token: str = "",
    ) -> None:
        self._flushes: deque[Callable[[], None]] = deque()
        self._release = release
        self._relay = relay
        self.token = token
        self.relay_address = space_address(relay, tab.space) if relay else ""
        """Where the relay has the space; "" without one."""
        super().__init__(
            tab=tab,
            store=store,
            channel=device.hub.join(lambda text: self.report(tab.heard, text)),
            locks=ProcessLocks(device),
            timers=ProcessTimers(clock),
            clock=clock,
            soon=self._flushes.append,
            pledge=SyncPledge,
            link=self._make_link if relay else None,
            fetch_state=partial(bring_state, relay, tab.space, token) if relay else no_state,
        )

    def _make_link(self, _host: Executor) -> Link:
        # Only here: whoever follows no relay does not need the package `websockets` either.
        from pysync.native.socket import RelaySocket  # noqa: PLC0415

        relay, space, headers = self._relay, self.tab.space, authorization(self.token)
        return self.relay_link(
            socket=partial(RelaySocket, socket_address(relay, space), headers=headers),
            http=partial(HttpLink, link_address(relay, space), ProcessRequests(headers)),
        )

    def pump(self) -> None:
        """Execute what there is; without a loop the call itself is the task, so it ends here."""
        super().pump()
        while self._flushes and not self._pumping:
            self._flushes.popleft()()

    def poll(self) -> None:
        """Run the timers that are due and one beat: for programs without an event loop."""
        self.timers.poll()
        self.report(self.tab.beat)

    def close(self) -> None:
        """Let go of everything."""
        if not self.closed:
            super().close()
            self._release()


def new_tab(space: str, schema: Schema, author: str = "") -> Tab:
    """A tab of this process, under a name of its own."""
    return Tab(
        space=space,
        tab=encode_id(os.urandom(8)),
        born=clock().wall,
        schema=schema,
        build=BUILD,
        author=author,
    )


def channel_kind() -> ChannelKind:
    """How spaces of this process hear each other: always."""
    return "broadcast"


def open_space(
    name: str,
    *,
    schema: Schema | None = None,
    path: str | os.PathLike[str] | None = None,
    author: str = "",
    relay: str = "",
    token: str = "",
    leave_out: Collection[str] = (),
) -> Space:
    """Open a space kept in the SQLite file `path` (None: in this process's memory only).

    The space is ready when this returns. Close it, or use it as a context manager.

    `relay` (`http://host:port/sync`) makes this program a device of that relay: an empty space
    begins with the relay's state, which blocks until it is here; what the program changes is sent,
    and what other devices change comes, while the asyncio loop runs in which it was opened. Without
    a connection everything works on and is sent later; `status().relay` says how it stands. Close
    the space before the loop ends. Where people sign in, `token` is one that the owner made for
    this program (*Programs*), whose role then holds; `native.online` waits until it is let in.
    `leave_out` names modules of the schema that are not wanted here (`Space.leave_out`): say so
    whenever the file is opened.
    One process at a time should follow a relay with one file.

    Raises:
        InvalidValue: the name is no key.
        Unknown: `leave_out` names a module that the schema does not have.
        UsageError: with `relay`, no asyncio loop runs, or the space in the file began without one.
        RelayUnreachable: the space is empty, and the relay does not say what it begins with;
            SignInNeeded, if it takes no token, or not this one.
        NotDurable: with `relay`, the file cannot be read, or does not take what it begins with.
    """
    check_key(name)
    if relay and running_loop() is None:
        raise UsageError("a space with a relay needs an asyncio loop: open it in a coroutine")
    place = str(Path(path).resolve()) if path is not None else f"memory:{name}"
    device = _devices.setdefault(place, Device())
    device.open += 1

    def release() -> None:
        device.open -= 1
        if device.open == 0 and path is not None:
            _devices.pop(place, None)

    store = SqliteStore(place) if path is not None else MemoryStore(device.disk)
    if relay:
        try:
            begin_with_relay(store, relay, name, token, leave_out)
        except BaseException:
            store.close()
            release()
            raise
    tab = new_tab(name, schema or Schema(), author)
    host = NativeHost(tab, device, store, release, relay, token)
    space = Space(tab, host)
    host.on_events = space.take_events
    if leave_out:
        space.leave_out(leave_out)
    host.start()
    return space
