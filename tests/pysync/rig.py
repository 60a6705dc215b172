"""One device in this process: spaces on one disk, a channel that can be held back, virtual time.

The real executor, tab and space; only the clock, the channel and the disk are of memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Collection, Generator
from typing import Any

from pysync.executor import Executor
from pysync.machines.effects import Moment
from pysync.machines.tab import Tab
from pysync.memory import MemoryDisk, MemoryStore
from pysync.model.schema import Schema
from pysync.no_relay import FetchState
from pysync.ports import Link, StoreFault
from pysync.space import Space

EPOCH = 1_700_000_000_000


class _Member:
    """One tab on the channel."""

    def __init__(self, device: Device, name: str, heard: Callable[[str], None]) -> None:
        self.device = device
        self.name = name
        self.heard = heard
        self.waiting: deque[str] = deque()

    def post(self, text: str) -> None:
        self.device.said.append(text)
        for other in self.device.members:
            if other is not self:
                other.waiting.append(text)

    def close(self) -> None:
        if self in self.device.members:
            self.device.members.remove(self)


class Disk(MemoryStore):
    """A store that refuses to write while it has a `fault`."""

    fault: StoreFault | None = None

    def append(self, batch: str, body: str, done: Callable[[int | StoreFault], None]) -> None:
        if self.fault is not None:
            done(self.fault)
        else:
            super().append(batch, body, done)

    def history(self, ref: str, done: Callable[[Any], None]) -> None:
        if self.fault is not None:
            done(self.fault)
        else:
            super().history(ref, done)


class Pledge:
    """Known at once or not at all: nothing here waits for a loop."""

    def __init__(self) -> None:
        self._settled: list[tuple[Any, BaseException | None]] = []

    def done(self) -> bool:
        return bool(self._settled)

    def set_result(self, result: Any) -> None:
        self._settled.append((result, None))

    def set_exception(self, error: BaseException) -> None:
        self._settled.append((None, error))

    def __await__(self) -> Generator[Any, None, Any]:
        if not self._settled:
            yield "waits"
        result, error = self._settled[0]
        if error is not None:
            raise error
        return result


def outcome(something: Awaitable[Any]) -> Any:
    """What it comes to, which must be known by now."""
    steps = something.__await__()
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise AssertionError("it is not known yet")


class _Locks:
    """One tab's access to the device's locks."""

    def __init__(self, device: Device) -> None:
        self.queues = device.locks
        self.grants: dict[str, Callable[[], None]] = {}

    def request(
        self, name: str, steal: bool, granted: Callable[[], None], lost: Callable[[], None]
    ) -> None:
        queue = self.queues.setdefault(name, [])
        if steal and queue:
            _, robbed = queue.pop(0)
            queue.insert(0, (self, lost))
            robbed()
            granted()
            return
        queue.append((self, lost))
        self.grants[name] = granted
        if len(queue) == 1:
            granted()

    def release(self, name: str) -> None:
        queue = self.queues.get(name, [])
        held = bool(queue) and queue[0][0] is self
        queue[:] = [entry for entry in queue if entry[0] is not self]
        if held and queue:
            queue[0][0].grants[name]()

    def query(self, done: Callable[[Collection[str]], None]) -> None:
        done({name for name, queue in self.queues.items() if queue})

    def close(self) -> None:
        for name in self.queues:
            self.release(name)


class _Timers:
    def __init__(self, device: Device) -> None:
        self.device = device
        self.due: dict[str, tuple[float, Callable[[], None]]] = {}

    def set(self, name: str, due: float, call: Callable[[], None]) -> None:
        self.due[name] = (due, call)

    def clear(self, name: str) -> None:
        self.due.pop(name, None)

    def close(self) -> None:
        self.due.clear()


class Host(Executor):
    """The executor of one tab, which ends its tasks and keeps its timers when the device says."""

    timers: _Timers

    def __init__(self, device: Device, tab: Tab, disk: MemoryDisk) -> None:
        self.device = device
        self.ends: deque[Callable[[], None]] = deque()
        self.member = _Member(device, tab.id, lambda text: self.report(tab.heard, text))
        device.members.append(self.member)
        self.memory = Disk(disk)
        super().__init__(
            tab=tab,
            store=self.memory,
            channel=self.member,
            locks=_Locks(device),
            timers=_Timers(device),
            clock=device.moment,
            soon=self.ends.append,
            pledge=Pledge,
            link=device.link,
            fetch_state=lambda without, done: device.fetch_state(without, done),  # noqa: PLW0108 -- as it is then
        )

    def end_task(self) -> None:
        while self.ends:
            self.ends.popleft()()

    def close(self) -> None:
        super().close()
        self.end_task()


class Device:
    """Opens tabs and lets time and messages pass."""

    def __init__(self, link: Callable[[Executor], Link] | None = None) -> None:
        self.link = link
        """Makes the way to a relay of each tab."""
        self.fetch_state: FetchState
        self.ms = 0.0
        self.ahead = 0
        """By how many ms its clock is wrong."""
        self.disk = MemoryDisk()
        self.locks: dict[str, list[tuple[_Locks, Callable[[], None]]]] = {}
        self.members: list[_Member] = []
        self.hosts: list[Host] = []
        self.said: list[str] = []
        """Every message that was posted."""

    def moment(self) -> Moment:
        return Moment(EPOCH + self.ms + self.ahead, self.ms)

    def open(
        self,
        name: str = "",
        *,
        schema: Schema | None = None,
        channel: str = "broadcast",
        start: bool = True,
    ) -> Space:
        """One more tab. With `start=False` it is not loaded until `load`."""
        tab = Tab(
            space="rig",
            tab=name or f"t{len(self.hosts) + 1}",
            born=EPOCH + self.ms,
            schema=schema or Schema(),
        )
        tab.channel = channel  # type: ignore[assignment]
        host = Host(self, tab, self.disk)
        self.hosts.append(host)
        space = Space(tab, host)
        host.on_events = space.take_events
        if start:
            host.start()
        return space

    def deliver(self, name: str, count: int = 1) -> None:
        """Let the tab hear the next messages."""
        for member in [m for m in self.members if m.name == name]:
            for _ in range(min(count, len(member.waiting))):
                member.heard(member.waiting.popleft())

    def end_tasks(self) -> None:
        for host in self.hosts:
            host.end_task()

    def settle(self) -> None:
        """Let everybody hear everything, until it is quiet."""
        for _ in range(10_000):
            self.end_tasks()
            busy = [member for member in self.members if member.waiting]
            if not busy:
                return
            for member in busy:
                if member.waiting:
                    member.heard(member.waiting.popleft())
        raise AssertionError("the tabs go on talking: an echo loop")

    def pass_time(self, ms: float, *, settle: bool = True) -> None:
        """Time goes on; timers ring when they are due, and each tab's worker ticks."""
        end = self.ms + ms
        while True:
            if settle:
                self.settle()
            due = [
                (at, host, name)
                for host in self.hosts
                if not host.closed
                for name, (at, _) in host.timers.due.items()
            ]
            first = min(due, key=lambda item: item[0], default=None)
            if first is None or first[0] > end:
                break
            at, host, name = first
            self.ms = max(self.ms, at)
            host.timers.due.pop(name)[1]()
        self.ms = end

    def beat(self, ms: float = 1_000) -> None:
        """A tick of every tab's worker, that much later."""
        self.pass_time(ms)
        for host in self.hosts:
            host.report(host.tab.beat)
        self.settle()
