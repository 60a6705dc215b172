"""Devices of a relay in this process: real spaces, real admission; frames wait for `settle`."""

from __future__ import annotations

from collections.abc import Callable

from pysync.executor import Executor
from pysync.first_state import take_over
from pysync.model.schema import Schema
from pysync.ports import StoreFault
from pysync.space import Space
from tests.pysync.relay.rig import RelayRig
from tests.pysync.rig import Device


class Line:
    """The port `Link` of one tab."""

    def __init__(self, town: Town, host: Executor) -> None:
        self.town = town
        self.host = host
        self.conn = ""
        self.taken = 0
        town.lines.append(self)

    def connect(self) -> None:
        self.disconnect()
        relayed = self.host.tab.relayed
        if self.town.offline:
            self.host.told(relayed.disconnected)
            return
        self.town.dialed += 1
        self.conn, self.taken = f"{self.host.tab.id}#{self.town.dialed}", 0
        self.host.told(relayed.connected)

    def transmit(self, text: str) -> None:
        if self.conn:
            self.town.relay.hear(self.conn, text)

    def disconnect(self) -> None:
        if self.conn:
            self.town.relay.machine.left(self.conn)
        self.conn = ""

    def close(self) -> None:
        self.disconnect()

    def cut(self) -> None:
        if self.conn:
            self.disconnect()
            self.host.report(self.host.tab.relayed.disconnected)

    def take(self) -> bool:
        """The next frame arrives; False if there is none."""
        sent = self.town.relay.sent[self.conn] if self.conn else []
        if self.taken >= len(sent):
            return False
        self.taken += 1
        self.host.told(self.host.tab.relayed.heard, sent[self.taken - 1].text)
        return True


class Town:
    """A relay, and devices that are opened on it."""

    def __init__(self, schema: Schema | None = None) -> None:
        self.schema = schema or Schema()
        self.relay = RelayRig(self.schema)
        self.lines: list[Line] = []
        self.devices: list[Device] = []
        self.dialed = 0
        self.offline = False

    def device(self) -> Device:
        """A new device, which began with the relay's state."""
        made = Device(lambda host: Line(self, host))
        made.disk.begin_at(self.relay.epoch, 0, "")
        made.renew = self._renew
        self.devices.append(made)
        return made

    def _renew(self, host: Executor, term: int, done: Callable[[int | StoreFault], None]) -> None:
        if self.offline:
            done(StoreFault("unreachable", "nobody answers"))
        else:
            take_over(host.store, term, self.relay.state(), done)

    def open(self, device: Device, name: str) -> Space:
        """One more tab of it."""
        space = device.open(name, schema=self.schema)
        self.settle()
        return space

    def go_offline(self) -> None:
        """Nobody reaches the relay any more."""
        self.offline = True
        for line in self.lines:
            line.cut()

    def go_online(self, *, commits: bool = True) -> None:
        """The network is back, and the browsers say so."""
        self.offline = False
        for line in self.lines:
            line.host.report(line.host.tab.relayed.hurry)
        self.settle(commits=commits)

    def settle(self, *, commits: bool = True) -> None:
        """Everything that is on its way arrives, until it is quiet; `commits`: also at the relay's
        disk."""
        for _ in range(10_000):
            for device in self.devices:
                device.settle()
            self.relay.wait(0)
            busy = [line.take() for line in self.lines]
            if self.relay.asked and commits:
                self.relay.commit()
            elif not any(busy):
                return
        raise AssertionError("they go on talking")
